"""Bearer tokens: OAUTHBEARER and XOAUTH2, with an issuer that signs, changes its keys, lies, and is down."""
import imaplib
import json
import pathlib
import tempfile
import time
import unittest

from demo import Demo, message, need, ok, run
from issuer import Issuer, Key
from pki import Pki


class Tokens(unittest.TestCase):
    EXTRA = ""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        pki = Pki(cls.folder, "issuers")
        cls.issuer = Issuer(cls.folder, *pki.certificate("id", "DNS:localhost"))
        cls.addClassCleanup(cls.issuer.close)
        (cls.folder / "secret").write_text(Issuer.SECRET + "\n")
        section = f"""[auth.oauth]
issuer = "{cls.issuer.url}"
audience = "{Issuer.AUDIENCE}"
client_id = "{Issuer.CLIENT}"
client_secret_file = "{cls.folder}/secret"
ca = "{pki.ca}"
{cls.EXTRA.replace("ISSUER", cls.issuer.url)}
"""
        cls.demo = cls.enterClassContext(Demo(changes=[("[limits]", section + "[limits]")]))

    def setUp(self):
        self.issuer.is_broken = False

    def log_in(self, token, mechanism="OAUTHBEARER", user="alice@demo.test"):
        """The answer to AUTHENTICATE, and the challenge that came before it."""
        challenges = []

        def respond(challenge):
            challenges.append(challenge)
            if len(challenges) > 1:
                return b"\x01" if mechanism == "OAUTHBEARER" else b""
            if mechanism == "OAUTHBEARER":
                return f"n,a={user},\x01auth=Bearer {token}\x01\x01".encode() if user else (
                    f"n,,\x01auth=Bearer {token}\x01\x01".encode())
            return f"user={user}\x01auth=Bearer {token}\x01\x01".encode()

        imap = imaplib.IMAP4_SSL("localhost", self.demo.port("imaps"), ssl_context=self.demo.tls(), timeout=20)
        try:
            imap.authenticate(mechanism, respond)
            answer = "OK"
            ok(imap.select("INBOX"))
        except imaplib.IMAP4.error as error:
            answer = str(error)
        finally:
            imap.shutdown()
        return answer, challenges[1] if len(challenges) > 1 else b""


class Signed(Tokens):
    def test_both_mechanisms(self):
        self.assertEqual(self.log_in(self.issuer.token())[0], "OK")
        self.assertEqual(self.log_in(self.issuer.token(), user="Alice@DEMO.test")[0], "OK")
        self.assertEqual(self.log_in(self.issuer.token(), user="")[0], "OK")
        self.assertEqual(self.log_in(self.issuer.token(), "XOAUTH2")[0], "OK")
        self.assertEqual(self.log_in(self.issuer.token(aud=["x", "mail"]))[0], "OK")

    def test_curl_by_imap_and_smtp(self):
        url = f"imaps://localhost:{self.demo.port('imaps')}/INBOX"
        common = ["curl", "-sS", "--max-time", "20", "--cacert", self.demo.ca, "--user", "alice@demo.test:",
                  "--oauth2-bearer", self.issuer.token()]
        for mechanism in ("OAUTHBEARER", "XOAUTH2"):
            run(*common, "--login-options", f"AUTH={mechanism}", url)
            mail = self.folder / "mail"
            mail.write_bytes(message(f"by {mechanism}"))
            run(*common, "--login-options", f"AUTH={mechanism}", "--ssl-reqd", "--mail-from", "alice@demo.test",
                "--mail-rcpt", "alice@demo.test", "--upload-file", mail, f"smtp://localhost:{self.demo.port('submission')}")

    def test_what_is_refused(self):
        stranger = Key(self.folder, "stranger")
        own = self.issuer.keys[-1]
        for name, token in {
            "expired": self.issuer.token(exp=1_700_000_000),
            "without an end": self.issuer.token(exp=None),
            "not yet": self.issuer.token(nbf=4_000_000_000),
            "another audience": self.issuer.token(aud="webmail"),
            "another issuer": self.issuer.token(iss="https://evil.test"),
            "no user": self.issuer.token(email=None),
            "an unverified address": self.issuer.token(email_verified=False),
            "an unverified address, told as a text": self.issuer.token(email_verified="false"),
            "nobody": self.issuer.token(email="nobody@demo.test"),
            "signed by a stranger": self.issuer.token(key=stranger, kid=own.name),
            "alg none": self.issuer.token(alg="none", sign=lambda data: b""),
            "the public key as a secret": self.issuer.token_by_secret(own.public_pem()),
            "an empty secret": self.issuer.token_by_secret(b""),
            "nonsense": "nonsense",
        }.items():
            with self.subTest(name):
                answer, challenge = self.log_in(token)
                self.assertIn("AUTHENTICATIONFAILED", answer)
                said = json.loads(challenge)
                self.assertEqual(said["status"], "invalid_token")
                self.assertEqual(said["openid-configuration"], self.issuer.url + "/.well-known/openid-configuration")

    def test_a_token_does_not_log_in_as_another(self):
        self.assertIn("AUTHORIZATIONFAILED", self.log_in(self.issuer.token(), user="bob@demo.test")[0])

    def test_opaque_tokens_are_shown_to_the_issuer(self):
        self.issuer.active["opaque"] = self.issuer.claims()
        self.assertEqual(self.log_in("opaque")[0], "OK")
        self.assertIn("AUTHENTICATIONFAILED", self.log_in("unknown")[0])

    def test_smtp_says_the_same(self):
        with self.demo.wire("submission") as wire:
            self.assertEqual(wire.ask("EHLO client.test")[:3], "250")
            # Tokens do not pass in the clear, not even in the demo.
            self.assertEqual(wire.ask("AUTH XOAUTH2 AAAA")[:3], "504")


