# SPDX-License-Identifier: GPL-2.0-or-later
"""The demands on a session of the matrix: what is predicted equals what is counted or done."""

import re

from checks import difference, first, number, unequal
from entries import BBML2

EPERM = -1
MASK = (1 << 64) - 1
PARTS = ("linear", "vmemmap")
KINDS = ("range_ops", "single_ops", "full_flushes")
MODELS = {"batched": "batched", "batched-wide": "batched", "per-leaf": "per_leaf"}
MAP_OF_RULE = {"splits-linear": "in linear map", "splits-vmemmap": "in vmemmap"}
GRANULE = {4096: 1, 16384: 2, 65536: 3}
NO_RANGE_CPU = "neoverse-n1"
TAKEN = ("accepts", "accepts-unsafely", "none")


def whole(removal):
    """The tool's answer about the piece."""
    return removal.report.range(removal.job)


def blocks(removal):
    """The tool's answers about the piece's blocks, by number; that of the whole lists them all."""
    return {int(block["name"].removeprefix("memory")): block
            for block in whole(removal)["guard"]["blocks"]}


def predicted(removal):
    """The totals of the model that the tool names, in a flat form."""
    teardown = whole(removal)["teardown"]
    plan = teardown[MODELS[teardown["model"]]]
    figures = {f"{part}.{kind}": plan[part][kind] for part in PARTS for kind in ("tlbi", *KINDS)}
    figures.update({"tables.freed": plan["tables"]["freed"], "tables.tlbi": plan["tables"]["tlbi"],
                    "total.tlbi": plan["total"]["tlbi"]})
    return figures


def counted(removal):
    """What was executed, in the same form."""
    count = removal.count
    figures = {}
    for part in PARTS:
        found = getattr(count, part)
        figures[f"{part}.tlbi"] = found.tlbi
        figures.update((f"{part}.{kind}", found.counts[kind]) for kind in KINDS)
    figures.update({"tables.freed": count.tables.counts["tables"],
                    "tables.tlbi": count.tables.tlbi, "total.tlbi": count.total})
    return figures


def figures_agree(removal):
    """the TLBIs predicted are those counted"""
    return difference(counted(removal), predicted(removal), "counted and predicted")


def calls_agree(removal):
    """the calls of arch_remove_memory() and the writes to the root are those predicted"""
    teardown = whole(removal)["teardown"]
    roots = teardown["root_entries"]
    written = {part: getattr(removal.count, part).roots for part in PARTS}
    wanted = {part: roots[part] if roots["flushed"] else 0 for part in PARTS}
    return first((unequal("calls", len(removal.count.calls), teardown["calls"]["count"]),
                  difference(written, wanted, "counted and predicted")))


def operands_agree(removal):
    """the operands of range operations are those predicted"""
    document, teardown = removal.report.document, whole(removal)["teardown"]
    done = sorted((op.va, op.pages, op.scale, op.num) for op in removal.count.range_ops)
    wanted = sorted((number(op["va"]), op["pages"], op["scale"], op["num"])
                    for op in teardown["range_ops"])
    if teardown["model"] == "per-leaf":
        wanted = []                     # the list is about the batched form
    granules = {op.granule for op in removal.count.range_ops}
    return first((difference(done, wanted, "range operations"),
                  unequal("granules", granules - {GRANULE[document["kernel"]["page_size"]]},
                          set())))


