"""imapfilter: rules that look for messages, flag, copy, move and delete them; by IDLE, as mail comes."""
import pathlib
import signal
import subprocess
import unittest

from demo import PATIENCE, Demo, eventually, message, need, ok, run


class Imapfilter(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())
        self.here = pathlib.Path(self.demo.folder.parent)

    def configuration(self, rules, ssl="auto", protocol="imaps"):
        file = self.here / "rules.lua"
        ssl_line = f"ssl = '{ssl}'," if protocol == "imaps" else ""
        file.write_text(f"""
options.timeout = 20
options.certificates = true
options.info = true
options.create = true
options.subscribe = true
account = IMAP {{ server = 'localhost', port = {self.demo.port(protocol)}, {ssl_line}
  username = 'alice@demo.test', password = '{self.demo.password("alice")}' }}
{rules}
""")
        return ["imapfilter", "-c", str(file), "-t", str(self.demo.ca), "-l", str(self.here / "imapfilter.log")]

    def filter(self, rules, **options):
        return run(*self.configuration(rules, **options)).stdout

    def test_rules(self):
        deliver = self.demo.deliver
        deliver(message("[list] one", From="Mailing <list@lists.test>"), "alice")
        deliver(message("bill of November", "please pay\r\n", From="shop@shop.test"), "alice")
        deliver(message("large", "x" * 70 + "\r\n", From="friend@far.test"), "alice")
        deliver(message("You have won", From="spam@spam.test"), "alice")
        for protocol in ("imaps", "imap"):
            self.filter("""
list = account.INBOX:contain_from('list@lists.test') + account.INBOX:contain_subject('[list]')
list:move_messages(account['Lists/list'])
bills = account.INBOX:contain_body('please pay') * account.INBOX:is_unseen()
bills:mark_flagged()
bills:add_flags({ '$Bill' })
bills:copy_messages(account['Bills'])
spam = account.INBOX:match_subject('^You have won$') * account.INBOX:contain_from('spam@')
spam:delete_messages()
old = account.INBOX:is_older(30) * account.INBOX:is_smaller(5000)
print(#old)
""", protocol=protocol)
        self.assertEqual(self.demo.subjects("alice", "Lists/list"), ["[list] one"])
        self.assertEqual(dict(self.demo.held("alice").values())["bill of November"], "$Bill \\Flagged")
        self.assertEqual(self.demo.subjects("alice"), ["bill of November", "large"])
        self.assertIn("bill of November", self.demo.subjects("alice", "Bills"))
        with self.demo.imap("alice") as imap:
            self.assertIn(b"Lists/list", b"".join(ok(imap.lsub('""', "*"))), "what it makes it subscribes to")

    def test_idle_moves_what_comes(self):
        words = self.configuration("""
while true do
  account.INBOX:contain_subject('move me'):move_messages(account['Moved'])
  if not account.INBOX:enter_idle() then break end
end
""")
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            for n in range(1, 4):
                self.demo.deliver(message(f"move me {n}"), "alice")
                eventually(lambda n=n: len(self.moved()) == n, f"message {n} is moved")
            self.demo.deliver(message("stay"), "alice")
            self.assertEqual(self.demo.subjects("alice"), ["stay"])
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)

    def moved(self):
        with self.demo.imap("alice") as imap:
            if imap.select("Moved", readonly=True)[0] != "OK":
                return []
        return self.demo.subjects("alice", "Moved")


if __name__ == "__main__":
    need("imapfilter")
    unittest.main()
