"""IMAP, SMTP and POP3 as bare wires, for load and for quick comparing: commands are written at once and answers read.

A Refused is an answer other than OK; Died is the end of the connection.
"""
import contextlib
import re
import socket

PATIENCE = 60  # seconds


class Refused(Exception):
    pass


class Died(Exception):
    pass


class Wire:
    def __init__(self, port):
        try:
            self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        except OSError as error:
            raise Died from error
        self.input = self.socket.makefile("rb", buffering=1 << 16)

    def say(self, data):
        with self.connected():
            self.socket.sendall(data)

    def line(self):
        with self.connected():
            line = self.input.readline()
        if not line.endswith(b"\r\n"):
            raise Died
        return line[:-2]

    def bytes(self, count):
        with self.connected():
            data = self.input.read(count)
        if len(data) != count:
            raise Died
        return data

    @staticmethod
    @contextlib.contextmanager
    def connected():
        try:
            yield
        except TimeoutError:
            raise
        except OSError as error:
            raise Died from error

    def close(self):
        with contextlib.suppress(OSError):
            self.input.close()
            self.socket.close()


class Imap(Wire):
    """Each answer is a list of (line without literals, [literals]); literals stand as {} in the line."""

    def __init__(self, port, user, password):
        super().__init__(port)
        self.tag = 0
        try:
            self.line()
            self.ask(f"LOGIN {user} {password}")
            self.ask("ENABLE QRESYNC")
        except BaseException:
            self.close()
            raise

    def ask(self, *parts):
        """One command; str parts are the line, bytes are literals."""
        return self.ask_all([parts])[0]

    def ask_all(self, commands):
        """Commands, each a tuple of parts, written at once; their answers. The first that is refused is raised, once
        all are read."""
        data, tags = b"", []
        for parts in commands:
            self.tag += 1
            tags.append(b"t%d" % self.tag)
            data += tags[-1] + b" "
            for part in parts:
                data += part.encode() if isinstance(part, str) else b"{%d+}\r\n%s" % (len(part), part)
            data += b"\r\n"
        self.say(data)
        answers, refusal = [], None
        for tag in tags:
            answer = []
            while not (response := self.response())[0].startswith(tag + b" "):
                if response[0].startswith(b"* BYE"):
                    raise Died
                answer.append(response)
            answer.append(response)
            if not response[0].startswith(tag + b" OK"):
                refusal = refusal or Refused(response[0].decode(errors="replace"))
            answers.append(answer)
        if refusal is not None:
            raise refusal
        return answers

    def response(self):
        line, literals = b"", []
        while True:
            line += self.line()
            size = re.search(rb"\{(\d+)\}$", line)
            if size is None:
                return line, literals
            literals.append(self.bytes(int(size[1])))
            line = line[: size.start()] + b"{}"


class Smtp(Wire):
    def __init__(self, port):
        super().__init__(port)
        try:
            self.reply()
            self.say(b"EHLO client.test\r\n")
            self.reply()
        except BaseException:
            self.close()
            raise

    def reply(self):
        while (line := self.line())[3:4] == b"-":
            pass
        if line.startswith(b"421"):
            raise Died
        if not line.startswith((b"2", b"3")):
            raise Refused(line.decode(errors="replace"))

    def deliver(self, recipients, message):
        """Returns when it was answered 250."""
        self.say(b"MAIL FROM:<load@elsewhere.test>\r\n" + b"".join(b"RCPT TO:<%s>\r\n" % r.encode() for r in recipients)
                 + b"DATA\r\n")
        for _ in range(len(recipients) + 2):
            self.reply()
        self.say(message + b".\r\n")
        self.reply()


class Pop3(Wire):
    def __init__(self, port, user, password):
        super().__init__(port)
        try:
            self.one()
            self.ask(f"USER {user}", f"PASS {password}")
        except BaseException:
            self.close()
            raise

    def one(self):
        line = self.line()
        if not line.startswith(b"+OK"):
            raise Refused(line.decode(errors="replace"))
        return line

    def ask(self, *commands):
        """Commands with answers of one line, written at once."""
        self.say("".join(command + "\r\n" for command in commands).encode())
        return [self.one() for _ in commands]

    def ask_for_lines(self, *commands):
        """Commands with answers of several lines, written at once: bytes of each, as they were before the dots."""
        self.say("".join(command + "\r\n" for command in commands).encode())
        answers = []
        for _ in commands:
            self.one()
            lines = []
            while (line := self.line()) != b".":
                lines.append((line[1:] if line.startswith(b".") else line) + b"\r\n")
            answers.append(b"".join(lines))
        return answers
