"""SIGTERM with clients there: they are told, what was accepted is kept, and the program ends soon with status 0."""
import time
import unittest

from demo import Demo, message, ok

SOON = 8.0  # seconds: the patience with sessions that are in the middle of something is five


class Ending(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())

    def end(self):
        began = time.monotonic()
        self.demo.stop()
        self.assertLess(time.monotonic() - began, SOON)

    def test_idle_sessions_are_told(self):
        smtp, plain, idle = self.demo.wire("smtp"), self.demo.wire("imap"), self.demo.wire("imap")
        idle.say(f"a LOGIN alice@demo.test {self.demo.password('alice')}", "b SELECT INBOX", "c IDLE")
        idle.until(r"\+ .*")
        self.end()
        self.assertRegex(smtp.line(), "^421 ")
        self.assertRegex(plain.line(), r"^\* BYE ")
        self.assertRegex(idle.until(r"\* BYE .*"), "BYE")
        for wire in (smtp, plain, idle):
            wire.__exit__()

    def test_a_message_half_sent_is_not_accepted_and_the_ones_before_are_kept(self):
        with self.demo.wire("smtp") as wire:
            wire.ask("EHLO client.test")
            for _ in range(2):
                wire.ask("MAIL FROM:<carol@elsewhere.test>", "RCPT TO:<alice@demo.test>")
                self.assertTrue(wire.ask("DATA").startswith("354"))
                wire.socket.sendall(message("whole") + b".\r\n")
                self.assertTrue(wire.reply().startswith("250"))
            wire.ask("MAIL FROM:<carol@elsewhere.test>", "RCPT TO:<alice@demo.test>", "DATA")
            wire.socket.sendall(message("half"))
            self.end()
            self.assertNotIn("250", "".join(wire.rest())[:4])
        self.demo.serve()
        with self.demo.imap("alice", "INBOX") as imap:
            self.assertEqual(ok(imap.search(None, "SUBJECT whole")), [b"1 2"])
            self.assertEqual(ok(imap.search(None, "SUBJECT half")), [b""])

    def test_a_client_that_does_not_read_does_not_hold_it(self):
        self.demo.deliver(message("large", ("x" * 70 + "\r\n") * 300_000))
        with self.demo.wire("imap") as wire:
            wire.say(f"a LOGIN alice@demo.test {self.demo.password('alice')}", "b SELECT INBOX",
                     "c FETCH 1 BODY.PEEK[]")
            wire.until(r"b OK .*")
            self.end()


if __name__ == "__main__":
    unittest.main()
