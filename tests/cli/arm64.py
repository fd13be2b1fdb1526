# SPDX-License-Identifier: GPL-2.0-or-later
"""AArch64 translation geometry and the kernel's virtual layout, as plain arithmetic.

Everything here follows from a few configuration values.  Nothing reads a descriptor, so that the
core generator and the oracle can share it without sharing a decoder with the program under test.
"""

import re

MASK64 = (1 << 64) - 1
GIB = 1 << 30

# Members of a contiguous group, per granule and level.
CONT_MEMBERS = {
    4096: {2: 16, 3: 16},
    16384: {2: 32, 3: 128},
    65536: {2: 32, 3: 32},
}

# Granule and configured VA bits -> (compile-time levels, granule bits, smallest VA bits).
CONFIGURATIONS = {
    (4096, 39): (3, 39), (4096, 48): (4, 48), (4096, 52): (5, 48),
    (16384, 36): (2, 36), (16384, 47): (3, 47), (16384, 48): (4, 48), (16384, 52): (4, 47),
    (65536, 42): (2, 42), (65536, 48): (3, 48), (65536, 52): (3, 48),
}

# Every geometry a kernel can run in: granule, VA_BITS, VA bits in use.
GEOMETRIES = [
    (4096, 39, 39), (4096, 48, 48), (4096, 52, 52), (4096, 52, 48),
    (16384, 36, 36), (16384, 47, 47), (16384, 48, 48), (16384, 52, 52), (16384, 52, 47),
    (65536, 42, 42), (65536, 48, 48), (65536, 52, 52), (65536, 52, 48),
]


def u64(value):
    """Reduce VALUE to an unsigned 64-bit number, as C arithmetic would."""
    return value & MASK64


def release_tuple(release):
    """Return (major, minor, patch) of a kernel release text."""
    found = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", release)
    if not found:
        raise ValueError("not a kernel release: " + release)
    return tuple(int(part or 0) for part in found.groups())


class Geometry:
    """Table geometry of one granule, configured VA size and VA size in use."""

    def __init__(self, granule, va_bits, va_actual):
        self.granule = granule
        self.va_bits = va_bits
        self.va_actual = va_actual
        self.page_shift = granule.bit_length() - 1
        self.config_levels, self.va_bits_min = CONFIGURATIONS[(granule, va_bits)]
        # 4K and 16K switch 52-bit VAs and the LPA2 descriptor format on together.
        self.lpa2 = granule != 65536 and va_actual == 52
        self.root_level = self._root_level()
        # With 64K pages the 52-bit table keeps all its entries even when 48 bits are in use.
        span = va_bits if granule == 65536 else va_actual
        self.root_bits = span - self.shift(self.root_level)
        self.levels = 4 - self.root_level

    def __str__(self):
        name = "%dK/%d" % (self.granule >> 10, self.va_bits)
        return name if self.va_bits == self.va_actual else "%s-on-%d" % (name, self.va_actual)

    def _root_level(self):
        """The first level of the walk: the highest one that resolves any bit in use."""
        level = 3
        while level > -1 and self.shift(level - 1) < self.va_actual:
            level -= 1
        return level

    def shift(self, level):
        """log2 of the bytes that one entry of LEVEL covers."""
        return (self.page_shift - 3) * (4 - level) + 3

    def size(self, level):
        """Bytes that one entry of LEVEL covers."""
        return 1 << self.shift(level)

    def members(self, level):
        """How many entries of LEVEL form one contiguous group; 1 if there is no such group."""
        return CONT_MEMBERS[self.granule].get(level, 1)

    def cont_size(self, level):
        """Bytes of one contiguous group of LEVEL."""
        return self.size(level) * self.members(level)

    def index(self, level, va):
        """Index of VA in its table of LEVEL."""
        bits = self.root_bits if level == self.root_level else self.page_shift - 3
        return (va >> self.shift(level)) & ((1 << bits) - 1)

    def table_span(self, level):
        """Bytes that one table of LEVEL (not the root) covers."""
        return self.size(level - 1)

    def leaf_kinds(self):
        """Leaf kinds that Linux can make in this geometry, largest first: (name, level, cont)."""
        kinds = []
        if self.granule == 4096 and self.root_level <= 1:
            kinds.append(("PUD", 1, False))
        if self.config_levels > 2:
            kinds.append(("CONT_PMD", 2, True))
        return kinds + [("PMD", 2, False), ("CONT_PTE", 3, True), ("PTE", 3, False)]


