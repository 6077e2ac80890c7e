"""Thousands of APPENDs in a row: a server that is busy may slow down, but fails none; each is there in the end.

POSTHORN_APPENDS=75000 makes as many as an import was that failed at a peer.
"""
import os
import time
import unittest

from demo import Demo, message, ok

COUNT = int(os.environ.get("POSTHORN_APPENDS", 1000))
AHEAD = 100  # commands sent before their answers are read


class Appends(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())

    def log_in(self):
        wire = self.enterContext(self.demo.wire("imap"))
        wire.say(f"in LOGIN alice@demo.test {self.demo.password('alice')}", "box CREATE Import")
        wire.until("box (OK|NO) .*")
        return wire

    def append(self, wire, first, count):
        """By literals that are not waited for."""
        for at in range(first, first + count, AHEAD):
            numbers = range(at, min(at + AHEAD, first + count))
            commands = []
            for n in numbers:
                text = message(f"number {n}", "x" * 70 + "\r\n")
                commands.append(b"a%d APPEND Import (\\Seen) {%d+}\r\n%s\r\n" % (n, len(text), text))
            wire.socket.sendall(b"".join(commands))
            for n in numbers:
                wire.until(rf"a{n} OK \[APPENDUID \d+ {n}\] .*")

    def test_in_a_row(self):
        wire = self.log_in()
        began = time.monotonic()
        self.append(wire, 1, COUNT)
        took = time.monotonic() - began
        print(f"{COUNT} appends in {took:.1f} s, {COUNT / took:.0f} a second, peak {self.demo.peak_memory() >> 20} MiB")
        with self.demo.imap("alice") as imap:
            self.assertEqual(ok(imap.select("Import")), [b"%d" % COUNT])
            self.assertEqual(len(ok(imap.uid("SEARCH", "SEEN"))[0].split()), COUNT)


if __name__ == "__main__":
    unittest.main()
