"""posthorn import and export: files of other systems, another IMAP server, there and back."""
import json
import mailbox
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from contextlib import ExitStack

from demo import PROGRAM, ROOT, Demo, literal_of, message, ok

REAL_MAIL = pathlib.Path(os.environ.get("POSTHORN_TEST_MAIL", ROOT.parent / "shared" / "mail"))


def fetched(imap, name):
    """Of every message of a mailbox, by UID: its flags without \\Recent, its INTERNALDATE, its bytes."""
    ok(imap.select(f'"{name}"', readonly=True))
    found = {}
    if ok(imap.uid("SEARCH", "ALL"))[0] in (b"", None):
        return found
    for uid in ok(imap.uid("SEARCH", "ALL"))[0].split():
        data = ok(imap.uid("FETCH", uid, "(FLAGS INTERNALDATE BODY.PEEK[])"))
        head = b" ".join(part if isinstance(part, bytes) else part[0] for part in data)
        flags = frozenset(re.search(rb"FLAGS \(([^)]*)\)", head)[1].split()) - {rb"\Recent"}
        found[int(uid)] = (flags, re.search(rb'INTERNALDATE "([^"]*)"', head)[1], literal_of(data))
    return found


def status(imap, name):
    answer = ok(imap.status(f'"{name}"', "(UIDVALIDITY UIDNEXT MESSAGES)"))[0]
    return {word: int(re.search(rb"%s (\d+)" % word.encode(), answer)[1]) for word in ("UIDVALIDITY", "UIDNEXT", "MESSAGES")}


def account(demo, name="alice"):
    """All that is in an account."""
    with demo.imap(name) as imap:
        names = [re.search(rb'"/" "?([^"]*)"?$', line)[1].decode() for line in ok(imap.list())]
        subscribed = sorted(ok(imap.lsub()))
        return {n: (status(imap, n), fetched(imap, n)) for n in names}, subscribed


def with_crlf(text):
    return re.sub(rb"\r?\n", b"\r\n", text)


class Folder(unittest.TestCase):
    def setUp(self):
        self.here = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="posthorn-import-")))

    def bring(self, demo, *words, status=0, name="alice"):
        """The summary of an import; standard error in .said."""
        done = demo.posthorn("--json", "import", f"{name}@demo.test", *words, status=status)
        self.said = done.stderr
        return json.loads(done.stdout) if done.stdout else None


