"""Rounds of load, death and judgement, whatever the server dies of."""
import argparse
import multiprocessing
import os
import random
import sys
import time

from server_judge import judge
from server_load import FIXED, Account, Box, Ids, Reader, Sender
from wires import Imap

SENDERS = 3
ACCOUNTS = 3


def new_accounts():
    return [Account(f"user{n}", f"fault-user{n}-secret") for n in range(ACCOUNTS)]


def begin(server, accounts):
    """Makes the mailboxes, and notes what is there before the first message."""
    for account in accounts:
        imap = Imap(server.port("imap"), account.address, account.password)
        for name in FIXED:
            if name != "INBOX":
                imap.ask(f"CREATE {name}")
            answer = imap.ask(f"STATUS {name} (UIDVALIDITY)")
            account.state[name] = Box(int(answer[0][0].rsplit(b" ", 1)[1].rstrip(b")")), {})
        imap.close()


def play_round(server, accounts, ids, generator):
    """`server` dies under load, comes back and is judged. How many messages were accepted, and changes acknowledged."""
    clients = [Sender(server, accounts, ids, generator.random()) for _ in range(SENDERS)]
    clients += [Reader(server, [account], ids, generator.random()) for account in accounts]
    for client in clients:
        client.start()
    server.die(generator)
    for client in clients:
        client.join()
        if client.error is not None:
            raise client.error
    server.come_back(generator)
    judge(server, clients[:SENDERS], accounts, generator)
    return sum(c.done_count for c in clients[:SENDERS]), sum(c.done_count for c in clients[SENDERS:])


def play_some(make_server, rounds, rounds_a_store, seed):
    """(messages, changes) of each round; what is wrong, with the seed of the round, as text."""
    played, of_round = [], ""
    try:
        while len(played) < rounds:
            ids, accounts = Ids(), new_accounts()
            with make_server(accounts) as server:
                begin(server, accounts)
                for _ in range(min(rounds_a_store, rounds - len(played))):
                    of_round = f"{seed}/{len(played)}"
                    played.append(play_round(server, accounts, ids, random.Random(of_round)))
                server.at_last(accounts)
    except AssertionError as wrong:
        return f"in round {of_round}: {wrong}"
    return played


def play(make_server, rounds, rounds_a_store, what):
    """The program: --rounds, --seed, --jobs. make_server(accounts) is a context manager."""
    given = argparse.ArgumentParser()
    given.add_argument("--rounds", type=int, default=rounds)
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--jobs", type=int, default=min(4, os.cpu_count()), help="servers at a time")
    given = given.parse_args()
    begun = time.monotonic()
    shares = [(make_server, len(range(job, given.rounds, given.jobs)), rounds_a_store, f"{given.seed}/{job}")
              for job in range(given.jobs)]
    with multiprocessing.Pool(given.jobs) as pool:
        outcomes = pool.starmap(play_some, shares)
    if wrong := [outcome for outcome in outcomes if isinstance(outcome, str)]:
        print("\n".join(wrong))
        sys.exit(1)
    played = [round_ for outcome in outcomes for round_ in outcome]
    messages, changes = (sum(counts) for counts in zip(*played))
    print(f"{len(played)} {what}, {messages} messages accepted, {changes} other changes acknowledged: all there, "
          f"in {time.monotonic() - begun:.0f} s")
