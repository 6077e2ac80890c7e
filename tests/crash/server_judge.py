"""Compares a server that died and came back with what its clients were told (server_load.py).

Every account is as its reader was last told, or as the command under way makes it, whole; each delivery that was
answered 250 is in each of its accounts exactly once, and the one that was not in all of them or in none; what was
expunged does not come back; octets are as they were sent; a UID names one message for ever, a UIDVALIDITY one mailbox;
neither HIGHESTMODSEQ nor a MODSEQ goes back; a client that was away hears by QRESYNC and by CHANGEDSINCE of every change
since the ModSeq that it knows; POP3 shows the same under unique-ids that stay.
"""
import dataclasses
import re

from server_load import Box, check_octets, fetched, flags_in, numbers
from wires import Imap, Pop3

SAMPLE = 6  # messages of each mailbox whose octets are read again; new ones always are


class Wrong(AssertionError):
    pass


def check(holds, what):
    if not holds:
        raise Wrong(what() if callable(what) else what)


@dataclasses.dataclass
class Found:
    """A mailbox as it is now."""
    uid_validity: int = 0
    uid_next: int = 0
    highest: int = 0
    messages: dict = dataclasses.field(default_factory=dict)  # UID -> (id, flags)
    modseqs: dict = dataclasses.field(default_factory=dict)   # UID -> MODSEQ


