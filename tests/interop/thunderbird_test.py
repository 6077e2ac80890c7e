"""Thunderbird on a screen: an account is opened, mail read, flagged, deleted, archived, written; new mail appears.

What it says to the server is heard as well. POSTHORN_PICTURES names a folder where a picture of it is kept.
"""
import os
import pathlib
import time
import unittest

from demo import Demo, eventually, literal_of, message, need, ok
from recorder import Recorder
from thunderbird import Thunderbird

SUBJECTS = ("Minutes of Monday's meeting", "Grüße aus Köln", "Invoice 2025-117", "Re: the garden fence", "Lunch?")


class ThunderbirdTest(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())
        for n, subject in enumerate(SUBJECTS):
            self.demo.deliver(message(subject, f"Dear Alice,\r\n\r\nthis is about: {subject}\r\n\r\nCarol\r\n",
                                      Content_Type="text/plain; charset=utf-8"), "alice")
        self.recorder = self.enterContext(Recorder(self.demo, "imap", tls=True))
        self.thunderbird = self.enterContext(Thunderbird(self.demo, "alice", self.recorder.port))

    def open_account(self):
        t = self.thunderbird
        t.window("Enter your password")
        t.type(self.demo.password("alice"))
        t.keys("Return")
        eventually(lambda: self.says(r"\d+ IDLE"), "it idles", 90)
        t.fill_screen(t.window("Inbox"))
        time.sleep(1)

    def says(self, pattern):
        return self.recorder.has_said(pattern)

    def flags(self, subject, mailbox="INBOX"):
        """None: it is not there."""
        return dict(self.demo.held("alice", mailbox).values()).get(subject)

    def test_a_morning_with_mail(self):
        self.open_account()
        for pattern in (r'\d+ ID \("name" "Thunderbird".*', r"\d+ ENABLE UTF8=ACCEPT", r'\d+ select "INBOX"',
                        r'\d+ list \(subscribed\) "" "\*" return \(special-use\)', r"\d+ UID fetch 1:\* \(FLAGS\)"):
            self.assertTrue(self.says(pattern), pattern)
        self.read_flag_delete_archive()
        self.demo.deliver(message("It comes meanwhile", "and is shown at once\r\n"), "alice")
        eventually(lambda: self.says(r"\d+ UID fetch 6:\* \(FLAGS\)|\d+ UID fetch 6 .*"), "IDLE brought new mail")
        self.write()
        if "POSTHORN_PICTURES" in os.environ:
            self.thunderbird.window("Inbox")
            self.thunderbird.keys("Home")
            time.sleep(3)
            self.thunderbird.picture(pathlib.Path(os.environ["POSTHORN_PICTURES"]) / "thunderbird.png")

    def read_flag_delete_archive(self):
        t = self.thunderbird
        t.click(450, 127)  # the first row of the list
        eventually(lambda: self.flags(SUBJECTS[0]) == "\\Seen", "the first message is read")
        t.keys("Down", "s")
        eventually(lambda: self.flags(SUBJECTS[1]) == "\\Flagged \\Seen", "the second has a star")
        t.keys("Down", "Delete")
        eventually(lambda: self.flags(SUBJECTS[2], "Trash") is not None, "the third is in Trash")
        self.assertIsNone(self.flags(SUBJECTS[2]))
        t.keys("a")  # the selection is on the fourth now
        eventually(lambda: self.flags(SUBJECTS[3]) is None, "the fourth is archived")
        self.assertIsNotNone(self.flags(SUBJECTS[3], "Archive/2025"))
        self.assertTrue(self.says(r'\d+ uid move \d+ "Archive/2025"'))

    def write(self):
        t = self.thunderbird
        t.keys("ctrl+n")
        t.window("Write: ")
        time.sleep(1)
        t.type("bob@demo.test")
        t.keys("Return", "alt+s")
        t.type("Typed by hand")
        t.keys("Tab")
        t.type("Yours")
        t.keys("ctrl+Return")
        t.window("Password Required for Outgoing")
        t.type(self.demo.password("alice"))
        t.keys("Return")
        eventually(lambda: self.demo.subjects("bob") == ["Typed by hand"], "it is sent")
        eventually(lambda: self.flags("Typed by hand", "Sent") == "\\Seen", "a copy is kept")
        with self.demo.imap("bob", "INBOX") as imap:
            received = literal_of(ok(imap.fetch("1", "BODY.PEEK[]")))
        self.assertIn(b"with ESMTPSA id", received)
        self.assertIn(b"User-Agent: Mozilla Thunderbird", received)


if __name__ == "__main__":
    need("thunderbird", "Xvfb", "xdotool", "import", "certutil")
    unittest.main()