class Kernel:
    """A kernel's configuration, with the addresses that follow from it."""

    def __init__(self, granule=4096, va_bits=48, va_actual=None, release="7.2.12+deb13-arm64",
                 dram_base=0x40000000, memstart=None, pa_bits=None, struct_page_size=64,
                 section_bits=None, mem_section_size=32, version="#1 SMP test", era=None):
        self.geometry = Geometry(granule, va_bits, va_actual or va_bits)
        self.release = release
        self.version = version
        self.dram_base = dram_base
        self.memstart = u64(self._default_memstart() if memstart is None else memstart)
        self.pa_bits = pa_bits or self._default_pa_bits()
        self.struct_page_size = struct_page_size
        self.section_bits = section_bits or self._default_section_bits()
        self.mem_section_size = mem_section_size
        self.era = era

    @property
    def page_size(self):
        """Bytes of a page."""
        return self.geometry.granule

    @property
    def section_size(self):
        """Bytes of a sparsemem section, which is also the memory block size on arm64."""
        return 1 << self.section_bits

    @property
    def layout_era(self):
        """Which of the three vmemmap layouts this release has, or ERA for a backport."""
        if self.era:
            return self.era
        version = release_tuple(self.release)[:2]
        return "5.10" if version < (5, 11) else "5.11" if version < (6, 9) else "6.9"

    @property
    def exports_vmemmap(self):
        """Whether the note names VMEMMAP_START and its companions."""
        return release_tuple(self.release)[:2] >= (5, 19)

    def _default_memstart(self):
        """DRAM start rounded down, lowered when fewer VA bits are in use than configured."""
        geo = self.geometry
        align = 512 << 20 if geo.granule == 65536 else GIB
        start = self.dram_base & ~(align - 1)
        return start - ((1 << geo.va_bits) - (1 << geo.va_actual))

    def _default_pa_bits(self):
        geo = self.geometry
        return 52 if geo.lpa2 or geo.granule == 65536 else 48

    def _default_section_bits(self):
        if release_tuple(self.release)[:2] < (5, 12):
            return 30
        return 29 if self.geometry.granule == 65536 else 27

    @property
    def page_offset(self):
        """First address of the linear map, by the configured VA size."""
        return u64(-(1 << self.geometry.va_bits))

    @property
    def page_end(self):
        """End of the linear map."""
        geo = self.geometry
        bits = geo.va_actual if self.layout_era == "5.10" else geo.va_bits_min
        return u64(-(1 << (bits - 1)))

    @property
    def linear_floor(self):
        """First linear address that the hardware can translate."""
        return u64(-(1 << self.geometry.va_actual))

    @property
    def vmemmap_size(self):
        """Bytes that the kernel reserves for the vmemmap."""
        geo = self.geometry
        reach = u64(-(1 << (geo.va_bits_min - 1))) - self.page_offset
        if self.layout_era == "6.9":
            return (reach >> geo.page_shift) * self.struct_page_size
        return reach >> (geo.page_shift - self._struct_page_order())

    def _struct_page_order(self):
        return (self.struct_page_size - 1).bit_length()

    @property
    def vmemmap_start(self):
        """VMEMMAP_START: the struct page of the page at memstart."""
        if self.layout_era == "5.10":
            return u64(-self.vmemmap_size - (2 << 20))
        if self.layout_era == "5.11":
            geo = self.geometry
            return u64(-(1 << (geo.va_bits - (geo.page_shift - self._struct_page_order()))))
        return u64(-GIB - self.vmemmap_size)

    @property
    def vmemmap_end(self):
        """VMEMMAP_END, the ceiling of the vmemmap teardown."""
        return u64(-GIB) if self.layout_era == "6.9" else self.vmemmap_start + self.vmemmap_size

    @property
    def image_base(self):
        """Where this generator links the kernel image: in the vmalloc area, as Linux does."""
        return u64(-(1 << (self.geometry.va_bits_min - 1))) + (128 << 20)

    def lin(self, pa):
        """Linear map address of a physical address."""
        return u64(pa - self.memstart) | self.page_offset

    def pa_of(self, va):
        """Physical address of a linear map address."""
        return u64(va - self.page_offset + self.memstart)

    def struct_page(self, pa):
        """Vmemmap address of the struct page of the page at PA."""
        pages = u64(pa - self.memstart) >> self.geometry.page_shift
        return u64(self.vmemmap_start + pages * self.struct_page_size)

    @property
    def vmemmap_base(self):
        """The `vmemmap` pointer: the (wrapped) struct page of page frame 0."""
        shift = self.geometry.page_shift
        signed = self.memstart - (1 << 64) if self.memstart >> 63 else self.memstart
        return u64(self.vmemmap_start - (signed >> shift) * self.struct_page_size)
