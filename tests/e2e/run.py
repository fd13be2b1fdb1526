#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run hotremove-check in real arm64 kernels, and compare its answers with what the kernels do."""

import argparse
import os
import signal
import sys
import traceback
from pathlib import Path

import checks
import counts
import kbuild
import kernels
import matrix
import ptrun
import qemu
import studies
import sysroot
import validation
from archive import Archive
from cases import BOOT, CASES, CI_CASES
from initrd import add_crash_kernel, build_initrd
from ptcases import PTCASES
from scenario import play
from shell import HarnessError, fresh_dir, install_missing
from vm import Machine

CASE_TIMEOUT = 1200
HOST_PACKAGES = ("qemu-system-arm", "qemu-efi-aarch64", "gcc-aarch64-linux-gnu",
                 "libc6-dev-arm64-cross", "cmake", "make", "pkg-config", "kmod", "xz-utils",
                 "debian-archive-keyring")
PLUGIN_PACKAGES = ("gcc", "libc6-dev", "libglib2.0-dev")
HOST_BUILD_PACKAGES = ("gcc", "libc6-dev", "libbz2-dev", "libelf-dev", "libkdumpfile-dev",
                       "libjson-c-dev", "libseccomp-dev", "libsmartcols-dev", "libsnappy-dev",
                       "liblzma-dev", "libzstd-dev", "zlib1g-dev")


class Laboratory:
    """What all cases share: archive, QEMU, sysroot and the programs for the guest."""

    def __init__(self, work):
        install_missing(HOST_PACKAGES)
        self.work = work
        self.archive = Archive(work)
        self.archive.update()
        self.qemu = qemu.find(self.archive, work)
        self.sysroot = sysroot.build_sysroot(self.archive, work)
        self.programs = []              # for the guest, each with the sysroot of its libraries
        self.add_guest_program("refwalk")
        self.host_tool = self.plugin = None
        self.kernels = {}

    def add_guest_program(self, name):
        """Build one of the programs in guest/."""
        program = sysroot.build_guest_program(name, self.sysroot, self.work)
        self.programs.append((program, self.sysroot))

    def add_dump_tools(self):
        """Add the programs that load a crash kernel and that filter dumps."""
        root = sysroot.build_dump_tools(self.archive, self.work)
        self.programs += [(root / name, root) for name in sysroot.DUMP_TOOLS]

    def add_tool(self, host_binary=None, dumps=True):
        """Build the tool under test: for the guest and, for dumps, for this host."""
        self.programs.append((sysroot.build_tool(self.sysroot, self.work), self.sysroot))
        if dumps and not host_binary:
            install_missing(HOST_BUILD_PACKAGES)
            host_binary = sysroot.build_host_tool(self.work)
        self.host_tool = host_binary

    def add_plugin(self):
        """Build the plugin that counts TLBIs."""
        install_missing(PLUGIN_PACKAGES)
        self.plugin = sysroot.build_plugin(self.work)

    def prepare(self, flavour):
        """Fetch or build a kernel and make its initramfs; at the first call only."""
        if flavour not in self.kernels:
            source = kbuild if flavour in kbuild.BUILDS else kernels
            kernel = source.fetch(self.archive, flavour, self.work)
            self.kernels[flavour] = kernel, build_initrd(self.archive, self.work, kernel,
                                                         self.programs)
        return self.kernels[flavour]

    def machine(self, case, memory=BOOT[1], plugin=None, **options):
        """A machine for one case, just started; its files go to WORK/results/CASE."""
        kernel, initrd = self.prepare(case.kernel)
        results = fresh_dir(self.work / "results" / case.name)
        return Machine(self.qemu, kernel, initrd, case, results, memory, plugin, **options)

    def crashing_machine(self, case, memory, outputs):
        """A machine that can start a second kernel when the first one panics."""
        kernel, initrd = self.prepare(case.kernel)
        results = fresh_dir(self.work / "results" / case.name)
        return Machine(self.qemu, kernel, add_crash_kernel(initrd, kernel), case, results, memory,
                       outputs=outputs)

    def counting_machine(self, entry):
        """A machine for one entry of the matrix."""
        return self.machine(entry, entry.memory, self.plugin, max_memory=entry.max_memory,
                            devices=entry.devices, firmware=entry.firmware)


