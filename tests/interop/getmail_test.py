"""getmail6: POP3 and IMAP into a Maildir, what is new only, deleted there after some days.

By a program of ours, as root gets no Maildir from getmail."""
import mailbox
import pathlib
import re
import unittest

from demo import Demo, message, need, run


class Getmail(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())
        self.here = pathlib.Path(self.demo.folder.parent) / "getmail"
        self.here.mkdir()
        self.maildir = mailbox.Maildir(self.here / "mail", create=True)
        self.texts = {f"number {n}": message(f"number {n}", ".dot\r\n..\r\nlast\r\n") for n in range(1, 4)}
        for text in self.texts.values():
            self.demo.deliver(text, "alice")

    def get(self, kind, options, more=""):
        port = self.demo.port("pop3s" if "POP3" in kind else "imaps")
        (self.here / "rc").write_text(f"""[retriever]
type = {kind}
server = localhost
port = {port}
username = alice@demo.test
password = {self.demo.password("alice")}
ca_certs = {self.demo.ca}
{more}
[destination]
type = MDA_external
path = /bin/sh
arguments = ("-c", "cat >$(mktemp {self.here}/mail/new/XXXXXXXX)")
allow_root_commands = true
[options]
delivered_to = false
received = false
verbose = 2
{options}
""")
        (self.here / "rc").chmod(0o600)
        said = run("getmail", "--getmaildir", self.here, "--rcfile", "rc").stdout
        return int(re.search(r"(\d+) messages? \(\d+ bytes\) retrieved", said)[1])

    def local(self):
        return sorted(m["Subject"] for m in self.maildir)

    def a_week_passes(self):
        """In the file in which getmail keeps when it saw what: id, NUL, seconds."""
        for file in self.here.glob("oldmail-*"):
            file.write_bytes(re.sub(rb"\0(\d+)", lambda m: b"\0%d" % (int(m[1]) - 7 * 86400), file.read_bytes()))

    def test_pop3_takes_what_is_new_and_deletes_after_days(self):
        keeping = "read_all = false\ndelete = false\ndelete_after = 3"
        self.assertEqual(self.get("SimplePOP3SSLRetriever", keeping), 3)
        self.assertEqual(self.get("SimplePOP3SSLRetriever", keeping), 0)
        self.assertEqual(self.local(), sorted(self.texts))
        self.assertEqual(len(self.demo.subjects("alice")), 3)
        self.a_week_passes()
        self.demo.deliver(message("number 4"), "alice")
        self.assertEqual(self.get("SimplePOP3SSLRetriever", keeping), 1)
        self.assertEqual(self.demo.subjects("alice"), ["number 4"])
        self.assertEqual(len(self.local()), 4)

    def test_a_message_is_kept_as_it_was_sent(self):
        self.get("SimplePOP3SSLRetriever", "delete = true")
        self.assertEqual(self.demo.subjects("alice"), [])
        for key in self.maildir.keys():
            text = self.maildir.get_bytes(key)
            subject = self.maildir[key]["Subject"]
            self.assertTrue(text.replace(b"\n", b"\r\n").endswith(self.texts[subject]), text)

    def test_imap_of_several_mailboxes_moves_what_it_has(self):
        with self.demo.imap("alice", "INBOX") as imap:
            imap.create("Lists/C&APw-")
            imap.create("Done")
            imap.copy("2", "Lists/C&APw-")
        more = 'mailboxes = ("INBOX", "Lists/C\u00fc")\nmove_on_delete = Done\nuse_peek = true'
        self.assertEqual(self.get("SimpleIMAPSSLRetriever", "delete = true\nread_all = false", more), 4)
        self.assertEqual(self.demo.subjects("alice"), [])
        self.assertEqual(sorted(self.demo.subjects("alice", "Done")), sorted([*self.texts, "number 2"]))
        self.assertEqual(self.get("SimpleIMAPSSLRetriever", "delete = true\nread_all = false", more), 0)


if __name__ == "__main__":
    need("getmail")
    unittest.main()
