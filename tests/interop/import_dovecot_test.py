"""posthorn import from a Dovecot, as it is in Debian: its Maildir, and by IMAP from the server itself.

Dovecot's imap program is unpacked and speaks over a socket, already logged in (PREAUTH).
"""
import json
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from demo import Demo, message, ok
from import_test import fetched, status
from unpacked import unpacked

LARGE = message("umlaut", "y" * 200_000 + "\r\n")


class Dovecot:
    """Dovecot's imap over a port, every connection logged in, on one Maildir."""

    def __init__(self, here):
        self.core, self.here = unpacked("dovecot-core", "usr/bin/doveconf"), here
        self.imap = unpacked("dovecot-imapd", "usr/lib/dovecot/imap") / "usr/lib/dovecot/imap"
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self.mail = here / "mail"
        self.mail.mkdir()
        os.chmod(here, 0o755)
        if os.geteuid() == 0:
            os.chown(self.mail, user.pw_uid, user.pw_gid)
        (here / "log").touch()
        os.chmod(here / "log", 0o666)
        (here / "dovecot.conf").write_text(f"""
log_path = {here}/log
mail_location = maildir:{self.mail}
ssl = no
mail_uid = {user.pw_uid}
mail_gid = {user.pw_gid}
first_valid_uid = 1
first_valid_gid = 0
namespace inbox {{
  inbox = yes
  separator = .
  prefix = INBOX.
  mailbox "Sent Items" {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
""")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def command(self):
        return {"args": [self.core / "usr/bin/doveconf", "-c", self.here / "dovecot.conf", "-e",
                         self.imap],
                "env": {"USER": "nobody", "HOME": str(self.here), "PATH": os.environ["PATH"],
                        "LD_LIBRARY_PATH": str(self.core / "usr/lib/dovecot")},
                "cwd": self.here}

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.bridge, args=(connection,), daemon=True).start()

    def bridge(self, connection):
        """Its program wants no socket as its standard input."""
        with connection, subprocess.Popen(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                          **self.command()) as running:
            def upwards():
                while piece := connection.recv(65536):
                    running.stdin.write(piece)
                    running.stdin.flush()
                running.stdin.close()
            threading.Thread(target=upwards, daemon=True).start()
            while piece := running.stdout.read1(65536):
                connection.sendall(piece)

    def say(self, *lines):
        """Commands of one session; their literals are sent unasked."""
        said = b"".join(b"t%d " % n + line + b"\r\n" for n, line in enumerate(lines)) + b"z LOGOUT\r\n"
        answer = subprocess.run(input=said, capture_output=True, timeout=60, **self.command()).stdout
        assert answer.count(b" OK ") >= len(lines) + 1, (answer, (self.here / "log").read_text())
        return answer

    def append(self, name, flags, date, text):
        return b'APPEND "%s" (%s) "%s" {%d+}\r\n' % (name, flags, date, len(text)) + text

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.listener.close()


