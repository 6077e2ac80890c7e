"""/metrics and /health: what Prometheus and whoever watches services ask."""
import re
import socket
import subprocess
import unittest
import urllib.error
import urllib.request

from demo import PATIENCE, Demo, eventually, message, ok, posthorn, run


class Pages(unittest.TestCase):
    def ask(self, demo, path, host="127.0.0.1"):
        """(status, text)"""
        try:
            with urllib.request.urlopen(f"http://{host}:{demo.port('metrics')}{path}", timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode()

    def samples(self, demo):
        """name{labels} -> value; the page's form is checked on the way."""
        status, text = self.ask(demo, "/metrics")
        self.assertEqual(status, 200)
        self.assertTrue(text.endswith("\n"))
        samples, kinds, name = {}, {}, None
        for line in text.splitlines():
            if head := re.fullmatch(r"# (HELP|TYPE) ([a-z_]+) (.+)", line):
                if head[1] == "HELP":
                    self.assertNotIn(head[2], kinds, "each name once")
                    name, kinds[head[2]] = head[2], None
                else:
                    self.assertIn(head[3], ("counter", "gauge", "histogram"))
                    self.assertEqual(head[3] == "counter", name.endswith("_total"), line)
                    kinds[name] = head[3]
                continue
            sample = re.fullmatch(r'([a-z_]+)((?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})?) (\S+)', line)
            self.assertTrue(sample, line)
            base = re.sub("_(bucket|sum|count)$", "", sample[1]) if kinds[name] == "histogram" else sample[1]
            self.assertEqual(base, name, "a name's samples stand together")
            key = sample[1] + sample[2]
            self.assertNotIn(key, samples)
            samples[key] = float(sample[3])
        return samples

    def test_what_happens_is_counted(self):
        with Demo() as demo:
            before = self.samples(demo)
            demo.deliver(message("one"), "alice", "bob")
            with demo.smtp() as smtp:
                smtp.ehlo()
                self.assertEqual(smtp.docmd("MAIL", "FROM:<carol@elsewhere.test>")[0], 250)
                self.assertEqual(smtp.docmd("RCPT", "TO:<nobody@demo.test>")[0], 550)
            with demo.imap("alice", "INBOX") as imap:
                ok(imap.append("INBOX", None, None, message("two")))
                imap.send(b"x IDLE\r\n")
                self.assertTrue(imap.readline().startswith(b"+"))
                eventually(lambda: self.samples(demo)["posthorn_imap_idle_sessions"] == 1, "one session waits")
                eventually(lambda: self.samples(demo)['posthorn_connections{listener="imap"}'] == 1, "it is connected")
                imap.send(b"DONE\r\n")
                imap.readline()
            wire = demo.wire("imap")
            wire.say("a LOGIN alice@demo.test wrong")
            self.assertIn("NO", wire.until("a .*"))
            wire.__exit__()
            demo.pop3("bob").quit()
            # The figures beside the counters may be a second old.
            now = eventually(lambda: (now := self.samples(demo))['posthorn_connections_total{listener="pop3s"}'] == 1
                             and now, "the figures are of now")
            grown = {key: now[key] - before.get(key, 0) for key in now}
            for key, by in {
                'posthorn_smtp_messages_total{service="smtp",outcome="accepted"}': 1,
                'posthorn_deliveries_total{outcome="delivered"}': 2,
                'posthorn_smtp_refusals_total{command="RCPT",why="not_found"}': 1,
                'posthorn_imap_appended_messages_total': 1,
                'posthorn_logins_total{mechanism="password",outcome="accepted"}': 2,
                'posthorn_logins_total{mechanism="password",outcome="wrong"}': 1,
                'posthorn_commands_total{protocol="imap",command="APPEND"}': 1,
                'posthorn_commands_total{protocol="smtp",command="DATA"}': 1,
                'posthorn_commands_total{protocol="pop3",command="PASS"}': 1,
                'posthorn_connections_total{listener="pop3s"}': 1,
                'posthorn_tls_handshakes_total{kind="full"}': 1,
            }.items():
                self.assertEqual(grown[key], by, key)
            self.assertGreater(grown['posthorn_smtp_message_bytes_total{service="smtp"}'], 100)
            self.assertGreaterEqual(grown["posthorn_store_commit_seconds_count"], 2)
            self.assertGreaterEqual(now['posthorn_store_commit_seconds_bucket{le="+Inf"}'],
                                    now['posthorn_store_commit_seconds_bucket{le="0.001"}'])
            self.assertGreater(now["process_resident_memory_bytes"], 1 << 20)
            self.assertGreater(now["process_open_fds"], 10)
            self.assertGreater(now['posthorn_store_bytes{part="log"}'], 0)
            self.assertGreater(now["posthorn_disk_free_bytes"], 0)
            self.assertGreater(now["posthorn_tls_certificate_not_after_seconds"], now["process_start_time_seconds"])
            version = posthorn("--version").stdout.split()[1]
            self.assertEqual(now[f'posthorn_build_info{{version="{version}"}}'], 1)

    def test_health(self):
        with Demo() as demo:
            self.assertEqual(self.ask(demo, "/health/live"), (200, "alive\n"))
            status, page = self.ask(demo, "/health/ready")
            self.assertEqual((status, page.splitlines()[0]), (200, "ready"))
            self.assertEqual(self.ask(demo, "/elsewhere")[0], 404)
            self.assertIn("/metrics", self.ask(demo, "/")[1])
            with socket.create_connection(("127.0.0.1", demo.port("metrics")), timeout=PATIENCE) as raw:
                raw.sendall(b"DELETE /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                self.assertTrue(raw.makefile("rb").readline().startswith(b"HTTP/1.1 405 "))
            run("curl", "-fsS", "--max-time", PATIENCE, f"http://localhost:{demo.port('metrics')}/metrics")
            self.assertIn("ready: true", demo.posthorn("status").stdout)

    def test_a_full_disk_is_told(self):
        with Demo(changes=[("disk_reserve = 268435456", "disk_reserve = 1000000000000000000")]) as demo:
            status, page = self.ask(demo, "/health/ready")
            self.assertEqual((status, page.splitlines()[0]), (503, "not ready"))
            self.assertRegex(page, "disk: failed: .* mail is refused for the time being")
            self.assertEqual(self.samples(demo)['posthorn_health{check="disk"}'], 0)
            self.assertIn("ready: false", demo.posthorn("status", status=1).stdout)
            self.assertEqual(self.ask(demo, "/health/live")[0], 200)

    def test_it_answers_when_all_connections_are_taken(self):
        with Demo(changes=[("connections = 20000", "connections = 3")]) as demo:
            wires = [demo.wire("smtp") for _ in range(3)]
            status, page = self.ask(demo, "/health/ready")
            self.assertEqual(status, 200)
            self.assertIn("connections: warning: 3 of at most 3", page)
            for wire in wires:
                wire.__exit__()

    def test_who_says_nothing_keeps_nobody_from_sending_mail(self):
        with Demo() as demo:
            silent = [demo.connect("metrics") for _ in range(100)]
            demo.deliver(message("one"))
            for connection in silent:
                connection.close()
            self.assertEqual(self.ask(demo, "/health/live")[0], 200)

    def test_others_than_this_machine_must_be_trusted(self):
        own = subprocess.run(["hostname", "-I"], capture_output=True, text=True).stdout.split()
        own = next((ip for ip in own if "." in ip), None)
        with Demo() as demo:
            config = demo.config.read_text()
            listen = f'metrics = ["127.0.0.1:{demo.port("metrics")}", "[::1]:{demo.port("metrics")}"]'
            opened = config.replace(listen, f'metrics = ["0.0.0.0:{demo.port("metrics")}"]')
            demo.config.write_text(opened)
            self.assertIn("metrics.trusted", demo.posthorn("config", "check", status=1).stderr)
            demo.config.write_text(opened.replace("trusted = []", 'trusted = ["198.51.100.0/24"]', 1))
            demo.stop()
            demo.serve()
            self.assertEqual(self.ask(demo, "/health/live")[0], 200)
            if own is not None:
                with self.assertRaises(OSError):
                    self.ask(demo, "/health/live", host=own)
                self.assertIn("metrics.refused", demo.log())


if __name__ == "__main__":
    unittest.main()
