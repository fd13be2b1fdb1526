# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's own text of its page tables, as in /sys/kernel/debug/kernel_page_tables.

It is compared with the reference walk, leaf by leaf. It has no physical addresses, and joins
neighbouring entries with equal attributes to one line, whatever they map. So both are brought to
the same form: stretches of neighbouring leaves of one kind.
"""

import re

from leaves import CONT_SIZE, MAPS

# The markers around each map's part of the text.
MARKERS = {"---[ Linear Mapping start ]---": "linear", "---[ Linear Mapping end ]---": None,
           "---[ vmemmap start ]---": "vmemmap", "---[ vmemmap end ]---": None}
LINE = re.compile(r"0x([0-9a-f]{16})-0x([0-9a-f]{16}) +\d+[KMGTPE] (\w+)(.*)")
WRAP = 1 << 64                          # the end of the last line is printed as 0


class PageText:
    """The mapped lines of both maps in one text: address, end, kind of leaf."""

    def __init__(self, text, page):
        self.page = page
        self.lines = []
        inside = None
        for line in text.splitlines():
            inside = MARKERS.get(line, inside)
            match = LINE.fullmatch(line)
            if inside and match and match.group(4).split():
                first, end, level, attributes = match.groups()
                kind = f"CONT_{level}" if "CON" in attributes.split() else level
                self.lines.append((int(first, 16), int(end, 16) or WRAP, kind))

    def unit(self, kind):
        """Bytes of one leaf or group."""
        shift = self.page.bit_length() - 1
        level = kind.removeprefix("CONT_")
        if kind != level:
            return CONT_SIZE[self.page][level]
        return 1 << shift + (shift - 3) * ("PTE", "PMD", "PUD").index(level)

    def stretches(self, low, high):
        """Stretches between two addresses."""
        found = [(max(first, low), min(end, high), kind) for first, end, kind in self.lines]
        return joined(stretch for stretch in found if stretch[0] < stretch[1])

    def leaves(self, low=0, high=WRAP):
        """Number of leaves, or groups, between two addresses, or of all."""
        return sum((end - first) // self.unit(kind)
                   for first, end, kind in self.stretches(low, high))


def joined(stretches):
    """Join neighbours of one kind."""
    result = []
    for first, end, kind in sorted(stretches):
        if result and result[-1][1] == first and result[-1][2] == kind:
            result[-1] = (result[-1][0], end, kind)
        else:
            result.append((first, end, kind))
    return result


def walked(leaves, name, low, high):
    """Stretches of the reference walk between two addresses of one map."""
    return joined((max(run.va, low), min(run.end, high), run.level)
                  for run in leaves.runs[name] if run.va < high and run.end > low)


def windows(leaves, spans):
    """The virtual addresses of some physical ranges in both maps, as (map, low, high)."""
    return [(name, *leaves.span(name, *span)) for name in MAPS for span in spans]