class KeysChange(Tokens):
    """The last: what is known of the issuer's keys stays for a minute."""

    def test_new_keys_and_an_issuer_that_is_down(self):
        self.issuer.is_broken = True
        answer = self.log_in(self.issuer.token())
        self.assertIn("UNAVAILABLE", answer[0])
        self.assertEqual(answer[1], b"")
        self.issuer.is_broken = False
        time.sleep(5.5)  # after a failure nobody is asked for 5 seconds
        self.assertEqual(self.log_in(self.issuer.token())[0], "OK")
        asked = len(self.issuer.asked)
        self.assertEqual(self.log_in(self.issuer.token())[0], "OK")
        self.assertEqual(len(self.issuer.asked), asked, "keys are kept")
        self.issuer.keys.append(Key(self.folder, "second"))
        # Within a minute the issuer is not asked again, however many unknown keys are named.
        for _ in range(2):
            self.assertIn("AUTHENTICATIONFAILED", self.log_in(self.issuer.token())[0])
        self.assertEqual(len(self.issuer.asked), asked)
        self.issuer.is_broken = True
        self.assertEqual(self.log_in(self.issuer.token(key=self.issuer.keys[0]))[0], "OK")
        time.sleep(61)
        self.assertIn("UNAVAILABLE", self.log_in(self.issuer.token())[0])
        self.issuer.is_broken = False
        time.sleep(5.5)
        self.assertEqual(self.log_in(self.issuer.token())[0], "OK")


class Introspected(Tokens):
    EXTRA = 'introspection_url = "ISSUER/introspect"'

    def test_every_token_is_shown_to_the_issuer(self):
        self.assertIn("AUTHENTICATIONFAILED", self.log_in(self.issuer.token())[0])
        token = self.issuer.token()
        self.issuer.active[token] = self.issuer.claims()
        self.assertEqual(self.log_in(token)[0], "OK")
        asked = len(self.issuer.asked)
        self.assertEqual(self.log_in(token)[0], "OK")
        self.assertEqual(len(self.issuer.asked), asked, "the answer is kept for a while")
        self.issuer.active["wrong"] = self.issuer.claims(aud="webmail")
        self.assertIn("AUTHENTICATIONFAILED", self.log_in("wrong")[0])
        self.issuer.active["old"] = self.issuer.claims(exp=1_700_000_000)
        self.assertIn("AUTHENTICATIONFAILED", self.log_in("old")[0])


if __name__ == "__main__":
    need("openssl", "curl")
    unittest.main()
