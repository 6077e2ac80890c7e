"""`config reload` and SIGHUP: what can change at once does, the rest is named, and a broken file changes nothing."""
import re
import signal
import ssl
import unittest

from demo import Demo, eventually, run


class Reload(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())

    def shown_certificate(self):
        return ssl.get_server_certificate(("127.0.0.1", self.demo.port("imaps")))

    def new_certificate(self):
        folder = self.demo.folder
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3",
            "-subj", "/CN=localhost", "-keyout", folder / "key.pem", "-out", folder / "certificate.pem")
        return (folder / "certificate.pem").read_text()

    def test_a_certificate_is_replaced_and_sessions_go_on(self):
        with self.demo.imap("alice", "INBOX") as imap:
            old = self.shown_certificate()
            new = self.new_certificate()
            self.assertIn("waiting_for_a_restart: none", self.demo.posthorn("config", "reload").stdout)
            self.assertEqual(self.shown_certificate().strip(), new.strip())
            self.assertNotEqual(old.strip(), new.strip())
            self.assertEqual(imap.noop()[0], "OK")

    def test_what_waits_is_named(self):
        self.demo.change_config(("message_size = 52428800", "message_size = 2000"),
                                ('level = "info"', 'level = "warning"'))
        self.assertIn("  limits.message_size\n", self.demo.posthorn("config", "reload").stdout)
        with self.demo.imap("alice"):
            pass
        self.assertNotIn("login.accepted", self.demo.log(), "the log's level changes at once")

    def test_a_hangup_signal_does_the_same_and_ends_nothing(self):
        new = self.new_certificate()
        self.demo.process.send_signal(signal.SIGHUP)
        eventually(lambda: self.shown_certificate().strip() == new.strip(), "the new certificate is shown")

    def test_a_broken_file_leaves_the_old_one_in_force(self):
        old, before = self.shown_certificate(), self.demo.config.read_text()
        for text, says in ((before + "nonsense = 1\n", "log.nonsense: there is no such key"),
                           (before.replace("certificate.pem", "none.pem"), "none.pem")):
            self.demo.config.write_text(text)
            self.assertIn(says, self.demo.posthorn("config", "check", status=1).stderr)
            self.demo.process.send_signal(signal.SIGHUP)
            eventually(lambda: says in self.demo.log(), "the mistake is logged")
            self.assertEqual(self.shown_certificate(), old)
        self.demo.config.write_text(before)
        self.demo.forgive("reload.failed")

    def test_a_certificate_that_is_taken_away_stays_until_the_restart(self):
        """What listens goes on, also where TLS comes first."""
        old, before = self.shown_certificate(), self.demo.config.read_text()
        text = re.sub(r"\n(imaps|pop3s|submissions|certificate|key) = [^\n]*", "", before)
        self.demo.config.write_text(text)
        self.assertIn("  listen\n  tls.certificate\n", self.demo.posthorn("config", "reload").stdout)
        self.assertEqual(self.shown_certificate(), old)
        with self.demo.smtp() as smtp:
            smtp.starttls(context=self.demo.tls())
        self.demo.config.write_text(before)
        self.assertIn("waiting_for_a_restart: none", self.demo.posthorn("config", "reload").stdout)

    def test_without_a_server(self):
        self.demo.stop()
        self.assertIn("no server is running", self.demo.posthorn("config", "reload", status=1).stderr)
        self.demo.serve()


if __name__ == "__main__":
    unittest.main()
