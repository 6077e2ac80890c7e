"""What users delete: it can be brought back until its disk is given back, when the configuration says."""
import json
import time
import unittest

from demo import Demo, eventually, message, ok


class Expunged(unittest.TestCase):
    def test_the_log_of_what_was_expunged_is_dropped_and_the_rest_stays(self):
        with Demo(changes=[("keep_expunged = 72", "keep_expunged = 0")]) as demo:
            demo.deliver(message("goes", ("x" * 70 + "\r\n") * 2000))
            demo.deliver(message("stays"))
            with demo.imap("alice", "INBOX") as imap:
                ok(imap.store("1", "+FLAGS", "\\Deleted"))
                ok(imap.expunge())
            demo.stop()
            demo.serve()  # the logs are looked at soon after the start
            eventually(lambda: "event=log.dropped account=1" in demo.log(), "the log is dropped")
            with demo.imap("alice", "INBOX") as imap:
                self.assertEqual(ok(imap.uid("SEARCH", "ALL")), [b"2"])
                self.assertEqual(ok(imap.search(None, "SUBJECT stays")), [b"1"])
                demo.deliver(message("next"))
                ok(imap.noop())
                self.assertEqual(ok(imap.uid("SEARCH", "ALL")), [b"2 3"])
            self.assertIn("wrong: none", demo.posthorn("store", "check").stdout)
            demo.kill()
            demo.serve()
            with demo.imap("alice", "INBOX") as imap:
                self.assertEqual(ok(imap.uid("SEARCH", "ALL")), [b"2 3"])

    def test_what_was_deleted_comes_back(self):
        with Demo() as demo:
            for subject in ("one", "two", "three"):
                demo.deliver(message(subject, From="Zoë <zoe@elsewhere.test>"))
            run = demo.posthorn
            time.sleep(1.1)  # times are told in seconds
            then = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            time.sleep(1.1)
            with demo.imap("alice", "INBOX") as imap:
                ok(imap.create("Kept"))
                ok(imap.copy("3", "Kept"))
                ok(imap.store("1:3", "+FLAGS", "\\Deleted"))
                ok(imap.expunge())
                listed = json.loads(run("mailbox", "deleted", "alice@demo.test", "--json").stdout)
                self.assertEqual([(m["mailbox"], m["uid"], m["subject"]) for m in listed],
                                 [("INBOX", 1, "one"), ("INBOX", 2, "two")])
                run("mailbox", "undelete", "alice@demo.test", "INBOX", "--uid", "2")
                ok(imap.noop())
                self.assertEqual(ok(imap.uid("SEARCH", "ALL")), [b"4"])
                refused = run("mailbox", "undelete", "alice@demo.test", "INBOX", "--uid", "2", status=1)
                self.assertIn("posthorn mailbox deleted", refused.stderr)
                run("account", "rewind", "alice@demo.test", "--to", then)
                ok(imap.noop())
                self.assertEqual(ok(imap.uid("SEARCH", "ALL")), [b"4 5 6"])
            self.assertEqual(sorted(demo.subjects("alice")), ["one", "three", "two"])
            self.assertEqual(demo.subjects("alice", "Kept"), [])
            demo.stop()
            # The same without a server.
            self.assertIn("messages_back: 0", run("account", "rewind", "alice@demo.test", "--to", then).stdout)
            self.assertIn("wrong: none", run("store", "check").stdout)
            run("mailbox", "undelete", "alice@demo.test", status=2)


if __name__ == "__main__":
    unittest.main()