class Mbox(Folder):
    def write(self, name, text):
        path = self.here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
        return path

    def test_flags_dates_uids_and_what_belongs_to_no_message(self):
        path = self.write("INBOX", b"From a@x.test Fri Nov 21 10:00:00 2025\n"
                          b"Subject: one\nX-IMAPbase: 1234567 9 work\nX-UID: 3\nStatus: RO\nX-Status: AF\nX-Keywords: work  \n\n"
                          b"hello\n>From me\n>>From you\nFrom here no date\n\n"
                          b"From b@x.test Sat Nov 22 11:00:00 2025\nSubject: two\nX-UID: 9\nStatus: O\n\nbye\n\n")
        with Demo() as demo:
            summary = self.bring(demo, "mbox", path)
            self.assertEqual((summary["messages"], summary["mailboxes"][0]["keeps_uids"]), (2, True))
            with demo.imap("alice") as imap:
                self.assertEqual(status(imap, "INBOX"), {"UIDVALIDITY": 1234567, "UIDNEXT": 10, "MESSAGES": 2})
                found = fetched(imap, "INBOX")
            self.assertEqual(found[3], (frozenset({rb"\Seen", rb"\Answered", rb"\Flagged", b"work"}),
                                        b"21-Nov-2025 10:00:00 +0000",
                                        b"Subject: one\r\n\r\nhello\r\nFrom me\r\n>From you\r\nFrom here no date\r\n"))
            self.assertEqual(found[9][2], b"Subject: two\r\n\r\nbye\r\n")
            self.assertEqual(self.bring(demo, "mbox", path)["known"], 2)
            with open(path, "ab") as more:
                more.write(b"From c@x.test Sun Nov 23 12:00:00 2025\nSubject: three\nX-UID: 10\n\n\n")
            text = path.read_bytes().replace(b"Status: O\n", b"Status: RO\n")
            path.write_bytes(text)
            summary = self.bring(demo, "mbox", path)
            self.assertEqual((summary["messages"], summary["known"], summary["changed"]), (1, 2, 1))
            with demo.imap("alice") as imap:
                self.assertEqual(fetched(imap, "INBOX")[9][0], frozenset({rb"\Seen"}))

    def test_content_length_is_believed_where_it_fits(self):
        body = b"line\n\nFrom x@y.test Fri Nov 21 10:00:00 2025\n>From stays\n"
        path = self.write("box", b"From a@x.test Fri Nov 21 10:00:00 2025\nSubject: one\nContent-Length: %d\n\n%s\n"
                          b"From a@x.test Fri Nov 21 10:00:00 2025\nSubject: two\nContent-Length: 999999\n\nx\n\n" %
                          (len(body), body))
        with Demo() as demo:
            self.assertEqual(self.bring(demo, "mbox", path)["messages"], 2)
            with demo.imap("alice") as imap:
                found = fetched(imap, "INBOX")
        self.assertEqual(found[1][2], b"Subject: one\r\n\r\n" + with_crlf(body))
        self.assertEqual(found[2][2], b"Subject: two\r\nContent-Length: 999999\r\n\r\nx\r\n")

    def test_folders_of_thunderbird_and_apple_mail(self):
        one = b"From - Fri Nov 21 10:00:00 2025\nX-Mozilla-Status: %s\nX-Mozilla-Status2: 00000000\nX-Mozilla-Keys: $label1\nSubject: %s\n\nx\n\n"
        self.write("Inbox", one % (b"0001", b"read") + one % (b"0009", b"deleted") + one % (b"1004", b"flagged"))
        self.write("Inbox.msf", b"// <!-- <mdb:mork:z")
        self.write("Lists", b"")
        self.write("Lists.sbd/posthorn", one % (b"0000", b"unread"))
        self.write("Old.mbox/mbox", one % (b"0002", b"answered"))
        with Demo() as demo:
            self.bring(demo, "mbox", self.here)
            with demo.imap("alice") as imap:
                inbox = fetched(imap, "INBOX")
                self.assertEqual([flags for flags, _, _ in inbox.values()],
                                 [frozenset({rb"\Seen", b"$label1"}), frozenset({rb"\Flagged", b"$Forwarded", b"$label1"})])
                self.assertEqual(inbox[1][2], b"Subject: read\r\n\r\nx\r\n")
                self.assertEqual(len(fetched(imap, "Lists/posthorn")), 1)
                self.assertEqual(fetched(imap, "Old")[1][0], frozenset({rb"\Answered", b"$label1"}))

    def test_google_takeout(self):
        one = b"From 1@xxx Fri Nov 21 10:00:00 +0000 2025\nX-GM-THRID: 1\nX-Gmail-Labels: %s\nSubject: %s\n\nx\n\n"
        path = self.write("All mail Including Spam and Trash.mbox",
                          one % (b"Inbox,Important,Unread,Category Personal", b"in") + one % (b"Sent,Opened,a/b", b"sent") +
                          one % (b"=?UTF-8?Q?Archived,Opened,Starred?=", b"kept") + one % (b"Spam,Unread", b"spam"))
        with Demo() as demo:
            self.bring(demo, "mbox", path)
            with demo.imap("alice") as imap:
                found = {name: [(subject.split(b"\r\n")[0], flags) for flags, _, subject in fetched(imap, name).values()]
                         for name in ("INBOX", "Sent", "a/b", "Archive", "Junk")}
        self.assertEqual(found, {"INBOX": [(b"Subject: in", frozenset({b"$Important"}))],
                                 "Sent": [(b"Subject: sent", frozenset({rb"\Seen"}))],
                                 "a/b": [(b"Subject: sent", frozenset({rb"\Seen"}))],
                                 "Archive": [(b"Subject: kept", frozenset({rb"\Seen", rb"\Flagged"}))],
                                 "Junk": [(b"Subject: spam", frozenset())]})

    def test_wrong_inputs(self):
        with Demo() as demo:
            def refusal(*words, status=1):
                return demo.posthorn("import", *words, status=status).stderr
            self.assertRegex(refusal("alice@demo.test", "mbox", self.here / "none"), "^posthorn: cannot read .*none: No such file")
            self.assertRegex(refusal("alice@demo.test", "mbox", self.here), "^posthorn: there is no mbox file below")
            self.assertRegex(refusal("alice@demo.test", "maildir", self.here), "^posthorn: .* is no Maildir: ")
            self.assertRegex(refusal("alice@demo.test", "maildir", self.here / "none"), "No such file")
            other = self.write("photo.jpg", b"\xff\xd8\xff")
            self.assertRegex(refusal("alice@demo.test", "mbox", other), "is no mbox file")
            good = self.write("good", b"From a@x.test Fri Nov 21 10:00:00 2025\nSubject: x\n\n\n")
            self.assertRegex(refusal("nobody@demo.test", "mbox", good), "^posthorn: there is no account nobody@demo.test\n$")
            refusal("alice@demo.test", status=2)
            refusal("alice@demo.test", "mbox", status=2)
            refusal("alice@demo.test", "mbox", good, "--folder-map", "x", status=2)

    def test_links_are_told_and_lead_nowhere(self):
        """Who runs the import may be root, and the folder that of somebody who would like to read others' mail."""
        for folder in ("theirs/cur", "theirs/new", "mine/cur", "mine/new", "boxes"):
            (self.here / folder).mkdir(parents=True)
        secret = self.write("theirs/cur/1:2,", b"Subject: secret\n\n")
        self.write("mine/cur/1:2,", b"Subject: mine\n\n")
        (self.here / "mine/cur/2:2,").symlink_to(secret)
        (self.here / "mine/.Theirs").symlink_to(self.here / "theirs")
        box = self.write("box", b"From a@x.test Fri Nov 21 10:00:00 2025\nSubject: secret\n\n\n")
        self.write("boxes/mine", b"From a@x.test Fri Nov 21 10:00:00 2025\nSubject: mine\n\n\n")
        (self.here / "boxes/theirs").symlink_to(box)
        with Demo() as demo:
            for kind, folder, count in (("maildir", "mine", 2), ("mbox", "boxes", 1)):
                summary = self.bring(demo, kind, self.here / folder, status=1)
                self.assertEqual((summary["messages"], len(summary["refused"])), (1, count))
                for refused in summary["refused"]:
                    self.assertIn("symbolic link", refused["why"])
            self.assertEqual(self.bring(demo, "mbox", self.here / "boxes/theirs", name="bob")["messages"], 1)

    def test_quota_and_disk_stop_it_with_what_fits_kept(self):
        path = self.write("box", b"".join(b"From a@x.test Fri Nov 21 10:00:00 2025\nSubject: %d\n\n%s\n\n" % (n, b"x" * 1000)
                                          for n in range(10)))
        with Demo() as demo:
            demo.posthorn("account", "set", "alice@demo.test", "--quota", 5500)
            summary = self.bring(demo, "mbox", path, status=1)
            self.assertRegex(self.said, "posthorn: the message does not fit into the account's quota\n$")
            self.assertEqual(summary["messages"], 5)
            demo.posthorn("account", "set", "alice@demo.test", "--quota", 0)
            summary = self.bring(demo, "mbox", path)
            self.assertEqual((summary["messages"], summary["known"]), (5, 5))
            demo.stop()
            demo.change_config(("disk_reserve = 268435456", "disk_reserve = 1000000000000000"))
            demo.serve()
            self.bring(demo, "mbox", path, status=1, name="bob")
            self.assertRegex(self.said, "posthorn: the server's disk is full\n$")

    def test_without_a_server(self):
        path = self.write("box", b"From a@x.test Fri Nov 21 10:00:00 2025\nSubject: x\n\n\n")
        with Demo() as demo:
            demo.stop()
            self.assertEqual(self.bring(demo, "mbox", path)["messages"], 1)
            demo.serve()
            with demo.imap("alice") as imap:
                self.assertEqual(len(fetched(imap, "INBOX")), 1)

    def test_real_mail(self):
        if not REAL_MAIL.is_dir():
            self.skipTest(f"no mail is in {REAL_MAIL}")
        box, mails = self.here / "real", []
        for file in sorted(REAL_MAIL.rglob("*")):
            if file.is_file() and file.suffix in (".eml", ".msg", ".txt"):
                mails.append(with_crlf(file.read_bytes().replace(b"\0", b"")).rstrip(b"\r\n") + b"\r\n")
        with open(box, "wb") as out:
            for mail in mails:
                quoted = re.sub(rb"(?m)^(>*From )", rb">\1", mail.replace(b"\r\n", b"\n"))
                out.write(b"From a@x.test Fri Nov 21 10:00:00 2025\n" + quoted + b"\n")
        with Demo() as demo:
            self.assertEqual(self.bring(demo, "mbox", box)["messages"], len(mails))
            with demo.imap("alice") as imap:
                found = [body for _, _, body in fetched(imap, "INBOX").values()]
            # LF alone cannot be told from a line's end, nor these fields from what programs keep in an mbox.
            field = re.compile(rb"(?im)^(Status|X-Status|X-UID|X-Mozilla-\w+|X-Keywords|X-Gmail-Labels|X-GM-THRID|X-IMAP\w*):")
            for mail, body in zip(mails, found):
                if not field.search(mail.split(b"\r\n\r\n")[0]):
                    self.assertEqual(body, mail)
            demo.posthorn("store", "check")


