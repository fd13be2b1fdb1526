# SPDX-License-Identifier: GPL-2.0-or-later
"""The truth about a range, by a reading of the tables that shares nothing with the program.

The same reading serves the undamaged fixture and the damaged one. It finds reasons by the codes of
the contract; `unreadable` also covers tables that no kernel makes.
"""

import sys
from array import array

from core import TESTS, trim

sys.path[:0] = [str(TESTS / "cli")]

from arm64 import CONT_MEMBERS      # noqa: E402  pylint: disable=wrong-import-position

MASK64 = (1 << 64) - 1
VALID, TABLE, CONT = 1, 2, 1 << 52
INVALID_MARK = 1 << 11                  # of an entry that the kernel has made invalid, from 7.0 on
PRESENT, ONLINE, EARLY, FLAGS = 1, 4, 8, 0x3f
HAS_MEM_MAP = 2
LEAF_CHECK_SINCE = (7, 2)               # the kernels of the fixtures that refuse splits
MAPS = ("linear", "vmemmap")
UNREADABLE = "unreadable"
BOOT_HOLE = "hole"                      # unreadable if boot memory is ignored


class Layout:
    """A kernel's layout: from VMCOREINFO, and the vmemmap from the sections."""

    def __init__(self, core):
        info = core.info
        self.core = core
        self.machine = trim.Machine(info)
        self.page = core.page
        self.struct_page = info.decimal("SIZE(page)")
        self.section_bits = info.number("SECTION_SIZE_BITS")
        self.block = 1 << self.section_bits
        self.section_size = info.decimal("SIZE(mem_section)")
        self.per_root = self.page // self.section_size
        self.roots = self.machine.linear_pa(info.symbol("mem_section"))
        self.guarded = self.machine.version() >= LEAF_CHECK_SINCE
        self.members = {level: CONT_MEMBERS[self.page].get(level, 1) for level in range(-1, 4)}
        self.size = {level: 1 << self.machine.level_shift(level) for level in range(-1, 4)}
        top = self.machine.va_bits if self.page == 65536 else self.machine.va_actual
        self.root_base = MASK64 + 1 - (1 << top)
        self.vmemmap = self._vmemmap()

    def _vmemmap(self):
        """The struct page of page frame 0, which every section knows."""
        view = View(self)
        for number in range(1 << 12):
            value = view.section(number)
            if value and value & HAS_MEM_MAP:
                return value & ~FLAGS
        raise ValueError("no section")

    def va(self, name, pa):
        """The address in a map of a page-aligned physical address."""
        if name == "linear":
            return (pa - self.machine.memstart & MASK64) | self.machine.page_offset
        return self.vmemmap + pa // self.page * self.struct_page & MASK64

    def span(self, name, start, size):
        """Virtual addresses, end exclusive, of a physical range."""
        if name == "linear":
            return self.va(name, start), self.va(name, start) + size
        return self.va(name, start), self.va(name, start + size)

    def pa(self, name, va):
        """The physical address that belongs to a map's address, rounded down to a page."""
        if name == "linear":
            return self.machine.linear_pa(va)
        return (va - self.vmemmap & MASK64) // self.struct_page * self.page

    def is_leaf(self, level, entry):
        """Whether an entry maps memory, or would if it were valid."""
        return entry != 0 and (level == 3 or entry & (VALID | TABLE) != VALID | TABLE)

    def output(self, level, entry):
        """The physical address in a leaf."""
        return self.machine.output_address(entry) & -self.size[level]


