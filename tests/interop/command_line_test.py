"""Every command of the command line, with a running server and without one: what it says, and its exit status."""
import fcntl
import json
import os
import pty
import signal
import subprocess
import threading
import unittest

from demo import PATIENCE, PROGRAM, Demo, message, no, ok, posthorn


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())

    def refused(self, *arguments, says, status=1, **options):
        done = self.demo.posthorn(*arguments, status=status, **options)
        self.assertIn(says, done.stderr)
        self.assertTrue(done.stderr.startswith("posthorn: "), done.stderr)
        self.assertEqual(done.stdout, "")

    def listed(self, *arguments):
        return json.loads(self.demo.posthorn(*arguments, "--json").stdout)

    def with_and_without_a_server(self, steps):
        """The steps leave things as they were."""
        steps()
        self.demo.stop()
        try:
            steps()
        finally:
            self.demo.serve()
        steps()

    def test_a_server_that_starts_waits_for_a_command_to_end(self):
        self.demo.stop()
        with open(self.demo.folder / "store/lock", "rb+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            release = threading.Timer(1, fcntl.flock, (lock, fcntl.LOCK_UN))
            release.start()
            self.demo.serve()
            release.join()

    def test_what_is_about_the_server_leaves_the_store_alone(self):
        self.demo.stop()
        try:
            with open(self.demo.folder / "store/lock", "rb+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                for command in (["status"], ["config", "reload"]):
                    self.refused(*command, says="no server is running")
        finally:
            self.demo.serve()

    def test_domains(self):
        def steps():
            run = self.demo.posthorn
            run("domain", "add", "Example.ORG")
            self.assertIn({"name": "example.org", "catch_all": "", "subaddress": "+"}, self.listed("domain", "list"))
            run("domain", "set", "example.org", "--catch-all", "Alice@demo.test", "--subaddress", "off")
            self.assertIn({"name": "example.org", "catch_all": "alice@demo.test", "subaddress": ""},
                          self.listed("domain", "list"))
            run("domain", "set", "example.org", "--catch-all", "none")
            self.refused("domain", "set", "example.org", "--catch-all", "who@demo.test", says="no mailbox")
            self.refused("domain", "set", "example.org", "--subaddress", "ab", says="one of + -")
            self.refused("domain", "set", "nowhere.org", "--subaddress", "+", says="no domain")
            self.assertIn("example.org", run("domain", "list").stdout.split())
            self.refused("domain", "add", "example.org", says="exists")
            self.refused("domain", "add", "not..one", says="not a domain name")
            self.refused("domain", "add", "under_score.test", says="not a domain name")
            run("domain", "remove", "example.org")
            self.refused("domain", "remove", "example.org", says="no domain")
            self.refused("domain", "remove", "demo.test", says="still has accounts")

        self.with_and_without_a_server(steps)

    def test_accounts(self):
        def steps():
            run = self.demo.posthorn
            run("account", "add", "zoe@demo.test", "--password", "first-secret")
            self.assertIn("zoe@demo.test", [a["address"] for a in self.listed("account", "list")])
            self.assertEqual(self.listed("account", "show", "zoe@demo.test")["quota_bytes"], 0)
            run("account", "set", "zoe@demo.test", "--quota", "1000000")
            self.assertIn("quota_bytes: 1000000", run("account", "show", "zoe@demo.test").stdout)
            run("account", "password", "zoe@demo.test", input="second-secret\n")
            self.refused("account", "add", "zoe@demo.test", "--password", "x", says="exists")
            self.refused("account", "add", "zoe@far.test", "--password", "x", says="add it first")
            self.refused("account", "add", "zoe", "--password", "x", says="not an address")
            self.refused("account", "add", "zo,e@demo.test", "--password", "x", says="no mail can be sent")
            self.refused("account", "add", "new@demo.test", input="", says="needs a password")
            self.refused("account", "set", "zoe@demo.test", "--quota", "-1", says="number of bytes")
            run("account", "set", "zoe@demo.test", "--state", "no-login", "--protocols", "imap,pop3", "--name", "Zoe",
                "--pop3-delete", "trash", "--pop3-keep-days", "30", "--detail", "mailbox")
            shown = self.listed("account", "show", "zoe@demo.test")
            self.assertEqual([shown[k] for k in ("state", "protocols", "name", "pop3_delete", "pop3_keep_days", "detail")],
                             ["no-login", ["imap", "pop3"], "Zoe", "trash", 30, "mailbox"])
            for option, value in (("state", "asleep"), ("protocols", "imap,gopher"), ("pop3-delete", "burn"),
                                  ("detail", "x")):
                self.refused("account", "set", "zoe@demo.test", f"--{option}", value, says="one of")
            self.refused("account", "set", "zoe@demo.test", "--pop3-keep-days", "-1", says="number")
            self.refused("account", "add", "new@demo.test", "--password-hash", "{ROT13}x", says="ROT13")
            run("account", "password", "zoe@demo.test", "--password-hash", "{PLAIN}third-secret")
            run("account", "unlock", "zoe@demo.test")
            run("account", "remove", "zoe@demo.test")
            for command in (["show"], ["remove"], ["password", "--password", "x"], ["set", "--quota", "1"]):
                self.refused("account", command[0], "zoe@demo.test", *command[1:], says="no account zoe@demo.test")

        self.with_and_without_a_server(steps)

    def test_aliases_and_groups(self):
        def steps():
            run = self.demo.posthorn
            run("alias", "add", "info@demo.test", "ALICE@demo.test", "bob@demo.test")
            self.assertIn({"address": "info@demo.test", "targets": ["alice@demo.test", "bob@demo.test"], "missing": []},
                          self.listed("alias", "list"))
            run("group", "add", "team@demo.test", "info@demo.test", "--name", "Team", "--senders", "domain")
            run("group", "set", "team@demo.test", "--add", "bob@demo.test", "--remove", "info@demo.test")
            self.assertIn({"address": "team@demo.test", "name": "Team", "senders": "domain",
                           "members": ["bob@demo.test"]}, self.listed("group", "list"))
            self.refused("alias", "add", "info@demo.test", "bob@demo.test", says="alias info@demo.test exists")
            self.refused("alias", "add", "bob@demo.test", "alice@demo.test", says="account bob@demo.test exists")
            self.refused("alias", "add", "x@demo.test", "me@far.test", says="not yet sent elsewhere")
            self.refused("alias", "add", "x@demo.test", "who@demo.test", says="no mailbox")
            self.refused("alias", "add", "x@demo.test", "x@demo.test", says="itself")
            self.refused("group", "add", "g@demo.test", "--senders", "friends", says="anyone, domain, members")
            self.refused("group", "set", "team@demo.test", "--remove", "alice@demo.test", says="no member")
            self.refused("domain", "remove", "demo.test", says="still has")
            run("group", "remove", "team@demo.test")
            run("alias", "remove", "info@demo.test")
            self.refused("group", "remove", "team@demo.test", says="no group")
            self.refused("alias", "remove", "info@demo.test", says="no alias")

        self.with_and_without_a_server(steps)

    def test_app_passwords(self):
        def steps():
            run, line = self.demo.posthorn, ("account", "app-password")
            made = self.listed(*line, "add", "bob@demo.test", "phone", "--protocols", "imap,smtp")
            self.assertRegex(made["password"], r"^[0-9a-z]{5}(-[0-9a-z]{5}){4}$")
            run(*line, "add", "bob@demo.test", "key", "--send-as", "*@demo.test", "--rate", "10")
            self.assertEqual([(e["name"], e["protocols"], e["send_as"], e["rate"])
                              for e in self.listed(*line, "list", "bob@demo.test")],
                             [("key", ["smtp"], ["*@demo.test"], 10), ("phone", ["imap", "smtp"], [], 0)])
            self.refused(*line, "add", "bob@demo.test", "phone", says="exists")
            self.refused(*line, "add", "bob@demo.test", "x", "--expires", "2030-02-30", says="a day")
            self.refused(*line, "add", "bob@demo.test", "x", "--protocols", "fax", says="one of imap")
            self.refused(*line, "add", "bob@demo.test", "x", "--rate", "0", says="messages an hour")
            self.refused(*line, "add", "bob@demo.test", "x", "--send-as", "nonsense", says="not an address")
            self.refused(*line, "add", "bob@demo.test", "x", "--expires", "2001-01-01", says="that day is over")
            self.refused(*line, "add", "who@demo.test", "x", says="no account")
            for name in ("phone", "key"):
                run(*line, "remove", "bob@demo.test", name)
            self.refused(*line, "remove", "bob@demo.test", "phone", says="no app password")

        self.with_and_without_a_server(steps)

    def test_mailboxes(self):
        def steps():
            run = self.demo.posthorn
            run("mailbox", "create", "bob@demo.test", "Lists/Posthorn")
            run("mailbox", "rename", "bob@demo.test", "Lists", "News")
            names = [m["name"] for m in self.listed("mailbox", "list", "bob@demo.test")]
            self.assertIn("News/Posthorn", names)
            self.refused("mailbox", "create", "bob@demo.test", "inbox", says="exists")
            self.refused("mailbox", "create", "bob@demo.test", "a//b", says="not a name")
            self.refused("mailbox", "delete", "bob@demo.test", "INBOX", says="INBOX")
            self.refused("mailbox", "rename", "bob@demo.test", "None", "Some", says="no such mailbox")
            self.refused("mailbox", "list", "who@demo.test", says="no account")
            run("mailbox", "delete", "bob@demo.test", "News/Posthorn")
            run("mailbox", "delete", "bob@demo.test", "News")
            self.refused("mailbox", "delete", "bob@demo.test", "News", says="no such mailbox")

        self.with_and_without_a_server(steps)

    def test_a_mailbox_with_any_name_that_a_client_gave_it(self):
        with self.demo.imap("bob") as imap:
            ok(imap.create('"What * is"'))
        self.demo.posthorn("mailbox", "delete", "bob@demo.test", "What * is")

    def test_an_account_is_there_for_clients_at_once(self):
        self.demo.accounts.append("live@demo.test:live-secret")
        self.demo.posthorn("account", "add", "live@demo.test", "--password", "live-secret")
        self.demo.deliver(message("welcome"), "live")
        with self.demo.imap("live", "INBOX") as imap:
            self.assertEqual(ok(imap.search(None, "SUBJECT welcome")), [b"1"])
        self.demo.posthorn("account", "set", "live@demo.test", "--quota", "2000")
        with self.demo.imap("live", "INBOX") as imap:
            self.assertIn("[OVERQUOTA]", no(imap.append("INBOX", "", None, message("much", "x" * 3000 + "\r\n"))))
        with self.demo.wire("smtp") as wire:
            wire.ask("EHLO client.test", "MAIL FROM:<carol@elsewhere.test> SIZE=3000")
            self.assertTrue(wire.ask("RCPT TO:<live@demo.test>").startswith("452 4.2.2"))
        self.demo.posthorn("account", "remove", "live@demo.test")
        with self.demo.wire("smtp") as wire:
            wire.ask("EHLO client.test", "MAIL FROM:<carol@elsewhere.test>")
            self.assertTrue(wire.ask("RCPT TO:<live@demo.test>").startswith("550 5.1.1"))
        with self.demo.wire("imap") as wire:
            wire.say("a LOGIN live@demo.test live-secret")
            self.assertRegex(wire.line(), r"^a NO \[AUTHENTICATIONFAILED\]")

    def test_the_store(self):
        def steps():
            self.assertIn("wrong: none", self.demo.posthorn("store", "check").stdout)
            self.assertEqual(self.listed("store", "check")["wrong"], [])
            self.assertGreater(self.listed("store", "stats")["log_bytes"], 0)

        self.with_and_without_a_server(steps)

    def test_commands_without_a_server_give_their_disk_back(self):
        self.demo.stop()
        try:
            for _ in range(12):
                self.demo.posthorn("account", "list")
            self.assertLess(len(list((self.demo.folder / "store/log").iterdir())), 8)
        finally:
            self.demo.serve()

    def at_a_terminal(self, *arguments):
        """Starts the command with a terminal of its own; answers it and the terminal once it asks for a password."""
        ours, its = pty.openpty()
        self.addCleanup(os.close, ours)
        command = [PROGRAM, "--config", self.demo.config, *arguments]
        process = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, start_new_session=True)
        os.close(its)
        self.addCleanup(lambda: process.poll() is None and (process.kill(), process.wait()))
        said = b""
        while not said.endswith(b"password: "):
            said += os.read(ours, 1000)
        return process, ours

    def test_a_password_is_not_shown_while_it_is_typed(self):
        process, terminal = self.at_a_terminal("account", "password", "alice@demo.test")
        os.write(terminal, self.demo.password("alice").encode() + b"\n")
        self.assertEqual(process.wait(PATIENCE), 0)
        self.assertEqual(os.read(terminal, 1000), b"\r\n")

    def test_a_command_ends_at_an_interrupt(self):
        process, _ = self.at_a_terminal("account", "add", "late@demo.test")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(PATIENCE), -signal.SIGINT)

    def test_an_answer_that_cannot_be_written_is_a_failure(self):
        with open("/dev/full", "w") as full:
            command = [PROGRAM, "--config", self.demo.config, "account", "list"]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot write", done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "wants root, to be somebody else")
    def test_somebody_else_is_told_who_may(self):
        os.chmod(self.demo.folder.parent, 0o755)
        os.chmod(self.demo.folder, 0o755)
        for words in (("account", "list"), ("export", "alice@demo.test", "mbox", "out")):
            self.refused(*words, says="is for root and the server's own user alone", user=65534)

    def test_wrong_usage_names_what_was_meant(self):
        for line, says in (("acount list", "is posthorn account meant"), ("account ad", "account add meant"),
                           ("account", "wants a command: add"), ("", "wants a command"), ("help nosuch", "no command"),
                           ("account show", "ADDRESS is required"), ("account set a@x.test", "at least one option"),
                           ("alias add a@x.test", "TARGET is required"), ("mailbox", "wants a command"), ("demo --prot-offset 1", "--port-offset meant"),
                           ("--confg x serve", "--config meant"), ("demo --port-offset 70000", "range"),
                           ("demo --account x", "ADDRESS:PASSWORD"), ("import a@x.test", "wants a command: mbox"),
                           ("import a@x.test mbx", "import mbox meant"), ("export a@x.test mbox", "DIR is required"),
                           ("import a@x.test imap --host h", "import ADDRESS imap: --user is required"),
                           ("account set a@x.test --quota 1G", "--quota: a number is expected, not 1G")):
            done = posthorn(*line.split(), status=2)
            self.assertIn(says, done.stderr)
            self.assertTrue(done.stderr.startswith("posthorn: "), done.stderr)

    def test_help(self):
        self.assertIn("account", posthorn("help").stdout)
        self.assertRegex(posthorn("--version").stdout, r"^posthorn \d+\.\d+\.\d+\n$")
        for command in ("serve", "demo", "config check", "config reload", "domain add", "domain list", "domain remove",
                        "account add", "account list", "account show", "account set", "account remove",
                        "account password", "account unlock", "account app-password add", "alias add", "alias list",
                        "alias remove", "group add", "group set", "mailbox create", "domain set", "status", "store check", "store stats"):
            told = posthorn("help", *command.split()).stdout
            self.assertIn("Example: posthorn", told)
            self.assertIn(f"Usage: posthorn {command}", told)
            self.assertIn("--config FILE and --json", told)


if __name__ == "__main__":
    unittest.main()
