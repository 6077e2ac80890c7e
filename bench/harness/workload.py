"""What a workload is, and what it is given.

A file in bench/workloads holds a list WORKLOADS. A workload's `run` gets a Stage and answers a Sample: one figure of
one server in one round.
"""
import contextlib
import dataclasses
import threading
import time
import typing

SAMPLING = 0.5  # seconds between two looks at a server's memory


@dataclasses.dataclass
class Amounts:
    """How much of everything; see `of`."""
    seconds: float = 5          # that a load by SMTP lasts
    large_seconds: float = 3    # the same for messages of 5 MiB
    mailbox: int = 100_000      # messages in the mailbox that IMAP works on
    some: int = 10_000          # of them that are copied, expunged, read whole
    pop3: int = 10_000          # messages in the mailbox that POP3 reads
    connections: int = 1_000    # idle
    pushes: int = 200
    appended: int = 1_000
    handshakes: int = 500
    stored: int = 0             # messages that are there before anything is measured

    @classmethod
    def of(cls, quick=False, scale=1.0, seconds=None, connections=None, stored=0):
        full = cls(seconds=1, large_seconds=1, mailbox=10_000, some=1_000, pop3=1_000, connections=100, pushes=20,
                   appended=200, handshakes=100) if quick else cls()
        scaled = {field.name: type(getattr(full, field.name))(max(1, getattr(full, field.name) * scale))
                  for field in dataclasses.fields(cls) if field.name not in ("seconds", "large_seconds", "stored")}
        length = seconds if seconds is not None else full.seconds * scale
        if connections is not None:
            scaled["connections"] = connections
        return cls(seconds=length, large_seconds=min(length, full.large_seconds), stored=stored, **scaled)


@dataclasses.dataclass
class Used:
    """What a server used while something was done."""
    seconds: float = 0
    cpu_seconds: float = 0
    peak_memory: int = 0  # bytes


@dataclasses.dataclass
class Sample:
    figure: float             # in the unit of the workload
    operations: int = 1       # among which the CPU is divided
    used: Used = dataclasses.field(default_factory=Used)
    more: dict = dataclasses.field(default_factory=dict)  # further figures, for results.json


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str                 # the word for --only
    title: str                # in the table
    unit: str
    run: typing.Callable      # Stage -> Sample
    operation: str            # what CPU is given for: "message", "command"
    prepare: typing.Callable = None  # Stage -> None, before the first round, not measured
    replay: typing.Callable = None   # Stage -> Sample of replay.cc with the bytes of Stage.server
    is_headline: bool = False
    memory_matters: bool = False     # its peak stands in the table

    @property
    def is_less_better(self):
        return not self.unit.endswith("/s")


@dataclasses.dataclass
class Stage:
    server: typing.Any
    programs: typing.Any
    amounts: Amounts
    folder: typing.Any        # for what a run leaves until its end

    @contextlib.contextmanager
    def counted(self):
        """Counts what the server uses within the block; the Used is complete behind it."""
        used, ended = Used(), threading.Event()

        def look_at_memory():
            while not ended.wait(SAMPLING):
                used.peak_memory = max(used.peak_memory, self.server.processes.memory())

        watcher = threading.Thread(target=look_at_memory, daemon=True)
        watcher.start()
        cpu, begun = self.server.processes.cpu_seconds(), time.monotonic()
        try:
            yield used
        finally:
            used.seconds = time.monotonic() - begun
            used.cpu_seconds = self.server.processes.cpu_seconds() - cpu
            ended.set()
            watcher.join()
        used.peak_memory = max(used.peak_memory, self.server.processes.memory())
