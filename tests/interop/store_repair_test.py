"""Damaged stores: the scrub finds what is wrong, a repair puts right what can be, and a backup gives back the rest."""
import json
import pathlib
import tempfile
import unittest

from demo import Demo, eventually, literal_of, message, ok, without_trace

ALICE = "alice@demo.test"


def numbered(number):
    return message(f"message {number}", f"text {number} " * 300 + "\r\n")


class StoreRepair(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="posthorn-repair-")))

    def spoil(self, demo, text, change):
        """Changes the bytes of the log from where `text` is last: in a body, which comes behind its rows."""
        demo.forgive("event=body.unreadable")
        for path in sorted((demo.folder / "store/log").glob("*.seg")):
            with open(path, "r+b") as file:
                at = file.read().rfind(text)
                if at < 0:
                    continue
                file.seek(at)
                old = file.read(600)
                file.seek(at)
                file.write(change(old))
                return
        raise AssertionError(f"{text} is not in the log")

    def test_one_bit_of_the_log(self):
        with Demo() as demo:
            for number in range(20):
                demo.deliver(numbered(number))
            demo.kill()
            self.spoil(demo, b"text 7 text 7", lambda old: bytes([old[0] ^ 16]) + old[1:])
            for command in (("serve",), ("store", "check")):
                self.assertRegex(demo.posthorn(*command, status=1).stderr,
                                 "log segment .* at offset .*store check --repair` is the way out")
            done = json.loads(demo.posthorn("store", "check", "--repair", "--json").stdout)
            self.assertEqual((done["wrong"], done["lost"], done["messages"]), ([], [], 20))
            self.assertIn("one bit of a commit was wrong", done["mended"][0])
            demo.serve()
            self.assertEqual(demo.subjects("alice"), [f"message {n}" for n in range(20)])
            with demo.imap("alice", "INBOX") as imap:
                for number in range(20):
                    body = literal_of(ok(imap.uid("FETCH", str(number + 1), "(BODY.PEEK[])")))
                    self.assertEqual(without_trace(body), numbered(number))

    def test_a_hole_in_the_log(self):
        with Demo() as demo:
            for number in range(20):
                demo.deliver(numbered(number))
            demo.kill()
            self.spoil(demo, b"Subject: message 7", lambda old: bytes(600))
            done = demo.posthorn("store", "check", "--repair", "--json", status=None)
            told = json.loads(done.stdout)
            # Only a body was in the hole, or the commit is gone: either is told.
            self.assertEqual(done.returncode, 1)
            self.assertTrue(told["lost"] or told["wrong"])
            demo.serve()
            demo.deliver(numbered(20))
            with demo.imap("alice", "INBOX") as imap:
                found = ok(imap.uid("SEARCH", "ALL"))[0].split()
                self.assertIn(len(found), (20, 21))
                readable = 0
                for uid in found:
                    kind, data = imap.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
                    readable += kind == "OK" and data[0] is not None
                self.assertGreaterEqual(readable, 20)

    def test_damaged_bodies_are_found_and_come_back_from_a_backup(self):
        backup = self.folder / "backup"
        large = message("large", "0123456789" * 50_000 + "\r\n")
        with Demo(changes=[("scrub_days = 30", "scrub_days = 0")]) as demo:
            for number in range(10):
                demo.deliver(numbered(number))
            demo.deliver(large)
            demo.posthorn("backup", backup)
            demo.stop()
            self.spoil(demo, b"text 7 text 7", lambda old: bytes([old[0] ^ 16]) + old[1:])
            for path in (demo.folder / "store/blobs").glob("*/*.blob"):
                path.unlink()
            demo.serve()
            wrong = json.loads(demo.posthorn("store", "check", "--json", status=1).stdout)["wrong"]
            self.assertTrue(any(line.startswith(f"{ALICE}: INBOX: UID 8,11: ") for line in wrong), wrong)
            with demo.imap("alice", "INBOX") as imap:
                self.assertEqual(ok(imap.uid("SEARCH", "ALL"))[0], b"1 2 3 4 5 6 7 8 9 10 11")
                before = ok(imap.status("INBOX", "(UIDVALIDITY)"))
                ok(imap.uid("STORE", "8", "+FLAGS", "(\\Flagged)"))
            done = demo.posthorn("store", "check", "--repair", status=1).stdout
            self.assertIn("its body is damaged", done.replace("the body", "its body"))
            done = json.loads(demo.posthorn("store", "check", "--repair", "--from", backup, "--json").stdout)
            self.assertEqual((done["wrong"], done["lost"]), ([], []))
            self.assertEqual(done["mended"], ["2 bodies came back from the backup"])
            with demo.imap("alice", "INBOX") as imap:
                self.assertEqual(ok(imap.status("INBOX", "(UIDVALIDITY)")), before)
                self.assertEqual(without_trace(literal_of(ok(imap.uid("FETCH", "8", "(BODY.PEEK[])")))), numbered(7))
                self.assertEqual(without_trace(literal_of(ok(imap.uid("FETCH", "11", "(BODY.PEEK[])")))), large)
            demo.stop()
            self.assertIn("wrong: none", demo.posthorn("store", "check").stdout)

    def test_the_scrub_finds_what_is_damaged(self):
        with Demo(changes=[("scrub_days = 30", "scrub_days = 0")]) as demo:
            for number in range(10):
                demo.deliver(numbered(number))
            demo.stop()
            self.spoil(demo, b"text 7 text 7", lambda old: bytes([old[0] ^ 16]) + old[1:])
            demo.forgive("body.damaged")
            demo.change_config(("scrub_days = 0", "scrub_days = 30"))
            demo.serve()
            stats = eventually(lambda: self.ended(demo), "a round of the scrub")
            self.assertEqual((stats["scrub_bodies"], stats["scrub_damaged"]), (10, 1))
            self.assertRegex(demo.log(), 'area=scrub event=body.damaged .*messages="account 1: INBOX: UID 8"')
            demo.stop()
            demo.serve()  # and it does not begin again
            self.assertEqual(self.ended(demo), stats | {key: self.ended(demo)[key] for key in stats
                                                       if not key.startswith("scrub")})

    def ended(self, demo):
        stats = json.loads(demo.posthorn("store", "stats", "--json").stdout)
        return stats if stats["scrub_ended"] not in ("never", "it runs") else None

    def test_a_backup_of_a_damaged_store_tells_and_holds_the_rest(self):
        backup = self.folder / "backup"
        with Demo(changes=[("scrub_days = 30", "scrub_days = 0")]) as demo:
            for number in range(10):
                demo.deliver(numbered(number))
            demo.stop()
            self.spoil(demo, b"text 7 text 7", lambda old: bytes([old[0] ^ 16]) + old[1:])
            demo.serve()
            done = demo.posthorn("backup", backup, "--json", status=1)
            self.assertIn(f"{ALICE}: email 8", done.stderr)
            self.assertEqual(json.loads(done.stdout)["new_bodies"], 9)
            # The bit is put right again, as by a heal, and the next backup has it.
            demo.stop()
            self.spoil(demo, b"dext 7 text 7", lambda old: bytes([old[0] ^ 16]) + old[1:])
            demo.serve()
            self.assertEqual(json.loads(demo.posthorn("backup", backup, "--json").stdout)["new_bodies"], 1)


if __name__ == "__main__":
    unittest.main()
