"""neomutt in a terminal, as somebody sits before it: open, read, flag, delete; new mail appears."""
import pathlib
import unittest

from demo import Demo, eventually, message, need, ok
from terminal import Terminal


class Neomutt(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())
        for n, subject in enumerate(("alpha", "beta", "gamma")):
            self.demo.deliver(message(f"subject {subject}", f"the body of {subject}\r\n"), "alice")
        here = pathlib.Path(self.demo.folder.parent)
        rc = here / "muttrc"
        rc.write_text(f"""set folder = "imaps://localhost:{self.demo.port("imaps")}/"
set spoolfile = "+INBOX"
set imap_user = "alice@demo.test"
set imap_pass = "{self.demo.password("alice")}"
set certificate_file = "{here}/certificates"
set ssl_ca_certificates_file = "{self.demo.ca}"
set imap_idle = yes
set imap_keepalive = 5
set imap_poll_timeout = 15
set timeout = 1
set mail_check = 1
set sleep_time = 0
set quit = yes
set delete = yes
set sort = mailbox-order
set wait_key = no
set index_format = "%C [%Z] %s"
set header_cache = ""
""")
        self.terminal = Terminal(here, f"env HOME={here} TERM=screen LC_ALL=C.UTF-8 neomutt -n -F {rc}")
        self.addCleanup(self.terminal.close)

    def flags(self):
        """UID -> flags, as another client sees them."""
        with self.demo.imap("alice", "INBOX") as imap:
            found = ok(imap.uid("FETCH", "1:*", "FLAGS"))
        return {line.split(b"UID ")[1].split()[0].decode(): line.decode() for line in found if line}

    def test_an_evening_with_mail(self):
        terminal = self.terminal
        terminal.wait_for("subject alpha", "subject beta", "subject gamma")
        terminal.keys("1", "Enter", "Enter")  # to the first message, and open it
        terminal.wait_for("the body of alpha")
        terminal.keys("q")
        terminal.wait_for("subject gamma")
        terminal.keys("j", "F")
        terminal.wait_for("!")
        terminal.keys("j", "d", "$")
        eventually(lambda: "3" not in self.flags(), "gamma is expunged")
        flags = self.flags()
        self.assertIn("\\Seen", flags["1"])
        self.assertIn("\\Flagged", flags["2"])
        self.demo.deliver(message("subject delta", "arrived meanwhile\r\n"), "alice")
        terminal.wait_for("subject delta")
        terminal.keys("q")
        eventually(terminal.is_over, "neomutt ends")


if __name__ == "__main__":
    need("neomutt", "tmux")
    unittest.main()
