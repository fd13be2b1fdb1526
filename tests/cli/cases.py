# SPDX-License-Identifier: GPL-2.0-or-later
"""Random machines and random questions about them, the same for the same random numbers."""

import random
from dataclasses import dataclass, replace

from arm64 import GIB, Kernel, release_tuple
from layout import Fault, Layout, Machine, Region
from oracle import Model

MIB = 1 << 20
LEAF_KINDS = ("pages", "cont-pte", "pmd", "cont-pmd", "pud")
VMEMMAP_KINDS = ("default", "default", "default", "pages", "cont-pte", "cont-pmd")

# Releases whose version alone decides the behaviour: (release, teardown, flush, guard).
RELEASES = [
    ("5.10.223", "per-leaf", "page-loop", "none"),
    ("5.15.209", "per-leaf", "page-loop", "none"),
    ("5.15.215", "batched", "page-loop", "none"),
    ("6.1.175", "per-leaf", "page-loop", "none"),
    ("6.1.176", "batched-wide", "page-loop", "none"),
    ("6.12.85", "per-leaf", "page-loop", "none"),
    ("6.12.90", "batched-wide", "page-loop", "none"),
    ("6.12.97", "batched", "page-loop", "none"),
    ("6.16.3", "per-leaf", "range-ops", "none"),
    ("6.18.15", "per-leaf", "range-ops", "none"),
    ("7.0.2", "per-leaf", "range-ops", "none"),
    ("7.1.2", "batched-wide", "range-ops", "next-range"),
    ("7.1.5", "batched", "range-ops", "next-range"),
    ("7.1.6", "batched", "range-ops", "requested"),
    ("7.1.13", "batched", "range-ops", "requested"),
    ("7.2.12", "batched", "range-ops", "requested"),
    ("7.3.4", "batched", "range-ops", "requested"),
]


def looks_hexadecimal(number):
    """Whether the program takes a decimal number for an address that lacks its 0x."""
    address = int(str(number), 16)
    return (address < 1 << 52 and address % 4096 == 0
            and address & -address > number & -number)


@dataclass
class Query:
    """A range to ask about."""

    start: int
    size: int

    def text(self, spelling):
        """One of the spellings that the command line accepts."""
        if spelling == "plus":
            return "%#x+%#x" % (self.start, self.size)
        last = self.start + self.size - 1
        if spelling == "decimal" and not (looks_hexadecimal(self.start) or looks_hexadecimal(last)):
            return "%d-%d" % (self.start, last)
        return "%#x-%#x" % (self.start, last)


class NoRoom(ValueError):
    """The linear map is too small for the machine."""


