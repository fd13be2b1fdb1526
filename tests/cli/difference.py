# SPDX-License-Identifier: GPL-2.0-or-later
"""What --diff has to say, from what the program says about each of the two kernels.

Everything is compared stretch by stretch, by physical address.  What a map does not show, which
memory could not be read and which groups are malformed, is taken from the answer, as far as it does
not contradict the maps.
"""

import bisect

FACTS = ("release", "page_size", "va_bits", "va_bits_actual", "levels", "lpa2", "struct_page_size",
         "section_size", "memory_block_size", "features.tlbi_range", "features.repeat_tlbi",
         "features.bbml2_noabort", "models.teardown", "models.flush", "models.guard",
         "models.mapping")


class Stretches:
    """Stretches of memory of one form: (start, end, form), END exclusive."""

    def __init__(self, items):
        self.items = sorted(items, key=lambda item: item[:2])
        self.starts = [start for start, _, _ in self.items]

    def at(self, pa):
        """The form at an address, None outside."""
        place = bisect.bisect(self.starts, pa) - 1
        return self.items[place][2] if place >= 0 and pa < self.items[place][1] else None

    def bounds(self):
        """Where something begins or ends."""
        return {bound for start, end, _ in self.items for bound in (start, end)}


def ends(entry):
    """Start and exclusive end of something in a document."""
    return int(entry["start"], 16), int(entry["end"], 16) + 1


