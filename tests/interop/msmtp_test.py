"""msmtp: what programs call as sendmail, with a login, by STARTTLS and under TLS."""
import pathlib
import unittest

from demo import Demo, literal_of, need, ok, run, without_trace

TEXT = """From: alice@demo.test
To: bob@demo.test
Cc: alice@demo.test
Subject: from a program

.dots
..more
the end
"""


class Msmtp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())

    def msmtp(self, *arguments, tls="on", starttls="on", protocol="submission", password=None, ca=None, status=0):
        config = pathlib.Path(self.demo.folder.parent) / "msmtprc"
        config.write_text(f"""account default
host localhost
port {self.demo.port(protocol)}
auth plain
user alice@demo.test
password {password or self.demo.password("alice")}
from alice@demo.test
tls {tls}
tls_starttls {starttls}
tls_trust_file {ca or self.demo.ca}
""")
        config.chmod(0o600)
        return run("msmtp", "-C", config, *arguments, input=TEXT, status=status)

    def newest(self, name):
        with self.demo.imap(name, "INBOX") as imap:
            return without_trace(literal_of(ok(imap.fetch("*", "BODY.PEEK[]"))))

    def test_recipients_from_the_header_reach_everyone(self):
        for starttls, protocol in (("on", "submission"), ("off", "submissions")):
            with self.subTest(protocol=protocol):
                self.msmtp("-t", starttls=starttls, protocol=protocol)
                for name in ("alice", "bob"):
                    self.assertIn(b".dots\r\n..more\r\nthe end\r\n", self.newest(name))

    def test_a_recipient_on_the_command_line(self):
        self.msmtp("bob@demo.test")
        self.assertIn(b"Subject: from a program\r\n", self.newest("bob"))

    def test_refusals_have_the_exit_status_of_sendmail(self):
        no_permission, data_error, unavailable = 77, 65, 69
        self.assertIn("535 5.7.8", self.msmtp("bob@demo.test", password="wrong", status=no_permission).stderr)
        self.assertIn("550 5.1.1", self.msmtp("nobody@demo.test", status=data_error).stderr)
        other_ca = "/etc/ssl/certs/ca-certificates.crt"
        self.assertIn("certificate", self.msmtp("bob@demo.test", ca=other_ca, status=unavailable).stderr)


if __name__ == "__main__":
    need("msmtp")
    unittest.main()
