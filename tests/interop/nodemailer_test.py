"""Nodemailer (Node.js): what web applications send, by STARTTLS and under TLS (node/nodemailer.js)."""
import email
import email.policy
import unittest

from demo import Demo, literal_of, ok
from node_modules import need_node_modules, run_node


class Nodemailer(unittest.TestCase):
    def received(self, demo, subject):
        """What bob has got with that subject."""
        with demo.imap("bob", "INBOX") as imap:
            for number in ok(imap.search(None, "ALL"))[0].split():
                text = literal_of(ok(imap.fetch(number.decode(), "BODY.PEEK[]")))
                parsed = email.message_from_bytes(text, policy=email.policy.SMTP)
                if parsed["Subject"] == subject:
                    return parsed, text
        raise AssertionError(subject)

    def test_what_applications_send(self):
        with Demo() as demo:
            self.assertIn("refused done", run_node("nodemailer.js", demo))
            parsed, _ = self.received(demo, "Anlagen für Zoë")
            files = {part.get_filename(): part.get_content() for part in parsed.iter_attachments()}
            self.assertEqual(files["Übersicht.txt"].replace("\r\n", "\n"), "one\ntwo\n")
            self.assertEqual(files["bytes.bin"], bytes(n * 7 % 256 for n in range(300000)))
            self.assertIn("Schöne Grüße\n.\n..", parsed.get_body(("plain",)).get_content().replace("\r\n", "\n"))
            self.assertIn("Grüße, 日本\r\n".encode(), self.received(demo, "8bit")[1])
            for subject in ("an address in UTF-8", "with DSN"):
                self.received(demo, subject)
            subjects = demo.subjects("bob")
            self.assertEqual(sorted(s for s in subjects if s.startswith("pooled")),
                             sorted(f"pooled {n}" for n in range(60)))


if __name__ == "__main__":
    need_node_modules()
    unittest.main()