class Maildir(Folder):
    def make(self):
        box = mailbox.Maildir(self.here / "Maildir")
        inbox = {}
        for n in range(1, 6):
            m = mailbox.MaildirMessage(message(f"number {n}").replace(b"\r\n", b"\n"))
            m.set_date(1_600_000_000 + n)
            m.set_flags("SRFab" if n == 2 else "S")
            inbox[n] = box.add(m)
        below = box.add_folder("Lists.&ANw-ber")
        below.add(mailbox.MaildirMessage(message("umlaut")))
        root = self.here / "Maildir"
        (root / "dovecot-uidlist").write_text("3 V1500000000 N77 Gabc\n" + "".join(
            f"{n * 10} P{n}-pop :{key}\n" for n, key in inbox.items() if n != 5))
        (root / "dovecot-keywords").write_text("0 work\n1 $Forwarded\n")
        (root / "subscriptions").write_text("V\t2\n\nLists\t\u00dcber\nGone\n")
        return root

    def test_dovecots_uids_flags_keywords_dates_unique_ids_subscriptions(self):
        root = self.make()
        with Demo() as demo:
            summary = self.bring(demo, "maildir", root)
            self.assertEqual(summary["messages"], 6)
            with demo.imap("alice") as imap:
                self.assertEqual(status(imap, "INBOX")["UIDVALIDITY"], 1500000000)
                found = fetched(imap, "INBOX")
                self.assertEqual(sorted(found), [10, 20, 30, 40, 77])  # what had none gets one that nothing had
                self.assertEqual(found[20][0], frozenset({rb"\Seen", rb"\Answered", rb"\Flagged", b"work", b"$Forwarded"}))
                self.assertEqual(found[20][1], b"13-Sep-2020 12:26:42 +0000")
                self.assertEqual(found[20][2], message("number 2"))
                self.assertEqual(len(fetched(imap, "Lists/&ANw-ber")), 1)
                self.assertIn(b"Gone", b" ".join(ok(imap.lsub())))
            with demo.wire("pop3", greeting=True) as wire:
                for line in ("USER alice@demo.test", "PASS " + demo.password("alice"), "UIDL"):
                    wire.say(line)
                    self.assertTrue(wire.line().startswith("+OK"))
                self.assertEqual([wire.line() for _ in range(4)], [f"{n} {n}-pop" for n in range(1, 5)])
            again = self.bring(demo, "maildir", root)
            self.assertEqual((again["messages"], again["known"]), (0, 6))
            demo.posthorn("store", "check")

    def test_mail_that_comes_between_two_runs(self):
        root = self.make()
        with Demo() as demo:
            self.bring(demo, "maildir", root)
            demo.deliver(message("delivered here"))
            box = mailbox.Maildir(root)
            key = box.add(mailbox.MaildirMessage(message("delivered there")))
            with demo.imap("alice") as imap:
                taken = max(fetched(imap, "INBOX"))
            with open(root / "dovecot-uidlist", "a") as uids:
                uids.write(f"{taken} :{key}\n")
            self.assertEqual(self.bring(demo, "maildir", root)["new_uids"], 1)
            with demo.imap("alice") as imap:
                found = fetched(imap, "INBOX")
            self.assertNotIn(taken, found)  # it never means two messages
            subjects = [re.search(rb"Subject: ([^\r]*)", body)[1] for _, _, body in found.values()]
            self.assertEqual(sorted(subjects)[:2], [b"delivered here", b"delivered there"])

    def test_killed_and_stopped_in_the_middle(self):
        """kill -9 of the command, then of the server, then Ctrl-C: nothing is lost, nothing comes twice."""
        root = self.here / "Maildir"
        for sub in ("cur", "new", "tmp"):
            (root / sub).mkdir(parents=True)
        count = 6000
        for n in range(count):
            (root / "cur" / f"{1_600_000_000 + n}.M{n}.host:2,S").write_bytes(message(f"number {n}", "x" * 500 + "\r\n"))
        with Demo() as demo:
            command = [str(PROGRAM), "--config", str(demo.config), "--json", "import", "alice@demo.test", "maildir", str(root)]

            def here():
                with demo.imap("alice") as imap:
                    return status(imap, "INBOX")["MESSAGES"]

            def begin(at_least):
                running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                while running.poll() is None and here() < at_least:
                    time.sleep(0.01)
                return running
            running = begin(500)
            running.kill()
            running.communicate()
            running = begin(here() + 500)
            demo.kill()
            said = running.communicate()[1]
            if running.returncode == 1:
                self.assertRegex(said, "posthorn: the server ended; what it has is kept")
            demo.serve()
            running = begin(here() + 500)
            running.send_signal(signal.SIGINT)
            said = running.communicate()[1]
            if running.returncode == 1:
                self.assertRegex(said, "posthorn: stopped; the same command goes on from here")
            before = here()
            summary = self.bring(demo, "maildir", root)
            self.assertEqual(summary["messages"] + before, count)
            with demo.imap("alice", "INBOX") as imap:
                heads = ok(imap.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])"))
            subjects = {part[1] for part in heads if isinstance(part, tuple)}
            self.assertEqual(len(subjects), count)
            demo.posthorn("store", "check")


