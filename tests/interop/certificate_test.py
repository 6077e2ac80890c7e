"""Logging in by a TLS client certificate: EXTERNAL, by IMAP and SMTP."""
import imaplib
import pathlib
import smtplib
import ssl
import tempfile
import unittest

from demo import Demo, need, ok, run
from pki import Pki


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.pki = Pki(cls.folder, "users")
        cls.alice = cls.pki.certificate("alice", "email:Alice@demo.test")
        changes = [("[tls]\n", f'[tls]\nclient_ca = "{cls.pki.ca}"\n')]
        cls.demo = cls.enterClassContext(Demo(changes=changes))

    def imap(self, pair):
        context = self.demo.tls()
        if pair:
            context.load_cert_chain(*pair)
        imap = imaplib.IMAP4_SSL("localhost", self.demo.port("imaps"), ssl_context=context, timeout=20)
        self.addCleanup(imap.shutdown)
        return imap

    def log_in(self, pair, authorization=b""):
        imap = self.imap(pair)
        if "AUTH=EXTERNAL" not in imap.capabilities:
            return "not offered"
        try:
            imap.authenticate("EXTERNAL", lambda challenge: authorization)
            ok(imap.select("INBOX"))
            return "OK"
        except imaplib.IMAP4.error as error:
            return str(error)

    def test_whom_the_certificate_names(self):
        self.assertEqual(self.log_in(self.alice), "OK")
        self.assertEqual(self.log_in(self.alice, b"alice@demo.test"), "OK")
        self.assertIn("AUTHORIZATIONFAILED", self.log_in(self.alice, b"bob@demo.test"))
        nobody = self.pki.certificate("nobody", "email:nobody@demo.test")
        self.assertIn("AUTHENTICATIONFAILED", self.log_in(nobody))

    def test_other_certificates_are_none(self):
        self.assertEqual(self.log_in(None), "not offered")
        stranger = Pki(self.folder, "strangers").certificate("alice", "email:alice@demo.test")
        self.assertEqual(self.log_in(stranger), "not offered")
        imap = self.imap(stranger)
        imap.login("alice@demo.test", self.demo.password("alice"))
        server = self.pki.certificate("mx.example.org", "DNS:mx.example.org")
        self.assertEqual(self.log_in(server), "not offered")

    def test_smtp(self):
        context = self.demo.tls()
        context.load_cert_chain(*self.alice)
        with smtplib.SMTP("localhost", self.demo.port("submission"), local_hostname="client.test", timeout=20) as smtp:
            smtp.starttls(context=context)
            smtp.ehlo()
            self.assertIn("EXTERNAL", smtp.esmtp_features["auth"])
            # RFC 4954 4: an empty initial response is "=".
            self.assertEqual(smtp.docmd("AUTH", "EXTERNAL =")[0], 235)
            smtp.sendmail("alice@demo.test", ["bob@demo.test"], b"Subject: by certificate\r\n\r\n")

    def test_curl(self):
        certificate, key = self.alice
        run("curl", "-sS", "--max-time", "20", "--cacert", self.demo.ca, "--cert", certificate, "--key", key,
            "--login-options", "AUTH=EXTERNAL", "--user", "alice@demo.test:",
            f"imaps://localhost:{self.demo.port('imaps')}/INBOX")

    def test_servers_with_certificates_of_their_own_deliver_mail(self):
        context = ssl.create_default_context(cafile=self.demo.ca)
        context.load_cert_chain(*Pki(self.folder, "theirs").certificate("mx.example.org", "DNS:mx.example.org"))
        with self.demo.smtp() as smtp:
            smtp.starttls(context=context)
            smtp.sendmail("carol@elsewhere.test", ["alice@demo.test"], b"Subject: from a server\r\n\r\n")


if __name__ == "__main__":
    need("openssl", "curl")
    unittest.main()
