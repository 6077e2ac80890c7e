"""What is sent to hurt: each gets a clear answer, memory stays bounded, and others do not feel it."""
import base64
import socket
import time
import unittest

from demo import Demo, Wire, message

MIB = 1 << 20


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo(changes=[("message_size = 52428800", f"message_size = {200 * MIB}"),
                                                       ("smtp_timeout = 300", "smtp_timeout = 10")]))
        with cls.demo.imap("alice"):
            pass
        cls.demo.deliver(message("first"))

    def setUp(self):
        self.wire = self.enterContext(self.demo.wire("smtp"))
        self.wire.ask("EHLO client.test")
        self.before = self.demo.peak_memory(start_anew=True)

    def tearDown(self):
        self.demo.deliver(message("another's"))  # which nobody may hinder
        self.assertLess(self.demo.peak_memory() - self.before, 24 * MIB)

    def begin(self):
        self.wire.ask("MAIL FROM:<carol@elsewhere.test>")
        self.wire.ask("RCPT TO:<alice@demo.test>")
        self.assertTrue(self.wire.ask("DATA").startswith("354"))

    def send(self, total, piece):
        for _ in range(total // len(piece)):
            self.wire.socket.sendall(piece)

    def test_a_header_of_100_mib(self):
        for name, piece in (("many fields", b"X-Field: " + b"y" * 60 + b"\r\n"), ("one field", b" folded on and on\r\n"),
                            ("one line", b"z" * 64), ("references", b" <abcdefgh@x.test>\r\n")):
            with self.subTest(name):
                self.begin()
                self.wire.socket.sendall(b"References:" if name == "references" else b"X-First:")
                self.send(100 * MIB, piece * 1000)
                self.wire.socket.sendall(b"\r\n\r\nbody\r\n.\r\n")
                self.assertIn(self.wire.reply()[:3], ("250", "552", "554"))

    def test_50_000_recipients(self):
        self.wire.ask("MAIL FROM:<carol@elsewhere.test>")
        first = [self.wire.ask("RCPT TO:<alice@demo.test>")[:3] for _ in range(1000)]
        self.assertEqual(set(first), {"250"})
        batch = "\r\n".join(["RCPT TO:<alice@demo.test>"] * 100)
        for _ in range(490):
            self.wire.say(batch)
            self.assertEqual({self.wire.reply()[:9] for _ in range(100)}, {"452 4.5.3"})
        self.assertTrue(self.wire.ask("DATA").startswith("354"))
        self.assertTrue(self.wire.ask(".").startswith("250"))

    def test_50_000_recipients_that_are_not_here(self):
        self.wire.ask("MAIL FROM:<carol@elsewhere.test>")
        self.wire.ask("RCPT TO:<alice@demo.test>")
        answers = []
        batch = "\r\n".join(f"RCPT TO:<x{n}@demo.test>" for n in range(100))
        try:
            for _ in range(500):
                self.wire.say(batch)
                answers += [self.wire.reply()[:3] for _ in range(100)]
        except ConnectionError:
            pass
        self.assertIn("421", answers)
        self.assertLess(answers.index("421"), 1100)

    def test_a_byte_a_second(self):
        self.begin()
        begun = time.monotonic()
        answer = b""
        self.wire.socket.settimeout(1)
        while not answer and time.monotonic() - begun < 30:
            self.wire.socket.sendall(b"x")
            try:
                answer = self.wire.socket.recv(100)
            except TimeoutError:
                pass
        self.assertTrue(answer.startswith(b"421 4.4.2"), answer)

    def test_wrong_base64_in_auth(self):
        with self.demo.wire("submission") as wire, self.demo.wire("submission") as other:
            wire.ask("EHLO client.test")
            other.ask("EHLO client.test")
            self.assertTrue(other.ask("AUTH PLAIN").startswith("334"))
            for wrong in ("!!!!", "AAA", "A===", "=AAA", "AA=A", "\xff\xfe", "A" * 12286, "A" * 20000, "AAAA AAAA"):
                with self.subTest(wrong=wrong[:10]):
                    self.assertTrue(wire.ask("AUTH PLAIN").startswith("334"))
                    self.assertTrue((got := wire.ask(wrong)).startswith(("501", "500", "535")), got)
                    if got.startswith("535"):
                        self.assertTrue(wire.ask("NOOP").startswith("250"))
            word = base64.b64encode(f"\0alice@demo.test\0{self.demo.password('alice')}".encode()).decode()
            self.assertTrue(other.ask(word).startswith("235"))

    def test_commands_behind_starttls(self):
        with self.demo.wire("smtp") as wire:
            wire.ask("EHLO client.test")
            wire.socket.sendall(b"STARTTLS\r\nMAIL FROM:<evil@elsewhere.test>\r\nRCPT TO:<alice@demo.test>\r\n")
            self.assertTrue(wire.reply().startswith("220"))
            secure = self.demo.tls().wrap_socket(wire.socket, server_hostname="localhost")
            with Wire(secure) as inside:
                self.assertTrue(inside.ask("EHLO client.test").startswith("250"))
                self.assertTrue(inside.ask("DATA").startswith("503"))

    def test_imap_http_and_noise(self):
        for lines, answer in ((["a LOGIN alice@demo.test secret", "b SELECT INBOX"], "500"), (["\0\0\0\0", "\x7f"], "500"),
                              (["x" * 1_000_000], "500")):
            with self.demo.wire("smtp") as wire:
                for line in lines:
                    self.assertTrue((got := wire.ask(line)).startswith(answer), got)
                self.assertTrue(wire.ask("NOOP").startswith("250"))
        with self.demo.wire("smtp") as wire:
            wire.say("GET / HTTP/1.1", "Host: localhost", "")
            self.assertEqual([line[:3] for line in wire.rest()], ["421"])

    def test_a_line_without_end(self):
        self.send(50 * MIB, b"NOOP " + b"x" * MIB)
        self.assertTrue(self.wire.ask("").startswith("500"))
        self.assertTrue(self.wire.ask("NOOP").startswith("250"))

    def test_half_closed_connections(self):
        for said in (b"", b"NO", b"EHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<alice@demo.test>\r\nDATA\r\nhalf",
                     b"EHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<alice@demo.test>\r\nBDAT 100 LAST\r\nhalf"):
            with self.subTest(said=said), self.demo.wire("smtp") as wire:
                wire.socket.sendall(said)
                wire.socket.shutdown(socket.SHUT_WR)
                self.assertFalse(any(line.startswith("250 2.0.0") for line in wire.rest()))


if __name__ == "__main__":
    unittest.main()
