"""Two clients on one mailbox: each hears what the other does, in IDLE within a second."""
import unittest

from demo import Demo, message, ok
from idle import Idle


class TwoClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())

    def setUp(self):
        box = self._testMethodName
        self.one = self.enterContext(self.demo.imap("alice"))
        ok(self.one.create(box))
        for subject in "abc":
            ok(self.one.append(box, "", None, message(subject)))
        self.two = self.enterContext(self.demo.imap("alice", box))
        ok(self.one.select(box))
        self.box = box

    def news(self, imap):
        """What a NOOP tells: kind -> values."""
        ok(imap.noop())
        return {kind: [v for v in imap.response(kind)[1] if v is not None] for kind in ("EXISTS", "EXPUNGE", "FETCH")}

    def test_each_sees_what_the_other_changes(self):
        ok(self.two.store("2", "+FLAGS", "(\\Flagged)"))
        self.assertRegex(self.news(self.one)["FETCH"][0], rb"^2 \(.*\\Flagged")
        ok(self.one.store("1", "+FLAGS", "(\\Deleted)"))
        ok(self.one.expunge())
        news = self.news(self.two)
        self.assertEqual(news["EXPUNGE"], [b"1"])
        ok(self.two.append(self.box, "", None, message("d")))
        self.assertEqual(self.news(self.one)["EXISTS"], [b"3"])

    def test_a_message_that_the_other_expunged_is_not_renumbered_under_ones_feet(self):
        ok(self.two.store("1", "+FLAGS", "(\\Deleted)"))
        ok(self.two.expunge())
        kept = ok(self.one.fetch("3", "(UID)"))  # no EXPUNGE may be told in a FETCH: 3 is still the third
        self.assertIn(b"3 (UID 3", kept[-1])
        self.assertEqual(self.news(self.one)["EXPUNGE"], [b"1"])

    def test_idle_hears_of_all_kinds_of_news(self):
        with Idle(self.one) as idle:
            ok(self.two.append(self.box, "", None, message("d")))
            idle.hears(rb"\* 4 EXISTS")
            ok(self.two.store("2", "+FLAGS", "(\\Answered)"))
            idle.hears(rb"\* 2 FETCH \(.*\\Answered.*\)")
            ok(self.two.uid("STORE", "3", "+FLAGS", "(\\Deleted)"))
            ok(self.two.expunge())
            idle.hears(rb"\* 3 EXPUNGE")

    def test_idle_hears_of_delivered_mail_again_and_again(self):
        with self.demo.imap("bob", "INBOX") as bob, Idle(bob) as idle, self.demo.smtp() as smtp:
            for n in range(1, 21):
                smtp.sendmail("carol@elsewhere.test", ["bob@demo.test"], message(f"{n}"))
                idle.hears(rb"\* %d EXISTS" % n)

    def test_mail_delivered_to_many_is_told_to_all(self):
        with self.demo.imap("alice", "INBOX") as alice, self.demo.imap("bob", "INBOX") as bob:
            had = [int(ok(i.status("INBOX", "(MESSAGES)"))[0].split()[-1].rstrip(b")")) for i in (alice, bob)]
            with Idle(alice) as a, Idle(bob) as b:
                self.demo.deliver(message("for both"), "alice", "bob")
                a.hears(rb"\* %d EXISTS" % (had[0] + 1))
                b.hears(rb"\* %d EXISTS" % (had[1] + 1))

    def test_a_mailbox_deleted_by_the_other_ends_the_session(self):
        ok(self.two.unselect())
        third = self.enterContext(self.demo.wire("imap"))
        third.say(f"a LOGIN alice@demo.test {self.demo.password('alice')}", f"b SELECT {self.box}")
        third.until(r"b OK .*")
        ok(self.one.unselect())
        ok(self.two.delete(self.box))
        third.say("c NOOP")
        self.assertEqual(third.rest(), ["* BYE The selected mailbox was deleted", "c OK NOOP completed"])


if __name__ == "__main__":
    unittest.main()
