"""neomutt in a terminal, as somebody sits before it: open, read, flag, delete; new mail appears."""
import pathlib
import unittest

from demo import Demo, eventually, message, need, ok
from terminal import Terminal


class Neomutt(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())
        for n, subject in enumerate(("alpha", "beta", "gamma")):
            self.demo.deliver(message(f"subject {subject}", f"the body of {subject}\r\n", From="bob@demo.test"),
                              "alice")
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
set header_cache = "{here}/headers"
set imap_condstore = yes
set imap_qresync = yes
set smtp_url = "smtps://alice%40demo.test@localhost:{self.demo.port("submissions")}/"
set smtp_pass = "{self.demo.password("alice")}"
set from = "alice@demo.test"
set realname = "Alice"
set use_envelope_from = yes
set record = "+Sent"
set editor = "{here}/editor"
set confirm_append = no
set confirm_create = no
set fast_reply = yes
set include = yes
set resolve = no
""")
        editor = here / "editor"
        editor.write_text("#!/bin/sh\necho 'an answer by neomutt' >>\"$1\"\n")
        editor.chmod(0o700)
        self.here, self.command = here, f"env HOME={here} TERM=screen LC_ALL=C.UTF-8 neomutt -n -F {rc}"
        (here / "headers").mkdir()
        self.terminal = Terminal(here, self.command)
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

    def test_answer_move_and_search(self):
        terminal = self.terminal
        terminal.wait_for("subject alpha", "subject beta", "subject gamma")
        terminal.keys("1", "Enter", "r")
        terminal.wait_for("y:Send", "Re: subject alpha")
        terminal.keys("y")
        terminal.wait_for("sent")
        eventually(lambda: self.demo.subjects("alice", "Sent") == ["Re: subject alpha"], "a copy is kept")
        self.assertEqual(self.demo.subjects("bob"), ["Re: subject alpha"])
        terminal.wait_for("subject gamma")
        terminal.keys("/", "beta", "Enter")
        terminal.keys("s", "C-u", "=Kept", "Enter")
        eventually(lambda: self.kept() == ["subject beta"], "saved")
        terminal.keys("$")
        eventually(lambda: set(self.flags()) == {"1", "3"}, "moved")
        self.assertIn("\\Answered", self.flags()["1"])
        terminal.keys("l", "~b body", "Enter")
        terminal.wait_for("subject gamma")

    def kept(self):
        with self.demo.imap("alice") as imap:
            if imap.select("Kept", readonly=True)[0] != "OK":
                return []
        return self.demo.subjects("alice", "Kept")

    def test_what_changed_while_it_was_away(self):
        """QRESYNC with the headers that it has kept."""
        self.terminal.wait_for("subject alpha", "subject beta", "subject gamma")
        self.terminal.keys("q")
        eventually(self.terminal.is_over, "neomutt ends")
        with self.demo.imap("alice", "INBOX") as imap:
            ok(imap.store("1", "+FLAGS", "(\\Deleted)"))
            ok(imap.expunge())
            ok(imap.store("1", "+FLAGS", "(\\Flagged)"))
        self.demo.deliver(message("subject delta"), "alice")
        again = Terminal(self.here, self.command)
        self.addCleanup(again.close)
        screen = again.wait_for("subject beta", "subject gamma", "subject delta")
        self.assertNotIn("subject alpha", screen)
        self.assertRegex(screen, r"\[.*!.*\] subject beta")


if __name__ == "__main__":
    need("neomutt", "tmux")
    unittest.main()