class Imap(Folder):
    def words(self, source, *more):
        password = self.here / "pw"
        password.write_text(source.password("alice") + "\n")
        return ("imap", "--host", "localhost", "--port", source.port("imaps"), "--ca", source.ca, "--user",
                "alice@demo.test", "--password-file", password, *more)

    def fill(self, source, count=30):
        with source.imap("alice") as imap:
            for n in range(count):
                ok(imap.append("INBOX", r"(\Seen work)" if n % 3 == 0 else "", '"01-Feb-2020 10:00:%02d +0000"' % (n % 60),
                               message(f"number {n}")))
            ok(imap.create("Lists/&ANw-ber"))
            ok(imap.append("Lists/&ANw-ber", r"(\Flagged)", None, message("umlaut", "y" * 200_000 + "\r\n")))
            ok(imap.append("Sent", r"(\Seen)", None, message("sent")))
            ok(imap.subscribe("Lists/&ANw-ber"))
            ok(imap.select("INBOX"))
            ok(imap.uid("STORE", "5,6", "+FLAGS", r"(\Deleted)"))
            ok(imap.expunge())

    def test_everything_comes_over_and_later_what_changed(self):
        with Demo() as source, ExitStack() as later:
            self.fill(source)
            time.sleep(10)  # see test_there_and_back
            demo = later.enter_context(Demo())
            summary = self.bring(demo, *self.words(source, "--pop3-uidl", "%v.%u-old"))
            self.assertEqual((summary["messages"], summary["refused"]), (30, []))
            with demo.wire("pop3") as wire, demo.imap("alice") as imap:
                for line in ("USER alice@demo.test", "PASS " + demo.password("alice"), "UIDL 1"):
                    wire.say(line)
                    answer = wire.line()
                self.assertEqual(answer, "+OK 1 %d.1-old" % status(imap, "INBOX")["UIDVALIDITY"])
            # Names, bytes, dates, flags, keywords, UIDs, UIDVALIDITY: a client sees no difference.
            there, here = account(source), account(demo)
            self.assertTrue(all(m["keeps_uids"] for m in summary["mailboxes"]))
            self.assertEqual(here, there)
            with source.imap("alice", "INBOX") as imap:
                ok(imap.uid("STORE", "3", "FLAGS", r"(\Answered)"))
                ok(imap.append("INBOX", "", None, message("later")))
            summary = self.bring(demo, *self.words(source))
            self.assertEqual((summary["messages"], summary["changed"]), (1, 1))
            self.assertEqual(account(demo)[0]["INBOX"], account(source)[0]["INBOX"])
            summary = self.bring(demo, *self.words(source))
            self.assertEqual((summary["messages"], summary["known"]), (0, 0))  # nothing even was looked at

    def test_what_the_server_does_not_tell_of_is_named(self):
        """A server that cannot read one message's data answers NO to the FETCH of all of them, having told of some."""
        def serve(listener):
            connection = listener.accept()[0].makefile("rwb")
            connection.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
            connection.flush()
            for line in connection:
                tag, command = line.split(b" ", 1)
                answer = b"OK done"
                if command.startswith(b"LIST"):
                    connection.write(b'* LIST () "/" INBOX\r\n')
                elif command.startswith(b"STATUS"):
                    connection.write(b"* STATUS INBOX (MESSAGES 2 UIDVALIDITY 9)\r\n")
                elif command.startswith(b"EXAMINE"):
                    connection.write(b"* 2 EXISTS\r\n* OK [UIDVALIDITY 9] .\r\n* OK [UIDNEXT 3] .\r\n")
                elif command.startswith(b"UID SEARCH"):
                    connection.write(b"* SEARCH 1 2\r\n")
                elif command.startswith(b"UID FETCH 1:2"):
                    connection.write(b'* 1 FETCH (UID 1 FLAGS () INTERNALDATE "01-Feb-2020 10:00:00 +0000")\r\n')
                    answer = b"NO [SERVERBUG] one cannot be read"
                elif command.startswith(b"UID FETCH 1"):
                    connection.write(b"* 1 FETCH (UID 1 BODY[] {14}\r\nSubject: x\r\n\r\n)\r\n")
                connection.write(tag + b" " + answer + b"\r\n")
                connection.flush()

        with Demo() as demo, socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=serve, args=(listener,), daemon=True).start()
            (self.here / "pw").write_text("secret\n")
            summary = self.bring(demo, "imap", "--host", "127.0.0.1", "--port", listener.getsockname()[1], "--tls", "none",
                                 "--user", "a", "--password-file", self.here / "pw", status=1)
            self.assertEqual(summary["messages"], 1)
            self.assertEqual([(r["place"], "one cannot be read" in r["why"]) for r in summary["refused"]], [("UID 2", True)])

    def test_exclude_map_into(self):
        with Demo() as source, Demo() as demo:
            self.fill(source, 3)
            self.bring(demo, *self.words(source, "--exclude", "Tr*", "--folder-map", "Lists=Old lists", "--into", "From there"))
            names = account(demo)[0]
            self.assertEqual([names[name][0]["MESSAGES"] for name in ("INBOX", "From there")], [0, 3])
            self.assertNotIn("From there/Trash", names)
            self.assertEqual(names["From there/Old lists/&ANw-ber"][0]["MESSAGES"], 1)
            self.assertEqual(names["From there/Sent"][0]["MESSAGES"], 1)

    def test_starttls_and_what_is_refused(self):
        with Demo() as source, Demo() as demo:
            self.fill(source, 2)
            starttls = [("starttls" if w == "x" else w) for w in self.words(source, "--tls", "x")]
            starttls[starttls.index("--port") + 1] = source.port("imap")
            self.assertEqual(self.bring(demo, *starttls)["messages"], 4)
            untrusted = [w for w in self.words(source)]
            at = untrusted.index("--ca")
            del untrusted[at:at + 2]
            self.bring(demo, *untrusted, status=1)
            self.assertRegex(self.said, "posthorn: cannot connect to localhost port .*certificate")
            self.assertEqual(self.bring(demo, *untrusted, "--insecure")["refused"], [])
            (self.here / "wrong").write_text("wrong\n")
            wrong = list(self.words(source))
            wrong[wrong.index("--password-file") + 1] = self.here / "wrong"
            self.bring(demo, *wrong, status=1)
            self.assertRegex(self.said, "posthorn: the server refuses the login: ")
            closed = list(self.words(source))
            closed[closed.index("--port") + 1] = 1
            self.bring(demo, *closed, status=1)
            self.assertRegex(self.said, "posthorn: cannot connect to localhost port 1: ")

    def test_killed_in_the_middle(self):
        with Demo() as source, Demo() as demo:
            with source.imap("alice") as imap:
                for start in range(0, 3000, 500):
                    box = self.here / f"fill{start}"
                    box.write_bytes(b"".join(b"From a@x.test Fri Nov 21 10:00:00 2025\n" + message(f"n{n}").replace(b"\r\n", b"\n") + b"\n"
                                             for n in range(start, start + 500)))
                    source.posthorn("import", "alice@demo.test", "mbox", box)
            command = [str(w) for w in (PROGRAM, "--config", demo.config, "import", "alice@demo.test", *self.words(source))]
            running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            with demo.imap("alice") as imap:
                while running.poll() is None and status(imap, "INBOX")["MESSAGES"] == 0:
                    time.sleep(0.01)
            running.kill()
            running.wait()
            self.bring(demo, *self.words(source))
            self.assertEqual(account(demo)[0]["INBOX"], account(source)[0]["INBOX"])


