#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Damage dumps of real kernels in thousands of ways, and check the answers about each.

Every variant is one of tests/fixtures with a little damage. The truth comes from an independent
reading (truth.py) of the undamaged core and of the damaged one. docs/mutation.md has the rule.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

# pylint: disable=wrong-import-position
from job import QUICK, Job, can_limit, fixtures, kinds  # noqa: E402
from judge import OUTCOMES                              # noqa: E402

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "mutation.md"
BEGIN, END = "<!-- figures: written by tests/mutation/run.py -->\n", "<!-- end of figures -->\n"
HEADINGS = ("variants", "asked", "forms", *OUTCOMES)
SHOWN = 12                      # findings of one job that are printed


def work(job):
    """One job in a worker."""
    return Job(*job).run()


def row(cells):
    """A row of the table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def table(tallies, names):
    """The figures by kind."""
    lines = [row(("kind", *HEADINGS)), row(["---"] * (len(HEADINGS) + 1))]
    total = Counter()
    for kind in names:
        tally = tallies.get(kind)
        if tally:
            total.update(tally)
            lines.append(row((kind, *(tally[name] for name in HEADINGS))))
    lines.append(row(("all", *(total[name] for name in HEADINGS))))
    return "\n".join(lines) + "\n", total


def update_document(text):
    """Put the figures into docs/mutation.md."""
    old = DOCUMENT.read_text()
    head, rest = old.split(BEGIN)
    DOCUMENT.write_text(head + BEGIN + "\n" + text + "\n" + END + rest.split(END)[1])


def parse_options():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary", metavar="BINARY", type=Path, help="hotremove-check")
    parser.add_argument("--mkkdump", type=Path, metavar="PATH",
                        help="tests/tools/mkkdump; without it no kdump-compressed dumps")
    parser.add_argument("--quick", action="store_true", help="a few variants of each kind")
    parser.add_argument("--count", type=int, metavar="N", help="variants of a kind and fixture")
    parser.add_argument("--seed", default="1", help="another seed gives other variants")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N")
    parser.add_argument("--fixture", action="append", help="this fixture only; repeat it for more")
    parser.add_argument("--kind", action="append", help="this kind only; repeat it for more")
    parser.add_argument("--number", type=int, metavar="N",
                        help="this variant only, and leave its file where it is")
    parser.add_argument("--show", action="append", default=[], choices=OUTCOMES,
                        help="print these outcomes too")
    parser.add_argument("--update", action="store_true", help="write the figures to the document")
    options = parser.parse_args()
    options.binary = options.binary.resolve()
    options.mkkdump = options.mkkdump and options.mkkdump.resolve()
    options.count = options.count or (1 if options.quick else 10)
    options.limit, options.read = can_limit(options.binary), json.loads
    return options


def kinds_of(options):
    """The kinds of damage to try."""
    return [kind for kind in kinds(bool(options.mkkdump)) if not options.kind
            or kind in options.kind]


def fixtures_of(options):
    """The fixtures to damage."""
    wanted = options.fixture or (options.quick and QUICK)
    return [name for name in fixtures() if not wanted or name in wanted]


def main():
    """Run all jobs and print the results."""
    options = parse_options()
    names, tallies, started = kinds_of(options), {}, time.monotonic()
    if not options.limit:
        print("the program needs much address space: its memory is not limited")
    with tempfile.TemporaryDirectory(prefix="hotremove-mutation-") as folder:
        options.folder = folder if options.number is None else tempfile.mkdtemp()
        jobs = [(options, name, kind, options.count)
                for name in fixtures_of(options) for kind in names]
        with multiprocessing.Pool(options.jobs) as pool:
            for kind, tally, findings in pool.imap(work, jobs, chunksize=4):
                tallies.setdefault(kind, Counter()).update(tally)
                findings.sort(key=lambda finding: " wrong: " not in finding)
                for finding in findings[:SHOWN]:
                    print(finding, flush=True)
    text, total = table(tallies, names)
    print(text)
    print(f"{time.monotonic() - started:.0f} s")
    if options.update:
        update_document(text)
    return 1 if total["wrong"] or not total["asked"] else 0


if __name__ == "__main__":
    sys.exit(main())
