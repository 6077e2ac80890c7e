"""What users send to hurt others by IMAP: each gets an answer, memory stays bounded, and others do not feel it."""
import re
import threading
import time
import unittest

from demo import Demo, message

MIB = 1 << 20


class Another(threading.Thread):
    """Somebody who logs in, opens a mailbox and reads, again and again; .longest is what that took at worst."""

    def __init__(self, demo):
        super().__init__()
        self.demo, self.longest, self.is_over = demo, 0, threading.Event()

    def run(self):
        while not self.is_over.wait(0.02):
            begun = time.monotonic()
            with self.demo.imap("bob", "INBOX") as imap:
                imap.fetch("1", "BODY.PEEK[]")
            self.longest = max(self.longest, time.monotonic() - begun)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.is_over.set()
        self.join()


class HostileImap(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())
        cls.demo.deliver(message("another's", "x" * 200_000), "bob")

    def log_in(self, mailbox="INBOX"):
        wire = self.enterContext(self.demo.wire("imap"))
        self.asks(wire, f"LOGIN alice@demo.test {self.demo.password('alice')}")
        wire.say(f"a CREATE {mailbox}")
        wire.until("a (OK|NO).*")
        self.asks(wire, f"SELECT {mailbox}")
        return wire

    def asks(self, wire, command, answer="a OK .*"):
        wire.say(f"a {command}")
        return wire.until(answer)

    def append(self, wire, mailbox, *messages):
        wire.say(b"a APPEND %s" % mailbox.encode() + b"".join(b" {%d+}\r\n%s" % (len(m), m) for m in messages))
        wire.until("a OK .*")

    def hurts(self, longest=2.5, memory=24):
        """Within this, another waits no longer, and the server needs no more MiB."""
        before = self.demo.peak_memory(start_anew=True)
        self.addCleanup(lambda: self.assertLess(self.demo.peak_memory() - before, memory * MIB))
        another = Another(self.demo)
        self.addCleanup(lambda: self.assertLess(another.longest, longest))
        return another

    def test_a_search_for_many_words_in_a_large_message(self):
        wire = self.log_in("Large")
        line = b"once more a line of words that nobody wants to read, but long they are\r\n"
        self.append(wire, "Large", b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + line * 200_000)
        wire.say("a SEARCH OR BODY zzz BODY nobody")
        self.assertEqual(wire.line(), "* SEARCH 1")
        wire.until("a OK .*")
        searching = [self.log_in("Large") for _ in range(5)]
        with self.hurts():
            for each in searching:
                each.say("a SEARCH " + " ".join(f"NOT BODY word{n}" for n in range(400)))
            time.sleep(3)
            for each in searching:
                each.socket.close()
                each.input.close()
        used = self.demo.cpu_seconds()
        time.sleep(2.5)  # within which it is noticed that they are gone
        used_until_noticed = self.demo.cpu_seconds()
        time.sleep(1)
        self.assertLess(self.demo.cpu_seconds() - used_until_noticed, 0.5, used)

    def test_the_server_ends_in_the_midst_of_a_long_search(self):
        with Demo() as demo, demo.wire("imap") as wire:
            wire.say(f"in LOGIN alice@demo.test {demo.password('alice')}", "in SELECT INBOX")
            text = b"Subject: long\r\n\r\n" + b"words and words and words\r\n" * 1_000_000
            wire.say(b"in APPEND INBOX {%d+}\r\n%s" % (len(text), text))
            wire.until("in OK .*APPEND.*")
            wire.say("a SEARCH " + " ".join(f"NOT BODY word{n}" for n in range(400)))
            time.sleep(0.5)
            begun = time.monotonic()
            demo.stop()
            self.assertLess(time.monotonic() - begun, 10)

    def test_a_search_by_many_sets_in_a_mailbox_with_holes(self):
        wire = self.log_in("Holes")
        for _ in range(8):
            self.append(wire, "Holes", *[b"Subject: x\r\n\r\nx\r\n"] * 5000)
        self.asks(wire, "SELECT Holes")
        for first in range(1, 40_000, 8000):
            self.asks(wire, f"STORE {','.join(str(n) for n in range(first, first + 8000, 2))} +FLAGS.SILENT (\\Deleted)")
        wire.say("a EXPUNGE")
        wire.until("a OK .*")
        self.asks(wire, "SEARCH RETURN (SAVE) ALL")
        for sets in ("1:*", "UID 1:*", "$"):
            with self.subTest(sets), self.hurts():
                self.asks(wire, "SEARCH RETURN (COUNT) " + " ".join([sets] * 990), r"\* ESEARCH .* COUNT 20000")
                wire.until("a OK .*")

    def test_a_large_header_asked_for_many_times(self):
        wire = self.log_in("Header")
        self.append(wire, "Header", b"X-Field: and its text, so that it is long enough\r\n" * 20_000 + b"\r\n")
        asked = " ".join(f"BODY.PEEK[HEADER.FIELDS.NOT (X{n})]" for n in range(255))
        with self.hurts():
            for _ in range(3):
                wire.say(f"a FETCH 1 ({asked})")
            time.sleep(2)  # in which nothing is read
        with self.hurts():
            for _ in range(3):
                while not (line := wire.input.readline()).startswith(b"a OK"):
                    if found := re.search(rb"{(\d+)}\r\n$", line):
                        wire.input.read(int(found[1]))


if __name__ == "__main__":
    unittest.main()
