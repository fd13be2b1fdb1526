# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens in one guest: ask the tool, dump the memory, ask the kernel, collect the answers.

Nothing is judged here. Everything that was seen is kept in the results directory and in `Evidence`.
"""

import json
from dataclasses import dataclass, field

from cases import (BIG, BOOT_BLOCKS, DIMM, DIMM_BLOCKS, HOLE, NEIGHBOUR, RANGES, VICTIM,
                   WINDOW, block_range)
from leaves import Leaves
from shell import status_of

TOOL_TIMEOUT = 450
# Questions of which only the exit status counts: name and range.
QUIET = (("a block outside the big leaf", str(block_range(DIMM_BLOCKS[0]))),
         ("a block inside the big leaf", str(VICTIM)),
         ("a boot block", str(block_range(BOOT_BLOCKS[1]))),
         ("a hole", f"{HOLE[0]:#x}+{HOLE[1]:#x}"),
         ("a block by name", f"memory{DIMM_BLOCKS[0]}"),
         ("an exclusive end", f"{BIG[0]:#x}-{BIG[0] + BIG[1]:#x}"))


SNAPSHOT = "/tmp/tables.elf"


@dataclass(frozen=True)
class Report:
    """One run of the tool with --json."""
    status: int
    document: dict

    def range(self, wanted):
        """The answer about one range."""
        for entry in self.document["ranges"]:
            if entry["start"] == f"{wanted.start:#x}" and entry["end"] == f"{wanted.end:#x}":
                return entry
        raise KeyError(f"no answer about {wanted}")


@dataclass(frozen=True)
class Offlining:
    """The kernel's answer when one block was to go offline."""
    state: str
    error: str
    messages: str

    @property
    def refused_split(self):
        """Refused because a leaf would be split."""
        return self.error == "Operation not permitted" and "splits a leaf entry" in self.messages

    @property
    def refused_boot(self):
        """Refused because the memory was there at boot."""
        return "Boot memory" in self.messages and "offlining attempted" in self.messages


@dataclass
class Harm:
    """The result of one block's removal from inside a big leaf."""
    result: int
    leaves: Leaves
    report: Report


@dataclass
class Evidence:
    """All output of one guest, and of the dumps of it."""
    reports: dict = field(default_factory=dict)         # by source, as in checks.py
    listing: Report = None                              # --blocks --map
    quiet: dict = field(default_factory=dict)           # exit status by question
    leaves: Leaves = None
    states: dict = field(default_factory=dict)          # of all memory blocks, by name
    offlining: dict = field(default_factory=dict)       # by block number
    removal: int = None                                 # of the whole DIMM
    harm: Harm = None


def parse(text):
    """A JSON document, or an empty one: its absence is judged with the rest."""
    try:
        return json.loads(text)
    except ValueError:
        return {}


def keep(machine, name, answer):
    """Keep the output of a command in the guest."""
    (machine.results / name).write_text(answer.output)
    if answer.errors:
        (machine.results / f"{name}.err").write_text(answer.errors)


def range_options(ranges):
    """Command line words that ask about ranges."""
    return [word for wanted in ranges for word in ("-r", str(wanted))]


def ask_tool(machine, name, options):
    """Run the tool in the guest on its own memory."""
    command = " ".join(["hotremove-check", "--json", *options])
    answer = machine.ask(command, TOOL_TIMEOUT)
    keep(machine, name, answer)
    return Report(answer.status, parse(answer.output))


def ask_quietly(machine):
    """Exit status of the tool, run with -q, for each of a few questions."""
    return {name: machine.ask(f"hotremove-check -q -r {wanted}", TOOL_TIMEOUT).status
            for name, wanted in QUIET}


def reference_walk(machine, name):
    """Have the independent walker read the page tables."""
    answer = machine.ask(f"refwalk {WINDOW[0]:#x} {WINDOW[1]:#x}")
    keep(machine, name, answer)
    return Leaves(answer.output)


def ask_about_dumps(machine, tool):
    """Dump the stopped guest in both formats and run the host's tool on each."""
    files = [(machine.results / f"vmcore.{kind}", kind) for kind in ("elf", "kdump-zlib")]
    reports = {}
    try:
        machine.dump(*files)
        for path, kind in files:
            out = machine.results / f"{kind}.json"
            command = [str(tool), "--json", f"--vmcore={path}", *range_options(RANGES)]
            status = status_of(command, out, TOOL_TIMEOUT)
            reports[kind] = Report(status, parse(out.read_text()))
    finally:
        for path, _ in files:
            path.unlink(missing_ok=True)        # gigabytes each
    return reports


def block_states(machine):
    """State of every memory block that the kernel lists in sysfs."""
    text = machine.tell("cd /sys/devices/system/memory && grep . memory*/state")
    pairs = (line.split("/state:") for line in text.splitlines())
    return dict(pairs)


def offline(machine, number):
    """Ask the kernel to take one block offline."""
    answer = machine.ask(f"offline-block {number}")
    keep(machine, f"offline-memory{number}.txt", answer)
    lines = [line.partition(" ") for line in answer.output.splitlines()]
    texts = {key: "\n".join(rest for word, _, rest in lines if word == key)
             for key in ("state", "error", "dmesg")}
    return Offlining(texts["state"], texts["error"], texts["dmesg"])


def offline_one_by_one(machine):
    """Take every block offline alone, with all others online."""
    found = {}
    for number in (*DIMM_BLOCKS, *BOOT_BLOCKS):
        found[number] = offline(machine, number)
        machine.tell(f"online-block {number}")
    return found


def do_harm(machine):
    """Remove one block from inside a big leaf; all others are offline, so nothing is harmed."""
    for number in DIMM_BLOCKS:
        machine.tell(f"offline-block {number}")
    result = machine.call_kernel("remove_memory", VICTIM.start, VICTIM.size)
    leaves = reference_walk(machine, "refwalk-harm.txt")
    report = ask_tool(machine, "harm.json", range_options((NEIGHBOUR, VICTIM)))
    return Harm(result, leaves, report)


def play(case, machine, host_tool):
    """Run the whole scenario of a case."""
    evidence = Evidence()
    machine.plug_dimm(*DIMM)
    for number in DIMM_BLOCKS:
        machine.tell(f"online-block {number}")
    evidence.states = block_states(machine)
    evidence.leaves = reference_walk(machine, "refwalk.txt")
    evidence.reports["live"] = ask_tool(machine, "live.json", range_options(RANGES))
    evidence.reports["named"] = ask_tool(machine, "named.json",
                                         ["/proc/kcore", *range_options(RANGES)])
    machine.tell(f"hotremove-check --save-tables={SNAPSHOT}", TOOL_TIMEOUT)
    evidence.reports["snapshot"] = ask_tool(machine, "snapshot.json",
                                            [SNAPSHOT, *range_options(RANGES)])
    evidence.reports.update(ask_about_dumps(machine, host_tool))
    if "--blocks" in machine.tell("hotremove-check --help"):
        evidence.listing = ask_tool(machine, "listing.json", ["--blocks", "--map"])
    evidence.quiet = ask_quietly(machine)
    evidence.offlining = offline_one_by_one(machine)
    if case.demonstrates:
        evidence.harm = do_harm(machine)
    else:
        evidence.removal = machine.call_kernel("offline_and_remove_memory", *DIMM)
    keep(machine, "iomem.txt", machine.ask("cat /proc/iomem"))
    return evidence