class Score:
    """Prints and counts the demands."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add(self, case, demand, problem):
        """Print one line for one demand."""
        if problem:
            self.failed += 1
            print(f"FAIL {case}: {demand}: {problem}", flush=True)
        else:
            self.passed += 1
            print(f"ok {case}: {demand}", flush=True)

    def skip(self, case, why):
        """Print that something could not be tried, which is not a failure."""
        self.skipped += 1
        print(f"SKIP {case}: {why}", flush=True)

    def __str__(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def out_of_time(*_):
    """A case took longer than any case should."""
    raise HarnessError("it does not end")


def set_signals():
    """An alarm ends a case; a request to end also ends the machine."""
    signal.signal(signal.SIGALRM, out_of_time)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def run_case(laboratory, case, score):
    """Run one case to its end, whatever happens, and count the results."""
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


def run_counts(laboratory, entries, score, machines):
    """Count removals. For entries of the matrix, keep the results and write the document."""
    laboratory.add_plugin()
    for result in counts.run(laboratory, entries, score, machines):
        if result["entry"] in matrix.MATRIX:
            validation.write(laboratory.work)


def run_ptdump(laboratory, names, score):
    """Compare the tool with kernels that list their page tables; write the document."""
    laboratory.add_plugin()
    ptrun.run(laboratory, names, score)
    validation.write(laboratory.work)


def run_study(laboratory, study, names, score):
    """Run guests of a study; write the document."""
    studies.run(laboratory, study, names, score)
    validation.write(laboratory.work)


STUDY_HELP = {
    "churn": "ask the tool a thousand times while memory comes and goes",
    "devices": "ask whose memory it is that comes as a DIMM or from virtio-mem, and goes",
    "exclusion": "let kernels crash, and ask about dumps of them with pages left out",
    "kdump": "let kernels crash, and have Debian's kdump-tools save the dump and a snapshot",
    "pages": "ask what lies in memory blocks, and have them go offline",
    "permissions": "ask where the running kernel may not be read",
    "predict": "ask what additions and removals would do, and do them",
    "secretmem": "ask about a leaf that pages of memfd_secret have split",
}


def add_studies(parser):
    """Options of the studies."""
    for name in studies.STUDIES:
        parser.add_argument(f"--{name}", dest="study", action="store_const", const=name,
                            help=f"{STUDY_HELP[name]}; all guests, or the named ones; writes "
                            f"{validation.DOCUMENT}")


def known_names(options):
    """The table in which the names on the command line are looked up."""
    if options.study:
        return studies.STUDIES[options.study].CASES
    return matrix.NAMED if options.matrix else PTCASES if options.ptdump else CASES


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="NAME", help="names, see --list")
    parser.add_argument("--list", action="store_true", help="print all names and leave")
    parser.add_argument("--ci", action="store_true", help=f"run {' and '.join(CI_CASES)}, and "
                        "count in two machines")
    parser.add_argument("--all", action="store_true", help="run every case")
    parser.add_argument("--matrix", action="store_true", help="count the TLBIs of removals in "
                        f"many kernels, or in the named entries or parts ("
                        f"{', '.join(matrix.PARTS)}); writes {validation.DOCUMENT}")
    parser.add_argument("--ptdump", action="store_true", help="run all guests whose kernels are "
                        "built here and list their page tables, or the named ones; writes "
                        f"{validation.DOCUMENT}")
    add_studies(parser)
    parser.add_argument("--report", action="store_true", help=f"run nothing, and write "
                        f"{validation.DOCUMENT} from the results that there are")
    parser.add_argument("--work", metavar="DIR", help="downloads, builds, results "
                        "(default: $HOTREMOVE_E2E_DIR, else build/e2e)")
    parser.add_argument("--machines", type=int, default=counts.MACHINES, metavar="N",
                        help="of the matrix at a time (default: %(default)s)")
    parser.add_argument("--host-binary", metavar="PATH", type=Path,
                        help="reads the dumps (default: built here)")
    options = parser.parse_args()
    unknown = [name for name in options.cases if name not in known_names(options)]
    if unknown:
        parser.error(f"no such case: {' '.join(unknown)}")
    if not (options.list or options.ci or options.all or options.matrix or options.ptdump
            or options.study or options.report or options.cases):
        parser.error("name cases, or say which: see --help")
    return options


def chosen(options):
    """Names of the cases, and of the entries of the matrix, to run."""
    if options.ptdump or options.study:
        return [], []
    if options.matrix:
        return [], [entry for name in options.cases or matrix.PARTS for entry in matrix.NAMED[name]]
    if options.all:
        return list(CASES), []
    if options.ci:
        return [*CI_CASES, *options.cases], matrix.CI
    return options.cases, []


def print_list():
    """All names that the command line accepts."""
    for case in CASES.values():
        print(f"{case.name:20} cpu {case.cpu}  {case.append}".rstrip())
    print("\nWith --matrix:\n")
    for entry in matrix.MATRIX.values():
        print(f"{entry.name:20} cpu {entry.cpu}  {entry.parameters}".rstrip())
    print("\nWith --ptdump:\n")
    for case in PTCASES.values():
        print(f"{case.name:24} cpu {case.cpu}  {case.append}".rstrip())
    for study in studies.STUDIES.values():
        print(f"\nWith --{study.NAME}:\n")
        for case in study.CASES.values():
            print(f"{case.name:24} cpu {case.cpu}  {case.append}".rstrip())


def main():
    """Run what the command line asks for; exit status 1 if anything failed."""
    options = arguments()
    if options.list:
        print_list()
        return 0
    if options.report:
        validation.write(work_directory(options.work))
        return 0
    set_signals()
    score = Score()
    cases, entries = chosen(options)
    try:
        laboratory = Laboratory(work_directory(options.work))
        laboratory.add_tool(options.host_binary, bool(cases) or options.ptdump
                            or options.study in ("exclusion", "kdump"))
        for name in cases:
            run_case(laboratory, CASES[name], score)
        if entries:
            run_counts(laboratory, entries, score, options.machines)
        if options.ptdump:
            run_ptdump(laboratory, options.cases or PTCASES, score)
        if options.study:
            study = studies.STUDIES[options.study]
            run_study(laboratory, study, options.cases or study.CASES, score)
    except HarnessError as error:
        score.add("set-up", "all that the cases need is there", str(error))
    print(score)
    return 1 if score.failed else 0


if __name__ == "__main__":
    sys.exit(main())
