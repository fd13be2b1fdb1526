# SPDX-License-Identifier: GPL-2.0-or-later
"""Write physical memory (an Image) into the file formats that crash dumps come in."""

import struct
import zlib
from dataclasses import dataclass

ET_CORE, EM_AARCH64 = 4, 183
PT_LOAD, PT_NOTE = 1, 4
PN_XNUM = 0xffff
NO_PADDR = (1 << 64) - 1

EHDR = struct.Struct("<16sHHIQQQIHHHHHH")
PHDR = struct.Struct("<IIQQQQQQ")
SHDR = struct.Struct("<IIQQQQIIQQ")


@dataclass
class Segment:
    """One PT_LOAD: DATA is a list of (offset within the segment, bytes)."""

    vaddr: int
    paddr: int
    size: int
    data: list
    offset: int = -1


def note(name, kind, desc):
    """One ELF note, padded to four bytes."""
    name = name.encode() + b"\0"
    return (struct.pack("<III", len(name), len(desc), kind) + name + b"\0" * (-len(name) % 4)
            + desc + b"\0" * (-len(desc) % 4))


def core_notes(image):
    """The notes of a dump: a CPU's registers first, then VMCOREINFO."""
    return note("CORE", 1, b"\0" * 392) + note("VMCOREINFO", 0, image.vmcoreinfo())


def runs_of_pages(image):
    """The pages of an image in ascending order, neighbours joined: (pa, [content...])."""
    runs = []
    for pa in sorted(image.pages):
        if runs and runs[-1][0] + len(runs[-1][1]) * image.page_size == pa:
            runs[-1][1].append(image.pages[pa])
        else:
            runs.append((pa, [image.pages[pa]]))
    return runs


def joined(pages):
    """The pages of a run as segment data."""
    return [(0, b"".join(bytes(page) for page in pages))]


def memory_segments(image, vaddr=None):
    """A PT_LOAD for each run of pages; VADDR maps a physical address to a virtual one."""
    return [Segment(vaddr(pa) if vaddr else 0, pa, len(pages) * image.page_size, joined(pages))
            for pa, pages in runs_of_pages(image)]


def region_segments(image, vaddr=None, limit=1 << 30):
    """A PT_LOAD for each region of memory, with zeros for absent pages (holes of a sparse file)."""
    segments = []
    for region in image.layout.machine.regions:
        if region.size > limit:
            raise ValueError("region too large to be written out")
        pages = [(pa - region.pa, bytes(page)) for pa, page in sorted(image.pages.items())
                 if region.pa <= pa < region.end]
        segments.append(Segment(vaddr(region.pa) if vaddr else 0, region.pa, region.size, pages))
    return segments


def _header(phoff, phnum, shoff, shnum, machine=EM_AARCH64, flags=0):
    ident = b"\x7fELF" + bytes([2, 1, 1]) + b"\0" * 9
    sections = (64, shnum, 0) if shnum else (0, 0, 0)
    return EHDR.pack(ident, ET_CORE, machine, 1, 0, phoff, shoff, flags, 64, 56,
                     min(phnum, PN_XNUM), *sections)


def write_elf(path, segments, notes, phdrs="start", align=1, machine=EM_AARCH64, flags=0):
    """Write an ELF core.  PHDRS places the program headers: start, end, or after-sections."""
    count = len(segments) + 1
    extended = count >= PN_XNUM
    shnum = 2 if phdrs == "after-sections" else 1 if extended else 0
    place = 64
    if phdrs == "after-sections":
        shoff, place = place, place + shnum * 64
    if phdrs != "end":
        phoff, place = place, place + count * 56
    note_at = place
    place += len(notes)
    for segment in segments:
        if segment.offset < 0:
            place += -place % align
            segment.offset = place
            place += segment.size
    if phdrs == "end":
        place += -place % 8
        phoff, place = place, place + count * 56
    if phdrs != "after-sections":
        shoff, place = (place, place + shnum * 64) if shnum else (0, place)
    with open(path, "wb") as out:
        out.write(_header(phoff, count, shoff, shnum, machine, flags))
        out.seek(phoff)
        out.write(_program_headers(segments, note_at, len(notes)))
        if shnum:
            out.seek(shoff)
            out.write(_section_headers(shnum, count if extended else 0))
        out.seek(note_at)
        out.write(notes)
        for segment in segments:
            for offset, data in segment.data:
                out.seek(segment.offset + offset)
                out.write(data)
        out.truncate(place)


