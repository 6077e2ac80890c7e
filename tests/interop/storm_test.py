"""Many sessions change one mailbox while mail comes in: no command fails, and at the end all see the same."""
import random
import re
import threading
import time
import unittest

from demo import Demo, message, ok

READERS = 5
SENDERS = 2
SECONDS = 3


class Storm(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())
        self.end = time.monotonic() + SECONDS
        self.errors = []

    def guarded(self, work, *arguments):
        try:
            while time.monotonic() < self.end:
                work(*arguments)
        except Exception as error:  # told by the main thread
            self.errors.append(error)

    def send(self, smtp):
        smtp.sendmail("carol@elsewhere.test", ["alice@demo.test", "bob@demo.test"], message("of the storm"))

    def change(self, imap, dice):
        keyword = f"(word{dice.randrange(5)})"
        dice.choice((
            lambda: ok(imap.uid("STORE", "1:*", "+FLAGS", dice.choice(("(\\Flagged)", "(\\Deleted)", keyword)))),
            lambda: ok(imap.uid("STORE", "1:*", "-FLAGS.SILENT", dice.choice(("(\\Deleted)", keyword)))),
            lambda: ok(imap.expunge()),
            lambda: ok(imap.uid("FETCH", "1:*", "(FLAGS ENVELOPE BODY.PEEK[TEXT])")),
            lambda: ok(imap.uid("SEARCH", "UNDELETED", "SUBJECT", "storm")),
            lambda: ok(imap.append("INBOX", "(\\Seen)", None, message("appended"))),
            lambda: ok(imap.uid("COPY", "1:*", "Archive")),
            lambda: ok(imap.uid("MOVE", "1:9", "Trash")),
            lambda: ok(imap.noop()),
        ))()

    def told(self, imap):
        """(number, uid, flags without \\Recent) as the session sees the mailbox, without selecting it anew."""
        ok(imap.noop())
        imap.untagged_responses.clear()  # of the storm
        lines = b"\n".join(ok(imap.fetch("1:*", "(UID FLAGS)"))).decode()
        return [(number, uid, set(flags.split()) - {"\\Recent"})
                for number, uid, flags in re.findall(r"(\d+) \(UID (\d+) FLAGS \(([^)]*)\)\)", lines)]

    def test_all_see_the_same_at_the_end(self):
        sessions = [self.enterContext(self.demo.imap("alice", "INBOX")) for _ in range(READERS)]
        threads = [threading.Thread(target=self.guarded, args=(self.change, imap, random.Random(n)))
                   for n, imap in enumerate(sessions)]
        threads += [threading.Thread(target=self.guarded, args=(self.send, self.enterContext(self.demo.smtp())))
                    for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.errors, [])
        self.demo.deliver(message("the last"))
        with self.demo.imap("alice", "INBOX") as fresh:
            expected = self.told(fresh)
        self.assertTrue(expected)
        for imap in sessions:
            self.assertEqual(self.told(imap), expected)
        self.assertIn("wrong: none", self.demo.posthorn("store", "check").stdout)


if __name__ == "__main__":
    unittest.main()
