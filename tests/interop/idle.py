"""IDLE for imaplib, which does not know it before Python 3.14."""
import re
import time

SOON = 1.0  # seconds


class Idle:
    """with Idle(imap) as idle: DONE is said at the end."""

    def __init__(self, imap):
        self.imap = imap

    def __enter__(self):
        self.tag = self.imap._new_tag()
        self.imap.send(self.tag + b" IDLE\r\n")
        line = self.imap.readline()
        assert line.startswith(b"+"), line
        return self

    def hears(self, pattern):
        """Reads until a line matches."""
        began = time.monotonic()
        while not re.fullmatch(pattern, line := self.imap.readline().rstrip(b"\r\n")):
            assert line.startswith(b"* "), line
        took = time.monotonic() - began
        assert took < SOON, f"{pattern} was told only after {took:.2f} s"

    def __exit__(self, *error):
        if error[0] is None:
            self.imap.send(b"DONE\r\n")
            while not (line := self.imap.readline()).startswith(self.tag):
                assert line.startswith(b"* "), line
            assert b" OK" in line, line
