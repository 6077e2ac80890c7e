"""10,000 connections at once, of all protocols, some of them logged in: all are served, others do not wait for them, and
what they took is given back."""
import contextlib
import os
import pathlib
import resource
import select
import socket
import time
import unittest

from demo import PATIENCE, Demo, eventually, message, skip

CONNECTIONS = 10_000
SPARE = 1200  # descriptors that the server keeps for itself, and a few of ours
A_CONNECTION = 16 * 1024  # bytes of the server's memory, the most
SHARES = {"smtp": 4, "imap": 4, "pop3": 2}
NOOP = {"smtp": (b"NOOP\r\n", b"250"), "imap": (b"z NOOP\r\n", b"z OK"), "pop3": (b"QUIT\r\n", b"+OK")}


def allowed():
    """How many connections the limits of this machine let both ends have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    first, last = map(int, pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    return min(CONNECTIONS, most - SPARE, last - first - SPARE)


class Crowd:
    """Plain sockets, each with what was said to it so far."""

    def __init__(self, demo):
        self.demo, self.sockets, self.poll, self.heard = demo, {}, select.epoll(), {}

    def come(self, count):
        services = [service for service, share in SHARES.items() for _ in range(share)]
        for n in range(count):
            service = services[n % len(services)]
            connection = socket.create_connection(("127.0.0.1", self.demo.port(service)), timeout=PATIENCE)
            connection.setblocking(False)
            self.sockets[connection.fileno()] = (service, connection)
            self.poll.register(connection, select.EPOLLIN)

    def ask(self, what):
        """what(service, n) -> (bytes to say, how the answer's last line begins); returns once all are answered."""
        awaited = {}
        for n, (number, (service, connection)) in enumerate(self.sockets.items()):
            said, awaited[number] = what(service, n)
            self.heard[number] = b""
            if said:
                connection.send(said)
        deadline = time.monotonic() + 3 * PATIENCE
        while awaited:
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(awaited)} of {len(self.sockets)} were not answered")
            for number, _ in self.poll.poll(1):
                piece = self.sockets[number][1].recv(4096)
                self.heard[number] += piece
                if not piece:
                    self.poll.unregister(number)
                if any(line.startswith(awaited.get(number, b"?")) for line in self.heard[number].splitlines()):
                    awaited.pop(number, None)
                elif not piece and number in awaited:
                    raise AssertionError(f"{self.sockets[number][0]} was closed after {self.heard[number]}")

    def leave(self):
        for _, connection in self.sockets.values():
            connection.close()
        self.sockets.clear()


class TenThousand(unittest.TestCase):
    def setUp(self):
        self.count = allowed()
        if self.count < 1000:
            skip(f"this machine allows {self.count} connections")
        self.demo = self.enterContext(Demo())

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.demo.process.pid}/fd"))

    def test_all_are_served(self):
        self.demo.deliver(message("before"))
        self.demo.held("alice")
        descriptors, before = self.descriptors(), self.demo.peak_memory(start_anew=True)
        crowd = Crowd(self.demo)
        self.addCleanup(crowd.leave)
        with contextlib.closing(crowd.poll):
            crowd.come(self.count)
            crowd.ask(lambda service, n: (b"", {"smtp": b"220", "imap": b"* OK", "pop3": b"+OK"}[service]))
            login = f"a LOGIN alice@demo.test {self.demo.password('alice')}\r\nb SELECT INBOX\r\n".encode()
            crowd.ask(lambda service, n: (login, b"b OK") if service == "imap" and n % 10 == 4 else NOOP["smtp"]
                      if service == "smtp" else (b"z CAPABILITY\r\n", b"z OK") if service == "imap" else
                      (b"CAPA\r\n", b"."))
            each = (self.demo.peak_memory() - before) / self.count
            print(f"{self.count} connections, {each / 1024:.1f} KiB each")
            self.assertLess(each, A_CONNECTION)
            begun = time.monotonic()
            self.demo.deliver(message("past the crowd"))
            self.assertEqual(self.demo.subjects("alice"), ["before", "past the crowd"])
            self.assertLess(time.monotonic() - begun, PATIENCE / 2)
            used = self.demo.cpu_seconds()
            time.sleep(2)
            self.assertLess(self.demo.cpu_seconds() - used, 1, "so many that say nothing cost nothing")
            crowd.ask(lambda service, n: NOOP[service])
            crowd.leave()
        eventually(lambda: self.descriptors() <= descriptors + 20, "descriptors are given back")
        self.demo.deliver(message("after"))


if __name__ == "__main__":
    unittest.main()
