"""ImapFlow (Node.js), the client under several webmails: CONDSTORE, QRESYNC, IDLE, special uses (node/imapflow.js)."""
import unittest

from demo import Demo
from node_modules import need_node_modules, run_node


class ImapFlow(unittest.TestCase):
    def test_what_a_webmail_does(self):
        with Demo() as demo:
            said = run_node("imapflow.js", demo)
            self.assertIn("logged out", said)
            self.assertEqual(sorted(demo.subjects("alice", "Archive")), ["one", "two"])
            self.assertEqual(demo.subjects("alice", "Work"), ["four", "five"])
            self.assertEqual(demo.subjects("alice"), [])


if __name__ == "__main__":
    need_node_modules()
    unittest.main()
