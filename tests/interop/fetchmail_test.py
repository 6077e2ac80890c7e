"""fetchmail: takes one account's mail by POP3 or IMAP and gives it to another by SMTP or LMTP."""
import os
import pathlib
import signal
import subprocess
import unittest

from demo import PATIENCE, Demo, eventually, literal_of, message, need, ok, run, without_trace

NO_MAIL = 1


class Fetchmail(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())
        self.here = pathlib.Path(self.demo.folder.parent)
        self.rc = self.here / "fetchmailrc"
        for n in range(1, 4):
            self.demo.deliver(message(f"number {n}", ".dot\r\n..\r\nlast\r\n"), "alice")

    def configure(self, protocol, port, ssl, more, lmtp=False):
        to = f'{"lmtp " if lmtp else ""}smtphost "localhost/{self.demo.port("lmtp" if lmtp else "smtp")}"'
        self.rc.write_text(f"""set no bouncemail
poll localhost protocol {protocol} service {self.demo.port(port)} uidl auth password
  user "alice@demo.test" password "{self.demo.password("alice")}"
  {ssl} sslcertck sslcertfile "{self.demo.ca}"
  {to} smtpname "bob@demo.test" {more}
""")
        self.rc.chmod(0o600)

    def command(self, *more):
        return ["fetchmail", "-f", str(self.rc), "--idfile", str(self.here / "ids"), "--pidfile",
                str(self.here / "pid"), *more]

    def fetch(self, status=0):
        return run(*self.command(), status=status, env=os.environ | {"HOME": str(self.here)}).stdout

    def has(self, name):
        return self.demo.subjects(name)

    def test_pop3_that_keeps_takes_only_what_is_new(self):
        for port, ssl in (("pop3s", "ssl"), ("pop3", "sslproto TLS1.2+")):
            self.configure("POP3", port, ssl, "keep")
            if port == "pop3s":
                self.fetch()
            self.fetch(NO_MAIL)
        self.assertEqual(self.has("bob"), ["number 1", "number 2", "number 3"])
        self.demo.deliver(message("number 4"), "alice")
        self.fetch()
        self.fetch(NO_MAIL)
        self.assertEqual(self.has("bob"), [f"number {n}" for n in range(1, 5)])
        self.assertEqual(len(self.has("alice")), 4)

    def test_pop3_that_deletes_over_lmtp(self):
        self.configure("POP3", "pop3s", "ssl", "nokeep fetchall", lmtp=True)
        self.assertIn("3 messages for alice@demo.test", self.fetch())
        self.assertEqual((self.has("alice"), len(self.has("bob"))), ([], 3))
        with self.demo.imap("bob", "INBOX") as imap:
            got = without_trace(literal_of(ok(imap.fetch("1", "BODY.PEEK[]"))))
        self.assertTrue(got.endswith(b"\r\n\r\n.dot\r\n..\r\nlast\r\n"), got)

    def test_imap_takes_the_unseen_and_marks_them(self):
        with self.demo.imap("alice", "INBOX") as imap:
            ok(imap.store("2", "+FLAGS", "(\\Seen)"))
        for port, ssl in (("imaps", "ssl"), ("imap", "sslproto TLS1.2+")):
            self.configure("IMAP", port, ssl, "keep")
            self.fetch(0 if port == "imaps" else NO_MAIL)
        self.assertEqual(self.has("bob"), ["number 1", "number 3"])
        self.assertEqual({flags for _, flags in self.demo.held("alice").values()}, {"\\Seen"})

    def test_imap_that_deletes(self):
        self.configure("IMAP", "imaps", "ssl", "nokeep fetchall expunge 2")
        self.fetch()
        self.assertEqual((self.has("alice"), len(self.has("bob"))), ([], 3))

    def test_imap_idle_brings_mail_as_it_comes(self):
        self.configure("IMAP", "imaps", "ssl", "nokeep idle")
        daemon = subprocess.Popen(self.command("--nodetach", "--nosyslog", "-v"), env=os.environ | {"HOME": str(self.here)},
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            eventually(lambda: len(self.has("bob")) == 3, "the first mail is brought")
            self.demo.deliver(message("number 4"), "alice")
            eventually(lambda: len(self.has("bob")) == 4, "the new mail is brought")
            eventually(lambda: self.has("alice") == [], "and is gone where it came from")
        finally:
            daemon.send_signal(signal.SIGTERM)
            said = daemon.communicate(timeout=PATIENCE)[0].decode()
        self.assertIn("IDLE", said)

    def test_what_the_other_account_refuses_stays(self):
        self.configure("POP3", "pop3s", "ssl", "nokeep fetchall")
        self.rc.write_text(self.rc.read_text().replace("bob@demo.test", "nobody@demo.test"))
        self.fetch(None)
        self.assertEqual(len(self.has("alice")), 3)


if __name__ == "__main__":
    need("fetchmail")
    unittest.main()