def memory_of(kernel, which, va, size):
    """The memory that SIZE bytes of a map belong to."""
    phys_offset = int(kernel["phys_offset"], 16)
    if which == "linear":
        start = (va - int(kernel["page_offset"], 16) + phys_offset) % (1 << 64)
        return start, start + size
    page, each = kernel["page_size"], kernel["struct_page_size"]
    first = (phys_offset - (phys_offset >> 63 << 64)) // page
    at = va - int(kernel["vmemmap_start"], 16)
    # A struct page belongs to where it ends.
    return tuple((first * each + at + more) // each * page for more in (0, size))


def leaves(document, which):
    """The leaves of a map."""
    kernel, found = document["kernel"], []
    for run in document["map"][which]:
        form = (run["level"], run["leaf_size"], run["valid"], run["expected"])
        found.append((*memory_of(kernel, which, int(run["va"], 16),
                                 run["leaf_size"] * run["count"]), form))
    return Stretches(found)


def block_form(block):
    """What a comparison of blocks looks at."""
    return (block["state"], block["boot"], block["verdict"], block["guard"],
            frozenset(reason["code"] for reason in block["reasons"]))


def blocks(document):
    """The memory blocks."""
    return Stretches((*ends(block), block_form(block)) for block in document["blocks"])


def told_block(form):
    """A form in a list of changes, None for no block."""
    return form and (form["state"], form["boot"], form["verdict"], form["guard"],
                     frozenset(form["reasons"]))


def told_leaf(form):
    """The same for leaves, None for memory without one."""
    return None if form["state"] != "mapped" else (
        form["level"], form["leaf_size"], form["valid"], form["expected"])


def leaf_change(before, after, is_found):
    """What has become of a leaf."""
    states = before["state"], after["state"]
    if "unreadable" in states or not is_found:
        return "unknown"
    if states[0] != states[1]:
        return "added" if states[1] == "mapped" else "removed"
    if before["valid"] != after["valid"]:
        return "made-valid" if after["valid"] else "made-invalid"
    if before["leaf_size"] != after["leaf_size"]:
        return "split" if after["leaf_size"] < before["leaf_size"] else "joined"
    return "changed"


def certainly(before, after, unknown):
    """Whether two values certainly differ."""
    return before != after and unknown not in (before, after)


def form_change(before, after):
    """What has become of a block or a range that exists."""
    unread = "unreadable" in before[4] | after[4]
    differs = (certainly(before[0], after[0], None) or certainly(before[1], after[1], None)
               or certainly(before[2], after[2], "unknown")
               or certainly(before[3], after[3], "unknown")
               or before[4] != after[4] and not unread)
    return "changed" if differs else "unknown"


def block_change(before, after, lists):
    """What has become of a block; LISTS says whether both lists have all blocks."""
    if before and after:
        return form_change(before, after)
    complete = lists[0 if before is None else 1]
    return ("added" if after else "removed") if complete else "unknown"


def check_neighbours(changes, *keys):
    """Changes are in order, and those that touch are not the same."""
    for one, other in zip(changes, changes[1:]):
        assert ends(one)[1] <= ends(other)[0]
        assert ends(one)[1] < ends(other)[0] or any(one[key] != other[key] for key in keys)


def check_leaves(changes, before, after):
    """CHANGES of one map are those between BEFORE and AFTER."""
    check_neighbours(changes, "before", "after")
    told = Stretches((*ends(change), change) for change in changes)
    is_found = bool(before.items and after.items)
    for start in sorted(told.bounds() | before.bounds() | after.bounds()):
        change = told.at(start)
        one, other = before.at(start), after.at(start)
        if not change:
            assert one == other, hex(start)
            continue
        assert change["before"] != change["after"]
        assert (told_leaf(change["before"]), told_leaf(change["after"])) == (one, other)
        assert change["change"] == leaf_change(change["before"], change["after"],
                                               is_found or "unreadable" in str(change))


def check_blocks(changes, before, after, lists):
    """The same for memory blocks."""
    check_neighbours(changes, "before", "after")
    told = Stretches((*ends(change), change) for change in changes)
    for start in sorted(told.bounds() | before.bounds() | after.bounds()):
        change, one, other = told.at(start), before.at(start), after.at(start)
        if one == other:
            assert change is None, hex(start)
            continue
        assert (told_block(change["before"]), told_block(change["after"])) == (one, other)
        assert change["change"] == block_change(one, other, lists)


def range_form(answer):
    """What a comparison of ranges looks at."""
    return (None, None, answer["verdict"], answer["guard"]["outcome"],
            frozenset(reason["code"] for reason in answer["reasons"]))


def check_ranges(changes, before, after):
    """Each range whose answers differ is there, in the order of the question."""
    expected = []
    for one, other in zip(before["ranges"], after["ranges"], strict=True):
        forms = range_form(one), range_form(other)
        if forms[0] != forms[1]:
            expected.append((one["start"], one["end"], form_change(*forms), *forms))
    assert expected == [(change["start"], change["end"], change["change"],
                         told_block(change["before"]), told_block(change["after"]))
                        for change in changes]


def fact(kernel, key):
    """A fact as --diff spells it."""
    group, _, name = key.partition(".")
    value = kernel[group] if not name else kernel[group][name]
    if group == "models":
        value = None if value["value"] == "unknown" else value["value"]
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else (
        value if value is None else str(value))


def check_facts(changes, before, after):
    """The facts that differ."""
    facts = [(key, fact(before, key), fact(after, key)) for key in FACTS]
    assert [tuple(change[key] for key in ("key", "before", "after")) for change in changes] == [
        entry for entry in facts if entry[1] != entry[2]]


def is_certain(change):
    """Whether a change is one in any case."""
    if "key" in change:
        return None not in (change["before"], change["after"])
    return change["change"] != "unknown"


def shares_struct_pages(before, after):
    """Whether leaves of the two vmemmaps can be compared."""
    return all(before["kernel"][key] == after["kernel"][key]
               for key in ("page_size", "struct_page_size"))


def check(diff, before, after, lists, complete):
    """DIFF is what has changed between two documents with all blocks, maps and ranges.

    LISTS: whether the lists of blocks are complete; COMPLETE: whether all of both is known.
    """
    check_facts(diff["kernel"], before["kernel"], after["kernel"])
    check_ranges(diff["ranges"], before, after)
    check_blocks(diff["blocks"], blocks(before), blocks(after), lists)
    maps = ["linear", "vmemmap"] if shares_struct_pages(before, after) else ["linear"]
    told = [change["map"] for change in diff["leaves"]]
    assert told == sorted(told) and set(told) <= set(maps)
    for which in maps:
        check_leaves([change for change in diff["leaves"] if change["map"] == which],
                     leaves(before, which), leaves(after, which))
    changes = [change for part in ("kernel", "ranges", "blocks", "leaves") for change in diff[part]]
    complete = complete and len(maps) == 2
    if complete:
        assert "unreadable" not in {change[side]["state"] for change in diff["leaves"]
                                    for side in ("before", "after")}
    unsure = not complete or not all(map(is_certain, changes))
    assert diff["equal"] is (False if any(map(is_certain, changes)) else None if unsure else True)
