#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Holds the tree to its rules: layers by #include, file heads, lengths, forbidden calls and paths.
"""usage: tidy.py [--root DIR] [--lower-ratchet]

Prints one line per offence, "file:line: rule: what", and exits 1 where there is any.
--lower-ratchet rewrites ratchet.txt with what became shorter; it never raises or adds an entry."""

import argparse
import pathlib
import re
import subprocess
import sys

import cpp_text
import layers

FILE_LIMIT = 500
FILE_LONG = 350
FUNCTION_LONG = 60
SOURCE_FOLDERS = ("include", "models", "sim", "tests")
LICENCE = "SPDX-License-Identifier: Apache-2.0"
EXPORT_BEGIN, EXPORT_END = "#pragma GCC visibility push(default)", "#pragma GCC visibility pop"
RATCHET = "tests/tidy/ratchet.txt"
# Files that must spell what they forbid.
EXEMPT_FOLDER = "tests/tidy/"

# libm's transcendental functions differ between processors in the last bit; std:: distributions between libraries.
LIBM = ("acos acosh asin asinh atan atan2 atanh cbrt cos cosh erf erfc exp exp2 expm1 hypot lgamma log log10 log1p log2 "
        "pow sin sinh tan tanh tgamma").split()
FORBIDDEN_IN_MODELS = [
    (re.compile(r"\bstd::(?:%s)[fl]?\s*\(" % "|".join(LIBM)), "a libm function; core/arithmetic.hpp has deterministic ones"),
    (re.compile(r"\bmt19937|\bstd::(?:minstd_rand|random_device|default_random_engine|knuth_b|ranlux|\w+_distribution\b)"
                r"|\bstd::(?:shuffle|sample)\b"), "a std:: random number; core/rng.hpp has keyed draws"),
    (re.compile(r"#\s*include\s*<random>"), "<random>; core/rng.hpp has keyed draws"),
    (re.compile(r"(?<![\w.>])(?:s?rand|rand_r|drand48)\s*\("), "rand(); core/rng.hpp has keyed draws"),
    (re.compile(r"(?<![\w.>])time\s*\(\s*(?:nullptr|NULL|0|&\w+)\s*\)"), "time(); models are told the time"),
    (re.compile(r"\b(?:system_clock|steady_clock|high_resolution_clock|gettimeofday|clock_gettime)\b"),
     "a clock of the machine; models are told the time"),
]
# Without std:: such a name may be anybody's; only with <cmath> at hand it is suspicious.
UNQUALIFIED_LIBM = (re.compile(r"(?<![\w.>:])(?:%s)[fl]?\s*\(" % "|".join(LIBM)), FORBIDDEN_IN_MODELS[0][1])
FAST_MATH = re.compile(r"-ffast-math|-Ofast|-funsafe-math-optimizations|-ffp-contract=(?:fast|on)|fast-math\b")
MACHINE_PATH = re.compile(r"(?<![\w./~:$}-])/(?:work|root)/")


