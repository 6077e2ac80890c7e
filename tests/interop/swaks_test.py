"""swaks: SMTP as a tester drives it, step by step."""
import pathlib
import unittest

from demo import Demo, literal_of, message, need, ok, run, without_trace


class Swaks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())
        cls.file = pathlib.Path(cls.demo.folder.parent) / "message.eml"

    def swaks(self, protocol, *options, text=None, status=0):
        self.file.write_bytes(text or message("by swaks"))
        return run("swaks", "--server", "127.0.0.1", "--port", self.demo.port(protocol), "--helo", "client.test",
                   "--from", "carol@elsewhere.test", "--to", "bob@demo.test", "--data", f"@{self.file}",
                   "--timeout", "20", *options, status=status).stdout

    def with_auth(self, *options):
        return ["--auth-user", "alice@demo.test", "--auth-password", self.demo.password("alice"), *options]

    def newest(self):
        with self.demo.imap("bob", "INBOX") as imap:
            return literal_of(ok(imap.fetch("*", "BODY.PEEK[]")))

    def test_plain_and_pipelined(self):
        for options in ([], ["--pipeline"]):
            text = message(f"plain {options}", "one\r\n\r\nlast\r\n")
            self.assertIn("250 2.0.0", self.swaks("smtp", *options, text=text))
            self.assertEqual(without_trace(self.newest()).strip(), text.strip())

    def test_tls_and_auth(self):
        verified = ["--tls-verify", "--tls-ca-path", self.demo.ca, "--tls-sni", "localhost"]
        for protocol, options in (("smtp", ["--tls", *verified]),
                                  ("submission", ["--tls", *verified, *self.with_auth("--auth", "PLAIN")]),
                                  ("submission", ["--tls", *self.with_auth("--auth", "LOGIN")]),
                                  ("submissions", ["--tls-on-connect", *verified, *self.with_auth("--auth", "PLAIN")]),
                                  ("submission", self.with_auth("--auth", "PLAIN", "--pipeline"))):
            with self.subTest(protocol=protocol, options=options):
                text = message(f"{protocol} {options}")
                self.assertIn("250 2.0.0", self.swaks(protocol, *options, text=text))
                secure, authenticated = "--tls" in " ".join(map(str, options)), "--auth" in options
                trace = "with ESMTP" + "S" * secure + "A" * authenticated + " id"
                self.assertIn(trace.encode(), self.newest())

    def test_a_large_message(self):
        text = message("large", "".join(f".{n:070}\r\n" for n in range(200_000)))  # 14 MB, every line begins with a dot
        self.assertIn("250 2.0.0", self.swaks("smtp", text=text))
        self.assertEqual(without_trace(self.newest()).strip(), text.strip())

    def test_refusals_are_clear(self):
        wrong = ["--auth", "PLAIN", "--auth-user", "alice@demo.test", "--auth-password", "wrong"]
        self.assertIn("535 5.7.8", self.swaks("submission", *wrong, status=28))
        self.assertIn("530 5.7.0", self.swaks("submission", status=23))
        self.assertIn("550 5.7.1", self.swaks("smtp", "--to", "someone@far.test", status=24))
        self.assertIn("550 5.1.1", self.swaks("smtp", "--to", "nobody@demo.test", status=24))


if __name__ == "__main__":
    need("swaks")
    unittest.main()
