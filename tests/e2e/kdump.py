# SPDX-License-Identifier: GPL-2.0-or-later
"""Real crashes on Debian: its unchanged kdump-tools save the dump, and the hook a snapshot before.

The crash kernel has 192 MiB. It starts a small Debian from a disk, as an installed machine does:
systemd runs kdump-tools-dump.service, whose drop-in is the hook, and the service then ends the
machine. Before the hook the tool is asked about /proc/vmcore. What is on the disk is then compared
with the answers of the kernel that crashed.
"""

import re
import stat
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import exclusion
from cases import DIMM, DIMM_BLOCKS, GIB
from checks import difference, first, unequal
from debiandisk import CRASH, SERVICE, make_disk, read_folder
from initrd import add_crash_kernel, build_disk_initrd
from scenario import TOOL_TIMEOUT, Report, ask_tool, parse
from shell import HarnessError, fresh_dir, status_of
from sysroot import build_guest_program
from vm import Machine

NAME = "kdump"
TIMEOUT = 1800
END_TIMEOUT = 1200                      # from the crash on
MEMORY = GIB
RESERVED = "crashkernel=192M"
# KFENCE changes entries of the linear map all the time, also between a question and the crash.
QUIET = "kfence.sample_interval=0"
# The last words are what kdump-tools append if they are not told otherwise.
CRASH_APPEND = ("console=ttyAMA0 panic=-1 reset_devices systemd.unit=kdump-tools-dump.service "
                "nr_cpus=1 irqpoll usbcore.nousb")
QUESTION = ["--blocks", "--map"]
TOOL = "/usr/local/bin/hotremove-check"
FOOTPRINT = f"{CRASH}/footprint"
ASKED = f"{CRASH}/vmcore.json"
SAVED_NAME = re.compile(r"(\d{12})/tables\.\1\.elf\.zst")
DUMP_NAME = re.compile(r"\d{12}/(dump|vmcore)[.-].*")

# Parts of the service, beside the hook's.
ASK = f"""\
[Service]
ExecStartPre=-/bin/sh -c '{TOOL} --json {' '.join(QUESTION)} --vmcore=/proc/vmcore >/{ASKED}'
"""
MEASURE = "[Service]\nEnvironment=HOTREMOVE_CHECK=/usr/local/bin/measured\n"
# The program takes all memory that there is.
HUNGRY = f"{MEASURE}Environment=HOTREMOVE_MEMORY=unlimited\n"
GREEDY = "#!/bin/sh\nexec tail /dev/zero\n"
MEASURED = f'#!/bin/sh\nexec footprint /{FOOTPRINT} {TOOL} "$@"\n'
# Half a MiB stays free: less than eight times the snapshot, and than the dump.
FILL = """\
[Service]
ExecStartPre=-/bin/sh -c 'dd if=/dev/zero of=/room bs=64k count=8; sync'
ExecStartPre=-/bin/sh -c 'dd if=/dev/zero of=/filler bs=64k; sync; rm /room; sync'
"""
REFUSING = "#!/bin/sh\necho no dump >&2\nexit 1\n"


@dataclass(frozen=True)
class Crash:
    """One boot. `trouble`: what goes wrong, for people. `dumps`: makedumpfile can save this
    kernel's memory. `fails`: it is replaced by a program that fails. `full`: the disk is full
    before anything is saved. `hungry`: in the tool's place is a program that takes all memory.
    `suite`: whose kdump-tools they are, if not those of Debian 12."""
    name: str
    kernel: str
    trouble: str = ""
    append: str = f"{RESERVED} {QUIET}"
    cpu: str = "max"
    dumps: bool = True
    fails: bool = False
    full: bool = False
    hungry: bool = False
    suite: str = ""

    @property
    def saves(self):
        """Whether there will be a snapshot."""
        return not (self.full or self.hungry)

    @property
    def files(self):
        """What is added to the disk."""
        added = {f"{SERVICE}/z-measure.conf": HUNGRY if self.hungry else MEASURE,
                 f"{SERVICE}/a-first.conf": FILL if self.full else ASK,
                 "usr/local/bin/measured": GREEDY if self.hungry else MEASURED}
        if self.fails:
            added["usr/bin/makedumpfile"] = REFUSING
        return {name: text.encode() for name, text in added.items()}


