"""Aliases, groups, catch-alls, details, app passwords and send-only keys, old passwords and guessers: by the protocols."""
import base64
import json
import smtplib
import socket
import time
import unittest

from demo import PATIENCE, Demo, Wire, message, need, ok, run


class Accounts(unittest.TestCase):
    def setUp(self):
        self.demo = self.enterContext(Demo())

    def run_lines(self, *lines):
        for line in lines:
            self.demo.posthorn(*line.split())

    def wire_from(self, source, protocol="imap"):
        """A connection from another address of the loopback network."""
        wire = Wire(socket.create_connection(("127.0.0.1", self.demo.port(protocol)), PATIENCE, (source, 0)))
        wire.line()
        return wire

    def log_in(self, password, source="127.0.0.1", user="alice@demo.test"):
        """The tagged answer to LOGIN."""
        with self.wire_from(source) as wire:
            wire.say(f'a LOGIN "{user}" "{password}"')
            return wire.until(r"a .*")

    def rcpt(self, address, sender="<carol@elsewhere.test>"):
        with self.demo.wire("smtp") as wire:
            wire.ask("EHLO client.test", f"MAIL FROM:{sender}")
            return wire.ask(f"RCPT TO:<{address}>")

    def count(self, name, mailbox="INBOX"):
        with self.demo.imap(name, mailbox) as imap:
            return len(ok(imap.search(None, "ALL"))[0].split())

    def test_aliases_groups_catch_alls_and_details(self):
        self.run_lines("alias add info@demo.test alice@demo.test bob@demo.test",
                       "group add team@demo.test info@demo.test bob@demo.test --name Team",
                       "group add inside@demo.test bob@demo.test --senders members",
                       "account set alice@demo.test --detail mailbox",
                       "mailbox create alice@demo.test Lists")
        for name in ("info", "team", "alice+lists", "alice+nowhere", "INFO+lists"):
            self.demo.deliver(message(name), name)
        self.assertEqual((self.count("alice"), self.count("bob"), self.count("alice", "Lists")), (3, 3, 2))
        self.assertTrue(self.rcpt("inside@demo.test").startswith("550 5.7.1"))
        self.assertTrue(self.rcpt("other@demo.test").startswith("550 5.1.1"))
        self.run_lines("domain set demo.test --catch-all bob@demo.test --subaddress -")
        self.assertTrue(self.rcpt("other@demo.test").startswith("250"))
        self.demo.deliver(message("dashed"), "alice-lists", "other")
        self.assertEqual((self.count("bob"), self.count("alice", "Lists")), (4, 3))
        told = self.demo.posthorn("account", "remove", "bob@demo.test").stdout
        self.assertIn("alias info@demo.test", told)
        self.assertIn("catch-all of demo.test", told)
        self.demo.accounts = self.demo.accounts[:1]
        self.demo.deliver(message("still"), "info")
        self.assertEqual(self.count("alice"), 4)
        self.run_lines("account set alice@demo.test --state closed")
        self.assertTrue(self.rcpt("alice@demo.test").startswith("550"))

    def test_an_old_password_on_a_telephone_locks_nobody_out(self):
        right = self.demo.password("alice")
        for _ in range(12):
            self.assertIn("[AUTHENTICATIONFAILED]", self.log_in("the-old-password"))
            self.assertTrue(self.log_in(right).startswith("a OK"))
        shown = json.loads(self.demo.posthorn("account", "show", "alice@demo.test", "--json").stdout)
        self.assertEqual([t["distinct"] for t in shown["wrong_passwords"]], [1])
        self.assertNotIn("the-old-password", self.demo.log())

    def test_a_guesser_is_slowed_and_refused_while_the_owner_logs_in(self):
        self.demo.stop()
        self.demo.change_config(("refuse_at = 10", "refuse_at = 5"))
        self.demo.serve()
        right = self.demo.password("alice")
        begun = time.monotonic()
        for n in range(5):
            self.assertIn("[AUTHENTICATIONFAILED]", self.log_in(f"guess-{n}", "127.0.0.9"))
        self.assertGreater(time.monotonic() - begun, 5 + 1 + 2 + 4)  # IMAP's own pause, and ours
        self.assertIn("[UNAVAILABLE]", self.log_in("guess-6", "127.0.0.9"))
        self.assertIn("[UNAVAILABLE]", self.log_in(right, "127.0.0.9"))
        self.assertTrue(self.log_in(right).startswith("a OK"))
        self.assertIn("too many wrong passwords", self.demo.log())
        self.assertIn("127.0.0.9", self.demo.posthorn("account", "show", "alice@demo.test").stdout)
        self.demo.posthorn("account", "unlock", "alice@demo.test")
        self.assertTrue(self.log_in(right, "127.0.0.9").startswith("a OK"))

    def test_metacharacters_in_user_names_do_no_harm(self):
        for user in ("*", "alice@demo.test*", "*)(uid=*))(|(uid=*", "' OR '1'='1", "alice@demo.test' --", "%", "{a}"):
            self.assertIn("[AUTHENTICATIONFAILED]", self.log_in(self.demo.password("alice"), "127.0.0.4", user), user)

    def app_password(self, *arguments):
        line = ("account", "app-password", "add", "alice@demo.test", *arguments, "--json")
        return json.loads(self.demo.posthorn(*line).stdout)["password"]

    def submit(self, password, sender, user="alice@demo.test"):
        """The replies to AUTH and to MAIL."""
        plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        with self.demo.wire("submission") as wire:
            auth = wire.ask("EHLO client.test", f"AUTH PLAIN {plain}")
            return auth, wire.ask(f"MAIL FROM:<{sender}>")

    def test_app_passwords_are_good_for_what_they_are_made_for(self):
        phone = self.app_password("phone", "--protocols", "imap")
        self.assertTrue(self.log_in(phone).startswith("a OK"))
        self.assertTrue(self.log_in(phone.replace("-", "").upper()).startswith("a OK"))
        self.assertTrue(self.submit(phone, "alice@demo.test")[0].startswith("535"))
        listed = json.loads(self.demo.posthorn("account", "app-password", "list", "alice@demo.test", "--json").stdout)
        self.assertEqual([(e["name"], e["protocols"]) for e in listed if e["last_used"] != "never"],
                         [("phone", ["imap"])])
        self.demo.posthorn("account", "app-password", "remove", "alice@demo.test", "phone")
        self.assertTrue(self.log_in(phone).startswith("a NO"))
        self.assertNotIn(phone, self.demo.log())

    def test_app_passwords_are_good_for_scram(self):
        need("msmtp")
        phone, mail = self.app_password("phone", "--protocols", "smtp"), self.app_password("mail", "--protocols", "imap")
        for password, status in ((phone, 0), (self.demo.password("alice"), 0), (mail, 77), ("wrong", 77)):  # EX_NOPERM
            run("msmtp", "--host=localhost", f"--port={self.demo.port('submission')}", "--auth=scram-sha-256", "--tls=on",
                f"--tls-trust-file={self.demo.ca}", "--user=alice@demo.test", f"--passwordeval=echo {password}",
                "--from=alice@demo.test", "bob@demo.test", input="Subject: by SCRAM\n\nHello.\n", status=status)
        self.assertEqual(self.count("bob"), 2)

    def test_a_send_only_key_sends_as_it_may_and_no_more(self):
        self.run_lines("alias add shop@demo.test alice@demo.test")
        key = self.app_password("shop", "--send-as", "shop@demo.test,*@far.test", "--rate", "2")
        self.assertIn("a NO", self.log_in(key))
        for sender in ("alice@demo.test", "bob@demo.test", "a@far.test"):
            auth, mail = self.submit(key, sender)
            self.assertTrue(auth.startswith("235"), auth)
            self.assertTrue(mail.startswith("550 5.7.1"), (sender, mail))
        self.assertTrue(self.submit(key, "shop@demo.test")[1].startswith("250"))
        self.assertTrue(self.submit(key, "SHOP@demo.test")[1].startswith("250"))
        self.assertTrue(self.submit(key, "shop@demo.test")[1].startswith("450 4.7.1"))
        with smtplib.SMTP("localhost", self.demo.port("submission"), timeout=PATIENCE) as smtp:
            smtp.login("alice@demo.test", self.demo.password("alice"))
            smtp.sendmail("alice@demo.test", ["bob@demo.test"], message("from the owner"))

    def test_masters_act_for_others(self):
        self.demo.stop()
        self.demo.change_config(("masters = []", 'masters = ["bob@demo.test"]'))
        self.demo.serve()
        as_alice = base64.b64encode(f"alice@demo.test\0bob@demo.test\0{self.demo.password('bob')}".encode()).decode()
        as_bob = base64.b64encode(f"bob@demo.test\0alice@demo.test\0{self.demo.password('alice')}".encode()).decode()
        self.demo.deliver(message("for alice"))
        with self.demo.wire("imap") as wire:
            wire.say(f"a AUTHENTICATE PLAIN {as_bob}")
            self.assertTrue(wire.until(r"a .*").startswith("a NO [AUTHORIZATIONFAILED]"))
            wire.say(f"b AUTHENTICATE PLAIN {as_alice}", "c STATUS INBOX (MESSAGES)")
            self.assertTrue(wire.until(r"b .*").startswith("b OK"))
            self.assertIn("MESSAGES 1", wire.until(r"\* STATUS.*"))
        self.assertIn("event=auth.master", self.demo.log())

    def test_an_imported_password_is_good_at_once(self):
        self.demo.posthorn("account", "add", "zoe@demo.test", "--password-hash",
                           "{SHA512-CRYPT}$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc"
                           ".eoxqOmSuNp2xS0ktL3nh/")
        self.assertTrue(self.log_in("password", user="zoe@demo.test").startswith("a OK"))


if __name__ == "__main__":
    unittest.main()
