"""Mistakes in the configuration file: file, line and key are named, and what was meant."""
import os
import pathlib
import tempfile
import unittest

from demo import posthorn

GOOD = """hostname = "mail.example.org"
data = "store"
[listen]
smtp = ["127.0.0.1:0"]
"""


class ConfigErrors(unittest.TestCase):
    def setUp(self):
        self.file = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="posthorn-"))) / "posthorn.toml"

    def check(self, text, says):
        self.file.write_text(text)
        for command in (["config", "check"], ["serve"], ["account", "list"]):
            done = posthorn("--config", self.file, *command, status=1)
            self.assertEqual(done.stderr, f"posthorn: {self.file}{says}\n")

    def test_a_good_one(self):
        self.file.write_text(GOOD)
        self.assertIn("is good", posthorn("--config", self.file, "config", "check").stdout)

    def test_no_file(self):
        for name in (self.file, self.file.parent):
            done = posthorn("--config", name, "config", "check", status=1)
            self.assertEqual(done.stderr, f"posthorn: there is no configuration file {name}\n")

    def test_a_file_that_may_not_be_read_says_so(self):
        if os.geteuid() == 0:
            self.skipTest("root may read everything")
        self.file.write_text(GOOD)
        self.file.chmod(0)
        done = posthorn("--config", self.file, "config", "check", status=1)
        self.assertEqual(done.stderr, f"posthorn: cannot read {self.file}: Permission denied\n")

    def test_an_unknown_key_names_the_nearest(self):
        self.check(GOOD + "smpt = []\n", ":5: listen.smpt: there is no such key; is listen.smtp meant?")
        self.check("hostnam = 1\n" + GOOD, ":1: hostnam: there is no such key; is hostname meant?")

    def test_bad_values(self):
        addresses = 'a list of addresses such as ["0.0.0.0:25", "[::]:25"]'
        for text, says in (("[limits]\nmessage_size = 0", ":6: limits.message_size: a number of at least 1024"),
                           ("[limits]\nmessage_size = 5", ":6: limits.message_size: a number of at least 1024"),
                           ("[limits]\nconnections = \"x\"", ":6: limits.connections: a number of at least 1"),
                           ("[log]\nlevel = \"loud\"", ":6: log.level: one of debug, info, warning, error"),
                           ("[limits]\nmessage_size = 5000000000", ":6: limits.message_size: a number of at most 2147483648"),
                           ("imap = \"143\"", f":5: listen.imap: {addresses}"),
                           ("imap = [\"localhost:x\"]", f":5: listen.imap: {addresses}"),
                           ("[auth]\nclear_passwords = 1", ":6: auth.clear_passwords: true or false")):
            with self.subTest(text):
                self.check(GOOD + text + "\n", f"{says} is expected")

    def test_what_does_not_fit_together(self):
        self.check(GOOD + 'imaps = ["127.0.0.1:0"]\n',
                   ": listen.imaps, listen.pop3s and listen.submissions need tls.certificate and tls.key")
        self.check(GOOD.replace("127.0.0.1:0", "0.0.0.0:0") + "[auth]\nclear_passwords = true\n",
                   ": auth.clear_passwords is for servers that listen on 127.0.0.1 and [::1] only")
        self.check('data = "store"\n', ": the key hostname is missing: the name by which other servers know this one")
        self.check(GOOD + "[limits\n", ":5: Error while parsing table header: expected ']', saw '\\n'")

    def test_a_certificate_that_is_not_there_is_named(self):
        self.file.write_text(GOOD + 'imaps = ["127.0.0.1:0"]\n[tls]\ncertificate = "none.pem"\nkey = "none.pem"\n')
        for command in (["config", "check"], ["serve"]):
            done = posthorn("--config", self.file, *command, status=1)
            self.assertIn("none.pem", done.stderr)


if __name__ == "__main__":
    unittest.main()