class Liar:
    """An IMAP server with one mailbox, but for the commands in `lies`: what it sends, without end where that is
    in `...`."""

    def __init__(self, **lies):
        self.lies = lies
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        truths = {"LIST": '* LIST () "/" INBOX', "STATUS": "* STATUS INBOX (MESSAGES 3 UIDVALIDITY 5)",
                  "EXAMINE": "* 3 EXISTS\r\n* OK [UIDVALIDITY 5] x\r\n* OK [UIDNEXT 4] x", "SEARCH": "* SEARCH 1 2 3",
                  "FLAGS": "* 2 FETCH (UID 2 FLAGS ())", "BODY": "* 2 FETCH (UID 2 BODY[] {3}\r\nabc)"}
        with self.listening.accept()[0] as there, there.makefile("rb") as said:
            there.sendall(b"* OK [CAPABILITY IMAP4rev1 ESEARCH] here\r\n")
            try:
                for line in said:
                    word = next((word for word in reversed(truths) if word.encode() in line), "")
                    answer = self.lies.get(word, truths.get(word, ""))
                    while answer.endswith("..."):
                        there.sendall((answer[:-3] + "\r\n").encode() * 1000)
                    there.sendall((answer + "\r\n" if answer else "").encode() + line.split()[0] + b" OK done\r\n")
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.listening.close()


