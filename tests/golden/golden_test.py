#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""golden.py itself: right numbers are blessed and compared, wrong ones are refused and named. lbsim is replaced by a
program that copies a runs.csv made here, so nothing is simulated."""
import csv
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import golden  # noqa: E402

from common import NEVER, at_least, at_most, between  # noqa: E402 (golden names the folder)

NAME = "drain_of_a_busy_node"
FAKE = """#!{python}
import os, shutil, sys
out = sys.argv[sys.argv.index("--out") + 1]
os.makedirs(out)
shutil.copy({table!r}, out + "/runs.csv")
"""


class GoldenTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.table = os.path.join(self.folder.name, "table.csv")
        self.lbsim = os.path.join(self.folder.name, "lbsim")
        self.golden = os.path.join(self.folder.name, "golden")
        os.mkdir(self.golden)
        with open(self.lbsim, "w") as file:
            file.write(FAKE.format(python=sys.executable, table=self.table))
        os.chmod(self.lbsim, 0o755)
        with open(os.path.join(HERE, f"{NAME}.csv"), newline="") as file:
            self.metrics = {row["metric"]: row["value"] for row in csv.DictReader(file)}
        self.write_table()

    def write_table(self, **changed):
        row = {"run": "0", "scenario": NAME, "variant": "default", "replication": "0", "seed": "1", **self.metrics, **changed}
        with open(self.table, "w", newline="") as file:
            writer = csv.DictWriter(file, row, lineterminator="\n")
            writer.writeheader()
            writer.writerow(row)

    def run_golden(self, *extra):
        return subprocess.run([sys.executable, os.path.join(HERE, "golden.py"), "--lbsim", self.lbsim, "--golden", self.golden,
                               *extra, NAME], capture_output=True, text=True)

    def files(self):
        return sorted(os.listdir(self.golden))

    def test_right_numbers_are_blessed_and_then_agree(self):
        done = self.run_golden("--bless")
        self.assertEqual((done.returncode, self.files()), (0, [f"{NAME}.csv", f"{NAME}.md"]), done.stdout + done.stderr)
        with open(os.path.join(HERE, f"{NAME}.csv"), "rb") as ours, open(os.path.join(self.golden, f"{NAME}.csv"), "rb") as new:
            self.assertEqual(ours.read(), new.read())
        self.assertEqual(self.run_golden().returncode, 0)

    def test_a_wrong_deterministic_number_is_not_blessed(self):
        self.write_table(api_calls="4")
        done = self.run_golden("--bless")
        self.assertEqual((done.returncode, self.files()), (1, []))
        self.assertIn("not blessed: default: api_calls: found 4, expected 3 +- 0", done.stdout)

    def test_a_time_off_by_100_microseconds_is_not_blessed(self):
        self.write_table(time_to_new_zero_s="21.000100")
        done = self.run_golden("--bless")
        self.assertEqual(done.returncode, 1)
        self.assertIn("time_to_new_zero_s: found 21.000100, expected 21 +- 0", done.stdout)

    def test_a_sampled_number_is_blessed_within_its_tolerance_only(self):
        # 92.4 +- 36.6: 129 is the last whole number inside.
        self.write_table(connections_dropped="128", dropped_vm_off="128")
        self.assertEqual(self.run_golden("--bless").returncode, 0)
        self.write_table(connections_dropped="130", dropped_vm_off="130")
        done = self.run_golden("--bless")
        self.assertEqual(done.returncode, 1)
        self.assertIn("connections_dropped: found 130, expected 92.4", done.stdout)

    def test_an_empty_headline_cell_is_not_blessed(self):
        self.write_table(blackhole_node_s="")
        done = self.run_golden("--bless")
        self.assertEqual(done.returncode, 1)
        self.assertIn("blackhole_node_s: found nothing, expected 0", done.stdout)

    def test_a_variant_without_expectation_is_not_blessed(self):
        self.write_table(variant="surprise")
        done = self.run_golden("--bless")
        self.assertEqual(done.returncode, 1)
        self.assertIn("surprise: no expectation", done.stdout)

    def test_a_refused_blessing_leaves_the_old_golden_file(self):
        self.run_golden("--bless")
        before = {f: open(os.path.join(self.golden, f)).read() for f in self.files()}
        self.write_table(api_calls="4")
        self.assertEqual(self.run_golden("--bless").returncode, 1)
        self.assertEqual(before, {f: open(os.path.join(self.golden, f)).read() for f in self.files()})

    def test_any_changed_metric_is_seen_by_a_comparison(self):
        self.run_golden("--bless")
        self.write_table(health_probes="722")
        done = self.run_golden()
        self.assertEqual(done.returncode, 1)
        self.assertIn("golden 'default,health_probes,721', found 'default,health_probes,722'", done.stdout)

    def test_a_missing_golden_file_says_how_to_write_it(self):
        done = self.run_golden()
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"golden.py --bless {NAME} writes it", done.stdout)

    def test_a_failing_lbsim_is_a_problem_with_its_text(self):
        with open(self.lbsim, "w") as file:
            file.write(f"#!{sys.executable}\nimport sys\nsys.exit('the disk is full')\n")
        done = self.run_golden("--bless")
        self.assertEqual(done.returncode, 1)
        self.assertIn("the disk is full", done.stdout)


class ExpectationTest(unittest.TestCase):
    def problems(self, text, expectation):
        return golden.outside({("v", "m"): text}, {"v": {"m": expectation}})

    def test_both_ends_belong_to_a_range(self):
        for text, good in (("1.999", False), ("2", True), ("3", True), ("5", True), ("5.001", False)):
            self.assertEqual(self.problems(text, between(2, 5)) == [], good, text)
        self.assertEqual(self.problems("7", between(2, 5)), ["v: m: found 7, expected 2 to 5"])

    def test_one_sided_bounds(self):
        self.assertEqual((self.problems("2", at_least(2)), self.problems("1e9", at_least(2))), ([], []))
        self.assertEqual(self.problems("1", at_least(2)), ["v: m: found 1, expected at least 2"])
        self.assertEqual((self.problems("0", at_most(2)), self.problems("2", at_most(2))), ([], []))
        self.assertEqual(self.problems("3", at_most(2)), ["v: m: found 3, expected 0 to 2"])

    def test_an_empty_cell_can_be_what_is_expected(self):
        self.assertEqual(self.problems("", NEVER), [])
        self.assertEqual(self.problems("7", NEVER), ["v: m: found 7, expected an empty cell"])
        self.assertEqual(self.problems("", at_least(0)), ["v: m: found nothing, expected at least 0"])

    def test_a_mean_of_which_runs_lack_a_value_is_no_number(self):
        text = golden.mean_text(["1", ""])
        self.assertEqual(self.problems(text, at_least(0)), [f"v: m: found {text}, expected at least 0"])

    def test_the_derivation_says_ranges_and_empty_cells(self):
        found = {("v", "a"): "3", ("v", "b"): "", ("v", "c"): "9"}
        text = golden.derivation_text("n", "Words.", found, {"v": {"a": between(2, 5), "b": NEVER, "c": at_least(8)}})
        for line in ("| v | a | 3 | 2 to 5 | |", "| v | b |  | an empty cell | |", "| v | c | 9 | at least 8 | |"):
            self.assertIn(line, text)


if __name__ == "__main__":
    unittest.main()
