# SPDX-License-Identifier: GPL-2.0-or-later
"""Predictions: the tool is asked what an addition or a removal would do, then it is done.

Each step adds or removes a piece of memory, by a call of the kernel's function, as a DIMM, or as
memory of a virtio-mem device. Before the step the tool is asked for both maps and all blocks as
they would be after it, and after the step for both as they are. Before the first step, when nothing
of it is there yet, it is asked for the TLBIs of each removal, which are counted when it happens.
"""

from dataclasses import dataclass, field

import agreement
from cases import BLOCK, GIB, MIB
from checks import difference
from counting import options_for
from entries import BBML2, DIMM, NO_REPEAT, Entry, Job, large
from scenario import ask_tool
from series import SERIES
from shapes import BLOCK_64K
from tlbilog import Symbols, count_removal
from ways import WAYS

NAME = "predict"
TIMEOUT = 3600
MHP_MEMMAP_ON_MEMORY = 2
ON_MEMORY_WORD = ",memmap-on-memory"
BY_BLOCK = ",calls=block"


@dataclass(frozen=True)
class Step:
    """A piece of memory that comes or goes. `word`: the rest of the tool's option; `unit`: bytes
    of one call, 0 if there is one; `again`: only if the piece has gone before; `advice`: the size
    of pieces that the tool advises, before anything is there, for memory that cannot go."""
    name: str
    job: Job
    removes: bool = False
    word: str = ""
    unit: int = 0
    again: bool = False
    advice: int = 0

    @property
    def options(self):
        """What asks the tool about it."""
        kind, unit = "removed" if self.removes else "added", self.unit or self.job.size
        return [f"--if-{kind}={start:#x}+{unit:#x}{self.word}"
                for start in range(self.job.start, self.job.end, unit)]


def piece(start, size, flags=0, block=BLOCK):
    """A job; its name is that of its DIMM, if it is one."""
    return Job(f"{size >> 20}M at {start:#x}", start, size, online=True, flags=flags, block=block)


def steps(one, odd, beside, inside, **options):
    """What is done in turn. The piece beside another one shares tables with it."""
    yield Step("an aligned piece", one, **options)
    yield Step("a piece at an odd address", odd, **options)
    yield Step("beside it, under the same table", beside, **options)
    yield Step("the aligned piece goes", one, removes=True, unit=options.get("unit", 0))
    yield Step("it comes again", one, again=True, **options)
    if inside:
        yield Step("a block goes from inside it", inside, removes=True)


ONE, START = piece(0x140000000, GIB), DIMM[0]
USUAL = tuple(steps(ONE, piece(0x1d8000000, GIB), piece(0x1c0000000, 384 * MIB),
                    piece(ONE.start + 2 * BLOCK, BLOCK)))
ON_MEMORY = Step("blocks with their own memmap",
                 piece(0x240000000, 512 * MIB, flags=MHP_MEMMAP_ON_MEMORY), word=ON_MEMORY_WORD)
WITH_MEMMAP = (*USUAL[:-1], ON_MEMORY, USUAL[-1])
# A gigabyte in one call, of which nothing can go, and one in the pieces that are advised.
PIECES = (piece(0x240000000, 512 * MIB), piece(0x260000000, 512 * MIB))
ADVISED = (Step("a gigabyte in one call", ONE),
           Step("a block goes from inside it", piece(ONE.start + 2 * BLOCK, BLOCK), removes=True,
                advice=512 * MIB),
           Step("the first of two advised pieces", PIECES[0]),
           Step("the second piece", PIECES[1]),
           Step("a block goes from inside a piece", piece(0x250000000, BLOCK), removes=True),
           Step("the second piece goes", PIECES[1], removes=True))
# With 64K pages: a CONT group of 16 GiB, and less than that.
LARGE = tuple(steps(piece(64 * GIB, 16 * GIB, block=BLOCK_64K),
                    piece(0x820000000, GIB, block=BLOCK_64K),
                    piece(0x860000000, 512 * MIB, block=BLOCK_64K), None))