def _program_headers(segments, note_at, note_size):
    headers = [PHDR.pack(PT_NOTE, 0, note_at, 0, 0, note_size, note_size, 4)]
    headers += [PHDR.pack(PT_LOAD, 7, segment.offset, segment.vaddr, segment.paddr,
                          segment.size, segment.size, 0) for segment in segments]
    return b"".join(headers)


def _section_headers(count, phnum):
    """Section 0, whose sh_info holds the real number of program headers, and a string table."""
    null = SHDR.pack(0, 0, 0, 0, 0, 0, 0, phnum, 0, 0)
    strings = SHDR.pack(0, 3, 0, 0, 0, 0, 0, 0, 0, 0)
    return (null + strings)[:count * 64]


def write_plain(path, image, phdrs="start"):
    """Only the pages that exist."""
    write_elf(path, memory_segments(image), core_notes(image), phdrs)


def write_qemu(path, image):
    """Section headers first, p_vaddr 0, unaligned data, like QEMU's dump-guest-memory."""
    write_elf(path, memory_segments(image), core_notes(image), "after-sections")


def write_whole_memory(path, image):
    """Whole regions, with zeros where no page was made."""
    write_elf(path, region_segments(image), core_notes(image))


def write_kdump_elf(path, image):
    """Like the kernel's /proc/vmcore: the text first, then memory at its linear addresses."""
    kernel = image.kernel
    segments = [_text_segment(image)] + memory_segments(image, kernel.lin)
    write_elf(path, segments, core_notes(image), align=4096)


def _text_segment(image):
    from image import IMAGE_PAGES
    size = image.page_size
    pages = [image.pages[image.image_pa + number * size] for number in range(IMAGE_PAGES)]
    return Segment(image.kernel.image_base, image.image_pa, len(pages) * size, joined(pages))


def write_kcore(path, image):
    """Like /proc/kcore: only text and RAM have a p_paddr, and RAM hides the image's own pages."""
    from image import IMAGE_PAGES
    kernel = image.kernel
    text = _text_segment(image)
    first, last = image.image_pa, image.image_pa + IMAGE_PAGES * image.page_size
    ram = memory_segments(image, kernel.lin)
    for segment in ram:
        start, end = max(first, segment.paddr), min(last, segment.paddr + segment.size)
        if start < end:
            content = bytearray(segment.data[0][1])
            content[start - segment.paddr:end - segment.paddr] = b"\0" * (end - start)
            segment.data = [(0, bytes(content))]
    vmalloc = Segment(kernel.image_base, NO_PADDR, 1 << 20, [(0, text.data[0][1])])
    modules = Segment(kernel.image_base - (1 << 20), NO_PADDR, 1 << 20, [])
    vmemmap = Segment(kernel.struct_page(first), NO_PADDR, 1 << 20, [])
    write_elf(path, [text, vmalloc, modules] + ram + [vmemmap], core_notes(image), align=4096)


def write_many_segments(path, image, total=70000):
    """More than 65535 program headers: the count moves into section header 0."""
    segments = [Segment(0, pa, image.page_size, [(0, bytes(page))])
                for pa, page in sorted(image.pages.items())]
    top = max(segment.paddr for segment in segments) + (1 << 32)
    filler = [Segment(0, top + number * 2 * image.page_size, image.page_size, [])
              for number in range(total - len(segments))]
    for segment in filler:
        segment.offset = 64
    # The pages that matter come last, where a truncated count would lose them.
    write_elf(path, filler + segments, core_notes(image), "end")


# -- memory without notes -------------------------------------------------------------------------


def write_bare(path, image):
    """An ELF core without VMCOREINFO."""
    write_elf(path, memory_segments(image), note("CORE", 1, b"\0" * 392))


def write_lime(path, pieces):
    """A LiME file of (pa, bytes)."""
    with open(path, "wb") as out:
        for pa, memory in pieces:
            out.write(struct.pack("<IIQQQ", 0x4c694d45, 1, pa, pa + len(memory) - 1, 0) + memory)


def write_raw(path, image, region):
    """The memory of a region, with holes for pages that were not made."""
    with open(path, "wb") as out:
        for pa, page in image.pages.items():
            if region.pa <= pa < region.end:
                out.seek(pa - region.pa)
                out.write(page)
        out.truncate(region.size)


# -- makedumpfile's own formats ---------------------------------------------------------------

SUB_HEADER = struct.Struct("<QiiQQQQQQQQQQQ")
ZLIB, RAW = 1, 0


