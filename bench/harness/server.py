"""A mail server that is measured: its life, its ports, what it uses.

Accounts are u1@bench.test to u1300@bench.test with the password pw: the first 200 get mail by SMTP, the next 1,000
have idle connections, the last have the mailboxes that are read and changed.
"""
import contextlib
import os
import pathlib
import random
import socket
import time

from harness.processes import Processes

ACCOUNTS = 1300
PASSWORD = "pw"
PATIENCE = 60  # seconds for a start, and for each answer where nothing else is said
PORTS = {"smtp": 25, "lmtp": 24, "submission": 587, "submissions": 465, "imap": 143, "imaps": 993, "pop3": 110,
         "pop3s": 995, "metrics": 90}
GREETING = ("smtp", "imap", "pop3")  # whoever greets here is ready


def account(number):
    return f"u{number}@bench.test"


def connect(port, patience=PATIENCE):
    connection = socket.create_connection(("127.0.0.1", port), patience)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def free_port_offset(taken=()):
    """An offset with which every standard port is free, below the ports that connections get (32768)."""
    for _ in range(200):
        offset = random.randrange(3000, 31000)
        try:
            for port in PORTS.values():
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", offset + port))
        except OSError:
            continue
        if all(abs(offset - other) > 1000 for other in taken):
            return offset
    raise OSError("no free ports")


class Server:
    name = label = None  # of the figures, and of the table

    def __init__(self, folder, port_offset):
        self.folder = pathlib.Path(folder)
        self.offset = port_offset
        self.processes = None
        self.filled = {}  # account number -> messages in its INBOX, see harness/filling.py

    # What each server is for itself.

    def launch(self):
        """Starts the processes; does not wait."""
        raise NotImplementedError

    def version(self):
        raise NotImplementedError

    def store_folder(self):
        return self.folder

    # The same for all.

    def port(self, protocol):
        return PORTS[protocol] + self.offset

    def start(self):
        """Answers the seconds until it greets by every protocol."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.processes = self.processes or Processes(self.name)
        begun = time.monotonic()
        self.launch()
        for protocol in GREETING:
            self.wait_for_greeting(protocol, begun + PATIENCE)
        return time.monotonic() - begun

    def wait_for_greeting(self, protocol, deadline):
        while True:
            with contextlib.suppress(OSError), connect(self.port(protocol)) as connection:
                if connection.recv(1000):
                    return
            if time.monotonic() > deadline or self.processes.has_ended():
                raise TimeoutError(f"{self.label} does not greet by {protocol}:\n{self.end_of_log()}")
            time.sleep(0.001)

    def stop(self):
        if self.processes is not None:
            self.processes.end()

    def kill(self):
        self.processes.kill()

    def close(self):
        self.stop()
        if self.processes is not None:
            self.processes.remove()

    def log_file(self):
        return open(self.folder / "log", "ab")

    def end_of_log(self):
        with contextlib.suppress(OSError):
            return (self.folder / "log").read_text(errors="replace")[-2000:]
        return ""


def drop_page_cache(folder):
    """What was read or written lies on the disk alone: as root all of the machine, else the files of `folder`."""
    os.sync()
    with contextlib.suppress(OSError):
        pathlib.Path("/proc/sys/vm/drop_caches").write_text("3")
        return
    for file in pathlib.Path(folder).rglob("*"):
        with contextlib.suppress(OSError), open(file, "rb") as opened:
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