@dataclass(frozen=True)
class Guest:
    """One boot. `mapping`: how its kernel maps what it adds; `start`: where its memory begins."""
    entry: Entry
    mapping: str
    steps: tuple = USUAL
    start: int = START

    def __getattr__(self, name):
        return getattr(self.entry, name)


def guest(name, kernel, mapping, parameters="", steps_of=USUAL, **options):
    """A guest whose memory comes online by itself."""
    start = options.pop("start", START)
    if ON_MEMORY in steps_of:
        parameters += " memory_hotplug.memmap_on_memory=1"
    entry = Entry(f"{kernel}-{name}", kernel, memory=(GIB,),
                  parameters=f"memhp_default_state=online_movable {parameters}".strip(), **options)
    return Guest(entry, mapping, steps_of, start)


def both(kernel, steps_of=USUAL):
    """A kernel that maps by pages, and one that maps by blocks."""
    return (guest("pages", kernel, "pages", steps_of=steps_of),
            guest("blocks", kernel, "blocks", large(kernel), steps_of))


def built(kernel, steps_of, max_memory):
    """A kernel that is built here, with pages of 64K or small tables, which no kernel of Debian's
    has. Pieces are DIMMs.
    """
    options = {"steps_of": steps_of, "way": "acpi", "max_memory": max_memory, "assume": NO_REPEAT}
    return (guest("pages", kernel, "pages", **options),
            guest("blocks", kernel, "blocks", large(kernel).split()[0], **options))


def virtio_mem(kernel, unit, start, word=""):
    """Memory of a virtio-mem device with blocks of this size: one of them, or two memory blocks,
    which the driver adds and removes one by one.
    """
    job = piece(start, max(unit, 2 * BLOCK))
    steps_of = (Step("memory comes", job, word=word),
                Step("it goes", job, removes=True, unit=BLOCK if word else 0),
                Step("it comes again", job, word=word, again=True))
    for mapping, parameters in (("pages", ""), ("blocks", large(kernel))):
        yield guest(f"virtio-{unit >> 20}M-{mapping}", kernel, mapping, parameters, steps_of,
                    start=start, way="virtio-mem", vmem=(start, 4 * GIB, unit),
                    assume=word.removeprefix(","))


def virtio_mem_of_all_sizes(kernel):
    """Blocks smaller than, larger than, and as large as what one leaf can map."""
    yield from virtio_mem(kernel, 2 * MIB, 0x88000000, BY_BLOCK)
    yield from virtio_mem(kernel, BLOCK, 0x88000000, BY_BLOCK)
    yield from virtio_mem(kernel, 512 * MIB, 0xa0000000)
    yield from virtio_mem(kernel, GIB, 0xc0000000)


def by_dimm(kernel, blocks):
    """A cloud kernel, which adds and removes whole DIMMs. `blocks`: parameters for blocks."""
    options = {"steps_of": USUAL[:-1], "way": "acpi"}
    return (guest("pages", kernel, "pages", **options),
            guest("blocks", kernel, "blocks", blocks, **options))


def newest(suite):
    """A suite's newest kernels of each flavour."""
    blocks = SERIES[suite]
    for kernel in (suite, f"{suite}-16k", f"{suite}-rt"):
        if kernel not in AGAIN:
            yield guest("pages", kernel, "pages")
            yield guest("blocks", kernel, "blocks", blocks)
    yield from by_dimm(f"{suite}-cloud", blocks)


# What has the same release as a kernel above, or does not exist.
AGAIN = ("bookworm", "bookworm-backports", "bookworm-16k", "bookworm-backports-16k")
# Both sides of each release at which a flush has changed.
POINT_RELEASES = ("6.1-leaf", "6.1.176", "6.1.177", "6.1.180", "6.12.85", "6.12.86", "6.12.95",
                  "6.12.100")