class FromLiars(Folder):
    def test_answers_without_end_and_lies(self):
        (self.here / "password").write_text("secret\n")
        with Demo() as demo:
            def brought(status=1, **lies):
                with Liar(**lies) as liar:
                    return self.bring(demo, "imap", "--host", "127.0.0.1", "--port", liar.port, "--tls", "none", "--user", "a",
                                      "--password-file", self.here / "password", status=status)
            self.assertEqual(brought(status=0)["messages"], 1)
            for word, lie, told in (("LIST", '* LIST () "/" "one more"...', "does not end"),
                                    ("SEARCH", "* SEARCH 1 2 3 4 5 6 7 8 9 10...", "does not end"),
                                    ("SEARCH", '* ESEARCH (TAG "p1") UID ALL 1:4294967295', "too many messages"),
                                    ("FLAGS", "* 1 FETCH (UID 1 FLAGS (one two three four five))...", "does not end")):
                with self.subTest(lie):
                    brought(**{word: lie})
                    self.assertRegex(self.said, f"posthorn: .*{told}")
            # Bodies that nobody asked for, twice, or of no UID.
            lies = "\r\n".join(f"* {n} FETCH (UID {n} BODY[] {{3}}\r\nabc)" for n in (7, 0, 3, 3, 4294967295))
            self.assertEqual(brought(status=0, FLAGS="* 3 FETCH (UID 3 FLAGS ())\r\n* 9 FETCH (UID 9)",
                                     BODY=lies)["messages"], 1)


