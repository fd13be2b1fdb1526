# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages of memfd_secret, which the kernel takes out of its linear map, and so splits a leaf.

A CPU with BBML2 has a linear map of large leaves whose parts may still change. One block of a DIMM
is brought online as memory for the kernel, and the others as movable memory. The secret pages come
from that block, in the middle of a leaf of 1 GiB. The tool, the reference walk and the kernel are
asked before there are such pages, while there are, and when they are gone.
"""

import time
from dataclasses import dataclass, field

import agreement
from cases import BLOCK, GIB, Range, block_range
from checks import codes, difference, first, unequal
from counting import Removal
from entries import BBML2
from leaves import LEVELS, MAPS, Leaves
from scenario import TOOL_TIMEOUT, ask_tool, keep, offline, range_options
from shell import HarnessError
from tlbilog import Count, Symbols, count_removal

NAME = "secretmem"
TIMEOUT = 2100
DIMM = Range("dimm", 0x140000000, 2 * GIB)
SPLIT, WHOLE = Range("split leaf", DIMM.start, GIB), Range("other leaf", DIMM.start + GIB, GIB)
BLOCKS = [block_range(DIMM.start // BLOCK + n) for n in range(DIMM.size // BLOCK)]
KERNEL_BLOCK = BLOCKS[3]                # the only block that unmovable pages can come from
TRIED = (BLOCKS[0], BLOCKS[4], BLOCKS[7], BLOCKS[8])
RANGES = (DIMM, SPLIT, WHOLE, *BLOCKS)
SECRET_MIB = 4
OUTPUT = "/tmp/secret"
MOMENTS = ("before", "held", "gone")
EBUSY = -16


@dataclass(frozen=True)
class Guest:
    """One boot. `guarded`: the kernel has the check for split leaves."""
    name: str
    kernel: str
    append: str = "memhp_default_state=offline"
    guarded: bool = True
    cpu: str = BBML2


CASES = {case.name: case for case in (
    Guest("7.3-secret", "7.3"), Guest("7.2-secret", "7.2"),
    Guest("6.18-secret", "6.18", guarded=False),
)}


@dataclass
class Moment:
    """What was seen at one time."""
    report: object
    leaves: Leaves
    offlining: dict = field(default_factory=dict)   # by block number


@dataclass
class Evidence:
    """All output of one guest."""
    release: str
    pages: tuple = ()                   # lowest and highest address of the secret pages
    moments: dict = field(default_factory=dict)
    result: int = None
    count: Count = None

    @property
    def removal(self):
        """The end, in the form that the demands on counted removals use."""
        return Removal(SPLIT, self.moments["gone"].report, result=self.result, count=self.count)


def programs(laboratory):
    """Programs that the guests need beside the tool."""
    laboratory.add_guest_program("secret")
    laboratory.add_plugin()


def machine(laboratory, case):
    """The machine of a case."""
    return laboratory.machine(case, GIB, laboratory.plugin)


def look(guest, name):
    """Ask the tool, walk the tables, and try a few blocks."""
    report = ask_tool(guest, f"{name}.json", range_options(RANGES))
    walk = guest.ask(f"refwalk {DIMM.start:#x} {DIMM.size:#x}", TOOL_TIMEOUT)
    keep(guest, f"{name}.refwalk", walk)
    moment = Moment(report, Leaves(walk.output))
    for block in TRIED:
        number = block.start // BLOCK
        moment.offlining[number] = offline(guest, number)
        guest.tell(f"online-block {number}")
    return moment


def hold(guest):
    """Start the program that has secret pages, and return their addresses."""
    guest.tell(f"secret {SECRET_MIB} >{OUTPUT} 2>&1 & echo $! >{OUTPUT}.pid")
    for _ in range(100):
        words = guest.tell(f"cat {OUTPUT}").split()
        if words[-1:] == ["ready"]:
            return int(words[0], 16), int(words[1], 16)
        time.sleep(0.2)
    raise HarnessError(f"no secret pages: {' '.join(words)}")


def play(_, guest, __):
    """Run the scenario."""
    evidence = Evidence(guest.tell("uname -r").strip())
    guest.plug_dimm(DIMM.start, DIMM.size)
    kernel = KERNEL_BLOCK.start // BLOCK
    guest.tell(f"echo online_kernel >/sys/devices/system/memory/memory{kernel}/state")
    for block in BLOCKS:
        guest.tell(f"online-block {block.start // BLOCK}")
    evidence.moments["before"] = look(guest, "before")
    evidence.pages = hold(guest)
    evidence.moments["held"] = look(guest, "held")
    guest.tell(f"kill $(cat {OUTPUT}.pid)")
    time.sleep(1)
    evidence.moments["gone"] = moment = look(guest, "gone")
    symbols = Symbols(guest.tell("grep -i ' [tw] ' /proc/kallsyms"))
    evidence.result, window = guest.count_call("offline_and_remove_memory", SPLIT.start,
                                                SPLIT.size)
    evidence.count = count_removal(guest.tlbi_log, window, symbols,
                                   bool(moment.report.document["kernel"]["lpa2"]))
    guest.tlbi_log.unlink(missing_ok=True)
    return evidence


def counts_agree(moment):
    """What is wrong with the leaf counts."""
    return first(difference({level: moment.report.range(wanted)[name]["leaves"][level]
                             for level in LEVELS},
                            moment.leaves.counts(name, wanted.start, wanted.size),
                            f"{wanted.name} {name}")
                 for wanted in RANGES for name in MAPS)


def splits_agree(moment):
    """What is wrong with the leaves that would be split."""
    found = {block.name: "splits-leaf" in codes(moment.report.range(block)) for block in BLOCKS}
    wanted = {block.name: bool(moment.leaves.splits(block.start, block.size)) for block in BLOCKS}
    return difference(found, wanted, "splits")


def offlining_agrees(moment):
    """What is wrong with the answers about the blocks that were tried."""
    return first(agreement.block_problem(moment.report.range(block)["guard"]["blocks"][0],
                                         moment.offlining[block.start // BLOCK])
                 for block in TRIED)


def pages_lie(evidence):
    """What is wrong with the addresses of the secret pages."""
    low, high = evidence.pages
    inside = KERNEL_BLOCK.start <= low and high <= KERNEL_BLOCK.end
    return "" if inside else f"{low:#x} to {high:#x}"


def shape(evidence, name):
    """Number of leaves of 1 GiB in each of the two."""
    return [evidence.moments[name].leaves.counts("linear", part.start, part.size)["PUD"]
            for part in (SPLIT, WHOLE)]


def removal_agrees(evidence):
    """What is wrong with the end: the kernel may have pages of its own wherever it may have any."""
    if evidence.result == EBUSY:
        return ""
    done = evidence.result == 0
    return first((agreement.removal_agrees(evidence.removal),
                  agreement.figures_agree(evidence.removal) if done else ""))


def judge(_, evidence):
    """Yield each demand's text and what is wrong, an empty text if nothing is."""
    yield "the secret pages lie inside the leaf", pages_lie(evidence)
    yield ("the leaf is whole before, split then, and stays so",
           unequal("leaves", [shape(evidence, name) for name in MOMENTS],
                   [[1, 1], [0, 1], [0, 1]]))
    for name in MOMENTS:
        moment = evidence.moments[name]
        yield f"{name}: the leaf counts are those of the reference walk", counts_agree(moment)
        yield f"{name}: blocks split a leaf as the reference walk says", splits_agree(moment)
        yield f"{name}: blocks go offline, or are refused, as predicted", offlining_agrees(moment)
    yield "what was one leaf is removed or refused as predicted, with the TLBIs predicted", \
        removal_agrees(evidence)


def figures(_, evidence):
    """The part that is kept for the document."""
    return {"pages": evidence.pages, "result": evidence.result, "total": evidence.count.total,
            "moments": [{"name": name, "leaves": {
                level: count for level, count in evidence.moments[name].leaves.counts(
                    "linear", SPLIT.start, SPLIT.size).items() if count},
                "refused": [f"memory{number}" for number, answer in
                            evidence.moments[name].offlining.items()
                            if answer.state == "online"]} for name in MOMENTS]}
