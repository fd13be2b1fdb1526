#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make the small real dumps in tests/fixtures: boot a case, add the DIMM, dump, trim, compress.

A fixture keeps the page tables, the VMCOREINFO note and the section table of a real kernel, so
that the unit and command-line tests see what a machine of that kind looks like, without one.
"""

import argparse
import signal
import sys

from cases import CASES, DIMM, MIB
from run import CASE_TIMEOUT, Laboratory, set_signals, work_directory
from shell import run
from sysroot import REPO

FIXTURES = REPO / "tests/fixtures"
TRIM = FIXTURES / "trim.py"
MEMORY = 512 * MIB          # at boot; what tests/golden asks about depends on it


def compress(trimmed, target):
    """Replace the fixture; the same input gives the same file."""
    run(["xz", "-9e", "--threads=1", "--keep", "--force", str(trimmed)], timeout=300)
    trimmed.with_name(trimmed.name + ".xz").replace(target)


def make(laboratory, case):
    """Boot a case as far as the DIMM and turn its dump into a fixture."""
    signal.alarm(CASE_TIMEOUT)
    with laboratory.machine(case, MEMORY) as machine:
        machine.plug_dimm(*DIMM)
        dump, trimmed = (machine.results / name for name in ("dump.elf", "trimmed.elf"))
        machine.dump((dump, "elf"))
    signal.alarm(0)
    run([sys.executable, str(TRIM), str(dump), str(trimmed)], timeout=300)
    dump.unlink()
    target = FIXTURES / f"{case.name}.elf.xz"
    compress(trimmed, target)
    trimmed.unlink()
    print(f"{target}: {target.stat().st_size} bytes", flush=True)


def main():
    """Make the fixtures of the named cases, or of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE",
                        help=f"default: all of {' '.join(CASES)}")
    parser.add_argument("--work", metavar="DIR", help="as for run.py")
    options = parser.parse_args()
    set_signals()
    laboratory = Laboratory(work_directory(options.work))
    for name in options.cases or CASES:
        make(laboratory, CASES[name])


if __name__ == "__main__":
    main()
