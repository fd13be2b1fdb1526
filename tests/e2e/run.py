#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run hotremove-check in real arm64 kernels and hold what it says against what they do."""

import argparse
import os
import signal
import sys
import traceback
from pathlib import Path

import checks
import kernels
import qemu
import sysroot
from archive import Archive
from cases import BOOT, CASES, CI_CASES
from initrd import build_initrd
from scenario import play
from shell import HarnessError, fresh_dir, install_missing
from vm import Machine

CASE_TIMEOUT = 240
HOST_PACKAGES = ("qemu-system-arm", "qemu-efi-aarch64", "gcc-aarch64-linux-gnu",
                 "libc6-dev-arm64-cross", "cmake", "make", "pkg-config", "kmod", "xz-utils",
                 "debian-archive-keyring")
HOST_BUILD_PACKAGES = ("gcc", "libc6-dev", "libelf-dev", "libkdumpfile-dev", "libjson-c-dev",
                       "libsmartcols-dev")


class Laboratory:
    """What all cases share: archive, QEMU, sysroot and the programs for the guest."""

    def __init__(self, work):
        install_missing(HOST_PACKAGES)
        self.work = work
        self.archive = Archive(work)
        self.archive.update()
        self.qemu = qemu.find(self.archive, work)
        self.sysroot = sysroot.build_sysroot(self.archive, work)
        self.programs = [sysroot.build_refwalk(self.sysroot, work)]
        self.host_tool = None
        self.initrds = {}

    def add_tool(self, host_binary=None):
        """Build the tool under test, for the guest and, unless there is one, for this host."""
        self.programs.append(sysroot.build_tool(self.sysroot, self.work))
        if not host_binary:
            install_missing(HOST_BUILD_PACKAGES)
            host_binary = sysroot.build_host_tool(self.work)
        self.host_tool = host_binary

    def machine(self, case, memory=BOOT[1]):
        """A machine for one case, just started; its files go to WORK/results/CASE."""
        kernel = kernels.fetch(self.archive, case.kernel, self.work)
        if kernel.release not in self.initrds:
            self.initrds[kernel.release] = build_initrd(self.archive, self.work, kernel,
                                                        self.programs, self.sysroot)
        results = fresh_dir(self.work / "results" / case.name)
        return Machine(self.qemu, kernel, self.initrds[kernel.release], case, results, memory)


class Score:
    """Prints and counts the demands."""

    def __init__(self):
        self.passed = self.failed = 0

    def add(self, case, demand, problem):
        """Print one line for one demand."""
        if problem:
            self.failed += 1
            print(f"FAIL {case}: {demand}: {problem}", flush=True)
        else:
            self.passed += 1
            print(f"ok {case}: {demand}", flush=True)


def out_of_time(*_):
    """A case took longer than any case should."""
    raise HarnessError(f"no end after {CASE_TIMEOUT} s")


def set_signals():
    """An alarm ends a case, a request to end ends the machine too."""
    signal.signal(signal.SIGALRM, out_of_time)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def run_case(laboratory, case, score):
    """Run one case to its end, whatever happens, and score it."""
    signal.alarm(CASE_TIMEOUT)
    try:
        with laboratory.machine(case) as machine:
            evidence = play(case, machine, laboratory.host_tool)
    except Exception as error:              # the other cases are still worth running
        traceback.print_exc()
        score.add(case.name, "the guest ran through the whole scenario", repr(error))
        return
    finally:
        signal.alarm(0)
    score.add(case.name, "the guest ran through the whole scenario", "")
    for demand, problem in checks.judge(case, evidence):
        score.add(case.name, demand, problem)


def work_directory(given):
    """Where downloads, builds and results go."""
    default = os.environ.get("HOTREMOVE_E2E_DIR", sysroot.REPO / "build/e2e")
    return Path(given or default).resolve()


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="names, see --list")
    parser.add_argument("--list", action="store_true", help="print the cases and leave")
    parser.add_argument("--ci", action="store_true", help=f"run {' and '.join(CI_CASES)}")
    parser.add_argument("--all", action="store_true", help="run every case")
    parser.add_argument("--work", metavar="DIR", help="downloads, builds, results "
                        "(default: $HOTREMOVE_E2E_DIR, else build/e2e)")
    parser.add_argument("--host-binary", metavar="PATH", type=Path,
                        help="reads the dumps (default: built here)")
    options = parser.parse_args()
    unknown = [name for name in options.cases if name not in CASES]
    if unknown:
        parser.error(f"no such case: {' '.join(unknown)}")
    if not (options.list or options.ci or options.all or options.cases):
        parser.error("name cases, or give --ci, --all or --list")
    return options


def chosen(options):
    """Names of the cases to run."""
    if options.all:
        return list(CASES)
    return [*(CI_CASES if options.ci else ()), *options.cases]


def main():
    """Run what the command line asks for; exit status 1 if anything failed."""
    options = arguments()
    if options.list:
        for case in CASES.values():
            print(f"{case.name:18} cpu {case.cpu}  {case.append}".rstrip())
        return 0
    set_signals()
    score = Score()
    try:
        laboratory = Laboratory(work_directory(options.work))
        laboratory.add_tool(options.host_binary)
    except HarnessError as error:
        score.add("set-up", "all that the cases need is there", str(error))
    else:
        for name in chosen(options):
            run_case(laboratory, CASES[name], score)
    print(f"{score.passed} passed, {score.failed} failed")
    return 1 if score.failed else 0


if __name__ == "__main__":
    sys.exit(main())