class Case:
    """A machine, a model and the questions.

    CHANCE makes the choices, as random.Random does.  SEED is for what has no meaning: where tables
    lie, and the bits of descriptors that nothing depends on.
    """

    def __init__(self, chance, seed, geometry, kind, damage=None):
        self.random = chance
        self.kind = kind
        release, *models = self._release(geometry)
        self.kernel = self._kernel(geometry, release)
        # Half of the cases trust the release; half are told what to assume.
        self.assume = self.random.random() < 0.5
        self.model = self._model(models)
        self.hot = []
        self.machine = Machine(self.kernel, self._regions(), [], seed)
        self._root()
        self._damage(damage)
        self.layout = Layout(self.machine)
        self.queries = [query for query in self._queries() if self._reachable(query)]

    @classmethod
    def from_seed(cls, seed, geometry, kind):
        """The case of a number."""
        return cls(random.Random(seed), seed, geometry, kind)

    def __repr__(self):
        return "%s of %s, memstart %#x: %s, %s" % (
            self.kernel.release, self.kernel.geometry, self.kernel.memstart,
            self.machine.regions, self.machine.faults)

    # -- the machine --------------------------------------------------------------------------

    def _release(self, geometry):
        """A release that can have been built with this geometry."""
        granule, va_bits, _ = geometry
        needs = (6, 12) if granule != 65536 and va_bits == 52 else (0, 0)
        fitting = [entry for entry in RELEASES if release_tuple(entry[0])[:2] >= needs]
        return self.random.choice(fitting)

    def _kernel(self, geometry, release):
        plain = Kernel(*geometry, release=release)
        reach = plain.page_end - plain.linear_floor
        align = max(GIB, plain.section_size)
        base = self.random.choice((GIB, 2 * GIB, 3 * GIB))
        if reach > 1 << 42 and self.random.random() < 0.6:
            # Set high address bits, 47 and 49 among them, and lie below a carry out of bit 47.
            base |= self.random.choice(self._high_bases(plain.pa_bits))
        base &= -align
        memstart = None
        if release_tuple(release) < (6, 15) and self.random.random() < 0.5:
            # Linear randomisation lowers memstart, often below zero.
            lowered = self.random.randrange(1, max(2, (reach >> 2) // align)) * align
            memstart = plain_memstart(plain, base) - lowered
        return Kernel(*geometry, release=release, dram_base=base, memstart=memstart,
                      mem_section_size=self.random.choice((16, 32)))

    @staticmethod
    def _high_bases(pa_bits):
        if pa_bits == 52:
            return (1 << 47, 1 << 49, 0xa8 << 44, (1 << 48) - 8 * GIB, (1 << 50) - 8 * GIB,
                    0x7c << 44, 0xd5 << 44)
        return (1 << 46, 1 << 45 | 1 << 44, 5 << 44)

    def _model(self, models):
        lpa2 = self.kernel.geometry.lpa2
        if not self.assume:
            return Model(*models, True, lpa2)
        choose = self.random.choice
        return Model(choose(("per-leaf", "batched-wide", "batched")),
                     choose(("page-loop", "range-ops")),
                     choose(("none", "next-range", "requested")), choose((False, True)), lpa2)

    def _root(self):
        """The root may be writable, which kernels heed from 6.9 on; some cases set the calls."""
        self.machine.writable_root = self.random.choice((False, False, True))
        plain = self.machine.writable_root and release_tuple(self.kernel.release) >= (6, 9)
        calls = self.random.choice(("", "range", "block")) if self.assume else ""
        self.model = replace(self.model, root_flush=not plain, calls=calls)

    def _regions(self):
        """Boot memory, and one to three hot-added pieces after it."""
        step = self.kernel.section_size
        boot = Region(self.kernel.dram_base, step, boot=True,
                      linear=self.random.choice(("cont-pmd", "pud", "cont-pte")))
        regions = [boot]
        place = self._hot_base(boot.end)
        for _ in range(self.random.randint(1, 3)):
            region = self._hot_region(place)
            if not self._fits(region.pa, region.size):
                break
            regions.append(region)
            place = region.end + self.random.choice((0, 0, step, 5 * step))
        if len(regions) == 1:
            raise NoRoom("no room for hot-added memory")
        self.hot = regions[1:]
        return regions

    def _hot_base(self, place):
        """Where hot-added memory begins: next to boot memory, or far above it."""
        kernel = self.kernel
        room = min(kernel.page_end - kernel.lin(place), (1 << kernel.pa_bits) - place)
        align = self._big_alignment()
        place = -(-place // align) * align
        if room > 1 << 42 and self.random.random() < 0.5:
            place += self.random.randrange(room // align // 2) * align
        if self.random.random() < 0.4:
            place += self.random.randint(1, 5) * kernel.section_size
        return place

    def _big_alignment(self):
        geo = self.kernel.geometry
        return max(GIB, self.kernel.section_size,
                   geo.cont_size(2) if geo.config_levels > 2 else 0)

    def _fits(self, pa, size):
        kernel = self.kernel
        start = kernel.lin(pa)
        return (start >= kernel.linear_floor and start + size <= kernel.page_end
                and pa + size <= 1 << kernel.pa_bits)

    def _hot_region(self, place):
        step = self.kernel.section_size
        sizes = {"pages": (1, 4), "cont-pte": (1, 4), "pmd": (1, 12)}
        low, high = sizes.get(self.kind, (4, 24))
        if self.kernel.section_bits == 30:
            low, high = 1, min(high, 3)
        if self.kernel.page_size == 65536 and self.kind in ("cont-pmd", "pud"):
            low, high = 24, 72
        size = self.random.randint(low, high) * step
        linear = self.kind
        if self.random.random() < 0.25:
            linear = self._pieces(place, size)
        return Region(place, size, online=self.random.random() < 0.8, linear=linear,
                      vmemmap=self.random.choice(VMEMMAP_KINDS))

    def _pieces(self, place, size):
        """A region with three kinds of mappings, and with cuts where a page ends."""
        page = self.kernel.page_size
        grain = self.random.choice((page, page * 16, 2 * MIB, self.kernel.section_size // 4))
        grain = max(grain, page)
        cuts = sorted(self.random.randrange(size // grain) * grain for _ in range(2))
        bounds = [0] + cuts + [size]
        kinds = [self.kind, self.random.choice(("hole", self.kind)), self.kind]
        if self.random.random() < 0.5 and size <= GIB:
            kinds[2] = "cont-pte"
        return [(place + low, high - low, kind)
                for low, high, kind in zip(bounds, bounds[1:], kinds) if high > low]

    # -- damage -------------------------------------------------------------------------------

    def _damage(self, damage):
        """Damage something of the hot-added memory."""
        if damage is None:
            return
        if damage == "marked" and release_tuple(self.kernel.release) < (7, 0):
            damage = "invalid"
        layout = Layout(self.machine)
        which = "linear" if self.random.random() < 0.7 else "vmemmap"
        runs = self._candidates(layout, which, damage)
        if not runs:
            which = "vmemmap" if which == "linear" else "linear"
            runs = self._candidates(layout, which, damage)
        if not runs:
            return
        run = self.random.choice(runs)
        entry = self.random.randrange(run.count)
        count = self._damage_count(damage, run, entry)
        if damage in ("invalid", "marked") and run.cont:
            members = self.kernel.geometry.members(run.level)
            entry, count = entry // members * members, members
        if damage.endswith("-table"):
            # The note says where the guard's data is; without the note the guard cannot be judged.
            self.assume = True
            self.model = replace(self.model, guard="none", tlbi_range=True)
        self.machine.faults.append(
            Fault(damage, self._pa_of(which, run.va + entry * run.size), which, count, run.level))

    def _candidates(self, layout, which, damage):
        """Runs of hot-added memory to which this damage can be done."""
        runs = []
        for region in self.hot:
            for run in layout.maps[which].between(*layout.span(which, region.pa, region.size)):
                fits = {"drop-cont": run.cont, "zero": True, "reserved": run.level == 3,
                        "wrong-pa": which == "linear" and not run.cont}.get(damage, True)
                if damage.endswith("-table"):
                    fits = run.level > self.kernel.geometry.root_level
                if fits:
                    runs.append(run)
        return runs

    def _damage_count(self, damage, run, entry):
        if damage.endswith("-table") or damage == "wrong-pa":
            return 1
        return self.random.randint(1, min(run.count - entry, 40))

    def _pa_of(self, which, va):
        """Memory that the leaf at VA of a map belongs to."""
        kernel = self.kernel
        if which == "linear":
            return kernel.pa_of(va)
        pages = (va - kernel.vmemmap_start) // kernel.struct_page_size
        pa = (kernel.memstart + pages * kernel.page_size) & ((1 << 64) - 1)
        return pa

    # -- questions ----------------------------------------------------------------------------

    def _reachable(self, query):
        return query.size > 0 and self._fits(query.start, query.size)

    def _queries(self):
        step = self.kernel.section_size
        queries = [Query(region.pa, region.size) for region in self.machine.regions]
        first, last = self.machine.regions[0].pa, self.hot[-1].end
        queries.append(Query(last, step))
        queries.append(Query(last - step, 2 * step))
        if last - first <= 64 * GIB:
            queries.append(Query(first, last - first))
        for region in self.hot:
            queries += self._block_queries(region, step)
            queries += self._leaf_queries(region)
        for fault in self.machine.faults:
            queries += self._around(fault.pa)
        return queries

    def _block_queries(self, region, step):
        blocks = region.size // step
        queries = []
        for _ in range(4):
            first = self.random.randrange(blocks)
            count = self.random.randint(1, blocks - first)
            queries.append(Query(region.pa + first * step, count * step))
        queries.append(Query(region.pa + self.random.randrange(blocks) * step, step))
        return queries

    def _leaf_queries(self, region):
        """Ranges with edges at, before and after the edges of leaves, and anywhere."""
        page = self.kernel.page_size
        geo = self.kernel.geometry
        sizes = [size for size in (page, geo.cont_size(3), geo.size(2), geo.cont_size(2))
                 if size <= region.size]
        queries = []
        for _ in range(4):
            size = self.random.choice(sizes)
            start = region.pa + self.random.randrange(region.size // size) * size
            start += self.random.choice((0, 0, page, -page))
            length = self.random.choice((page, size, size, 3 * size))
            queries.append(Query(max(start, region.pa), length))
        start = region.pa + self.random.randrange(region.size // page) * page
        room = (region.end - start) // page
        queries.append(Query(start, self.random.randint(1, room) * page))
        return queries

    def _around(self, pa):
        """The page, the blocks and the group around a damaged entry."""
        geo, step = self.kernel.geometry, self.kernel.section_size
        queries = [Query(pa & -self.kernel.page_size, self.kernel.page_size)]
        for size in (geo.cont_size(3), geo.size(2), step, geo.cont_size(2)):
            base = pa & -size
            queries += [Query(base, size), Query(base + size, size), Query(base, 2 * size)]
        return queries


def plain_memstart(kernel, base):
    """memstart of a kernel whose memory starts at BASE, without randomisation."""
    geo = kernel.geometry
    return Kernel(geo.granule, geo.va_bits, geo.va_actual, kernel.release, base).memstart


# What Fault does.
DAMAGES = ("drop-cont", "zero", "invalid", "marked", "reserved", "wrong-pa", "zero-table",
           "absent-table", "outside-table")