class Tree:
    """The files of a checkout, with offences collected on the way."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.offences = []

    def report(self, path, line, rule, what):
        self.offences.append(f"{path}:{line}: {rule}: {what}")

    def read(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def tracked(self):
        """Paths that git knows or would add; every file where git cannot say."""
        try:
            out = subprocess.run(["git", "-C", str(self.root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
                                 capture_output=True, check=True).stdout.decode()
            return sorted({p for p in out.split("\0") if p and (self.root / p).is_file()})
        except (OSError, subprocess.CalledProcessError):
            files = (p for p in self.root.rglob("*") if p.is_file())
            return sorted(p.relative_to(self.root).as_posix() for p in files)


def is_source(path):
    return path.startswith(tuple(f + "/" for f in SOURCE_FOLDERS)) and path.endswith((".hpp", ".cpp"))


def check_head(tree, path, text):
    lines = text.splitlines()
    mark = "//" if path.endswith((".hpp", ".cpp")) else "#"
    first = 1 if lines and lines[0].startswith("#!") else 0
    if len(lines) <= first or lines[first] != f"{mark} {LICENCE}":
        tree.report(path, first + 1, "head", f"the first line must be '{mark} {LICENCE}'")
        return
    comment = []
    for line in lines[first + 1:]:
        if not line.startswith(mark + " "):
            break
        comment.append(line[len(mark) + 1:])
    if (path.endswith(".py") or "python" in lines[0]) and not comment:
        docstring = re.match(r'"""(.*?)"""', "\n".join(lines[first + 1:]), re.DOTALL)
        comment = [docstring.group(1)] if docstring else []
    purpose = " ".join(comment)
    if len(purpose.split()) < 2 or not re.search(r"[.!?:)](\s|$)", purpose):
        tree.report(path, first + 2, "head", "the second line must say in one sentence what the file is for")


def check_header(tree, path, text):
    if path.endswith(".hpp") and not re.search(r"^#pragma once$", text, re.MULTILINE):
        tree.report(path, 1, "pragma-once", "a header needs '#pragma once'")


def check_exported(tree, path, code):
    """Names of liblbsim.so stand between two marks (cmake/LbsimLibrary.cmake); what only includes others has none."""
    lines = code.splitlines()
    first = next((n for n, line in enumerate(lines, 1) if line.startswith("namespace lbsim")), None)
    if first is None or not path.endswith(".hpp") or not path.startswith(("include/lbsim/core/", "include/lbsim/policy/")):
        return
    if lines[first - 2] != EXPORT_BEGIN or lines.count(EXPORT_BEGIN) != 1 or EXPORT_END not in lines[first:]:
        tree.report(path, first, "exported", f"the namespace stands between '{EXPORT_BEGIN}' and '{EXPORT_END}'")


def check_forbidden(tree, path, code):
    if not path.startswith(("include/", "models/")):
        return
    has_libm = re.search(r"#\s*include\s*<(?:cmath|math\.h)>", code)
    rules = FORBIDDEN_IN_MODELS + ([UNQUALIFIED_LIBM] if has_libm else [])
    for number, line in enumerate(code.splitlines(), 1):
        for pattern, what in rules:
            if pattern.search(line):
                tree.report(path, number, "forbidden", what)
                break


def check_flags(tree, path, text):
    is_build_text = path.endswith((".cmake", "CMakeLists.txt", "Presets.json", ".hpp", ".cpp", ".sh")) or path.startswith("scripts/")
    if path.startswith(EXEMPT_FOLDER) or not is_build_text:
        return
    for number, line in enumerate(text.splitlines(), 1):
        if FAST_MATH.search(line):
            tree.report(path, number, "fast-math", "results must not depend on how the compiler rounds")


def check_paths(tree, path, text):
    if path.startswith(EXEMPT_FOLDER):
        return
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            tree.report(path, number, "machine-path", "an absolute path of one machine")


def read_ratchet(tree):
    entries = {}
    if (tree.root / RATCHET).is_file():
        for line in tree.read(RATCHET).splitlines():
            if line and not line.startswith("#"):
                name, length = line.rsplit(" ", 1)
                entries[name] = int(length)
    return entries


def measure(tree, path, text, code, found):
    """Adds to `found` what is over a ratcheted length: name -> (length, path, line, limit)."""
    length = len(text.splitlines())
    if length > FILE_LIMIT:
        tree.report(path, length, "length", f"{length} lines; more than {FILE_LIMIT} must be split")
    if length > FILE_LONG:
        found[path] = (length, path, length, FILE_LONG)
    for name, line, span in cpp_text.functions(code):
        key = f"{path}:{name}"
        if span > FUNCTION_LONG and span > found.get(key, (0,))[0]:
            found[key] = (span, path, line, FUNCTION_LONG)


def check_ratchet(tree, found):
    ratchet = read_ratchet(tree)
    for name, (length, path, line, limit) in found.items():
        allowed = ratchet.get(name)
        if allowed is None:
            tree.report(path, line, "length", f"{name} has {length} lines; nothing new may cross {limit}")
        elif length > allowed:
            tree.report(path, line, "length", f"{name} grew from {allowed} to {length} lines; it may only shrink")
    for name, allowed in ratchet.items():
        if name not in found or found[name][0] < allowed:
            tree.report(RATCHET, 1, "ratchet", f"{name} became shorter than {allowed}: run tests/tidy/tidy.py --lower-ratchet")


def lower_ratchet(tree, found):
    ratchet = read_ratchet(tree)
    kept = {name: min(allowed, found[name][0]) for name, allowed in ratchet.items() if name in found}
    head = [line for line in tree.read(RATCHET).splitlines() if line.startswith("#")]
    lines = head + [f"{name} {length}" for name, length in sorted(kept.items())]
    (tree.root / RATCHET).write_text("\n".join(lines) + "\n", encoding="utf-8")


def check(root, lowers_ratchet=False):
    tree = Tree(root)
    found = {}
    for path in tree.tracked():
        if (tree.root / path).stat().st_size > 4_000_000:
            continue
        text = tree.read(path)
        if "\0" in text:
            continue
        check_paths(tree, path, text)
        check_flags(tree, path, text)
        if path.endswith(".py") or path.startswith(("scripts/", ".ci/")) and text.startswith("#!"):
            check_head(tree, path, text)
        if not is_source(path):
            continue
        code = cpp_text.without_comments_and_strings(text)
        check_head(tree, path, text)
        check_header(tree, path, text)
        check_exported(tree, path, code)
        check_forbidden(tree, path, code)
        for line, what in layers.offences(path, text):
            tree.report(path, line, "layer", what)
        measure(tree, path, text, code, found)
    if lowers_ratchet:
        lower_ratchet(tree, found)
    else:
        check_ratchet(tree, found)
    return tree.offences


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--lower-ratchet", action="store_true")
    arguments = parser.parse_args()
    offences = check(arguments.root, arguments.lower_ratchet)
    for offence in offences:
        print(offence)
    print(f"tidy: {len(offences)} offences")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
