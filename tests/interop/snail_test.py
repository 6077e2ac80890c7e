"""s-nail (mailx): sends under TLS and by STARTTLS, reads by IMAP and POP3, saves and deletes."""
import os
import pathlib
import unittest

from demo import Demo, literal_of, message, need, ok, run, without_trace


class Snail(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())
        self.here = pathlib.Path(self.demo.folder.parent)

    def url(self, scheme, protocol):
        return f"{scheme}://alice%40demo.test:{self.demo.password('alice')}@localhost:{self.demo.port(protocol)}"

    def snail(self, *arguments, script="", settings=(), status=0):
        rc = self.here / "mailrc"
        rc.write_text("".join(f"set {setting}\n" for setting in (
            "v15-compat=yes", f"tls-ca-file={self.demo.ca}", "tls-ca-no-defaults", "tls-verify=strict",
            "hostname=localhost", "from=alice@demo.test", "sendwait", "nosave",
            "imap-use-starttls", "pop3-use-starttls", "smtp-use-starttls", "folder=" + str(self.here), *settings)))
        rc.chmod(0o600)
        environment = {"HOME": str(self.here), "MAILRC": str(rc), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
                       "TERM": "dumb", "PAGER": "cat"}
        return run("s-nail", "-S", "crt=", *arguments, input=script, status=status, env=environment)

    def newest(self, name):
        with self.demo.imap(name, "INBOX") as imap:
            return without_trace(literal_of(ok(imap.fetch("*", "BODY.PEEK[]"))))

    def test_send_with_attachment(self):
        attached = self.here / "list.txt"
        attached.write_text("one\n.\ntwo\n")
        for scheme, protocol in (("smtps", "submissions"), ("submission", "submission")):
            with self.subTest(protocol=protocol):
                self.snail("-a", attached, "-s", f"Grüße über {protocol}", "-c", "alice@demo.test", "bob@demo.test",
                           script="Schöne Grüße\n.\n", settings=("mta=" + self.url(scheme, protocol),))
                for name in ("alice", "bob"):
                    self.assertIn(b"=?utf-8?", self.newest(name).lower())
                    self.assertIn(b"list.txt", self.newest(name))

    def test_a_refused_recipient_is_told(self):
        done = self.snail("-s", "x", "nobody@demo.test", script="x\n", settings=("mta=" + self.url("smtps", "submissions"),),
                          status=None)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("550 5.1.1", done.stderr + done.stdout)

    def test_read_by_imap_and_pop3(self):
        self.demo.deliver(message("for reading", "the body is here\r\n"), "alice")
        for scheme, protocol in (("imaps", "imaps"), ("imap", "imap"), ("pop3s", "pop3s"), ("pop3", "pop3")):
            with self.subTest(protocol=protocol):
                said = self.snail("-R", "-f", self.url(scheme, protocol), script="headers\ntype 1\nexit\n").stdout
                self.assertIn("for reading", said)
                self.assertIn("the body is here", said)

    def test_change_an_imap_mailbox(self):
        for n in range(1, 5):
            self.demo.deliver(message(f"number {n}"), "alice")
        box = self.url("imaps", "imaps")
        self.snail("-f", box, script=f"type 1\ndelete 2\ncopy 3 {box}/Archive\nflag 4\nquit\n",
                   settings=("keep", "hold", "imap-keepalive=60"))
        held = dict(self.demo.held("alice").values())
        self.assertEqual(set(held), {"number 1", "number 3", "number 4"})
        self.assertIn("\\Seen", held["number 1"])
        self.assertIn("\\Flagged", held["number 4"])
        self.assertEqual(self.demo.subjects("alice", "Archive"), ["number 3"])

    def test_delete_by_pop3(self):
        for n in range(1, 4):
            self.demo.deliver(message(f"number {n}"), "alice")
        self.snail("-f", self.url("pop3s", "pop3s"), script="delete 2\nquit\n", settings=("keep", "hold"))
        self.assertEqual(self.demo.subjects("alice"), ["number 1", "number 3"])


if __name__ == "__main__":
    need("s-nail")
    unittest.main()
