"""Makes the store of a release that every later one must open: run once a release, and kept beside this file.

python3 tests/upgrade/make_store.py VERSION
Writes VERSION-ended.tar.xz (the server was ended in order), VERSION-killed.tar.xz (it was killed, with much in its log
that is not in its index), and what is in each as VERSION-ended.json and VERSION-killed.json.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "interop"))
from demo import Demo, eventually, message, ok  # noqa: E402
from description import describe  # noqa: E402

NAMES = ("alice", "bob", "carol")
ACCOUNTS = [f"{name}@demo.test:upgrade-{name}-secret" for name in NAMES]
KEEP = "keep_expunged = 72"
NOTHING = "keep_expunged = 0"
LARGE = "".join(f"line {n} of a large body {n * n}\r\n" for n in range(6000))
SOURCE = pathlib.Path("/tmp/posthorn-upgrade-source/Maildir")  # noqa: S108
MAILDIR = {"cur/1.one:2,S": "seen there", "cur/2.two:2,FS": "flagged there", "new/3.three": "new there"}
MARKS = ("dovecot-uidlist", "3 V1700000000 N10\n4 :1.one\n7 :2.two\n9 :3.three\n")


def directory(demo):
    run = demo.posthorn
    run("domain", "add", "second.test")
    run("domain", "set", "second.test", "--catch-all", "bob@demo.test")
    run("alias", "add", "info@demo.test", "alice@demo.test", "bob@demo.test")
    run("group", "add", "team@demo.test", "alice@demo.test", "carol@demo.test", "--senders", "members")
    run("account", "set", "alice@demo.test", "--quota", "100000000")
    run("account", "set", "carol@demo.test", "--name", "Carol Ünique")
    run("mailbox", "create", "bob@demo.test", "Lists/posthorn")
    return json.loads(run("--json", "account", "app-password", "add", "alice@demo.test", "phone", "--protocols",
                          "imap").stdout)["password"]


def large(number):
    return message(f"large {number}", LARGE + f"{number}\r\n")


def mail(demo):
    """Some of each kind; what is expunged here is gone from the log, which has a new base."""
    for number in range(30):
        demo.deliver(message(f"first {number}", f"body {number}\r\n" * (number + 1)), *NAMES[:1 + number % 3])
    demo.deliver(large(1), *NAMES)
    with demo.imap("alice", "INBOX") as imap:
        ok(imap.create("Work"))
        ok(imap.create("Work/Deep"))
        ok(imap.create("Gone"))
        ok(imap.append("Work", "(\\Seen $Label1 Urgent)", '"01-Feb-2024 03:04:05 +0200"', message("appended")))
        ok(imap.append("Work", "(\\Draft)", None, b"From: a@x.test\r\nSubject: raw\r\n\r\n8 bit \xff\xfe and NUL-free\r\n"))
        ok(imap.copy("1:5", "Work/Deep"))
        ok(imap.copy("6:9", "Gone"))
        ok(imap.store("2:12", "+FLAGS", "(\\Deleted)"))
        ok(imap.expunge())
        ok(imap.rename("Work/Deep", "Work/Deeper"))
        ok(imap.delete("Gone"))
        ok(imap.unsubscribe("Trash"))


def more_mail(demo):
    """What stands in the log behind the base, much of it in a checkpoint; expunged messages can be brought back."""
    for number in range(20):
        demo.deliver(message(f"second {number}"), *NAMES)
    demo.deliver(large(2), "alice")
    with demo.imap("alice", "INBOX") as imap:
        for number in range(1100):  # entries, more than lie between two checkpoints
            ok(imap.store("1:3", f"{'+-'[number % 2]}FLAGS.SILENT", "(\\Flagged)"))
        ok(imap.store("4:6", "+FLAGS", "(\\Answered Keyword)"))
        ok(imap.store("7:9", "+FLAGS", "(\\Deleted)"))
        ok(imap.expunge())
        ok(imap.uid("MOVE", "31:33", "Work"))
    pop = demo.pop3("bob")
    pop.retr(1)
    pop.dele(2)
    pop.quit()


def import_maildir(demo, folder):
    for name, subject in MAILDIR.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(message(subject).replace(b"\r\n", b"\n"))
    (folder / "tmp").mkdir()
    (folder / MARKS[0]).write_text(MARKS[1])
    import_again(demo, folder)


def tell(name, demo, secrets):
    told = {"secrets": secrets, **describe(demo, NAMES)}
    (HERE / f"{name}.json").write_text(json.dumps(told, indent=1, sort_keys=True) + "\n")


def import_again(demo, kept):
    """Marks name the source by its path: it is always the same. Answers the summary."""
    SOURCE.parent.mkdir(exist_ok=True)
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.copytree(kept, SOURCE)
    done = demo.posthorn("--json", "import", "carol@demo.test", "maildir", SOURCE, "--pop3-uidl", "%08Xu%08Xv")
    shutil.rmtree(SOURCE.parent)
    return json.loads(done.stdout)


def keep(demo, name):
    """The folder as it is now, without what belongs to a running server."""
    archive = HERE / f"{name}.tar.xz"
    archive.unlink(missing_ok=True)
    subprocess.run(["tar", "--create", "--sparse", "--xz", "--file", archive, "--exclude=*.sock", "--exclude=*.pem",
                    "--directory", demo.folder, "store", "posthorn.toml", "Maildir"], check=True)
    print(f"{archive.name}: {archive.stat().st_size} bytes")


def segments(demo):
    return sorted((demo.folder / "store/log").glob("*.seg"))


def tear(demo):
    """As a power cut leaves the log: behind what is in force, part of what was never answered."""
    path = segments(demo)[-1]
    end = -len(path.read_bytes().rstrip(b"\0")) // 8 * -8  # frames begin at multiples of 8
    with open(path, "r+b") as file:
        file.seek(end)
        file.write(b"torn in the middle of a frame")


def main():
    (version,) = sys.argv[1:]
    with Demo(*ACCOUNTS, changes=[(KEEP, NOTHING)]) as demo:
        secrets = {"alice's phone": directory(demo)}
        mail(demo)
        demo.stop()
        demo.serve()  # which drops the logs soon
        eventually(lambda: "event=log.dropped" in demo.log(), "the log is dropped")
        demo.kill()
        demo.change_config((NOTHING, KEEP))
        demo.serve()
        more_mail(demo)
        import_maildir(demo, demo.folder / "Maildir")
        time.sleep(5)  # a checkpoint is written within two
        tell(f"{version}-ended", demo, secrets)
        demo.stop()
        keep(demo, f"{version}-ended")
        demo.serve()
        for number in range(40):
            demo.deliver(message(f"third {number}"), *NAMES)
        demo.deliver(large(3), *NAMES)
        for number in range(3):  # each torn end leaves a segment of the log, until its bodies are moved
            demo.deliver(message(f"fourth {number}"), *NAMES)
            demo.kill()
            if number < 2:
                tear(demo)
                demo.serve()
        assert len(segments(demo)) == 3, segments(demo)
        keep(demo, f"{version}-killed")
        demo.serve()
        tell(f"{version}-killed", demo, secrets)


if __name__ == "__main__":
    main()
