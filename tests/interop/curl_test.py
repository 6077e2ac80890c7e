"""curl: SMTP and IMAP, in the clear, by STARTTLS and under TLS, with the certificate verified."""
import pathlib
import unittest

from demo import Demo, message, need, run, without_trace


class Curl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())
        cls.file = pathlib.Path(cls.demo.folder.parent) / "message.eml"

    def curl(self, url, *options, status=0, ca=None):
        user = f"alice@demo.test:{self.demo.password('alice')}"
        return run("curl", "-sS", "--max-time", "20", "--cacert", ca or self.demo.ca, "--user", user, *options, url,
                   status=status)

    def send(self, url, text, *options):
        self.file.write_bytes(text)
        self.curl(url, "--mail-from", "alice@demo.test", "--mail-rcpt", "alice@demo.test", "-T", self.file, *options)

    def fetch(self, url, *options):
        """As bytes: run() reads text, in which line ends change."""
        out = self.file.with_suffix(".out")
        self.curl(url, "-o", out, *options)
        return out.read_bytes()

    def newest(self):
        with self.demo.imap("alice", "INBOX") as imap:
            return imap.uid("SEARCH", "ALL")[1][0].split()[-1].decode()

    def test_smtp_in_the_clear_starttls_and_tls(self):
        demo = self.demo
        ways = [(f"smtp://localhost:{demo.port('submission')}", []),
                (f"smtp://localhost:{demo.port('submission')}", ["--ssl-reqd"]),
                (f"smtp://localhost:{demo.port('smtp')}", ["--ssl-reqd"]),
                (f"smtps://localhost:{demo.port('submissions')}", []),
                (f"smtps://localhost:{demo.port('submissions')}", ["--ipv6"])]
        for n, (url, options) in enumerate(ways):
            with self.subTest(url=url, options=options):
                # Port 25 has no AUTH: other servers come there.
                text = message(f"by curl {n}", "..two dots\r\n.\r\nlast\r\n")
                if url.endswith(str(demo.port("smtp"))):
                    self.file.write_bytes(text)
                    run("curl", "-sS", "--cacert", demo.ca, *options, "--mail-from", "carol@elsewhere.test",
                        "--mail-rcpt", "alice@demo.test", "-T", self.file, url)
                else:
                    self.send(url, text, *options)
                for imap in (f"imap://localhost:{demo.port('imap')}", f"imaps://localhost:{demo.port('imaps')}"):
                    got = self.fetch(f"{imap}/INBOX;UID={self.newest()}")
                    self.assertEqual(without_trace(got), text)

    def test_a_certificate_of_another_ca_is_refused_by_curl(self):
        other = "/etc/ssl/certs/ca-certificates.crt"
        done = self.curl(f"imaps://localhost:{self.demo.port('imaps')}/", ca=other, status=60)
        self.assertIn("certificate", done.stderr)

    def test_imap_list_create_append_search_and_sections(self):
        base = f"imaps://localhost:{self.demo.port('imaps')}"
        self.curl(base, "-X", "CREATE Saved")
        self.assertIn("Saved", self.curl(base).stdout)
        text = message("kept by curl", "a needle in it\r\n")
        self.file.write_bytes(text)
        self.curl(f"{base}/Saved", "-T", self.file)
        self.assertEqual(self.fetch(f"{base}/Saved;UID=1"), text)
        self.assertEqual(self.fetch(f"{base}/Saved;MAILINDEX=1;SECTION=TEXT"), b"a needle in it\r\n")
        self.assertEqual(self.curl(f"{base}/Saved?TEXT%20needle").stdout.strip(), "* SEARCH 1")
        self.assertEqual(self.curl(f"{base}/Saved?SUBJECT%20absent").stdout.strip(), "* SEARCH")
        self.assertIn("EXISTS", self.curl(base, "-X", "EXAMINE Saved").stdout)

    def test_imap_by_starttls(self):
        self.assertIn("INBOX", self.curl(f"imap://localhost:{self.demo.port('imap')}", "--ssl-reqd").stdout)

    def test_a_wrong_password_is_told_as_such(self):
        for scheme, protocol in (("imaps", "imaps"), ("smtps", "submissions")):
            url = f"{scheme}://localhost:{self.demo.port(protocol)}"
            done = run("curl", "-sS", "--cacert", self.demo.ca, "--user", "alice@demo.test:wrong", url, status=67)
            self.assertIn("denied", done.stderr.lower())


if __name__ == "__main__":
    need("curl")
    unittest.main()
