# SPDX-License-Identifier: GPL-2.0-or-later
"""Predictions: the tool is asked what an addition or a removal would do, then it is done.

The guest has a DIMM that its kernel ignores. Each step adds or removes a piece of it by a call of
the kernel's function. Before the step the tool is asked for both maps and all blocks as they would
be after it, and after the step for both as they are.
"""

from dataclasses import dataclass, field

from cases import BLOCK, GIB, MIB
from checks import difference
from entries import BBML2, DIMM, large
from scenario import ask_tool

NAME = "predict"
TIMEOUT = 2100
MHP_MEMMAP_ON_MEMORY = 2


@dataclass(frozen=True)
class Step:
    """One call of the kernel. `word` is the rest of the tool's option."""
    name: str
    start: int
    size: int
    removes: bool = False
    flags: int = 0
    word: str = ""
    again: bool = False     # only if the memory has gone

    @property
    def option(self):
        """What asks the tool about it."""
        kind = "removed" if self.removes else "added"
        return f"--if-{kind}={self.start:#x}+{self.size:#x}{self.word}"


ALIGNED = Step("an aligned gigabyte", 0x140000000, GIB)
ODD = Step("a gigabyte at an odd address", 0x1d8000000, GIB)
BESIDE = Step("beside it, in the same gigabyte", 0x1c0000000, 384 * MIB)
GONE = Step("the aligned gigabyte goes", ALIGNED.start, ALIGNED.size, removes=True)
AGAIN = Step("it comes again", ALIGNED.start, ALIGNED.size, again=True)
ON_MEMORY = Step("blocks with their own memmap", 0x240000000, 512 * MIB,
                 flags=MHP_MEMMAP_ON_MEMORY, word=",memmap-on-memory")
INSIDE = Step("a block goes from inside a gigabyte", ALIGNED.start + 2 * BLOCK, BLOCK, removes=True)
USUAL = (ALIGNED, ODD, BESIDE, GONE, AGAIN, INSIDE)


@dataclass(frozen=True)
class Guest:
    """One boot. `mapping`: how its kernel maps what it adds."""
    name: str
    kernel: str
    mapping: str
    parameters: str = ""
    cpu: str = "max"
    steps: tuple = USUAL

    @property
    def append(self):
        """The kernel's parameters."""
        return f"memhp_default_state=online_movable {self.parameters}".strip()


def both(kernel, steps=USUAL, cpu="max"):
    """A kernel that maps by pages, and one that maps by blocks."""
    words = "memory_hotplug.memmap_on_memory=1" if ON_MEMORY in steps else ""
    return (Guest(f"{kernel}-pages", kernel, "pages", words, steps=steps),
            Guest(f"{kernel}-blocks", kernel, "blocks", f"{large(kernel)} {words}".strip(), cpu,
                  steps))


WITH_MEMMAP = (*USUAL[:-1], ON_MEMORY, INSIDE)
CASES = {case.name: case for case in (
    *both("6.1"), *both("6.12", WITH_MEMMAP), *both("6.12-16k"), *both("6.17", WITH_MEMMAP),
    *both("6.18", WITH_MEMMAP), *both("6.19"), *both("7.0"), *both("7.1"),
    *both("7.2", WITH_MEMMAP), *both("7.2-16k"), *both("7.3", WITH_MEMMAP), *both("7.3-16k"),
    Guest("7.2-bbml2", "7.2", "blocks", cpu=BBML2),
)}


@dataclass
class Evidence:
    """All output of one guest: what is said before the first step, and then for each step what was
    predicted, the result, and what is.
    """
    release: str
    before: object
    steps: list = field(default_factory=list)


def programs(laboratory):
    """Nothing is needed beside the tool."""


def machine(laboratory, case):
    """The machine of a case."""
    return laboratory.machine(case, GIB)