class FromDovecot(unittest.TestCase):
    def setUp(self):
        self.here = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="posthorn-dovecot-")))
        self.dovecot = self.enterContext(Dovecot(self.here))
        d = self.dovecot
        date = b"01-Feb-2020 10:00:00 +0000"
        d.say(*[d.append(b"INBOX", rb"\Seen work" if n % 2 else b"", date, message(f"number {n}")) for n in range(20)],
              b'CREATE "INBOX.Lists.&ANw-ber"', b'SUBSCRIBE "INBOX.Lists.&ANw-ber"',
              d.append(b"INBOX.Lists.&ANw-ber", rb"\Flagged $Forwarded", date, LARGE),
              d.append(b"INBOX.Sent Items", rb"\Seen", date, message("sent")),
              b"SELECT INBOX", rb"UID STORE 3,20 +FLAGS (\Deleted)", b"EXPUNGE")

    @staticmethod
    def later():
        """New accounts count their UIDVALIDITYs from the present second on: Dovecot's lie before."""
        time.sleep(3)
        return Demo()

    def bring(self, demo, *words, name="alice"):
        return json.loads(demo.posthorn("--json", "import", f"{name}@demo.test", *words).stdout)

    def by_imap(self):
        (self.here / "pw").write_text("unused\n")
        return ("imap", "--host", "127.0.0.1", "--port", self.dovecot.port, "--tls", "none", "--user", "someone",
                "--password-file", self.here / "pw")

    def check(self, demo, name="alice"):
        """As Dovecot tells it."""
        with demo.imap(name) as imap:
            there = self.dovecot.say(b'STATUS INBOX (UIDVALIDITY UIDNEXT MESSAGES)')
            here = status(imap, "INBOX")
            for word, number in here.items():
                self.assertIn(b"%s %d" % (word.encode(), number), there)
            inbox = fetched(imap, "INBOX")
            self.assertEqual(sorted(inbox), [1, 2, *range(4, 20)])
            self.assertEqual(inbox[2], (frozenset({rb"\Seen", b"work"}), b" 1-Feb-2020 10:00:00 +0000", message("number 1")))
            (flags, _, text), = fetched(imap, "Lists/&ANw-ber").values()
            self.assertEqual(flags, {rb"\Flagged", b"$Forwarded"})
            self.assertTrue(text == LARGE)
            self.assertEqual(len(fetched(imap, "Sent")), 1)
            self.assertIn(b"Lists/&ANw-ber", b" ".join(ok(imap.lsub())))

    def test_by_imap(self):
        with self.later() as demo:
            summary = self.bring(demo, *self.by_imap())
            self.assertEqual((summary["messages"], summary["refused"]), (20, []))
            self.assertTrue(all(m["keeps_uids"] for m in summary["mailboxes"]), summary)
            self.check(demo)
            # CONDSTORE tells what is new and what has changed.
            d = self.dovecot
            d.say(d.append(b"INBOX", b"", b"02-Feb-2020 10:00:00 +0000", message("later")), b"SELECT INBOX",
                  rb"UID STORE 4 FLAGS (\Answered)")
            summary = self.bring(demo, *self.by_imap())
            self.assertEqual((summary["messages"], summary["changed"]), (1, 1))
            with demo.imap("alice") as imap:
                inbox = fetched(imap, "INBOX")
                self.assertEqual(max(inbox), 21)
                self.assertEqual(inbox[4][0], frozenset({rb"\Answered"}))
            self.assertEqual(self.bring(demo, *self.by_imap())["known"], 0)

    def test_its_maildir(self):
        with self.later() as demo:
            self.assertEqual(self.bring(demo, "maildir", self.dovecot.mail)["messages"], 20)
            self.check(demo)

    def test_it_takes_over_an_export(self):
        with self.later() as demo:
            self.bring(demo, "maildir", self.dovecot.mail)
            before = self.dovecot.say(b"EXAMINE INBOX", b"UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)", b'LSUB "" "*"')
            shutil.rmtree(self.dovecot.mail)
            demo.posthorn("export", "alice@demo.test", "maildir", self.dovecot.mail)
            if os.geteuid() == 0:
                nobody = pwd.getpwnam("nobody")
                for folder, _, files in os.walk(self.dovecot.mail):
                    for path in [folder, *(os.path.join(folder, file) for file in files)]:
                        os.chown(path, nobody.pw_uid, nobody.pw_gid)
            after = self.dovecot.say(b"EXAMINE INBOX", b"UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)", b'LSUB "" "*"')

            def told(answer):
                return sorted(line.replace(rb"\Recent ", b"").replace(rb" \Recent", b"").replace(rb"\Recent", b"")
                              for line in answer.splitlines() if b" FETCH " in line or b"UIDVALIDITY" in line or b"UIDNEXT" in line)
            self.assertEqual(told(after), told(before))
            self.assertIn(b"Lists.&ANw-ber", after)


if __name__ == "__main__":
    unittest.main()
