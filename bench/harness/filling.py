"""Mailboxes that have to be there before something is measured, filled by MULTIAPPEND."""
import pathlib
import time

from harness import corpus
from harness.imap import Imap

BATCH = 200           # messages in one APPEND
SETTLED = 0.05        # of a CPU: below it nothing is done in the background any more
LONGEST_SETTLING = 60


def appended(i, size=None):
    """Message i as a piece of an APPEND."""
    data = corpus.message(i, size)
    return f' {corpus.flags(i)} "{corpus.internal_date(i)}" {{{len(data)}+}}\r\n'.encode() + data


def batches(folder, count):
    """Pieces of APPENDs of messages 0 to count, which are made once for all servers of a run."""
    made = pathlib.Path(folder) / f"corpus-{count}"
    if not made.exists():
        made.mkdir()
        for first in range(0, count, BATCH):
            batch = b"".join(appended(i) for i in range(first, min(count, first + BATCH)))
            (made / f"{first:09d}").write_bytes(batch)
    for file in sorted(made.iterdir()):
        yield file.read_bytes()


def fill(stage, number, count):
    """Account `number` has messages 0 to count of the corpus in INBOX, and the server has come to rest."""
    if stage.server.filled.get(number, 0) >= count:
        return
    with Imap(stage.server, number) as imap:
        for batch in batches(stage.folder, count):
            imap.ask(b"APPEND INBOX", batch)
    stage.server.filled[number] = count
    settle(stage.server)


def store_first(stage, count, accounts=100, size=4096):
    """`count` messages lie in the mailboxes of the first accounts; the text is the same, the ids are not."""
    if count == 0 or stage.server.filled.get("stored"):
        return
    text = corpus.message(1, size)
    per_command = 1000
    connections = [Imap(stage.server, number) for number in range(1, accounts + 1)]
    for n, first in enumerate(range(0, count, per_command)):
        messages = []
        for i in range(first, min(count, first + per_command)):
            data = f"Message-ID: <stored{i}@example.org>\r\n".encode() + text
            messages.append(f" (\\Seen) {{{len(data)}+}}\r\n".encode() + data)
        connections[n % accounts].ask(b"APPEND INBOX", *messages)
    for connection in connections:
        connection.close()
    stage.server.filled["stored"] = count
    settle(stage.server)


def settle(server):
    """Waits until the server has done what it does in the background."""
    deadline = time.monotonic() + LONGEST_SETTLING
    while time.monotonic() < deadline:
        before = server.processes.cpu_seconds()
        time.sleep(1)
        if server.processes.cpu_seconds() - before < SETTLED:
            return
