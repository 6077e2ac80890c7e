"""A server that starts on the store that is there: until it greets, and the first look at a big mailbox afterwards."""
import threading
import time

from harness.filling import fill, settle
from harness.imap import Imap
from harness.reader import Reader, in_milliseconds
from harness.server import drop_page_cache
from harness.workload import Sample, Used, Workload
from workloads.fetch import READER, SIX_FIELDS

SETTLING = 1  # seconds of load before the server is killed


def fill_mailbox(stage):
    fill(stage, READER, stage.amounts.mailbox)


def start_again(stage):
    seconds = stage.server.start()
    return Sample(seconds * 1e3, 1, Used(seconds, 0, stage.server.processes.memory()))


def after_an_end(stage):
    stage.server.stop()
    return start_again(stage)


def after_a_kill(stage):
    """kill -9 in the middle of mail that comes in."""
    load = threading.Thread(target=load_until_killed, args=[stage], daemon=True)
    load.start()
    time.sleep(SETTLING)
    stage.server.kill()
    load.join()
    sample = start_again(stage)
    settle(stage.server)
    return sample


def load_until_killed(stage):
    try:
        stage.programs.run("smtp_load", stage.server.port("smtp"), 10, 60, 4096, 1, 100, 1, patience=120)
    except RuntimeError:
        pass  # its connections end with the server


def restart_cold(stage):
    stage.server.stop()
    drop_page_cache(stage.server.store_folder())
    stage.server.start()
    settle(stage.server)


def cold_select(stage):
    restart_cold(stage)
    with Imap(stage.server, READER) as imap, stage.counted() as used:
        imap.ask("SELECT INBOX")
    return Sample(used.seconds * 1e3, 1, used)


def cold_fetch(name, title, command):
    """A workload: the time of the first command after a restart, when nothing is in the page cache; the mailbox is
    selected before, outside the clock."""
    def run(stage):
        restart_cold(stage)
        with Reader(stage.programs, stage.server.port("imap"), READER) as reader:
            with stage.counted() as used:
                seconds, size = reader.work(command)
        return in_milliseconds(seconds, size, used, stage.amounts.mailbox)

    return Workload(name, title, "ms", run, "message", prepare=fill_mailbox)


WORKLOADS = [
    Workload("cold-select", "SELECT, cold", "ms", cold_select, "SELECT", prepare=fill_mailbox),
    cold_fetch("cold-flags", "FETCH of all UIDs and flags, cold", "FETCH 1:* (UID FLAGS)"),
    cold_fetch("cold-envelope", "FETCH of all envelopes, cold", "FETCH 1:* (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)"),
    cold_fetch("cold-bodystructure", "FETCH of all structures, cold", "FETCH 1:* BODYSTRUCTURE"),
    cold_fetch("cold-fields", "FETCH of six header fields of all, cold", f"FETCH 1:* {SIX_FIELDS}"),
    Workload("start-clean", "start until it greets", "ms", after_an_end, "start", memory_matters=True),
    Workload("start-killed", "start after kill -9 under load", "ms", after_a_kill, "start"),
]
