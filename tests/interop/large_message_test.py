"""100 MiB in and out by SMTP and IMAP, byte for byte, while the server's memory grows by less than 8 MiB."""
import hashlib
import re
import unittest

from demo import Demo

MIB = 1 << 20
SIZE = 100 * MIB
MOST_GROWTH = 8 * MIB
LINE = b".%08d " + b"x" * 65 + b"\r\n"  # every line begins with a dot


def pieces():
    """A message of about SIZE bytes, a MiB at a time."""
    yield b"From: carol@elsewhere.test\r\nTo: alice@demo.test\r\nSubject: large\r\n\r\n"
    lines = MIB // len(LINE % 0)
    for n in range(SIZE // MIB):
        yield b"".join(LINE % (n * lines + i) for i in range(lines))


MESSAGE_SIZE = sum(map(len, pieces()))


class Digest:
    """Of the last MESSAGE_SIZE bytes of what is fed: the trace header before them is left out."""

    def __init__(self, total):
        self.skip, self.hash = total - MESSAGE_SIZE, hashlib.sha256()

    def feed(self, data):
        self.hash.update(data[self.skip:])
        self.skip = max(0, self.skip - len(data))


def sent_digest():
    digest = hashlib.sha256()
    for piece in pieces():
        digest.update(piece)
    return digest.hexdigest()


class LargeMessage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.expected = sent_digest()

    def setUp(self):
        limit = ("message_size = 52428800", f"message_size = {SIZE + MIB}")
        self.demo = self.enterContext(Demo(changes=[limit]))
        with self.imap():  # what a first session makes is not the message's
            pass
        self.demo.deliver(b"Subject: small\r\n\r\n")
        self.before = self.demo.peak_memory(start_anew=True)

    def imap(self):
        wire = self.demo.wire("imap")
        wire.say(f"a LOGIN alice@demo.test {self.demo.password('alice')}", "b SELECT INBOX")
        wire.until("b OK .*")
        return wire

    def check_growth(self, what):
        growth = self.demo.peak_memory() - self.before
        print(f"{what}: {growth / MIB:.1f} MiB")
        self.assertLess(growth, MOST_GROWTH, what)

    def check_it_comes_out(self):
        with self.imap() as wire:
            wire.say("c FETCH * BODY.PEEK[]")
            left = total = int(re.search(r"\{(\d+)\}$", wire.until(r"\* \d+ FETCH .*"))[1])
            digest = Digest(total)
            while left > 0:
                data = wire.input.read(min(left, MIB))
                self.assertTrue(data, "the connection ended")
                digest.feed(data)
                left -= len(data)
            wire.until("c OK .*")
        self.assertEqual(digest.hash.hexdigest(), self.expected)
        self.check_growth("out by FETCH")

    def test_in_by_smtp(self):
        with self.demo.wire("smtp") as wire:
            wire.ask("EHLO client.test", "MAIL FROM:<carol@elsewhere.test>", "RCPT TO:<alice@demo.test>")
            self.assertTrue(wire.ask("DATA").startswith("354"))
            for piece in pieces():
                wire.socket.sendall(piece.replace(b"\r\n.", b"\r\n..") if not piece.startswith(b".") else
                                    b"." + piece.replace(b"\r\n.", b"\r\n.."))
            self.assertTrue(wire.ask(".").startswith("250"))
        self.check_growth("in by DATA")
        self.check_it_comes_out()

    def test_in_by_append(self):
        with self.imap() as wire:
            wire.say(f"c APPEND INBOX {{{MESSAGE_SIZE}}}")
            self.assertTrue(wire.line().startswith("+"))
            for piece in pieces():
                wire.socket.sendall(piece)
            wire.say(b"")
            wire.until("c OK .*")
        self.check_growth("in by APPEND")
        self.check_it_comes_out()


if __name__ == "__main__":
    unittest.main()
