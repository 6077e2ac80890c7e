"""Mail as it is: message i is always the same bytes.

Sizes are log-normal (median 8 KiB, mean about 15 KiB); plain text, multipart/alternative, attachments in base64;
threads, lists, UTF-8 and encoded words; dates run over four years.
"""
import base64
import random
import time

FIRST_NAMES = "Anna Ben Carla David Elena Farid Grace Hiro Ines Jan Karin Luis Mei Omar Zoë Łukasz Søren Иван 明".split()
LAST_NAMES = "Smith Müller García Kowalski Nguyen Rossi Haddad Tanaka Jensen O'Neill Лебедев 田中".split()
DOMAINS = "example.org example.net mail.example.com lists.example.org shop.example".split()
BEGINNING = 1_640_995_200  # 1 January 2022
MINUTES_BETWEEN = 21
TYPICAL = "the of and to a in is that it was for on are with as his they be at one have this größe naïve 東京".split()


def make_lines(count, chance):
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    words = ["".join(chance.choices(syllables, k=chance.choice((1, 2, 2, 3, 3, 4)))) for _ in range(6000)]
    words += TYPICAL * 30
    chance.shuffle(words)
    lines = []
    for _ in range(count):
        line = ""
        while len(line) < 60:
            line += words[int(len(words) * chance.random() ** 1.7)] + " "
        lines.append(line.rstrip())
    return lines


CHANCE = random.Random(20240101)
LINES = make_lines(20_000, CHANCE)
BASE64 = base64.encodebytes(CHANCE.randbytes(3 << 20)).replace(b"\n", b"\r\n").decode()  # lines of 78 bytes


def encoded(text):
    return text if text.isascii() else f"=?UTF-8?B?{base64.b64encode(text.encode()).decode()}?="


def address(chance):
    name = f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"
    shown = f'"{name}"' if "'" in name and name.isascii() else encoded(name)
    return f"{shown} <user{chance.randrange(400)}@{chance.choice(DOMAINS)}>"


def text(chance, size):
    lines, length, at = [], 0, chance.randrange(len(LINES))
    while length < size:
        line = LINES[at % len(LINES)] if chance.random() > 0.08 else ""
        lines.append(line)
        length += len(line) + 2
        at += 1
    return "\r\n".join(lines) + "\r\n"


def message_id(i):
    return f"<m{i}.{i * 48271 % 2147483647:x}@{DOMAINS[i % 4]}>"


def ancestors(i, chance):
    """Of a reply the messages that it answers, the nearest first."""
    found = []
    if chance.random() < 0.55:
        for _ in range(min(8, int(chance.paretovariate(1.1)))):
            i -= 1 + i * 7919 % 60
            if i < 0:
                break
            found.append(i)
    return found


def date_of(i):
    return BEGINNING + i * MINUTES_BETWEEN * 60


def head_of(i, chance):
    parents = ancestors(i, chance)
    subject = " ".join(LINES[(parents[-1] if parents else i) * 31 % len(LINES)].split()[:chance.randrange(3, 9)])
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(date_of(i)))
    fields = [f"Return-Path: <bounce{i % 97}@{DOMAINS[i % 4]}>"]
    for hop in range(chance.randrange(1, 4)):
        fields.append(f"Received: from mx{hop}.{DOMAINS[(i + hop) % 4]} (mx.example [192.0.2.{(i + hop) % 250}])\r\n"
                      f"\tby in{hop}.bench.test with ESMTPS id {chance.randrange(16 ** 10):010X}\r\n"
                      f"\tfor <u1@bench.test>; {date}")
    fields.append(f"From: {address(chance)}")
    fields.append("To: " + ",\r\n\t".join(address(chance) for _ in range(1 if chance.random() < 0.7 else 4)))
    if chance.random() < 0.25:
        fields.append(f"Cc: {address(chance)}")
    fields += [f"Subject: {'Re: ' if parents else ''}{encoded(subject)}", f"Date: {date}",
               f"Message-ID: {message_id(i)}"]
    if parents:
        fields.append(f"In-Reply-To: {message_id(parents[0])}")
        fields.append("References: " + "\r\n ".join(message_id(parent) for parent in reversed(parents)))
    if chance.random() < 0.3:
        fields += [f"List-Id: <list{i % 12}.lists.example.org>", "Precedence: list"]
    if chance.random() < 0.5:
        fields.append("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=sel;\r\n"
                      f"\th=from:to:subject:date; bh={BASE64[i % 9000 * 80:][:43]}=;\r\n"
                      f"\tb={BASE64[i % 7000 * 80:][:72]}")
    return fields + ["MIME-Version: 1.0"]


def body_of(i, chance, room):
    """(the fields of its type, the body)."""
    kind, boundary = chance.random(), f"=_part_{i:x}"
    plain = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit"
    if kind < 0.42:
        return plain, text(chance, room)
    if kind < 0.75:
        html = "".join(f"<p>{line}</p>\r\n" for line in text(chance, room * 0.55).split("\r\n"))
        return (f'Content-Type: multipart/alternative; boundary="{boundary}"',
                f"--{boundary}\r\n{plain}\r\n\r\n{text(chance, room * 0.35)}\r\n--{boundary}\r\n"
                f"{plain.replace('plain', 'html')}\r\n\r\n<html><body>\r\n{html}</body></html>\r\n\r\n"
                f"--{boundary}--\r\n")
    length = int(room * 0.7) // 78 * 78
    start = chance.randrange(max(1, (len(BASE64) - length) // 78)) * 78
    return (f'Content-Type: multipart/mixed; boundary="{boundary}"',
            f"--{boundary}\r\n{plain}\r\n\r\n{text(chance, room * 0.2)}\r\n--{boundary}\r\n"
            f'Content-Type: application/pdf; name="file{i % 500}.pdf"\r\n'
            f'Content-Disposition: attachment; filename="file{i % 500}.pdf"\r\n'
            f"Content-Transfer-Encoding: base64\r\n\r\n{BASE64[start:start + length]}\r\n--{boundary}--\r\n")


def message(i, size=None):
    """The bytes; `size` is about how many."""
    chance = random.Random(i * 2654435761 % 2 ** 32)
    size = size or int(min(2_000_000, max(600, chance.lognormvariate(9.0, 1.1))))
    head = "\r\n".join(head_of(i, chance)) + "\r\n"
    kind, body = body_of(i, chance, max(200, size - len(head)))
    return f"{head}{kind}\r\n\r\n{body}".encode()


def flags(i):
    """As APPEND takes them: most are read, some are answered, a few flagged."""
    found = [(60, 2654435761, "\\Seen"), (8, 40503, "\\Answered"), (3, 30011, "\\Flagged")]
    return "(" + " ".join(flag for share, factor, flag in found if i * factor % 100 < share) + ")"


def internal_date(i):
    return time.strftime("%d-%b-%Y %H:%M:%S +0000", time.gmtime(date_of(i)))
