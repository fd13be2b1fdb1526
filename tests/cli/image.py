# SPDX-License-Identifier: GPL-2.0-or-later
"""Encode a layout as the physical memory of an AArch64 kernel.

Only the pages that matter exist: translation tables, the sparsemem arrays and the page with the
kernel's name.  They are scattered over the boot memory, like real ones.
"""

import random
import struct
from array import array

from arm64 import u64
from layout import MAPS

PAGE = 0b11
BLOCK = 0b01
TABLE = 0b11
CONT = 1 << 52
MARKED_INVALID = 1 << 11

# Section flags that never moved between releases.
PRESENT, HAS_MEM_MAP, ONLINE, EARLY = 1, 2, 4, 8

IMAGE_PAGES = 8
ROOT_PAGE, UTS_PAGE = 2, 5
UTS_OFFSET = 0x130


class PagePool:
    """Hands out pages of given windows in an order that looks random but is repeatable."""

    def __init__(self, windows, page_size, seed):
        self.windows = windows
        self.page_size = page_size
        self.random = random.Random(seed)
        self.used = set()

    def take(self, count=1):
        """Address of COUNT free pages in a row."""
        while True:
            start, size = self.random.choice(self.windows)
            slots = size // self.page_size - count
            pa = start + self.random.randrange(slots + 1) * self.page_size
            pages = range(pa, pa + count * self.page_size, self.page_size)
            if self.used.isdisjoint(pages):
                self.used.update(pages)
                return pa


