"""Random clients of all protocols on one server for as long as wanted, against a model: contents are compared at intervals
(tests/crash/server_judge.py), and what the server takes levels off.

python3 tests/soak/soak_test.py [--minutes N] [--pace SECONDS] [--seed S] [--report FILE]
Memory, descriptors and the size of the store are taken at each interval and written to FILE. In runs of 60 minutes and more
the last third may not be above the middle one; a pace, so many seconds that each piece of a client's work takes at least,
makes them alike on a quiet and on a busy machine. POSTHORN_PROGRAM names another program, such as one built with sanitizers.
"""
import argparse
import os
import pathlib
import random
import re
import statistics
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "interop"), str(HERE.parent / "crash")]
from demo import Demo  # noqa: E402
from server_judge import judge  # noqa: E402
from server_load import Ids, Reader, Sender  # noqa: E402
from server_rounds import begin, new_accounts  # noqa: E402

INTERVAL = 10  # seconds under load between two comparisons
SENDERS = 2
IDLE = 20  # clients that wait for news all the time
LONG = 60  # minutes from which on figures are judged: bodies are kept for ten, and logs looked at every five
MIB = 1 << 20
CHANGES = [("keep_expunged = 72", "keep_expunged = 0")]  # so that what was expunged gives its disk back


class SoakedServer:
    """What the clients need, over a demo."""
    may_refuse = False

    def __init__(self, demo):
        self.demo, self.port = demo, demo.port

    def figures(self):
        status = pathlib.Path(f"/proc/{self.demo.process.pid}/status").read_text()
        files = [path for path in (self.demo.folder / "store").rglob("*")]
        return {"memory": int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) / 1024,
                "descriptors": len(os.listdir(f"/proc/{self.demo.process.pid}/fd")),
                "store": sum(size_of(path) for path in files) / MIB}


def size_of(path):
    try:
        return path.lstat().st_blocks * 512
    except OSError:  # it was removed meanwhile
        return 0


class Idler:
    """A client that waits for news of an account's INBOX, and hears no end of it."""

    def __init__(self, demo, name):
        self.wire = demo.wire("imap")
        self.wire.say(f"a LOGIN {name}@demo.test {demo.password(name)}", "b SELECT INBOX", "c IDLE")
        self.wire.until(r"\+ .*")

    def read(self):
        """What came so far."""
        self.wire.socket.setblocking(False)
        try:
            while self.wire.socket.recv(1 << 16):
                pass
            raise AssertionError("an idle client was sent away")
        except BlockingIOError:
            pass
        finally:
            self.wire.socket.setblocking(True)


def play_interval(server, accounts, ids, generator, seconds, pace):
    clients = [Sender(server, accounts, ids, generator.random()) for _ in range(SENDERS)]
    clients += [Reader(server, [account], ids, generator.random()) for account in accounts]
    for client in clients:
        client.pace = pace
        client.start()
    time.sleep(seconds)
    for client in clients:
        client.is_over = True
    for client in clients:
        client.join()
        if client.error is not None:
            raise client.error
    judge(server, clients[:SENDERS], accounts, generator)
    return sum(client.done_count for client in clients)


def levels_off(samples):
    """The figure that grows from the middle third of the run to its last, "" if none does."""
    third = len(samples) // 3
    for name, slack in (("memory", 8), ("descriptors", 8), ("store", 64)):
        middle, last = (statistics.median(s[name] for s in part) for part in (samples[third:2 * third], samples[-third:]))
        if last > middle * 1.05 + slack:
            return f"{name}: {middle:.1f} in the middle of the run, {last:.1f} at its end"
    return ""


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--minutes", type=float, default=0.5)
    arguments.add_argument("--pace", type=float, default=0.0)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--report", type=pathlib.Path)
    given = arguments.parse_args()
    end = time.monotonic() + given.minutes * 60
    accounts, ids, samples, done = new_accounts(), Ids(), [], 0
    generator = random.Random(given.seed)
    with Demo(*(f"{a.address}:{a.password}" for a in accounts), changes=CHANGES) as demo:
        server = SoakedServer(demo)
        begin(server, accounts)
        idlers = [Idler(demo, accounts[n % len(accounts)].name) for n in range(IDLE)]
        while time.monotonic() < end:
            done += play_interval(server, accounts, ids, generator, min(INTERVAL, given.minutes * 20), given.pace)
            for idler in idlers:
                idler.read()
            samples.append({"minutes": (time.monotonic() - end) / 60 + given.minutes, **server.figures()})
            if given.report:
                given.report.write_text("".join(" ".join(f"{k}={v:.1f}" for k, v in s.items()) + "\n" for s in samples))
        found = demo.posthorn("store", "check").stdout
        assert "wrong: none" in found, found
    if given.minutes >= LONG:
        assert not (grown := levels_off(samples)), grown
    last = ", ".join(f"{name} {value:.0f}" for name, value in samples[-1].items())
    print(f"{done} commands and messages, compared {len(samples)} times: all there; at the end {last}")


if __name__ == "__main__":
    main()
