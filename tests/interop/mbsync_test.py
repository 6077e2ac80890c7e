"""mbsync (isync): a mailbox and its Maildir are kept the same in both directions."""
import mailbox
import pathlib
import re
import unittest

from demo import Demo, message, need, ok, run

# mbsync 1.4 names a folder as the server does: Entwürfe, 日本, "A & B".
BOXES = ("INBOX", "Entw&APw-rfe", "&ZeVnLA-", "A &- B")


class Mbsync(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())
        self.here = pathlib.Path(self.demo.folder.parent)
        self.mail = self.here / "mail"
        self.mail.mkdir()
        config = f"""IMAPAccount demo
Host localhost
Port {self.demo.port("imaps")}
User alice@demo.test
Pass {self.demo.password("alice")}
SSLType IMAPS
CertificateFile {self.demo.ca}

IMAPStore remote
Account demo

MaildirStore local
Path {self.mail}/
Inbox {self.mail}/INBOX
SubFolders Verbatim

Channel all
Far :remote:
Near :local:
Patterns *
Create Both
Expunge Both
SyncState *
"""
        (self.here / "mbsyncrc").write_text(config)
        self.imap = self.enterContext(self.demo.imap("alice"))

    def sync(self):
        return run("mbsync", "-c", self.here / "mbsyncrc", "-a")

    def folder(self, name):
        return mailbox.Maildir(self.mail / name, create=False)

    def local(self, name):
        """Subject -> Maildir's flags."""
        return {m["Subject"]: m.get_flags() for m in self.folder(name)}

    def remote(self, name):
        """Subject -> flags, sorted, without \\Recent."""
        ok(self.imap.select(f'"{name}"'))
        if self.imap.uid("SEARCH", "ALL")[1][0] in (b"", None):
            return {}
        found = {}
        for part in ok(self.imap.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")):
            if isinstance(part, tuple):
                flags = set(re.search(rb"FLAGS \(([^)]*)\)", part[0])[1].decode().split()) - {"\\Recent"}
                found[part[1].decode().split(":", 1)[1].strip()] = " ".join(sorted(flags))
        return found

    def test_both_sides_become_the_same(self):
        for name in BOXES[1:]:
            ok(self.imap.create(f'"{name}"'))
        for name in BOXES:
            for n in range(3):
                ok(self.imap.append(f'"{name}"', "(\\Flagged)" if n == 1 else "", None, message(f"{n} in mailbox")))
        self.sync()
        for name in BOXES:
            self.assertEqual(self.local(name), {"0 in mailbox": "", "1 in mailbox": "F", "2 in mailbox": ""}, name)
        self.change_both_sides()
        self.sync()
        for name in BOXES:
            self.assertEqual(self.local(name), {"1 in mailbox": "FRS", "2 in mailbox": "", "new there": "S",
                                                "new here": "F"}, name)
            self.assertEqual(self.remote(name), {"1 in mailbox": "\\Answered \\Flagged \\Seen", "2 in mailbox": "",
                                                 "new there": "\\Seen", "new here": "\\Flagged"}, name)
        before = self.sync().stdout
        self.assertNotRegex(before, r"[+*#][1-9]", "nothing was left to do")

    def change_both_sides(self):
        for name in BOXES:
            ok(self.imap.select(f'"{name}"'))
            ok(self.imap.store("2", "+FLAGS", "(\\Seen)"))
            ok(self.imap.append(f'"{name}"', "(\\Seen)", None, message("new there")))
            folder = self.folder(name)
            for key, kept in list(folder.items()):
                if kept["Subject"].startswith("0"):
                    kept.add_flag("T")
                    folder[key] = kept
                if kept["Subject"].startswith("1"):
                    kept.add_flag("R")
                    folder[key] = kept
            new = mailbox.MaildirMessage(message("new here"))
            new.set_flags("F")
            new.set_subdir("cur")
            folder.add(new)

    def test_a_mailbox_made_here_is_made_there(self):
        mailbox.Maildir(self.mail / "Gr&APYA3w-e", create=True).add(message("first"))
        self.sync()
        listed = b" ".join(ok(self.imap.list()))
        self.assertIn(b"Gr&APYA3w-e", listed)


if __name__ == "__main__":
    need("mbsync")
    unittest.main()
