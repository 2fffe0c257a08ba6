#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Runs every console block of README.md and compares what is printed; checks links and named paths of the documents.
"""usage: readme_test.py --root DIR --lbsim FILE [--update]

A block ```console that starts with "$ lbsim …" must be followed by exactly what that command prints; standard error
belongs to it where the command ends in 2>&1. A block ```json after
<!-- file: NAME --> is written to NAME first. --update rewrites the blocks instead of comparing them."""

import argparse
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

CONSOLE = re.compile(r"^```console\n\$ lbsim ([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^<!-- file: (\S+) -->\n```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)")
PATH = re.compile(r"`((?:include|models|sim|tests|scripts|scenarios|examples)/[\w./-]+)`")


def slug(heading):
    """The anchor that a forge makes of a heading."""
    plain = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return "#" + plain.replace(" ", "-")


def run_blocks(root, lbsim, text):
    """The text with each console block as the commands print it now."""
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(root / "scenarios", pathlib.Path(folder) / "scenarios")
        for name, body in FILE.findall(text):
            (pathlib.Path(folder) / name).write_text(body, encoding="utf-8")

        def fresh(match):
            words = shlex.split(match.group(1))
            both = words[-1] == "2>&1"
            result = subprocess.run([lbsim, *(words[:-1] if both else words)], cwd=folder, text=True, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT if both else subprocess.PIPE)
            if result.returncode != 0:
                raise SystemExit(f"lbsim {match.group(1)}: exit {result.returncode}\n{result.stderr}")
            return f"```console\n$ lbsim {match.group(1)}\n{result.stdout.rstrip()}\n```"

        # A later block may read what an earlier one wrote.
        return CONSOLE.sub(fresh, text)


def broken_references(root, document, text):
    """Links, anchors and named files that lead nowhere."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    anchors = {slug(h) for h in re.findall(r"^#+ (.*)$", prose, re.MULTILINE)}
    for target, anchor in LINK.findall(prose):
        if target.startswith("http"):
            continue
        if target and not (document.parent / target).exists():
            yield f"{document.name}: the link to {target} leads nowhere"
        if anchor and not target and anchor not in anchors:
            yield f"{document.name}: no heading {anchor}"
    for path in sorted(set(PATH.findall(prose))):
        if not (root / path).exists():
            yield f"{document.name}: there is no {path}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--lbsim", required=True)
    parser.add_argument("--update", action="store_true")
    args = parser.parse_args()
    root = args.root.resolve()
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    if not CONSOLE.search(text):
        raise SystemExit("README.md shows no command")
    now = run_blocks(root, str(pathlib.Path(args.lbsim).resolve()), text)
    if args.update:
        readme.write_text(now, encoding="utf-8")
        text = now
    problems = list(difflib.unified_diff(text.splitlines(), now.splitlines(), "README.md", "now", lineterm=""))
    for document in (readme, root / "models" / "README.md", root / "CHANGELOG.md"):
        problems += broken_references(root, document, document.read_text(encoding="utf-8"))
    print("\n".join(problems) if problems else "README.md shows what lbsim prints")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
