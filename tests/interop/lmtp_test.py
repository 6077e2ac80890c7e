"""LMTP as a mail server before this one speaks it (Python's smtplib, swaks), and BDAT by a client that writes bytes."""
import base64
import smtplib
import unittest

from demo import Demo, PATIENCE, literal_of, message, need, ok, run, without_trace

MIB = 1 << 20


class Lmtp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())

    def lmtp(self):
        return smtplib.LMTP("127.0.0.1", self.demo.port("lmtp"), local_hostname="relay.test", timeout=PATIENCE)

    def newest(self, name="bob"):
        with self.demo.imap(name, "INBOX") as imap:
            return literal_of(ok(imap.fetch("*", "BODY.PEEK[]")))

    def inbox(self, name):
        with self.demo.imap(name, "INBOX") as imap:
            return len(ok(imap.search(None, "ALL"))[0].split())

    def test_smtplib(self):
        """One recipient a message: smtplib reads one reply, whatever LMTP says."""
        text = message("by LMTP", "..a dot\r\n")
        with self.lmtp() as lmtp:
            for name in ("alice", "bob"):
                lmtp.sendmail("carol@elsewhere.test", f"{name}@demo.test", text)
            with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
                lmtp.sendmail("carol@elsewhere.test", "nobody@demo.test", text)
            self.assertEqual(refused.exception.recipients["nobody@demo.test"][0], 550)
        for name in ("alice", "bob"):
            got = self.newest(name)
            self.assertEqual(without_trace(got), text)
            self.assertIn(b"from relay.test ([127.0.0.1])\r\n", got)
            self.assertIn(b" with LMTP id ", got)
            self.assertTrue(got.startswith(b"Return-Path: <carol@elsewhere.test>\r\n"))

    def test_over_quota_is_refused_alone(self):
        self.demo.posthorn("account", "add", "small@demo.test", input="some-password\n")
        self.demo.posthorn("account", "set", "small@demo.test", "--quota", "1000")
        with self.demo.wire("lmtp") as wire:
            wire.ask("LHLO relay.test")
            wire.ask("MAIL FROM:<carol@elsewhere.test>")
            for name in ("small", "bob"):
                self.assertTrue(wire.ask(f"RCPT TO:<{name}@demo.test>").startswith("250"))
            self.assertTrue(wire.ask("DATA").startswith("354"))
            wire.socket.sendall(message("larger than one quota", "x" * 900 + "\r\n") + b".\r\n")
            self.assertEqual([wire.reply()[:9] for _ in range(2)], ["452 4.2.2", "250 2.0.0"])

    def test_swaks(self):
        need("swaks")
        done = run("swaks", "--protocol", "LMTP", "--server", "127.0.0.1", "--port", self.demo.port("lmtp"), "--from",
                   "carol@elsewhere.test", "--to", "alice@demo.test,bob@demo.test", "--timeout", "20")
        self.assertEqual(done.stdout.count("250 2.0.0 accepted as"), 2, done.stdout)

    def test_a_recipient_that_goes_within_the_session_is_refused_alone(self):
        self.demo.posthorn("account", "add", "gone@demo.test", input="some-password\n")
        had = self.inbox("bob")
        with self.demo.wire("lmtp") as wire:
            wire.ask("LHLO relay.test")
            wire.ask("MAIL FROM:<carol@elsewhere.test>")
            for name in ("gone", "bob", "gone"):
                self.assertTrue(wire.ask(f"RCPT TO:<{name}@demo.test>").startswith("250"))
            self.demo.posthorn("account", "remove", "gone@demo.test")
            self.assertTrue(wire.ask("DATA").startswith("354"))
            wire.socket.sendall(message("to some") + b".\r\n")
            self.assertEqual([wire.reply()[:9] for _ in range(3)], ["550 5.1.1", "250 2.0.0", "550 5.1.1"])
        self.assertEqual(self.inbox("bob"), had + 1)


