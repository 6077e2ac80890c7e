"""Clients that ask for much and do not read it, by all protocols at once: the server's memory does not grow with what they
asked for, and others are served."""
import unittest

from demo import Demo, message, ok

MIB = 1 << 20
READERS = 150  # of each protocol
A_READER = 200 * 1024  # bytes of the server's memory, the most
BODY = ("x" * 70 + "\r\n") * 120_000  # more than the kernel keeps for a connection


class SlowReaders(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())
        self.demo.deliver(message("large", BODY))
        with self.demo.imap("alice", "INBOX") as imap:
            ok(imap.append("INBOX", "", None, message("another")))

    def imap(self):
        wire = self.enterContext(self.demo.wire("imap"))
        wire.say(f"a LOGIN alice@demo.test {self.demo.password('alice')}", "b SELECT INBOX")
        wire.until("b OK .*")
        wire.say(*(f"c{n} FETCH 1 BODY.PEEK[]" for n in range(20)))

    def pop3(self):
        """One account has one POP3 session at a time."""
        wire = self.enterContext(self.demo.wire("pop3"))
        wire.say("USER alice@demo.test", f"PASS {self.demo.password('alice')}")
        wire.until(r"\+OK .*")
        wire.say(*["RETR 1"] * 20)

    def smtp(self):
        wire = self.enterContext(self.demo.wire("smtp"))
        wire.ask("EHLO client.test")
        wire.socket.settimeout(0.2)
        try:
            for _ in range(200):
                wire.say(*["HELP"] * 500)
        except TimeoutError:
            pass  # it reads no more, as its answers are not read

    def test_memory_stays_and_others_are_served(self):
        before = self.demo.peak_memory(start_anew=True)
        self.pop3()
        for _ in range(READERS):
            self.imap()
        for _ in range(10):
            self.smtp()
        self.demo.deliver(message("others"), "bob")
        self.assertEqual(self.demo.subjects("bob"), ["others"])
        grown = self.demo.peak_memory() - before
        print(f"{grown / MIB:.1f} MiB for {READERS} readers of {len(BODY) * 20 / MIB:.0f} MiB each")
        self.assertLess(grown, READERS * A_READER + 24 * MIB)


if __name__ == "__main__":
    unittest.main()