CASES = {case.name: case for case in (
    Crash("6.1-kdump", "6.1"),
    Crash("6.1-kdump-trixie", "6.1", suite="trixie"),
    Crash("6.1-kdump-fails", "6.1", "makedumpfile is a program that fails", fails=True, dumps=False),
    Crash("6.1-kdump-full", "6.1", "the disk is full", full=True, dumps=False),
    Crash("6.1-kdump-hungry", "6.1", "the hook's program takes all memory", hungry=True),
    Crash("7.2-kdump", "7.2", "makedumpfile does not support 52-bit addresses with 4K pages",
          cpu="max,midr=0x410fd842", dumps=False),
)}


@dataclass
class Evidence:
    """What there was before the crash, and what the disk has after it."""
    release: str
    live: Report = None
    crashed: dict = field(default_factory=dict)
    snapshot: Report = None
    files: dict = field(default_factory=dict)           # size by name, of what is in the folder
    mode: int = None
    footprint: dict = field(default_factory=dict)
    console: str = ""

    def named(self, pattern):
        """The names of files that match."""
        return [name for name in self.files if pattern.fullmatch(name)]


def programs(laboratory):
    """Programs that the guests need beside the tool."""
    laboratory.add_dump_tools()


def machine(laboratory, case):
    """The machine of a case, with its disk."""
    kernel, initrd = laboratory.prepare(case.kernel)
    results = fresh_dir(laboratory.work / "results" / case.name)
    footprint = build_guest_program("footprint", laboratory.sysroot, laboratory.work)
    disk = make_disk(laboratory, results / "disk",
                     {**case.files, "usr/local/bin/footprint": footprint.read_bytes()}, case.suite)
    crash = build_disk_initrd(laboratory.archive, laboratory.work, kernel)
    return Machine(laboratory.qemu, kernel, add_crash_kernel(initrd, kernel, crash), case, results,
                   MEMORY, devices=("-drive", f"file={disk},if=none,id=disk,format=raw",
                                    "-device", "virtio-blk-pci,drive=disk"))


def wait_for_end(guest):
    """Wait until the crash kernel has ended the machine."""
    try:
        guest.process.wait(END_TIMEOUT)
    except subprocess.TimeoutExpired as late:
        raise HarnessError("the crash kernel did not end the machine") from late


def host_report(guest, tool, path):
    """The host's tool about a snapshot."""
    out = guest.results / "snapshot.json"
    return Report(status_of([str(tool), "--json", *QUESTION, str(path)], out, TOOL_TIMEOUT),
                  parse(out.read_text()))


def read_text(path):
    """The text of a file, an empty one if there is none."""
    return path.read_text(errors="replace") if path.exists() else ""


def numbers(text):
    """The numbers of a record of footprint."""
    return {key: int(value) for key, value in re.findall(r"^(\w+)=(\d+)$", text, re.MULTILINE)}


def read_disk(guest, tool, evidence):
    """Everything that is on the disk."""
    disk = guest.results / "disk"
    folder = read_folder(disk, CRASH, guest.results / "saved")
    paths = [path for path in folder.rglob("*") if path.is_file()]
    evidence.files = {str(path.relative_to(folder)): path.stat().st_size for path in paths}
    evidence.crashed = parse(read_text(folder / Path(ASKED).name))
    evidence.footprint = numbers(read_text(folder / Path(FOOTPRINT).name))
    for name in evidence.named(SAVED_NAME):
        evidence.mode = stat.S_IMODE((folder / name).stat().st_mode)
        evidence.snapshot = host_report(guest, tool, folder / name)
    for path in (disk, *(folder / name for name in evidence.named(DUMP_NAME))):
        path.unlink()                   # they are large


