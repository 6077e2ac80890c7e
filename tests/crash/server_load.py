"""Load on a running server that writes down what it was told, and what it does not know when the server dies.

A Sender keeps the deliveries that were answered 250, each to be found exactly once in every account, and the one
without an answer, to be found in all of its accounts or in none. A Reader keeps of its account what IMAP told
(`known`), and what the command under way makes of it (`pending`). A message's id is in its subject.
"""
import dataclasses
import imaplib
import random
import re
import smtplib
import threading

BOXES = ("INBOX", "Work", "Later")
FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "$Label1", "\\Draft")
GONE = None  # where an expunged message is
DYING = (OSError, EOFError, imaplib.IMAP4.abort, smtplib.SMTPException)  # what a client sees of a killed server


def text(identity, size):
    head = f"From: load@elsewhere.test\r\nSubject: id={identity}\r\n\r\n"
    return head.encode() + (b"y" * 70 + b"\r\n") * (1 + size // 72)


class Ids:
    def __init__(self):
        self.lock, self.last = threading.Lock(), 0

    def next(self):
        with self.lock:
            self.last += 1
            return self.last


@dataclasses.dataclass
class Account:
    name: str
    known: dict = dataclasses.field(default_factory=dict)    # id -> (mailbox, uid, frozenset of flags), or GONE
    pending: dict = dataclasses.field(default_factory=dict)  # id -> (mailbox, flags), or GONE
    told: dict = dataclasses.field(default_factory=dict)     # (mailbox, uid) -> id, for ever
    looked_at: int = 0                                       # the UID in INBOX up to which deliveries are known

    def largest_uid(self, box):
        return max((uid for told_box, uid in self.told if told_box == box), default=0)


@dataclasses.dataclass
class Delivery:
    identity: int
    accounts: list


class Sender(threading.Thread):
    """Delivers by SMTP, to one and several, until the server is gone."""

    def __init__(self, demo, accounts, ids, seed):
        super().__init__()
        self.demo, self.accounts, self.ids, self.random = demo, accounts, ids, random.Random(seed)
        self.accepted, self.in_doubt, self.error = [], None, None

    def run(self):
        try:
            with self.demo.smtp() as smtp:
                while True:
                    self.deliver(smtp)
        except DYING:
            pass
        except BaseException as error:  # the thread's owner raises it
            self.error = error

    def deliver(self, smtp):
        names = self.random.sample(self.accounts, self.random.choice((1, 1, 1, 2, len(self.accounts))))
        self.in_doubt = Delivery(self.ids.next(), names)
        size = self.random.choice((0, 0, 0, 3000, 3000, 200_000))
        smtp.sendmail("load@elsewhere.test", [f"{a.name}@demo.test" for a in names], text(self.in_doubt.identity, size))
        self.accepted.append(self.in_doubt)
        self.in_doubt = None


class Reader(threading.Thread):
    """Changes one account by IMAP, and alone does, until the server is gone."""

    def __init__(self, demo, account, ids, seed):
        super().__init__()
        self.demo, self.account, self.ids, self.random = demo, account, ids, random.Random(seed)
        self.error, self.commands = None, 0

    def run(self):
        imap = None
        commands = (self.append, self.append, self.take, self.flag, self.flag, self.move, self.expunge)
        try:
            imap = self.demo.imap(self.account.name)
            while True:
                self.random.choice(commands)(imap)
                self.commands += 1
        except DYING:
            pass
        except BaseException as error:  # the thread's owner raises it
            self.error = error
        finally:
            if imap is not None:
                imap.shutdown()

    def ok(self, answer):
        if answer[0] != "OK":
            raise AssertionError(answer)
        return answer[1]

    def mine(self, box):
        """(id, uid, flags) of the messages known to be in the mailbox, by UID."""
        found = [(i, at[1], at[2]) for i, at in self.account.known.items() if at is not GONE and at[0] == box]
        return sorted(found, key=lambda m: m[1])

    def some(self, box):
        messages = self.mine(box)
        return self.random.sample(messages, min(len(messages), self.random.choice((1, 1, 2, 5, 20))))

    def tell(self, box, uid, identity):
        if self.account.told.setdefault((box, uid), identity) != identity:
            raise AssertionError(f"UID {uid} in {box} is told of {identity}, and was of {self.account.told[box, uid]}")

    def done(self, uids=None):
        """The command was answered OK; uids: id -> the UID under which it is now, where that is another."""
        for identity, after in self.account.pending.items():
            if after is not GONE:
                uid = uids[identity] if uids else self.account.known[identity][1]
                self.tell(after[0], uid, identity)
                after = (after[0], uid, after[1])
            self.account.known[identity] = after
        self.account.pending = {}

    def append(self, imap):
        box, identity = self.random.choice(BOXES[1:]), self.ids.next()
        flags = frozenset(self.random.sample(FLAGS, self.random.choice((0, 1, 2))))
        self.account.pending = {identity: (box, flags)}
        size = self.random.choice((0, 0, 3000, 200_000))
        answer = self.ok(imap.append(box, f"({' '.join(flags)})", None, text(identity, size)))[0]
        self.done({identity: int(re.search(rb"APPENDUID \d+ (\d+)", answer)[1])})

    def take(self, imap):
        """Looks at what was delivered; from then on it is known."""
        self.ok(imap.select("INBOX"))
        for identity, uid, flags in fetch_all(imap, self.account.looked_at + 1):
            self.account.known.setdefault(identity, ("INBOX", uid, flags))
            self.tell("INBOX", uid, identity)
            self.account.looked_at = uid

    def flag(self, imap):
        box = self.random.choice(BOXES)
        if not (messages := self.some(box)):
            return
        self.ok(imap.select(box))
        flags = frozenset(self.random.sample(FLAGS, self.random.choice((1, 2))))
        how = self.random.choice(("+FLAGS", "-FLAGS", "FLAGS"))
        after = {"+FLAGS": lambda had: had | flags, "-FLAGS": lambda had: had - flags, "FLAGS": lambda had: flags}[how]
        self.account.pending = {i: (box, after(had)) for i, _, had in messages}
        self.ok(imap.uid("STORE", uid_set(messages), f"{how}.SILENT", f"({' '.join(flags)})"))
        self.done()

    def move(self, imap):
        box, to = self.random.sample(BOXES, 2)
        if not (messages := self.some(box)):
            return
        self.ok(imap.select(box))
        imap.untagged_responses.pop("COPYUID", None)
        self.account.pending = {i: (to, had) for i, _, had in messages}
        self.ok(imap.uid("MOVE", uid_set(messages), f'"{to}"'))
        told = imap.response("COPYUID")[1][-1].decode().split()
        new_uid = dict(zip(numbers(told[1]), numbers(told[2]), strict=True))
        self.done({i: new_uid[uid] for i, uid, _ in messages})

    def expunge(self, imap):
        box = self.random.choice(BOXES)
        messages = self.mine(box) if self.random.random() < 0.2 else self.some(box)
        if not messages:
            return
        self.ok(imap.select(box))
        self.account.pending = {i: (box, had | {"\\Deleted"}) for i, _, had in messages}
        self.ok(imap.uid("STORE", uid_set(messages), "+FLAGS.SILENT", "(\\Deleted)"))
        self.done()
        self.account.pending = {i: GONE for i, _, _ in messages}
        self.ok(imap.uid("EXPUNGE", uid_set(messages)))
        self.done()


def uid_set(messages):
    return ",".join(str(uid) for _, uid, _ in messages)


def numbers(text):
    """Of a UID set, in order."""
    for run in text.split(","):
        first, _, last = run.partition(":")
        yield from range(int(first), int(last or first) + 1)


def fetch_all(imap, first=1):
    """(id, uid, flags without \\Recent) of the selected mailbox from a UID on."""
    found = []
    for part in imap.uid("FETCH", f"{first}:*", "(UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]:
        if not isinstance(part, tuple):
            continue
        uid = int(re.search(rb"UID (\d+)", part[0])[1])
        flags = frozenset(re.search(rb"FLAGS \(([^)]*)\)", part[0])[1].decode().split()) - {"\\Recent"}
        if uid >= first:  # N:* names the last message even where its UID is below N
            found.append((int(re.search(rb"id=(\d+)", part[1])[1]), uid, flags))
    return found