def spans(kernel, job):
    """The addresses of the piece in both maps, by the layout that the tool found."""
    page = kernel["page_size"]
    base, memstart = number(kernel["page_offset"]), number(kernel["phys_offset"])
    pages = number(kernel["vmemmap_start"])
    signed = memstart - (memstart >> 63 << 64)
    linear = (job.start - memstart & MASK) | base
    first_page = (job.start - signed) // page * kernel["struct_page_size"] + pages
    return {"linear": (linear, linear + job.size),
            "vmemmap": (first_page, first_page + job.size // page * kernel["struct_page_size"])}


def addresses_agree(removal):
    """no TLBI of the removal is of an unknown kind or names an address of other memory"""
    problems = [unequal("unknown operations", dict(removal.count.unexpected), {})]
    for part, (low, high) in spans(removal.report.document["kernel"], removal.job).items():
        found = getattr(removal.count, part)
        if found.counts["range_ops"] or found.counts["single_ops"]:
            inside = low <= found.low and found.high <= high
            problems.append("" if inside else f"{part}: {found.low:#x} to {found.high:#x}, "
                            f"not within {low:#x} to {high:#x}")
    return first(problems)


def removal_agrees(removal):
    """the whole is given up if, and only if, the guard's outcome says so"""
    outcome = whole(removal)["guard"]["outcome"]
    expected = {**{word: 0 for word in TAKEN}, "refuses": EPERM}.get(outcome)
    return unequal(f"the kernel's answer, {outcome} being predicted", removal.result, expected)


def block_problem(block, answer):
    """Whether the answer to one block's offlining is the predicted one."""
    if block["outcome"] in TAKEN:
        return unequal(f"{block['name']}, {block['outcome']}: state ({answer.error})",
                       answer.state, "offline")
    wanted = MAP_OF_RULE.get(block["rule"], "no such rule")
    return first((unequal(f"{block['name']}, {block['outcome']}: state", answer.state, "online"),
                  unequal(f"{block['name']} error", answer.error, "Operation not permitted"),
                  "" if wanted in answer.messages else f"{block['name']}: not {wanted}: "
                  f"{answer.messages}"))


def blocks_agree(removal):
    """each block goes offline, or is refused for that reason, as predicted"""
    found = blocks(removal)
    if set(found) != set(removal.job.blocks):
        return f"blocks: {sorted(found)}"
    return first(block_problem(found[number], answer)
                 for number, answer in removal.offlining.items())


def alone_or_together(removal):
    """a block's outcome is the same whether it is asked alone or with the others"""
    problems = []
    for number_, block in blocks(removal).items():
        start, end = block["start"], block["end"]
        alone = [entry["guard"]["outcome"] for entry in removal.report.document["ranges"]
                 if (entry["start"], entry["end"]) == (start, end)]
        problems.append(unequal(f"memory{number_}", set(alone), {block["outcome"]}))
    return first(problems)


def messages_agree(removal):
    """the kernel's message for each refusal is the one that the tool quotes"""
    problems = []
    for number_, answer in removal.offlining.items():
        lines = [line.split("] ", 1)[-1] for line in answer.messages.splitlines()
                 if "splits a leaf entry" in line]
        quoted = removal.messages.get(number_)
        problems.append(unequal(f"memory{number_}", [quoted] if quoted else [], lines))
    return first(problems)


def judge_job(removal):
    """Yield the demands on one job, without those that only repeat its name."""
    demands = [removal_agrees]
    if removal.result == 0:
        demands += [figures_agree, calls_agree, operands_agree, addresses_agree]
    if removal.job.online:
        demands += [blocks_agree, alone_or_together, messages_agree]
    for demand in demands:
        try:
            problem = demand(removal)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            problem = f"the output has not the agreed shape: {error!r}"
        yield f"{removal.job.name}: {demand.__doc__}", problem


def splits_leaves(cpu, release):
    """Whether a kernel with data symbols says that it can split leaves; before 6.17 it does not."""
    numbers = re.match(r"(\d+)\.(\d+)", release)    # a candidate's are followed by its flavour
    return cpu == BBML2 if tuple(map(int, numbers.groups())) >= (6, 17) else None


def features_agree(entry, session):
    """features are recognised as the CPU and the count show them"""
    done = [removal for removal in session.removals if removal.result == 0]
    # Unknown without the symbols.
    wanted = {"tlbi_range": None, "repeat_tlbi": None, "bbml2_noabort": None}
    if session.data_symbols:
        wanted["tlbi_range"] = not entry.cpu.startswith(NO_RANGE_CPU)
        wanted["bbml2_noabort"] = splits_leaves(entry.cpu, session.release)
    if session.data_symbols or "repeat-tlbi" in entry.assume:
        wanted["repeat_tlbi"] = sum(removal.count.repeats for removal in done) > 0
    return first(difference(removal.report.document["kernel"]["features"], wanted, "features")
                 for removal in done)


def judge(entry, session):
    """Yield each demand's text and what is wrong, an empty text if nothing is."""
    for removal in session.removals:
        yield from judge_job(removal)
    try:
        problem = features_agree(entry, session)
    except (KeyError, TypeError) as error:
        problem = f"the output has not the agreed shape: {error!r}"
    yield features_agree.__doc__, problem
