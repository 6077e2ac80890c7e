"""`config reload` and SIGHUP: what can change at once does, the rest is named, and a broken file changes nothing.
Certificates are taken as they are renewed."""
import json
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
            self.assertEqual(self.reload()["waiting_for_a_restart"], [])
            self.assertEqual(self.shown_certificate().strip(), new.strip())
            self.assertNotEqual(old.strip(), new.strip())
            self.assertEqual(imap.noop()[0], "OK")

    def reload(self):
        return json.loads(self.demo.posthorn("config", "reload", "--json").stdout)

    def test_what_it_did_is_said_key_by_key(self):
        self.assertEqual(self.reload(), {"applied": [], "waiting_for_a_restart": []})
        self.demo.change_config(("message_size = 52428800", "message_size = 2000"),
                                ("keep_expunged = 72 ", "keep_expunged = 80 "),
                                ("connections = 20000 ", "connections = 0x4e20 "),  # the same number
                                ('level = "info"', 'level = "warning"'))
        said = {"applied": ["limits.message_size", "log.level"], "waiting_for_a_restart": ["limits.keep_expunged"]}
        self.assertEqual(self.reload(), said)
        with self.demo.imap("alice"):
            pass
        self.assertNotIn("login.accepted", self.demo.log(), "the log's level changes at once")
        with self.demo.smtp() as smtp:
            smtp.ehlo()
            self.assertEqual(smtp.esmtp_features["size"], "2000")
        # What waits still does; what is applied is no news.
        self.assertEqual(self.reload(), said | {"applied": []})
        self.demo.change_config(("keep_expunged = 80 ", "keep_expunged = 72 "))
        self.assertEqual(self.reload(), {"applied": [], "waiting_for_a_restart": []})

    def test_a_renewed_certificate_is_taken_without_a_word(self):
        with self.demo.imap("alice", "INBOX") as imap:
            new = self.new_certificate()
            eventually(lambda: self.shown_certificate().strip() == new.strip(), "the new certificate is shown")
            self.assertEqual(imap.noop()[0], "OK")
        self.assertRegex(self.demo.log(), "event=certificate.read .*until=20")
        self.assertEqual(self.reload()["applied"], [], "it has been taken already")

    def test_a_renewal_that_cannot_be_used_leaves_the_old_in_force(self):
        old = self.shown_certificate()
        key = (self.demo.folder / "key.pem").read_text()
        self.demo.forgive("certificate.refused")
        self.new_certificate()
        (self.demo.folder / "key.pem").write_text("no key\n")
        eventually(lambda: "event=certificate.refused" in self.demo.log(), "it is told")
        self.assertEqual(self.shown_certificate(), old)
        self.assertIn("cannot be used", self.demo.posthorn("status").stdout)
        self.assertIn("cannot use the private key", self.demo.posthorn("config", "reload", status=1).stderr)
        self.demo.forgive("reload.failed")
        (self.demo.folder / "certificate.pem").write_text(old)
        (self.demo.folder / "key.pem").write_text(key)
        self.reload()
        eventually(lambda: "cannot be used" not in self.demo.posthorn("status").stdout, "all is well again")
        self.assertEqual(self.demo.log().count("event=certificate.refused"), 1, "it is told once")

    def test_a_certificate_that_has_ended_is_told(self):
        self.demo.forgive("certificate.expired")
        folder = self.demo.folder
        (folder / "index").write_text("")
        (folder / "ca.conf").write_text(
            f"[ca]\ndefault_ca = own\n[own]\ndatabase = {folder}/index\nnew_certs_dir = {folder}\nrand_serial = yes\n"
            "default_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n")
        run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/CN=localhost", "-keyout", folder / "new-key.pem", "-out", folder / "request.pem")
        run("openssl", "ca", "-batch", "-notext", "-selfsign", "-config", folder / "ca.conf", "-startdate",
            "20200101000000Z", "-enddate", "20200201000000Z", "-keyfile", folder / "new-key.pem", "-in",
            folder / "request.pem", "-out", folder / "new-certificate.pem")
        (folder / "new-key.pem").rename(folder / "key.pem")
        (folder / "new-certificate.pem").rename(folder / "certificate.pem")
        eventually(lambda: "event=certificate.expired until=2020-02-01T00:00:00Z" in self.demo.log(), "it is told")
        self.assertRegex(self.demo.posthorn("status", status=1).stdout, r"certificate +failed +it has expired")

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
        self.assertEqual(self.reload()["waiting_for_a_restart"], ["listen.imaps", "listen.pop3s", "listen.submissions",
                                                                  "tls.certificate", "tls.key"])
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
