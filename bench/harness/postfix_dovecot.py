"""Postfix and Dovecot, with configurations of their own in a temporary folder: mail comes to Postfix by SMTP, goes to
Dovecot by LMTP, and lies in sdbox. Flushes to disk are as both have them by default. Both need root.
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess

from harness.server import ACCOUNTS, PASSWORD, PATIENCE, PORTS, Server

TEMPLATES = pathlib.Path(__file__).resolve().parent.parent / "peers"
NEEDED = ("postfix", "dovecot", "openssl")
OWNER = "mail"  # of the mailboxes; every Debian system has this user


class PostfixDovecot(Server):
    name = "postfix+dovecot"
    label = "Postfix + Dovecot"

    @staticmethod
    def missing():
        """Why they cannot be measured here; empty where they can."""
        if os.geteuid() != 0:
            return "they need root"
        absent = [program for program in NEEDED if shutil.which(program) is None]
        absent += [part for part in ("imap", "pop3", "lmtp") if not pathlib.Path("/usr/lib/dovecot", part).exists()]
        return f"not installed: {', '.join(absent)}" if absent else ""

    def launch(self):
        if not (self.folder / "postfix").exists():
            self.install()
        with self.log_file() as log:
            self.processes.start(["dovecot", "-F", "-c", self.folder / "dovecot.conf"], log, stdout=log)
            self.processes.start(["postfix", "-c", self.folder / "postfix", "start-fg"], log, stdout=log)

    def stop(self):
        """Postfix's master is not the process that we started, and ends its services in order."""
        with contextlib.suppress(OSError, ValueError):
            master = int((self.folder / "queue/pid/master.pid").read_text())
            if self.processes is not None and master in self.processes.ids():  # it may be one that was killed
                os.kill(master, signal.SIGTERM)
        super().stop()

    def install(self):
        """Other users than root have to reach the folder."""
        for parent in (self.folder, self.folder.parent):
            parent.chmod(0o755)
        for part, owner in (("postfix", None), ("queue", None), ("data", "postfix"), ("run", None), ("home", OWNER)):
            (self.folder / part).mkdir()
            if owner is not None:
                shutil.chown(self.folder / part, owner, OWNER if owner == OWNER else None)
        (self.folder / "users").write_text(
            "".join(f"u{n}@bench.test:{{PLAIN}}{PASSWORD}\n" for n in range(1, ACCOUNTS + 1)))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "30", "-subj", "/CN=localhost", "-keyout", self.folder / "key.pem",
                        "-out", self.folder / "certificate.pem"], check=True, capture_output=True, timeout=PATIENCE)
        for template, place in (("dovecot.conf", "dovecot.conf"), ("main.cf", "postfix/main.cf")):
            self.write(place, (TEMPLATES / template).read_text())
        self.write("postfix/master.cf", self.master())
        shutil.copy("/etc/postfix/dynamicmaps.cf", self.folder / "postfix")

    def write(self, place, text):
        """{folder}, {owner} and the ports, as in {smtp}, are filled in."""
        values = {name: str(port + self.offset) for name, port in PORTS.items()}
        values |= {"folder": str(self.folder), "owner": OWNER}
        (self.folder / place).write_text(re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text))

    @staticmethod
    def master():
        """Debian's own process table, at our port and without chroot."""
        lines = []
        for line in pathlib.Path("/usr/share/postfix/master.cf.dist").read_text().splitlines():
            fields = line.split()
            if line[:1].isalnum() and len(fields) >= 8:
                fields[0] = "127.0.0.1:{smtp}" if fields[:2] == ["smtp", "inet"] else fields[0]
                fields[4] = "n"
                line = " ".join(fields)
            lines.append(line)
        return "\n".join(lines) + "\n"

    def version(self):
        postfix = subprocess.run(["postconf", "-h", "mail_version"], capture_output=True, text=True, timeout=PATIENCE)
        dovecot = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, timeout=PATIENCE)
        return f"Postfix {postfix.stdout.strip()}, Dovecot {dovecot.stdout.split()[0]}"
