# SPDX-License-Identifier: GPL-2.0-or-later
"""The demands on guests that list their page tables: what must be true of each DIMM's stay."""

import re

import agreement
from checks import NO_DIFFERENCE, codes, difference, first, unequal, without_sandbox
from leaves import LEVELS, MAPS
from pagetext import joined, walked, windows
from ptcases import BOOT
from ptdump import questions
from ways import OST_SUCCESS

# The kernel writes END exclusive, and names a block once more when it gives up.
REFUSAL = re.compile(r"\[([0-9a-f]+) ([0-9a-f]+)\] splits a leaf entry in (linear map|vmemmap)")
RULES = {"splits-linear": "linear map", "splits-vmemmap": "vmemmap"}


def compared_spans(stay):
    """The physical ranges in which text and reference walk are compared: all of the memory."""
    return BOOT, stay.dimm.span


def compare(moment, spans):
    """The first stretch that only one of kernel text and reference walk has."""
    return first(difference(readable(moment.text.stretches(low, high)),
                            readable(walked(moment.leaves, name, low, high)), name)
                 for name, low, high in windows(moment.leaves, spans))


def readable(stretches):
    """Stretches with their addresses in the usual notation, for the message."""
    return [(f"{low:#x}", f"{high:#x}", kind) for low, high, kind in stretches]


def compared_leaves(moment, spans):
    """How many leaves that comparison covers."""
    return sum(moment.text.leaves(low, high) for _, low, high in windows(moment.leaves, spans))


def whole(report, stay):
    """The answer about the whole DIMM."""
    return report.range(stay.dimm.range)


def mapped_as_wanted(case, stay):
    """the kernel maps it as the case wants it"""
    counts = stay.moment.leaves.counts("linear", *stay.dimm.span)
    if not case.large:
        return unequal("leaves", sum(counts.values()), counts["PTE"])
    middle = stay.dimm.middle and stay.moment.leaves.counts("linear", *stay.dimm.middle)
    return first((
        unequal("small leaves", counts["PTE"] + counts["CONT_PTE"], 0),
        unequal("leaves of the middle", sum(middle.values()) if middle else 1, 1)))


def text_is_walk(_, stay):
    """the kernel's text has the leaves of the reference walk"""
    spans = compared_spans(stay)
    return first((compare(stay.moment, spans),
                  "" if compared_leaves(stay.moment, spans) else "nothing was compared"))


def verified(_, stay):
    """--verify-ptdump compares all leaves that the text has, and finds no difference"""
    found = stay.verify.document.get("verify", {})
    return first((
        difference(found.get("differences"), [], "differences"),
        unequal("status", stay.verify.status, 0),
        unequal("leaves", found.get("leaves"), stay.moment.text.leaves())))


def stale_text_found(_, stay):
    """and with the text from before, it names the addresses of the plugged DIMMs and no others"""
    spans = [dimm.span for dimm in stay.plugged]
    wanted = joined((low, high, name) for name, low, high in windows(stay.moment.leaves, spans))
    found = joined((int(entry["va"], 16), int(entry["end"], 16) + 1, entry["map"])
                   for entry in stay.stale.document["verify"]["differences"])
    return first((unequal("status", stay.stale.status, 1),
                  difference(readable(found), readable(wanted), "differences")))


def leaf_counts(_, stay):
    """the live kernel, its dump and its text give the leaf counts of the reference walk"""
    wanted = {name: stay.moment.leaves.counts(name, *stay.dimm.span) for name in MAPS}
    got = {source: {name: {level: whole(report, stay)[name]["leaves"][level] for level in LEVELS}
                    for name in MAPS}
           for source, report in (("live", stay.live), ("dump", stay.dump),
                                  ("text", stay.text_alone))}
    return first(difference(counts, wanted, source) for source, counts in got.items())


def essence(case, entry):
    """What the text must say like the dump. It knows neither which sections are there nor which
    are online, and the kernel's check applies only to those that are."""
    splits = sorted((reason["map"], reason["edge"], reason["va"], reason["leaf"]["level"],
                     reason["leaf"]["va"], reason["leaf"]["size"])
                    for reason in entry["reasons"] if reason["code"] == "splits-leaf")
    return {"verdict": entry["verdict"] if case.online else None, "splits": splits,
            **{name: entry[name] for name in MAPS}}