class Export(Folder):
    def fill(self, demo):
        with demo.imap("alice") as imap:
            for n, flags in enumerate((r"(\Seen work)", r"(\Answered \Flagged \Draft)", "", r"(\Deleted other)")):
                ok(imap.append("INBOX", flags, '"01-Feb-2020 10:00:0%d +0000"' % n,
                               message(f"number {n}", "From me\r\n>From you\r\n\r\nlast\r\n")))
            ok(imap.create("Lists.x/&ANw-ber"))
            ok(imap.append("Lists.x/&ANw-ber", None, None, message("umlaut", "y" * 300_000 + "\r\n")))
            ok(imap.select("INBOX"))
            ok(imap.uid("STORE", "3", "+FLAGS", r"(\Deleted)"))
            ok(imap.uid("EXPUNGE", "3"))

    def test_there_and_back(self):
        with Demo() as demo:
            self.fill(demo)
            for kind in ("maildir", "mbox"):
                demo.posthorn("export", "alice@demo.test", kind, self.here / kind)
            # New accounts count their UIDVALIDITYs from the present second on: those of the old one lie before.
            time.sleep(10)
            there = account(demo)
            with Demo() as other:
                for kind, name in (("maildir", "alice"), ("mbox", "bob")):
                    self.assertEqual(self.bring(other, kind, self.here / kind, name=name)["messages"], 4)
                    here = account(other, name)
                    for box, (figures, messages) in there[0].items():
                        if messages or kind == "maildir":
                            self.assertEqual(here[0][box], (figures, messages))
                    self.assertEqual(here[1], there[1])

    def test_names_that_are_no_files_names(self):
        names = ["_x", ".x", "..", "n" * 300, "n" * 300 + "2", "_.x", "a/" + "m" * 300]
        with Demo() as demo:
            with demo.imap("alice") as imap:
                for name in names:
                    ok(imap.create(name))
                    ok(imap.append(name, None, None, message(name[-3:])))
            for kind in ("maildir", "mbox"):
                out = self.here / kind
                told = json.loads(demo.posthorn("--json", "export", "alice@demo.test", kind, out).stdout)
                self.assertEqual(len({m["path"] for m in told["mailboxes"]}), len(told["mailboxes"]))
                self.assertTrue(all(pathlib.Path(m["path"]).is_relative_to(out) for m in told["mailboxes"]))
                self.assertEqual(self.bring(demo, kind, out, name="bob")["messages"], len(names))

    def test_maildir_is_brought_up_to_date(self):
        out = self.here / "out"
        with Demo() as demo:
            self.fill(demo)
            words = ("--json", "export", "alice@demo.test", "maildir", out)
            self.assertEqual(json.loads(demo.posthorn(*words).stdout)["messages"], 4)
            with demo.imap("alice", "INBOX") as imap:
                ok(imap.uid("STORE", "1", "FLAGS", r"(\Flagged)"))
                ok(imap.append("INBOX", "", None, message("new")))
                ok(imap.uid("STORE", "2", "+FLAGS", r"(\Deleted)"))
                ok(imap.uid("EXPUNGE", "2"))
            summary = json.loads(demo.posthorn(*words).stdout)
            self.assertEqual([summary[k] for k in ("messages", "known", "renamed", "removed")], [1, 3, 1, 0])
            summary = json.loads(demo.posthorn(*words, "--delete").stdout)
            self.assertEqual([summary[k] for k in ("messages", "removed")], [0, 1])
            self.assertEqual(len(mailbox.Maildir(out)), 3)
            self.assertEqual(os.listdir(out / "tmp"), [])
            self.assertRegex(demo.posthorn("export", "bob@demo.test", "maildir", out, status=1).stderr,
                             "out holds the mail of alice@demo.test\n$")
            self.assertRegex(demo.posthorn("export", "alice@demo.test", "mbox", "/proc/none", status=1).stderr,
                             "^posthorn: cannot write /proc/none")


if __name__ == "__main__":
    unittest.main()
