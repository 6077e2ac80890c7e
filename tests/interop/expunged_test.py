"""What users delete: the disk that it takes is given back in the time that the configuration says."""
import unittest

from demo import Demo, eventually, message, ok


class Expunged(unittest.TestCase):
    def test_the_log_of_what_was_expunged_is_dropped_and_the_rest_stays(self):
        with Demo(changes=[("keep_expunged = 24", "keep_expunged = 0")]) as demo:
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


if __name__ == "__main__":
    unittest.main()
