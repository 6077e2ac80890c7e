"""alpine in a terminal: open, read, delete, save to a folder, expunge, answer; new mail appears."""
import pathlib
import unittest

from demo import Demo, eventually, message, need
from terminal import Terminal


class Alpine(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())
        self.here = pathlib.Path(self.demo.folder.parent)
        for subject in ("alpha", "beta", "gamma"):
            self.demo.deliver(message(f"subject {subject}", f"the body of {subject}\r\n", From="bob@demo.test"), "alice")

    def start(self, way, imap, smtp):
        """way: /ssl from the first byte, /tls by STARTTLS."""
        server = f"{{localhost:{self.demo.port(imap)}{way}/user=alice@demo.test}}"
        (self.here / "pinerc").write_text(f"""personal-name=Alice
user-domain=demo.test
smtp-server=localhost:{self.demo.port(smtp)}{way}/user=alice@demo.test
inbox-path={server}INBOX
folder-collections=Mail {server}[]
default-fcc=Sent
feature-list=quit-without-confirm,expunge-without-confirm-everywhere
customized-hdrs=From: Alice <alice@demo.test>
mail-check-interval=15
last-version-used=7.00
""")
        environment = f"env HOME={self.here} TERM=screen LC_ALL=C.UTF-8 SSL_CERT_FILE={self.demo.ca}"
        self.terminal = Terminal(self.here, f"{environment} alpine -p {self.here}/pinerc -i")
        self.addCleanup(self.terminal.close)
        self.log_in("subject alpha", "subject beta", "subject gamma")

    def press(self, key, *texts):
        self.terminal.keys(*([key] if isinstance(key, str) else key))
        self.terminal.wait_for(*texts)

    def log_in(self, *texts):
        self.terminal.wait_for("PASSWORD")
        self.press((self.demo.password("alice"), "Enter"), "Preserve password")
        self.press("n", *texts)

    def evening(self):
        self.press("Enter", "the body of alpha")
        self.press("i", "Message 1 of 3")
        self.press("n", "Message 2 of 3")
        self.press("d", "Message 2 marked for deletion")
        self.press("s", "SAVE Msg #3")
        self.press(("Kept", "Enter"), "Create?")
        self.press("y", "Message 3 of 3 DEL")
        self.press("x", "2 messages expunged")
        self.assertEqual(self.demo.held("alice"), {1: ("subject alpha", "\\Seen")})
        self.assertEqual(self.demo.subjects("alice", "Kept"), ["subject gamma"])
        self.press("r", "Include original message")
        self.press("y", "Reply to all recipients?")
        self.press("n", "COMPOSE MESSAGE REPLY", "> the body of alpha")
        self.press("C-x", "Send message?")
        self.press("y", "ENTER PASSWORD")
        self.press((self.demo.password("alice"), "Enter"), "Preserve password")
        self.press("n", "ANS")
        self.assertEqual(self.demo.subjects("bob"), ["Re: subject alpha"])
        self.assertEqual(self.demo.held("alice", "Sent"), {1: ("Re: subject alpha", "")})
        self.assertEqual(self.demo.held("alice")[1][1], "\\Answered \\Seen")
        self.demo.deliver(message("subject delta"), "alice")
        self.press("C-l", "subject delta")
        self.terminal.keys("q")
        eventually(self.terminal.is_over, "alpine ends")

    def test_an_evening_with_mail_under_tls(self):
        self.start("/ssl", "imaps", "submissions")
        self.evening()

    def test_an_evening_with_mail_by_starttls(self):
        self.start("/tls", "imap", "submission")
        self.evening()


if __name__ == "__main__":
    need("alpine", "tmux")
    unittest.main()
