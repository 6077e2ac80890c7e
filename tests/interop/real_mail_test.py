"""Messages from the wild, delivered and appended: given back byte for byte, and described so that a client can read it.

They are looked for in shared/mail beside the checkout, or where POSTHORN_TEST_MAIL says.
"""
import email
import os
import pathlib
import re
import unittest

from demo import ROOT, Demo, ok, literal_of, skip, without_trace

FOLDER = pathlib.Path(os.environ.get("POSTHORN_TEST_MAIL", ROOT.parent / "shared" / "mail"))


def as_on_the_wire(content):
    """With CRLF, and without the NULs that no SMTP server takes."""
    text = re.sub(rb"\r\n|\r|\n", b"\r\n", content.replace(b"\0", b""))
    return text if text.endswith(b"\r\n") else text + b"\r\n"


def parse(text, at=0):
    """A parenthesised list of IMAP as lists, bytes, ints and None; answers it and where it ends."""
    if text[at:at + 1] == b"(":
        found, at = [], at + 1
        while text[at:at + 1] != b")":
            item, at = parse(text, at + (text[at:at + 1] == b" "))
            found.append(item)
        return found, at + 1
    quoted = re.compile(rb'"((?:[^"\\\r\n\x80-\xff]|\\["\\])*)"').match(text, at)
    if quoted:
        return quoted[1], quoted.end()
    atom = re.compile(rb"[^() \"]+").match(text, at)
    if atom is None:
        raise ValueError(f"no item at {text[at:at + 40]!r}")
    return (None if atom[0] == b"NIL" else atom[0]), atom.end()


def flattened(answer):
    """One FETCH response with its literals put in as quoted strings."""
    out = b""
    for part in answer:
        if isinstance(part, tuple):
            quoted = part[1].replace(b"\\", b"\\\\").replace(b'"', b'\\"').decode("ascii").encode()
            out += re.sub(rb"\{\d+\}$", b"", part[0]) + b'"' + quoted + b'"'
        else:
            out += part
    return out


def decoded_parts(content):
    """What the parts hold, whatever they are encoded in; NUL where nothing can be encoded is told as SUB."""
    parts = [part.get_payload(decode=True) for part in email.message_from_bytes(content).walk()]
    return [part and part.replace(b"\0", b"\x1a").rstrip(b"\n") for part in parts]  # the parser drops the last LF


class RealMail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())
        cls.mail = {str(file.relative_to(FOLDER)): file.read_bytes() for file in sorted(FOLDER.glob("*/*.eml"))}

    def test_delivered_mail_comes_back(self):
        with self.demo.imap("alice", "INBOX") as imap, self.demo.smtp() as smtp:
            for name, content in self.mail.items():
                with self.subTest(name):
                    text = as_on_the_wire(content)
                    smtp.sendmail("carol@elsewhere.test", ["alice@demo.test"], text)
                    ok(imap.noop())
                    self.assertEqual(without_trace(literal_of(ok(imap.fetch("*", "BODY.PEEK[]")))), text)

    def test_appended_mail_comes_back_even_with_bare_line_ends(self):
        with self.demo.imap("bob", "INBOX") as imap:
            for name, content in self.mail.items():
                with self.subTest(name):
                    self.append(imap, content)
                    shown = literal_of(ok(imap.fetch("*", "BODY.PEEK[]")))
                    if b"\0" in content:  # no literal holds one: RFC 9051 4.3.1
                        self.assertNotIn(b"\0", shown)
                        self.assertEqual(decoded_parts(shown), decoded_parts(content))
                    else:
                        self.assertEqual(shown, content)

    def append(self, imap, content):
        """By hand, as imaplib turns LF into CRLF."""
        tag = imap._new_tag()
        imap.send(tag + b" APPEND INBOX {%d}\r\n" % len(content))
        assert imap.readline().startswith(b"+")
        imap.send(content + b"\r\n")
        while not (line := imap.readline()).startswith(tag):
            pass
        assert b" OK " in line, line
        ok(imap.noop())

    def test_envelope_and_structure_can_be_read(self):
        with self.demo.imap("bob") as imap:
            ok(imap.create("Structures"))
            ok(imap.select("Structures"))
            for name, content in self.mail.items():
                with self.subTest(name):
                    ok(imap.append("Structures", "", None, content))
                    ok(imap.noop())
                    answer = flattened(ok(imap.fetch("*", "(ENVELOPE BODYSTRUCTURE BODY)")))
                    items, end = parse(answer[answer.index(b"("):])
                    found = dict(zip(items[::2], items[1::2], strict=True))
                    self.assertEqual(len(found[b"ENVELOPE"]), 10)
                    self.assertGreaterEqual(len(found[b"BODYSTRUCTURE"]), len(found[b"BODY"]))
                    self.assertEqual(answer[answer.index(b"("):][end:], b"")


if __name__ == "__main__":
    if not FOLDER.is_dir():
        skip(f"there is no folder {FOLDER} with messages")
    unittest.main()