# Kernels that refuse a block of a gigabyte.
ADVISING = ("7.2", "7.2-16k", "7.3", "7.3-16k")
CASES = {case.name: case for case in (
    *both("6.1"), *both("6.12", WITH_MEMMAP), *both("6.12-16k"), *both("6.17", WITH_MEMMAP),
    *both("6.18", WITH_MEMMAP), *both("6.19"), *both("7.0"), *both("7.1"),
    *both("7.2", WITH_MEMMAP), *both("7.2-16k"), *both("7.3", WITH_MEMMAP), *both("7.3-16k"),
    guest("bbml2", "7.2", "blocks", cpu=BBML2),
    *(guest("advice", kernel, "blocks", large(kernel), ADVISED) for kernel in ADVISING),
    guest("advice-bbml2", "7.3", "blocks", steps_of=ADVISED, cpu=BBML2),
    *built("7.2-64k52-ptdump", LARGE, 320 * GIB), *built("6.1-64k52-ptdump", LARGE, 320 * GIB),
    *virtio_mem_of_all_sizes("7.2"), *virtio_mem_of_all_sizes("6.1"),
    *both("7.0.4"), *both("7.1.3"), *both("7.1.3-16k"), *both("6.19-16k"), *both("7.1-16k"),
    *(case for kernel in POINT_RELEASES for case in both(kernel)),
    *(case for kernel in ("7.1-cloud", "7.2-cloud") for case in by_dimm(kernel, large(kernel))),
    *(case for suite in SERIES for case in newest(suite)),
    *(case for release in ("7.2", "6.12", "6.1")
      for case in built(f"{release}-4k39-ptdump", USUAL[:-1], 192 * GIB)),
    *built("7.2-64k42-ptdump", LARGE, 320 * GIB),
    *built("7.2-16k36-ptdump", USUAL[:-1], 24 * GIB),
)}


@dataclass
class Done:
    """One step: what was predicted, what the kernel did, and what is."""
    step: Step
    predicted: object
    result: int
    actual: object
    count: object = None    # of TLBIs, for a removal


@dataclass
class Foretold:
    """A removal as agreement.py judges it: what was said of it before the first step, its count."""
    job: Job
    report: object
    count: object


@dataclass
class Evidence:
    """All output of one guest. `before`: what is said before the first step."""
    release: str
    before: object
    removals: dict          # by step: what is said before the first step of each removal
    steps: list = field(default_factory=list)


def programs(laboratory):
    """The plugin that counts TLBIs."""
    laboratory.add_plugin()


def machine(laboratory, case):
    """The machine of a case, in which TLBIs are recorded."""
    return laboratory.counting_machine(case)


def foretell(machine, case, assumed):
    """Ask for each removal before anything is there."""
    found = {}
    for number, step in enumerate(case.steps):
        if step.removes:
            options = [word for earlier in case.steps[:number] for word in earlier.options]
            options += ["-r", f"{step.job.start:#x}+{step.job.size:#x}", *assumed]
            found[step] = ask_tool(machine, f"foretold{number}.json", options)
    return found


class Player:
    """Goes through the steps of a guest."""

    def __init__(self, case, machine, lpa2):
        self.way = WAYS[case.way](machine, case)
        self.machine, self.lpa2 = machine, lpa2
        self.symbols = Symbols(machine.tell("grep -i ' [tw] ' /proc/kallsyms"))

    def do(self, step):
        """Have the kernel do it. The result is 0 or its error; a removal's TLBIs are counted."""
        if not step.removes:
            self.way.add(step.job)
            return 0, None
        result, window = self.way.remove(step.job)
        return result, count_removal(self.machine.tlbi_log, window, self.symbols, self.lpa2)


