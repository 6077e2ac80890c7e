"""What the server takes from itself: root, capabilities, files of others, system calls that it never needs."""
import os
import pathlib
import pwd
import re
import socket
import ssl
import tempfile
import unittest

from demo import Demo, eventually, message, ok, posthorn, run, skip

USER = "nobody"


def low_port():
    """A free one that only root may take."""
    for port in range(600, 1000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except PermissionError:
                skip("ports below 1024 cannot be taken here")
            except OSError:
                continue
    raise AssertionError("no free port")


class AsAnother(unittest.TestCase):
    """Started by root, as another."""

    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            skip("only root can become another")
        user = pwd.getpwnam(USER)
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="posthorn-")))
        folder.chmod(0o755)
        cls.demo = Demo(folder=folder)
        cls.enterClassContext(cls.demo)
        cls.demo.stop()
        for path in [cls.demo.folder, *cls.demo.folder.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid)
        cls.low = low_port()
        config = cls.demo.config.read_text().replace('#user = "posthorn"', f'user = "{USER}"')
        cls.demo.config.write_text(re.sub(r"\nsmtp = \[", f'\nsmtp = ["127.0.0.1:{cls.low}", ', config))
        cls.demo.serve()
        cls.uid = str(user.pw_uid)

    def status(self):
        text = pathlib.Path(f"/proc/{self.demo.process.pid}/status").read_text()
        return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)

    def test_nothing_of_root_is_left(self):
        for task in pathlib.Path(f"/proc/{self.demo.process.pid}/task").iterdir():
            lines = (task / "status").read_text()
            self.assertEqual(re.search(r"Uid:\t(.*)", lines)[1].split(), [self.uid] * 4)
            for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
                self.assertEqual(int(re.search(rf"{kind}:\t(\w+)", lines)[1], 16), 0, kind)
            self.assertEqual(re.search(r"NoNewPrivs:\t(\d)", lines)[1], "1")
        said = re.findall("event=sandbox (.*)", self.demo.log())[-1]
        self.assertIn(f"user={USER} capabilities=none,no_new_privs", said)
        self.assertEqual("seccomp=on" in said, self.status()["Seccomp"] == "2")

    def test_it_serves(self):
        with socket.create_connection(("127.0.0.1", self.low), timeout=20) as low:
            self.assertTrue(low.recv(100).startswith(b"220 "))
        self.demo.deliver(message("hello"))
        self.demo.deliver(message("large", "x" * 70 + "\r\n" * 200_000))
        with self.demo.imap("alice", "INBOX") as imap:
            self.assertIn(b"hello", ok(imap.fetch("1", "(BODY.PEEK[])"))[0][1])
        self.assertIn("wrong: none", self.demo.posthorn("store", "check").stdout)
        self.assertGreater(int(re.search(r"open_files: (\d+)", self.demo.posthorn("status").stdout)[1]), 5)

    def test_what_root_does_without_a_server_is_the_servers(self):
        self.demo.stop()
        try:
            self.demo.posthorn("account", "add", "zoe@demo.test", "--password", "open-sesame-z")
            self.demo.posthorn("export", "alice@demo.test", "maildir", self.demo.folder / "exported", status=None)
            strangers = [p for p in (self.demo.folder / "store").rglob("*") if str(p.lstat().st_uid) != self.uid]
            self.assertEqual(strangers, [])
        finally:
            self.demo.serve()
        self.demo.posthorn("account", "remove", "zoe@demo.test")

    def test_certificates_and_reload_go_on(self):
        folder, before = self.demo.folder, (self.demo.folder / "certificate.pem").read_text()
        key = (folder / "key.pem").read_text()
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3",
            "-subj", "/CN=localhost", "-keyout", folder / "new.key", "-out", folder / "new.pem")
        self.demo.forgive("certificate.refused")
        self.demo.forgive("reload.failed")
        # As certbot leaves it: root's alone.
        (folder / "new.key").chmod(0o600)
        (folder / "new.key").rename(folder / "key.pem")
        (folder / "new.pem").rename(folder / "certificate.pem")
        self.assertIn("key.pem: Permission denied", self.demo.posthorn("config", "reload", status=1).stderr)
        os.chown(folder / "key.pem", int(self.uid), -1)
        self.assertIn("tls.certificate", self.demo.posthorn("config", "reload").stdout)
        shown = ssl.get_server_certificate(("127.0.0.1", self.demo.port("imaps")))
        self.assertEqual(shown.strip(), (folder / "certificate.pem").read_text().strip())
        (folder / "key.pem").write_text(key)
        (folder / "certificate.pem").write_text(before)
        self.demo.posthorn("config", "reload")


class Files(unittest.TestCase):
    def test_what_the_configuration_did_not_name_is_out_of_reach(self):
        with Demo() as demo, tempfile.TemporaryDirectory() as elsewhere:
            if "landlock=version" not in demo.log().replace('"', ""):
                self.skipTest("this kernel does not do landlock")
            new = pathlib.Path(elsewhere) / "key.pem"
            new.write_text((demo.folder / "key.pem").read_text())
            demo.change_config(('key = "key.pem"', f'key = "{new}"'))
            demo.forgive("reload.failed")
            self.assertIn("Permission denied", demo.posthorn("config", "reload", status=1).stderr)
            demo.stop()
            demo.serve()
            demo.change_config(("landlock = true ", "landlock = false "), ("seccomp = true ", "seccomp = false "))
            demo.stop()
            demo.serve()
            said = re.findall("event=sandbox (.*)", demo.log())[-1]
            self.assertIn('landlock="off (sandbox.landlock)" seccomp="off (sandbox.seccomp)"', said)
            status = pathlib.Path(f"/proc/{demo.process.pid}/status").read_text()
            self.assertIn("Seccomp:\t0", status)


class Notify(unittest.TestCase):
    """What systemd hears of a unit of Type=notify."""

    def test_from_ready_to_stopping(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/notify"
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
                systemd.bind(path)
                systemd.settimeout(60)
                with Demo() as demo:
                    demo.stop()
                    os.environ.update(NOTIFY_SOCKET=path, WATCHDOG_USEC="1000000")
                    try:
                        demo.serve()
                    finally:
                        del os.environ["NOTIFY_SOCKET"], os.environ["WATCHDOG_USEC"]
                    said = [systemd.recv(1000).decode()]
                    self.assertEqual(said[0], "READY=1\nSTATUS=serving")
                    said = [systemd.recv(1000) for _ in range(3)]
                    self.assertEqual(said, [b"WATCHDOG=1"] * 3)
                    demo.posthorn("config", "reload")
                    while (reload := systemd.recv(1000)) == b"WATCHDOG=1":
                        pass
                    self.assertRegex(reload, rb"^RELOADING=1\nMONOTONIC_USEC=\d+$")
                    self.assertEqual(eventually(lambda: (s := systemd.recv(1000)) != b"WATCHDOG=1" and s, "it is over"),
                                     b"READY=1")
                    demo.stop()
                    while (last := systemd.recv(1000)) == b"WATCHDOG=1":
                        pass
                    self.assertEqual(last, b"STOPPING=1")
                    demo.serve()


if __name__ == "__main__":
    unittest.main()