def sandboxed(_, stay):
    """the sandbox is on"""
    return first(without_sandbox(name, report.document)
                 for name, report in (("live", stay.live), ("verify", stay.verify)))


def text_as_dump(case, stay):
    """the text alone gives the answers of the dump"""
    return first(difference(essence(case, stay.text_alone.range(asked)),
                            essence(case, stay.dump.range(asked)), asked.name)
                 for asked in questions(case, stay.dimm))


def dump_as_live(case, stay):
    """the dump gives the answers of the live kernel"""
    return first(difference(stay.dump.range(asked), stay.live.range(asked), asked.name)
                 for asked in questions(case, stay.dimm))


def gone(stay):
    """Whether the kernel let the DIMM go, and QEMU removed it."""
    return stay.unplugging.status == OST_SUCCESS and stay.unplugging.deleted


def predicted_gone(stay):
    """Whether the tool says that it will."""
    entry = whole(stay.live, stay)
    return entry["verdict"] == "removable" and entry["guard"]["outcome"] != "refuses"


def as_predicted(_, stay):
    """it goes away through ACPI if, and only if, that was predicted"""
    return unequal("gone", gone(stay), predicted_gone(stay))


def as_meant(case, stay):
    """it goes away or stays, as the case intends"""
    return unequal("gone", gone(stay), not case.stays(stay.dimm))


def states_afterwards(case, stay):
    """its blocks are gone with it, or no block has changed"""
    left = dict(stay.states)
    if gone(stay):
        for block in stay.dimm.blocks(case.block):
            left.pop(block.name)
    return difference(stay.unplugging.states, left)


def named_blocks(stay):
    """The blocks that the kernel's log calls refused, as (start, end, map)."""
    return sorted({(int(low, 16), int(high, 16), name)
                   for low, high, name in REFUSAL.findall(stay.unplugging.messages)})


def refused_blocks(case, stay):
    """the kernel names the blocks that it was predicted to refuse, and in the predicted map"""
    blocks = whole(stay.live, stay)["guard"]["blocks"] if case.guarded else []
    wanted = sorted((int(block["start"], 16), int(block["end"], 16) + 1, RULES.get(block["rule"]))
                    for block in blocks if block["outcome"] == "refuses")
    return unequal("blocks", named_blocks(stay), wanted)


def split_blocks(case, stay):
    """and these are the blocks that, asked about alone, would split a leaf"""
    if not (case.guarded and case.online):
        return NO_DIFFERENCE
    split = [block.start for block in stay.dimm.blocks(case.block)
             if "splits-leaf" in codes(stay.live.range(block))]
    return unequal("blocks", [start for start, *_ in named_blocks(stay)], split)


def veto_is_told(case, stay):
    """the reason guard-veto or splits-leaf is given if, and only if, it stays"""
    told = codes(whole(stay.live, stay)) & {"guard-veto", "splits-leaf"}
    return unequal("told", bool(told), case.stays(stay.dimm))


def tlbi_counted(_, stay):
    """the TLBIs predicted, their operands and addresses are those executed, none if it stays"""
    if not gone(stay):
        return unequal("TLBIs", stay.unplugging.count.total, 0)
    return first(demand(stay.removal) for demand in (
        agreement.figures_agree, agreement.operands_agree, agreement.addresses_agree))


def tables_afterwards(_, stay):
    """afterwards the kernel's text has nothing there, or the same leaves"""
    after = stay.unplugging.after
    spans = (stay.dimm.span,)
    if not gone(stay):
        return first(difference(readable(after.text.stretches(low, high)),
                                readable(stay.moment.text.stretches(low, high)), name)
                     for name, low, high in windows(after.leaves, spans))
    return first((unequal("leaves", compared_leaves(after, spans), 0), compare(after, (BOOT,))))


DEMANDS = (mapped_as_wanted, sandboxed, text_is_walk, verified, stale_text_found, leaf_counts,
           dump_as_live, text_as_dump, as_predicted, as_meant, veto_is_told, refused_blocks,
           split_blocks, tlbi_counted, states_afterwards, tables_afterwards)


def judge(case, session):
    """Yield each demand's text and what is wrong, an empty text if nothing is."""
    for stay in session.stays:
        for demand in DEMANDS:
            try:
                problem = demand(case, stay)
            except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
                problem = f"the output has not the agreed shape: {error!r}"
            yield f"{stay.dimm.name}: {demand.__doc__}", problem