class KdumpFile:
    """A kdump-compressed file, or one file of a split set."""

    def __init__(self, image, vmcoreinfo=True, machine="aarch64", status=1):
        self.image = image
        self.machine = machine
        self.status = status
        self.block = image.page_size
        self.pfns = [pa // self.block for pa in sorted(image.pages)]
        self.max_mapnr = self.pfns[-1] + 1
        self.info = image.vmcoreinfo() if vmcoreinfo else b""
        self.notes = core_notes(image) if vmcoreinfo else note("CORE", 1, b"\0" * 392)

    def _bitmap_blocks(self):
        """Blocks of one of the two bitmaps."""
        return -(-self.max_mapnr // (8 * self.block))

    def _sub_blocks(self):
        return -(-(SUB_HEADER.size + len(self.notes)) // self.block)

    def _write_bitmap(self, out):
        """Blocks of zeros are holes in the file: the bitmap may span terabytes."""
        start, blocks = out.tell(), {}
        for pfn in self.pfns:
            bits = blocks.setdefault(pfn // (8 * self.block), bytearray(self.block))
            bits[pfn // 8 % self.block] |= 1 << (pfn & 7)
        for number, bits in blocks.items():
            out.seek(start + number * self.block)
            out.write(bits)
        out.seek(start + self._bitmap_blocks() * self.block)

    def _main_header(self):
        names = ("Linux", "testhost", self.image.kernel.release, "#1 SMP test",
                 self.machine, "(none)")
        uts = b"".join(name.encode().ljust(65, b"\0") for name in names)
        header = struct.pack("<8si390s6xQQIiiIIIIIIi", b"KDUMP   ", 6, uts, 0, 0, self.status,
                             self.block,
                             self._sub_blocks(), 2 * self._bitmap_blocks(),
                             min(self.max_mapnr, 0xffffffff), 0, 0, 0, 0, 1)
        return header.ljust(self.block, b"\0")

    def _sub_header(self, split, first, last):
        notes_at = self.block + SUB_HEADER.size
        # The text is found in two ways: in its note, and by an offset that points into that note.
        info_at = notes_at + self.notes.index(self.info) if self.info else 0
        text = SUB_HEADER.pack(0, 31, split, first, last, info_at, len(self.info), notes_at,
                               len(self.notes), 0, 0, first, last, self.max_mapnr)
        return (text + self.notes).ljust(self._sub_blocks() * self.block, b"\0")

    def write(self, path, first=0, last=None):
        """Write the pages with first <= pfn < last; the bitmaps always cover all pages."""
        split = int(last is not None)
        last = self.max_mapnr if last is None else last
        pfns = [pfn for pfn in self.pfns if first <= pfn < last]
        with open(path, "wb") as out:
            out.write(self._main_header() + self._sub_header(split, first if split else 0,
                                                             last if split else 0))
            self._write_bitmap(out)
            self._write_bitmap(out)
            at = out.tell() + 24 * len(pfns)
            stored = []
            for number, pfn in enumerate(pfns):
                data, flags = self._pack(number, bytes(self.image.pages[pfn * self.block]))
                out.write(struct.pack("<qIIQ", at, len(data), flags, 0))
                stored.append(data)
                at += len(data)
            out.write(b"".join(stored))

    def _pack(self, number, page):
        """Every eighth page is stored uncompressed, so that both kinds appear."""
        packed = zlib.compress(page, 1)
        if number % 8 == 7 or len(packed) >= len(page):
            return page, RAW
        return packed, ZLIB


def write_kdump(path, image):
    """A kdump-compressed file."""
    KdumpFile(image).write(path)


def write_kdump_split(paths, image):
    """A split set; each file holds a part of the pages."""
    dump = KdumpFile(image)
    marks = [dump.pfns[len(dump.pfns) * number // len(paths)] for number in range(len(paths))]
    marks = [0] + marks[1:] + [dump.max_mapnr]
    for path, first, last in zip(paths, marks, marks[1:]):
        dump.write(path, first, last)


def flatten(source, path, chunk=300 * 1024 + 8):
    """Rearrange any file like makedumpfile's output to a pipe: records may be out of order."""
    with open(source, "rb") as handle:
        content = handle.read()
    records = [(at, content[at:at + chunk]) for at in range(0, len(content), chunk)]
    # A pipe writer fills in the headers at the end; the last record for a byte wins.
    first = (0, content[:64])
    records = [(0, b"\xff" * 64 + records[0][1][64:])] + records[1:][::-1] + [first]
    with open(path, "wb") as out:
        out.write(struct.pack(">16sqq", b"makedumpfile", 1, 1).ljust(4096, b"\0"))
        for at, data in records:
            out.write(struct.pack(">qq", at, len(data)) + data)
        out.write(struct.pack(">qq", -1, -1))
