#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Feeds the tidy test bad files, each of which it must flag by the right rule, and good ones, which it must leave alone.
import pathlib
import sys
import tempfile
import unittest

import cpp_text
import tidy

HEAD = "// SPDX-License-Identifier: Apache-2.0\n// What this file is for.\n"
HEADER = HEAD + "#pragma once\n"


def offences_of(files):
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            target = pathlib.Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        return tidy.check(folder)


def function_of(lines, name="f"):
    return HEAD + f"int {name}(int x) {{\n" + "    ++x;\n" * (lines - 3) + "    return x;\n}\n"


class FlagsTest(unittest.TestCase):
    def flags(self, rule, path, text, line=None):
        found = offences_of({path: text})
        self.assertEqual(len(found), 1, found)
        where, found_rule = found[0].split(": ")[:2]
        self.assertEqual(found_rule, rule, found)
        self.assertTrue(where.startswith(path + ":"), found)
        if line is not None:
            self.assertEqual(where, f"{path}:{line}")

    def passes(self, path, text):
        self.assertEqual(offences_of({path: text}), [])

    def test_layers_that_run_back(self):
        for path, include in [
            ("include/lbsim/core/a.hpp", '"lbsim/policy/release.hpp"'),
            ("include/lbsim/policy/a.hpp", '"lbsim/engine/engine.hpp"'),
            ("include/lbsim/policy/a.hpp", '"lbsim/scenario/scenario.hpp"'),
            ("include/lbsim/engine/a.hpp", '"lbsim/policy/release.hpp"'),
            ("include/lbsim/history/a.hpp", '"lbsim/scenario/scenario.hpp"'),
            ("include/lbsim/scenario/a.hpp", '"lbsim/engine/engine.hpp"'),
            ("models/traffic/a.hpp", '"lbsim/engine/engine.hpp"'),
            ("models/traffic/reference/a.hpp", '"models/cluster/machines.hpp"'),
            ("models/cluster/a.hpp", '"models/traffic/stream.hpp"'),
            ("models/cluster/a.hpp", '"sim/io/reader.hpp"'),
            ("models/cluster/a.hpp", '"sim/engine/engine_impl.hpp"'),
            ("sim/io/a.hpp", '"models/cluster/machines.hpp"'),
            ("sim/io/a.hpp", '"lbsim/engine/engine.hpp"'),
            ("sim/study/a.hpp", '"sim/cli/main.hpp"'),
            ("sim/study/a.hpp", '"sim/engine/engine_impl.hpp"'),
            ("include/lbsim/policy/a.hpp", '"models/policy/rules.hpp"'),
            ("models/policy/a.hpp", '"rules.hpp"'),
            ("models/policy/a.hpp", '"../core/rules.hpp"'),
            ("models/policy/a.hpp", "<lbsim/core/time.hpp>"),
        ]:
            with self.subTest(path=path, include=include):
                self.flags("layer", path, HEADER + f"#include {include}\n", 4)

    def test_layers_that_run_forward(self):
        for path, include in [
            ("models/cluster/a.hpp", '"lbsim/engine/engine.hpp"'),
            ("models/controllers/a.hpp", '"models/cluster/machines.hpp"'),
            ("models/traffic/a.hpp", '"lbsim/history/history.hpp"'),
            ("sim/study/a.hpp", '"models/cluster/machines.hpp"'),
            ("sim/cli/a.hpp", '"sim/study/study.hpp"'),
            ("sim/io/a.hpp", '"lbsim/scenario/scenario.hpp"'),
            ("sim/cli/a.hpp", '"lbsim_version.hpp"'),
            ("tests/cluster/a.hpp", '"sim/engine/engine_impl.hpp"'),
        ]:
            with self.subTest(path=path, include=include):
                self.passes(path, HEADER + f"#include {include}\n")

    def test_third_parties(self):
        for path, include in [
            ("sim/study/a.cpp", "simgrid/s4u.hpp"), ("sim/engine/engine.cpp", "simgrid/s4u.hpp"), ("sim/engine/a.cpp", "xbt/log.h"),
            ("sim/study/a.cpp", "nlohmann/json.hpp"), ("sim/cli/a.cpp", "valijson/schema.hpp"),
            ("sim/study/a.cpp", "CLI/CLI.hpp"), ("models/cluster/a.cpp", "boost/graph/adjacency_list.hpp"),
            ("models/policy/a.cpp", "Random123/philox.h"), ("models/policy/a.cpp", "unistd.h"),
            ("models/policy/a.cpp", "boost/heap/fibonacci_heap.hpp"), ("sim/study/a.cpp", "Eigen/Dense"),
        ]:
            with self.subTest(path=path, include=include):
                self.flags("layer", path, HEAD + f"#include <{include}>\n", 3)
        self.flags("layer", "include/lbsim/core/a.hpp", HEADER + "#include <Random123/philox.h>\n", 4)
        for path, include in [
            ("sim/engine/simgrid_kernel.cpp", "simgrid/s4u.hpp"), ("sim/io/a.cpp", "nlohmann/json.hpp"),
            ("sim/cli/a.cpp", "CLI/CLI.hpp"), ("models/topology/a.cpp", "boost/graph/adjacency_list.hpp"),
            ("models/core/rng.cpp", "Random123/philox.h"), ("sim/study/a.cpp", "sys/wait.h"), ("models/core/a.cpp", "vector"),
        ]:
            with self.subTest(path=path, include=include):
                self.passes(path, HEAD + f"#include <{include}>\n")

    def test_heads(self):
        self.flags("head", "models/core/a.cpp", "// Just a file.\nint x;\n", 1)
        self.flags("head", "models/core/a.cpp", "// SPDX-License-Identifier: MIT\n// What this file is for.\n", 1)
        self.flags("head", "models/core/a.cpp", "// SPDX-License-Identifier: Apache-2.0\nint x;\n", 2)
        self.flags("head", "models/core/a.cpp", "// SPDX-License-Identifier: Apache-2.0\n// words without end\n", 2)
        self.flags("head", "scripts/go", "#!/bin/sh\necho\n", 2)
        self.passes("scripts/go", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n# Goes to a place.\n")
        self.passes("tests/a.py", '# SPDX-License-Identifier: Apache-2.0\n"""Says what it is for."""\n')
        self.flags("head", "tests/a.py", "# SPDX-License-Identifier: Apache-2.0\nimport sys\n", 2)
        self.flags("pragma-once", "include/lbsim/core/a.hpp", HEAD)

    def test_public_names_are_exported(self):
        begin, end = tidy.EXPORT_BEGIN + "\n", tidy.EXPORT_END + "\n"
        names = "namespace lbsim {\nint f();\n}  // namespace lbsim\n"
        self.flags("exported", "include/lbsim/core/a.hpp", HEADER + names)
        self.flags("exported", "include/lbsim/policy/a.hpp", HEADER + begin + names)
        self.flags("exported", "include/lbsim/policy/a.hpp", HEADER + begin + end + names)
        self.passes("include/lbsim/policy/a.hpp", HEADER + begin + names + end)
        self.passes("include/lbsim/policy/a.hpp", HEADER + '#include "lbsim/core/time.hpp"\n')
        self.passes("include/lbsim/scenario/a.hpp", HEADER + names)

    def test_forbidden_calls(self):
        for code in ["double x = std::log(2.0);", "double x = std::pow(2.0, y);", "std::mt19937 g;",
                     "std::uniform_int_distribution<int> d;", "int x = rand();", "int x = std::rand();", "auto t = time(nullptr);",
                     "auto t = std::time(0);", "auto t = std::chrono::system_clock::now();", "std::shuffle(a, b, g);",
                     "auto t = std::chrono::steady_clock::now();", "#include <random>"]:
            with self.subTest(code=code):
                self.flags("forbidden", "models/cloud/a.cpp", HEAD + code + "\n", 3)
        self.flags("forbidden", "include/lbsim/core/a.hpp", HEADER + "#include <cmath>\ndouble x = sin(1.0);\n", 5)
        for code in ["double x = std::sqrt(2.0) + std::abs(y);", "double x = deterministic_log(2.0);", "// std::log(2.0)",
                     'auto s = "std::log(2.0)";', "auto& l = log(policy);", "auto t = x.time();", "Time time() const;",
                     "int operand(int x);", "double x = table->exp(1);"]:
            with self.subTest(code=code):
                self.passes("models/cloud/a.cpp", HEAD + code + "\n")
        self.passes("sim/study/a.cpp", HEAD + "auto t = std::chrono::steady_clock::now();\n")

    def test_flags_of_the_compiler(self):
        self.flags("fast-math", "CMakeLists.txt", "add_compile_options(-ffast-math)\n", 1)
        self.flags("fast-math", "CMakePresets.json", '{"CMAKE_CXX_FLAGS": "-Ofast"}\n', 1)
        self.flags("fast-math", "models/core/a.cpp", HEAD + '#pragma GCC optimize("fast-math")\n', 3)
        self.passes("CMakeLists.txt", "add_compile_options(-ffp-contract=off)\n")

    def test_machine_paths(self):
        self.flags("machine-path", "README.md", "see /work/main/README.md\n", 1)
        self.flags("machine-path", "scenarios/a.json", '{"a": "/root/x"}\n', 1)
        self.passes("README.md", "see https://example.org/work/main and ./work/ and homework/x and $HOME/work/x\n")

    def test_lengths(self):
        self.passes("sim/cli/a.cpp", HEAD + "int a;\n" * 348)
        self.flags("length", "sim/cli/a.cpp", HEAD + "int a;\n" * 349)
        found = offences_of({"sim/cli/a.cpp": HEAD + "int a;\n" * 499})
        self.assertTrue(any("must be split" in line for line in found), found)
        self.passes("sim/cli/a.cpp", function_of(60))
        self.flags("length", "sim/cli/a.cpp", function_of(61), 3)
        member = HEAD + "namespace a {\nstruct B {\n    int f() const noexcept {\n" + "        g();\n" * 60 + "    }\n};\n}\n"
        self.flags("length", "sim/cli/a.cpp", member, 5)
        constructor = HEAD + "B::B(int x) : a_{x}, b_{1} {\n" + "    g();\n" * 60 + "}\n"
        self.flags("length", "sim/cli/a.cpp", constructor, 3)
        self.passes("sim/cli/a.cpp", HEAD + "constexpr int table[] = {\n" + "    1,\n" * 80 + "};\n")
        self.passes("sim/cli/a.cpp", HEAD + "struct A {\n" + "    int f() { return 1; }\n" * 80 + "};\n")

    def test_the_ratchet_only_shrinks(self):
        path = "sim/cli/a.cpp"
        for length, ratchet, rule in [(360, 360, None), (361, 360, "length"), (359, 360, "ratchet"), (350, 360, "ratchet")]:
            with self.subTest(length=length):
                found = offences_of({path: HEAD + "int a;\n" * (length - 2), tidy.RATCHET: f"# Lengths.\n{path} {ratchet}\n"})
                self.assertEqual([line.split(": ")[1] for line in found], [] if rule is None else [rule], found)
        self.assertEqual(offences_of({path: function_of(70), tidy.RATCHET: f"{path}:f 70\n"}), [])
        self.assertEqual(len(offences_of({path: function_of(71), tidy.RATCHET: f"{path}:f 70\n"})), 1)

    def test_lowering_never_raises(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "sim/cli").mkdir(parents=True)
            (root / "tests/tidy").mkdir(parents=True)
            (root / "sim/cli/a.cpp").write_text(HEAD + "int a;\n" * 358)
            (root / "sim/cli/b.cpp").write_text(HEAD + "int a;\n" * 398)
            (root / "sim/cli/new.cpp").write_text(HEAD + "int a;\n" * 398)
            (root / tidy.RATCHET).write_text("# Lengths.\nsim/cli/a.cpp 380\nsim/cli/b.cpp 390\nsim/cli/gone.cpp 400\n")
            tidy.check(folder, lowers_ratchet=True)
            self.assertEqual((root / tidy.RATCHET).read_text(), "# Lengths.\nsim/cli/a.cpp 360\nsim/cli/b.cpp 390\n")


class TextTest(unittest.TestCase):
    def test_blanking_keeps_lines_and_digit_separators(self):
        code = cpp_text.without_comments_and_strings("int a = 1'000'000; // {\nauto s = \"}\\\"{\"; /* {\n */ char c = '{';\n")
        self.assertEqual(code.count("\n"), 3)
        self.assertNotIn("{", code)
        self.assertIn("1'000'000", code)
        self.assertNotIn("{", cpp_text.without_comments_and_strings('auto s = R"x({")" {)x";'))

    def test_functions_are_found_once(self):
        code = "namespace n {\nint f(int x) {\n  if (x) { g(); }\n  auto l = [] { return 1; };\n  return x;\n}\n}\nvoid A::g() const {\n}\n"
        self.assertEqual(cpp_text.functions(code), [("f", 2, 5), ("A::g", 8, 2)])


if __name__ == "__main__":
    sys.exit(unittest.main())
