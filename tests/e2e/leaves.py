# SPDX-License-Identifier: GPL-2.0-or-later
"""What the reference walk found, and what follows from it for a range.

Everything here derives from refwalk's runs of descriptors and the architecture's CONT sizes. A
leaf that the kernel has marked invalid (KFENCE's pages, the alias of its own data) is still a leaf
of its size, and counts as one.
"""

from collections import Counter
from dataclasses import dataclass

# Bytes of one CONT group by page size and level.
CONT_SIZE = {
    4096: {"PTE": 64 << 10, "PMD": 32 << 20},
    16384: {"PTE": 2 << 20, "PMD": 1 << 30},
    65536: {"PTE": 2 << 20, "PMD": 16 << 30},
}
LEVELS = ("PUD", "CONT_PMD", "PMD", "CONT_PTE", "PTE")
MAPS = ("linear", "vmemmap")


@dataclass(frozen=True)
class Run:
    """Neighbouring descriptors of one kind; `unit` is what cannot be split: a leaf or a group."""
    va: int
    pa: int
    level: str
    valid: bool
    unit: int
    length: int

    @property
    def end(self):
        """First address after the run."""
        return self.va + self.length


class Leaves:
    """The leaves of both maps."""

    def __init__(self, text):
        self.facts = {}
        self.runs = {name: [] for name in MAPS}
        for line in text.splitlines():
            words = line.split()
            if words[0] in MAPS:
                self.runs[words[0]].append(self._run(*words[1:]))
            else:
                self.facts[words[0]] = int(words[1], 0)

    def _run(self, va, pa, level, cont, valid, size, count):
        unit = int(size, 0)
        if cont == "1":
            unit = CONT_SIZE[self.facts["page"]][level]
            level = f"CONT_{level}"
        length = int(size, 0) * int(count)
        return Run(int(va, 0), int(pa, 0), level, valid == "1", unit, length)

    def span(self, name, start, size):
        """Virtual addresses, end exclusive, that map a physical range in one map."""
        if name == "linear":
            first = self.facts["linear_base"] + start
            return first, first + size
        first = (self.facts["vmemmap_base"]
                 + start // self.facts["page"] * self.facts["struct_page"])
        return first, first + size // self.facts["page"] * self.facts["struct_page"]

    def counts(self, name, start, size):
        """Number of leaves by level that lie wholly inside the range; a CONT group is one."""
        low, high = self.span(name, start, size)
        counts = Counter({level: 0 for level in LEVELS})
        for run in self.runs[name]:
            first = -(-max(low, run.va) // run.unit)
            last = min(high, run.end) // run.unit
            counts[run.level] += max(0, last - first)
        return dict(counts)

    def mapped(self, name, start, size):
        """Bytes of the range that leaves map."""
        low, high = self.span(name, start, size)
        return sum(max(0, min(high, run.end) - max(low, run.va))
                   for run in self.runs[name])

    def splits(self, start, size):
        """All (map, edge, level, leaf VA, leaf size) for which an edge lies inside a leaf."""
        found = set()
        for name in MAPS:
            for edge, va in zip(("start", "end"), self.span(name, start, size)):
                for run in self.runs[name]:
                    if run.va <= va < run.end and va % run.unit:
                        found.add((name, edge, run.level, va - va % run.unit, run.unit))
        return found

    def broken_groups(self, name, start, size):
        """First addresses of the CONT groups in a range that lack members."""
        low, high = self.span(name, start, size)
        broken = set()
        for run in self.runs[name]:
            if not run.level.startswith("CONT") or run.end <= low or run.va >= high:
                continue
            for edge in (run.va, run.end):
                if edge % run.unit:
                    broken.add(edge - edge % run.unit)
        return broken

    def merged(self, name, low, high):
        """Runs between two addresses as tuples, joined if kind and both addresses continue."""
        joined = []
        for run in self.runs[name]:
            va, end = max(run.va, low), min(run.end, high)
            if va < end:
                append_run(joined, (va, run.pa + va - run.va, run.level, run.unit, run.valid,
                                    end - va))
        return joined


def append_run(runs, run):
    """Add a (va, pa, level, unit, valid, length) tuple, to the last one if it continues that."""
    va, pa, *kind, length = run
    if runs:
        last_va, last_pa, *last_kind, last_length = runs[-1]
        if last_kind == kind and last_va + last_length == va and last_pa + last_length == pa:
            runs[-1] = (last_va, last_pa, *kind, last_length + length)
            return
    runs.append(run)
