"""offlineimap: a mailbox and its Maildir are kept the same in both directions; no CONDSTORE, flags by FETCH 1:*."""
import mailbox
import os
import pathlib
import unittest

from demo import Demo, message, need, ok, run
from recorder import Recorder

BOXES = ("INBOX", "Lists/C++", "Entw&APw-rfe")


class Offlineimap(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())
        self.here = pathlib.Path(self.demo.folder.parent)
        self.configure(f"ssl = yes\nsslcacertfile = {self.demo.ca}\nremoteport = {self.demo.port('imaps')}")
        self.imap = self.enterContext(self.demo.imap("alice"))
        for name in BOXES[1:]:
            ok(self.imap.create(name))

    def configure(self, connection):
        (self.here / "offlineimaprc").write_text(f"""[general]
metadata = {self.here}/offlineimap
accounts = demo
ui = basic
[Account demo]
localrepository = local
remoterepository = remote
[Repository local]
type = Maildir
localfolders = {self.here}/mail
sep = .
sync_deletes = yes
[Repository remote]
type = IMAP
remotehost = localhost
{connection}
remoteuser = alice@demo.test
remotepass = {self.demo.password("alice")}
maxconnections = 2
usecompression = no
""")

    def sync(self):
        return run("offlineimap", "-c", self.here / "offlineimaprc", "-o", env=os.environ | {"HOME": str(self.here)})

    def folder(self, name):
        return mailbox.Maildir(self.here / "mail" / name.replace("/", "."), create=False)

    def local(self, name):
        return {m["Subject"]: m.get_flags() for m in self.folder(name)}

    def remote(self, name):
        return dict(self.demo.held("alice", name).values())

    def test_both_sides_become_the_same(self):
        for name in BOXES:
            for n in range(3):
                ok(self.imap.append(name, "(\\Flagged)" if n == 1 else "", None, message(f"{n} in mailbox")))
        self.sync()
        for name in BOXES:
            self.assertEqual(self.local(name), {"0 in mailbox": "", "1 in mailbox": "F", "2 in mailbox": ""}, name)
            self.change_both_sides(name)
        self.sync()
        for name in BOXES:
            self.assertEqual(self.local(name), {"1 in mailbox": "FR", "2 in mailbox": "S", "new there": "S",
                                                "new here": "F"}, name)
            self.assertEqual(self.remote(name), {"1 in mailbox": "\\Answered \\Flagged", "2 in mailbox": "\\Seen",
                                                 "new there": "\\Seen", "new here": "\\Flagged"}, name)
        said = self.sync()
        self.assertNotRegex(said.stdout + said.stderr, r"Copy message|Deleting \d|Adding flag")

    def change_both_sides(self, name):
        ok(self.imap.select(name))
        ok(self.imap.store("3", "+FLAGS", "(\\Seen)"))
        ok(self.imap.append(name, "(\\Seen)", None, message("new there")))
        folder = self.folder(name)
        for key, kept in list(folder.items()):
            if kept["Subject"].startswith("0"):
                folder.remove(key)
            elif kept["Subject"].startswith("1"):
                kept.add_flag("R")
                folder[key] = kept
        new = mailbox.MaildirMessage(message("new here"))
        new.set_flags("F")
        new.set_subdir("cur")
        folder.add(new)

    def test_a_mailbox_made_here_is_made_there(self):
        self.sync()
        mailbox.Maildir(self.here / "mail" / "Lists.New", create=True).add(message("first"))
        self.sync()
        self.assertEqual(self.remote("Lists/New"), {"first": ""})

    def test_what_it_says(self):
        """In the clear, so that it can be heard. Not by STARTTLS: imaplib2 3.05 hangs there now and then, as its reading
        thread may end before the answer has come."""
        recorder = self.enterContext(Recorder(self.demo, "imap"))
        self.configure(f"ssl = no\nstarttls = no\nauth_mechanisms = PLAIN\nremoteport = {recorder.port}")
        ok(self.imap.append("INBOX", "", None, message("one")))
        self.sync()
        self.assertEqual(self.local("INBOX"), {"one": ""})
        for pattern in (r'\w+ ID \("name" "OfflineIMAP".*', r"\w+ SELECT INBOX", r"\w+ EXAMINE INBOX",
                        r"\w+ FETCH 1:\* \(FLAGS UID INTERNALDATE\)", r"\w+ UID FETCH 1 \(BODY\.PEEK\[\]\)"):
            self.assertTrue(recorder.has_said(pattern), (pattern, recorder.client_lines()))


if __name__ == "__main__":
    need("offlineimap")
    unittest.main()
