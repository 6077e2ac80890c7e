"""poplib: every command of POP3, in the clear, by STLS and under TLS."""
import poplib
import unittest

from demo import PATIENCE, Demo, message, without_trace


class Poplib(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())
        self.texts = [message(f"number {n}", f"line one of {n}\r\n.dot\r\n..dots\r\nlast\r\n") for n in range(1, 4)]
        for text in self.texts:
            self.demo.deliver(text)

    def text_of(self, answer):
        """The bytes of what RETR answers; poplib takes the dots off."""
        return b"\r\n".join(answer[1]) + b"\r\n"

    def test_in_the_clear_by_stls_and_under_tls(self):
        plain = poplib.POP3("localhost", self.demo.port("pop3"), timeout=PATIENCE)
        upgraded = poplib.POP3("localhost", self.demo.port("pop3"), timeout=PATIENCE)
        upgraded.stls(self.demo.tls())
        for way in (plain, upgraded, poplib.POP3_SSL("localhost", self.demo.port("pop3s"), timeout=PATIENCE,
                                                     context=self.demo.tls())):
            self.assertIn(b"Posthorn", way.getwelcome())
            self.assertIn("SASL", way.capa())
            way.user("alice@demo.test")
            way.pass_(self.demo.password("alice"))
            self.assertEqual(way.stat()[0], 3)
            way.quit()

    def test_every_command(self):
        pop3 = self.demo.pop3("alice")
        count, octets = pop3.stat()
        listed = [int(line.split()[1]) for line in pop3.list()[1]]
        self.assertEqual((count, octets), (3, sum(listed)))
        self.assertEqual(pop3.list(2), b"+OK 2 %d" % listed[1])
        unique = [line.split()[1] for line in pop3.uidl()[1]]
        self.assertEqual(len(set(unique)), 3)
        self.assertEqual(pop3.uidl(3), b"+OK 3 " + unique[2])
        for n, text in enumerate(self.texts, 1):
            got = self.text_of(pop3.retr(n))
            self.assertEqual(without_trace(got), text)
            self.assertEqual(len(got), listed[n - 1], "LIST tells the true size")
        top = self.text_of(pop3.top(1, 1))
        self.assertTrue(top.endswith(b"\r\n\r\nline one of 1\r\n"), top)
        pop3.noop()
        pop3.dele(1)
        with self.assertRaisesRegex(poplib.error_proto, "no such message"):
            pop3.retr(1)
        pop3.rset()
        pop3.dele(2)
        self.assertEqual(pop3.stat()[0], 2)
        pop3.quit()
        self.assertEqual(self.demo.subjects("alice"), ["number 1", "number 3"])
        again = self.demo.pop3("alice")
        self.assertEqual([line.split()[1] for line in again.uidl()[1]], [unique[0], unique[2]], "UIDL is for ever")
        again.quit()

    def test_a_wrong_password(self):
        pop3 = poplib.POP3_SSL("localhost", self.demo.port("pop3s"), timeout=PATIENCE, context=self.demo.tls())
        pop3.user("alice@demo.test")
        with self.assertRaisesRegex(poplib.error_proto, r"\[AUTH\]"):
            pop3.pass_("wrong")
        pop3.close()

    def test_headers_in_utf8(self):
        with self.demo.smtp() as smtp:
            smtp.sendmail("carol@elsewhere.test", ["alice@demo.test"], message("日本"), ["SMTPUTF8", "BODY=8BITMIME"])
        pop3 = poplib.POP3("localhost", self.demo.port("pop3"), timeout=PATIENCE)
        pop3.utf8()
        pop3.user("alice@demo.test")
        pop3.pass_(self.demo.password("alice"))
        self.assertIn("Subject: 日本".encode(), pop3.retr(4)[1])
        pop3.quit()


if __name__ == "__main__":
    unittest.main()
