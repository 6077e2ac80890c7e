"""A disk whose writes, flushes and reads fail while the power is on: test_failing_disk, and test_model on such disks.

Skipped unless POSTHORN_FAILING_DISK=1: where a compaction of the index fails again and again, DB::Resume() of RocksDB 7.8
never returns, and neither does the test. Until the index is opened anew in such a case, a server whose disk fails so
must be restarted; nothing that was acknowledged is lost by it.
"""
import os
import pathlib
import subprocess
import sys

BUILD = pathlib.Path(__file__).resolve().parents[2] / "build/release"
PROGRAMS = [[BUILD / "test_failing_disk"], [BUILD / "test_model", "-tc=*disk*"]]


def main():
    if os.environ.get("POSTHORN_FAILING_DISK") != "1":
        print("RocksDB 7.8 hangs now and then when compactions keep failing; POSTHORN_FAILING_DISK=1 runs it")
        return 77
    return max(subprocess.run(program, timeout=280).returncode for program in PROGRAMS)


sys.exit(main())
