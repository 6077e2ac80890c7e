"""A disk that is nearly full, as its reserve is more than any has: mail is put off, and all can be read."""
import unittest

from demo import Demo, message, no, ok

RESERVE = "disk_reserve = 268435456"
IMPOSSIBLE = "disk_reserve = 1000000000000000"


class FullDisk(unittest.TestCase):
    def test_mail_is_put_off_and_the_rest_goes_on(self):
        with Demo() as demo:
            demo.deliver(message("before"))
            demo.stop()
            demo.change_config((RESERVE, IMPOSSIBLE))
            demo.serve()
            with demo.wire("smtp") as wire:
                wire.ask("EHLO client.test")
                self.assertRegex(wire.ask("MAIL FROM:<carol@elsewhere.test>"), "^452 4.3.1 ")
                self.assertRegex(wire.ask("NOOP"), "^250 ")
            with demo.imap("alice", "INBOX") as imap:
                refusal = no(imap.append("INBOX", "", None, message("refused")))
                self.assertEqual(refusal, "[UNAVAILABLE] the disk is nearly full, please try again later")
                self.assertEqual(ok(imap.search(None, "ALL")), [b"1"])
                ok(imap.store("1", "+FLAGS", "(\\Deleted)"))
                ok(imap.expunge())  # what makes room works
            demo.stop()
            demo.change_config((IMPOSSIBLE, RESERVE))
            demo.serve()
            demo.deliver(message("after"))
            with demo.imap("alice", "INBOX") as imap:
                self.assertEqual(ok(imap.search(None, "SUBJECT after")), [b"1"])


if __name__ == "__main__":
    unittest.main()
