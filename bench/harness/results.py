"""The figures of a run: raw, and what they come to."""
import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Spread:
    """Of some figures."""
    median: float
    least: float
    most: float

    @classmethod
    def of(cls, figures):
        return cls(statistics.median(figures), min(figures), max(figures)) if figures else None


class Results:
    def __init__(self):
        self.machine = {}
        self.servers = {}   # name -> label and version
        self.amounts = {}
        self.limits = []    # what load/limits.cc said, one for each round
        self.rows = []      # one for each sample
        self.workloads = {}  # name -> Workload, in the order in which they were met

    def add(self, workload, server, round_number, sample):
        self.workloads[workload.name] = workload
        self.rows.append({"workload": workload.name, "server": server, "round": round_number, "unit": workload.unit,
                          "figure": sample.figure, "operations": sample.operations, "seconds": sample.used.seconds,
                          "cpu_seconds": sample.used.cpu_seconds, "peak_memory": sample.used.peak_memory,
                          **sample.more})

    def failed(self, workload, server, round_number, why):
        self.workloads[workload.name] = workload
        self.rows.append({"workload": workload.name, "server": server, "round": round_number, "failed": why})

    def samples(self, workload, server):
        """By round; what failed is not among them."""
        return {row["round"]: row for row in self.rows
                if row["workload"] == workload and row["server"] == server and "failed" not in row}

    def failures(self):
        return [row for row in self.rows if "failed" in row]

    def figures(self, workload, server):
        return Spread.of([row["figure"] for row in self.samples(workload, server).values()])

    def ratios(self, workload, server, other):
        """How many times as good as `other` the server is, of rounds that both did."""
        ours, theirs = self.samples(workload, server), self.samples(workload, other)
        found = []
        for number in ours.keys() & theirs.keys():
            pair = ours[number]["figure"], theirs[number]["figure"]
            better, worse = reversed(pair) if self.workloads[workload].is_less_better else pair
            if worse > 0:
                found.append(better / worse)
        return Spread.of(found)

    def cpu_per_operation(self, workload, server):
        """Seconds; nothing where it was not counted."""
        return Spread.of([row["cpu_seconds"] / row["operations"] for row in self.samples(workload, server).values()
                          if row["cpu_seconds"] > 0 and row["operations"] > 0])

    def memory(self, workload, server):
        """Bytes, the most of a round."""
        return Spread.of([row["peak_memory"] for row in self.samples(workload, server).values() if row["peak_memory"]])

    def limit(self, name):
        return Spread.of([said[name] for said in self.limits])

    def as_json(self):
        return {"machine": self.machine, "servers": self.servers, "amounts": self.amounts,
                "limits": self.limits,
                "workloads": {name: {"title": workload.title, "unit": workload.unit, "operation": workload.operation,
                                     "is_headline": workload.is_headline}
                              for name, workload in self.workloads.items()},
                "samples": self.rows}
