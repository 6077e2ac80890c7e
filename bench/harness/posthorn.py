"""Posthorn: `posthorn demo` the first time, `posthorn serve` with what that made afterwards."""
import subprocess
import time

from harness.server import ACCOUNTS, PASSWORD, PATIENCE, Server


class Posthorn(Server):
    name = "posthorn"
    label = "Posthorn"

    def __init__(self, folder, port_offset, program):
        super().__init__(folder, port_offset)
        self.program = program

    @property
    def demo(self):
        return self.folder / "demo"

    def launch(self):
        config = self.demo / "posthorn.toml"
        is_new = not (self.folder / "made").exists()
        command = ([self.program, "demo", "--dir", self.demo, "--port-offset", self.offset,
                    "--account", f"u{{1..{ACCOUNTS}}}@bench.test:{PASSWORD}"] if is_new
                   else [self.program, "--config", config, "serve"])
        with self.log_file() as log:
            self.processes.start(command, log, stdout=log)
        if is_new:
            self.wait_for_demo()

    def wait_for_demo(self):
        deadline = time.monotonic() + PATIENCE
        while "posthorn: ready" not in self.end_of_log():
            if time.monotonic() > deadline or self.processes.has_ended():
                raise TimeoutError(f"the demo is not ready:\n{self.end_of_log()}")
            time.sleep(0.01)
        (self.folder / "made").touch()

    def store_folder(self):
        return self.demo / "store"

    def version(self):
        done = subprocess.run([self.program, "--version"], capture_output=True, text=True, timeout=PATIENCE)
        return done.stdout.strip() or "unknown"
