"""A server that runs into the most memory that it may use: load is put off, nobody is killed, and it finds back.

Where control groups can be made (as root), the server is in one that the kernel holds to a little more than the ceiling:
one step too far, and it would be killed.
"""
import contextlib
import os
import pathlib
import time
import unittest

from demo import PATIENCE, Demo, Wire, eventually, message, no, ok

MIB = 1 << 20
CEILING = 96 * MIB
GROUP_LIMIT = 160 * MIB  # page cache and sockets count there as well
HOARDERS = 1500
CONFIG = [("memory = 0 ", f"memory = {CEILING} "), ("smtp_connections_per_address = 50", "smtp_connections_per_address = 0")]


class ControlGroup:
    """A control group of version 1 or 2 for the server, where the machine lets us make one; else nothing."""

    def __init__(self):
        self.folder = None

    def hold(self, process):
        name = f"posthorn-test-{os.getpid()}"
        for root, limit in (("/sys/fs/cgroup", "memory.max"), ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")):
            folder = pathlib.Path(root) / name
            try:
                if "memory" not in (pathlib.Path(root) / "cgroup.subtree_control").read_text():
                    continue
            except OSError:
                if limit == "memory.max":
                    continue
            try:
                folder.mkdir()
                (folder / limit).write_text(str(GROUP_LIMIT))
                (folder / "cgroup.procs").write_text(str(process.pid))
                self.folder = folder
                return
            except OSError:
                with contextlib.suppress(OSError):
                    folder.rmdir()

    def killed(self):
        for name in ("memory.events", "memory.oom_control"):
            if self.folder is not None and (self.folder / name).exists():
                fields = dict(line.split() for line in (self.folder / name).read_text().splitlines())
                return int(fields.get("oom_kill", 0))
        return 0

    def remove(self):
        if self.folder is not None:
            with contextlib.suppress(OSError):
                self.folder.rmdir()


class MemoryCeiling(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo(changes=CONFIG))
        self.group = ControlGroup()
        self.addCleanup(self.group.remove)
        self.group.hold(self.demo.process)
        self.demo.deliver(message("before"))
        self.hoarders = []
        self.addCleanup(self.leave)

    def leave(self):
        for wire in self.hoarders:
            wire.__exit__()
        self.hoarders.clear()

    def hoard(self, service, begin):
        """Clients that each begin something large and do not end it, until the server turns them away, and goes on to:
        what it gives back first is used up as well."""
        turned_away = 0
        for _ in range(HOARDERS):
            wire = Wire(self.demo.connect(service))
            try:
                begin(wire)
                self.hoarders.append(wire)
                turned_away = 0
            except (ConnectionError, TurnedAway):
                wire.__exit__()
                turned_away += 1
                if turned_away == 50:
                    self.assertIn("level=full", self.demo.log())
                    return
                time.sleep(0.02)
        self.fail("the ceiling was not reached")

    def is_full(self):
        with self.demo.wire("smtp", greeting=False) as wire:
            return wire.line()

    def others_are_served(self, imap):
        """Somebody who was there before, while memory is full."""
        self.assertEqual(ok(imap.search(None, "SUBJECT before")), [b"1"])
        self.assertIn("short of memory", no(imap.append("INBOX", "", None, message("too late"))))

    def ends_well(self):
        self.assertEqual(self.group.killed(), 0)
        self.assertIsNone(self.demo.process.poll(), "the server died")
        self.assertLess(self.demo.peak_memory(), CEILING + 48 * MIB)  # with the pages of the program itself
        self.leave()
        eventually(lambda: self.is_full().startswith("220"), "the server takes connections again")
        self.demo.deliver(message("after"))
        self.assertEqual(self.demo.subjects("alice"), ["before", "after"])

    def test_commands_that_do_not_end(self):
        def begin(wire):
            if not wire.line().startswith("* OK"):
                raise TurnedAway
            wire.socket.sendall(b"a LOGIN " + b"x" * 60_000)

        imap = self.enterContext(self.demo.imap("alice", "INBOX"))
        smtp = self.enterContext(self.demo.wire("smtp"))
        smtp.ask("EHLO client.test")
        self.hoard("imap", begin)
        self.assertRegex(smtp.ask("MAIL FROM:<carol@elsewhere.test>"), "^452 4.3.1 .*memory")
        self.others_are_served(imap)
        with self.demo.wire("smtp", greeting=False) as wire:
            self.assertRegex(wire.line(), "^421 4.3.2 .*memory")
        with self.demo.wire("imap", greeting=False) as wire:
            self.assertRegex(wire.line(), r"^\* BYE \[UNAVAILABLE\] .*memory")
        with self.demo.wire("pop3", greeting=False) as wire:
            self.assertRegex(wire.line(), r"^-ERR \[SYS/TEMP\] .*memory")
        with self.demo.wire("imaps", greeting=False) as wire:
            self.assertEqual(wire.line(), "")
        self.ends_well()

    def test_messages_that_do_not_end(self):
        def begin(wire):
            if not wire.line().startswith("220"):
                raise TurnedAway
            wire.ask("EHLO client.test", "MAIL FROM:<carol@elsewhere.test>", "RCPT TO:<alice@demo.test>")
            if not wire.ask("DATA").startswith("354"):
                raise TurnedAway
            wire.socket.sendall(b"Subject: endless\r\n\r\n" + (b"x" * 70 + b"\r\n") * 3400)

        imap = self.enterContext(self.demo.imap("alice", "INBOX"))
        self.hoard("smtp", begin)
        self.others_are_served(imap)
        refused = 0
        for wire in self.hoarders[-20:]:
            with contextlib.suppress(OSError):
                wire.socket.sendall(b"more\r\n" * 4000 + b".\r\n")
                refused += wire.reply().startswith("452 4.3.1")
        self.assertGreater(refused, 0)
        self.leave()
        self.ends_well()


class TurnedAway(Exception):
    pass


if __name__ == "__main__":
    unittest.main()
