"""kill -9 of the server under load by SMTP, IMAP and POP3, again and again: what was answered is there, exactly once.

python3 tests/crash/server_kill_test.py [--rounds N] [--seed S]
What must hold after each kill says server_judge.py. The store is in memory where the machine offers a folder for that: a
kill loses nothing that the kernel has, on whatever disk.
"""
import os
import pathlib
import shutil
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
from demo import Demo  # noqa: E402
from server_judge import check  # noqa: E402
from server_rounds import play  # noqa: E402

IN_MEMORY = "/dev/shm"
ROOM = 1 << 30  # bytes that a store may need
LONGEST_LIFE = 0.25  # seconds under load
ROUNDS_A_STORE = 15  # then a new one, so that what is to be compared does not grow for ever
CHECK_EVERY = 8  # rounds to a `store check`


def folder_in_memory():
    has_room = os.path.isdir(IN_MEMORY) and shutil.disk_usage(IN_MEMORY).free > ROOM
    return tempfile.TemporaryDirectory(prefix="posthorn-", dir=IN_MEMORY if has_room else None)


class KilledServer:
    may_refuse = False

    def __init__(self, accounts):
        self.folder = folder_in_memory()
        self.demo = Demo(*(f"{a.address}:{a.password}" for a in accounts), folder=self.folder.name)
        self.port, self.lives = self.demo.port, 0

    def __enter__(self):
        self.demo.__enter__()
        return self

    def __exit__(self, *error):
        try:
            self.demo.__exit__(*error)
        finally:
            self.folder.cleanup()

    def die(self, generator):
        time.sleep(generator.uniform(0.01, LONGEST_LIFE))  # how long it lives is the experiment
        self.demo.kill()

    def come_back(self, generator):
        self.lives += 1
        if self.lives % CHECK_EVERY == 0:
            self.check_store()
        if generator.random() < 0.2:  # and dies again before anybody came
            self.demo.serve()
            self.demo.kill()
        self.demo.serve()

    def check_store(self):
        found = self.demo.posthorn("store", "check")
        check("wrong: none" in found.stdout, found.stdout)

    def at_last(self, accounts):
        self.check_store()


if __name__ == "__main__":
    play(KilledServer, 150, ROUNDS_A_STORE, "kills")
