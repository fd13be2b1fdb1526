# SPDX-License-Identifier: GPL-2.0-or-later
"""The demands: what must be true of a case's evidence. Each one is a printed line."""

from cases import (ASKED_BOOT, BIG, BLOCK, BOOT, BOOT_BLOCKS, DIMM, DIMM_BLOCKS, NEIGHBOUR,
                   RANGES, block_range)
from leaves import LEVELS, MAPS, append_run

NO_DIFFERENCE = ""
SOURCES = {"live": {"kind": "kcore", "format": "elf"},
           "named": {"kind": "kcore", "format": "elf", "path": "/proc/kcore"},
           "snapshot": {"kind": "vmcore", "format": "snapshot"},
           "elf": {"kind": "vmcore", "format": "elf"},
           "kdump-zlib": {"kind": "vmcore", "format": "flattened-kdump"}}
QUIET_STATUS = {"a block outside the big leaf": 0, "a boot block": 1, "a hole": 1,
                "a block by name": 0, "an exclusive end": 64}
# Where the tables do not change: the DIMM, and boot memory without KFENCE's pool.
CALM = ((BOOT[0], BOOT[1] - BLOCK), DIMM)
DIMM_RANGE = next(wanted for wanted in RANGES if wanted.name == "dimm")


def difference(left, right, path=""):
    """Where two JSON values first differ, or an empty text."""
    if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
        parts = [(f"{path}.{key}", left[key], right[key]) for key in left]
    elif isinstance(left, list) and isinstance(right, list):
        parts = [(f"{path}[{i}]", *pair) for i, pair in enumerate(zip(left, right))]
        parts.append((f"{path} length", len(left), len(right)))
    else:
        return NO_DIFFERENCE if left == right else f"{path}: {left!r} and {right!r}"
    found = (difference(a, b, where) for where, a, b in parts)
    return next(filter(None, found), NO_DIFFERENCE)


def unequal(what, got, wanted):
    """A text that says what was wanted instead, or an empty text."""
    return NO_DIFFERENCE if got == wanted else f"{what}: {got}, expected {wanted}"


def first(problems):
    """The first text that is not empty."""
    return next(filter(None, problems), NO_DIFFERENCE)


def codes(entry):
    """Reason codes of one range."""
    return {reason["code"] for reason in entry["reasons"]}


def number(text):
    """An address of the JSON document."""
    return int(text, 16)


def without_sandbox(name, document):
    """What a document says about a sandbox that is off or weak."""
    return first(f"{name}: {text}" for text in document["warnings"] if "sandbox" in text)


def sandboxed(_, evidence):
    """the sandbox is on, in the guest and here"""
    return first(without_sandbox(name, report.document)
                 for name, report in evidence.reports.items())


def statuses(_, evidence):
    """every source gives exit status 1"""
    return first(unequal(name, report.status, 1) for name, report in evidence.reports.items())


def sources(_, evidence):
    """the source's kind and format are correct"""
    reports = evidence.reports
    return first(unequal(f"{name} {key}", reports[name].document["source"][key], value)
                 for name, wanted in SOURCES.items() for key, value in wanted.items())


def same_ranges(_, evidence):
    """kcore, by default and by name, its snapshot, ELF dump and kdump give the same ranges"""
    live = evidence.reports["live"].document["ranges"]
    if len(live) != len(RANGES):
        return f"{len(live)} ranges, expected {len(RANGES)}"
    return first(difference(live, report.document["ranges"], f"{name} ranges")
                 for name, report in evidence.reports.items())


def same_kernel(_, evidence):
    """kcore, by default and by name, its snapshot, ELF dump and kdump give the same kernel"""
    live = evidence.reports["live"].document["kernel"]
    return first(difference(live, report.document["kernel"], f"{name} kernel")
                 for name, report in evidence.reports.items())


def quiet(case, evidence):
    """-q answers by its exit status alone"""
    inside = 1 if case.large else 0
    wanted = {**QUIET_STATUS, "a block inside the big leaf": inside}
    return first(unequal(name, status, wanted[name])
                 for name, status in evidence.quiet.items())


def geometry(case, evidence):
    """the kernel maps the DIMM as the case wants it"""
    counts = evidence.leaves.counts("linear", *BIG)
    large = counts["PUD"] + counts["CONT_PMD"]
    if case.large:
        return unequal("leaves of 1 GiB", large, 1)
    return unequal("leaves", sum(counts.values()), counts["PTE"])


