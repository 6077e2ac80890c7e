"""bench/run: what it is told, and what it writes."""
import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile

from harness import chart, rounds, table
from harness.filling import store_first
from harness.posthorn import Posthorn
from harness.postfix_dovecot import PostfixDovecot
from harness.programs import Programs
from harness.results import Results
from harness.server import free_port_offset
from harness.workload import Amounts, Stage

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = {"none": None, PostfixDovecot.name: PostfixDovecot}


def arguments(words):
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__, epilog="See bench/README.md.")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often everything is done (5)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the amounts: minutes instead of an hour")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD",
                        help="workloads whose name holds one of the words; `headline` is those of the README")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/posthorn", metavar="PATH")
    parser.add_argument("--peers", choices=PEERS, default=PostfixDovecot.name)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build/bench", metavar="FOLDER",
                        help="for results.json, table.md and ratios.svg (build/bench)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md, and the chart")
    parser.add_argument("--seconds", type=float, help="that each load by SMTP lasts (5; 60 for a claim)")
    parser.add_argument("--stored", type=int, default=0, metavar="N", help="messages that are in the stores first")
    parser.add_argument("--connections", type=int, metavar="N", help="idle ones (1000)")
    parser.add_argument("--scale", type=float, default=1, metavar="FACTOR", help="of all other amounts")
    parser.add_argument("--where", type=pathlib.Path, default=pathlib.Path("/var/tmp"), metavar="FOLDER",
                        help="for the stores, which are removed at the end: on the disk that is meant (/var/tmp)")
    parser.add_argument("--port-offset", type=int, metavar="N", help="of Posthorn's ports (some that are free)")
    parser.add_argument("--peer-port-offset", type=int, metavar="N", help="of the peers' ports")
    parser.add_argument("--list", action="store_true", help="print the workloads and end")
    return parser.parse_args(words)


def chosen(words):
    from workloads import ALL
    return [workload for workload in ALL if not words or any(
        word in workload.name or (word == "headline" and workload.is_headline) for word in words)]


def machine(folder):
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    mounts = [line.split() for line in pathlib.Path("/proc/mounts").read_text().splitlines()]
    under = [mount for mount in mounts if folder.resolve().is_relative_to(mount[1])]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2 ** 30
    return {"processors": f"{os.cpu_count()} × {model[1] if model else platform.machine()}",
            "memory": f"{memory:.0f} GiB of memory", "system": f"Linux {platform.release()}",
            "disk": max(under, key=lambda mount: len(mount[1]))[2] if under else "unknown"}


def servers_of(options, folder):
    """Posthorn first; a peer that is missing is said."""
    ours = options.port_offset or free_port_offset()
    servers = [Posthorn(folder / Posthorn.name, ours, options.program)]
    peer = PEERS[options.peers]
    if peer is not None and (why := peer.missing()):
        rounds.tell(f"without {peer.label}: {why}")
    elif peer is not None:
        servers.append(peer(folder / peer.name, options.peer_port_offset or free_port_offset([ours])))
    return servers


def measure(options, workloads, folder):
    amounts = Amounts.of(options.quick, options.scale, options.seconds, options.connections, options.stored)
    servers = servers_of(options, folder)
    results = Results()
    results.machine = machine(options.where)
    results.amounts = {"rounds": options.rounds, **vars(amounts)}
    if results.machine["disk"] in ("tmpfs", "ramfs"):
        rounds.tell(f"{options.where} is memory: what is flushed there costs nothing, and the figures mean little")
    try:
        programs = Programs(folder / "programs")
        programs.compile_all()
        stages = [Stage(server, programs, amounts, folder) for server in servers]
        for stage in stages:
            stage.server.start()
            results.servers[stage.server.name] = {"label": stage.server.label, "version": stage.server.version()}
            store_first(stage, amounts.stored)
        return rounds.run_all(workloads, stages, options.rounds, results)
    finally:
        for server in servers:
            server.close()


def ratio_rows(results, peer):
    """For the chart: the headline, or whatever was measured where nothing of that was."""
    measured = [(workload, results.ratios(workload.name, "posthorn", peer)) for workload in results.workloads.values()]
    rows = [(workload, ratio) for workload, ratio in measured if ratio is not None]
    headline = [row for row in rows if row[0].is_headline]
    return [(workload.title, ratio) for workload, ratio in headline or rows]


def write(results, out):
    """Answers the table and the chart."""
    tables = [table.heading(results), table.markdown(results), table.details(results), table.limits(results)]
    shown = "\n".join(part for part in tables if part)
    peers = [name for name in results.servers if name != "posthorn"]
    label = results.servers[peers[0]]["label"] if peers else "no peer"
    drawn = chart.svg(ratio_rows(results, peers[0]) if peers else [], label)
    (out / "results.json").write_text(json.dumps(results.as_json(), indent=1) + "\n")
    (out / "table.md").write_text(shown)
    (out / "ratios.svg").write_text(drawn)
    return shown, drawn


def write_into_docs(shown, drawn, docs):
    page = docs / "performance.md"
    text = page.read_text()
    begin, end = "<!-- table: written by bench/run --write -->\n", "<!-- end of the table -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(before + begin + shown + end + after)
    (docs / "images/ratios.svg").write_text(drawn)


def end_at_signals():
    def end(number, _frame):
        raise SystemExit(f"ended by signal {number}")

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGHUP, end)


def main(words=None):
    options = arguments(words)
    workloads = chosen(options.only)
    if options.list or not workloads:
        print("\n".join(f"{workload.name:24} {workload.title}" for workload in workloads or chosen([])))
        return 0 if workloads else 2
    if not options.program.exists():
        print(f"{options.program} is not built", file=sys.stderr)
        return 1
    end_at_signals()
    options.out.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="posthorn-bench-", dir=options.where))
    try:
        results = measure(options, workloads, folder)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        print(f"bench/run: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    shown, drawn = write(results, options.out)
    print(shown)
    if options.write:
        write_into_docs(shown, drawn, ROOT / "docs")
    return 1 if results.failures() else 0