class AccountJudge:
    def __init__(self, server, account, generator):
        self.server, self.account, self.random = server, account, generator
        self.found = {}

    def check(self, holds, what):
        check(holds, lambda: f"{self.account.name}: {what() if callable(what) else what}")

    # What is there.

    def look(self):
        imap = Imap(self.server.port("imap"), self.account.address, self.account.password)
        try:
            names = [line.rsplit(b" ", 1)[1].strip(b'"').decode()
                     for line, _ in imap.ask('LIST "" *') if line.startswith(b"* LIST")]
            ours = [name for name in names if name not in ("Drafts", "Sent", "Junk", "Trash", "Archive")]
            answers = imap.ask_all([command for name in ours for command in (
                (f'EXAMINE "{name}"',),
                ("UID FETCH 1:* (UID FLAGS MODSEQ BODY.PEEK[HEADER.FIELDS (SUBJECT)])",))])
            for name, selected, messages in zip(ours, answers[::2], answers[1::2], strict=True):
                self.found[name] = self.found_in(selected, messages)
            self.compare_resync(imap)
            self.compare_octets(imap)
        finally:
            imap.close()

    @staticmethod
    def found_in(selected, messages):
        box = Found()
        for line, _ in selected:
            if told := re.match(rb"\* OK \[(UIDVALIDITY|UIDNEXT|HIGHESTMODSEQ) (\d+)\]", line):
                setattr(box, {b"UIDVALIDITY": "uid_validity", b"UIDNEXT": "uid_next",
                              b"HIGHESTMODSEQ": "highest"}[told[1]], int(told[2]))
        for uid, identity, flags, modseq in fetched(messages):
            box.messages[uid], box.modseqs[uid] = (identity, flags), modseq
        return box

    def compare_resync(self, imap):
        """A client that knows a mailbox as it was comes back."""
        for name, box in self.found.items():
            if box.uid_validity not in self.account.known:
                continue
            modseq, before = self.account.known[box.uid_validity]
            now = {uid: flags for uid, (_, flags) in box.messages.items()}
            resync, changes = imap.ask_all([(f'EXAMINE "{name}" (QRESYNC ({box.uid_validity} {modseq}))',),
                                            (f"UID FETCH 1:* (FLAGS) (CHANGEDSINCE {modseq} VANISHED)",)])
            for what, answer in (("QRESYNC", resync), ("CHANGEDSINCE", changes)):
                told = dict(before)
                for line, _ in answer:
                    if vanished := re.match(rb"\* VANISHED \(EARLIER\) (\S+)", line):
                        for uid in numbers(vanished[1]):
                            told.pop(uid, None)
                    elif re.match(rb"\* \d+ FETCH", line):
                        told[int(re.search(rb"UID (\d+)", line)[1])] = flags_in(line)
                self.check(told == now, lambda: f"{name}: {what} since {modseq} leads from {before} to {told}, "
                                                f"but there is {now}")  # noqa: B023

    def compare_octets(self, imap):
        for name, box in self.found.items():
            new = [uid for uid in box.messages if (box.uid_validity, uid) not in self.account.owners]
            old = [uid for uid in box.messages if (box.uid_validity, uid) in self.account.owners]
            uids = new + self.random.sample(old, min(len(old), SAMPLE))
            if not uids:
                continue
            _, answer = imap.ask_all([(f'EXAMINE "{name}"',),
                                      (f"UID FETCH {','.join(map(str, uids))} (UID BODY.PEEK[])",)])
            read = [(int(re.search(rb"UID (\d+)", line)[1]), literals[0]) for line, literals in answer if literals]
            self.check(sorted(uid for uid, _ in read) == sorted(uids), f"{name}: not all of {uids} can be read")
            for uid, octets in read:
                check_octets(octets, box.messages[uid][0])

    # Whether it may be so.

    def differs(self, state):
        """What is not as in `state`, "" if all is; and the ids that came into INBOX by delivery."""
        if state.keys() != self.found.keys():
            return f"mailboxes are {sorted(self.found)}, not {sorted(state)}", []
        arrived = []
        for name, box in state.items():
            found = self.found[name]
            if box.uid_validity is not None and box.uid_validity != found.uid_validity:
                return f"{name}: UIDVALIDITY is {found.uid_validity}, was {box.uid_validity}", []
            for uid, message in box.messages.items():
                if (now := found.messages.get(uid)) != message:
                    return f"{name}: UID {uid} is {now}, not {message}", []
            awaited = {identity for identity, _ in box.new}
            others = sorted((uid, message) for uid, message in found.messages.items() if uid not in box.messages)
            delivered = [message for _, message in others if name == "INBOX" and message[0] not in awaited
                         and message[0] not in self.account.ever]
            new = [message for _, message in others if message not in delivered]
            if new != list(box.new):
                return f"{name}: there is {new} besides, instead of {list(box.new)}", []
            arrived += delivered
        return "", arrived

    def judge(self):
        """Answers the ids that came by delivery and were not known before."""
        account = self.account
        wrong, arrived = self.differs(account.state)
        if wrong and account.after is not None:
            also_wrong, arrived = self.differs(account.after)
            wrong = also_wrong and f"{wrong}; and after the command under way: {also_wrong}"
        self.check(not wrong, wrong)
        for identity, flags in arrived:
            self.check(not flags, f"message {identity} came with {set(flags)}")
        identities = [identity for identity, _ in arrived]
        self.check(len(set(identities)) == len(identities), lambda: f"delivered twice: {sorted(identities)}")
        for name, box in self.found.items():
            self.judge_numbers(name, box)
        self.compare_pop3()
        return set(identities)

    def judge_numbers(self, name, box):
        account, validity = self.account, box.uid_validity
        largest = max(account.largest_uid(validity), max(box.messages, default=0))
        self.check(box.uid_next > largest, f"{name}: UIDNEXT is {box.uid_next}, but {largest} was told before")
        self.check(box.highest >= account.highest.get(validity, 0),
                   lambda: f"{name}: HIGHESTMODSEQ is {box.highest}, was {account.highest[validity]}")
        for uid, modseq in box.modseqs.items():
            self.check(0 < modseq <= box.highest, f"{name}: UID {uid} has MODSEQ {modseq} of {box.highest}")
            told = account.modseqs.get((validity, uid), 0)
            self.check(modseq >= told, f"{name}: UID {uid} has MODSEQ {modseq}, had {told}")

    def compare_pop3(self):
        pop = Pop3(self.server.port("pop3"), self.account.address, self.account.password)
        try:
            listed = [line.split() for line in pop.ask_for_lines("UIDL")[0].splitlines()]
            tops = pop.ask_for_lines(*(f"TOP {number.decode()} 0" for number, _ in listed))
        finally:
            pop.close()
        there = [int(re.search(rb"Subject: id=(\d+)", top)[1]) for top in tops]
        inbox = [identity for _, (identity, _) in sorted(self.found["INBOX"].messages.items())]
        self.check(there == inbox, lambda: f"POP3 shows {there}, IMAP {inbox}")
        self.unique_ids = {unique for _, unique in listed}
        for (_, unique), identity in zip(listed, there, strict=True):
            owner = self.account.unique_ids.setdefault(unique, identity)
            self.check(owner == identity, f"POP3's {unique.decode()} is of message {identity}, was of {owner}")

    def remember(self):
        """What was found is what is known from now on."""
        account = self.account
        account.state = {name: Box(box.uid_validity, dict(box.messages)) for name, box in self.found.items()}
        account.after = None
        account.forget_gone(self.unique_ids)
        for box in self.found.values():
            validity = box.uid_validity
            for uid, (identity, _) in sorted(box.messages.items()):
                account.tell(validity, uid, identity)
                account.tell_modseq(validity, uid, box.modseqs[uid])
            account.floor[validity] = box.uid_next - 1
            account.largest.setdefault(validity, 0)
            account.highest[validity] = max(box.highest, account.highest.get(validity, 0))
            if self.random.random() < 0.7:  # else a client that was away for longer
                account.known[validity] = (box.highest, {uid: flags for uid, (_, flags) in box.messages.items()})


def judge(server, senders, accounts, generator):
    judges = [AccountJudge(server, account, generator) for account in accounts]
    arrived = {}
    for one in judges:
        one.look()
        arrived[one.account.name] = one.judge()
    compare_deliveries(senders, accounts, arrived)
    for one in judges:
        one.remember()


def compare_deliveries(senders, accounts, arrived):
    def has(account, delivery):
        return delivery.identity in account.ever or delivery.identity in arrived[account.name]

    for sender in senders:
        for delivery in sender.accepted:
            for account in delivery.accounts:
                check(has(account, delivery), f"{account.name}: message {delivery.identity} was answered 250 and is lost")
        if sender.in_doubt is not None:
            reached = [has(account, sender.in_doubt) for account in sender.in_doubt.accounts]
            check(len(set(reached)) == 1, f"message {sender.in_doubt.identity} reached some of its recipients")
    sent = {d.identity: d.accounts for s in senders for d in s.accepted + ([s.in_doubt] if s.in_doubt else [])}
    for account in accounts:
        for identity in arrived[account.name]:
            check(account in sent.get(identity, []), f"{account.name}: message {identity} came from nowhere")
