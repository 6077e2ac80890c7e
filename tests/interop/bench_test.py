"""bench/run works: it measures, and writes results, a table and a chart that are what they should be."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
import xml.etree.ElementTree

from demo import PROGRAM, ROOT, eventually, need

RUN = ROOT / "bench/run"
WORKLOADS = ["smtp-4k-1", "append", "fetch-flags", "pop3-retr-pipelined", "push", "tls-resumed"]
SVG = "{http://www.w3.org/2000/svg}"

sys.path.insert(0, str(ROOT / "bench"))
from harness import chart, command_line, processes, results, table  # noqa: E402
from harness.workload import Amounts, Sample, Used, Workload  # noqa: E402


def workload(name, unit):
    return Workload(name, f"the {name} & <more>", unit, run=None, operation="message")


def some_results(pairs, unit):
    """Of one workload: what Posthorn and a peer did in each round."""
    made = results.Results()
    made.servers = {"posthorn": {"label": "Posthorn", "version": "1"}, "peer": {"label": "A peer", "version": "2"}}
    for number, (ours, theirs) in enumerate(pairs):
        for server, figure in (("posthorn", ours), ("peer", theirs)):
            made.add(workload("work", unit), server, number, Sample(figure, 100, Used(1, 0.5, 3 << 20)))
    return made


class BenchTest(unittest.TestCase):
    def test_run_without_peers(self):
        need("clang++-19")
        with tempfile.TemporaryDirectory(prefix="posthorn-") as folder:
            where = pathlib.Path(folder) / "where"
            where.mkdir()
            out = pathlib.Path(folder) / "out"
            done = subprocess.run([RUN, "--quick", "--rounds", "1", "--peers", "none", "--scale", "0.02", "--program",
                                   PROGRAM, "--where", where, "--out", out, "--only", *WORKLOADS],
                                  capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(list(where.iterdir()), [], "a folder was left behind")
            said = json.loads((out / "results.json").read_text())
            measured = {row["workload"]: row["figure"] for row in said["samples"] if row["server"] == "posthorn"}
            self.assertLessEqual(set(WORKLOADS), measured.keys())
            self.assertTrue(all(figure > 0 for figure in measured.values()), measured)
            ceilings = {row["workload"] for row in said["samples"] if row["server"] == "ceiling"}
            self.assertEqual(ceilings, {"fetch-flags", "pop3-retr-pipelined"})
            self.assertEqual([row for row in said["samples"] if row.get("lost")], [])
            self.assertGreater(said["limits"][0]["flush_overwritten_p50_us"], 0)
            shown = (out / "table.md").read_text()
            self.assertEqual(done.stdout.strip(), shown.strip())
            self.assertIn("| 4 KiB messages over 1 connection | Posthorn | ", shown)
            self.assertIn("| **FETCH of all UIDs and flags** | ms |", shown)
            xml.etree.ElementTree.parse(out / "ratios.svg")

    def test_a_ratio_above_one_is_better_whatever_the_unit(self):
        rate = some_results([(30, 10), (20, 10), (90, 10)], "messages/s").ratios("work", "posthorn", "peer")
        self.assertEqual((rate.median, rate.least, rate.most), (3, 2, 9))
        time = some_results([(10, 30), (10, 20), (10, 90)], "ms").ratios("work", "posthorn", "peer")
        self.assertEqual((time.median, time.least, time.most), (3, 2, 9))

    def test_ratios_are_of_rounds_that_both_did(self):
        made = some_results([(30, 10), (1, 10)], "messages/s")
        made.rows = [row for row in made.rows if (row["server"], row["round"]) != ("peer", 1)]
        made.failed(workload("work", "messages/s"), "peer", 1, "it was tired")
        self.assertEqual(made.ratios("work", "posthorn", "peer").median, 3)
        self.assertIn("`work` failed with peer in round 2: it was tired", table.markdown(made))

    def test_table(self):
        lines = table.markdown(some_results([(12345.6, 10), (2, 8)], "messages/s")).splitlines()
        self.assertEqual(lines[0], "| work | unit | Posthorn | A peer | ratio | CPU each, Posthorn | "
                                   "CPU each, A peer | memory, Posthorn | memory, A peer |")
        self.assertIn("| 6,174 [2–12,346] | 9 [8–10.0] | 617 [0.25–1,235] × | 5 ms | 5 ms |", lines[2])

    def test_chart(self):
        made = some_results([(30, 10), (20, 10)], "messages/s")
        ratio = made.ratios("work", "posthorn", "peer")
        worse = some_results([(1, 4)], "messages/s").ratios("work", "posthorn", "peer")
        root = xml.etree.ElementTree.fromstring(chart.svg([("better & more", ratio), ("worse", worse)], "A <peer>"))
        bars = root.findall(f"{SVG}rect")
        self.assertEqual([bar.get("class") for bar in bars], ["better", "worse"])
        one = float(root.find(f"{SVG}line[@class='one']").get("x1"))
        self.assertAlmostEqual(float(bars[0].get("x")), one, places=1)
        self.assertAlmostEqual(float(bars[1].get("x")) + float(bars[1].get("width")), one, places=0)
        self.assertIn("2.5 ×", [text.text for text in root.findall(f"{SVG}text")])

    def test_docs(self):
        with tempfile.TemporaryDirectory(prefix="posthorn-") as folder:
            docs = pathlib.Path(folder)
            (docs / "images").mkdir()
            (docs / "performance.md").write_text((ROOT / "docs/performance.md").read_text())
            for shown in ("| one |\n", "| two |\n"):
                command_line.write_into_docs(shown, "<svg/>", docs)
            text = (docs / "performance.md").read_text()
            self.assertIn("-->\n| two |\n<!-- end of the table -->", text)
            self.assertNotIn("| one |", text)
            self.assertIn("## Where the time goes", text)
            self.assertEqual((docs / "images/ratios.svg").read_text(), "<svg/>")

    def test_processes_that_made_themselves_independent_are_ended(self):
        with unittest.mock.patch.object(processes.ControlGroup, "ROOTS", []), tempfile.TemporaryFile() as log:
            server = processes.Processes("test")
            server.start(["sh", "-c", "setsid sleep 60 & wait"], log)
            eventually(lambda: len(server.ids()) == 2, "the process has a child")
            ids = server.ids()
            server.end(patience=0.2)
        self.assertFalse([process for process in ids if pathlib.Path(f"/proc/{process}/exe").exists()])

    def test_amounts(self):
        self.assertEqual(Amounts.of().mailbox, 100_000)
        self.assertEqual(Amounts.of(quick=True, scale=0.02).mailbox, 200)
        self.assertEqual(Amounts.of(connections=5000, seconds=60, stored=7).connections, 5000)


if __name__ == "__main__":
    unittest.main()
