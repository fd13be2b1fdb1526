# SPDX-License-Identifier: GPL-2.0-or-later
"""Kinds of damage to memory: what each does to a fixture, at random but by a seed."""

import struct
from array import array

from core import Variant
from truth import MAPS

VALID, TABLE, CONT = 1, 2, 1 << 52
POISONS = (0x6b, 0xa5, 0xff, 0xaa, 0xcc, 0x5a, 0x01, 0xdd)

# Bits of a descriptor by their meaning; the geometry decides which address bits there are.
BITS = {
    "valid": (0,),
    "type": (1,),
    "cont": (52,),
    "address": tuple(range(12, 50)),
    "attribute": (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 50, 51, 53, 54),
    "software": (55, 56, 57, 58, 59, 60, 61, 62, 63),
}


class Picker:
    """Picks what to damage in one fixture."""

    def __init__(self, base, rng):
        self.base = base
        self.layout = base.layout
        self.core = self.layout.core
        self.rng = rng
        hot, self.boot = self._regions()
        self.hot = hot
        self.ways = {name: [way for way in base.ways() if self._map(way) == name]
                     for name in MAPS}

    def _regions(self):
        """The added memory, and the boot memory, as (start, end)."""
        hot, boot = [], []
        for number in range(1 << 10):
            value = self.base.section(number)
            if value and value & 1:
                pa = number * self.layout.block
                kind = boot if value & 8 else hot
                if kind and kind[-1][1] == pa:
                    kind[-1] = (kind[-1][0], pa + self.layout.block)
                else:
                    kind.append((pa, pa + self.layout.block))
        mapped = [(start, end) for start, end in boot
                  if not self.base.edge("linear", self.layout.va("linear", end - self.core.page),
                                        False)[1]]
        return max(hot), max(mapped)

    def _map(self, way):
        return "linear" if way[2] < self.layout.vmemmap + (1 << 28) and (
            way[2] < self.layout.machine.windows()[0][1]) else "vmemmap"

    def region(self, pa):
        """The region in which an address lies, otherwise that of the added memory."""
        start, end = self.boot
        return self.boot if start <= pa < end else self.hot

    def way(self, name=None, level=None):
        """A table that leads to, or maps, the added memory or the boot memory; small levels are
        picked as often as large ones."""
        rng = self.rng
        name = name or rng.choice(MAPS + ("linear",))
        region = self.hot if rng.random() < 0.8 else self.boot
        pa = rng.randrange(region[0], region[1], self.core.page)
        pa = rng.choice((pa, pa & -(1 << 30), region[0], region[1] - self.core.page))
        pa = max(pa, region[0])
        va = self.layout.va(name, pa)
        levels = [way for way in self.base.ways()
                  if way[2] <= va < way[2] + self.layout.size[way[1]] * (self.core.page // 8)]
        found = [way for way in levels if way[1] == level]
        return name, rng.choice(found or levels), va & -8

    def entry(self, name=None, level=None):
        """An entry on the way to some memory: (map, table, level, index, descriptor)."""
        name, way, va = self.way(name, level)
        table, level, base = way[:3]
        index = (va - base) // self.layout.size[level]
        if self.rng.random() < 0.3:
            index = self.rng.choice(self._used(table, index))
        return name, table, level, base, index, self.base.table(table)[index]

    def _used(self, table, index):
        """Indices of entries in use near INDEX."""
        entries = self.base.table(table)
        low = max(0, index - 40)
        return [low + at for at, entry in enumerate(entries[low:index + 40]) if entry] or [index]

    def focus(self, name, va, size):
        """The physical range that [VA, VA + SIZE) of a map maps, within the memory."""
        layout = self.layout
        end = va + size - 1
        window = self.hot
        low = max(va, layout.va(name, min(self.hot[0], self.boot[0])))
        high = min(end, layout.va(name, max(self.hot[1], self.boot[1]) - layout.page))
        if low > high:
            return window
        start = layout.pa(name, low) & -layout.page
        last = layout.pa(name, high) & -layout.page
        return start, last + layout.page


def with_entry(pick, table, changes):
    """The page of a table with some of its descriptors replaced."""
    entries = array("Q", pick.core.read(table))
    for index, value in changes.items():
        entries[index] = value
    return entries.tobytes()


def pick_bit(pick, kind):
    """One bit of a class."""
    bits = BITS[kind]
    if kind == "address":
        bits = [bit for bit in bits if bit >= pick.core.page.bit_length() - 1
                or pick.core.page == 65536]
    return 1 << pick.rng.choice(bits)


def flip(pick, kind):
    """One bit of one descriptor."""
    name, table, level, base, index, entry = pick.entry()
    value = entry ^ pick_bit(pick, kind)
    size = pick.layout.size[level]
    return Variant(f"{name}: {entry:#x} to {value:#x} at level {level}",
                   {table: with_entry(pick, table, {index: value})},
                   focus=pick.focus(name, base + index * size, size))


def flip_several(pick):
    """Up to eight bits, in up to four descriptors of one table."""
    name, table, level, base, index, _ = pick.entry()
    entries = pick.base.table(table)
    changes = {}
    for _ in range(pick.rng.randint(1, 4)):
        at = min(len(entries) - 1, index + pick.rng.choice((0, 0, 1, 2, 15, 16, 31)))
        value = changes.get(at, entries[at])
        for _ in range(pick.rng.randint(1, 3)):
            value ^= 1 << pick.rng.choice((0, 1, 52, pick.rng.randrange(64)))
        changes[at] = value
    size = pick.layout.size[level]
    return Variant(f"{name}: several bits at level {level}",
                   {table: with_entry(pick, table, changes)},
                   focus=pick.focus(name, base + index * size, size))


def random_descriptor(pick):
    """A descriptor replaced by nonsense, or by another one from the same core."""
    name, table, level, base, index, _ = pick.entry()
    other = pick.rng.choice(pick.base.table(pick.way()[1][0]))
    value = pick.rng.choice((pick.rng.getrandbits(64), pick.rng.getrandbits(64) | 3, other, 0))
    size = pick.layout.size[level]
    return Variant(f"{name}: {value:#x} at level {level}",
                   {table: with_entry(pick, table, {index: value})},
                   focus=pick.focus(name, base + index * size, size))


def data_page(pick, kinds=5):
    """The content of a page of memory that is not a table; with 6 KINDS, it may be one."""
    rng, page = pick.rng, pick.core.page
    kind = rng.randrange(kinds)
    if kind == 0:
        return rng.randbytes(page)
    if kind == 1:
        return bytes(page)
    if kind == 2:
        return bytes([rng.choice(POISONS)]) * page
    if kind == 3:
        return (b"The quick brown fox jumps over the lazy dog. " * page)[:page]
    if kind == 4:       # struct pages, or pointers: sparse words with the upper half's ones
        return b"".join(struct.pack("<Q", rng.choice((0, 0, 1, 0xffff000000000000
                                                      | rng.getrandbits(36) << 3)))
                        for _ in range(page // 8))
    return pick.core.read(pick.way()[1][0])


def flip_into_data(pick):
    """A bit that makes an entry point somewhere else, where there is data."""
    for _ in range(50):
        name, table, level, base, index, entry = pick.entry()
        value = entry ^ pick_bit(pick, pick.rng.choice(("type", "address", "valid")))
        target = pick.layout.machine.output_address(value)
        if value & 3 == 3 and level < 3 and pick.core.read(target) is None:
            break
    size = pick.layout.size[level]
    pages = {table: with_entry(pick, table, {index: value})}
    if value & 3 == 3 and level < 3:
        pages[target] = data_page(pick, 6)
    return Variant(f"{name}: {entry:#x} to {value:#x} at level {level}, data there", pages,
                   focus=pick.focus(name, base + index * size, size))


def table_focus(pick, name, way):
    """The physical range that a table maps."""
    return pick.focus(name, way[2], pick.layout.size[way[1]] * (pick.core.page // 8))


def table_becomes(pick, what, content):
    """A table page replaced."""
    name, way, _ = pick.way()
    return Variant(f"{name}: table of level {way[1]} {what}", {way[0]: content(pick, way)},
                   focus=table_focus(pick, name, way))


def excluded(pick):
    """A table page that is not in the dump; sometimes several."""
    variant = table_becomes(pick, "excluded", lambda *_: None)
    for _ in range(pick.rng.choice((0, 0, 0, 1, 3))):
        variant.pages[pick.way()[1][0]] = None
    return variant


def zeroed(pick):
    """A table page of zeros."""
    return table_becomes(pick, "zeroed", lambda *_: bytes(pick.core.page))


def poisoned(pick):
    """A table page of one byte."""
    byte = pick.rng.choice(POISONS)
    return table_becomes(pick, f"poisoned with {byte:#x}",
                         lambda *_: bytes([byte]) * pick.core.page)


def random_page(pick):
    """A table page of data."""
    return table_becomes(pick, "overwritten by data", lambda *_: data_page(pick))


def partial(pick):
    """A table page that is only partly there: zeros, a poison or data from somewhere on."""
    def content(_, way):
        page = pick.core.page
        old, new = pick.core.read(way[0]), pick.rng.choice((bytes(page), data_page(pick)))
        at = pick.rng.randrange(8, page, 8)
        at = pick.rng.choice((at, at & -512, page // 2))
        return old[:at] + new[at:] if pick.rng.random() < 0.5 else new[:at] + old[at:]
    return table_becomes(pick, "overwritten in part", content)


def stale(pick):
    """A table page with the content of another table."""
    def content(_, way):
        others = [other for other in pick.base.ways() if other[0] != way[0]]
        same = [other for other in others if other[1] == way[1]]
        pool = same if same and pick.rng.random() < 0.7 else others
        return pick.core.read(pick.rng.choice(pool)[0])
    return table_becomes(pick, "with another's content", content)


# -- other tables that are well-formed ----------------------------------------------------------


def clear_cont(pick):
    """All CONT bits of a group, or of all groups in a table, cleared."""
    for _ in range(200):
        name, table, level, base, index, entry = pick.entry("linear")
        members = pick.layout.members[level]
        if pick.layout.is_leaf(level, entry) and entry & CONT and members > 1:
            break
    first = index & -members
    entries = pick.base.table(table)
    where = range(first, first + members)
    if pick.rng.random() < 0.3:
        where = range(len(entries))
    changes = {at: entries[at] & ~CONT for at in where if entries[at]}
    size = pick.layout.size[level]
    return Variant(f"{name}: no CONT at level {level}",
                   {table: with_entry(pick, table, changes)},
                   focus=pick.focus(name, base + first * size, members * size))


def set_cont(pick):
    """The CONT bit of a whole group set, if the addresses allow it."""
    for _ in range(200):
        name, table, level, base, index, entry = pick.entry()
        members = pick.layout.members[level]
        if pick.layout.is_leaf(level, entry) and not entry & CONT and members > 1:
            break
    first = index & -members
    entries = pick.base.table(table)
    changes = {at: entries[at] | CONT for at in range(first, first + members)
               if pick.layout.is_leaf(level, entries[at])}
    size = pick.layout.size[level]
    return Variant(f"{name}: CONT at level {level}", {table: with_entry(pick, table, changes)},
                   focus=pick.focus(name, base + first * size, members * size))


def split_block(pick):
    """A block replaced by a table of the next level that maps the same addresses."""
    for _ in range(200):
        name, table, level, base, index, entry = pick.entry("linear")
        if pick.layout.is_leaf(level, entry) and level < 3:
            break
    else:
        return clear_cont(pick)
    layout = pick.layout
    target = max(start + size for start, size, _ in pick.core.loads) + (1 << 24)
    size, below = layout.size[level], layout.size[level + 1]
    kind = 3 if level == 2 else 1
    entries = [entry & ~(CONT | 3) | kind] * (layout.page // 8)
    entries = [one + at * below for at, one in enumerate(entries)]
    members = layout.members[level]
    changes = {index: target | 3}
    if entry & CONT:            # the rest of the group must continue without it
        first = index & -members
        table_entries = pick.base.table(table)
        changes = {at: table_entries[at] & ~CONT for at in range(first, first + members)} | changes
    return Variant(f"{name}: a block of level {level} as a table",
                   {table: with_entry(pick, table, changes),
                    target: array("Q", entries).tobytes()},
                   focus=pick.focus(name, base + index * size, size))


# -- sections -----------------------------------------------------------------------------------


def section_place(pick):
    """Physical address of a section's word, and the memory that it describes."""
    layout = pick.layout
    region = pick.hot if pick.rng.random() < 0.6 else pick.boot
    number = pick.rng.randrange(region[0], region[1], layout.block) >> layout.section_bits
    root, index = divmod(number, layout.per_root)
    root = layout.machine.linear_pa(pick.base.word(layout.roots + root * 8))
    focus = (number << layout.section_bits, number + 1 << layout.section_bits)
    return root + index * layout.section_size, focus


def with_word(pick, pa, value):
    """The page around a word, with that word changed."""
    page = pick.core.page
    content = bytearray(pick.core.read(pa))
    content[pa % page:pa % page + 8] = value.to_bytes(8, "little")
    return {pa & -page: bytes(content)}


def flip_section(pick):
    """A bit of section_mem_map."""
    pa, focus = section_place(pick)
    value = pick.base.word(pa) ^ 1 << pick.rng.choice((*range(6), *range(6), *range(64)))
    return Variant(f"section_mem_map {value:#x}", with_word(pick, pa, value), focus=focus)


def flip_root(pick):
    """A bit of a pointer in the array of roots."""
    layout = pick.layout
    number = pick.hot[0] >> layout.section_bits
    pa = layout.roots + number // layout.per_root * 8
    value = pick.base.word(pa)
    value = pick.rng.choice((value ^ 1 << pick.rng.randrange(64), 0))
    return Variant(f"root of sections {value:#x}", with_word(pick, pa, value), focus=pick.hot)


def section_page(pick):
    """The page of a root, or of the array of roots."""
    layout = pick.layout
    pa, focus = section_place(pick)
    return pick.rng.choice((pa, pa, layout.roots)) & -layout.page, focus


def section_lost(pick):
    """Sections that are absent, zero, poisoned or cut."""
    pa, focus = section_page(pick)
    page = pick.core.page
    old = pick.core.read(pa)
    byte = pick.rng.choice(POISONS)
    content = pick.rng.choice((None, None, bytes(page), bytes([byte]) * page,
                               pick.rng.randbytes(page)))
    what = "absent" if content is None else f"overwritten by {content[:8].hex()}"
    if content is not None and pick.rng.random() < 0.4:
        at = pick.rng.randrange(0, page, 16)
        content = old[:at] + content[at:]
        what += f" from {at:#x} on"
    return Variant(f"sections {what}", {pa: content}, focus=focus)


# name -> (generator, whether the damage can make other tables that are well-formed)
MEMORY = {
    "flip valid": (lambda pick: flip(pick, "valid"), True),
    "flip type": (lambda pick: flip(pick, "type"), True),
    "flip CONT": (lambda pick: flip(pick, "cont"), True),
    "flip address": (lambda pick: flip(pick, "address"), True),
    "flip attribute": (lambda pick: flip(pick, "attribute"), True),
    "flip software bit": (lambda pick: flip(pick, "software"), True),
    "flip several": (flip_several, True),
    "flip, data behind it": (flip_into_data, True),
    "descriptor replaced": (random_descriptor, True),
    "table excluded": (excluded, False),
    "table zeroed": (zeroed, False),
    "table poisoned": (poisoned, False),
    "table overwritten": (random_page, False),
    "table in part": (partial, False),
    "table stale": (stale, True),
    "CONT cleared": (clear_cont, True),
    "CONT set": (set_cont, True),
    "block split": (split_block, True),
    "flip section": (flip_section, True),
    "flip section root": (flip_root, True),
    "sections lost": (section_lost, False),
}
