"""A running server whose disk fills up, cannot read, or has its bits flipped, and whose clock is set: each is answered
clearly, nothing is dropped, and when it is over the server goes on by itself (simulated_server.py)."""
import re
import time
import unittest

from server_load import check_octets, fetched, text
from simulated_server import SimulatedServer
from wires import Died, Imap, Pop3, Refused, Smtp

USER, PASSWORD = "ann@demo.test", "fault-ann-secret"
PATIENCE = 30
SMALL, LARGE = 1, next(n for n in range(1000) if len(text(n)) > 70_000)  # in the log, in a file of its own
YEARS = 20 * 365 * 24 * 3600


def eventually(look, what):
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {PATIENCE} s: {what}"
        time.sleep(0.05)
    return found


class Faults(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(SimulatedServer([f"{USER}:{PASSWORD}"]))
        self.wires = []
        self.addCleanup(lambda: [wire.close() for wire in self.wires])

    def opened(self, wire):
        self.wires.append(wire)
        return wire

    def imap(self, mailbox="INBOX"):
        imap = self.opened(Imap(self.server.port("imap"), USER, PASSWORD))
        imap.ask(f"SELECT {mailbox}")
        return imap

    def deliver(self, *identities):
        smtp = self.opened(Smtp(self.server.port("smtp")))
        for identity in identities:
            smtp.deliver([USER], text(identity))

    def read(self, imap, uid):
        """The octets of a message."""
        return next(literals[0] for _, literals in imap.ask(f"UID FETCH {uid} BODY.PEEK[]") if literals)

    def refused(self, action, *arguments):
        with self.assertRaises(Refused) as refusal:
            action(*arguments)
        return str(refusal.exception)

    def reopen(self):
        for wire in self.wires:
            wire.close()
        self.server.ask("end")
        self.server.ask("open")

    def all_there(self, *identities):
        imap = self.imap()
        found = {identity: uid for uid, identity, _, _ in
                 fetched(imap.ask("UID FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])"))}
        self.assertEqual(sorted(found), sorted(identities))
        for identity, uid in found.items():
            check_octets(self.read(imap, uid), identity)


class FullDisk(Faults):
    def test_mail_is_refused_and_goes_on_when_there_is_room(self):
        self.deliver(SMALL)
        imap = self.imap()
        self.server.ask("capacity 0")
        last, refusals = 1000, []
        while len(refusals) < 3 and last < 3000:  # what is left of the segment's prepared room is used first
            last += 1
            try:
                self.deliver(last)
            except Refused as refusal:
                refusals.append((last, str(refusal)))
        self.assertTrue(all(re.match("45[12] ", why) for _, why in refusals), refusals)
        self.assertIn("NO", self.refused(imap.ask, "APPEND INBOX ", text(LARGE)))
        self.assertEqual(len(list(fetched(imap.ask("UID FETCH 1 (UID FLAGS)")))), 1)
        check_octets(self.read(imap, 1), SMALL)
        self.server.ask("capacity -1")

        def recovers():
            try:
                self.deliver(5000)
                return True
            except Refused:
                return False

        eventually(recovers, "mail is taken again")
        refused = {identity for identity, _ in refusals}
        there = [SMALL, 5000, *(n for n in range(1001, last + 1) if n not in refused)]
        self.all_there(*there)
        self.reopen()
        self.all_there(*there)


class CannotRead(Faults):
    def check(self, part, identity):
        """While files with `part` in their path cannot be read, the message of this id cannot."""
        self.deliver(2, identity)
        self.reopen()
        imap, uid = self.imap(), 2
        self.server.ask(f"unreadable {part}")
        self.assertRegex(self.refused(self.read, imap, uid), "NO|BAD")
        imap.ask("NOOP")  # the session lives
        pop = self.opened(Pop3(self.server.port("pop3"), USER, PASSWORD))
        self.assertRegex(self.refused(pop.ask_for_lines, f"RETR {uid}"), "^-ERR ")
        pop.ask("NOOP")
        self.assertIn("level=error", self.server.log())
        self.server.ask("unreadable")
        check_octets(self.read(imap, uid), identity)
        check_octets(pop.ask_for_lines(f"RETR {uid}")[0], identity)
        self.all_there(2, identity)

    def test_a_body_in_the_log(self):
        self.check("/log/", SMALL)

    def test_a_body_in_a_file(self):
        self.check("/blobs/", LARGE)

    def test_the_index(self):
        """With nothing of it in memory; what is delivered meanwhile is taken, or refused for the time being."""
        self.deliver(*range(2, 300))
        self.reopen()
        self.server.ask("unreadable /index/")
        answers = []
        for identity in range(300, 320):
            try:
                self.deliver(identity)
                answers.append(identity)
            except Refused as refusal:
                self.assertRegex(str(refusal), "^4")
            except Died:
                pass
        try:
            imap = self.imap()
            self.assertRegex(self.refused(self.read, imap, 150), "NO|BAD")
        except Refused as refusal:
            self.assertRegex(str(refusal), "NO")
        self.server.ask("unreadable")
        eventually(lambda: self.takes(320), "mail is taken again")
        self.all_there(*range(2, 300), *answers, 320)
        self.reopen()
        self.all_there(*range(2, 300), *answers, 320)

    def takes(self, identity):
        try:
            self.deliver(identity)
            return True
        except (Refused, Died):
            return False


class FlippedBits(Faults):
    def test_of_bodies(self):
        """Told when they are read; never given out."""
        self.deliver(LARGE, 2)
        self.reopen()
        path, size = self.server.ask("files .blob").rsplit(":", 1)
        self.assertGreater(int(size), 1000)
        self.server.ask(f"flip {path} {int(size) // 2}")
        imap = self.imap()
        self.assertRegex(self.refused(self.read, imap, 1), "NO|BAD")
        check_octets(self.read(imap, 2), 2)
        pop = self.opened(Pop3(self.server.port("pop3"), USER, PASSWORD))
        try:
            got = pop.ask_for_lines("RETR 1")[0]
            self.fail(f"{len(got)} octets were given out as if they were the message")
        except (Refused, Died):
            pass
        self.assertIn("level=error", self.server.log())
        self.server.ask(f"flip {path} {int(size) // 2}")
        check_octets(self.read(imap, 1), LARGE)


class Clock(Faults):
    def test_it_is_set_forwards_and_back(self):
        self.deliver(1)
        idle = self.imap()
        idle.say(b"x IDLE\r\n")
        self.assertTrue(idle.line().startswith(b"+"))
        imap, smtp = self.imap(), self.opened(Smtp(self.server.port("smtp")))
        highest = [self.highest(imap)]
        for jump, identity in ((YEARS, 2), (-2 * YEARS, 3), (YEARS, 4), (-3600, 5)):
            self.server.ask(f"jump {jump}")
            time.sleep(0.2)
            smtp.deliver([USER], text(identity))  # the connection is still there, and so is that which is idle
            self.assertTrue(re.match(rb"\* %d EXISTS" % identity, self.exists(idle)))
            imap.ask("NOOP")
            imap.ask("UID STORE 1 +FLAGS (\\Flagged)" if identity % 2 else "UID STORE 1 -FLAGS (\\Flagged)")
            highest.append(self.highest(imap))
        self.assertEqual(highest, sorted(set(highest)), "HIGHESTMODSEQ went back, or stood still")
        self.assertEqual([uid for uid, *_ in fetched(imap.ask("UID FETCH 1:* (UID FLAGS)"))], [1, 2, 3, 4, 5])
        imap.ask("CREATE Made")
        self.reopen()
        self.all_there(1, 2, 3, 4, 5)
        self.assertGreaterEqual(self.highest(self.imap()), highest[-1])

    def exists(self, idle):
        while b"EXISTS" not in (line := idle.line()):
            pass
        return line

    def highest(self, imap):
        return int(re.search(rb"HIGHESTMODSEQ (\d+)", imap.ask("STATUS INBOX (HIGHESTMODSEQ)")[0][0])[1])


if __name__ == "__main__":
    unittest.main()
