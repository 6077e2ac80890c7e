"""What an IMAP server gets to hear that it should not: BAD or NO, and it goes on; or BYE."""
import re
import unittest

from demo import Demo, message, ok


class WrongImap(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())

    def setUp(self):
        self.wire = self.enterContext(self.demo.wire("imap"))

    def log_in(self):
        self.wire.say(f"in LOGIN alice@demo.test {self.demo.password('alice')}", "sel SELECT INBOX")
        self.wire.until("sel OK .*")

    def asks(self, line, answer):
        self.wire.say(line)
        tag = (line if isinstance(line, str) else line.decode(errors="replace")).split(" ")[0]
        got = self.wire.until(rf"({re.escape(tag)}|\*) (OK|NO|BAD|BYE)\b.*")
        self.assertRegex(got, answer, line)

    def test_wrong_logins(self):
        for user, password in (("alice@demo.test", "wrong"), ("nobody@demo.test", "wrong")):
            self.asks(f"a LOGIN {user} {password}", r"a NO \[AUTHENTICATIONFAILED\]")
        self.asks("b SELECT INBOX", "b (BAD|NO)")
        self.log_in()

    def test_too_many_wrong_logins_end_the_connection(self):
        for _ in range(3):
            self.wire.say('a LOGIN "" ""')
        self.assertEqual([line[:5] for line in self.wire.rest()], ["a NO ", "a NO ", "* BYE", "a NO "])

    def test_bad_commands(self):
        for line in ("a NONSENSE", "a", "a LOGIN", "a LOGIN x", "a LOGIN (x) y", "* NOOP", "a AUTHENTICATE",
                     "a SELECT INBOX"):
            self.asks(line, "^([a*]) BAD")
        self.log_in()
        for line in ("a FETCH", "a FETCH 1", "a FETCH x FLAGS", "a FETCH 0 FLAGS", "a FETCH 99999999999 FLAGS",
                     "a FETCH 1 (", "a STORE 1 FLAGS", "a SEARCH BEFORE yesterday", "a UID", "a UID NOOP",
                     "a APPEND INBOX x", "a STATUS INBOX (NONSENSE)", "a SEARCH " + "(" * 5000):
            self.asks(line, "^([a*]) BAD")
            self.asks("b NOOP", "b OK")  # a good one in between, as many bad ones in a row end the connection

    def test_literals_that_cannot_be_meant(self):
        for size in ("99999999999999999999", "-1", "x"):
            with self.demo.wire("imap") as wire:
                wire.say(f"a LOGIN {{{size}}}")
                self.assertRegex(wire.line(), r"^(a BAD|a NO|\* BYE) ")
        self.asks("a LOGIN {4294967296}", "^a (BAD|NO)")
        self.log_in()
        for size in ("4294967296", "9999999999999"):
            self.asks(f"a APPEND INBOX {{{size}}}", "^a (BAD|NO)")
            self.asks("b NOOP", "b OK")
        self.asks("a APPEND INBOX {60000000}", r"^a NO \[TOOBIG\]")
        self.asks("a SEARCH SUBJECT {2000000}", "^a (BAD|NO)")

    def test_a_literal_that_does_not_wait_and_is_too_large_is_not_taken_for_commands(self):
        self.log_in()
        self.wire.say("a APPEND INBOX {60000000+}")
        inside = b"x DELETE Archive\r\n" * 60
        for _ in range(60000000 // len(inside)):
            try:
                self.wire.socket.sendall(inside)
            except OSError:
                break  # the server may end it
        with self.demo.imap("alice") as imap:
            self.assertIn(b"Archive", b" ".join(ok(imap.list())))

    def test_a_message_with_nul_and_bare_lines_is_given_back_as_it_came_or_refused(self):
        self.log_in()
        for text in (b"Subject: bare\n\nline\nends\n", b"Subject: cr\r\n\r\none\rtwo\r\n", b"\xff\xfe raw \x80\r\n"):
            self.wire.say(b"a APPEND Archive {%d+}\r\n%s" % (len(text), text))
            self.wire.until("a OK .*")
            with self.demo.imap("alice", "Archive") as imap:
                self.assertEqual(ok(imap.fetch("*", "BODY.PEEK[]"))[0][1], text)
        self.wire.say(b"a APPEND Archive {3+}\r\na\0b")
        self.wire.until("a (OK|NO|BAD) .*")

    def test_lines_without_end(self):
        self.wire.say("a NOOP " + "x" * 1_000_000)
        self.assertRegex(self.wire.line(), r"^(a|\*) (BAD|BYE)")

    def test_a_browser(self):
        self.wire.say("GET / HTTP/1.1", "Host: localhost", "")
        self.assertRegex(self.wire.line(), "BAD|BYE")

    def test_a_half_closed_connection_still_hears_its_answers(self):
        self.wire.say(f"in LOGIN alice@demo.test {self.demo.password('alice')}", "a LIST \"\" *", "b NOOP")
        self.wire.socket.shutdown(1)
        self.assertIn("b OK NOOP completed", self.wire.rest())

    def test_a_client_that_goes_in_the_middle_of_an_append_leaves_nothing(self):
        with self.demo.imap("bob") as imap:
            ok(imap.create("Half"))
        self.wire.say(f"in LOGIN bob@demo.test {self.demo.password('bob')}", "a APPEND Half {5000+}", message("half"))
        self.wire.socket.shutdown(1)
        self.wire.rest()
        with self.demo.imap("bob") as imap:
            self.assertIn(b"(MESSAGES 0)", ok(imap.status("Half", "(MESSAGES)"))[0])


if __name__ == "__main__":
    unittest.main()
