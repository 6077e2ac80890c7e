"""A proxy that keeps what a client and the server say to each other, in the clear or with TLS towards the client.

    with Recorder(demo, "imap") as recorder:    # or "imap", tls=True
        ... a client talks to recorder.port ...
        recorder.client_lines()                 # what clients said, line by line

`python3 recorder.py PORT SERVER_PORT` prints a conversation as it comes, each line behind C: or S:, for a transcript.
"""
import re
import socket
import ssl
import sys
import threading
import time


class Recorder:
    def __init__(self, demo, protocol, tls=False):
        self.server_port = demo.port(protocol)
        self.context = None
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(demo.folder / "certificate.pem", demo.folder / "key.pem")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.said = []  # (time, connection, "C" or "S", bytes)
        self.sockets = []

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.listener.close()
        for s in self.sockets:
            s.close()

    def accept(self):
        number = 0
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            number += 1
            threading.Thread(target=self.connect, args=(number, client), daemon=True).start()

    def connect(self, number, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.server_port))
            self.sockets += [client, server]
            if self.context:
                client = self.context.wrap_socket(client, server_side=True)
                self.sockets.append(client)
        except OSError:
            return
        for pair in ((client, server, "C"), (server, client, "S")):
            threading.Thread(target=self.pass_on, args=(number, *pair), daemon=True).start()

    def pass_on(self, number, source, target, who):
        try:
            while piece := source.recv(65536):
                self.heard(number, who, piece)
                target.sendall(piece)
        except OSError:
            pass
        try:
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def heard(self, number, who, piece):
        self.said.append((time.monotonic(), number, who, piece))

    def client_bytes(self):
        """What clients have said so far, one connection after the other."""
        said = list(self.said)
        return b"".join(piece for number in sorted({s[1] for s in said})
                        for _, n, who, piece in said if n == number and who == "C")

    def client_lines(self):
        return self.client_bytes().decode(errors="replace").split("\r\n")

    def has_said(self, pattern):
        """Whether a client has said a line that matches."""
        return any(re.fullmatch(pattern, line) for line in self.client_lines())

    def text(self):
        """The conversations, in the order of time."""
        return "".join(f"{who}{number}: {line}\n" for _, number, who, piece in list(self.said)
                       for line in piece.decode(errors="replace").removesuffix("\r\n").split("\r\n"))


if __name__ == "__main__":
    class Fixed:
        """Stands for a demo, in the clear."""

        def port(self, protocol):
            return int(protocol)

    class Printing(Recorder):
        def heard(self, number, who, piece):
            for line in piece.decode(errors="replace").removesuffix("\r\n").split("\r\n"):
                print(f"{who}{number}: {line}", flush=True)

    recorder = Printing(Fixed(), sys.argv[2])
    recorder.listener.close()
    recorder.listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    recorder.accept()
