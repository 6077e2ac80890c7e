"""A demo of its own for a test: `posthorn demo` in a folder and on ports that nobody else uses.

    with Demo() as demo:                      # accounts alice@demo.test and bob@demo.test
        with demo.imap("alice") as imap: ...

Leaving the block ends the server by SIGTERM, and fails the test if it does not end with status 0, has logged an error,
or has logged a password.
"""
import imaplib
import os
import pathlib
import poplib
import random
import re
import resource
import selectors
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("POSTHORN_PROGRAM", ROOT / "build/release/posthorn"))
STANDARD_PORTS = {"smtp": 25, "lmtp": 24, "submission": 587, "submissions": 465, "imap": 143, "imaps": 993,
                  "pop3": 110, "pop3s": 995, "metrics": 90}
PASSWORDS = {"alice": "open-sesame-a", "bob": "open-sesame-b"}
PATIENCE = 60  # seconds, for whatever should happen at once: disks of shared machines may stall for twenty

imaplib._MAXLINE = 10_000_000  # a FETCH of a large structure is one line


def skip(reason):
    """Ends the test as skipped."""
    print(reason)
    sys.exit(77)


def need(*programs):
    """Skips the test unless all these programs are installed."""
    for program in programs:
        if shutil.which(program) is None:
            skip(f"{program} is not installed")


def eventually(look, what, patience=PATIENCE):
    """Looks until there is something true, and answers it; for what tells nobody that it happened."""
    deadline = time.monotonic() + patience
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience} s: {what}")
        time.sleep(0.02)
    return found


def free_port_offset():
    """An offset with which every standard port is free; below the ports that connections get (32768)."""
    for _ in range(100):
        offset = random.randrange(3000, 31000)
        try:
            for port in STANDARD_PORTS.values():
                for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                    with socket.socket(family) as probe:
                        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                        probe.bind((host, offset + port))
            return offset
        except OSError:
            continue
    raise AssertionError("no free ports")


