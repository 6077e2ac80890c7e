"""kill -9 of the server under load, again and again: what was answered is there, exactly once.

python3 tests/crash/server_kill_test.py [--rounds N] [--seed S]
After each kill the server starts on the same folder, and every account is compared with what its clients were told
(server_load.py): accepted mail once in each mailbox, flags as last acknowledged or as by the command under way, several
messages of one command and several recipients of one message together or not at all, UIDs never used again.
"""
import argparse
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
from demo import Demo, ok  # noqa: E402
from server_load import BOXES, GONE, Account, Ids, Reader, Sender, fetch_all  # noqa: E402

SENDERS = 5
ACCOUNTS = 3
ROUNDS_A_FOLDER = 50  # then a new one, so that what is to be compared does not grow for ever
LONGEST_LIFE = 1.2  # seconds under load


class Wrong(AssertionError):
    pass


def check(holds, what):
    if not holds:
        raise Wrong(what)


def look(demo, account):
    """id -> (mailbox, uid, flags) of all that is there; a message twice in an account is wrong."""
    there = {}
    with demo.imap(account.name) as imap:
        for box in BOXES:
            ok(imap.select(box))
            uid_next = int(imap.response("UIDNEXT")[1][0])
            largest = account.largest_uid(box)
            check(uid_next > largest, f"{account.name}/{box}: UIDNEXT is {uid_next}, but UID {largest} was told before")
            for identity, uid, flags in fetch_all(imap):
                check(identity not in there, f"{account.name}: message {identity} is there twice")
                there[identity] = (box, uid, flags)
    return there


def compare_known(account, there):
    """What IMAP was told, and the command under way: all of it happened, or none."""
    happened = set()
    for identity, before in account.known.items():
        now = there.get(identity, GONE)
        if identity not in account.pending:
            check(now == before, f"{account.name}: message {identity} is {now}, was acknowledged as {before}")
            continue
        after = account.pending[identity]
        is_after = now is GONE if after is GONE else now is not GONE and (now[0], now[2]) == after
        check(now == before or is_after, f"{account.name}: message {identity} is {now}, neither {before} nor {after}")
        if now != before or not is_after:
            happened.add(now != before)
    for identity in account.pending.keys() - account.known.keys():  # an APPEND
        now = there.get(identity, GONE)
        is_whole = now is GONE or (now[0], now[2]) == account.pending[identity]
        check(is_whole, f"{account.name}: APPEND {identity} is {now}")
    check(len(happened) < 2, f"{account.name}: a command was done in part: {account.pending}")


def compare_uids(account, there):
    """A UID names one message for ever."""
    for identity, (box, uid, _) in there.items():
        owner = account.told.setdefault((box, uid), identity)
        check(owner == identity, f"{account.name}/{box}: UID {uid} is of message {identity}, was of {owner}")


def compare_deliveries(senders, accounts, there):
    for sender in senders:
        for delivery in sender.accepted:
            for account in delivery.accounts:
                check(delivery.identity in account.known or delivery.identity in there[account.name],
                      f"{account.name}: message {delivery.identity} was answered 250 and is lost")
        if sender.in_doubt is not None:
            has = {sender.in_doubt.identity in there[a.name] or sender.in_doubt.identity in a.known
                   for a in sender.in_doubt.accounts}
            check(len(has) == 1, f"message {sender.in_doubt.identity} reached some of its recipients")
    sent = {d.identity: d.accounts for s in senders for d in s.accepted + ([s.in_doubt] if s.in_doubt else [])}
    for account in accounts:
        for identity in there[account.name].keys() - account.known.keys() - account.pending.keys():
            check(account in sent.get(identity, []), f"{account.name}: message {identity} came from nowhere")


def remember(account, there):
    """What was found is what is acknowledged from now on. Of what is gone nothing may come back."""
    account.known = {i: there.get(i, GONE) for i in account.known.keys() | there.keys() | account.pending.keys()}
    account.pending = {}


def load_and_kill(demo, accounts, ids, generator):
    threads = [Sender(demo, accounts, ids, generator.random()) for _ in range(SENDERS)]
    threads += [Reader(demo, account, ids, generator.random()) for account in accounts]
    for thread in threads:
        thread.start()
    time.sleep(generator.uniform(0.05, LONGEST_LIFE))  # how long it lives is the experiment
    demo.kill()
    for thread in threads:
        thread.join()
        if thread.error is not None:
            raise thread.error
    return threads[:SENDERS], threads[SENDERS:]


def check_store(demo):
    found = demo.posthorn("store", "check")
    check("wrong: none" in found.stdout, found.stdout)


def play_round(demo, accounts, ids, generator):
    senders, readers = load_and_kill(demo, accounts, ids, generator)
    checks_alone = generator.random() < 0.5
    if checks_alone:
        check_store(demo)
    demo.serve()
    if not checks_alone:
        check_store(demo)
    there = {account.name: look(demo, account) for account in accounts}
    compare_deliveries(senders, accounts, there)
    for account in accounts:
        compare_known(account, there[account.name])
        compare_uids(account, there[account.name])
        remember(account, there[account.name])
    return sum(len(s.accepted) for s in senders), sum(r.commands for r in readers)


def play(rounds, generator):
    """On one folder from its beginning; answers how many messages were accepted and commands acknowledged."""
    ids, accounts = Ids(), [Account(f"user{n}") for n in range(ACCOUNTS)]
    with Demo(*(f"{a.name}@demo.test:kill-{a.name}-secret" for a in accounts)) as demo:
        for account in accounts:
            with demo.imap(account.name) as imap:
                for box in BOXES[1:]:
                    ok(imap.create(box))
        return [play_round(demo, accounts, ids, generator) for _ in range(rounds)]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=8)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    played = []
    while len(played) < given.rounds:
        seed = f"{given.seed}/{len(played)}"
        try:
            played += play(min(ROUNDS_A_FOLDER, given.rounds - len(played)), random.Random(seed))
        except Wrong as wrong:
            print(f"with seed {seed}: {wrong}")
            sys.exit(1)
    messages, commands = (sum(counts) for counts in zip(*played))
    print(f"{len(played)} kills, {messages} messages accepted, {commands} IMAP commands acknowledged: all there")


if __name__ == "__main__":
    main()
