"""Load on a running server by SMTP, IMAP and POP3 that writes down what it was told, and what it does not know when the
server dies.

A Sender keeps the deliveries that were answered 250, each to be found exactly once in every account, and the one
without an answer, to be found in all of its accounts or in none. A Reader changes one account, and it alone does: it
keeps the account's mailboxes as they were told (`state`), and as the command under way makes them (`after`). A message's
bytes follow from its id.
"""
import dataclasses
import random
import re
import threading
import time

from wires import Died, Imap, Pop3, Refused, Smtp

FIXED = ("INBOX", "Work", "Later")
FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "$Label1", "\\Draft", "urgent")
SIZES = (0, 0, 0, 3000, 3000, 9000, 100_000)
MOST_MESSAGES = 300  # in a mailbox: then all go


def text(identity):
    """The message of this id, as it is sent; no line of it begins with a dot."""
    size = SIZES[identity * 7919 % 104729 % len(SIZES)]
    head = b"From: load@elsewhere.test\r\nSubject: id=%d\r\n\r\n" % identity
    return head + (b"%d says " % identity * 6 + b"so\r\n") * (1 + size // 70)


def id_in(header):
    return int(re.search(rb"Subject: id=(\d+)", header)[1])


class Ids:
    def __init__(self):
        self.lock, self.last = threading.Lock(), 0

    def next(self):
        with self.lock:
            self.last += 1
            return self.last


@dataclasses.dataclass
class Box:
    uid_validity: int | None  # None: not told
    messages: dict            # UID -> (id, frozenset of flags)
    new: tuple = ()           # (id, flags) of what comes under UIDs not told, in order

    def copy(self):
        return Box(self.uid_validity, dict(self.messages), self.new)


@dataclasses.dataclass
class Account:
    name: str
    password: str
    state: dict = dataclasses.field(default_factory=dict)    # name -> Box, as last told
    after: dict | None = None                                # the same after the command under way
    ever: set = dataclasses.field(default_factory=set)       # ids that were ever seen in the account
    owners: dict = dataclasses.field(default_factory=dict)   # (UIDVALIDITY, UID) -> id, as long as it is there
    largest: dict = dataclasses.field(default_factory=dict)  # UIDVALIDITY -> the largest UID told, for ever
    floor: dict = dataclasses.field(default_factory=dict)    # UIDVALIDITY -> up to which UID all are known
    modseqs: dict = dataclasses.field(default_factory=dict)  # (UIDVALIDITY, UID) -> the largest MODSEQ told
    highest: dict = dataclasses.field(default_factory=dict)  # UIDVALIDITY -> the largest HIGHESTMODSEQ told
    known: dict = dataclasses.field(default_factory=dict)    # UIDVALIDITY -> (HIGHESTMODSEQ, {UID: flags}) as a client keeps
    unique_ids: dict = dataclasses.field(default_factory=dict)  # POP3's -> id

    @property
    def address(self):
        return f"{self.name}@demo.test"

    def tell(self, uid_validity, uid, identity):
        if (uid_validity, uid) not in self.owners and uid <= self.floor.get(uid_validity, 0):
            raise AssertionError(f"{self.name}: UID {uid} of {uid_validity} is given to {identity}, and was another's")
        owner = self.owners.setdefault((uid_validity, uid), identity)
        if owner != identity:
            raise AssertionError(f"{self.name}: UID {uid} of {uid_validity} is of message {identity}, was of {owner}")
        self.largest[uid_validity] = max(uid, self.largest.get(uid_validity, 0))
        self.ever.add(identity)

    def largest_uid(self, uid_validity):
        return self.largest.get(uid_validity, 0)

    def forget_gone(self, unique_ids):
        """What is not there any more: that none of it comes back, `floor` and `ever` see to."""
        there = {(box.uid_validity, uid) for box in self.state.values() for uid in box.messages}
        self.owners = {at: identity for at, identity in self.owners.items() if at in there}
        self.modseqs = {at: modseq for at, modseq in self.modseqs.items() if at in there}
        self.unique_ids = {unique: identity for unique, identity in self.unique_ids.items() if unique in unique_ids}

    def tell_modseq(self, uid_validity, uid, modseq):
        at = uid_validity, uid
        self.modseqs[at] = max(modseq, self.modseqs.get(at, 0))
        self.highest[uid_validity] = max(modseq, self.highest.get(uid_validity, 0))


@dataclasses.dataclass
class Delivery:
    identity: int
    accounts: list


class Client(threading.Thread):
    """Works until the server is gone. Where it may refuse, as its disk fails, it stops at a refusal."""

    def __init__(self, server, accounts, ids, seed):
        super().__init__(daemon=True)
        self.server, self.accounts, self.ids, self.random = server, accounts, ids, random.Random(seed)
        self.error, self.done_count, self.wires, self.is_over = None, 0, [], False
        self.pace = 0.0  # seconds that each piece of work takes at least

    def run(self):
        try:
            while not self.is_over:
                next_at = time.monotonic() + self.pace
                self.work()
                self.done_count += 1
                time.sleep(max(0.0, next_at - time.monotonic()))
        except Died:
            pass
        except Refused as refusal:
            if not self.server.may_refuse:
                self.error = refusal
        except BaseException as error:  # the thread's owner raises it
            self.error = error
        finally:
            for wire in self.wires:
                wire.close()

    def opened(self, wire):
        self.wires.append(wire)
        return wire


class Sender(Client):
    """Delivers by SMTP, to one and several."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.accepted, self.in_doubt, self.smtp = [], None, None

    def work(self):
        if self.smtp is None:
            self.smtp = self.opened(Smtp(self.server.port("smtp")))
        to = self.random.sample(self.accounts, self.random.choice((1, 1, 1, 2, len(self.accounts))))
        recipients = [account.address for account in to]
        if self.random.random() < 0.1:
            recipients.append(recipients[0])  # who is named twice gets it once
        self.in_doubt = Delivery(self.ids.next(), to)
        self.smtp.deliver(recipients, text(self.in_doubt.identity))
        self.accepted.append(self.in_doubt)
        self.in_doubt = None


class Reader(Client):
    """Changes one account, and alone does."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        (self.account,) = self.accounts
        self.imap, self.selected = None, None

    def work(self):
        if self.imap is None:
            self.imap = self.opened(Imap(self.server.port("imap"), self.account.address, self.account.password))
        self.random.choice((self.append, self.append, self.take, self.take, self.flag, self.flag, self.flag, self.copy,
                            self.move, self.expunge, self.expunge, self.create, self.rename, self.delete, self.pop,
                            self.look))()

    # How a command is told and taken as done.

    def begin(self):
        """A copy of the state, to be changed into what the command makes of it."""
        return {name: box.copy() for name, box in self.account.state.items()}

    def ask(self, after, *parts):
        self.account.after = after
        answer = self.imap.ask(*parts)
        self.note_modseqs(answer)
        return answer

    def done(self, after, uids=None):
        """The command was answered OK; uids: of what came into boxes as `new`, by the box's name."""
        for name, box in after.items():
            if box.new:
                box.messages.update(zip(uids[name], box.new, strict=True))
                box.new = ()
            for uid, (identity, _) in sorted(box.messages.items()):
                self.account.tell(box.uid_validity, uid, identity)
            if name != "INBOX":  # into which mail comes meanwhile
                self.account.floor[box.uid_validity] = self.account.largest_uid(box.uid_validity)
        self.account.state, self.account.after = after, None

    def note_modseqs(self, answer):
        for line, _ in answer:
            found = re.match(rb"\* \d+ FETCH \(.*?UID (\d+).*?MODSEQ \((\d+)\)", line)
            if found and self.selected:
                self.account.tell_modseq(self.selected, int(found[1]), int(found[2]))

    def select(self, name):
        for line, _ in self.imap.ask(f'SELECT "{name}"'):
            if found := re.match(rb"\* OK \[HIGHESTMODSEQ (\d+)\]", line):
                modseq = int(found[1])
        self.selected = self.account.state[name].uid_validity
        highest = self.account.highest.get(self.selected, 0)
        if modseq < highest:
            raise AssertionError(f"{self.account.name}/{name}: HIGHESTMODSEQ {modseq} was {highest}")
        self.account.highest[self.selected] = modseq
        return modseq

    # What to work on.

    def a_box(self):
        return self.random.choice(list(self.account.state))

    def some(self, name):
        uids = sorted(self.account.state[name].messages)
        return sorted(self.random.sample(uids, min(len(uids), self.random.choice((1, 1, 2, 5, 20)))))

    def some_flags(self):
        return frozenset(self.random.sample(FLAGS, self.random.choice((0, 1, 2))))

    # Commands.

    def append(self):
        name = self.random.choice([n for n in self.account.state if n != "INBOX"])
        after = self.begin()
        parts = [f'APPEND "{name}"']
        for _ in range(self.random.choice((1, 1, 3))):
            identity, flags = self.ids.next(), self.some_flags()
            after[name].new += ((identity, flags),)
            parts += [f" ({' '.join(flags)}) ", text(identity)]
        tagged = self.ask(after, *parts)[-1][0]
        self.done(after, {name: list(numbers(re.search(rb"APPENDUID \d+ ([\d,:]+)", tagged)[1]))})

    def take(self):
        """Looks at what was delivered; from then on it is known."""
        self.select("INBOX")
        first = self.account.floor.get(self.selected, 0) + 1
        after = self.begin()
        answer = self.ask(None, f"UID FETCH {first}:* (UID FLAGS MODSEQ BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        for uid, identity, flags, _ in fetched(answer):
            # N:* names the last message even where its UID is below N.
            if uid >= first and uid not in after["INBOX"].messages:
                if identity in self.account.ever:
                    raise AssertionError(f"{self.account.name}: message {identity} was delivered twice")
                after["INBOX"].messages[uid] = (identity, flags)
        self.done(after)
        self.account.floor[self.selected] = max(first - 1, *after["INBOX"].messages, 0)

    def look(self):
        """Keeps a mailbox as a client does that will come back by QRESYNC."""
        name = self.a_box()
        modseq = self.select(name)
        answer = self.ask(None, "UID FETCH 1:* (UID FLAGS MODSEQ)")
        self.account.known[self.selected] = (modseq, {uid: flags for uid, _, flags, _ in fetched(answer)})

    def flag(self):
        name = self.a_box()
        if not (uids := self.some(name)):
            return
        self.select(name)
        flags, how = self.some_flags(), self.random.choice(("+FLAGS", "-FLAGS", "FLAGS"))
        change = {"+FLAGS": lambda had: had | flags, "-FLAGS": lambda had: had - flags, "FLAGS": lambda had: flags}[how]
        after = self.begin()
        messages = after[name].messages
        messages.update({uid: (messages[uid][0], change(messages[uid][1])) for uid in uids})
        self.ask(after, f"UID STORE {uid_set(uids)} {how}.SILENT ({' '.join(flags)})")
        self.done(after)

    def copy(self, moves=False):
        name, to = self.random.sample(list(self.account.state), 2)
        if not (uids := self.some(name)):
            return
        self.select(name)
        after = self.begin()
        after[to].new = tuple(after[name].messages[uid] for uid in uids)
        if moves:
            for uid in uids:
                del after[name].messages[uid]
        answer = self.ask(after, f'UID {"MOVE" if moves else "COPY"} {uid_set(uids)} "{to}"')
        line = next(line for line, _ in answer if b"COPYUID" in line)
        told = re.search(rb"COPYUID \d+ ([\d,:]+) ([\d,:]+)", line)
        new_uid = dict(zip(numbers(told[1]), numbers(told[2]), strict=True))
        self.done(after, {to: [new_uid[uid] for uid in uids]})

    def move(self):
        self.copy(moves=True)

    def expunge(self):
        name = self.a_box()
        uids = self.some(name)
        if (uids and self.random.random() < 0.2) or len(self.account.state[name].messages) > MOST_MESSAGES:
            uids = sorted(self.account.state[name].messages)
        if not uids:
            return
        self.select(name)
        after = self.begin()
        messages = after[name].messages
        messages.update({uid: (messages[uid][0], messages[uid][1] | {"\\Deleted"}) for uid in uids})
        self.ask(after, f"UID STORE {uid_set(uids)} +FLAGS.SILENT (\\Deleted)")
        self.done(after)
        after = self.begin()
        for uid in uids:
            del after[name].messages[uid]
        self.ask(after, f"UID EXPUNGE {uid_set(uids)}")
        self.done(after)

    def others(self):
        return [name for name in self.account.state if name not in FIXED]

    def create(self):
        if len(self.others()) >= 6:
            return
        name = f"new{self.random.randrange(1000)}"
        if name in self.account.state:
            return
        after = self.begin()
        after[name] = Box(None, {})
        self.ask(after, f'CREATE "{name}"')
        status = self.imap.ask(f'STATUS "{name}" (UIDVALIDITY)')
        after[name].uid_validity = int(re.search(rb"UIDVALIDITY (\d+)", status[0][0])[1])
        if after[name].uid_validity in self.account.largest:
            raise AssertionError(f"{self.account.name}/{name}: UIDVALIDITY {after[name].uid_validity} was another's")
        self.account.largest[after[name].uid_validity] = 0
        self.done(after)

    def rename(self):
        if not (others := self.others()):
            return
        name, to = self.random.choice(others), f"renamed{self.random.randrange(1000)}"
        if to in self.account.state:
            return
        after = self.begin()
        after[to] = after.pop(name)
        self.ask(after, f'RENAME "{name}" "{to}"')
        self.done(after)

    def delete(self):
        if self.random.random() < 0.5 or not (others := self.others()):
            return
        name = self.random.choice(others)
        after = self.begin()
        del after[name]
        if self.selected == self.account.state[name].uid_validity:
            self.select("INBOX")
        self.ask(after, f'DELETE "{name}"')
        self.done(after)

    def pop(self):
        """A POP3 session that reads a message and deletes some, which are gone once QUIT is answered."""
        pop = self.opened(Pop3(self.server.port("pop3"), self.account.address, self.account.password))
        inbox = self.account.state["INBOX"].messages
        listed = [line.split() for line in pop.ask_for_lines("UIDL")[0].splitlines()]
        uids = {int(unique.rpartition(b".")[2]): number for number, unique in listed}
        known = sorted(uids.keys() & inbox.keys())
        if len(known) != len(inbox):
            raise AssertionError(f"{self.account.name}: POP3 shows {sorted(uids)} of {sorted(inbox)}")
        chosen = self.random.sample(known, min(len(known), self.random.choice((0, 1, 3))))
        if chosen:
            check_octets(pop.ask_for_lines(f"RETR {uids[chosen[0]].decode()}")[0], inbox[chosen[0]][0])
        pop.ask(*(f"DELE {uids[uid].decode()}" for uid in chosen))
        after = self.begin()
        for uid in chosen:
            del after["INBOX"].messages[uid]
        self.account.after = after
        pop.ask("QUIT")
        self.done(after)
        pop.close()
        self.wires.remove(pop)


def check_octets(received, identity):
    """Delivered and appended messages: the first have trace fields before them."""
    sent = text(identity)
    if received != sent and not (received.endswith(sent) and received.startswith((b"Return-Path:", b"Received:"))):
        raise AssertionError(f"message {identity} has other octets: {received[:300]}... of {len(received)}")


def uid_set(uids):
    return ",".join(str(uid) for uid in uids)


def numbers(text_of_set):
    """Of a UID set, in order."""
    for run in text_of_set.split(b","):
        first, _, last = run.partition(b":")
        yield from range(int(first), int(last or first) + 1)


def flags_in(line):
    return frozenset(re.search(rb"FLAGS \(([^)]*)\)", line)[1].decode().split()) - {"\\Recent"}


def fetched(answer):
    """(uid, id or None, flags without \\Recent, modseq) of an answer to UID FETCH."""
    for line, literals in answer:
        if not re.match(rb"\* \d+ FETCH ", line):
            continue
        uid, modseq = re.search(rb"UID (\d+)", line), re.search(rb"MODSEQ \((\d+)\)", line)
        yield int(uid[1]), id_in(literals[0]) if literals else None, flags_in(line), int(modseq[1]) if modseq else None
