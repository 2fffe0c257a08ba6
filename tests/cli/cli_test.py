# SPDX-License-Identifier: Apache-2.0
"""Commands, exit codes, messages and traces of the executables. Usage: cli_test.py LBSIM LBSIM_FAKE SOURCE [unittest options]"""

import csv
import json
import os
import pty
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

LBSIM, FAKE, SOURCE = sys.argv[1:4]

SCENARIO = {
    "name": "losing",
    "question": "How many are lost?",
    "duration": "10s",
    "cluster": {"release": "1.26", "node_pools": [{"name": "workers", "nodes": 3}]},
    "services": [{"name": "web"}],
    "traffic": [{"name": "long", "service": "web", "kind": "population", "connections": 100, "lifetime": "1h"}],
    "timeline": [{"at": "3s", "do": "vm_off", "nodes": ["workers-0"]}],
}


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="lbsim-cli-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def scenario(self, file="s.json", **changes):
        path = os.path.join(self.folder, file)
        with open(path, "w") as out:
            json.dump({**SCENARIO, **changes}, out)
        return file

    def lbsim(self, *arguments, program=FAKE, **options):
        return subprocess.run([program, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=60, **options)

    def content(self, folder="."):
        return sorted(os.listdir(os.path.join(self.folder, folder)))

    def assertNoTrace(self):
        self.assertEqual([name for name in self.content() if not name.endswith(".json")], [])


class Usage(Case):
    def test_help_teaches_and_exits_0(self):
        result = self.lbsim("--help")
        self.assertEqual(result.returncode, 0)
        for text in ("Examples:", "Exit codes:", "lbsim run scenarios/", "validate", "130"):
            self.assertIn(text, result.stdout)
        self.assertEqual(result.stderr, "")
        for command in ("run", "validate", "list", "explain", "diff", "schema"):
            self.assertEqual(self.lbsim(command, "--help").returncode, 0, command)
        self.assertIn("--max-rows", self.lbsim("run", "--help").stdout)

    def test_version(self):
        result = self.lbsim("--version")
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, r"^lbsim \d+\.\d+\.\d+")

    def test_wrong_usage_exits_2_and_says_why(self):
        for arguments in ([], ["fly"], ["run"], ["run", "a", "b"], ["run", "x", "--relpications", "3"], ["run", "x", "--jobs", "0"],
                          ["run", "x", "--jobs", "-1"], ["run", "x", "--seed", "abc"], ["run", "x", "--replications", "0"],
                          ["run", "x", "--quiet", "--json"], ["list", "planets"], ["explain"], ["explain", "a", "--defaults"],
                          ["validate"], ["check", "x"], ["diff"], ["diff", "1.26"], ["diff", "1.26", "1.27", "1.28"]):
            result = self.lbsim(*arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertNotEqual(result.stderr, "", arguments)
            self.assertEqual(result.stdout, "", arguments)

    def test_the_command_without_engine_does_not_load_simgrid(self):
        libraries = subprocess.run(["ldd", LBSIM], capture_output=True, text=True).stdout
        self.assertNotIn("simgrid", libraries)

    def test_run_goes_on_in_the_executable_with_the_engine(self):
        self.scenario()
        for place in ("bin/lbsim-run", "libexec/lbsim/lbsim-run"):
            root = tempfile.mkdtemp(dir=self.folder, prefix="root.json")
            os.makedirs(os.path.join(root, "bin"))
            os.makedirs(os.path.dirname(os.path.join(root, place)), exist_ok=True)
            program = shutil.copy(LBSIM, os.path.join(root, "bin", "lbsim"))
            missing = self.lbsim("run", "s.json", program=program)
            self.assertEqual(missing.returncode, 2)
            self.assertIn("lbsim-run", missing.stderr)
            shutil.copy(FAKE, os.path.join(root, place))
            self.assertEqual(self.lbsim("run", "s.json", program=program).returncode, 0, place)


class Run(Case):
    def test_a_run_writes_its_tables_and_answers_the_question(self):
        self.scenario()
        result = self.lbsim("run", "s.json", "--replications", "2")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertTrue(result.stdout.startswith("How many are lost?\n"))
        self.assertIn("1.26.15 (G)", result.stdout)
        self.assertIn("2 (vm_off)", result.stdout)
        self.assertIn("Tables: lbsim-out/losing", result.stdout)
        self.assertEqual(self.content("lbsim-out"), ["losing"])
        with open(os.path.join(self.folder, "lbsim-out/losing/manifest.json")) as file:
            manifest = json.load(file)
        self.assertEqual(manifest["format"], 1)
        self.assertEqual(manifest["replications"], 2)
        self.assertEqual(manifest["command"][1:], ["run", "s.json", "--replications", "2"])
        self.assertRegex(manifest["scenario"]["digest"], "^[0-9a-f]{16}$")
        self.assertGreater(len(manifest["assumed_constants"]), 20)
        self.assertEqual(manifest["rows"]["lost_connections"], 4)
        self.assertGreater(manifest["peak_memory_bytes"], 1000)

    def test_options_reach_the_run(self):
        self.scenario()
        result = self.lbsim("run", "s.json", "--out", "o", "--seed", "7", "--bin", "500ms", "--max-rows", "1", "--quiet",
                            "--set", "/cluster/release=1.30", "--set", "/name=other")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        with open(os.path.join(self.folder, "o/runs.csv"), newline="") as file:
            row = next(csv.DictReader(file))
        self.assertEqual((row["scenario"], row["seed"], row["desync_s"], row["api_calls"], row["lb_updates"]),
                         ("other", "7", "7.000000", "1000000", ""))
        with open(os.path.join(self.folder, "o/timeseries.csv"), newline="") as file:
            self.assertEqual([row["t_s"] for row in csv.DictReader(file)], ["0.000000", "0.500000", "1.000000"])
        with open(os.path.join(self.folder, "o/lost_connections.csv")) as file:
            self.assertEqual(len(file.readlines()), 2)
        with open(os.path.join(self.folder, "o/manifest.json")) as file:
            manifest = json.load(file)
        self.assertEqual(manifest["variants"][0]["components"]["service_controller"]["release"][:5], "1.30.")

    def test_json_is_one_document(self):
        self.scenario()
        result = self.lbsim("run", "s.json", "--json")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        document = json.loads(result.stdout)
        self.assertEqual(document["variants"][0]["metrics"]["connections_dropped"]["mean"], 2)
        self.assertIsNone(document["variants"][0]["metrics"]["lb_updates"]["mean"])

    def test_jobs_never_change_a_table(self):
        self.scenario()
        for jobs in ("1", "4"):
            self.assertEqual(self.lbsim("run", "s.json", "--replications", "9", "--jobs", jobs, "--out", jobs).returncode, 0)
        for table in self.content("1"):
            if table.endswith(".csv"):
                with open(os.path.join(self.folder, "1", table)) as one, open(os.path.join(self.folder, "4", table)) as four:
                    self.assertEqual(one.read(), four.read(), table)

    def test_all_problems_of_bad_input_are_told_and_nothing_runs(self):
        self.scenario(duration="soon", services=[], traffic=[{"name": "x", "service": "web", "kind": "population"}])
        result = self.lbsim("run", "s.json")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertRegex(result.stderr, r"s\.json:\d+: /duration: found \"soon\"")
        self.assertRegex(result.stderr, r"\n\d+ problems; nothing was run\n$")
        self.assertNotIn("\033", result.stderr)
        self.assertNoTrace()

    def test_bad_option_values_are_bad_input(self):
        self.scenario()
        for arguments in (["--bin", "0s"], ["--bin", "soon"], ["--set", "no pointer"], ["--set", "/nosuchkey=1"]):
            result = self.lbsim("run", "s.json", *arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn("nothing was run", result.stderr)
        result = self.lbsim("run", "s.json", "--out", "/proc/x/y")
        self.assertEqual(result.returncode, 2)
        self.assertIn("/proc/x/y", result.stderr)
        self.assertIn("1 problem; no result was written", result.stderr)
        self.assertEqual(self.lbsim("run", "absent.json").returncode, 2)
        self.assertNoTrace()

    def test_a_foreign_folder_is_refused(self):
        self.scenario()
        os.mkdir(os.path.join(self.folder, "mine"))
        result = self.lbsim("run", "s.json", "--out", "mine")
        self.assertEqual(result.returncode, 2)
        self.assertIn("mine: ", result.stderr)
        self.assertEqual(self.content("mine"), [])

    def test_bad_ends_exit_3_and_name_the_run(self):
        self.scenario(name="stuck", seed=5)
        result = self.lbsim("run", "s.json")
        self.assertEqual((result.returncode, result.stdout), (3, ""))
        self.assertIn('variant "default", replication 0, seed 5: two actors wait for each other', result.stderr)
        self.scenario(name="fault", seed=6)
        result = self.lbsim("run", "s.json", "--replications", "3")
        self.assertEqual(result.returncode, 3)
        self.assertIn("check: options.replication != 1", result.stderr)
        self.assertIn('run: scenario fault, variant "default", replication 1, seed 6', result.stderr)
        self.assertIn('replication 1, seed 6: its process was ended by signal 6 (SIGABRT)', result.stderr)
        self.assertNoTrace()

    def test_an_interrupt_leaves_nothing(self):
        self.scenario(name="endless")
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = subprocess.Popen([FAKE, "run", "s.json", "--out", "out"], cwd=self.folder, stderr=subprocess.PIPE,
                                       stdout=subprocess.PIPE, text=True,
                                       preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
            deadline = time.time() + 20
            while not any(".partial-" in name for name in self.content()) and time.time() < deadline:
                time.sleep(0.01)
            time.sleep(0.1)
            process.send_signal(number)
            output, errors = process.communicate(timeout=20)
            self.assertEqual((process.returncode, output), (code, ""))
            self.assertIn("interrupted", errors)
            self.assertNoTrace()

    def test_a_run_under_nohup_outlives_its_terminal(self):
        self.scenario(name="slow")
        process = subprocess.Popen([FAKE, "run", "s.json", "--out", "out", "--quiet"], cwd=self.folder,
                                   preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        deadline = time.time() + 20
        while not any(".partial-" in name for name in self.content()) and time.time() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGHUP)
        self.assertEqual(process.wait(timeout=20), 0)

    def test_a_full_disk_leaves_nothing(self):
        self.scenario()
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
        result = self.lbsim("run", "s.json", "--out", "out", preexec_fn=limit)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("out/", result.stderr)
        self.assertIn("File too large", result.stderr)
        self.assertNoTrace()

    def test_a_full_standard_output_is_told_and_a_closed_one_is_fine(self):
        self.scenario()
        with open("/dev/full", "w") as full:
            result = subprocess.run([FAKE, "run", "s.json"], cwd=self.folder, stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(result.returncode, 2)
        self.assertIn("No space left on device", result.stderr)
        reader, writer = os.pipe()
        os.close(reader)
        result = subprocess.run([FAKE, "list", "metrics"], stdout=writer, stderr=subprocess.PIPE, text=True)
        os.close(writer)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def in_terminal(self, *arguments):
        """Exit code and what appears on a terminal that is standard error."""
        master, slave = pty.openpty()
        process = subprocess.Popen([FAKE, *arguments], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=slave,
                                   env={**os.environ, "TERM": "xterm"})
        os.close(slave)
        seen = b""
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:
                break
            if not part:
                break
            seen += part
        os.close(master)
        return process.wait(timeout=20), seen.decode()

    def test_progress_shows_on_a_terminal_after_a_second_and_goes(self):
        self.scenario(name="slow")
        code, seen = self.in_terminal("run", "s.json")
        self.assertEqual(code, 0)
        self.assertIn("of 1 runs", seen)
        self.assertTrue(seen.endswith("\r\033[K"))
        self.assertEqual(self.lbsim("run", "s.json").stderr, "")
        self.scenario()
        self.assertEqual(self.in_terminal("run", "s.json"), (0, ""))

    def test_problems_are_coloured_on_a_terminal(self):
        self.scenario(duration="soon")
        code, seen = self.in_terminal("validate", "s.json")
        self.assertEqual(code, 2)
        self.assertIn("\033[1;31ms.json:", seen)


class Inspect(Case):
    def test_validate_judges_every_file(self):
        self.scenario("good.json")
        self.scenario("bad.json", duration="soon", replications=-1)
        self.assertEqual(self.lbsim("validate", "good.json").returncode, 0)
        result = self.lbsim("validate", "good.json", "bad.json", "absent.json")
        self.assertEqual(result.returncode, 2)
        self.assertIn("good.json: fine (1 variant, 1 replication)", result.stdout)
        self.assertIn("/duration", result.stderr)
        self.assertIn("/replications", result.stderr)
        self.assertIn("absent.json", result.stderr)
        self.assertRegex(result.stderr, r"\n3 problems in 2 files\n$")

    def test_the_examples_are_valid(self):
        folder = os.path.join(SOURCE, "scenarios")
        files = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".json")]
        result = self.lbsim("validate", *files)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_lists(self):
        os.mkdir(os.path.join(self.folder, "scenarios"))
        self.scenario("scenarios/mine.json")
        result = self.lbsim("list")
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, r"scenarios/mine\.json +How many are lost\?")
        self.assertIn("one_node_flaps.json", result.stdout)
        releases = self.lbsim("list", "releases").stdout
        self.assertRegex(releases, r"1\.26\.0 to 1\.26\.4 +E +work queue; ")
        self.assertRegex(releases, r"1\.26\.11 to 1\.26\.15 +G ")
        self.assertRegex(releases, r"\n1\.26 +1\.26\.15\n")
        self.assertIn("lbsim diff", releases)
        metrics = self.lbsim("list", "metrics").stdout
        self.assertRegex(metrics, r"blackhole_node_s +s +summed")
        self.assertRegex(metrics, r"worst_gap_s .*not computed by this version")
        self.assertRegex(self.lbsim("list", "gates").stdout, r"StableLoadBalancerNodeSet +service controller +from ")

    def test_defaults_and_schema(self):
        self.assertIn("/cluster/watch_latency", self.lbsim("explain", "--defaults").stdout)
        schema = json.loads(self.lbsim("schema").stdout)
        self.assertIn("draft-07", schema["$schema"])


class Diff(Case):
    def diff(self, a, b):
        result = self.lbsim("diff", a, b)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        # Every line fits a terminal of 100 columns.
        self.assertEqual([line for line in result.stdout.splitlines() if len(line) > 100], [])
        return result.stdout

    def flat(self, text):
        return re.sub(r"\s+", " ", text)

    def test_an_upgrade_is_told_by_component_oldest_change_first(self):
        text = self.diff("1.26", "1.30")
        self.assertTrue(text.startswith("From 1.26.15 to 1.30.14.\n"))
        headings = ["Service controller\n", "kube-proxy and endpoints\n", "Node lifecycle", "Cluster autoscaler\n"]
        places = [text.index(heading) for heading in headings]
        self.assertEqual(places, sorted(places))
        minors = [int(m) for m in re.findall(r"^  1\.(\d+)\.\d+ ", text[places[0]:places[1]], re.MULTILINE)]
        self.assertEqual(minors, sorted(minors))
        flat = self.flat(text)
        self.assertIn("1.27.0 eTP:Cluster: a NotReady node stays behind every load balancer", flat)
        self.assertIn("Before: eTP:Cluster: a node is behind a load balancer only while it is Ready.", flat)
        self.assertIn("[KEP-3458]", flat)
        self.assertIn("1.30.0 /healthz turns 503", flat)
        self.assertIn("1.27.0 Fixed: healthCheckNodePort: when the service goes, the port closes", flat)
        self.assertIn("StableLoadBalancerNodeSet: absent -> stable, locked on", flat)
        # A defect that is at neither end is named with the releases that have it.
        self.assertIn("1.28.0 to 1.28.3: defect: A pass that a providerID starts does nothing", flat)

    def test_the_way_back_says_so(self):
        flat = self.flat(self.diff("1.30", "1.26"))
        self.assertTrue(flat.startswith("Going back from 1.30.14 to 1.26.15"))
        self.assertIn("before 1.27.0 eTP:Cluster: a node is behind a load balancer only while it is Ready.", flat)
        self.assertIn("From then on: eTP:Cluster: a NotReady node stays", flat)
        self.assertIn("Defect: healthCheckNodePort: when the service goes, a probe connection", flat)
        self.assertIn("StableLoadBalancerNodeSet: stable, locked on -> absent", flat)

    def test_there_and_back_name_the_same_releases(self):
        there = re.findall(r"^  (1\.\d+\.\d+) ", self.diff("1.24", "1.33"), re.MULTILINE)
        back = re.findall(r"^  before (1\.\d+\.\d+) ", self.diff("1.33", "1.24"), re.MULTILINE)
        for release in set(there) ^ set(back):
            # Only how passes work is told by what is, so each way has its own.
            self.assertIn(release, ("1.25.0", "1.26.0", "1.29.0"))

    def test_one_patch_release_and_none(self):
        flat = self.flat(self.diff("1.28.3", "1.28.4"))
        self.assertIn("1.28.4 Fixed: A pass that a providerID starts reaches the cloud.", flat)
        self.assertNotIn("Cluster autoscaler", flat)
        self.assertEqual(self.diff("1.30", "1.30.14"), "1.30.14 is 1.30.14: nothing changes.\n")
        self.assertEqual(self.diff("1.30.1", "1.30.2"), "From 1.30.1 to 1.30.2 nothing changes that lbsim knows of.\n")

    def test_every_pair_of_minors_can_be_told(self):
        minors = re.findall(r"^(1\.\d+) +1\.\d+\.\d+$", self.lbsim("list", "releases").stdout, re.MULTILINE)
        self.assertGreaterEqual(len(minors), 10)
        for a, b in zip(minors, minors[1:]):
            self.assertRegex(self.diff(a, b), r"^From 1\.")
            # Between some neighbours nothing that is on by default changes.
            self.assertRegex(self.diff(b, a), r"^Going back from 1\.|nothing changes that lbsim knows of")

    def test_what_is_no_release_exits_2_with_the_nearest(self):
        for a, b, hint in (("1.28.99", "1.30", 'did you mean "1.28.15"?'), ("1.30", "v1.28.3", 'did you mean "1.28.3"?'),
                           ("1.277", "1.30", 'did you mean "1.27"?'), ("some/folder", "1.30", "a later version"),
                           ("x", "1.30", "allowed: a release from")):
            result = self.lbsim("diff", a, b)
            self.assertEqual((result.returncode, result.stdout), (2, ""), (a, b))
            self.assertIn(hint, result.stderr)


class Profiles(Case):
    NAMES = ("aws_clb_ccm aws_nlb_instance_ccm aws_nlb_instance_albc aws_nlb_ip_albc aws_alb_albc gcp_netlb_targetpool "
             "gcp_netlb_rbs gcp_ilb_ig gcp_ilb_subsetting gcp_neg_l7 azure_slb_nic azure_slb_ip octavia_amphora digitalocean "
             "hetzner metallb_l2 metallb_bgp katran haproxy envoy").split()

    def out(self, *command):
        result = self.lbsim(*command)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def own(self, **keys):
        with open(os.path.join(self.folder, "mine.json"), "w", encoding="utf-8") as file:
            json.dump({"based_on": "haproxy", **keys}, file)

    def test_the_list_begins_with_one_line_for_each(self):
        overview = self.out("list", "profiles").split("\n\n")[0].splitlines()
        self.assertEqual([line.split()[0] for line in overview], ["profile", "neutral", *self.NAMES])
        self.assertRegex(overview[2], r"node_port 10s/5s/6/2 +cut +cut +aws_clb$")

    def test_the_list_has_every_value_with_tag_and_source(self):
        text = self.out("list", "profiles")
        for name in self.NAMES:
            self.assertIn(f"\n{name}: ", text)
        self.assertRegex(text, r"\nhealth_check\.cluster\.interval +10s +code +cloud-provider-aws ")
        self.assertRegex(text, r"\napi\.quota\.poll\.2 +\{\"rate\": 25, ")
        self.assertIn("Remark: No health monitor by default", text)
        self.assertRegex(text, r"\nmax_reals +4096 +code ")

    def test_one_profile_is_listed_by_name_or_file(self):
        text = self.out("list", "profiles", "haproxy")
        self.assertTrue(text.startswith("haproxy: HAProxy as the load balancer\n\nkey "))
        self.assertNotIn("envoy", text)
        self.own(title="ours", load_balancer={"idle_timeout": ["1h", "definition", "our setting"]})
        own = self.out("list", "profiles", "mine.json")
        self.assertTrue(own.startswith("mine.json: ours\n"))
        self.assertRegex(own, r"\nidle_timeout +1h +definition +our setting\n")
        self.assertRegex(own, r"\nhealth_check\.cluster\.interval +2s +code ")

    def test_a_difference_names_keys_values_and_tags(self):
        text = self.out("diff", "azure_slb_nic", "azure_slb_ip")
        self.assertRegex(text, r"^key +azure_slb_nic +azure_slb_ip +tags\n")
        self.assertRegex(text, r"\nsequence +azure_nic +azure_ip +code / code\n")
        self.assertRegex(text, r"\napi\.poll_every +10s +- +code / -\n")
        self.assertRegex(text, r"\n\n\d\d keys are equal\.")
        self.assertEqual(len(text.splitlines()), 6)
        self.assertRegex(self.out("diff", "envoy", "envoy"), r"^envoy and envoy do not differ; \d+ keys are equal\.\n$")
        self.own(load_balancer={"idle_timeout": ["1h", "definition", "our setting"]})
        self.assertRegex(self.out("diff", "haproxy", "mine.json"), r"\nidle_timeout +- +1h +- / definition\n\n\d+ keys")
        for a in self.NAMES:
            self.out("diff", a, "neutral")

    def test_unknown_names_and_bad_files_exit_2(self):
        self.own(load_balancer={"idle_timeout": "1h"})
        for command, hint in ((("list", "profiles", "hetzne"), 'did you mean "hetzner"?'),
                              (("diff", "aws_clb_ccm", "envoi"), 'did you mean "envoy"?'),
                              (("diff", "aws_clb_cm", "envoi"), 'did you mean "aws_clb_ccm"?'),
                              (("diff", "aws_clb_cm", "envoi"), 'did you mean "envoy"?'),
                              (("diff", "envoy", "1.30"), "the name of a profile"),
                              (("diff", "envoy", "nowhere.json"), "no such file"),
                              (("list", "profiles", "mine.json"), "mine.json:1: /load_balancer/idle_timeout"),
                              (("list", "gates", "envoy"), "only profiles")):
            result = self.lbsim(*command)
            self.assertEqual((result.returncode, result.stdout), (2, ""), command)
            self.assertIn(hint, result.stderr)

    def test_a_run_prints_what_is_played_otherwise(self):
        self.scenario()
        self.own()
        text = self.out("run", "s.json", "--set", "/cloud/profile=octavia_amphora")
        self.assertEqual(text.count("\noctavia_amphora: No health monitor by default"), 1)
        self.assertIn("\nmine.json: Connections are spread by hash", self.out("run", "s.json", "--set", "/cloud/profile=mine.json"))
        self.assertNotIn("mine.json:", self.out("run", "s.json"))


class Explain(Case):
    def setUp(self):
        super().setUp()
        self.scenario()
        self.assertEqual(self.lbsim("run", "s.json", "--replications", "2", "--out", "out").returncode, 0)

    def test_a_connection_names_the_chain_of_its_causes(self):
        result = self.lbsim("explain", "out", "long/web/17.0")
        self.assertEqual(result.returncode, 0)
        self.assertIn("long/web/17.0 was lost at 3.000000 s, 1.500000 s after its first SYN (established, vm_off).", result.stdout)
        lines = result.stdout.splitlines()
        first = next(i for i, line in enumerate(lines) if "timeline[0] vm_off" in line)
        self.assertRegex(lines[first + 1], r"3\.000000 +#1 +vm_off +workers-0")
        self.assertIn("the connection is lost: vm_off", lines[first + 2])
        self.assertIn("replication 0", result.stdout)
        self.assertIn("replication 1", self.lbsim("explain", "out", "long/web/17.0", "--run", "1").stdout)

    def test_an_event_names_cause_and_consequences(self):
        self.assertIn("It caused 1 event:", self.lbsim("explain", "out", "0").stdout)
        self.assertIn("It lost 2 connections by vm_off.", self.lbsim("explain", "out", "1", "--run", "1").stdout)

    def test_a_folder_names_losses_by_first_cause(self):
        result = self.lbsim("explain", "out")
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, r"default +vm_off +vm_off +timeline\[0\] vm_off +4\n")

    def test_what_is_not_there_exits_2(self):
        for arguments in (["out", "no/such/1.0"], ["out", "99"], ["out", "long/web/17.0", "--run", "9"], ["absent", "1"], ["."]):
            result = self.lbsim("explain", *arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertNotEqual(result.stderr, "")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
