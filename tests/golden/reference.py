# SPDX-License-Identifier: GPL-2.0-or-later
"""What a fixture holds, found without the tool: by trim.py's reading of the kernel's geometry and
the end-to-end tests' judge of leaves.  Golden output that contradicts this is never accepted."""

import struct
import sys
from pathlib import Path

import trim
from ranges import BLOCK, DIMM, WINDOW

# Last, as some of its modules have the names of others.
sys.path.append(str(Path(__file__).resolve().parent.parent / "e2e"))

from leaves import LEVELS, MAPS, Leaves     # noqa: E402  pylint: disable=wrong-import-position

MASK64 = (1 << 64) - 1
VALID, TABLE, CONT = 1, 2, 1 << 52
SECTION_PRESENT, SECTION_EARLY, SECTION_FLAGS = 1, 8, 0x3f
LEVEL_NAMES = {-1: "PGD", 0: "P4D", 1: "PUD", 2: "PMD", 3: "PTE"}
LEAF_CHECK_SINCE = (7, 2)       # the kernels of the fixtures that refuse to split leaves


class Reference:
    """The tables and the sections of one ELF core."""

    def __init__(self, handle):
        self.dump = trim.Dump(handle)
        self.info = trim.Info(self.dump.vmcoreinfo()[1])
        self.machine = trim.Machine(self.info)
        self.guarded = self.machine.version() >= LEAF_CHECK_SINCE
        self.bases = {"linear": self.machine.page_offset - self.machine.memstart & MASK64,
                      "vmemmap": self.section(DIMM.start) & ~SECTION_FLAGS}
        self.leaves = Leaves("\n".join(self._listing()))

    def _listing(self):
        """The leaves in the format of the end-to-end tests' reference walker."""
        yield f"page {self.machine.page}"
        yield f"struct_page {self.struct_page}"
        for name in MAPS:
            yield f"{name}_base {self.bases[name]}"
        for name in MAPS:
            run = None
            for leaf in self._walk(*self.span(name, *WINDOW)):
                if run and continues(run, leaf):
                    run[-1] += 1
                    continue
                if run:
                    yield line(name, run)
                run = [*leaf, 1]
            if run:
                yield line(name, run)

    @property
    def struct_page(self):
        """Bytes of a struct page."""
        return self.info.decimal("SIZE(page)")

    def span(self, name, start, size):
        """Virtual addresses, end exclusive, that map a physical range in one map."""
        if name == "linear":
            low = self.bases[name] + start & MASK64
            return low, low + size
        page = self.machine.page
        first, end = start // page, -(-(start + size) // page)
        return tuple(self.bases[name] + pfn * self.struct_page for pfn in (first, end))

    def _walk(self, low, high, tables=None):
        """Each leaf entry of [low, high) as (va, pa, level, cont, valid, size); TABLES collects the
        pages that were read for it."""
        machine = self.machine
        top = machine.va_bits if machine.page == 65536 else machine.va_actual
        return self._table(machine.root, machine.root_level, MASK64 + 1 - (1 << top),
                           (low, high), tables)

    def _table(self, table, level, base, window, tables):
        if tables is not None:
            tables.add(table)
            if level == 3:
                return
        entries = memoryview(self.dump.read(table, self.machine.page)).cast("Q")
        size = 1 << self.machine.level_shift(level)
        first = max(0, (window[0] - base) // size)
        last = min(len(entries) - 1, (window[1] - 1 - base) // size)
        for index in range(first, last + 1):
            entry, va = entries[index], base + index * size
            if entry & (VALID | TABLE) == VALID | TABLE and level < 3:
                target = self.machine.output_address(entry)
                yield from self._table(target, level + 1, va, window, tables)
            elif entry:
                yield (va, self.machine.output_address(entry) & -size, level,
                       bool(entry & CONT), bool(entry & VALID), size)

    def tables(self, asked):
        """The pages that the answer for a range needs, and those that it may read: the entry after
        the range is in another table than the last entry in it."""
        needed, touched = set(), set()
        for name in MAPS:
            low, high = self.span(name, asked.start, asked.size)
            needed |= self.way(low, high)
            touched |= self.way(low, high + 1)
        return needed, touched

    def way(self, low, high):
        """Pages of the tables that lead to the addresses [low, high)."""
        tables = set()
        for _ in self._walk(low, high, tables):
            pass
        return tables

    def section_pages(self):
        """The page of the section array's first roots, and the page of the DIMM's first root."""
        return [self.machine.linear_pa(va) & -4096
                for va in (self.info.symbol("mem_section"), self._root(DIMM.start))]

    def _place(self, pa):
        """The indices of a section's root and of the section in it."""
        number = pa >> self.info.number("SECTION_SIZE_BITS")
        return divmod(number, self.machine.page // self.info.decimal("SIZE(mem_section)"))

    def _root(self, pa):
        array = self.machine.linear_pa(self.info.symbol("mem_section"))
        return struct.unpack("<Q", self.dump.read(array + self._place(pa)[0] * 8, 8))[0]

    def section(self, pa):
        """section_mem_map of the section around a physical address, 0 if there is none."""
        root = self._root(pa)
        if not root:
            return 0
        offset = self._place(pa)[1] * self.info.decimal("SIZE(mem_section)")
        return struct.unpack("<Q", self.dump.read(self.machine.linear_pa(root) + offset, 8))[0]

    def codes(self, asked):
        """The reasons against a range, by the rules."""
        blocks = range(asked.start // BLOCK, -(-(asked.start + asked.size) // BLOCK))
        sections = [self.section(number * BLOCK) for number in blocks]
        splits = self.leaves.splits(asked.start, asked.size)
        found = {
            "misaligned": asked.start % BLOCK or asked.size % BLOCK,
            "boot-memory": any(value & SECTION_EARLY for value in sections),
            "not-present": not all(value & SECTION_PRESENT for value in sections),
            "splits-leaf": splits,
            "guard-veto": self.guarded and not splits and any(
                self.leaves.splits(number * BLOCK, BLOCK) for number in blocks),
            "malformed-cont": any(self.leaves.broken_groups(name, asked.start, asked.size)
                                  for name in MAPS),
        }
        return {code for code, applies in found.items() if applies}


def continues(run, leaf):
    """Whether a leaf is the next one of a run."""
    va, pa, *kind, count = run
    length = kind[-1] * count
    return (va + length, pa + length, *kind) == leaf


def line(name, run):
    """A run as a line of the listing."""
    va, pa, level, cont, valid, size, count = run
    return f"{name} {va} {pa} {LEVEL_NAMES[level]} {cont:d} {valid:d} {size} {count}"


def split_set(entry):
    """The splits that a range's answer names, in the form of the judge of leaves."""
    return {(reason["map"], reason["edge"], reason["leaf"]["level"], int(reason["leaf"]["va"], 16),
             reason["leaf"]["size"])
            for reason in entry["reasons"] if reason["code"] == "splits-leaf"}


def map_answer(reference, name, asked):
    """What the tool must say about a range in one map."""
    low, high = reference.span(name, asked.start, asked.size)
    mapped = reference.leaves.mapped(name, asked.start, asked.size)
    counts = reference.leaves.counts(name, asked.start, asked.size)
    return {"mapped": mapped, "unmapped": high - low - mapped, "unreadable": 0,
            "leaves": {level: counts[level] for level in LEVELS}}


def contradictions(reference, asked, entry):
    """Yield (what, got, wanted) for each contradiction between a range's answer and the fixture."""
    if asked.size % reference.machine.page or asked.start % reference.machine.page:
        return
    codes = {reason["code"] for reason in entry["reasons"]}
    wanted = reference.codes(asked)
    # If removing the whole range is harmful by itself, a veto adds nothing.
    spare = {"guard-veto"} if wanted - {"guard-veto"} else set()
    yield "reasons", sorted(codes - spare), sorted(wanted - spare)
    yield "verdict", entry["verdict"], "not-removable" if wanted else "removable"
    yield "splits", split_set(entry), reference.leaves.splits(asked.start, asked.size)
    for name in MAPS:
        yield name, entry[name], map_answer(reference, name, asked)
