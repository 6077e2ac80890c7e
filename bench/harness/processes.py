"""The processes of one server: what they use, and their end.

They are in a control group of their own where the machine lets us make one, so that those count as well that ended, or
that made themselves independent; else they are the tree below the ones that we started.
"""
import contextlib
import ctypes
import os
import pathlib
import re
import resource
import signal
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


class ControlGroup:
    ROOTS = [(pathlib.Path("/sys/fs/cgroup"), "cgroup.controllers"),      # version 2
             (pathlib.Path("/sys/fs/cgroup/cpuacct"), "cpuacct.usage")]  # version 1

    def __init__(self, name):
        for root, sign in self.ROOTS:
            folder = root / f"posthorn-bench-{os.getpid()}-{name}"
            if not (root / sign).exists():
                continue
            with contextlib.suppress(OSError):
                folder.mkdir()
                self.folder = folder
                return
        self.folder = None

    def join(self):
        """Called in the new process."""
        if self.folder is not None:
            (self.folder / "cgroup.procs").write_text("0")

    def ids(self):
        return {int(line) for line in (self.folder / "cgroup.procs").read_text().split()}

    def cpu_seconds(self):
        if (self.folder / "cpuacct.usage").exists():
            return int((self.folder / "cpuacct.usage").read_text()) / 1e9
        return int(re.search(r"usage_usec (\d+)", (self.folder / "cpu.stat").read_text())[1]) / 1e6

    def remove(self):
        if self.folder is not None:
            with contextlib.suppress(OSError):
                self.folder.rmdir()


class Processes:
    def __init__(self, name):
        self.group = ControlGroup(name)
        self.started = []
        self.known = {}  # where there is no control group: those that were seen -> when they began

    def start(self, command, log, **options):
        """Starts a program; it gets SIGTERM should we die."""
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]

        def prepare():
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
            self.group.join()

        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stderr=log,
                                   preexec_fn=prepare, start_new_session=True, **options)
        self.started.append(process)
        return process

    def has_ended(self):
        """One of those that we started."""
        return any(process.poll() is not None for process in self.started)

    def ids(self):
        if self.group.folder is not None:
            return self.group.ids()
        children, begun = {}, {}
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = fields_of(stat)
                children.setdefault(int(fields[1]), []).append(process := int(stat.parent.name))
                begun[process] = fields[19]
        self.known = {process: since for process, since in self.known.items() if begun.get(process) == since}
        found = set()
        looked_for = [process.pid for process in self.started if process.poll() is None] + list(self.known)
        while looked_for:
            if (process := looked_for.pop()) not in found and process in begun:
                found.add(process)
                self.known[process] = begun[process]
                looked_for += children.get(process, [])
        return found

    def cpu_seconds(self):
        if self.group.folder is not None:
            return self.group.cpu_seconds()
        total = 0
        for process in self.ids():
            with contextlib.suppress(OSError):
                total += time.clock_gettime((~process << 3) | 2)  # its CPU clock, as clock_getcpuclockid(3) makes it
                total += sum(int(field) for field in fields_of(f"/proc/{process}/stat")[13:15]) / TICKS
        return total

    def memory(self):
        """Bytes: the proportional set sizes of all."""
        total = 0
        for process in self.ids():
            with contextlib.suppress(OSError):
                found = re.search(r"^Pss:\s+(\d+) kB", pathlib.Path(f"/proc/{process}/smaps_rollup").read_text(), re.M)
                total += int(found[1]) * 1024 if found else 0
        return total

    def signal(self, number):
        for process in self.ids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def end(self, patience=10):
        """SIGTERM to what we started, and SIGKILL to whatever is left after so many seconds."""
        for process in self.started:
            if process.poll() is None:
                process.terminate()
        self.wait_until_gone(patience)
        for _ in range(100):
            if not self.still_there():
                break
            self.signal(signal.SIGKILL)
            time.sleep(0.05)
        self.reap()

    def kill(self):
        """What a power failure is to programs."""
        for _ in range(100):
            self.signal(signal.SIGKILL)
            if not self.still_there():
                break
            time.sleep(0.01)
        self.reap()

    def still_there(self):
        for process in self.started:
            process.poll()
        return self.ids()

    def wait_until_gone(self, patience):
        deadline = time.monotonic() + patience
        while self.still_there() and time.monotonic() < deadline:
            time.sleep(0.02)

    def reap(self):
        for process in self.started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            if process.stdout is not None:
                process.stdout.close()
        self.started = []

    def remove(self):
        self.group.remove()


def fields_of(stat):
    """Of /proc/ID/stat, those behind the name: [0] is the state, [1] the parent."""
    return pathlib.Path(stat).read_text().rsplit(")", 1)[1].split()
