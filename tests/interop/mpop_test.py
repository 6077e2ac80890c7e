"""mpop: POP3, pipelined, with each mechanism, by STLS and under TLS; what is new only."""
import mailbox
import pathlib
import unittest

from demo import Demo, message, need, run

COUNT = 60


class Mpop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())
        cls.texts = {f"number {n}": message(f"number {n}", ".dot\r\n..\r\n" * n) for n in range(COUNT)}
        for text in cls.texts.values():
            cls.demo.deliver(text, "alice")

    def setUp(self):
        self.begin_anew(self._testMethodName)

    def begin_anew(self, name):
        """Nothing has been taken yet."""
        self.here = pathlib.Path(self.demo.folder.parent) / name
        self.here.mkdir()
        self.maildir = mailbox.Maildir(self.here / "mail", create=True)

    def mpop(self, *options, starttls=False, status=0, user="alice", **changes):
        settings = {"keep": "on", "pipelining": "on", "auth": "plain", "received_header": "off"} | changes
        config = self.here / "mpoprc"
        config.write_text(f"""account default
host localhost
port {self.demo.port("pop3" if starttls else "pop3s")}
user {user}@demo.test
password {self.demo.password(user)}
tls on
tls_starttls {"on" if starttls else "off"}
tls_trust_file {self.demo.ca}
uidls_file {self.here}/uidls
delivery maildir {self.here}/mail
""" + "".join(f"{word} {value}\n" for word, value in settings.items()))
        config.chmod(0o600)
        return run("mpop", "-C", config, *options, status=status)

    def test_pipelined_and_not_each_mechanism(self):
        ways = [(pipelining, "user", starttls) for pipelining in ("on", "off") for starttls in (False, True)]
        pop3 = self.demo.pop3("alice")
        offered = pop3.capa()["SASL"]
        pop3.quit()
        ways += [("auto", auth.lower(), True) for auth in offered if not auth.endswith("-PLUS")]
        for pipelining, auth, starttls in ways:
            with self.subTest(pipelining=pipelining, auth=auth, starttls=starttls):
                self.begin_anew(f"{pipelining}-{auth}-{starttls}")
                self.mpop(pipelining=pipelining, auth=auth, starttls=starttls, only_new="off")
                got = {m["Subject"]: self.maildir.get_bytes(k) for k, m in self.maildir.items()}
                self.assertEqual(len(self.maildir), COUNT)
                for subject, text in self.texts.items():
                    self.assertTrue(got[subject].replace(b"\n", b"\r\n").endswith(text), subject)

    def test_only_what_is_new(self):
        self.demo.deliver(message("one"), "bob")
        had = len(self.demo.held("bob"))
        self.mpop(user="bob")
        self.mpop(user="bob")
        self.assertEqual(len(self.maildir), had)
        self.demo.deliver(message("one more"), "bob")
        self.mpop(user="bob")
        self.assertEqual(len(self.maildir), had + 1)

    def test_delete_what_was_taken_only(self):
        for n in range(3):
            self.demo.deliver(message(f"for bob {n}"), "bob")
        had = len(self.demo.held("bob"))
        self.mpop(user="bob", keep="off")
        self.assertEqual((len(self.maildir), self.demo.subjects("bob")), (had, []))

    def test_headers_first(self):
        """TOP: mpop shows the headers to a filter, which says what to take."""
        self.demo.deliver(message("not this"), "bob")
        self.demo.deliver(message("wanted"), "bob")
        self.mpop(user="bob", filter="sh -c 'grep -qi \"subject: wanted\" && exit 0 || exit 2'")
        self.assertEqual([m["Subject"] for m in self.maildir if m["Subject"] in ("wanted", "not this")], ["wanted"])
        self.assertIn("not this", self.demo.subjects("bob"))

    def test_server_info(self):
        said = self.mpop("--serverinfo").stdout
        for feature in ("PIPELINING", "TOP", "UIDL", "PLAIN"):
            self.assertIn(feature, said)


if __name__ == "__main__":
    need("mpop")
    unittest.main()
