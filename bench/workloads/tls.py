"""TLS 1.3 handshakes at the IMAPS port: what each costs the server in CPU, new ones and those of a resumed session."""
from harness.imap import unverified
from harness.server import connect
from harness.workload import Sample, Workload


def handshake(stage, context, session=None):
    """(the session that the server offers, whether the one given was taken)."""
    with connect(stage.server.port("imaps")) as plain, context.wrap_socket(plain, session=session) as connection:
        connection.recv(1000)  # the greeting; what a session needs comes before it
        return connection.session, connection.session_reused


def measured(stage, is_resumed):
    context, session, resumed = unverified(), None, 0
    if is_resumed:
        session, _ = handshake(stage, context)
    with stage.counted() as used:
        for _ in range(stage.amounts.handshakes):
            session, was_resumed = handshake(stage, context, session if is_resumed else None)
            resumed += was_resumed
    if is_resumed and resumed == 0:
        raise RuntimeError("no session was resumed")
    count = stage.amounts.handshakes
    return Sample(used.cpu_seconds / count * 1e3, count, used,
                  {"resumed": resumed, "handshakes_per_second": round(count / used.seconds, 1)})


WORKLOADS = [
    Workload("tls-new", "CPU of a TLS handshake", "ms", lambda stage: measured(stage, False), "handshake"),
    Workload("tls-resumed", "CPU of a resumed TLS handshake", "ms", lambda stage: measured(stage, True), "handshake"),
]