def expected_counts(leaves, name, wanted):
    """What the tool must say about a range in one map."""
    low, high = leaves.span(name, wanted.start, wanted.size)
    mapped = leaves.mapped(name, wanted.start, wanted.size)
    return {**leaves.counts(name, wanted.start, wanted.size), "mapped": mapped,
            "unmapped": high - low - mapped, "unreadable": 0}


def leaf_counts(_, evidence):
    """leaf counts and mapped bytes are those of the reference walk"""
    problems = []
    for wanted in RANGES:
        entry = evidence.reports["live"].range(wanted)
        for name in MAPS:
            got = {level: entry[name]["leaves"][level] for level in LEVELS}
            got.update((key, entry[name][key]) for key in ("mapped", "unmapped", "unreadable"))
            problems.append(unequal(f"{wanted.name} {name}", got,
                                    expected_counts(evidence.leaves, name, wanted)))
    return first(problems)


def split_reasons(_, evidence):
    """splits-leaf names exactly the leaves in which the reference walk has an edge"""
    problems = []
    for wanted in RANGES:
        reasons = evidence.reports["live"].range(wanted)["reasons"]
        got = {(reason["map"], reason["edge"], reason["leaf"]["level"], reason["leaf"]["va"],
                reason["leaf"]["size"]) for reason in reasons if reason["code"] == "splits-leaf"}
        implied = {(name, edge, level, f"{va:#x}", size) for name, edge, level, va, size
                   in evidence.leaves.splits(wanted.start, wanted.size)}
        problems.append(unequal(wanted.name, sorted(got), sorted(implied)))
    return first(problems)


def tool_runs(listing, name, low, high):
    """The tool's --map between two addresses, in the form of Leaves.merged()."""
    runs = []
    for run in listing[name]:
        start, length = number(run["va"]), run["leaf_size"] * run["count"]
        va, end = max(start, low), min(start + length, high)
        if va < end:
            append_run(runs, (va, number(run["pa"]) + va - start, run["level"],
                              run["leaf_size"], run["valid"], end - va))
    return runs


def readable(runs):
    """Runs with their addresses in the usual notation, for the message."""
    return [(f"{va:#x}", f"{pa:#x}", *kind) for va, pa, *kind in runs]


def map_listing(_, evidence):
    """--map lists the runs of the reference walk"""
    listing = evidence.listing.document["map"]
    problems = []
    for name in MAPS:
        for span in CALM:
            low, high = evidence.leaves.span(name, *span)
            got = readable(tool_runs(listing, name, low, high))
            wanted = readable(evidence.leaves.merged(name, low, high))
            problems.append(difference(got, wanted, name))
    return first(problems)


def block_listing(_, evidence):
    """--blocks lists the blocks of sysfs with their states, and knows boot memory"""
    blocks = {block["name"]: block for block in evidence.listing.document["blocks"]}
    # Firmware may have reserved memory in blocks outside the guest's RAM: those are from boot too.
    boot = set(evidence.states) - {f"memory{number}" for number in DIMM_BLOCKS}
    return first((
        unequal("status", evidence.listing.status, 0),
        difference({name: block["state"] for name, block in blocks.items()}, evidence.states),
        unequal("boot", {name for name, block in blocks.items() if block["boot"]}, boot)))


def boot_reasons(_, evidence):
    """boot blocks, and no hot-added ones, have the reason boot-memory"""
    live = evidence.reports["live"]
    wanted = [(block_range(n), True) for n in ASKED_BOOT]
    wanted += [(block_range(n), False) for n in DIMM_BLOCKS]
    return first(unequal(asked.name, "boot-memory" in codes(live.range(asked)), boot)
                 for asked, boot in wanted)


def boot_refused(_, evidence):
    """the kernel refuses all boot blocks, naming them, and no hot-added one, as boot memory"""
    boot = [evidence.offlining[number] for number in BOOT_BLOCKS]
    dimm = [evidence.offlining[number] for number in DIMM_BLOCKS]
    named = [n for n in ASKED_BOOT if evidence.offlining[n].refused_boot]
    return first((
        unequal("states", {answer.state for answer in boot}, {"online"}),
        NO_DIFFERENCE if named else "no boot block was refused by name",
        unequal("hot-added", {answer.refused_boot for answer in dimm}, {False})))


def guard_model(case, evidence):
    """the kernel's guard is known"""
    guard = evidence.reports["live"].document["kernel"]["models"]["guard"]
    return unequal("guard", guard["value"], "requested" if case.guarded else "none")


