"""POP3: every message is read, one by one and with many commands at once."""
from harness.filling import fill
from harness.reader import read_again, replayed
from harness.workload import Sample, Workload

READER = 1203  # the account


def retrieve(name, title, at_once):
    def command(stage):
        return f"RETR 1 {stage.amounts.pop3} {at_once}"

    def sample(stage, seconds, size, *used):
        more = {"bytes": size, "MB_per_second": round(size / seconds / 1e6, 1)}
        return Sample(stage.amounts.pop3 / seconds, stage.amounts.pop3, *used, more=more)

    def run(stage):
        return sample(stage, *read_again(stage, command(stage), READER, "pop3"))

    def replay(stage):
        return sample(stage, *replayed(stage, name, command(stage), READER, "pop3"))

    return Workload(name, title, "messages/s", run, "message", prepare=lambda stage: fill(stage, READER, stage.amounts.pop3),
                    replay=replay)


WORKLOADS = [
    retrieve("pop3-retr", "POP3 RETR one by one", 1),
    retrieve("pop3-retr-pipelined", "POP3 RETR, 100 commands at once", 100),
]
