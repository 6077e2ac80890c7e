"""load/read_mail.cc and load/replay.cc at work: bulk reading, and the ceiling of it."""
from harness import programs
from harness.server import PASSWORD, account
from harness.workload import Sample


class Reader:
    """A connection that is logged in, with the mailbox selected."""

    def __init__(self, compiled, port, number, protocol="imap", mailbox="INBOX", recording=None):
        self.process = compiled.talk("read_mail", protocol, port, account(number), PASSWORD, mailbox,
                                     *([recording] if recording else []))
        self.said()

    def said(self):
        line = self.process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"read_mail ended with {self.process.wait(10)}")
        return line

    def work(self, command):
        """(seconds, bytes); RuntimeError where the server does not say OK."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        line = self.said()
        if not line.startswith("OK "):
            raise RuntimeError(f"{command[:60]}: {line}")
        seconds, size = line.split()[1:3]
        return float(seconds), int(size)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        programs.end(self.process)


def replayed(stage, name, command, number, protocol="imap", mailbox="INBOX"):
    """The seconds that `command` takes where replay.cc answers it with the recorded bytes of stage.server."""
    recording = stage.folder / f"{name}.recording"
    if not recording.exists():
        with Reader(stage.programs, stage.server.port(protocol), number, protocol, mailbox, recording) as reader:
            reader.work(command)
    replay = stage.programs.talk("replay", recording)
    try:
        with Reader(stage.programs, int(replay.stdout.readline()), number, protocol, mailbox) as reader:
            return reader.work(command)
    finally:
        replay.kill()
        programs.end(replay)


def read_again(stage, command, number, protocol="imap", mailbox="INBOX"):
    """(seconds, bytes, Used) of one command in a new session, the second time: the workloads before may have emptied the
    page cache."""
    with Reader(stage.programs, stage.server.port(protocol), number, protocol, mailbox) as reader:
        reader.work(command)
        with stage.counted() as used:
            seconds, size = reader.work(command)
    return seconds, size, used


def in_milliseconds(seconds, size, used=None, operations=1):
    sample = Sample(seconds * 1e3, operations, more={"bytes": size, "MB_per_second": round(size / seconds / 1e6, 1)})
    if used is not None:
        sample.used = used
    return sample