def play(_, guest, laboratory):
    """Run the whole scenario of a case."""
    guest.plug_dimm(*DIMM)
    for number in DIMM_BLOCKS:
        guest.tell(f"online-block {number}")
    exclusion.load_crash_kernel(guest, CRASH_APPEND)
    evidence = Evidence(guest.tell("uname -r").strip())
    evidence.live = ask_tool(guest, "live.json", QUESTION)
    guest.start("echo c >/proc/sysrq-trigger")
    wait_for_end(guest)
    read_disk(guest, laboratory.host_tool, evidence)
    evidence.console = read_text(guest.results / "console.log")
    return evidence


# What an answer about a kernel consists of.
PARTS = ("kernel", "blocks", "map")


def same(one, other):
    """The first difference between two documents, except for their sources."""
    return first((*(unequal(part, bool(document.get(part)), True)
                    for document in (one, other) for part in PARTS),
                  *(difference(one.get(part), other.get(part), part) for part in PARTS)))


def judge_saved(evidence):
    """What must be true of a snapshot that was saved."""
    document = evidence.snapshot.document if evidence.snapshot else {}
    yield "one snapshot is beside the dump", unequal(
        "snapshots", len(evidence.named(SAVED_NAME)), 1)
    yield "only its owner may read the snapshot", unequal("mode", evidence.mode, 0o600)
    yield "the snapshot has the answers of /proc/vmcore", same(document, evidence.crashed)
    yield "the snapshot has the answers of the live kernel", same(document, evidence.live.document)
    yield "snapshot and dump are in one folder", in_one_folder(evidence)


def in_one_folder(evidence):
    """The snapshot and the dump are in one folder."""
    folders = {name.partition("/")[0] for pattern in (SAVED_NAME, DUMP_NAME)
               for name in evidence.named(pattern)}
    return unequal("folders", len(folders), 1)


def dump_size(evidence):
    """The size of the dump in bytes, whatever it is worth."""
    return max((evidence.files[name] for name in evidence.named(DUMP_NAME)), default=0)


def left_over(evidence):
    """Files of the hook that are not whole."""
    names = [name for name in evidence.files
             if "tables-incomplete" in name or ".hotremove-check" in name]
    return f"there is {', '.join(names)}" if names else ""


def said(evidence, text):
    """What is wrong if the console does not have a text."""
    return "" if text in evidence.console else f"the console does not have: {text}"


def judge_failed(case, evidence):
    """What must be true if no snapshot could be saved."""
    yield "there is no snapshot", unequal("snapshots", evidence.named(SAVED_NAME), [])
    yield "the hook says that it failed", said(evidence, "the page tables were not saved")
    if case.hungry:
        yield "the kernel ran out of memory", said(evidence, "Out of memory: Killed process")


def judge(case, evidence):
    """Yield each demand's text and what is wrong, an empty text if nothing is."""
    yield "kdump-tools tried to save a dump", said(evidence, "running makedumpfile -F -c -d 31")
    yield "kdump-tools ended the machine", said(evidence, "reboot: Restarting system")
    yield "nothing is left half-written", left_over(evidence)
    yield from judge_saved(evidence) if case.saves else judge_failed(case, evidence)
    if case.dumps:
        yield "makedumpfile saved a dump", "" if dump_size(evidence) > 1 << 20 else \
            f"it has {dump_size(evidence)} bytes"


def figures(_, evidence):
    """The part that is kept for the document."""
    return {"snapshot": max((evidence.files[name] for name in evidence.named(SAVED_NAME)),
                            default=0),
            "dump": dump_size(evidence), "footprint": evidence.footprint,
            "agrees": bool(evidence.snapshot) and not any(
                problem for _, problem in judge_saved(evidence))}
