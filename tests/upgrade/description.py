"""What is in a store, as everybody sees it who has to do with it: by commands, by IMAP, and by POP3. It must be the same
with every later program."""
import hashlib
import json
import re

from demo import ok

LISTS = ("domain list", "account list", "alias list", "group list")
UNTOLD = ("created", "last_login", "used", "last_used")  # what a look at it changes


def commands(demo, accounts):
    told = {name: json.loads(demo.posthorn("--json", *name.split()).stdout) for name in LISTS}
    for account in accounts:
        for words in (("account", "show"), ("account", "app-password", "list"), ("mailbox", "list"), ("mailbox", "deleted")):
            told[f"{' '.join(words)} {account}"] = json.loads(demo.posthorn("--json", *words, account).stdout)
    return without(told, UNTOLD)


def without(value, keys):
    if isinstance(value, dict):
        return {key: without(each, keys) for key, each in value.items() if key not in keys}
    return [without(each, keys) for each in value] if isinstance(value, list) else value


def message(text, octets):
    """Of one FETCH: its items in words, the octets as their digest."""
    items = {word: re.search(rb"%s \(?([^)\s]+)" % word.encode(), text)[1].decode() for word in ("MODSEQ",)}
    items["FLAGS"] = " ".join(sorted(set(re.search(rb"FLAGS \(([^)]*)\)", text)[1].decode().split()) - {"\\Recent"}))
    items["INTERNALDATE"] = re.search(rb'INTERNALDATE "([^"]*)"', text)[1].decode()
    items["octets"] = hashlib.sha256(octets).hexdigest()
    items["size"] = len(octets)
    return items


def mailbox(imap, name):
    status = ok(imap.status(f'"{name}"', "(UIDVALIDITY UIDNEXT MESSAGES UNSEEN HIGHESTMODSEQ SIZE)"))[0]
    told = {"status": re.search(rb"\(([^)]*)\)$", status)[1].decode(), "messages": {}, "structures": {}}
    ok(imap.select(f'"{name}"', readonly=True))
    uids = ok(imap.uid("SEARCH", "ALL"))[0].split()
    for uid in uids:
        data = ok(imap.uid("FETCH", uid, "(FLAGS MODSEQ INTERNALDATE BODY.PEEK[])"))
        literal = next(part for part in data if isinstance(part, tuple))
        rest = b" ".join(part for part in data if isinstance(part, bytes))
        told["messages"][uid.decode()] = message(literal[0] + rest, literal[1])
        structure = repr(ok(imap.uid("FETCH", uid, "(ENVELOPE BODYSTRUCTURE)"))).encode()
        told["structures"][uid.decode()] = hashlib.sha256(structure).hexdigest()
    return told


def by_imap(demo, name):
    with demo.imap(name) as imap:
        names = [re.search(rb'"/" "?([^"]*)"?$', line)[1].decode() for line in ok(imap.list())]
        return {"list": sorted(line.decode() for line in ok(imap.list())),
                "subscribed": sorted(line.decode() for line in ok(imap.lsub())),
                "mailboxes": {each: mailbox(imap, each) for each in names}}


def by_pop3(demo, name):
    pop = demo.pop3(name)
    told = [line.decode() for line in pop.uidl()[1]]
    pop.quit()
    return told


def describe(demo, names):
    return {"commands": commands(demo, [f"{name}@demo.test" for name in names]),
            "imap": {name: by_imap(demo, name) for name in names},
            "pop3": {name: by_pop3(demo, name) for name in names}}
