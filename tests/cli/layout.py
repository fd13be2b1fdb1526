# SPDX-License-Identifier: GPL-2.0-or-later
"""From a description of a machine to the leaves of its linear map and vmemmap.

A description says what memory there is and how it is mapped.  The result is a sorted list of runs
(equal neighbouring entries) for each map.  The core generator turns runs into page tables; the
oracle answers questions from the runs alone.  So both agree on what was meant, while only the
program under test reads descriptors.
"""

import bisect
from dataclasses import dataclass, field, replace

from arm64 import Kernel

MAPS = ("linear", "vmemmap")

# Leaf kinds a region's linear map may use, by the name in a description.
KINDS = {
    "hole": (),
    "pages": ("PTE",),
    "cont-pte": ("CONT_PTE", "PTE"),
    "pmd": ("PMD", "PTE"),
    "cont-pmd": ("CONT_PMD", "PMD", "CONT_PTE", "PTE"),
    "pud": ("PUD", "CONT_PMD", "PMD", "CONT_PTE", "PTE"),
}


@dataclass(frozen=True)
class Run:
    """COUNT neighbouring entries of one level that differ only in the address."""

    va: int
    pa: int
    level: int
    size: int
    count: int
    cont: bool = False
    state: str = "valid"

    @property
    def end(self):
        """First address after the run."""
        return self.va + self.size * self.count

    def cut(self, first, last):
        """The entries FIRST up to but not including LAST, as a run of their own."""
        return replace(self, va=self.va + first * self.size, pa=self.pa + first * self.size,
                       count=last - first)

    def touching(self, start, end):
        """Indices (first, last) of the entries that share a byte with [start, end)."""
        first = max(0, (start - self.va) // self.size)
        last = min(self.count, -((self.va - end) // self.size))
        return first, max(first, last)


class MapLayout:
    """One map: its runs in ascending address order, and the parts that cannot be read."""

    def __init__(self, geometry):
        self.geometry = geometry
        self.runs = []
        self.unreadable = []
        self._starts = []

    def add(self, run):
        """Put a run into the map."""
        place = bisect.bisect(self._starts, run.va)
        self.runs.insert(place, run)
        self._starts.insert(place, run.va)

    def covering(self, va):
        """The run whose entries cover VA, or None."""
        place = bisect.bisect(self._starts, va) - 1
        if place >= 0 and va < self.runs[place].end:
            return self.runs[place]
        return None

    def between(self, start, end):
        """The runs that share a byte with [start, end)."""
        place = max(0, bisect.bisect(self._starts, start) - 1)
        found = []
        for run in self.runs[place:]:
            if run.va >= end:
                break
            if run.end > start:
                found.append(run)
        return found

    def rewrite(self, start, end, change):
        """Replace each entry that touches [start, end) by the result of CHANGE (or by nothing)."""
        kept = []
        for run in self.runs:
            first, last = run.touching(start, end)
            if last <= first:
                kept.append(run)
                continue
            parts = [run.cut(0, first), change(run.cut(first, last)), run.cut(last, run.count)]
            kept.extend(part for part in parts if part is not None and part.count)
        self.runs = kept
        self._starts = [run.va for run in kept]

    def hide(self, start, end):
        """Record that the tables of [start, end) cannot be read."""
        self.rewrite(start, end, lambda run: None)
        self.unreadable.append((start, end))


@dataclass
class Region:
    """A piece of memory and how it is mapped.

    LINEAR is a kind, or a list of (pa, size, kind) pieces.  VMEMMAP is a kind, or "default" for
    what Linux does.  MEMMAP_ON_MEMORY puts each block's struct pages into the block itself.
    """

    pa: int
    size: int
    boot: bool = False
    online: bool = True
    linear: object = "pages"
    vmemmap: str = "default"
    memmap_on_memory: bool = False

    @property
    def end(self):
        """First address after the region."""
        return self.pa + self.size


@dataclass
class Fault:
    """Something to damage: COUNT entries of a map from the one that describes memory at PA on.

    Kinds that change entries: drop-cont, zero, invalid (bit 0 cleared), marked (the way of
    7.0 and later), reserved (level 3, type 0b01), wrong-pa.  Kinds that change tables of LEVEL:
    zero-table, absent-table, outside-table, loop.  Kind block puts a block at LEVEL.
    """

    kind: str
    pa: int
    map: str = "linear"
    count: int = 1
    level: int = 3


@dataclass
class Machine:
    """A whole description."""

    kernel: Kernel
    regions: list
    faults: list = field(default_factory=list)
    seed: int = 1
    noise: bool = True
    spare_pa: int = None
    writable_root: bool = False     # as rodata=off leaves the image
    tag: int = 0xff                 # bits 63:56 of pointers, as KASAN by tags and MTE leave them

    def __post_init__(self):
        # Struct pages live at the top of physical memory, where all the address bits are ones.
        if self.spare_pa is None:
            self.spare_pa = (1 << self.kernel.pa_bits) - (1 << 42)


def greedy(geometry, names, va, pa, size):
    """Split a mapping call into leaves the way the kernel does: the largest aligned first."""
    kinds = [kind for kind in geometry.leaf_kinds() if kind[0] in names]
    runs = []
    _fill(geometry, kinds, va, va + size, pa - va, runs)
    return runs


def _fill(geometry, kinds, va, end, delta, runs):
    """Map [VA, END) to addresses DELTA higher, with leaves of the first kind, and smaller ones
    at the ends."""
    if va == end:
        return
    if not kinds:
        raise ValueError("no leaf fits at %#x" % va)
    _, level, cont = kinds[0]
    step = geometry.cont_size(level) if cont else geometry.size(level)
    first, last = -(-va // step) * step, end // step * step
    if delta % step or first >= last:
        _fill(geometry, kinds[1:], va, end, delta, runs)
        return
    _fill(geometry, kinds[1:], va, first, delta, runs)
    size = geometry.size(level)
    _append(runs, Run(first, first + delta, level, size, (last - first) // size, cont))
    _fill(geometry, kinds[1:], last, end, delta, runs)


def _append(runs, run):
    """Append a run, or lengthen the last one if it is of the same kind."""
    if runs:
        last = runs[-1]
        if (last.level, last.cont) == (run.level, run.cont) and last.end == run.va:
            runs[-1] = replace(last, count=last.count + run.count)
            return
    runs.append(run)


class Layout:
    """Both maps and the sections of a machine."""

    def __init__(self, machine):
        self.machine = machine
        self.kernel = machine.kernel
        self.maps = {name: MapLayout(self.kernel.geometry) for name in MAPS}
        self.sections = {}
        self._next_backing = 0
        for region in machine.regions:
            self._place(region)
        for fault in machine.faults:
            self._spoil(fault)

    def span(self, name, pa, size):
        """Virtual range [start, end) that map NAME uses for SIZE bytes of memory at PA."""
        kernel = self.kernel
        if name == "linear":
            start = kernel.lin(pa)
            return start, start + size
        start = kernel.struct_page(pa)
        return start, start + size // kernel.page_size * kernel.struct_page_size

    def _place(self, region):
        kernel = self.kernel
        pieces = region.linear
        if isinstance(pieces, str):
            pieces = [(region.pa, region.size, pieces)]
        for pa, size, kind in pieces:
            self._check_linear(pa, size)
            if kind != "hole":
                for run in greedy(kernel.geometry, KINDS[kind], kernel.lin(pa), pa, size):
                    self.maps["linear"].add(run)
        self._place_sections(region)

    def _check_linear(self, pa, size):
        """Refuse memory that the linear map of this geometry cannot hold."""
        kernel = self.kernel
        start = kernel.lin(pa)
        if start < kernel.linear_floor or start + size > kernel.page_end:
            raise ValueError("%#x does not fit into the linear map" % pa)

    def _place_sections(self, region):
        kernel = self.kernel
        step = kernel.section_size
        first, last = region.pa // step, (region.end - 1) // step
        for number in range(first, last + 1):
            if number in self.sections:
                raise ValueError("two regions share section %d" % number)
            self.sections[number] = region
        start, end = first * step, (last + 1) * step
        if region.memmap_on_memory:
            for pa in range(start, end, step):
                self._place_vmemmap(region, pa, pa + step, pa)
        else:
            self._place_vmemmap(region, start, end, None)

    def _place_vmemmap(self, region, start, end, backing):
        """Map the struct pages of [start, end), at BACKING or wherever there is room."""
        kernel = self.kernel
        kind = region.vmemmap
        if kind == "default":
            kind = "pmd" if kernel.page_size == 4096 else "pages"
        va, va_end = self.span("vmemmap", start, end - start)
        if kind == "hole":
            return
        if backing is None:
            backing = self._take_backing(va, va_end - va)
        for run in greedy(kernel.geometry, KINDS[kind], va, backing, va_end - va):
            self.maps["vmemmap"].add(run)

    def _take_backing(self, va, size):
        """Memory for struct pages, congruent to VA so that large leaves stay possible."""
        align = self.kernel.geometry.cont_size(2)
        base = self.machine.spare_pa + self._next_backing
        pa = base + (va - base) % align
        self._next_backing = pa + size - self.machine.spare_pa
        return pa

    def _spoil(self, fault):
        """Apply one fault to the layout; what only the image knows is left to the generator."""
        layout = self.maps[fault.map]
        va = self.span(fault.map, fault.pa, 0)[0]
        if fault.kind in ("zero-table", "absent-table", "outside-table", "loop"):
            span = self.kernel.geometry.table_span(fault.level)
            base = va & ~(span - 1)
            layout.hide(base, base + span)
            return
        if fault.kind == "block":
            return
        run = layout.covering(va)
        if run is None:
            raise ValueError("no leaf to spoil at %#x" % va)
        first = (va - run.va) // run.size
        start = run.va + first * run.size
        layout.rewrite(start, start + fault.count * run.size, CHANGES[fault.kind])


CHANGES = {
    "drop-cont": lambda run: replace(run, cont=False),
    "zero": lambda run: None,
    "invalid": lambda run: replace(run, state="invalid"),
    "marked": lambda run: replace(run, state="marked"),
    "reserved": lambda run: replace(run, state="reserved"),
    "wrong-pa": lambda run: replace(run, state="wrong-pa"),
}
