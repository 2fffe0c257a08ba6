# SPDX-License-Identifier: Apache-2.0
"""lbsim import as a command: files, standard input, places, exit codes. Usage: import_test.py LBSIM SOURCE [unittest options]"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

LBSIM, SOURCE = sys.argv[1:3]

NODE = {"kind": "Node", "metadata": {"name": "n0"}, "spec": {"providerID": "digitalocean://1"},
        "status": {"nodeInfo": {"kubeletVersion": "v1.30.2", "kubeProxyVersion": "v1.30.2"}}}
SERVICE = {"kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}}
DUMP = json.dumps({"kind": "List", "items": [NODE, SERVICE]})


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="lbsim-import-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as out:
            out.write(text)
        return name

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def lbsim(self, *arguments, **options):
        return subprocess.run([LBSIM, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=120, **options)

    def content(self):
        return sorted(os.listdir(self.folder))


class Import(Case):
    def test_help_teaches(self):
        result = self.lbsim("import", "--help")
        self.assertEqual(result.returncode, 0)
        for text in ("kubectl get nodes,services,endpointslices,deployments,daemonsets,poddisruptionbudgets", "lbsim import cluster.json --out",
                     "--events", "--lead", "assumptions.md"):
            self.assertIn(text, result.stdout)
        self.assertIn("lbsim import cluster.json", self.lbsim("--help").stdout)

    def test_without_out_the_scenario_goes_to_standard_output_and_notes_to_standard_error(self):
        self.write("cluster.json", DUMP)
        result = self.lbsim("import", "cluster.json")
        self.assertEqual(result.returncode, 0)
        scenario = json.loads(result.stdout)
        self.assertEqual(scenario["cloud"], {"profile": "digitalocean"})
        self.assertIn("Assumed, as the dump does not say:\n", result.stderr)
        self.assertIn("[Service shop/web]", result.stderr)
        self.assertEqual(self.content(), ["cluster.json"])
        piped = self.lbsim("import", "-", input=DUMP)
        self.assertEqual((piped.returncode, piped.stdout), (0, result.stdout))
        apart = self.lbsim("import", self.write("nodes.json", json.dumps(NODE)), self.write("services.json", json.dumps(SERVICE)))
        self.assertEqual(apart.stdout, result.stdout)

    def test_with_out_there_are_the_scenario_and_its_assumptions(self):
        self.write("cluster.json", DUMP)
        result = self.lbsim("import", "cluster.json", "--out", "ours.json")
        self.assertEqual(result.returncode, 0)
        self.assertTrue(result.stdout.startswith("ours.json: 1 node in 1 pool, 1 service, 0 timeline steps\n"), result.stdout)
        self.assertEqual(self.content(), ["cluster.json", "ours.json", "ours.json.assumptions.md"])
        self.assertEqual(self.read("ours.json"), self.lbsim("import", "cluster.json").stdout)
        self.assertIn("| n0 | nodes-0 |", self.read("ours.json.assumptions.md"))
        self.assertEqual(self.lbsim("validate", "ours.json").returncode, 0)

    def test_what_ships_runs_and_the_same_dump_gives_the_same_bytes(self):
        cluster = os.path.join(SOURCE, "scenarios", "import", "cluster.json")
        events = os.path.join(SOURCE, "scenarios", "import", "events.json")
        for name in ("a.json", "b.json"):
            self.assertEqual(self.lbsim("import", cluster, "--events", events, "--out", name).returncode, 0)
        self.assertEqual(self.read("a.json"), self.read("b.json"))
        result = self.lbsim("run", "a.json", "--out", "out", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        metrics = json.loads(result.stdout)["variants"][0]["metrics"]
        # 2 services, 10 new connections a second, 16 minutes: 19,200 in the mean, and the machine that goes takes some along.
        self.assertAlmostEqual(metrics["connections_attempted"]["mean"], 19_200, delta=5 * 19_200 ** 0.5)
        self.assertGreater(metrics["dropped_vm_off"]["mean"], 0)
        reference = self.lbsim("run", "a.json", "--out", "slow", "--json", "--reference")
        self.assertEqual(json.loads(reference.stdout)["variants"][0]["metrics"], metrics)

    def test_options_reach_the_scenario(self):
        self.write("cluster.json", DUMP)
        self.write("ready.csv", "node,time,Ready\nn0,100,False\nn0,130,True\n")
        result = self.lbsim("import", "cluster.json", "--events", "ready.csv", "--lead", "5m", "--release", "1.28")
        self.assertEqual(result.returncode, 0, result.stderr)
        scenario = json.loads(result.stdout)
        self.assertEqual(scenario["timeline"], [{"at": "300s", "do": "set_ready", "nodes": ["nodes-0"], "status": "False", "for": "30s"}])
        self.assertEqual(scenario["cluster"]["release"], "1.28.15")
        self.assertEqual(scenario["cluster"]["releases"], {"kube_proxy": "1.30.2", "kubelet": "1.30.2"})

    def test_bad_input_exits_2_names_the_place_and_writes_nothing(self):
        self.write("cluster.json", DUMP)
        self.write("bad.json", DUMP.replace('"port": 80', '"port": "http"'))
        self.write("cut.json", DUMP[:-20])
        for arguments, text in ((["bad.json"], 'bad.json:1: /items/1/spec/ports/0/port: found "http" as spec.ports[0].port of Service shop/web'),
                                (["cut.json"], "no valid JSON"), (["absent.json"], "no such file"), (["."], "a folder"),
                                (["cluster.json", "--release", "1.99"], "--release: release: found"),
                                (["cluster.json", "--lead", "soon"], "--lead"),
                                (["cluster.json", "--events", "absent.csv"], "no such file"),
                                (["-", "--events", "-"], "standard input twice")):
            result = self.lbsim("import", *arguments, "--out", "ours.json", input=DUMP)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn(text, result.stderr)
            self.assertEqual(result.stdout, "")
            self.assertEqual(self.content(), ["bad.json", "cluster.json", "cut.json"])

    def test_wrong_usage_exits_2(self):
        for arguments in ([], ["--events", "e.json"], ["cluster.json", "--lead"], ["cluster.json", "--what"]):
            self.assertEqual(self.lbsim("import", *arguments).returncode, 2, arguments)

    def test_a_place_that_is_read_or_cannot_be_written_is_refused(self):
        self.write("cluster.json", DUMP)
        os.symlink("cluster.json", os.path.join(self.folder, "link.json"))
        for place, text in (("cluster.json", "which is read"), ("./cluster.json", "which is read"), ("link.json", "which is read"),
                            ("absent/ours.json", "cannot be written")):
            result = self.lbsim("import", "cluster.json", "--out", place)
            self.assertEqual((result.returncode, result.stdout), (2, ""), place)
            self.assertIn(text, result.stderr)
            self.assertEqual(self.read("cluster.json"), DUMP)
            self.assertEqual(self.content(), ["cluster.json", "link.json"])
        os.mkdir(os.path.join(self.folder, "taken.json"))
        result = self.lbsim("import", "cluster.json", "--out", "taken.json")
        self.assertEqual(result.returncode, 2)
        self.assertEqual(self.content(), ["cluster.json", "link.json", "taken.json"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
