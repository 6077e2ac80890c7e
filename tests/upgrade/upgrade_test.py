"""The stores of every release so far (make_store.py) open with this program, and all that was in them is there. A store of
a later one is refused, and nothing of it touched."""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "interop"))
import imaplib  # noqa: E402

from demo import Demo, message, ok, posthorn  # noqa: E402
from description import describe  # noqa: E402
from make_store import ACCOUNTS, NAMES, import_again  # noqa: E402

ARCHIVES = sorted(HERE.glob("*.tar.xz"))


def lacking(before, now, where=""):
    """What of `before` is not the same in `now`, which may hold more: keys that a later program tells besides."""
    if isinstance(before, dict) and isinstance(now, dict):
        return [each for key, value in before.items() for each in lacking(value, now.get(key), f"{where}/{key}")]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        return [each for n, value in enumerate(before) for each in lacking(value, now[n], f"{where}/{n}")]
    return [] if before == now else [f"{where}: was {before}, is {now}"]


def unpack(archive, folder):
    folder.mkdir()
    subprocess.run(["tar", "--extract", "--xz", "--file", archive, "--directory", folder], check=True)


def config_without_tls(folder):
    """The key of its certificate is not kept."""
    config = folder / "posthorn.toml"
    for key in ("certificate", "key", "imaps", "pop3s", "submissions"):
        config.write_text(config.read_text().replace(f"\n{key} = ", f"\n# {key} = "))
    return config


def as_it_is(folder):
    """Every file, with its content and when it was written."""
    return {path: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
            for path in sorted(folder.rglob("*")) if path.is_file()}


class Upgrade(unittest.TestCase):
    def setUp(self):
        self.here = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="posthorn-upgrade-")))

    def open(self, archive):
        """The demo's certificates and ports are made anew, all else is as it was kept."""
        unpack(archive, self.here / "demo")
        return Demo(*ACCOUNTS, folder=self.here, fresh=False)

    def test_every_store_opens_and_holds_what_it_held(self):
        self.assertTrue(ARCHIVES)
        for archive in ARCHIVES:
            with self.subTest(archive.name):
                shutil.rmtree(self.here / "demo", ignore_errors=True)
                self.holds(archive)

    def holds(self, archive):
        kept = json.loads(archive.with_suffix("").with_suffix(".json").read_text())
        secret = kept.pop("secrets")["alice's phone"]
        with self.open(archive) as demo:
            self.assertEqual(lacking(kept, describe(demo, NAMES)), [])
            with imaplib.IMAP4("localhost", demo.port("imap")) as phone:
                ok(phone.login("alice@demo.test", secret))
            self.assertIn("wrong: none", demo.posthorn("store", "check").stdout)
            again = import_again(demo, demo.folder / "Maildir")
            self.assertEqual((again["messages"], again["known"]), (0, 3), again)
            # What was deleted can be brought back, and life goes on.
            back = json.loads(demo.posthorn("--json", "mailbox", "undelete", "alice@demo.test", "INBOX").stdout)
            self.assertGreater(back["messages_back"], 0)
            demo.deliver(message("after the upgrade"), *NAMES)
            after = describe(demo, NAMES)
            demo.stop()
            demo.serve()
            self.assertEqual(lacking(after, describe(demo, NAMES)), [])
            self.assertIn("after the upgrade", demo.subjects("bob"))

    def test_a_configuration_of_then_is_one_of_now(self):
        for archive in ARCHIVES:
            with self.subTest(archive.name):
                unpack(archive, folder := self.here / archive.name)
                posthorn("--config", config_without_tls(folder), "config", "check")

    def test_a_later_store_is_refused_untouched(self):
        unpack(ARCHIVES[-1], folder := self.here / "later")
        file = folder / "store/format"
        file.write_text(file.read_text().replace("posthorn store 1\n", "posthorn store 2\n"))
        config = config_without_tls(folder)
        before = as_it_is(folder)
        for words in (("serve",), ("account", "list"), ("store", "check"), ("mailbox", "list", "alice@demo.test")):
            with self.subTest(words):
                said = posthorn("--config", config, *words, status=1).stderr
                self.assertIn("was written by a newer Posthorn: posthorn store 2", said)
                errors = [line for line in said.splitlines() if not line.startswith("time=")]  # what is not the log
                self.assertEqual(len(errors), 1, said)
                self.assertEqual(as_it_is(folder), before)


if __name__ == "__main__":
    unittest.main()
