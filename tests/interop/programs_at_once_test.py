"""Two programs on one mailbox at once: what one does the other hears, and nobody loses anything."""
import mailbox
import os
import pathlib
import subprocess
import threading
import unittest

from demo import PATIENCE, Demo, eventually, message, need, ok, run
from idle import Idle
from node_modules import HERE, need_node_modules, node_environment


class ProgramsAtOnce(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())
        self.here = pathlib.Path(self.demo.folder.parent)

    def mbsync(self, name):
        """Keeps a Maildir and INBOX the same, in both directions."""
        mail = self.here / name
        mail.mkdir(exist_ok=True)
        config = self.here / f"{name}.mbsyncrc"
        config.write_text(f"""IMAPStore remote
Host localhost
Port {self.demo.port("imaps")}
User alice@demo.test
Pass {self.demo.password("alice")}
SSLType IMAPS
CertificateFile {self.demo.ca}

MaildirStore local
Path {mail}/
Inbox {mail}/INBOX

Channel all
Far :remote:
Near :local:
Create Near
Expunge Both
SyncState *
""")
        run("mbsync", "-c", config, "all")
        return mailbox.Maildir(mail / "INBOX", create=False)

    def fetchmail(self, options):
        rc = self.here / "fetchmailrc"
        rc.write_text(f"""poll localhost protocol POP3 service {self.demo.port("pop3s")} uidl
  user "alice@demo.test" password "{self.demo.password("alice")}" ssl sslcertck sslcertfile "{self.demo.ca}"
  smtphost "localhost/{self.demo.port("smtp")}" smtpname "bob@demo.test" {options}
""")
        rc.chmod(0o600)
        return run("fetchmail", "-f", rc, "--idfile", self.here / "ids", "--pidfile", self.here / "pid", status=None,
                   env=os.environ | {"HOME": str(self.here)}).returncode

    def test_imapflow_hears_what_mbsync_does(self):
        for n in range(3):
            self.demo.deliver(message(f"number {n}"), "alice")
        local = self.mbsync("mail")
        listener = subprocess.Popen(["node", HERE / "listen.js"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    env=node_environment(self.demo), text=True)
        heard = []
        threading.Thread(target=lambda: heard.extend(iter(listener.stdout.readline, "")), daemon=True).start()
        try:
            eventually(lambda: "ready\n" in heard, "ImapFlow waits")
            for key, kept in list(local.items()):
                if kept["Subject"] in ("number 0", "number 1"):
                    kept.add_flag("T" if kept["Subject"] == "number 0" else "F")
                    local[key] = kept
            local.add(message("made here"))
            self.mbsync("mail")
            eventually(lambda: "exists 4\n" in heard and "expunge 1\n" in heard
                       and any(line.startswith("flags") and "\\Flagged" in line for line in heard), ("heard", heard))
        finally:
            listener.terminate()
            listener.wait(PATIENCE)
            listener.stdout.close()
        self.assertEqual(self.demo.subjects("alice"), ["number 1", "number 2", "made here"])

    def test_idle_hears_what_fetchmail_takes_away(self):
        for n in range(5):
            self.demo.deliver(message(f"number {n}"), "alice")
        with self.demo.imap("alice", "INBOX") as imap, Idle(imap) as idle:
            self.assertEqual(self.fetchmail("nokeep fetchall"), 0)
            for _ in range(5):
                idle.hears(rb"\* \d+ EXPUNGE")
        self.assertEqual(len(self.demo.subjects("bob")), 5)

    def test_two_mbsyncs_deliveries_and_a_reader_lose_nothing(self):
        """Each mail is in the end in both Maildirs and on the server, once."""
        count, told = 40, []

        def deliver():
            for n in range(count):
                self.demo.deliver(message(f"number {n}"), "alice")

        def read():
            with self.demo.imap("alice", "INBOX") as imap:
                for _ in range(count):
                    ok(imap.store("1:*", "+FLAGS.SILENT", "(\\Seen)"))
                    ok(imap.noop())

        def sync(name):
            for _ in range(6):
                self.mbsync(name)

        def watched(step, *arguments):
            try:
                step(*arguments)
            except BaseException as error:  # told by the test, not by the thread
                told.append(error)

        self.demo.deliver(message("first"), "alice")
        threads = [threading.Thread(target=watched, args=step) for step in ((deliver,), (read,), (sync, "a"), (sync, "b"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(told, [])
        expected = sorted(["first", *(f"number {n}" for n in range(count))])
        for name in ("a", "b"):
            self.assertEqual(sorted(m["Subject"] for m in self.mbsync(name)), expected, name)
        self.assertEqual(sorted(self.demo.subjects("alice")), expected)


if __name__ == "__main__":
    need("mbsync", "fetchmail")
    need_node_modules()
    unittest.main()
