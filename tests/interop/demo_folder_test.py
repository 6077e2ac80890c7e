"""The demo's folder: a second run goes on, --fresh begins anew, and what is in use or not a demo's is left alone."""
import pathlib
import socket
import tempfile
import unittest

from demo import Demo, message, ok, posthorn, run


class DemoFolder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="posthorn-")))

    def demo(self, fresh=False):
        return Demo(folder=self.folder, fresh=fresh)

    def messages(self, demo):
        with demo.imap("alice", "INBOX") as imap:
            return len(ok(imap.search(None, "ALL"))[0].split())

    def test_a_second_run_goes_on_and_fresh_begins_anew(self):
        with self.demo() as demo:
            demo.deliver(message("kept"))
            ca = demo.ca.read_bytes()
        (self.folder / "demo" / "notes.txt").write_text("not the demo's")
        with self.demo() as demo:
            self.assertEqual(self.messages(demo), 1)
            self.assertEqual(demo.ca.read_bytes(), ca)
        with self.demo(fresh=True) as demo:
            self.assertEqual(self.messages(demo), 0)
            self.assertNotEqual(demo.ca.read_bytes(), ca)
        self.assertEqual((self.folder / "demo" / "notes.txt").read_text(), "not the demo's")

    def test_a_running_demo_is_not_disturbed_by_a_second(self):
        with self.demo() as demo:
            demo.deliver(message("before"))
            config = demo.config.read_text()
            for options in ([], ["--fresh"]):
                done = posthorn("demo", "--dir", demo.folder, "--port-offset", "31500", *options, status=1)
                self.assertIn("a server is running in", done.stderr)
            done = demo.posthorn("serve", status=1)
            self.assertIn("another process uses this store", done.stderr)
            self.assertEqual(demo.config.read_text(), config)
            self.assertEqual(self.messages(demo), 1)

    def test_a_port_in_use_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            done = posthorn("demo", "--dir", self.folder / "other", "--port-offset", port - 25, status=1)
        self.assertEqual(done.stderr.splitlines()[-1],
                         f"posthorn: cannot listen at 127.0.0.1:{port}: Address already in use")

    def test_what_was_changed_in_the_configuration_stays(self):
        with self.demo() as demo:
            pass
        demo.change_config(("message_size = 52428800", "message_size = 2000"))
        with self.demo() as demo, demo.wire("smtp") as wire:
            wire.say("EHLO client.test")
            wire.until(r"250.SIZE 2000")

    def test_what_is_printed(self):
        with self.demo() as demo:
            for protocol in ("smtp", "submission", "submissions", "imap", "imaps"):
                for host in ("127.0.0.1", "[::1]"):
                    self.assertIn(f"{host}:{demo.port(protocol)}\n", demo.said)
            self.assertIn("alice@demo.test", demo.said)
            self.assertTrue(demo.said.endswith("\nposthorn: ready\n"))
            run("openssl", "verify", "-CAfile", demo.ca, demo.folder / "certificate.pem")
            self.assertEqual((demo.folder / "key.pem").stat().st_mode & 0o077, 0)

    def test_a_thousand_accounts(self):
        with Demo("u{1..1000}@bench.test:pw-secret", folder=self.folder) as demo:
            listed = demo.posthorn("account", "list").stdout.splitlines()
            self.assertEqual(len(listed), 1001)
            with demo.wire("imap") as wire:
                wire.say("a LOGIN u1000@bench.test pw-secret")
                self.assertRegex(wire.line(), "^a OK")


if __name__ == "__main__":
    unittest.main()
