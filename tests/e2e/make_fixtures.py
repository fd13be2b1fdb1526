#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make the small real dumps in tests/fixtures: boot a case, add the DIMM, dump, trim, compress.

A fixture keeps the page tables, the VMCOREINFO note and the section table of a real kernel, so
that the unit and command line tests see such a machine without needing one. If a kernel lists its
page tables, that text is kept beside the dump, read right before it.
"""

import argparse
import re
import signal
import sys

from cases import CASES, DIMM, MIB
from ptcases import BOOT, PTCASES
from ptcases import FIXTURES as PTDUMP_FIXTURES
from ptdump import TEXT, mount, plug
from run import CASE_TIMEOUT, Laboratory, set_signals, work_directory
from shell import HarnessError, run
from sysroot import REPO

FIXTURES = REPO / "tests/fixtures"
TRIM = FIXTURES / "trim.py"
MEMORY = 512 * MIB          # at boot; the questions of tests/golden depend on it


def compress(trimmed, target):
    """Replace the fixture; the same input gives the same file."""
    run(["xz", "-9e", "--threads=1", "--keep", "--force", str(trimmed)], timeout=300)
    trimmed.with_name(trimmed.name + ".xz").replace(target)


def store(source, name):
    """Turn a file into a fixture."""
    target = FIXTURES / name
    compress(source, target)
    source.unlink()
    print(f"{target}: {target.stat().st_size} bytes", flush=True)


def store_dump(dump, name):
    """Turn a dump into a fixture."""
    trimmed = dump.with_name("trimmed.elf")
    run([sys.executable, str(TRIM), str(dump), str(trimmed)], timeout=300)
    dump.unlink()
    store(trimmed, f"{name}.elf.xz")


def make(laboratory, case):
    """Boot a case, add the DIMM, and turn the dump into a fixture."""
    signal.alarm(CASE_TIMEOUT)
    with laboratory.machine(case, MEMORY) as machine:
        machine.plug_dimm(*DIMM)
        dump = machine.results / "dump.elf"
        machine.dump((dump, "elf"))
    signal.alarm(0)
    store_dump(dump, case.name)


def settled(text):
    """The lines of the linear map and the vmemmap, which must be those of the dump."""
    parts = re.findall(r"---\[ (?:Linear Mapping|vmemmap) start .*?(?:Mapping|vmemmap) end \]---",
                       text, re.DOTALL)
    return "".join(parts)


def make_with_text(laboratory, case):
    """Boot a case and add its DIMM; the text and the dump become fixtures."""
    signal.alarm(CASE_TIMEOUT)
    with laboratory.machine(case, case.memory) as machine:
        mount(machine)
        plug(machine, case.fixture)
        text = machine.tell(f"cat {TEXT}")
        dump = machine.results / "dump.elf"
        machine.dump_part(dump, *BOOT)      # all of the tables are in there
        if settled(machine.tell(f"cat {TEXT}")) != settled(text):
            raise HarnessError(f"{case.name}: the tables changed; make it again")
    signal.alarm(0)
    store_dump(dump, case.name)
    listing = dump.with_name("page-tables")
    listing.write_text(text)
    store(listing, f"{case.name}.ptdump.xz")


def main():
    """Make the fixtures of the named cases, or of all."""
    names = (*CASES, *PTDUMP_FIXTURES)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE",
                        help=f"default: all of {' '.join(names)}")
    parser.add_argument("--work", metavar="DIR", help="as for run.py")
    options = parser.parse_args()
    set_signals()
    laboratory = Laboratory(work_directory(options.work))
    for name in options.cases or names:
        if name in CASES:
            make(laboratory, CASES[name])
        else:
            make_with_text(laboratory, PTCASES[name])


if __name__ == "__main__":
    main()
