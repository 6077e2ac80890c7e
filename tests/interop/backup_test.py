"""Backups of a running server: made under load, broken off, damaged, and restored, all and in parts."""
import imaplib
import json
import pathlib
import random
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from demo import PROGRAM, Demo, eventually, message, ok, run

ALICE = "alice@demo.test"


class Deliveries(threading.Thread):
    """Messages for alice, one behind the other, until the block ends."""

    def __init__(self, demo):
        super().__init__()
        self.demo, self.accepted, self.is_over = demo, 0, False

    def run(self):
        while not self.is_over:
            try:
                with self.demo.smtp() as smtp:
                    while not self.is_over:
                        smtp.sendmail("carol@elsewhere.test", [ALICE],
                                      message(f"load {self.accepted}", "x" * random.randrange(8000) + "\r\n"))
                        self.accepted += 1
            except OSError:
                time.sleep(0.05)  # the server is killed now and then

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.is_over = True
        self.join()


class Backup(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="posthorn-backup-")))
        self.backup = self.folder / "backup"

    def back_up(self, demo, *options, **more):
        return json.loads(demo.posthorn("backup", self.backup, "--json", *options, **more).stdout)

    def restore_all(self, demo):
        """Into the emptied data folder of a stopped demo, which is then served again."""
        shutil.rmtree(demo.folder / "store")
        done = json.loads(demo.posthorn("restore", self.backup, "--json").stdout)
        self.assertIn("wrong: none", demo.posthorn("store", "check").stdout)
        demo.serve()
        return done

    def seen(self, demo, name):
        """All that IMAP and POP3 tell of an account, but for UIDVALIDITY."""
        told = {}
        with demo.imap(name) as imap:
            for line in ok(imap.list()):
                mailbox = line.decode().rsplit(" ", 1)[1]
                ok(imap.select(mailbox, readonly=True))
                fetched = ok(imap.uid("FETCH", "1:*", "(FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])"))
                # That \Recent was told is not written at once (mailstore/recent.h).
                told[mailbox] = [re.sub(r"\s*\\+Recent\s*", " ", str(part)).replace("( ", "(").replace(" )", ")")
                                 for part in fetched]
            told["subscribed"] = ok(imap.lsub())
        pop3 = demo.pop3(name)
        told["unique-ids"] = pop3.uidl()[1]
        pop3.quit()
        return told

    def uid_validity(self, demo, name):
        with demo.imap(name) as imap:
            return ok(imap.status("INBOX", "(UIDVALIDITY)"))[0]

    def test_everything_comes_back(self):
        with Demo() as demo:
            for number in range(20):
                demo.deliver(message(f"message {number}", "y" * number ** 4 + "\r\n"), "alice", "bob")
            demo.posthorn("alias", "add", "post@demo.test", ALICE)
            secret = demo.posthorn("account", "app-password", "add", ALICE, "phone").stdout
            with demo.imap("alice", "INBOX") as imap:
                ok(imap.store("2:5", "+FLAGS", "(\\Seen $Work)"))
                ok(imap.store("7", "+FLAGS", "(\\Deleted)"))
                ok(imap.expunge())
                ok(imap.create("Projects/2026"))
                ok(imap.copy("3:4", "Projects/2026"))
            made = self.back_up(demo)
            self.assertEqual((made["accounts"], made["messages"], made["wrong"]), (2, 41, []))
            before = {name: self.seen(demo, name) for name in ("alice", "bob")}
            validity = self.uid_validity(demo, "alice")
            demo.deliver(message("after the backup"))
            demo.stop()
            refused = demo.posthorn("restore", self.backup, status=1).stderr
            self.assertIn("is not empty", refused)
            self.assertEqual(self.restore_all(demo)["messages"], 41)
            for name, told in before.items():
                self.assertEqual(self.seen(demo, name), told)
            self.assertNotEqual(self.uid_validity(demo, "alice"), validity)
            with demo.smtp() as smtp:
                smtp.sendmail("carol@elsewhere.test", ["post@demo.test"], message("by the alias"))
            self.assertIn("by the alias", demo.subjects("alice"))
            word = next(w for w in secret.split() if len(w) > 15)
            phone = imaplib.IMAP4("localhost", demo.port("imap"))
            ok(phone.login(ALICE, word))
            phone.logout()
            files = self.folder / "files"
            demo.posthorn("restore", self.backup, "--files", files)
            self.assertEqual((files / demo.config.relative_to("/")).read_text(), demo.config.read_text())
            self.assertEqual(self.back_up(demo)["new_bodies"], 1)

    def test_parts_come_back_into_the_living_server(self):
        with Demo() as demo:
            for number in range(5):
                demo.deliver(message(f"message {number}"))
            self.back_up(demo)
            with demo.imap("alice", "INBOX") as imap:
                ok(imap.store("2,4", "+FLAGS", "(\\Deleted)"))
                ok(imap.expunge())
                ok(imap.copy("1", "Archive"))
                ok(imap.store("1", "+FLAGS", "(\\Deleted)"))  # moved: it is elsewhere
                ok(imap.expunge())
            listed = json.loads(demo.posthorn("restore", self.backup, "--list", "--account", ALICE, "--mailbox",
                                              "INBOX", "--json").stdout)
            self.assertEqual([(row["uid"], row["subject"]) for row in listed],
                             [(n + 1, f"message {n}") for n in range(5)])
            restore = ("restore", self.backup, "--json", "--account", ALICE)
            done = json.loads(demo.posthorn(*restore, "--mailbox", "INBOX", "--uid", "2").stdout)
            self.assertEqual((done["restored"], done["there_already"]), (1, 0))
            done = json.loads(demo.posthorn(*restore).stdout)
            self.assertEqual((done["restored"], done["there_already"]), (1, 4))
            self.assertEqual({uid: subject for uid, (subject, _) in demo.held("alice").items()},
                             {3: "message 2", 5: "message 4", 6: "message 1", 7: "message 3"})
            done = json.loads(demo.posthorn(*restore, "--mailbox", "INBOX", "--into", "Back").stdout)
            self.assertEqual(done["restored"], 5)
            done = json.loads(demo.posthorn(*restore, "--mailbox", "INBOX", "--into", "Back").stdout)
            self.assertEqual((done["restored"], done["there_already"]), (0, 5))
            for wrong, why in (((*restore[:-1], "nobody@demo.test"), "there is no account nobody@demo.test"),
                               ((*restore, "--mailbox", "Nowhere"), "the backup has no mailbox Nowhere"),
                               ((*restore, "--mailbox", "INBOX", "--uid", "77"), "no messages under these UIDs"),
                               ((*restore, "--point", "20000101T000000Z"), "has no point 20000101T000000Z"),
                               (("restore", self.folder, "--account", ALICE), "there is no backup in")):
                self.assertIn(why, demo.posthorn(*wrong, status=1).stderr)

    def test_an_account_that_was_removed_comes_back_with_its_password(self):
        with Demo() as demo:
            demo.deliver(message("to keep"), "bob")
            pop3 = demo.pop3("bob")
            unique_ids = pop3.uidl()[1]
            pop3.quit()
            self.back_up(demo)
            demo.posthorn("account", "remove", "bob@demo.test")
            for _ in range(2):
                demo.posthorn("restore", self.backup, "--account", "bob@demo.test")
                self.assertEqual(demo.subjects("bob"), ["to keep"])
            pop3 = demo.pop3("bob")
            self.assertEqual(pop3.uidl()[1], unique_ids)
            pop3.quit()

    def test_without_a_server(self):
        with Demo() as demo:
            demo.deliver(message("here"))
            demo.stop()
            self.assertEqual(self.back_up(demo)["messages"], 1)
            demo.posthorn("restore", self.backup, "--account", ALICE, "--into", "Back")
            demo.serve()
            self.assertEqual(demo.subjects("alice", "Back"), ["here"])

    def test_a_backup_that_is_killed_and_a_server_that_is_killed(self):
        with Demo() as demo, Deliveries(demo) as load:
            eventually(lambda: load.accepted > 100, "100 deliveries")
            for number in range(8):
                words = [str(PROGRAM), "--config", str(demo.config), "backup", str(self.backup)]
                process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(random.random() * 0.15)
                if number % 4 == 3:
                    demo.kill()
                    process.wait(60)
                    demo.serve()
                else:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                if (self.backup / "posthorn-backup").exists():
                    run(PROGRAM, "backup", self.backup, "--verify")
            made = self.back_up(demo)
            self.assertEqual(made["wrong"], [])
            load.is_over = True
            load.join()
            at_least = made["messages"]
            self.assertGreaterEqual(load.accepted + 8, at_least)
            demo.stop()
            self.restore_all(demo)
            subjects = demo.subjects("alice")
            self.assertEqual(len(subjects), at_least)
            self.assertEqual(subjects[:100], [f"load {n}" for n in range(100)])
            demo.forgive("conversation.ended")

    def test_a_full_disk(self):
        small = self.folder / "small"
        small.mkdir()
        inside = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
        mount = f"mount -t tmpfs -o size=400k none {small}"
        if run(*inside, mount, status=None).returncode != 0:
            self.skipTest("no file system can be mounted here")
        with Demo() as demo:
            demo.deliver(message("small"))
            posthorn = f"{PROGRAM} --config {demo.config}"
            script = f"""{mount} && {posthorn} backup {small} || exit 9
                touch {self.folder}/first
                while [ ! -e {self.folder}/go ]; do sleep 0.1; done
                {posthorn} backup {small}; echo "status $?"
                {posthorn} backup {small} --verify; echo "status $?"
                ls {small}/packs"""
            with subprocess.Popen([*inside, script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as it:
                eventually((self.folder / "first").exists, "the first backup")
                demo.deliver(message("large", "x" * 900_000 + "\r\n"))
                (self.folder / "go").touch()
                said = it.stdout.read()
            self.assertRegex(said, r"(?s)the disk of the backup is full.*status 1.*verified 1 points.*status 0")

    def test_flipped_bits(self):
        with Demo() as demo:
            for number in range(30):
                demo.deliver(message(f"message {number}", f"{number} " * 2000 + "\r\n"))
            self.back_up(demo)
            pack = max((self.backup / "packs").iterdir(), key=lambda path: path.stat().st_size)
            content = bytearray(pack.read_bytes())
            content[content.index(b"11 11 11 11 11")] ^= 4
            pack.write_bytes(content)
            wrong = run(PROGRAM, "backup", self.backup, "--verify", status=1).stderr
            self.assertIn(f"{pack} is damaged", wrong)
            self.assertIn(f"{ALICE}: email 12", wrong)
            with demo.imap("alice", "INBOX") as imap:
                ok(imap.store("1:*", "+FLAGS", "(\\Deleted)"))
                ok(imap.expunge())
            done = demo.posthorn("restore", self.backup, "--account", ALICE, status=1)
            self.assertIn("restored 29 messages", done.stdout)
            self.assertIn(f"not restored: {ALICE}: INBOX: UID 12: ", done.stderr)
            self.assertEqual(len(demo.subjects("alice")), 29)
            # What was expunged is still in the server, and so in the repaired backup.
            made = self.back_up(demo, "--repair")
            self.assertEqual((made["wrong"], made["new_bodies"]), ([], 1))
            run(PROGRAM, "backup", self.backup, "--verify")
            first = sorted(path.name for path in (self.backup / "points").iterdir())[0]
            demo.posthorn("restore", self.backup, "--point", first, "--account", ALICE)
            self.assertEqual(len(demo.subjects("alice")), 30)

    def test_old_points_go(self):
        with Demo() as demo:
            for number in range(4):
                demo.deliver(message(f"message {number}"))
                made = self.back_up(demo, "--keep", "2")
            self.assertEqual(made["points_removed"], 1)
            listed = json.loads(run(PROGRAM, "backup", self.backup, "--list", "--json").stdout)
            self.assertEqual([point["messages"] for point in listed], [3, 4])
            run(PROGRAM, "backup", self.backup, "--verify")
            self.assertEqual((self.backup.stat().st_mode & 0o777), 0o700)

    def test_what_an_unfinished_restore_left_is_not_served(self):
        with Demo() as demo:
            demo.deliver(message("here"))
            self.back_up(demo)
            demo.stop()
            shutil.rmtree(demo.folder / "store")
            (demo.folder / "store").mkdir()
            (demo.folder / "store" / "restore-unfinished").write_text("")
            (demo.folder / "store" / "log").mkdir()
            refused = demo.posthorn("account", "list", status=1).stderr
            self.assertIn("was not finished", refused)
            demo.posthorn("restore", self.backup)
            demo.serve()
            self.assertEqual(demo.subjects("alice"), ["here"])


if __name__ == "__main__":
    unittest.main()
