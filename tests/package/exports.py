#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Holds what liblbsim.so exports against what the installed headers declare, in both directions.
"""usage: exports.py --shared FILE --static FILE --headers DIR

A name counts as public where each of its parts stands in a public header. Exported must be public; what the static library
has and is public, signature included, must be exported."""

import argparse
import pathlib
import re
import subprocess
import sys

LEADS = ("typeinfo for ", "typeinfo name for ", "vtable for ")
ABI_TAG = re.compile(r"\[abi:\w+\]")


def symbols(*arguments):
    """Demangled names by type letter."""
    out = subprocess.run(["nm", "--demangle", "--defined-only", "--extern-only", *arguments],
                         text=True, capture_output=True, check=True).stdout
    for line in out.splitlines():
        match = re.match(r"^[0-9a-f]+ (\w) (.+)$", line)
        if match:
            yield match.group(1), ABI_TAG.sub("", match.group(2))


def words_of(text):
    return set(re.findall(r"[A-Za-z_]\w*", text))


def qualified_name(symbol):
    """lbsim::policy::WorkQueue::add of its signature; lead words such as "typeinfo for" are dropped."""
    for lead in LEADS:
        if symbol.startswith(lead):
            return symbol[len(lead):]
    return symbol.split("(", 1)[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", required=True)
    parser.add_argument("--static", required=True)
    parser.add_argument("--headers", required=True, type=pathlib.Path)
    args = parser.parse_args()
    problems = []
    headers = sorted(args.headers.rglob("*.hpp"))
    text = "\n".join(re.sub(r"//.*", "", h.read_text(encoding="utf-8")) for h in headers)
    public = words_of(text)

    exported = {name for _, name in symbols("--dynamic", args.shared)}
    for name in sorted(exported):
        qualified = qualified_name(name)
        if not qualified.startswith("lbsim::"):
            problems.append(f"exported, but not ours: {name}")
        elif not words_of(qualified) <= public:
            problems.append(f"exported, but in no public header: {name}")

    known = public | {"const", "unsigned", "long", "int", "bool", "char", "short", "noexcept"}
    for kind, name in sorted(set(symbols(args.static))):
        # W and V are inline functions and templates: whoever uses them has them.
        if kind not in "TDBR" or not name.startswith("lbsim::"):
            continue
        ours = set().union(*(words_of(part) for part in re.findall(r"lbsim::[\w:~]+", name)), words_of(qualified_name(name)))
        function = qualified_name(name).rsplit("::", 1)[-1]
        is_declared = not function.isidentifier() or "(" not in name or re.search(rf"\b{function}\s*\(", text)
        if ours <= known and is_declared and name not in exported:
            problems.append(f"in a public header, but not exported: {name}")
    if len(exported) < 40:
        problems.append(f"only {len(exported)} names are exported")
    print("\n".join(problems) if problems else f"{len(exported)} names are exported, all of them public")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
