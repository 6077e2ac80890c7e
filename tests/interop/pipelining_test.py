"""Commands sent without waiting, as fast clients do; and what must not pass from before TLS to after it."""
import re
import ssl
import unittest

from demo import Demo, Wire, message, ok


class Pipelining(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())

    def login(self):
        return f"in LOGIN alice@demo.test {self.demo.password('alice')}"

    def test_many_messages_in_one_write(self):
        one = (b"MAIL FROM:<carol@elsewhere.test>\r\nRCPT TO:<alice@demo.test>\r\nRCPT TO:<nobody@demo.test>\r\n"
               b"DATA\r\n" + message("pipelined") + b".\r\n")
        with self.demo.wire("smtp") as wire:
            wire.socket.sendall(b"EHLO client.test\r\n" + one * 100 + b"QUIT\r\n")
            wire.reply()
            got = [wire.reply()[:3] for _ in range(5 * 100 + 1)]
        self.assertEqual(got, ["250", "250", "550", "354", "250"] * 100 + ["221"])
        with self.demo.imap("alice", "INBOX") as imap:
            self.assertEqual(len(ok(imap.search(None, "SUBJECT pipelined"))[0].split()), 100)

    def test_imap_commands_keep_their_order(self):
        with self.demo.wire("imap") as wire:
            wire.say(self.login(), "a CREATE Order", "b APPEND Order {5+}\r\nfirst",
                     "c APPEND Order {6+}\r\nsecond", "d SELECT Order", "e STORE 1 +FLAGS (\\Deleted)", "f EXPUNGE",
                     "g FETCH 1 BODY.PEEK[]", "h UNSELECT", "i DELETE Order", "j LOGOUT")
            rest = wire.rest()
        self.assertEqual([line[0] for line in rest if re.match("[a-z] (OK|NO|BAD) ", line)], list("abcdefghij"))
        self.assertIn("* 1 FETCH (BODY[] {6}", rest)
        self.assertIn("second)", rest)

    def test_after_idle(self):
        """iOS sends its next commands together with DONE, and DONE together with IDLE."""
        with self.demo.wire("imap") as wire:
            wire.say(self.login(), "a SELECT INBOX", "b IDLE", "DONE", "c NOOP", "d IDLE", "DONE", "e LOGOUT")
            rest = [line for line in wire.rest() if not line.startswith("* ") and line[1:2] == " "]
        self.assertEqual([line[:4] for line in rest if not line.startswith("in")],
                         ["a OK", "+ id", "b OK", "c OK", "+ id", "d OK", "e OK"])

    def upgrade(self, protocol, command, smuggled):
        """Says the command and, in the same packet, what an attacker puts in; answers the connection under TLS."""
        plain = self.demo.wire(protocol)
        self.addCleanup(plain.__exit__)
        plain.socket.sendall(command + smuggled)
        return plain

    def under_tls(self, plain):
        secure = Wire(self.demo.tls().wrap_socket(plain.socket, server_hostname="localhost"))
        self.addCleanup(secure.__exit__)
        return secure

    def test_nothing_said_before_tls_counts_after_it(self):
        for protocol, command, smuggled, ready, ask in (
                ("smtp", b"STARTTLS\r\n", b"RSET\r\n", "220", "NOOP"),
                ("submission", b"STARTTLS\r\n", b"EHLO evil.test\r\n", "220", "EHLO client.test"),
                ("imap", b"a STARTTLS\r\n", b"b NOOP\r\n", "a OK", "c NOOP")):
            with self.subTest(protocol):
                hello = b"" if protocol == "imap" else b"EHLO client.test\r\n"
                plain = self.upgrade(protocol, hello + command, smuggled)
                while not (line := plain.line()).startswith((ready, "5", "a BAD", "a NO", "* BYE")) and line:
                    pass
                if not line.startswith(ready):
                    continue  # refused altogether: as good
                try:
                    secure = self.under_tls(plain)
                    secure.say(ask)
                    first = secure.line()
                except (ssl.SSLError, OSError):
                    continue  # ended: as good
                self.assertTrue(first.startswith(("250", "c OK", "* ")), f"{first}: an answer to what was smuggled in")


if __name__ == "__main__":
    unittest.main()
