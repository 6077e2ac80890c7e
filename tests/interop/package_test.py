"""The Debian package: installed, upgraded, removed and purged, for real, in a Debian of its own."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from demo import ROOT, need, run
from scratch_root import ScratchRoot, dependencies, make_deb


SERVICE = """
set -e
trap 'systemctl stop posthorn' EXIT
pid() { systemctl show -P MainPID posthorn; }
mkdir -p /run/systemd/system
dpkg -i /OLD
test "$(pid)" = 0
sed -i 's/^hostname = .*/hostname = "mail.example.org"/' /etc/posthorn/posthorn.toml
systemctl start posthorn
posthorn status
first=$(pid)
test "$first" != 0

# An upgrade brings the new one into force.
dpkg -i /NEW
second=$(pid)
test "$second" != 0
test "$second" != "$first"
posthorn status

# Whoever forbids it is obeyed.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
dpkg -i /NEW
test "$(pid)" = "$second"
rm /usr/sbin/policy-rc.d

dpkg -r posthorn
test "$(pid)" = 0

# What was configured before starts by itself.
dpkg -i /NEW
test "$(pid)" != 0
posthorn status
dpkg -P posthorn
test "$(pid)" = 0
rm -r /var/lib/posthorn /run/systemd
trap EXIT
deluser posthorn
echo '--- done'
"""


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="posthorn-deb-")))
        cls.old, cls.new = make_deb(cls.folder / "old", "0.0.1"), make_deb(cls.folder / "new", "99.0.0")
        cls.scratch = cls.enterClassContext(ScratchRoot(*dependencies(cls.old)))
        for deb in (cls.old, cls.new):
            shutil.copy(deb, cls.scratch.root)

    def dpkg(self, *words, **options):
        return self.scratch.run("dpkg", "--force-confold", *words, **options)

    def state(self):
        return self.scratch.run("dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Version}", "posthorn", status=None)

    def owner(self, path):
        return self.scratch.run("stat", "-c", "%U:%G %a", path).strip()

    def has_user(self):
        return "posthorn:" in self.scratch.path("/etc/passwd").read_text()

    def test_from_installing_to_purging(self):
        config = self.scratch.path("/etc/posthorn/posthorn.toml")
        said = self.dpkg("-i", f"/{self.old.name}")
        self.assertIn("hostname: a host name such as mail.example.org is expected", said)
        self.assertIn("not started", said)
        self.assertEqual(self.state(), "ii  0.0.1")
        self.assertTrue(self.has_user())
        self.assertEqual(self.owner("/var/lib/posthorn"), "posthorn:posthorn 700")
        self.assertEqual(self.owner("/etc/posthorn"), "root:posthorn 750")
        self.assertEqual(self.owner("/etc/posthorn/tls"), "root:posthorn 750")
        self.assertEqual(self.owner("/etc/posthorn/posthorn.toml"), "root:posthorn 640")
        self.assertIn("posthorn 0.", self.scratch.run("posthorn", "--version"))

        # It works, as the user that it is for, whoever asks.
        config.write_text(config.read_text().replace('hostname = ""', 'hostname = "mail.example.org"'))
        self.scratch.run("posthorn", "config", "check")
        self.scratch.run("posthorn", "domain", "add", "example.org")
        self.scratch.run("posthorn", "account", "add", "ann@example.org", "--password", "a-password")
        self.assertEqual(self.owner("/var/lib/posthorn/store"), "posthorn:posthorn 700")
        self.assertEqual(self.scratch.run("find", "/var/lib/posthorn", "!", "-user", "posthorn"), "")

        # What certbot has renewed is brought to where the server may read it, if it is the server's.
        lineage = self.scratch.path("/tmp/live")
        lineage.mkdir()
        for name in ("privkey.pem", "fullchain.pem"):
            (lineage / name).write_text(name)
            (lineage / name).chmod(0o600)
        for domains, owner in (("other.example.org", None), ("a.example.org mail.example.org", "root:posthorn 640")):
            self.scratch.run("env", "RENEWED_LINEAGE=/tmp/live", f"RENEWED_DOMAINS={domains}",
                             "/usr/share/posthorn/certbot-deploy-hook")
            for name in ("key.pem", "certificate.pem"):
                path = f"/etc/posthorn/tls/{name}"
                self.assertEqual(self.owner(path) if self.scratch.path(path).exists() else None, owner)
        self.assertEqual(self.scratch.path("/etc/posthorn/tls/key.pem").read_text(), "privkey.pem")

        # An upgrade keeps what was changed, and what is kept.
        said = self.dpkg("-i", f"/{self.new.name}")
        self.assertNotIn("not started", said)
        self.assertEqual(self.state(), "ii  99.0.0")
        self.assertIn("mail.example.org", config.read_text())
        self.assertIn("ann@example.org", self.scratch.run("posthorn", "account", "list"))
        self.assertIn("wrong: none", self.scratch.run("posthorn", "store", "check"))

        # The same again changes nothing.
        self.dpkg("-i", f"/{self.new.name}")
        self.assertIn("ann@example.org", self.scratch.run("posthorn", "account", "list"))

        self.dpkg("-r", "posthorn")
        self.assertTrue(self.state().startswith("rc"))
        self.assertFalse(self.scratch.path("/usr/bin/posthorn").exists())
        self.assertTrue(config.exists())

        # Mail outlives the package.
        said = self.dpkg("-P", "posthorn")
        self.assertIn("mail is still in /var/lib/posthorn", said)
        self.assertFalse(self.scratch.path("/etc/posthorn").exists())
        self.assertTrue(self.scratch.path("/var/lib/posthorn/store").exists())
        self.assertTrue(self.has_user())

        # What is installed over it finds it.
        self.dpkg("-i", f"/{self.new.name}")
        config.write_text(config.read_text().replace('hostname = ""', 'hostname = "mail.example.org"'))
        self.assertIn("ann@example.org", self.scratch.run("posthorn", "account", "list"))

        # Without mail nothing is left.
        self.dpkg("-r", "posthorn")
        shutil.rmtree(self.scratch.path("/var/lib/posthorn/store"))
        self.dpkg("-P", "posthorn")
        self.assertFalse(self.has_user())
        left = self.scratch.run("find", "/etc", "/usr", "/var/lib", "/run", "-name", "*posthorn*")
        self.assertEqual(left, "")

    def test_the_service_is_started_restarted_and_stopped(self):
        self.scratch.pretend_systemd()
        self.scratch.need_ports(25, 9025)
        script = SERVICE.replace("OLD", self.old.name).replace("NEW", self.new.name)
        self.scratch.path("/service.sh").write_text(script)
        said = self.scratch.run("bash", "-x", "/service.sh", status=None)
        self.assertTrue(said.rstrip().endswith("--- done"), said[-5000:])

    def test_what_is_in_it(self):
        listed = run("dpkg-deb", "-c", self.old).stdout
        for path in ("./usr/bin/posthorn", "./usr/lib/systemd/system/posthorn.service", "./etc/posthorn/posthorn.toml",
                     "./usr/share/man/man8/posthorn.8.gz", "./usr/share/doc/posthorn/copyright",
                     "./usr/share/doc/posthorn/changelog.gz", "./usr/share/doc/posthorn/operations/install.md"):
            self.assertRegex(listed, rf"root/root .* {re.escape(path)}\n")
        self.assertNotIn("build/", listed)
        depends = run("dpkg-deb", "-f", self.old, "Depends").stdout
        for name in ("libc6", "librocksdb", "libssl3", "libseccomp2", "adduser"):
            self.assertIn(name, depends)
        self.assertEqual(run("dpkg-deb", "-I", self.old, "conffiles").stdout, "/etc/posthorn/posthorn.toml\n")

    def test_the_man_page_can_be_read(self):
        if shutil.which("man") is None:
            self.skipTest("man is not installed")
        done = subprocess.run(["man", "--warnings", "-l", ROOT / "packaging/posthorn.8"], capture_output=True, text=True,
                              env={"PATH": "/usr/bin:/bin", "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.stderr, "")
        self.assertIn("posthorn - the whole mail system", re.sub(".\x08", "", done.stdout))

    def test_lintian(self):
        if shutil.which("lintian") is None:
            self.skipTest("lintian is not installed")
        done = subprocess.run(["lintian", "--fail-on", "error", self.old], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)


class Unit(unittest.TestCase):
    def test_what_the_service_is_exposed_to(self):
        if shutil.which("systemd-analyze") is None:
            self.skipTest("systemd-analyze is not installed")
        unit = ROOT / "packaging/posthorn.service"
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=25", unit],
                              capture_output=True, text=True)
        if "Unknown" in done.stderr or "unrecognized" in done.stderr:
            self.skipTest("systemd-analyze is too old")
        self.assertEqual(done.returncode, 0, done.stdout[-400:] + done.stderr)


if __name__ == "__main__":
    need("dpkg-deb", "dpkg-query", "tar")
    unittest.main()
