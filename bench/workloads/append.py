"""Messages of 4 KiB put into a mailbox by IMAP: one after the other, and many with one command."""
from harness import corpus
from harness.imap import Imap
from harness.workload import Sample, Workload

OWNER = 1204  # the account
SIZE = 4096
MAILBOX = "appended"


def literals(count):
    messages = (corpus.message(i, SIZE) for i in range(count))
    return [b" (\\Seen) {%d+}\r\n" % len(message) + message for message in messages]


def measured(stage, append):
    """`append` gets a connection and the messages."""
    messages = literals(stage.amounts.appended)
    with Imap(stage.server, OWNER) as imap:
        imap.ask(f"CREATE {MAILBOX}")
        with stage.counted() as used:
            append(imap, messages)
        if (found := imap.messages(MAILBOX)) != len(messages):
            raise RuntimeError(f"{found} messages instead of {len(messages)}")
        imap.ask(f"DELETE {MAILBOX}")
    return Sample(len(messages) / used.seconds, len(messages), used)


def one_by_one(imap, messages):
    for message in messages:
        imap.ask(f"APPEND {MAILBOX}", message)


def all_at_once(imap, messages):
    imap.ask(f"APPEND {MAILBOX}", *messages)


WORKLOADS = [
    Workload("append", "APPEND one by one", "messages/s", lambda stage: measured(stage, one_by_one), "message"),
    Workload("multiappend", "MULTIAPPEND", "messages/s", lambda stage: measured(stage, all_at_once), "message"),
]
