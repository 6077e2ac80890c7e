"""Changes of a big mailbox by IMAP; what was changed is changed back outside the clock."""
from harness.filling import fill
from harness.reader import Reader, in_milliseconds
from harness.workload import Workload
from workloads.fetch import READER


def changed(name, title, count, command, before=(), after=()):
    """A workload: the time of one command, with others before and after it."""
    def run(stage):
        amounts = {"some": min(stage.amounts.some, stage.amounts.mailbox // 2), "mailbox": stage.amounts.mailbox}
        amounts["next"] = amounts["mailbox"] + 1
        with Reader(stage.programs, stage.server.port("imap"), READER) as reader:
            for other in before:
                reader.work(other.format(**amounts))
            with stage.counted() as used:
                seconds, size = reader.work(command.format(**amounts))
            for other in after:
                reader.work(other.format(**amounts))
        return in_milliseconds(seconds, size, used, amounts[count])

    return Workload(name, title, "ms", run, "message",
                    prepare=lambda stage: fill(stage, READER, stage.amounts.mailbox))


WORKLOADS = [
    changed("store-all", "STORE 1:* +FLAGS", "mailbox", "STORE 1:* +FLAGS (\\Flagged)",
            after=["STORE 1:* -FLAGS.SILENT (\\Flagged)"]),
    changed("copy", "COPY of a tenth of the mailbox", "some", "COPY 1:{some} copies",
            before=["CREATE copies"], after=["DELETE copies"]),
    changed("expunge", "EXPUNGE of a tenth of the mailbox", "some", "EXPUNGE",
            before=["COPY 1:{some} INBOX", "NOOP", "STORE {next}:* +FLAGS.SILENT (\\Deleted)"]),
]