class Image:
    """Physical memory of a machine: `pages` maps a page's address to its content."""

    def __init__(self, layout, windows=None):
        self.layout = layout
        self.kernel = layout.kernel
        self.geometry = layout.kernel.geometry
        self.page_size = self.kernel.page_size
        self.random = random.Random(layout.machine.seed)
        self.pages = {}
        self.tables = {}
        self.image_pa = self._find_image()
        self.pool = PagePool(windows or self._default_windows(), self.page_size,
                             layout.machine.seed)
        for index in range(IMAGE_PAGES):
            self.pool.used.add(self.image_pa + index * self.page_size)
        self._write_image()
        self._reserve_section_roots()
        for name in MAPS:
            for run in layout.maps[name].runs:
                self._install(run)
        self._install_image_mapping()
        self._write_sections()
        for fault in layout.machine.faults:
            self._spoil(fault)

    # -- where things are ---------------------------------------------------------------------

    def _boot_region(self):
        return next(region for region in self.layout.machine.regions if region.boot)

    def _find_image(self):
        """The kernel image lies a little into the first boot region."""
        return self._boot_region().pa + 64 * self.page_size

    def _default_windows(self):
        """Tables come from all boot memory."""
        return [(region.pa, region.size) for region in self.layout.machine.regions if region.boot]

    @property
    def voffset(self):
        """kimage_voffset."""
        return u64(self.kernel.image_base - self.image_pa)

    @property
    def root(self):
        """Physical address of swapper_pg_dir."""
        return self.image_pa + ROOT_PAGE * self.page_size

    # -- raw memory ---------------------------------------------------------------------------

    def page(self, pa):
        """The content of the page at PA, which is created as zeros."""
        return self.pages.setdefault(pa, bytearray(self.page_size))

    def write(self, pa, data):
        """Write DATA at PA, page by page."""
        while data:
            offset = pa % self.page_size
            piece = data[:self.page_size - offset]
            self.page(pa - offset)[offset:offset + len(piece)] = piece
            pa, data = pa + len(piece), data[len(piece):]

    def read_entry(self, table, index):
        """One descriptor of a table."""
        return struct.unpack_from("<Q", self.pages[table], index * 8)[0]

    def write_entry(self, table, index, value):
        """Store one descriptor."""
        struct.pack_into("<Q", self.page(table), index * 8, value)

    # -- descriptors --------------------------------------------------------------------------

    def address_bits(self, pa):
        """PA as a descriptor of this geometry stores it."""
        geo = self.geometry
        if geo.lpa2:
            return (pa & ((1 << 50) - 1)) | ((pa >> 50 & 3) << 8)
        low = pa & ((1 << 48) - 1)
        if geo.granule == 65536:
            return low | ((pa >> 48 & 15) << 12)
        if pa >> 48:
            raise ValueError("%#x needs more address bits than %s has" % (pa, geo))
        return low

    def leaf_bits(self, run):
        """A leaf descriptor without its address."""
        bits = (1 << 54) | (1 << 10)
        if not self.geometry.lpa2:
            bits |= 3 << 8
        if self.layout.machine.noise:
            bits |= self.random.getrandbits(3) << 2
            for bit in (7, 11, 50, 51, 53, 55, 56, 57, 58, 59, 60, 61, 62, 63):
                bits |= self.random.getrandbits(1) << bit
        if run.cont:
            bits |= CONT
        return self._type_bits(run, bits)

    @staticmethod
    def _type_bits(run, bits):
        kind = PAGE if run.level == 3 else BLOCK
        if run.state == "reserved":
            return bits | 0b01
        if run.state == "invalid":
            # Neither release's "present but invalid" marker, so the kernel sees garbage.
            return (bits & ~(MARKED_INVALID | 3 << 58)) | (kind & 0b10)
        if run.state == "marked":
            return bits | MARKED_INVALID | (kind & 0b10)
        return bits | kind

    def table_bits(self):
        """A table descriptor without its address."""
        bits = TABLE
        if self.layout.machine.noise:
            for bit in (10, 59, 60):
                bits |= self.random.getrandbits(1) << bit
        return bits

    # -- tables -------------------------------------------------------------------------------

    def table(self, level, va):
        """The table of LEVEL that translates VA, made if necessary."""
        geo = self.geometry
        if level == geo.root_level:
            return self.root
        key = (level, va & ~(geo.table_span(level) - 1))
        if key not in self.tables:
            pa = self.pool.take()
            self.page(pa)
            self.tables[key] = pa
            parent = self.table(level - 1, va)
            self.write_entry(parent, geo.index(level - 1, va),
                             self.address_bits(pa) | self.table_bits())
        return self.tables[key]

    def _install(self, run):
        """Write the descriptors of a run."""
        geo, size = self.geometry, run.size
        delta = size if run.state == "wrong-pa" else 0
        for start in range(0, run.count, 4096):
            bits = self.leaf_bits(run)
            done, stop = start, min(start + 4096, run.count)
            while done < stop:
                va, pa = run.va + done * size, run.pa + done * size + delta
                index = geo.index(run.level, va)
                room = self.page_size // 8 - index
                count = min(stop - done, room)
                self._fill(self.table(run.level, va), index, bits, pa, size, count)
                done += count

    def _fill(self, table, index, bits, pa, size, count):
        """COUNT descriptors of memory that starts at PA, into a table from INDEX on."""
        first, last = self.address_bits(pa), self.address_bits(pa + (count - 1) * size)
        if last - first == (count - 1) * size:
            # The address and the attributes share no bit, so one sum does for all.
            first |= bits
            entries = array("Q", range(first, first + count * size, size))
        else:
            entries = array("Q", [self.address_bits(pa + number * size) | bits
                                  for number in range(count)])
        self.page(table)[index * 8:(index + count) * 8] = entries.tobytes()

    def _install_image_mapping(self):
        """Map the image in the vmalloc area: the upper half is never the vmemmap alone."""
        geo = self.geometry
        for number in range(IMAGE_PAGES):
            va = self.kernel.image_base + number * self.page_size
            bits = 1 << 51 if self.layout.machine.writable_root else 1 << 7
            bits |= 0x403 if geo.lpa2 else 0x703
            self.write_entry(self.table(3, va), geo.index(3, va),
                             self.address_bits(self.image_pa + number * self.page_size)
                             | bits)

    # -- what else the kernel keeps -----------------------------------------------------------

    def pointer(self, va):
        """VA as a pointer in the kernel's memory: with the machine's tag."""
        return va & ~(0xff << 56) | self.layout.machine.tag << 56

    def _write_image(self):
        for number in range(IMAGE_PAGES):
            self.page(self.image_pa + number * self.page_size)
        names = ("Linux", "testhost", self.kernel.release, self.kernel.version, "aarch64", "(none)")
        text = b"".join(name.encode().ljust(65, b"\0") for name in names)
        self.write(self.image_pa + UTS_PAGE * self.page_size + UTS_OFFSET, text)

    def _reserve_section_roots(self):
        """Place the mem_section root array while there is still room for it in one piece."""
        kernel = self.kernel
        per_root = self.page_size // kernel.mem_section_size
        self.root_count = (1 << (kernel.pa_bits - kernel.section_bits)) // per_root or 1
        # On real kernels a root array is not page aligned.
        size = 0x380 + self.root_count * 8
        pages = -(-size // self.page_size)
        start = self.pool.take(pages)
        self.sections_pa = start + 0x380
        for number in range(pages):
            self.page(start + number * self.page_size)

    def _write_sections(self):
        """The root array's entries and one page of sections for each root in use."""
        kernel = self.kernel
        per_root = self.page_size // kernel.mem_section_size
        self.section_pages = {}
        for number, region in sorted(self.layout.sections.items()):
            root, slot = divmod(number, per_root)
            if root not in self.section_pages:
                self.section_pages[root] = pa = self.pool.take()
                self.page(pa)
                self.write(self.sections_pa + root * 8, struct.pack("<Q", self.pointer(kernel.lin(pa))))
            self.write(self.section_pages[root] + slot * kernel.mem_section_size,
                       struct.pack("<QQ", self._section_value(region), self._usage(number, region)))

    def _usage(self, number, region):
        """Address of a section's usage map: those from boot are one array, others are anywhere."""
        page = self.image_pa if region.boot else self.image_pa + self.page_size
        return self.kernel.lin(page) + number % 64 * 0x28

    def _section_value(self, region):
        flags = PRESENT | HAS_MEM_MAP
        if region.online:
            flags |= ONLINE
        if region.boot:
            flags |= EARLY
        return self.pointer(self.kernel.vmemmap_base) | flags

    # -- damage -------------------------------------------------------------------------------

    def _spoil(self, fault):
        """Apply the faults that concern tables; the layout has applied those of leaves."""
        geo = self.geometry
        va = self.layout.span(fault.map, fault.pa, 0)[0]
        if fault.kind in ("zero-table", "absent-table"):
            # The layout dropped the leaves, so the table becomes empty.
            table = self.table(fault.level, va)
            if fault.kind == "absent-table":
                del self.pages[table]
        elif fault.kind in ("outside-table", "loop"):
            parent = self.table(fault.level - 1, va)
            target = self.root if fault.kind == "loop" else self._outside()
            self.write_entry(parent, geo.index(fault.level - 1, va),
                             self.address_bits(target) | TABLE)
        elif fault.kind == "block":
            table = self.table(fault.level, va)
            pa = fault.pa & ~(geo.size(fault.level) - 1)
            self.write_entry(table, geo.index(fault.level, va),
                             self.address_bits(pa) | 0x700 | BLOCK)

    def _outside(self):
        """A page that no PT_LOAD covers."""
        return (1 << 46) - 16 * self.page_size

    def flip_bits(self, count, seed):
        """Flip COUNT bits somewhere in the translation tables."""
        chance = random.Random(seed)
        tables = [pa for pa in sorted(self.tables.values()) if pa in self.pages] + [self.root]
        for _ in range(count):
            page = self.pages[chance.choice(tables)]
            # Aim at live entries: most of a table is zero and would decode as invalid anyway.
            used = [at for at in range(0, self.page_size, 8) if any(page[at:at + 8])]
            at = chance.choice(used) if used else 0
            page[at + chance.randrange(8)] ^= 1 << chance.randrange(8)

    # -- the note -----------------------------------------------------------------------------

    def vmcoreinfo(self):
        """Text of the VMCOREINFO note, with keys in a kernel's order and each in its own radix."""
        kernel, geo = self.kernel, self.geometry
        image = kernel.image_base
        lines = [
            "OSRELEASE=" + kernel.release,
            "BUILD-ID=00112233445566778899aabbccddeeff00112233",
            "PAGESIZE=%d" % self.page_size,
            "SYMBOL(init_uts_ns)=%x" % (image + UTS_PAGE * self.page_size + UTS_OFFSET - 0x10),
            "OFFSET(uts_namespace.name)=16",
            "SYMBOL(swapper_pg_dir)=%x" % (image + ROOT_PAGE * self.page_size),
            "SYMBOL(_stext)=%x" % image,
        ]
        if kernel.layout_era == "6.9":
            lines.append("SYMBOL(vmemmap)=%x" % kernel.vmemmap_base)
        lines += [
            "SYMBOL(mem_section)=%x" % self.pointer(kernel.lin(self.sections_pa)),
            "LENGTH(mem_section)=%d" % self.root_count,
            "SIZE(mem_section)=%d" % kernel.mem_section_size,
            "OFFSET(mem_section.section_mem_map)=0",
            "NUMBER(SECTION_SIZE_BITS)=%d" % kernel.section_bits,
            "NUMBER(MAX_PHYSMEM_BITS)=%d" % kernel.pa_bits,
            "SIZE(page)=%d" % kernel.struct_page_size,
            "OFFSET(page.flags)=0",
            "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129",
            "NUMBER(VA_BITS)=%d" % geo.va_bits,
        ]
        if kernel.exports_vmemmap:
            lines += [
                "NUMBER(MODULES_VADDR)=%#x" % u64(-(1 << (geo.va_bits_min - 1))),
                "NUMBER(MODULES_END)=%#x" % image,
                "NUMBER(VMALLOC_START)=%#x" % image,
                "NUMBER(VMALLOC_END)=%#x" % u64(kernel.vmemmap_start - (256 << 20)),
                "NUMBER(VMEMMAP_START)=%#x" % kernel.vmemmap_start,
                "NUMBER(VMEMMAP_END)=%#x" % kernel.vmemmap_end,
            ]
        lines += [
            "NUMBER(kimage_voffset)=%#x" % self.voffset,
            "NUMBER(PHYS_OFFSET)=%#x" % kernel.memstart,
            "NUMBER(TCR_EL1_T1SZ)=%#x" % (64 - geo.va_actual),
            "KERNELOFFSET=%x" % 0x80000,
            "NUMBER(KERNELPACMASK)=%#x" % kernel.page_offset,
        ]
        return ("\n".join(lines) + "\n").encode()
