"""A server that may open few files: connections beyond what they allow wait, and those that there are work."""
import time
import unittest

from demo import Demo, message

LIMIT = 64


class FewDescriptors(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo(open_files=LIMIT))

    def test_mail_and_commands_pass_while_every_connection_is_taken(self):
        idle = [self.demo.wire("smtp", greeting=False) for _ in range(LIMIT)]
        first = idle[0]
        first.line()
        first.ask("EHLO client.test", "MAIL FROM:<carol@elsewhere.test>", "RCPT TO:<alice@demo.test>")
        self.assertTrue(first.ask("DATA").startswith("354"))
        first.socket.sendall(message("large", ("x" * 70 + "\r\n") * 10_000) + b".\r\n")  # a file of its own
        self.assertTrue((said := first.reply()).startswith("250"), said)
        self.assertIn("alice@demo.test", self.demo.posthorn("account", "list").stdout)
        before = self.demo.cpu_seconds()
        time.sleep(1)
        self.assertLess(self.demo.cpu_seconds() - before, 0.3, "it spins")
        for wire in idle:
            wire.__exit__()
        with self.demo.smtp() as smtp:
            smtp.noop()
        self.assertIn("connections.limited", self.demo.log())


if __name__ == "__main__":
    unittest.main()
