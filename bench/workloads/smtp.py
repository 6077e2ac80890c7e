"""Mail that comes in by SMTP. The clock stops when the last message is in its mailbox, as IMAP shows it."""
import json
import time

from harness.imap import Imap
from harness.workload import Sample, Workload

LONGEST_DRAIN = 300  # seconds for what was accepted to come into its mailbox


class Counter:
    """How many messages lie in the mailboxes; its connections are made before the clock starts."""

    def __init__(self, server, first, last):
        self.connections = [Imap(server, number) for number in range(first, last + 1)]
        self.before = self.total()

    def total(self):
        return sum(connection.messages() for connection in self.connections)

    def wait_for(self, count):
        """Until so many more have come, or nothing more is to be hoped for; answers how many are missing."""
        deadline = time.monotonic() + LONGEST_DRAIN
        while (missing := self.before + count - self.total()) > 0 and time.monotonic() < deadline:
            time.sleep(0.005)
        return missing

    def close(self):
        for connection in self.connections:
            connection.close()


def deliver(stage, connections, size, seconds, users=(1, 100), recipients=1):
    counter = Counter(stage.server, *users)
    try:
        with stage.counted() as used:
            load = json.loads(stage.programs.run("smtp_load", stage.server.port("smtp"), connections, seconds, size,
                                                 *users, recipients, patience=seconds + 120))
            answered = time.monotonic()
            missing = counter.wait_for(load["accepted"] * recipients)
            drained = time.monotonic() - answered
    finally:
        counter.close()
    deliveries = load["accepted"] * recipients
    whole_seconds = load["per_second"][:-1]
    return Sample(deliveries / (load["seconds"] + drained), deliveries, used,
                  {"lost": missing, "accepted_per_second": round(load["accepted"] / load["seconds"], 1),
                   "drain_seconds": round(drained, 3), "answer_p50_ms": load["p50_ms"],
                   "answer_p99_ms": load["p99_ms"], "worst_second": min(whole_seconds) if whole_seconds else None,
                   "load_cpu_seconds": load["cpu_seconds"]})


def over(connections, size):
    return lambda stage: deliver(stage, connections, size, stage.amounts.seconds)


WORKLOADS = [
    Workload("smtp-4k-50", "4 KiB messages over 50 connections", "messages/s", over(50, 4096), "message",
             is_headline=True, memory_matters=True),
    Workload("smtp-4k-1", "4 KiB messages over 1 connection", "messages/s", over(1, 4096), "message",
             is_headline=True),
    Workload("smtp-100k-10", "100 KiB messages over 10 connections", "messages/s", over(10, 100 << 10), "message"),
    Workload("smtp-5m-10", "5 MiB messages over 10 connections", "messages/s",
             lambda stage: deliver(stage, 10, 5 << 20, stage.amounts.large_seconds, users=(101, 200)), "message"),
    Workload("smtp-100-recipients", "one message to 100 recipients", "deliveries/s",
             lambda stage: deliver(stage, 1, 4096, stage.amounts.seconds, recipients=100), "delivery"),
]
