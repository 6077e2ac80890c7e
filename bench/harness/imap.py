"""An IMAP connection that sends ready-made commands and reads to the tagged line."""
import re
import socket
import ssl

from harness.server import PASSWORD, account, connect


class Imap:
    def __init__(self, server, number, tls=False, patience=300):
        self.socket = connect(server.port("imaps" if tls else "imap"), patience)
        if tls:
            self.socket = unverified().wrap_socket(self.socket)
        self.commands = 0
        self.until(lambda said: said.endswith(b"\r\n"))
        self.ask(f'LOGIN "{account(number)}" "{PASSWORD}"')

    def until(self, is_whole):
        said = bytearray()
        while not is_whole(said):
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            piece = self.socket.recv(1 << 18)
            if not piece:
                raise ConnectionError(f"the server closed the connection: {bytes(said[-200:])}")
            said += piece
        return bytes(said)

    def ask(self, command, *literal_parts):
        """The whole response; RuntimeError where it is not OK. More parts are sent as they are."""
        self.commands += 1
        tag = b"t%06d" % self.commands
        self.socket.sendall(b"".join([tag, b" ", command if isinstance(command, bytes) else command.encode(),
                                      *literal_parts, b"\r\n"]))
        return self.answer(tag)

    def answer(self, tag):
        def is_whole(said):
            if not said.endswith(b"\r\n"):
                return False
            return said[said.rfind(b"\n", 0, len(said) - 2) + 1:].startswith(tag + b" ")

        said = self.until(is_whole)
        last = said[said.rfind(b"\n", 0, len(said) - 2) + 1:]
        if not last.startswith(tag + b" OK"):
            raise RuntimeError(last.decode(errors="replace").strip())
        return said

    def messages(self, mailbox="INBOX"):
        return int(re.search(rb"MESSAGES (\d+)", self.ask(f'STATUS "{mailbox}" (MESSAGES)'))[1])

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def unverified():
    """The certificates are of the servers' own making, and the names are all this machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
