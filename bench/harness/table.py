"""The figures of a run as tables in Markdown."""
from harness.results import Spread


def number(value):
    """Three digits that count, and no more."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 10 else f"{value:.1f}"


def spread(found):
    """`median [least–most]`; of one round, the figure."""
    if found is None:
        return "–"
    if found.least == found.most:
        return number(found.median)
    return f"{number(found.median)} [{number(found.least)}–{number(found.most)}]"


def seconds(found):
    """Of CPU, in the unit that suits."""
    if found is None:
        return "–"
    return f"{number(found.median * 1e3)} ms" if found.median >= 1e-3 else f"{number(found.median * 1e6)} µs"


def mebibytes(found):
    return "–" if found is None else f"{number(found.most / 2 ** 20)} MiB"


def times(found):
    return "–" if found is None else f"{spread(found)} ×"


def columns_of(results):
    """(heading, cell of a workload) for what was measured."""
    peers = [name for name in results.servers if name != "posthorn"]
    columns = [("Posthorn", lambda workload: spread(results.figures(workload.name, "posthorn")))]
    for peer in peers:
        label = results.servers[peer]["label"]
        columns += [(label, lambda workload, peer=peer: spread(results.figures(workload.name, peer))),
                    ("ratio", lambda workload, peer=peer: times(results.ratios(workload.name, "posthorn", peer)))]
    if any(workload.replay for workload in results.workloads.values()):
        columns.append(("ceiling", lambda workload: spread(results.figures(workload.name, "ceiling"))))
    for server in ["posthorn", *peers]:
        label = results.servers[server]["label"]
        columns.append((f"CPU each, {label}",
                        lambda workload, server=server: seconds(results.cpu_per_operation(workload.name, server))))
    for server in ["posthorn", *peers]:
        label = results.servers[server]["label"]
        columns.append((f"memory, {label}", lambda workload, server=server: (
            mebibytes(results.memory(workload.name, server)) if workload.memory_matters else "")))
    return columns


def markdown(results, workloads=None):
    """`workloads`: those to show, or all that were met."""
    columns = columns_of(results)
    lines = ["| work | unit | " + " | ".join(heading for heading, _ in columns) + " |",
             "|---|---|" + "---|" * len(columns)]
    for workload in workloads or results.workloads.values():
        title = f"**{workload.title}**" if workload.is_headline else workload.title
        lines.append(f"| {title} | {workload.unit} | " + " | ".join(cell(workload) for _, cell in columns) + " |")
    lines += [""] + [f"`{row['workload']}` failed with {row['server']} in round {row['round'] + 1}: {row['failed']}\n"
                     for row in results.failures()]
    return "\n".join(lines).rstrip() + "\n"


def heading(results):
    """Where, of what and how much."""
    servers = "; ".join(f"{server['label']} ({server['version']})" for server in results.servers.values())
    machine = "; ".join(f"{value}" for value in results.machine.values())
    return (f"{servers}. {machine}. Medians of {results.amounts['rounds']} rounds, [least–most]; a ratio above 1 says "
            f"that Posthorn is better.\n")


def details(results):
    """Of mail that comes in: how soon each message was answered, and how even the stream was."""
    lines = ["| work | server | answer, median, ms | answer, 99 of 100, ms | worst second | lost |",
             "|---|---|---|---|---|---|"]
    for name, workload in results.workloads.items():
        for server, described in results.servers.items():
            rows = list(results.samples(name, server).values())
            if not rows or "answer_p99_ms" not in rows[0]:
                continue
            worst = [row["worst_second"] for row in rows if row["worst_second"] is not None]
            lines.append(f"| {workload.title} | {described['label']} | "
                         f"{spread(Spread.of([row['answer_p50_ms'] for row in rows]))} | "
                         f"{spread(Spread.of([row['answer_p99_ms'] for row in rows]))} | "
                         f"{number(min(worst)) if worst else '–'} | {sum(row['lost'] for row in rows)} |")
    return "\n".join(lines) + "\n" if len(lines) > 2 else ""


LIMITS = [("flush of an overwritten 4 KiB block, µs", "flush_overwritten_p50_us"),
          ("the same, the hundredth that is slowest", "flush_overwritten_p99_us"),
          ("flush of an appended 4 KiB block, µs", "flush_appended_p50_us"),
          ("64 bytes over loopback and back, µs", "round_trip_p50_us"),
          ("one stream over loopback, MB/s", "loopback_MB_per_second"),
          ("copying memory, MB/s", "copied_MB_per_second")]


def limits(results):
    """What the machine could do meanwhile."""
    lines = ["| limit of the machine, in the same rounds | |", "|---|---|"]
    lines += [f"| {title} | {spread(results.limit(name))} |" for title, name in LIMITS]
    return "\n".join(lines) + "\n"
