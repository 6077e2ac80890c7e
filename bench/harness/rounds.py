"""Round by round, workload by workload, server by server: what disturbs the machine disturbs all of them."""
import json
import subprocess
import sys
import time

from harness.results import Results

LIMITS_SECONDS = 0.3  # for each


def tell(text):
    print(text, file=sys.stderr, flush=True)


def prepare(workloads, stages):
    """What has to be there first, made once for each server. A workload that cannot be prepared is left out for it."""
    refused = set()
    for workload in workloads:
        for stage in stages if workload.prepare else ():
            begun = time.monotonic()
            try:
                workload.prepare(stage)
            except (OSError, RuntimeError) as error:
                tell(f"{workload.name}: {stage.server.label} is left out: {error}")
                refused.add((workload.name, stage.server.name))
            if (took := time.monotonic() - begun) > 2:
                tell(f"{workload.name}: {stage.server.label} prepared in {took:.0f} s")
    return refused


def attempt(results, workload, server, round_number, run, stage):
    """One sample, or what went wrong, into the results."""
    try:
        sample = run(stage)
    except (OSError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
        tell(f"{workload.name}: {server} failed: {error}")
        results.failed(workload, server, round_number, str(error))
        return
    results.add(workload, server, round_number, sample)
    tell(f"round {round_number + 1}  {workload.name:22} {server:18} {sample.figure:>12,.2f} {workload.unit}")


def measure_limits(results, stage):
    """What the machine can do just now."""
    seconds = min(LIMITS_SECONDS, stage.amounts.seconds / 10)
    said = stage.programs.run("limits", stage.folder, seconds, patience=60 + 20 * seconds)
    results.limits.append(json.loads(said))


def run_all(workloads, stages, count, results=None):
    """`stages`: one for each server, Posthorn's first."""
    results = results or Results()
    refused = prepare(workloads, stages)
    for round_number in range(count):
        measure_limits(results, stages[0])
        for workload in workloads:
            for stage in stages:
                if (workload.name, stage.server.name) not in refused:
                    attempt(results, workload, stage.server.name, round_number, workload.run, stage)
            if workload.replay and (workload.name, stages[0].server.name) not in refused:
                attempt(results, workload, "ceiling", round_number, workload.replay, stages[0])
    return results