def run(*command, status=0, **options):
    """Runs a program to its end, which must have that exit status; answers it with .stdout and .stderr as text."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120,
                          **({"stdin": subprocess.DEVNULL} if "input" not in options else {}), **options)
    if status is not None and done.returncode != status:
        raise AssertionError(f"{command[0]} ended with {done.returncode}, not {status}:\n{done.stdout}{done.stderr}")
    return done


def posthorn(*arguments, status=0, **options):
    return run(PROGRAM, *arguments, status=status, **options)


class Demo:
    def __init__(self, *accounts, folder=None, fresh=True, changes=(), open_files=None):
        """accounts: "ADDRESS:PASSWORD"; none: alice and bob with PASSWORDS. changes: (old, new) texts that are replaced
        in posthorn.toml before the server starts with it. open_files: how many the server may have open."""
        self.accounts = accounts or [f"{name}@demo.test:{password}" for name, password in PASSWORDS.items()]
        self.own_folder = tempfile.TemporaryDirectory(prefix="posthorn-") if folder is None else None
        self.folder = pathlib.Path(folder or self.own_folder.name) / "demo"
        self.fresh, self.changes, self.open_files = fresh, changes, open_files
        self.offset = free_port_offset()
        self.process = None
        self.forgiven = []

    def __enter__(self):
        self.start()
        if self.changes:
            self.stop()
            self.change_config(*self.changes)
            self.serve()
        return self

    def __exit__(self, kind, error, trace):
        try:
            self.stop()
        finally:
            if kind is not None:
                print(self.log()[-4000:], file=sys.stderr)
            if self.own_folder is not None:
                self.own_folder.cleanup()

    # The server's life.

    def command(self):
        words = [PROGRAM, "demo", "--dir", self.folder, "--port-offset", self.offset]
        for account in self.accounts:
            words += ["--account", account]
        return [str(word) for word in words + (["--fresh"] if self.fresh else [])]

    def start(self):
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self.run_server(self.command())
        self.fresh = False

    def serve(self):
        self.run_server([str(PROGRAM), "--config", str(self.config), "serve"])

    def run_server(self, command):
        with open(self.folder.parent / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                                            preexec_fn=self.limit_files)
        self.said = self.read_until_ready()

    def limit_files(self):
        if self.open_files is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.open_files, self.open_files))

    def read_until_ready(self):
        said = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while not said.endswith(b"posthorn: ready\n"):
                piece = os.read(self.process.stdout.fileno(), 65536) if selector.select(PATIENCE) else b""
                if not piece:
                    self.kill()
                    raise AssertionError(f"the server did not become ready:\n{said.decode()}{self.log()[-2000:]}")
                said += piece
        return said.decode()

    def stop(self):
        if self.process is None:
            return
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError("the server did not end at SIGTERM") from None
        finally:
            process.stdout.close()
        log = self.log()
        assert status == 0, f"the server ended with status {status}:\n{log[-2000:]}"
        for line in log.splitlines():
            assert " level=error" not in line or any(event in line for event in self.forgiven), line
        assert "runtime error:" not in log and "Sanitizer" not in log, log[-4000:]  # of a program built with them
        for account in self.accounts:
            assert account.split(":")[1] not in log, "a password is in the log"

    def forgive(self, event):
        """Lines of the log that hold this may be errors."""
        self.forgiven.append(event)

    def kill(self):
        """SIGKILL: what a power failure is to the program."""
        process, self.process = self.process, None
        process.kill()
        process.wait()
        process.stdout.close()

    # What is there.

    @property
    def config(self):
        return self.folder / "posthorn.toml"

    @property
    def ca(self):
        return self.folder / "ca.pem"

    def change_config(self, *changes):
        text = self.config.read_text()
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        self.config.write_text(text)

    def log(self):
        return (self.folder.parent / "log").read_text(errors="replace")

    def port(self, protocol):
        return STANDARD_PORTS[protocol] + self.offset

    def posthorn(self, *arguments, **options):
        """The command line, with this demo's configuration."""
        return posthorn("--config", self.config, *arguments, **options)

    def peak_memory(self, start_anew=False):
        """VmHWM in bytes; start_anew: the peak is first set back to what is used now."""
        if start_anew:
            pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024

    def cpu_seconds(self):
        """Used so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    # Connections. Names are accounts of demo.test.

    def tls(self):
        return ssl.create_default_context(cafile=self.ca)

    def password(self, name):
        return next(a.split(":")[1] for a in self.accounts if a.startswith(f"{name}@"))

    def connect(self, protocol):
        """A plain socket; every wait on it is bounded."""
        return socket.create_connection(("127.0.0.1", self.port(protocol)), timeout=PATIENCE)

    def wire(self, protocol, greeting=True):
        """Lines as they are; the greeting is read."""
        wire = Wire(self.connect(protocol))
        if greeting:
            wire.line()
        return wire

    def smtp(self):
        return smtplib.SMTP("localhost", self.port("smtp"), local_hostname="client.test", timeout=PATIENCE)

    def imap(self, name, mailbox=None):
        connection = imaplib.IMAP4("localhost", self.port("imap"), timeout=PATIENCE)
        connection.login(f"{name}@demo.test", self.password(name))
        if mailbox is not None:
            ok(connection.select(mailbox))
        return connection

    def pop3(self, name):
        """Under TLS, logged in."""
        connection = poplib.POP3_SSL("localhost", self.port("pop3s"), timeout=PATIENCE, context=self.tls())
        connection.user(f"{name}@demo.test")
        connection.pass_(self.password(name))
        return connection

    def held(self, name, mailbox="INBOX"):
        """What is in a mailbox, seen without a change to it: UID -> (subject, flags sorted, without \\Recent)."""
        with self.imap(name) as imap:
            ok(imap.select(f'"{mailbox}"', readonly=True))
            found = ok(imap.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])"))
        held = {}
        for items, header in (part for part in found if isinstance(part, tuple)):
            flags = set(re.search(rb"FLAGS \(([^)]*)\)", items)[1].decode().split()) - {"\\Recent"}
            held[int(re.search(rb"UID (\d+)", items)[1])] = (header.decode().partition(":")[2].strip(),
                                                            " ".join(sorted(flags)))
        return held

    def subjects(self, name, mailbox="INBOX"):
        """Of what is in a mailbox, in order."""
        return [subject for subject, _ in self.held(name, mailbox).values()]

    def deliver(self, message, *names, sender="carol@elsewhere.test"):
        """By SMTP, as another server would; bytes pass unchanged."""
        with self.smtp() as smtp:
            smtp.sendmail(sender, [f"{name}@demo.test" for name in names or ("alice",)], message)


class Wire:
    """A connection, line by line, for what no client would say."""

    def __init__(self, connection):
        self.socket = connection
        self.input = connection.makefile("rb")

    def say(self, *lines):
        self.socket.sendall(b"".join((line if isinstance(line, bytes) else line.encode()) + b"\r\n" for line in lines))

    def line(self):
        """The next line without its end; "" at the end of the connection."""
        return self.input.readline().decode(errors="replace").rstrip("\r\n")

    def reply(self):
        """The last line of the next SMTP reply."""
        while (line := self.line())[3:4] == "-":
            pass
        return line

    def ask(self, *lines):
        self.say(*lines)
        return [self.reply() for _ in lines][-1]

    def until(self, pattern):
        """Reads up to the line that matches, and answers it."""
        while not re.fullmatch(pattern, line := self.line()):
            assert line, f"the connection ended before {pattern}"
        return line

    def rest(self):
        """All lines up to the end of the connection, which the server makes."""
        return self.input.read().decode(errors="replace").splitlines()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.input.close()
        self.socket.close()


def ok(answer):
    """What imaplib answers, (kind, data), of a command that must be done."""
    kind, data = answer
    assert kind == "OK", (kind, data)
    return data


def no(answer):
    """The text with which a command is refused by NO."""
    kind, data = answer
    assert kind == "NO", (kind, data)
    return data[0].decode()


def message(subject="a subject", body="Hello.\r\n", **fields):
    """A small message as bytes."""
    head = {"From": "Carol <carol@elsewhere.test>", "To": "alice@demo.test", "Subject": subject,
            "Date": "Fri, 21 Nov 2025 10:00:00 +0000", "Message-ID": f"<{abs(hash((subject, body)))}@elsewhere.test>"}
    head.update({name.replace("_", "-"): value for name, value in fields.items()})
    return ("".join(f"{name}: {value}\r\n" for name, value in head.items()) + "\r\n" + body).encode()


def literal_of(data):
    """The literal in what imaplib answers to a FETCH of one message and one body section."""
    return next(part[1] for part in data if isinstance(part, tuple))


def without_trace(received):
    """The bytes of a delivered message without the Return-Path and Received fields that Posthorn puts before them."""
    found = re.match(rb"Return-Path: [^\r\n]*\r\nReceived: [^\r\n]*\r\n(?:[\t ][^\r\n]*\r\n)*", received)
    assert found, received[:200]
    return received[found.end():]
