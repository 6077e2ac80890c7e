"""The log: one line an event, as text or JSON, and one word follows a message from the connection to the mailbox."""
import json
import re
import unittest

from demo import Demo, message

JSON = ('format = "text"', 'format = "json"')
DEBUG = ('level = "info"', 'level = "debug"')


class Log(unittest.TestCase):
    def test_a_message_is_followed_by_its_session(self):
        with Demo() as demo:
            demo.deliver(message("followed", "not for the log\r\n"), "alice", "bob")
            log = demo.log()
            self.assertNotIn("not for the log", log)
            delivered = [line for line in log.splitlines() if "event=delivered" in line]
            self.assertEqual([re.search(r" to=(\S+)", line)[1] for line in delivered],
                             ["alice@demo.test", "bob@demo.test"])
            session = re.search(r" session=(\w+)", delivered[0])[1]
            of_session = [re.search(r" event=(\S+)", line)[1] for line in log.splitlines() if session in line]
            self.assertEqual(of_session[0], "connect")
            self.assertIn("mail.accepted", of_session)

    def test_json_lines_with_hostile_words_in_them(self):
        with Demo(changes=[JSON, DEBUG]) as demo:
            with demo.wire("smtp") as wire:
                for line in (b'EHLO x"y\\z', b"EHLO client.test", b'MAIL FROM:<"a\\"b\xc3\xa9"@x.test>',
                             b"\x1b[31mRED \x07", b"RCPT TO:<x\xff@demo.test>", b"EHLO \xe2\x80\xae.test event=forged"):
                    wire.ask(line)
            demo.deliver(message("counted"))
            demo.stop()
            lines = [line for line in demo.log().splitlines() if line.startswith("{")]
            events = [json.loads(line) for line in lines]
        self.assertIn("delivered", [event["event"] for event in events])
        self.assertNotIn("forged", [event["event"] for event in events])
        for line in lines:
            self.assertTrue(line.isprintable(), line)


if __name__ == "__main__":
    unittest.main()