class Chunks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        limit = ("message_size = 52428800", f"message_size = {200 * MIB}")
        cls.demo = cls.enterClassContext(Demo(changes=[limit]))

    newest = Lmtp.newest
    inbox = Lmtp.inbox

    def begin(self, wire, parameters=""):
        wire.ask("EHLO client.test")
        self.assertTrue(wire.ask(f"MAIL FROM:<carol@elsewhere.test>{parameters}").startswith("250"))
        self.assertTrue(wire.ask("RCPT TO:<bob@demo.test>").startswith("250"))

    def chunk(self, wire, data, last=False):
        wire.socket.sendall(b"BDAT %d%s\r\n" % (len(data), b" LAST" * last) + data)
        return wire.reply()

    def test_a_message_in_chunks_of_every_size(self):
        text = message("chunks", "".join(f".{n}\r\n" for n in range(2000)))
        for size in (1000, 4096, 100_000):
            with self.demo.wire("smtp") as wire:
                self.begin(wire)
                for at in range(0, len(text), size):
                    self.assertTrue(self.chunk(wire, text[at:at + size]).startswith("250"))
                self.assertTrue(self.chunk(wire, b"", last=True).startswith("250 2.0.0 accepted"))
            self.assertEqual(without_trace(self.newest()), text)

    def test_binary_is_kept_as_it_came(self):
        text = message("binary", "", MIME_Version="1.0", Content_Transfer_Encoding="binary",
                       Content_Type="application/octet-stream") + bytes(range(256)) * 100 + b"\n.\n\r.\r"
        with self.demo.wire("smtp") as wire:
            self.begin(wire, " BODY=BINARYMIME")
            self.assertTrue(self.chunk(wire, text, last=True).startswith("250"))
        with self.demo.imap("bob", "INBOX") as imap:
            size = ok(imap.fetch("*", "(RFC822.SIZE)"))[0]
        self.assertGreater(int(size.split()[-1].rstrip(b")")), len(text))

    def test_100_mib_streams(self):
        with self.demo.wire("smtp") as wire:
            self.begin(wire)
            self.chunk(wire, message("large"))
            before = self.demo.peak_memory(start_anew=True)
            line = b"x" * 70 + b"\r\n"
            piece = line * (MIB // len(line))
            for _ in range(100):
                self.assertTrue(self.chunk(wire, piece).startswith("250"))
            self.assertTrue(self.chunk(wire, b"", last=True).startswith("250"))
            self.assertLess(self.demo.peak_memory() - before, 8 * MIB)

    def test_nothing_is_smuggled_by_chunks(self):
        had = self.inbox("bob")
        smuggled = (b"MAIL FROM:<evil@elsewhere.test>\r\nRCPT TO:<bob@demo.test>\r\nBDAT 4 LAST\r\nx\r\n\r\n")
        for end in (b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n\0.\r\n", b"\0"):
            for size in (1, 3, 1000):
                with self.subTest(end=end, size=size), self.demo.wire("smtp") as wire:
                    self.begin(wire)
                    text = message("carrier") + b"text" + end + smuggled
                    replies = [self.chunk(wire, text[at:at + size]) for at in range(0, len(text), size)][:10]
                    replies.append(self.chunk(wire, b"", last=True))
                    self.assertFalse(replies[-1].startswith("2"), replies)
        self.assertEqual(self.inbox("bob"), had)


class Notifications(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())

    def test_a_local_sender_hears_of_success(self):
        with smtplib.SMTP("127.0.0.1", self.demo.port("submission"), timeout=PATIENCE) as smtp:
            smtp.login("alice@demo.test", self.demo.password("alice"))
            smtp.sendmail("alice@demo.test", ["bob@demo.test"], message("please tell me"), ["ENVID=x1", "RET=HDRS"],
                          ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;bob@demo.test"])
        with self.demo.imap("alice", "INBOX") as imap:
            report = literal_of(ok(imap.fetch("*", "BODY.PEEK[]")))
            structure = ok(imap.fetch("*", "BODYSTRUCTURE"))[0]
        for part in (b"Return-Path: <>", b"Original-Envelope-Id: x1", b"Final-Recipient: rfc822;bob@demo.test",
                     b"Action: delivered", b"Subject: please tell me"):
            self.assertIn(part, report)
        self.assertIn(b'"REPORT"', structure.upper())


class OldDevices(unittest.TestCase):
    def test_line_ends_are_repaired_at_submission_where_the_operator_says_so(self):
        change = ("repair_line_ends = false", "repair_line_ends = true")
        with Demo(changes=[change]) as demo:
            for protocol, answer in (("submission", "250 2.0.0"), ("smtp", "550 5.6.11")):
                with demo.wire(protocol) as wire:
                    wire.ask("EHLO scanner.test")
                    if protocol == "submission":
                        word = base64.b64encode(f"\0alice@demo.test\0{demo.password('alice')}".encode()).decode()
                        self.assertTrue(wire.ask(f"AUTH PLAIN {word}").startswith("235"))
                    wire.ask("MAIL FROM:<alice@demo.test>", "RCPT TO:<alice@demo.test>", "DATA")
                    wire.socket.sendall(b"Subject: a scan\n\npage 1\n.\npage 2\r\n.\r\n")
                    self.assertTrue((got := wire.reply()).startswith(answer), got)
            with demo.imap("alice", "INBOX") as imap:
                got = literal_of(ok(imap.fetch("*", "BODY.PEEK[]")))
            self.assertEqual(without_trace(got), b"Subject: a scan\r\n\r\npage 1\r\n.\r\npage 2\r\n")


if __name__ == "__main__":
    unittest.main()
