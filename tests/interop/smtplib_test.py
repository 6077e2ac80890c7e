"""smtplib: every command, by STARTTLS and under TLS, with each way to log in and to send that Python has."""
import email.message
import email.policy
import smtplib
import unittest

from demo import PATIENCE, Demo, literal_of, message, ok, without_trace


class Smtplib(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())

    def submission(self, protocol):
        if protocol == "submissions":
            return self.enterContext(smtplib.SMTP_SSL("localhost", self.demo.port(protocol), timeout=PATIENCE,
                                                      context=self.demo.tls()))
        smtp = self.enterContext(smtplib.SMTP("localhost", self.demo.port(protocol), timeout=PATIENCE))
        smtp.starttls(context=self.demo.tls())
        return smtp

    def newest(self, name="bob"):
        with self.demo.imap(name, "INBOX") as imap:
            return without_trace(literal_of(ok(imap.fetch("*", "BODY.PEEK[]"))))

    def test_log_in_in_each_way_and_send(self):
        for protocol in ("submission", "submissions"):
            for method in ("auth_plain", "auth_login"):
                with self.subTest(protocol=protocol, method=method):
                    smtp = self.submission(protocol)
                    smtp.user, smtp.password = "alice@demo.test", self.demo.password("alice")
                    smtp.ehlo()
                    smtp.auth(method[5:].upper(), getattr(smtp, method))
                    text = message(f"{protocol} {method}", "hello\r\n.\r\n..\r\n")
                    self.assertEqual(smtp.sendmail("alice@demo.test", ["bob@demo.test"], text), {})
                    self.assertEqual(self.newest(), text)

    def test_a_wrong_password(self):
        with self.assertRaises(smtplib.SMTPAuthenticationError) as refused:
            self.submission("submissions").login("alice@demo.test", "wrong")
        self.assertEqual(refused.exception.smtp_code, 535)

    def test_send_message_with_attachment_and_blind_copy(self):
        text = email.message.EmailMessage(policy=email.policy.SMTP)
        text["From"], text["To"], text["Bcc"] = "alice@demo.test", "bob@demo.test", "alice@demo.test"
        text["Subject"] = "Grüße mit Anlage"
        text.set_content("Schöne Grüße\n")
        text.add_attachment(bytes(range(256)) * 1000, maintype="application", subtype="octet-stream", filename="é.bin")
        smtp = self.submission("submissions")
        smtp.login("alice@demo.test", self.demo.password("alice"))
        self.assertEqual(smtp.send_message(text), {})
        for name in ("alice", "bob"):
            got = email.message_from_bytes(self.newest(name), policy=email.policy.SMTP)
            self.assertEqual(got["Subject"], "Grüße mit Anlage")
            self.assertIsNone(got["Bcc"])
            part = next(got.iter_attachments())
            self.assertEqual((part.get_filename(), part.get_content()), ("é.bin", bytes(range(256)) * 1000))

    def test_an_address_and_header_in_utf8(self):
        smtp = self.submission("submissions")
        smtp.login("alice@demo.test", self.demo.password("alice"))
        text = email.message.EmailMessage(policy=email.policy.SMTPUTF8)
        text["From"], text["To"], text["Subject"] = "jürgen@demo.test", "bob@demo.test", "日本"
        text.set_content("hello\n")
        smtp.send_message(text, from_addr="alice@demo.test", mail_options=["SMTPUTF8", "BODY=8BITMIME"])
        self.assertIn("Subject: 日本\r\n".encode(), self.newest())

    def test_some_recipients_are_refused(self):
        with self.demo.smtp() as smtp:
            refused = smtp.sendmail("carol@elsewhere.test", ["bob@demo.test", "nobody@demo.test"], message("to one"))
            self.assertEqual({address: code for address, (code, _) in refused.items()}, {"nobody@demo.test": 550})
            self.assertEqual(self.newest(), message("to one"))
            with self.assertRaises(smtplib.SMTPRecipientsRefused):
                smtp.sendmail("carol@elsewhere.test", ["nobody@demo.test", "someone@far.test"], message())
            self.assertEqual(smtp.noop()[0], 250, "the session goes on")

    def test_the_small_commands(self):
        with self.demo.smtp() as smtp:
            self.assertEqual(smtp.helo()[0], 250)
            self.assertEqual(smtp.ehlo()[0], 250)
            self.assertTrue({"size", "pipelining", "8bitmime", "smtputf8", "dsn", "starttls"} <= set(smtp.esmtp_features))
            self.assertIn(smtp.verify("alice@demo.test")[0], (250, 252))
            self.assertEqual(smtp.help().split()[0] != b"", True)
            self.assertEqual(smtp.mail("carol@elsewhere.test")[0], 250)
            self.assertEqual(smtp.rset()[0], 250)
            self.assertEqual(smtp.rcpt("alice@demo.test")[0], 503)
            self.assertEqual(smtp.noop()[0], 250)
            self.assertEqual(smtp.quit()[0], 221)

    def test_a_message_that_is_too_large_is_refused_before_it_is_sent(self):
        with self.demo.smtp() as smtp:
            smtp.ehlo()
            most = int(smtp.esmtp_features["size"])
            code, text = smtp.mail("carol@elsewhere.test", [f"size={most + 1}"])
            self.assertEqual((code, text.split()[0]), (552, b"5.3.4"))


if __name__ == "__main__":
    unittest.main()
