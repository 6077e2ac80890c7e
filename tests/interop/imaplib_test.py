"""imaplib: what a program does with a mailbox, and what UIDPLUS answers to it."""
import imaplib
import re
import unittest

from demo import Demo, literal_of, message, no, ok


class Imaplib(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())

    def setUp(self):
        self.imap = self.enterContext(self.demo.imap("alice"))
        self.box = self._testMethodName
        ok(self.imap.create(self.box))
        ok(self.imap.create(f"{self.box}/other"))

    def fill(self, *subjects):
        for subject in subjects:
            ok(self.imap.append(self.box, "", None, message(subject)))
        ok(self.imap.select(self.box))

    def subjects(self, box):
        """In order, as UID -> subject."""
        ok(self.imap.select(box))
        found = self.imap.uid("FETCH", "1:*", "BODY.PEEK[HEADER.FIELDS (SUBJECT)]")
        return {int(re.search(rb"UID (\d+)", part[0])[1]): part[1].decode().split(":")[1].strip()
                for part in ok(found) if isinstance(part, tuple)}

    def told(self, code):
        """A response code of the last tagged or untagged line, as imaplib keeps it."""
        return [value.decode() for value in self.imap.response(code)[1] if value is not None]

    def test_append_answers_with_its_uid_and_keeps_flags_and_time(self):
        date = '"17-Jul-1996 02:44:25 -0700"'
        answer = ok(self.imap.append(self.box, "(\\Seen $Label1)", date, message("dated")))[0].decode()
        validity, uid = re.search(r"\[APPENDUID (\d+) (\d+)\]", answer).groups()
        ok(self.imap.select(self.box))
        self.assertEqual(self.told("UIDVALIDITY"), [validity])
        kept = ok(self.imap.uid("FETCH", uid, "(FLAGS INTERNALDATE)"))[0].decode()
        self.assertIn("\\Seen", kept)
        self.assertIn("$Label1", kept)
        self.assertEqual(imaplib.Internaldate2tuple(kept.encode()),
                         imaplib.Internaldate2tuple(f"INTERNALDATE {date}".encode()))

    def test_append_to_a_mailbox_that_is_not_there(self):
        self.assertIn("[TRYCREATE]", no(self.imap.append("nowhere", "", None, message())))

    def test_copy_and_move(self):
        self.fill("a", "b", "c", "d")
        ok(self.imap.uid("COPY", "2,3", f"{self.box}/other"))
        self.assertRegex(self.told("COPYUID")[0], r"^\d+ 2:3 1:2$")
        ok(self.imap.uid("MOVE", "1:2", f"{self.box}/other"))
        self.assertRegex(self.told("COPYUID")[0], r"^\d+ 1:2 3:4$")
        self.assertEqual(self.told("EXPUNGE"), ["1", "1"])
        self.assertEqual(self.subjects(self.box), {3: "c", 4: "d"})
        self.assertEqual(self.subjects(f"{self.box}/other"), {1: "b", 2: "c", 3: "a", 4: "b"})

    def test_store_and_expunge(self):
        self.fill("a", "b", "c", "d")
        self.assertEqual(ok(self.imap.store("1,3", "+FLAGS.SILENT", "(\\Deleted)")), [None])
        ok(self.imap.store("2", "FLAGS", "(\\Flagged work)"))
        ok(self.imap.uid("EXPUNGE", "3:4"))
        self.assertEqual(self.subjects(self.box), {1: "a", 2: "b", 4: "d"})
        self.assertEqual(ok(self.imap.expunge()), [b"1"])
        self.assertIn(b"\\Flagged", ok(self.imap.uid("FETCH", "2", "FLAGS"))[0])
        ok(self.imap.append(self.box, "", None, message("e")))
        self.assertEqual(self.subjects(self.box), {2: "b", 4: "d", 5: "e"})

    def test_search(self):
        self.fill("one", "two", "three")
        ok(self.imap.store("2", "+FLAGS", "(\\Flagged)"))
        for criteria, expected in (("FLAGGED", b"2"), ('SUBJECT "t"', b"2 3"), ("NOT SUBJECT t", b"1"),
                                   ("OR SUBJECT one SUBJECT three", b"1 3"), ("BODY hello", b"1 2 3"),
                                   ("SINCE 1-Jan-2000 UNFLAGGED", b"1 3"), ("LARGER 100000", b""), ("UID 3:*", b"3")):
            self.assertEqual(ok(self.imap.search(None, criteria)), [expected], criteria)

    def test_sections(self):
        text = message("parts", '--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b\r\nContent-Type: text/html\r\n\r\n'
                       "<p>html\r\n--b--\r\n", MIME_Version="1.0", Content_Type='multipart/alternative; boundary="b"')
        ok(self.imap.append(self.box, "", None, text))
        ok(self.imap.select(self.box))
        for section, expected in (("1", b"plain"), ("2", b"<p>html"), ("2.MIME", b"Content-Type: text/html\r\n\r\n"),
                                  ("HEADER.FIELDS (SUBJECT)", b"Subject: parts\r\n\r\n"), ("", text)):
            self.assertEqual(literal_of(ok(self.imap.fetch("1", f"BODY.PEEK[{section}]"))), expected, section)
        self.assertIn(b'("text" "html"', ok(self.imap.fetch("1", "BODYSTRUCTURE"))[0].lower())

    def test_mailboxes(self):
        ok(self.imap.rename(f"{self.box}/other", f"{self.box}/renamed"))
        ok(self.imap.subscribe(f"{self.box}/renamed"))
        self.assertIn(f"{self.box}/renamed".encode(), b"".join(ok(self.imap.lsub('""', f"{self.box}/*"))))
        ok(self.imap.delete(f"{self.box}/renamed"))
        self.assertNotIn(b"renamed", b"".join(line or b"" for line in ok(self.imap.list(self.box, "*"))))
        self.assertIn("[ALREADYEXISTS]", no(self.imap.create("INBOX")))
        self.assertIn("[NONEXISTENT]", no(self.imap.select("nowhere")))
        self.assertRegex(ok(self.imap.status(self.box, "(MESSAGES UIDNEXT UNSEEN)"))[0].decode(),
                         r"\(MESSAGES 0 UIDNEXT 1 UNSEEN 0\)")


if __name__ == "__main__":
    unittest.main()