class View:
    """Memory with some pages changed (None: absent), and what follows for ranges."""

    def __init__(self, layout, pages=None, base=None):
        self.layout = layout
        self.pages = pages or {}
        self.base = base                # the view of what is unchanged
        self.tables = {}
        self.known = {}
        self.dirty = base.above(self.pages) if base else set()

    # -- memory -------------------------------------------------------------------------------

    def read(self, pa):
        """A page, or None."""
        pa &= -self.layout.page
        return self.pages[pa] if pa in self.pages else self.layout.core.read(pa)

    def table(self, pa):
        """The entries of a table; None if it cannot be read or is empty."""
        if self.base and pa not in self.pages:
            return self.base.table(pa)
        if pa not in self.tables:
            content = self.read(pa)
            entries = None
            if content is not None and len(content) == self.layout.page:
                entries = array("Q", content)
                if not any(entries):
                    entries = None
            self.tables[pa] = entries
        return self.tables[pa]

    def word(self, pa):
        """Eight bytes, or None."""
        content = self.read(pa)
        at = pa % self.layout.page
        if content is None or len(content) < at + 8:
            return None
        return int.from_bytes(content[at:at + 8], "little")

    def section(self, number):
        """section_mem_map of a section: 0 if there is none, None if that cannot be read."""
        layout = self.layout
        root, index = divmod(number, layout.per_root)
        if root >= layout.core.info.decimal("LENGTH(mem_section)"):
            return 0
        root = self.word(layout.roots + root * 8)
        if not root:
            # Only an array with at least one root in it is an array.
            return root if root is None or self._has_roots() else None
        pa = layout.machine.linear_pa(root)
        return self.word(pa + index * layout.section_size) if self._has_sections(pa) else None

    def _has_sections(self, pa):
        """Whether a root's sections can be read and are not only zeros."""
        return self._is_used(("root", pa), pa, self.layout.page)

    def _has_roots(self):
        """The same for the array of roots, as far as the fixtures' memory extends."""
        return self._is_used("roots", self.layout.roots, 64)

    def _is_used(self, key, pa, size):
        if key not in self.known:
            words = [self.word(at) for at in range(pa, pa + size, 8)]
            self.known[key] = None not in words and any(words)
        return self.known[key]

    # -- the tree -----------------------------------------------------------------------------

    def ways(self):
        """Each table of both maps as (pa, level, first address, index of the entry above, pa of
        the table above)."""
        if "ways" not in self.known:
            self.known["ways"] = found = []
            for window in self.layout.machine.windows():
                self._ways(self.layout.machine.root, self.layout.machine.root_level,
                           self.layout.root_base, window, (None, None), found)
        return self.known["ways"]

    def _ways(self, table, level, base, window, above, found):
        entries = self.table(table)
        if entries is None:
            return
        found.append((table, level, base, *above))
        size = self.layout.size[level]
        if level == 3:
            return
        for index, entry in enumerate(entries):
            va = base + index * size
            if entry & 3 == 3 and va < window[1] and va + size > window[0]:
                self._ways(self.layout.machine.output_address(entry), level + 1, va, window,
                           (index, table), found)

    def above(self, pages):
        """PAGES and all tables that lead to one of them."""
        parents = {}
        for table, _, _, _, parent in self.ways():
            parents.setdefault(table, set()).add(parent)
        dirty, todo = set(), list(pages)
        while todo:
            page = todo.pop()
            if page is not None and page not in dirty:
                dirty.add(page)
                todo += parents.get(page, ())
        return dirty

    # -- edges --------------------------------------------------------------------------------

    def edge(self, name, va, end):
        """The reasons that an edge at VA gives, and whether nothing is mapped there."""
        layout, found, seen = self.layout, set(), []
        table, level = layout.machine.root, layout.machine.root_level
        while True:
            size, members = layout.size[level], layout.members[level]
            if end and va % (size * members) == 0:
                return found, False
            entries = self.table(table)
            if entries is None or table in seen:
                return found | {UNREADABLE}, False
            seen.append(table)
            index = self._index(level, va)
            entry, base = entries[index], va & -size
            first = index & -members
            group = entries[first:first + members]
            conts = sum(layout.is_leaf(level, one) and one & CONT != 0 for one in group)
            start = base - (index - first) * size
            if members > 1 and 0 < conts < members:
                found.add("malformed-cont")
                if start != va:
                    found.add("splits-leaf")
            if not entry:
                return found, True
            if not layout.is_leaf(level, entry):
                table, level = layout.machine.output_address(entry), level + 1
                continue
            whole = members > 1 and conts == members
            if not whole:
                start = base
            if start != va:
                found.add("splits-leaf")
            if (start != va or not end) and self._odd(name, level, entry, base,
                                                      group if whole else None, start):
                found.add(UNREADABLE)
            return found, False

    def _index(self, level, va):
        root = self.layout.machine.root_level
        if level == root:
            return (va - self.layout.root_base) // self.layout.size[level]
        return va // self.layout.size[level] % (self.layout.page // 8)

    def _odd(self, name, level, entry, base, group, start):
        """Whether Linux never makes such a leaf."""
        layout = self.layout
        if level < 2 and not (level == 1 and layout.page == 4096 and not entry & CONT):
            return True
        if name == "linear" and layout.output(level, entry) != layout.pa(name, base):
            return True
        if group is None:
            return False
        first = layout.output(level, group[0])
        size = layout.size[level]
        return first % (size * len(group)) != 0 or any(
            layout.output(level, one) != first + number * size
            for number, one in enumerate(group)) or (
                name == "linear" and first != layout.pa(name, start))

    def _edges(self, start, size):
        """Reasons by the four edges of a range."""
        found, layout = set(), self.layout
        for name in MAPS:
            low, high = layout.span(name, start, size)
            codes, hole = self.edge(name, low, False)
            last, last_hole = self.edge(name, high - 1 & -8, False)
            found |= codes | self.edge(name, high, True)[0]
            if hole and self._is_hot(start) or self._is_hot(start + size - 1) and (
                    last_hole or UNREADABLE in last):
                found.add(UNREADABLE)
            if hole and self._is_there(start) or last_hole and self._is_there(start + size - 1):
                found.add(BOOT_HOLE)
        return found

    def _is_there(self, pa):
        """Whether there is memory."""
        value = self.section(pa >> self.layout.section_bits)
        return value is None or bool(value & PRESENT)

    def _is_hot(self, pa):
        """Whether memory was added after boot, or may have been."""
        value = self.section(pa >> self.layout.section_bits)
        return value is None or bool(value & PRESENT and not value & EARLY)

    # -- the inside ---------------------------------------------------------------------------

    def inside(self, name, low, high):
        """The reasons that the tables of [LOW, HIGH) give, whatever the edges are."""
        layout = self.layout
        return self._inside(name, layout.machine.root, layout.machine.root_level,
                            layout.root_base, low, high, ())

    def _inside(self, name, table, level, base, low, high, seen):
        layout = self.layout
        size = layout.size[level]
        entries = self.table(table)
        if entries is None or table in seen:
            return {UNREADABLE}
        whole = low <= base and base + size * len(entries) <= high
        if whole and self.base and table not in self.dirty:
            return self.base._inside(name, table, level, base, low, high, seen)
        key = (name, table, base)
        if whole and key in self.known:
            return self.known[key]
        found = set()
        first = max(0, (low - base) // size)
        last = min(len(entries) - 1, (high - 1 - base) // size)
        self._leaves(name, level, base, entries, first, last, found)
        for index in range(first, last + 1) if level < 3 else ():
            entry = entries[index]
            if entry & 3 == 3:
                found |= self._inside(name, layout.machine.output_address(entry), level + 1,
                                      base + index * size, low, high, (*seen, table))
        if whole:
            self.known[key] = found
        return found

    def _leaves(self, name, level, base, entries, first, last, found):
        """The reasons that the leaves with the indices FIRST to LAST of one table give."""
        layout = self.layout
        size, members = layout.size[level], layout.members[level]
        for start in range(first & -members, last + 1, members):
            group = entries[start:start + members]
            if not any(group):
                continue
            conts = [layout.is_leaf(level, one) and one & CONT != 0 for one in group]
            whole = members > 1 and all(conts)
            if members > 1 and any(conts) and not whole:
                found.add("malformed-cont")
            va = base + start * size
            if whole:
                if self._odd(name, level, group[0], va, group, va):
                    found.add(UNREADABLE)
                continue
            for index in range(max(first, start), min(last + 1, start + members)):
                entry = entries[index]
                if layout.is_leaf(level, entry) and self._odd(name, level, entry,
                                                              base + index * size, None, None):
                    found.add(UNREADABLE)

    # -- the kernel's check -------------------------------------------------------------------

    def kernel_splits(self, va):
        """The answer of the check of 7.1 and later about an edge; None if that cannot be read."""
        layout = self.layout
        table, level = layout.machine.root, layout.machine.root_level
        while True:
            size = layout.size[level]
            stop = size if level == layout.machine.root_level else size * layout.members[level]
            if va % stop == 0:
                return False
            entries = self.table(table)
            if entries is None:
                return None
            entry = entries[self._index(level, va)]
            if not (entry & (VALID | INVALID_MARK) if level > 0 else entry):
                return False
            if level > 1 and entry & CONT:
                return True
            if level == 3:
                return va % layout.page != 0
            if level > 0 and entry & 3 != 3:
                return va % size != 0
            table, level = layout.machine.output_address(entry), level + 1

    def _vetoes(self, start, end):
        """Reasons by the kernel's check of each memory block."""
        found, layout = set(), self.layout
        for pa in range(start & -layout.block, end, layout.block):
            value = self.section(pa >> layout.section_bits)
            if value is None:
                found.add(UNREADABLE)
                continue
            if not value & PRESENT or value & EARLY or not value & ONLINE:
                continue
            for name in MAPS:
                for va in layout.span(name, pa, layout.block):
                    splits = self.kernel_splits(va)
                    if splits is None:
                        found.add(UNREADABLE)
                    elif splits:
                        found.add("guard-veto")
        return found

    # -- ranges -------------------------------------------------------------------------------

    def _sections(self, start, end):
        found, layout = set(), self.layout
        for number in range(start >> layout.section_bits, (end - 1 >> layout.section_bits) + 1):
            value = self.section(number)
            if value is None:
                found.add(UNREADABLE)
            elif not value & PRESENT:
                found.add("not-present")
            elif not value & HAS_MEM_MAP and value & ~FLAGS not in (0, layout.vmemmap):
                found.add(UNREADABLE)
            else:
                if value & EARLY:
                    found.add("boot-memory")
                if value & ~FLAGS not in (0, layout.vmemmap):
                    found.add(UNREADABLE)
        return found

    def reasons(self, start, size):
        """All reasons against a range: those of its edges, sections and memory blocks, and those
        that only a walk of all of it shows."""
        key = (start, size)
        if key in self.known:
            return self.known[key]
        layout, end = self.layout, start + size
        found = self._edges(start, size) | self._sections(start, end)
        if start % layout.block or size % layout.block:
            found.add("misaligned")
        if layout.guarded:
            vetoes = self._vetoes(start, end)
            found |= vetoes - {"guard-veto"} if "splits-leaf" in found else vetoes
        for name in MAPS:
            found |= self.inside(name, *layout.span(name, start, size))
        self.known[key] = found
        return found
