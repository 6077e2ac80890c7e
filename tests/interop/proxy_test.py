"""Behind a load balancer: the PROXY protocol, version 2, in the clear, before STARTTLS, and before implicit TLS."""
import socket
import struct
import unittest

from demo import Demo, Wire, message

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def header(source, command=0x21):
    if command == 0x20:
        return SIGNATURE + b"\x20\0\0\0"
    if ":" in source:
        addresses = socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, "2001:db8::25")
        return SIGNATURE + b"\x21\x21" + struct.pack(">H", 36) + addresses + struct.pack(">HH", 40000, 25)
    addresses = socket.inet_aton(source) + socket.inet_aton("198.51.100.25")
    return SIGNATURE + b"\x21\x11" + struct.pack(">H", 12) + addresses + struct.pack(">HH", 40000, 25)


class Proxied(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo(changes=[
            ('# listeners = ["smtp", "imaps"]', 'listeners = ["smtp", "submissions", "imap", "imaps"]'),
            ('# trusted = ["192.0.2.10", "10.0.0.0/8"]', 'trusted = ["127.0.0.0/8"]'),
            ("smtp_connections_per_address = 50", "smtp_connections_per_address = 3"),
            ("smtp_messages_per_minute = 0", "smtp_messages_per_minute = 4")]))

    def wire(self, protocol, source, command=0x21):
        connection = self.demo.connect(protocol)
        connection.sendall(header(source, command))
        return Wire(connection)

    def under_tls(self, protocol, source):
        connection = self.demo.connect(protocol)
        connection.sendall(header(source))
        return Wire(self.demo.tls().wrap_socket(connection, server_hostname="localhost"))

    def deliver(self, wire):
        self.assertTrue(wire.line().startswith("220 "))
        wire.ask("EHLO client.test")
        wire.ask("MAIL FROM:<carol@elsewhere.test>", "RCPT TO:<alice@demo.test>", "DATA")
        wire.socket.sendall(message("by a proxy") + b".\r\n")
        return wire.reply()

    def newest(self):
        with self.under_tls("imaps", "203.0.113.9") as wire:
            wire.say(f"a LOGIN alice@demo.test {self.demo.password('alice')}", "b SELECT INBOX", "c FETCH * BODY.PEEK[HEADER]")
            text = []
            while not (line := wire.line()).startswith("c "):
                text.append(line)
            self.assertTrue(line.startswith("c OK"), line)
            return "\n".join(text)

    def test_the_peer_is_the_one_of_the_header(self):
        for source, literal in (("203.0.113.7", "[203.0.113.7]"), ("2001:db8:7::1", "[IPv6:2001:db8:7::1]")):
            with self.wire("smtp", source) as wire:
                self.assertTrue(self.deliver(wire).startswith("250 2.0.0"))
            self.assertIn(f"from client.test ({literal})", self.newest())
            self.assertIn(source, self.demo.log())

    def test_a_health_check_is_the_proxys_own(self):
        with self.wire("smtp", "", command=0x20) as wire:
            self.assertTrue(self.deliver(wire).startswith("250 2.0.0"))
        self.assertIn("from client.test ([127.0.0.1])", self.newest())

    def test_starttls_and_implicit_tls_behind_it(self):
        with self.wire("smtp", "203.0.113.20") as wire:
            wire.line()
            wire.ask("EHLO client.test")
            self.assertTrue(wire.ask("STARTTLS").startswith("220"))
            secure = self.demo.tls().wrap_socket(wire.socket, server_hostname="localhost")
            with Wire(secure) as inside:
                self.assertTrue(inside.ask("NOOP").startswith("250"))
        with self.under_tls("submissions", "203.0.113.21") as wire:
            self.assertTrue(wire.line().startswith("220 "))
        with self.wire("imap", "203.0.113.22") as wire:
            self.assertTrue(wire.line().startswith("* OK"))

    def test_whatever_comes_without_the_header_is_closed_at_once(self):
        for first in (b"EHLO client.test\r\n", b"PROXY TCP4 203.0.113.7 198.51.100.25 4000 25\r\n" * 2,
                      SIGNATURE + b"\x21\x11\xff\xff", b"\x16\x03\x01" + b"x" * 100):
            for protocol in ("smtp", "imaps"):
                with self.subTest(first=first, protocol=protocol), self.demo.connect(protocol) as connection:
                    connection.sendall(first)
                    try:
                        self.assertEqual(connection.recv(100), b"")
                    except ConnectionResetError:
                        pass

    def test_others_cannot_pretend(self):
        with socket.create_connection(("::1", self.demo.port("smtp")), timeout=5) as connection:  # not in proxy.trusted
            try:
                connection.sendall(header("203.0.113.7"))
                self.assertEqual(connection.recv(100), b"")
            except ConnectionError:
                pass

    def test_a_listener_that_is_not_named_knows_no_proxy(self):
        with self.demo.wire("submission") as wire:
            self.assertTrue(wire.ask("NOOP").startswith("250"))

    def test_limits_are_of_the_real_peer(self):
        greetings = [self.enterContext(self.wire("smtp", "203.0.113.50")).line()[:9] for _ in range(4)]  # one by one
        self.assertEqual(greetings, ["220 local", "220 local", "220 local", "421 4.7.0"])
        with self.wire("smtp", "203.0.113.51") as wire:
            self.assertTrue(wire.line().startswith("220 "))
        with self.wire("smtp", "2001:db8:50::1") as wire:
            wire.line()
            wire.ask("EHLO client.test")
            for _ in range(4):
                wire.ask("MAIL FROM:<carol@elsewhere.test>", "RSET")
            self.assertTrue(wire.ask("MAIL FROM:<carol@elsewhere.test>").startswith("450 4.7.1"))


if __name__ == "__main__":
    unittest.main()