def do(guest, step):
    """Have the kernel do it. The result is 0 or its error."""
    if step.removes:
        return guest.call_kernel("offline_and_remove_memory", step.start, step.size)
    guest.add_memory(step.start, step.size, step.flags)
    return 0


def play(case, guest, _):
    """Run the scenario."""
    options = ["--map", "--blocks"]
    evidence = Evidence(guest.tell("uname -r").strip(),
                        ask_tool(guest, "before.json", options))
    guest.attach_dimm(*DIMM)
    result = 0
    for number, step in enumerate(case.steps):
        if step.again and result:
            continue
        predicted = ask_tool(guest, f"step{number}-predicted.json", [*options, step.option])
        result = do(guest, step)
        evidence.steps.append((step, predicted, result,
                               ask_tool(guest, f"step{number}.json", options)))
    return evidence


def leaves(report, which, low=0):
    """The leaves of a map above an address, neighbours of one kind together."""
    runs = []
    for run in report.document["map"][which]:
        start, kind = int(run["va"], 16), (run["level"], run["valid"])
        end = start + run["leaf_size"] * run["count"]
        if start < low:
            continue
        if runs and runs[-1][1] == start and runs[-1][2] == kind:
            runs[-1][1] = end
        else:
            runs.append([start, end, kind])
    return [f"{start:#x}-{end:#x} {kind}" for start, end, kind in runs]


def hot(report):
    """The first address of the DIMM in the linear map."""
    kernel = report.document["kernel"]
    offset = DIMM[0] - int(kernel["phys_offset"], 16)
    return (int(kernel["page_offset"], 16) | offset % (1 << 64)) % (1 << 64)


def map_problem(predicted, actual, which):
    """What is wrong with a predicted map."""
    low = hot(actual) if which == "linear" else 0
    return difference(leaves(predicted, which, low), leaves(actual, which, low), which)


def added_blocks(report):
    """What is said about each block of the DIMM."""
    keys = ("verdict", "linear", "vmemmap", "guard")
    return {block["name"]: {key: block[key] for key in keys}
            for block in report.document["blocks"] if int(block["start"], 16) >= DIMM[0]}


def refusal_problem(step, predicted, result):
    """Whether the kernel refuses if and only if that is predicted."""
    change = predicted.document["predicted"][0]
    refused = step.removes and change["removed"]["refused"]
    return "" if refused == (result != 0) else f"result {result}, predicted {change}"


def mapping_problem(case, report):
    """Whether boot memory and the kernel's variables show how it maps what it adds."""
    found = report.document["kernel"]["models"]["mapping"]
    return "" if found["value"] == case.mapping else f"{found}"


def splits_problem(case, report):
    """Whether it is known that the kernel can split leaves. Only kernels from 6.18 on know it."""
    major, minor = (int(part) for part in case.kernel.split("-")[0].split(".")[:2])
    expected = case.cpu == BBML2 if (major, minor) >= (6, 18) else None
    found = report.document["kernel"]["features"]["bbml2_noabort"]
    return "" if found == expected else f"{found}"


def judge(case, evidence):
    """Yield each demand's text and what is wrong, an empty text if nothing is."""
    yield f"it is known before that memory is added by {case.mapping}", mapping_problem(
        case, evidence.before)
    yield "it is known whether the kernel can split leaves", splits_problem(case, evidence.before)
    for step, predicted, result, actual in evidence.steps:
        yield f"{step.name}: it is done or refused as predicted", refusal_problem(
            step, predicted, result)
        for which in ("linear", "vmemmap"):
            yield f"{step.name}: the {which} map is as predicted", map_problem(
                predicted, actual, which)
        yield f"{step.name}: the blocks are as predicted", difference(
            added_blocks(predicted), added_blocks(actual), "blocks")


def figures(case, evidence):
    """The part that is kept for the document."""
    return {"mapping": case.mapping, "steps": [
        {"name": step.name, "result": result, "blocks": len(added_blocks(actual))}
        for step, _, result, actual in evidence.steps]}
