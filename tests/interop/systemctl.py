#!/usr/bin/python3
"""What `systemctl` and `journalctl` do of the service posthorn, for a machine of tests on which no systemd runs: as the
unit says, but for its sandbox."""
import fcntl
import os
import re
import signal
import subprocess
import sys
import time

PID, LOG, UNIT = "/run/posthorn.pid", "/var/log/posthorn.log", "/usr/lib/systemd/system/posthorn.service"
LOCK = "/var/lib/posthorn/store/lock"
PATIENCE = 60


def of_unit(key):
    with open(UNIT) as unit:
        return re.search(rf"^{key}=(.*)$", unit.read(), re.M)[1].split()


def running():
    """The server's pid, as long as it has the store: /proc may be missing here, and whoever has ended may be a zombie."""
    try:
        with open(LOCK, "rb+") as lock, open(PID) as pid:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return None
            except BlockingIOError:
                return int(pid.read())
    except OSError:
        return None


def wait_until(look):
    deadline = time.monotonic() + PATIENCE
    while not look():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def start():
    if running():
        return 0
    with open(LOG, "ab") as log:
        server = subprocess.Popen(of_unit("ExecStart"), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  start_new_session=True)
    with open(PID, "w") as file:
        file.write(str(server.pid))
    is_there = lambda: subprocess.run(["/usr/bin/posthorn", "status", "--json"], capture_output=True).stdout
    wait_until(lambda: server.poll() is not None or is_there())
    if server.poll() is not None:
        print(f"posthorn.service ended with {server.returncode}; see journalctl -u posthorn", file=sys.stderr)
        return 1
    return 0


def stop():
    pid = running()
    if pid:
        os.kill(pid, signal.SIGTERM)
        if not wait_until(lambda: not running()):
            return 1
    return 0


def systemctl(words):
    if "--now" in words and "enable" in words:
        return start()
    verb = next((word for word in words if not word.startswith("-")), "")
    if verb == "show" and "MainPID" in words:
        print(running() or 0)
        return 0
    if verb == "is-enabled":
        print("enabled")
        return 0
    if verb in ("status", "is-active"):
        print("active" if running() else "inactive")
        return 0 if running() else 3
    if verb == "reload":
        return subprocess.run(of_unit("ExecReload")).returncode
    actions = {"start": [start], "stop": [stop], "restart": [stop, start]}
    if verb in ("enable", "disable", "daemon-reload", "mask", "unmask"):
        return 0
    if verb not in actions:
        print(f"this systemctl knows no {verb}", file=sys.stderr)
        return 1
    return max(action() for action in actions[verb])


def journalctl(words):
    with open(LOG) as log:
        lines = log.read().splitlines()
    if "-n" in words:
        lines = lines[-int(words[words.index("-n") + 1]):]
    print("\n".join(lines))
    return 0


sys.exit((journalctl if os.path.basename(sys.argv[0]) == "journalctl" else systemctl)(sys.argv[1:]))
