"""Many IMAP connections: how fast they are opened, what each costs while idle, and how soon it hears of mail."""
import contextlib
import json
import resource
import smtplib
import statistics
import time

from harness import corpus, programs
from harness.filling import settle
from harness.imap import Imap
from harness.server import account
from harness.workload import Sample, Used, Workload

FIRST, LAST = 201, 1200  # accounts
AT_ONCE = 50
SETTLING = 3             # seconds
WATCHERS = 20


@contextlib.contextmanager
def crowd(stage):
    """All connections are open and idle within the block; what opening them came to."""
    program = stage.programs.talk("imap_open", stage.server.port("imap"), stage.amounts.connections, FIRST, LAST,
                                  AT_ONCE)
    try:
        said = program.stdout.readline()
        if not said:
            raise RuntimeError("not all connections could be opened")
        yield json.loads(said)
    finally:
        programs.end(program)


@contextlib.contextmanager
def crowd_with_tls(stage):
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    connections = []
    try:
        for n in range(stage.amounts.connections):
            connections.append(connection := Imap(stage.server, FIRST + n % (LAST - FIRST + 1), tls=True))
            connection.ask("SELECT INBOX")
            connection.socket.sendall(b"i IDLE\r\n")
            connection.until(lambda said: b"+ " in said)
        yield
    finally:
        for connection in connections:
            connection.close()


def open_all(stage):
    count = stage.amounts.connections
    cpu = stage.server.processes.cpu_seconds()
    with crowd(stage) as opened:
        used = Used(opened["opened"], stage.server.processes.cpu_seconds() - cpu)
    settle(stage.server)
    return Sample(count / opened["opened"], count, used, opened)


def memory_each(stage, make_crowd):
    """Of a server that was just started, so that it is not what others left behind."""
    stage.server.stop()
    stage.server.start()
    with Imap(stage.server, FIRST) as first:
        first.ask("SELECT INBOX")
    before = stage.server.processes.memory()
    with make_crowd(stage):
        time.sleep(SETTLING)
        after = stage.server.processes.memory()
        cpu = stage.server.processes.cpu_seconds()
        time.sleep(SETTLING)
        idle = stage.server.processes.cpu_seconds() - cpu
    settle(stage.server)
    return Sample((after - before) / 1024 / stage.amounts.connections, 1, Used(SETTLING, 0, after),
                  {"idle_cpu_share": round(idle / SETTLING, 5), "before_bytes": before})


def push(stage):
    """The median time from the answer to DATA until a watcher has read its EXISTS; all others are idle."""
    text = corpus.message(7, 4096).replace(b"\n.", b"\n..")
    watchers = [Imap(stage.server, FIRST + n * 37) for n in range(WATCHERS)]
    latencies = []
    with crowd(stage), smtplib.SMTP("127.0.0.1", stage.server.port("smtp"), "bench.example", timeout=30) as smtp:
        for watcher in watchers:
            watcher.ask("SELECT INBOX")
            watcher.socket.sendall(b"i IDLE\r\n")
            watcher.until(lambda said: b"+ " in said)
        with stage.counted() as used:
            for n in range(stage.amounts.pushes):
                latencies.append(one_push(smtp, watchers[n % WATCHERS], FIRST + n % WATCHERS * 37, text))
    for watcher in watchers:
        watcher.close()
    settle(stage.server)
    latencies.sort()
    milliseconds = [latency * 1e3 for latency in latencies]
    return Sample(statistics.median(milliseconds), len(milliseconds), used,
                  {"p99_ms": round(milliseconds[int(0.99 * len(milliseconds))], 3),
                   "most_ms": round(milliseconds[-1], 3)})


def one_push(smtp, watcher, number, text):
    watcher.socket.settimeout(30)
    smtp.ehlo_or_helo_if_needed()
    smtp.mail("sender@example.org")
    smtp.rcpt(account(number))
    smtp.docmd("DATA")
    smtp.send(text + b".\r\n")
    code, reply = smtp.getreply()
    answered = time.monotonic()
    if code != 250:
        raise RuntimeError(f"{code} {reply}")
    watcher.until(lambda said: b" EXISTS\r\n" in said)
    return time.monotonic() - answered


WORKLOADS = [
    Workload("open-select", "connections opened with LOGIN and SELECT", "connections/s", open_all, "connection",
             is_headline=True),
    Workload("idle-memory", "memory of an idle IMAP connection", "KiB", lambda stage: memory_each(stage, crowd),
             "connection", is_headline=True),
    Workload("idle-memory-tls", "memory of an idle IMAP connection with TLS", "KiB",
             lambda stage: memory_each(stage, crowd_with_tls), "connection"),
    Workload("push", "from 250 to EXISTS, others idle", "ms", push, "message", is_headline=True),
]
