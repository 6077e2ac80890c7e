"""Reading a big mailbox by IMAP: lists of it, and whole messages."""
from harness.filling import fill
from harness.reader import in_milliseconds, read_again, replayed
from harness.workload import Workload

READER = 1201  # the account
SIX_FIELDS = "BODY.PEEK[HEADER.FIELDS (From To Subject Date Message-ID References)]"


def fill_mailbox(stage):
    fill(stage, READER, stage.amounts.mailbox)


def fetch(name, title, items, count="mailbox", **more):
    """A workload: the time of one FETCH of so many messages."""
    def command(stage):
        return f"FETCH 1:{getattr(stage.amounts, count)} {items}"

    def run(stage):
        seconds, size, used = read_again(stage, command(stage), READER)
        return in_milliseconds(seconds, size, used, getattr(stage.amounts, count))

    def replay(stage):
        return in_milliseconds(*replayed(stage, name, command(stage), READER))

    return Workload(name, title, "ms", run, "message", prepare=fill_mailbox, replay=replay, **more)


WORKLOADS = [
    fetch("fetch-flags", "FETCH of all UIDs and flags", "(UID FLAGS)", is_headline=True),
    fetch("fetch-envelope", "FETCH of all envelopes", "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)", is_headline=True),
    fetch("fetch-bodystructure", "FETCH of all structures", "BODYSTRUCTURE", is_headline=True),
    fetch("fetch-fields", "FETCH of six header fields of all", SIX_FIELDS, is_headline=True),
    fetch("fetch-bodies", "FETCH of whole messages", "BODY.PEEK[]", count="some", is_headline=True),
]