def refused(evidence):
    """Numbers of the DIMM's blocks that the kernel refused because of a split leaf."""
    return {n for n in DIMM_BLOCKS if evidence.offlining[n].refused_split}


def dimm_blocks(evidence, test):
    """Numbers of the DIMM's blocks whose answer passes a test."""
    live = evidence.reports["live"]
    return {n for n in DIMM_BLOCKS if test(live.range(block_range(n)))}


def reference_splits(evidence):
    """Numbers of the DIMM's blocks with an edge inside a leaf, by the reference walk."""
    return {n for n in DIMM_BLOCKS if evidence.leaves.splits(n * BLOCK, BLOCK)}


def reference_refused(case, evidence):
    """the kernel with a guard refuses exactly the blocks that the reference walk would"""
    wanted = reference_splits(evidence) if case.guarded else set()
    return unequal("refused blocks", refused(evidence), wanted)


def split_refused(case, evidence):
    """the kernel with a guard refuses exactly the blocks called splits-leaf, else none"""
    split = dimm_blocks(evidence, lambda entry: "splits-leaf" in codes(entry))
    return unequal("refused blocks", refused(evidence), split if case.guarded else set())


def guard_outcome(case, evidence):
    """guard.outcome of each block is what the kernel then does"""
    outcomes = {n: evidence.reports["live"].range(block_range(n))["guard"]["outcome"]
                for n in DIMM_BLOCKS}
    refusing = refused(evidence)
    wanted = {n: ("refuses" if n in refusing else "accepts") if case.guarded else "none"
              for n in DIMM_BLOCKS}
    return difference(outcomes, wanted, "blocks")


def removable_goes_offline(_, evidence):
    """the blocks called removable are those that split nothing, and all of them went offline"""
    removable = dimm_blocks(evidence, lambda entry: entry["verdict"] == "removable")
    stayed = {n for n in removable if evidence.offlining[n].state != "offline"}
    return first((
        unequal("removable blocks", removable, set(DIMM_BLOCKS) - reference_splits(evidence)),
        unequal("stayed online", stayed, set())))


def whole_removal(case, evidence):
    """the kernel removes the whole DIMM if, and only if, it is called removable"""
    if case.demonstrates:
        return NO_DIFFERENCE
    verdict = evidence.reports["live"].range(DIMM_RANGE)["verdict"]
    return unequal(f"verdict, when the kernel said {evidence.removal}", verdict,
                   "not-removable" if evidence.removal else "removable")


def harm_done(_, evidence):
    """the kernel without a guard removes a block from inside a leaf and breaks its neighbour"""
    harm = evidence.harm
    span = (NEIGHBOUR.start, NEIGHBOUR.size)
    broken = harm.leaves.broken_groups("linear", *span)
    mapped = harm.leaves.mapped("linear", *span)
    return first((
        unequal("remove_memory", harm.result, 0),
        NO_DIFFERENCE if broken or not mapped else f"{mapped} bytes are mapped, no group broken"))


def harm_told(_, evidence):
    """and the tool then sees at the neighbour what the reference walk sees"""
    span = (NEIGHBOUR.start, NEIGHBOUR.size)
    entry = evidence.harm.report.range(NEIGHBOUR)
    mapped = evidence.harm.leaves.mapped("linear", *span)
    broken = bool(evidence.harm.leaves.broken_groups("linear", *span))
    return first((
        unequal("status", evidence.harm.report.status, 1),
        unequal("malformed-cont", "malformed-cont" in codes(entry), broken),
        unequal("mapped", entry["linear"]["mapped"], mapped),
        unequal("unmapped", entry["linear"]["unmapped"], NEIGHBOUR.size - mapped)))


LISTINGS = (map_listing, block_listing)
DEMANDS = (geometry, sandboxed, statuses, sources, same_ranges, same_kernel, quiet, leaf_counts,
           split_reasons, boot_reasons, boot_refused, guard_model,
           reference_refused, split_refused, guard_outcome, removable_goes_offline)


def judge(case, evidence):
    """Yield each demand's text and what is wrong, an empty text if nothing is."""
    ending = (harm_done, harm_told) if case.demonstrates else (whole_removal,)
    listings = LISTINGS if evidence.listing else ()
    for demand in (*DEMANDS, *listings, *ending):
        try:
            problem = demand(case, evidence)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            problem = f"the output has not the agreed shape: {error!r}"
        yield demand.__doc__, problem
