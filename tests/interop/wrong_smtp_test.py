"""What a server on port 25 gets to hear that it should not: every answer is a reply, and it goes on."""
import unittest

from demo import Demo, literal_of, message, ok


class WrongSmtp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())

    def setUp(self):
        self.wire = self.enterContext(self.demo.wire("smtp"))
        self.wire.ask("EHLO client.test")

    def asks(self, line, answer):
        self.assertTrue((got := self.wire.ask(line)).startswith(answer), f"{line!r}: {got}")

    def begin(self, size=""):
        self.asks(f"MAIL FROM:<carol@elsewhere.test>{size}", "250")
        self.asks("RCPT TO:<alice@demo.test>", "250")
        self.asks("DATA", "354")

    def inbox(self):
        with self.demo.imap("alice", "INBOX") as imap:
            return int(ok(imap.status("INBOX", "(MESSAGES)"))[0].split()[-1].rstrip(b")"))

    def test_recipients_that_are_not_here(self):
        self.asks("MAIL FROM:<carol@elsewhere.test>", "250")
        self.asks("RCPT TO:<nobody@demo.test>", "550 5.1.1")
        self.asks("RCPT TO:<someone@far.test>", "550 5.7.1")
        self.asks("RCPT TO:<alice%far.test@demo.test>", "550 5.1.1")
        self.asks("DATA", "554 5.5.1")

    def test_bad_commands(self):
        for line, answer in (("NONSENSE", "500"), ("MAIL", "501"), ("MAIL FROM:<a@b", "501"),
                             ("RCPT TO:<a@b.test>", "503"), ("DATA", "503"), ("MAIL FROM:<a@b.test> SIZE=x", "501"),
                             ("MAIL FROM:<a@b.test> WHAT=1", "555"), ("AUTH PLAIN AGEAYg==", "50"), ("HELO", "501"),
                             (b"NOOP \0", "50"), ("VRFY alice", "252")):
            self.asks(line, answer)
        self.asks("NOOP", "250")

    def test_too_large_by_its_own_words_and_by_its_bytes(self):
        self.asks("MAIL FROM:<carol@elsewhere.test> SIZE=99999999", "552")
        had = self.inbox()
        self.begin()
        line = b"x" * 998 + b"\r\n"
        for _ in range(53):
            self.wire.socket.sendall(line * 1049)
        self.asks(".", "552")
        self.asks("NOOP", "250")
        self.assertEqual(self.inbox(), had)

    def test_no_end_of_data_but_the_true_one(self):
        """What lets one server see two messages where another saw one."""
        for end in (b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n\0.\r\n"):
            with self.subTest(end=end):
                had = self.inbox()
                self.begin()
                smuggled = (b"MAIL FROM:<evil@elsewhere.test>\r\nRCPT TO:<alice@demo.test>\r\nDATA\r\n"
                            b"Subject: smuggled\r\n")
                self.wire.socket.sendall(message("carrier") + b"text" + end + smuggled)
                self.asks("\r\n.", "550 5.6.11")
                self.asks("NOOP", "250")
                self.assertEqual(self.inbox(), had)

    def test_lines_without_end(self):
        self.asks("NOOP " + "x" * 100_000, "500")
        self.asks("NOOP", "250")
        had = self.inbox()
        self.begin()
        self.wire.socket.sendall(b"Subject: a long line\r\n\r\n" + b"y" * 3_000_000 + b"\r\n")
        answer = self.wire.ask(".")
        self.assertIn(answer[:3], ("250", "550", "500"))
        self.assertEqual(self.inbox(), had + answer.startswith("250"))

    def test_a_browser(self):
        with self.demo.wire("smtp") as wire:
            wire.say("POST / HTTP/1.1", "Host: localhost", "", "MAIL FROM:<evil@elsewhere.test>")
            rest = wire.rest()
        self.assertEqual(len(rest), 1, rest)
        self.assertRegex(rest[0], "^(421|5..) ")

    def test_a_client_that_goes_in_the_middle_delivers_nothing(self):
        had = self.inbox()
        self.begin()
        self.wire.socket.sendall(message("half"))
        self.wire.socket.shutdown(1)
        self.assertEqual(self.wire.rest(), [])
        self.assertEqual(self.inbox(), had)

    def test_a_half_closed_connection_still_hears_its_answers(self):
        self.wire.say("MAIL FROM:<carol@elsewhere.test>", "RCPT TO:<alice@demo.test>", "DATA")
        self.assertEqual([self.wire.reply()[:3] for _ in range(3)], ["250", "250", "354"])
        self.wire.socket.sendall(message("then closed") + b".\r\n")
        self.wire.socket.shutdown(1)
        self.assertTrue(self.wire.reply().startswith("250"))
        with self.demo.imap("alice", "INBOX") as imap:
            self.assertIn(b"then closed", literal_of(ok(imap.fetch("*", "BODY.PEEK[]"))))

    def test_submission_wants_a_login_and_a_right_one(self):
        with self.demo.wire("submission") as wire:
            wire.ask("EHLO client.test")
            for line, answer in (("MAIL FROM:<alice@demo.test>", "530 5.7.0"), ("AUTH PLAIN !!!", "501"),
                                 ("AUTH NONSENSE", "504"), ("AUTH PLAIN AGFsaWNlQGRlbW8udGVzdAB3cm9uZw==", "535 5.7.8"),
                                 ("AUTH PLAIN AG5vYm9keUBkZW1vLnRlc3QAd3Jvbmc=", "535 5.7.8")):
                got = wire.ask(line)
                self.assertTrue(got.startswith(answer), f"{line}: {got}")

    def test_passwords_wait_for_tls_unless_the_demo_allows_them(self):
        with Demo(changes=[("clear_passwords = true", "clear_passwords = false")]) as demo:
            with demo.wire("submission") as wire:
                self.assertTrue(wire.ask("EHLO client.test").startswith("250"))
                self.assertTrue((got := wire.ask("AUTH PLAIN AGEAYg==")).startswith(("538", "530", "503")), got)
            with demo.wire("imap", greeting=False) as wire:
                self.assertIn("LOGINDISABLED", wire.line())
                wire.say("a LOGIN alice@demo.test x")
                self.assertIn("[PRIVACYREQUIRED]", wire.line())


if __name__ == "__main__":
    unittest.main()
