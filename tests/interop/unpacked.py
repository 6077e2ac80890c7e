"""Servers from Debian that tests run and nobody should have installed: as a package they would start by themselves.

They are fetched and unpacked into build/unpacked once; what they need of libraries is in tools/packages.
"""
import shutil
import subprocess

from demo import ROOT, skip


def unpacked(package, needs):
    """The folder into which the package is unpacked, in which the file `needs` is. Skips the test where it cannot be
    fetched."""
    folder = ROOT / "build/unpacked" / package
    if not (folder / needs).exists():
        fetched = folder.with_suffix(".fetched")
        shutil.rmtree(fetched, ignore_errors=True)
        fetched.mkdir(parents=True)
        got = subprocess.run(["apt-get", "download", package], cwd=fetched, capture_output=True, text=True)
        found = sorted(fetched.glob("*.deb"))
        if not found:
            skip(f"{package} cannot be fetched: {got.stderr.strip().splitlines()[-1:]}")
        subprocess.run(["dpkg", "-x", str(found[0]), str(folder)], check=True)
        shutil.rmtree(fetched)
    assert (folder / needs).exists(), needs
    return folder
