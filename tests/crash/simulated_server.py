"""A whole server over a disk in memory that fails as it is told (server_on_simulated_disk.cc).

    with SimulatedServer(["alice@demo.test:secret"]) as server: ...

Passwords may pass in the clear. What the server logs is in log(); lines of errors are no wonder here.
"""
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
from demo import PROGRAM, STANDARD_PORTS, free_port_offset, skip  # noqa: E402

HOST = PROGRAM.parent / "server_on_simulated_disk"
SERVICES = ("smtp", "lmtp", "submission", "imap", "pop3")
CONFIG = """hostname = "mail.demo.test"
data = "store"
{top}
[listen]
{listen}
[auth]
clear_passwords = true
[log]
level = "warning"
{more}
"""


class SimulatedServer:
    def __init__(self, accounts, top="", more=""):
        if not HOST.exists():
            skip(f"{HOST} is not built")
        self.own_folder = tempfile.TemporaryDirectory(prefix="posthorn-")
        self.folder = pathlib.Path(self.own_folder.name)
        (self.folder / "store").mkdir()
        self.offset, self.accounts = free_port_offset(), accounts
        listen = "\n".join(f'{name} = ["127.0.0.1:{self.port(name)}"]' for name in SERVICES)
        (self.folder / "posthorn.toml").write_text(CONFIG.format(listen=listen, top=top, more=more))

    def __enter__(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([HOST, self.folder / "posthorn.toml", *self.accounts], text=True, bufsize=1,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self.ask("open")
        return self

    def __exit__(self, kind, error, trace):
        self.process.stdin.close()
        self.process.stdout.close()
        status = self.process.wait(60)
        if kind is not None:
            print(self.log()[-3000:], file=sys.stderr)
        self.own_folder.cleanup()
        assert kind is not None or status == 0, f"the server ended with status {status}"

    def try_to(self, command):
        """(whether it was done, what was answered)."""
        self.process.stdin.write(command + "\n")
        answer = self.process.stdout.readline()
        assert answer.endswith("\n"), f"the server died: {self.log()[-3000:]}"
        verdict, _, rest = answer.strip().partition(" ")
        return verdict == "ok", rest

    def ask(self, command):
        done, answer = self.try_to(command)
        assert done, f"{command}: {answer}"
        return answer

    def port(self, protocol):
        return STANDARD_PORTS[protocol] + self.offset

    def log(self):
        return (self.folder / "log").read_text(errors="replace")
