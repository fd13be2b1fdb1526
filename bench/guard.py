#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A guard against regressions without a clock: instructions and system calls of fixed inputs.

Fails (status 1) with a sentence for each bound of bench/guard.bounds that is exceeded.  --update
writes new bounds: what is measured now plus a fifth.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

from cores import GIB, KIB, ROOT, TIB, Cores, build

BOUNDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "guard.bounds")
SLACK = 1.2
# However many threads there are.
ONE_CPU = ["taskset", "-c", "0"]

HEADER = """\
# SPDX-License-Identifier: GPL-2.0-or-later
# Upper bounds for bench/guard.py, written by its --update: what was measured, and a fifth more.
# case                     instructions  system calls
"""

PAGES = {"size": 4 * GIB, "map": "pages"}
MIXED = {"size": 64 * GIB, "map": "mixed"}
HUGE = {"size": 64 * TIB, "map": "pud", "part": GIB, "part_map": "pages"}
DUMP = {"size": GIB, "map": "pages", "format": "zlib"}
PLAN = ("-r", "{all}")
VERDICT = ("-q", "-r", "{first}")

# name, core, option for the source, arguments
CASES = [
    ("verdict", PAGES, "--vmcore", VERDICT),
    ("verdict-64T", HUGE, "--vmcore", VERDICT),
    ("verdict-kcore", PAGES, "--kcore", VERDICT),
    ("verdict-kdump", DUMP, "--vmcore", VERDICT),
    ("verdict-all-64G", MIXED, "--vmcore", ("-q", "-r", "{all}")),
    ("plan-pages", PAGES, "--vmcore", PLAN),
    ("plan-pages-kcore", PAGES, "--kcore", PLAN),
    ("plan-pages-json", PAGES, "--vmcore", PLAN + ("--json",)),
    ("plan-cont-pages", dict(PAGES, map="cont-pte"), "--vmcore", PLAN),
    ("plan-pages-16K", dict(PAGES, page_size=16 * KIB), "--vmcore", PLAN),
    ("plan-pages-64K", dict(PAGES, page_size=64 * KIB), "--vmcore", PLAN),
    ("plan-mixed", MIXED, "--vmcore", PLAN),
    ("plan-kdump", DUMP, "--vmcore", PLAN),
    ("map", MIXED, "--vmcore", ("--map",)),
    ("map-json", MIXED, "--vmcore", ("--map", "--json")),
    ("blocks", MIXED, "--vmcore", ("--blocks",)),
    ("blocks-json", MIXED, "--vmcore", ("--blocks", "--json")),
]


def run(command):
    """Run COMMAND and return its standard error."""
    done = subprocess.run(ONE_CPU + command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode not in (0, 1):
        raise SystemExit("guard: %s: status %d\n%s" % (" ".join(command), done.returncode,
                                                       done.stderr.decode(errors="replace")))
    return done.stderr.decode(errors="replace")


def instructions(command):
    """Instructions outside of the kernel.  Valgrind makes system calls of its own."""
    text = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"] + command)
    return int(re.search(r"Collected : (\d+)", text).group(1))


def calls(command):
    """System calls of all threads."""
    with tempfile.NamedTemporaryFile("r", suffix=".strace") as log:
        run(["strace", "-f", "-c", "-U", "calls,name", "-o", log.name] + command)
        lines = [line.split() for line in log.read().splitlines()]
    return sum(int(line[0]) for line in lines
               if len(line) == 2 and line[0].isdigit() and line[1] != "total")


def measure(tool, cores):
    """(instructions, system calls) of each case."""
    found = {}
    for name, how, option, arguments in CASES:
        core = cores.get(**how)
        ranges = {"all": core.range(), "first": core.range(GIB)}
        # The sandbox costs the same for all cases, and its cost depends on the kernel.
        command = [tool, "--no-sandbox", "%s=%s" % (option, core.path)]
        command += [argument.format(**ranges) for argument in arguments]
        found[name] = instructions(command), calls(command)
    return found


def read_bounds():
    """The bounds by case."""
    bounds = {}
    with open(BOUNDS, encoding="utf-8") as handle:
        for line in handle:
            if not line.startswith("#"):
                name, most_instructions, most_calls = line.split()
                bounds[name] = int(most_instructions), int(most_calls)
    return bounds


def write_bounds(found):
    """New bounds from the measured values."""
    with open(BOUNDS, "w", encoding="utf-8") as handle:
        handle.write(HEADER)
        for name, (some_instructions, some_calls) in found.items():
            handle.write("%-24s %14d %13d\n" % (name, some_instructions * SLACK,
                                                some_calls * SLACK))


def compare(found, bounds):
    """Print each case, and return how many exceed their bounds."""
    bad = 0
    for name, figures in found.items():
        limits = bounds.get(name)
        print("%-24s %14d instructions %8d system calls" % ((name,) + figures))
        if not limits:
            print("guard: %s has no bounds: run bench/guard.py --update" % name, file=sys.stderr)
            bad += 1
            continue
        for what, figure, limit in zip(("instructions", "system calls"), figures, limits):
            if figure > limit:
                print("guard: %s takes %d %s, %.0f %% more than the bound of %d: find out why, or "
                      "run bench/guard.py --update and say why in the commit"
                      % (name, figure, what, 100 * (figure - limit) / limit, limit),
                      file=sys.stderr)
                bad += 1
    return bad


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="write new bounds")
    parser.add_argument("--build", default=os.path.join(ROOT, "build-bench"),
                        help="build directory (default: build-bench)")
    parser.add_argument("--tool", help="look at this program instead of the one built here")
    options = parser.parse_args()
    programs = build(options.build)
    cores = Cores(programs["mkcore"], os.path.join(options.build, "cores"), lambda text: None)
    found = measure(os.path.abspath(options.tool or programs["tool"]), cores)
    if options.update:
        write_bounds(found)
        return 0
    return 1 if compare(found, read_bounds()) else 0


if __name__ == "__main__":
    sys.exit(main())
