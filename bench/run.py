#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The benchmark: what hotremove-check costs, against references measured in the same run.

bench/README.md says what is measured and how; the result is docs/performance.md.
"""

import argparse
import os
import shutil
import subprocess
import sys

import sections
from cores import ROOT, Cores, build
from page import Page
from timing import Runner

NEEDED = ("cmake", "strace", "taskset")


def say(text):
    """Print progress, for whoever waits."""
    print("bench: " + text, file=sys.stderr, flush=True)


def parse_arguments():
    """The command line."""
    names = list(sections.SECTIONS)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true",
                        help="smaller machines and fewer rounds; writes no document")
    parser.add_argument("--only", metavar="PART[,...]", default=",".join(names),
                        help="of " + ", ".join(names) + "; writes no document")
    parser.add_argument("--rounds", type=int, help="how often each command runs")
    parser.add_argument("--build", default=os.path.join(ROOT, "build-bench"),
                        help="build directory (default: build-bench)")
    parser.add_argument("--tool", help="ask this program instead of the one built here")
    parser.add_argument("--cores", help="where cores are kept, 11 GB of them "
                                        "(default: cores in the build directory)")
    parser.add_argument("--output", help="write the document there "
                                         "(default: docs/performance.md after a whole run)")
    options = parser.parse_args()
    options.load = os.getloadavg()[0]
    options.only = options.only.split(",")
    if not set(options.only) <= set(names):
        parser.error("--only takes " + ", ".join(names))
    if not options.rounds:
        options.rounds = 3 if options.quick else 5
    whole = not options.quick and options.only == names
    if not options.output and whole:
        options.output = os.path.join(ROOT, "docs", "performance.md")
    return options


def main():
    """Run the parts that the command line names."""
    options = parse_arguments()
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        raise SystemExit("bench: missing programs: %s (tools/packages.sh bench)"
                         % ", ".join(missing))
    say("building")
    programs = build(options.build)
    if options.tool:
        programs["tool"] = os.path.abspath(options.tool)
    cores = Cores(programs["mkcore"], options.cores or os.path.join(options.build, "cores"), say)
    page = Page(options, programs)
    for name in options.only:
        say("measuring: " + name)
        part = sections.SECTIONS[name](Runner(programs), cores, options, page)
        part.run()
    text = page.render()
    print(text)
    if options.output:
        with open(options.output, "w", encoding="utf-8") as handle:
            handle.write(text)
        say("wrote " + options.output)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        raise SystemExit("bench: %s" % error) from error