def play(case, machine, _):
    """Run the scenario."""
    release = machine.tell("uname -r").strip()
    assumed = options_for(case.assume, release)
    options = ["--map", "--blocks", *assumed]
    before = ask_tool(machine, "before.json", options)
    evidence = Evidence(release, before, foretell(machine, case, assumed))
    player = Player(case, machine, before.document["kernel"]["lpa2"])
    result = 0
    for number, step in enumerate(case.steps):
        if step.again and result:
            continue
        predicted = ask_tool(machine, f"step{number}-predicted.json", [*options, *step.options])
        result, count = player.do(step)
        evidence.steps.append(Done(step, predicted, result,
                                   ask_tool(machine, f"step{number}.json", options), count))
    machine.tlbi_log.unlink(missing_ok=True)    # up to a hundred megabytes
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


def hot(report, start):
    """The address of added memory in the linear map."""
    kernel = report.document["kernel"]
    offset = start - int(kernel["phys_offset"], 16)
    return (int(kernel["page_offset"], 16) | offset % (1 << 64)) % (1 << 64)


def map_problem(predicted, actual, which, start):
    """What is wrong with a predicted map."""
    low = hot(actual, start) if which == "linear" else 0
    return difference(leaves(predicted, which, low), leaves(actual, which, low), which)


def added_blocks(report, start):
    """What is said about each block of added memory."""
    keys = ("verdict", "linear", "vmemmap", "guard")
    return {block["name"]: {key: block[key] for key in keys}
            for block in report.document["blocks"] if int(block["start"], 16) >= start}


def refusal_problem(step, predicted, result):
    """Whether the kernel refuses if and only if that is predicted."""
    changes = predicted.document["predicted"]
    refused = any(step.removes and change["removed"]["refused"] for change in changes)
    return "" if refused == (result != 0) else f"result {result}, predicted {changes}"


def mapping_problem(case, report):
    """Whether boot memory and the kernel's variables show how it maps what it adds."""
    found = report.document["kernel"]["models"]["mapping"]
    return "" if found["value"] == case.mapping else f"{found}"


def splits_problem(case, evidence):
    """Whether it is known that the kernel can split leaves."""
    expected = agreement.splits_leaves(case.cpu, evidence.release)
    found = evidence.before.document["kernel"]["features"]["bbml2_noabort"]
    return "" if found == expected else f"{found}"


def removal_demands(evidence, done):
    """Yield the demands on a removal that was done, all foretold before the first step."""
    foretold = Foretold(done.step.job, evidence.removals[done.step], done.count)
    for check in (agreement.figures_agree, agreement.calls_agree, agreement.operands_agree):
        yield f"{done.step.name}, foretold: {check.__doc__}", check(foretold)


def advice_problem(step, report):
    """Whether the advice is as it should be."""
    advice = report.range(step.job)["advice"]
    return "" if advice and advice["pieces"] == step.advice else f"{advice}"


def judge(case, evidence):
    """Yield each demand's text and what is wrong, an empty text if nothing is."""
    yield f"it is known before that memory is added by {case.mapping}", mapping_problem(
        case, evidence.before)
    yield "it is known whether the kernel can split leaves", splits_problem(case, evidence)
    for done in evidence.steps:
        name = done.step.name
        yield f"{name}: it is done or refused as predicted", refusal_problem(
            done.step, done.predicted, done.result)
        for which in ("linear", "vmemmap"):
            yield f"{name}: the {which} map is as predicted", map_problem(
                done.predicted, done.actual, which, case.start)
        yield f"{name}: the blocks are as predicted", difference(
            added_blocks(done.predicted, case.start), added_blocks(done.actual, case.start),
            "blocks")
        if done.step.advice:
            yield f"{name}: it is advised to add it in smaller pieces", advice_problem(
                done.step, evidence.removals[done.step])
        if done.count and not done.result:
            yield from removal_demands(evidence, done)


def figures(case, evidence):
    """The part that is kept for the document."""
    return {"mapping": case.mapping, "steps": [
        {"name": done.step.name, "result": done.result,
         "blocks": len(added_blocks(done.actual, case.start)),
         "tlbi": done.count.total if done.count and not done.result else None}
        for done in evidence.steps]}
