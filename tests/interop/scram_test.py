"""SCRAM: msmtp (GNU SASL), mbsync (Cyrus SASL), and by hand with the channel bound."""
import base64
import hashlib
import hmac
import imaplib
import pathlib
import ssl
import unittest

from demo import Demo, message, need, ok, run, skip

TEXT = "From: alice@demo.test\nTo: alice@demo.test\nSubject: by SCRAM\n\nHello.\n"


class Scram:
    """The client, for imaplib's authenticate()."""

    def __init__(self, hash_name, user, password, header="n,,", data=b""):
        self.hash, self.user, self.password, self.header, self.data = hash_name, user, password, header, data
        self.step, self.is_complete = 0, False

    def hmac(self, key, text):
        return hmac.digest(key, text, self.hash)

    def __call__(self, challenge):
        self.step += 1
        if self.step == 1:
            self.bare = f"n={self.user},r=fyko+d2lbbFgONRv9qkxdawL"
            return (self.header + self.bare).encode()
        if self.step == 2:
            first = dict(part.split("=", 1) for part in challenge.decode().split(","))
            salted = hashlib.pbkdf2_hmac(self.hash, self.password.encode(), base64.b64decode(first["s"]),
                                         int(first["i"]))
            bound = base64.b64encode(self.header.encode() + self.data).decode()
            final = f"c={bound},r={first['r']}"
            said = f"{self.bare},{challenge.decode()},{final}".encode()
            key = self.hmac(salted, b"Client Key")
            signature = self.hmac(hashlib.new(self.hash, key).digest(), said)
            proof = base64.b64encode(bytes(a ^ b for a, b in zip(key, signature))).decode()
            self.expected = b"v=" + base64.b64encode(self.hmac(self.hmac(salted, b"Server Key"), said))
            return f"{final},p={proof}".encode()
        self.is_complete = challenge == self.expected
        return b""


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())
        with imaplib.IMAP4("localhost", cls.demo.port("imap"), timeout=20) as imap:
            is_offered = "AUTH=SCRAM-SHA-256" in imap.capabilities
        if not is_offered:
            cls.doClassCleanups()
            skip("the directory keeps no keys for SCRAM")

    def log_in(self, mechanism, client, version=None):
        context = self.demo.tls()
        if version:
            context.maximum_version = version
        imap = imaplib.IMAP4_SSL("localhost", self.demo.port("imaps"), ssl_context=context, timeout=20)
        self.addCleanup(imap.shutdown)
        if callable(client.data):
            client.data = client.data(imap.sock)
        try:
            imap.authenticate(mechanism, client)
            ok(imap.select("INBOX"))
            return "OK"
        except imaplib.IMAP4.error as error:
            return str(error)

    def client(self, hash_name="sha256", header="n,,", data=b"", password=None):
        return Scram(hash_name, "alice@demo.test", password or self.demo.password("alice"), header, data)

    def test_by_hand(self):
        for mechanism, hash_name in (("SCRAM-SHA-256", "sha256"), ("SCRAM-SHA-1", "sha1")):
            client = self.client(hash_name)
            self.assertEqual(self.log_in(mechanism, client), "OK")
            self.assertTrue(client.is_complete, "the server knows the password as well")
        self.assertIn("AUTHENTICATIONFAILED", self.log_in("SCRAM-SHA-256", self.client(password="wrong")))

    def test_the_channel_is_bound(self):
        unique = lambda sock: sock.get_channel_binding("tls-unique")
        end_point = lambda sock: hashlib.sha256(sock.getpeercert(binary_form=True)).digest()
        tls12 = ssl.TLSVersion.TLSv1_2
        self.assertEqual(self.log_in("SCRAM-SHA-256-PLUS", self.client(header="p=tls-unique,,", data=unique), tls12), "OK")
        header = "p=tls-server-end-point,,"
        self.assertEqual(self.log_in("SCRAM-SHA-256-PLUS", self.client(header=header, data=end_point)), "OK")
        self.assertEqual(self.log_in("SCRAM-SHA-1-PLUS", self.client("sha1", header=header, data=end_point)), "OK")
        self.assertIn("AUTHORIZATIONFAILED",
                      self.log_in("SCRAM-SHA-256-PLUS", self.client(header=header, data=b"of another")))
        self.assertIn("CANNOT", self.log_in("SCRAM-SHA-256-PLUS", self.client(header="p=tls-unique,,", data=b"x")))

    def msmtp(self, mechanism, status=0, password=None):
        config = pathlib.Path(self.demo.folder.parent) / "msmtprc"
        config.write_text(f"""account default
host localhost
port {self.demo.port("submission")}
auth {mechanism}
user alice@demo.test
password {password or self.demo.password("alice")}
from alice@demo.test
tls on
tls_trust_file {self.demo.ca}
""")
        config.chmod(0o600)
        return run("msmtp", "-C", config, "alice@demo.test", input=TEXT, status=status)

    def test_msmtp(self):
        for mechanism in ("scram-sha-256", "scram-sha-1", "on"):
            self.msmtp(mechanism)
        self.assertIn("535 5.7.8", self.msmtp("scram-sha-256", status=77, password="wrong").stderr)

    def test_mbsync(self):
        self.demo.deliver(message("for mbsync"))
        mail = pathlib.Path(self.demo.folder.parent) / "mail"
        (mail / "INBOX").mkdir(parents=True)
        config = mail.parent / "mbsyncrc"
        for number, mechanism in enumerate(("SCRAM-SHA-256", "SCRAM-SHA-1", "*")):
            config.write_text(f"""IMAPAccount demo
Host localhost
Port {self.demo.port("imaps")}
User alice@demo.test
Pass {self.demo.password("alice")}
SSLType IMAPS
CertificateFile {self.demo.ca}
AuthMechs {mechanism}

IMAPStore far
Account demo

MaildirStore near
Inbox {mail}/INBOX

Channel all
Far :far:
Near :near:
Sync Pull
SyncState {mail.parent}/state{number}
""")
            done = run("mbsync", "-c", config, "-V", "all", status=None)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    need("msmtp", "mbsync")
    unittest.main()
