# SPDX-License-Identifier: GPL-2.0-or-later
"""Kinds of damage to files: ELF cores, kdump-compressed dumps, flattened and compressed ones, and
AVML files. The memory of the dumped kernel is unchanged."""

import bz2
import gzip
import lzma
import re
import struct
import zlib

import avml
from core import PHNUM_AT, Variant, trim

EHDR_SIZE, FLAGS_AT = 64, 48
STATUS_AT = 424                  # of the kdump header
FIELDS = {"offset": (8, 8), "vaddr": (16, 8), "paddr": (24, 8), "filesz": (32, 8),
          "memsz": (40, 8), "type": (0, 4), "align": (48, 8)}


def flip_bytes(pick, content, start, end, count=1):
    """Patches that flip COUNT bits in [START, END) of a file."""
    patches = {}
    for _ in range(count):
        at = pick.rng.randrange(start, end)
        patches[at] = patches.get(at, content[at]) ^ 1 << pick.rng.randrange(8)
    return [(at, bytes([value])) for at, value in patches.items()]


# -- ELF ----------------------------------------------------------------------------------------


def elf_header(pick):
    """Bits of the ELF header."""
    count = pick.rng.choice((1, 1, 1, 2, 8))
    return Variant("ELF header", patches=flip_bytes(pick, pick.core.data, 0, EHDR_SIZE, count))


def program_header(pick):
    """Bits, or a whole field, of a program header."""
    rng, core = pick.rng, pick.core
    at = core.phoff + rng.randrange(core.phnum) * trim.PHDR.size
    if rng.random() < 0.5:
        return Variant("program header", patches=flip_bytes(pick, core.data, at, at + 56))
    place, size = FIELDS[rng.choice(list(FIELDS))]
    old = int.from_bytes(core.data[at + place:at + place + size], "little")
    value = rng.choice((0, (1 << 8 * size) - 1, old + core.page, old - core.page, old * 2,
                        rng.getrandbits(8 * size), rng.getrandbits(30)))
    return Variant(f"program header field {place} is {value:#x}", patches=[
        (at + place, (value % (1 << 8 * size)).to_bytes(size, "little"))])


def segments(pick):
    """PT_LOADs cut, moved, doubled, swapped, or dropped."""
    rng, core = pick.rng, pick.core
    loads = list(core.loads)
    for _ in range(rng.choice((1, 1, 2, 4))):
        number = rng.randrange(len(loads))
        pa, size, offset = loads[number]
        other = rng.choice(loads)
        step = core.page * rng.choice((1, 1, -1, 2, 16)) + rng.choice((0, 0, 8, 512, -4096))
        change = rng.randrange(8)
        if change == 0:
            loads[number] = (pa, rng.randrange(0, size), offset)
        elif change == 1:
            loads[number] = (max(0, pa + step), size, offset)
        elif change == 2:
            loads[number] = (pa, size, min(max(0, offset + step), len(core.data) - size))
        elif change == 3:
            loads.insert(rng.randrange(len(loads)), (other[0], min(size, other[1]), offset))
        elif change == 4:
            loads.append((pa, min(size, other[1]), other[2]))
        elif change == 5:
            loads[number] = (other[0], size, offset)
        elif change == 6 and len(loads) > 1:
            del loads[number]
        else:
            loads[number] = (pa, size + rng.choice((8, core.page)), offset)
    return Variant("segments", loads=loads)


def cut(pick):
    """The file cut at random, or where a part of it ends."""
    rng, core = pick.rng, pick.core
    edges = [0, 4, 16, 63, 64, 65, core.phoff + 56, core.note_at, core.note_at + 12,
             core.text_at, core.text_at + len(core.text)]
    pa, size, offset = rng.choice(core.loads)
    del pa
    edges += [offset, offset + 8, offset + size, offset + size - 1]
    place = rng.choice((rng.randrange(len(core.data)), rng.randrange(core.loads[0][2],
                                                                     len(core.data)),
                        rng.choice(edges)))
    place = min(place, len(core.data) - 1)
    return Variant(f"cut to {place}", cut=place, lost=core.lost(place))


def incomplete(pick):
    """What makedumpfile leaves if it runs out of space: it writes a program header before its
    segment, and sets a flag."""
    rng, core = pick.rng, pick.core
    count = rng.randrange(1, len(core.loads) + 1)
    _, size, offset = core.loads[count - 1]
    place = offset + rng.choice((rng.randrange(size), size, size - 1, 0))
    first = core.phoff + (core.phnum - len(core.loads) + count) * trim.PHDR.size
    gone = bytes(core.phoff + core.phnum * trim.PHDR.size - first)
    return Variant(f"{count} of {len(core.loads)} segments, the last up to {place}", cut=place,
                   patches=[(FLAGS_AT, struct.pack("<I", 1)), (first, gone)],
                   lost=core.lost(place, core.loads[:count]))


def note(pick):
    """Bits of the note's header, or of its size in the program header."""
    core = pick.core
    return Variant("note", patches=flip_bytes(pick, core.data, core.note_at, core.text_at))


def headers_count(pick):
    """A different number of program headers."""
    value = pick.rng.choice((0, 1, 2, pick.core.phnum - 1, pick.core.phnum + 1, 0xfffe, 0xffff))
    return Variant(f"{value} program headers", patches=[(PHNUM_AT, struct.pack("<H", value))])


# -- VMCOREINFO ---------------------------------------------------------------------------------

# The values that the program reads, and those that decide about edges.
KEYS = (b"OSRELEASE", b"PAGESIZE", b"SYMBOL(init_uts_ns)", b"OFFSET(uts_namespace.name)",
        b"SYMBOL(swapper_pg_dir)", b"SYMBOL(vmemmap)", b"SYMBOL(mem_section)",
        b"LENGTH(mem_section)", b"SIZE(mem_section)", b"NUMBER(SECTION_SIZE_BITS)",
        b"NUMBER(MAX_PHYSMEM_BITS)", b"SIZE(page)", b"NUMBER(VA_BITS)", b"NUMBER(VMEMMAP_START)",
        b"NUMBER(VMEMMAP_END)", b"NUMBER(kimage_voffset)", b"NUMBER(PHYS_OFFSET)",
        b"NUMBER(TCR_EL1_T1SZ)", b"OFFSET(mem_section.section_mem_map)")


def info_lines(pick):
    """The lines of VMCOREINFO, and the numbers of those that matter."""
    lines = pick.core.text.rstrip(b"\0").split(b"\n")
    wanted = [number for number, line in enumerate(lines) if line.partition(b"=")[0] in KEYS]
    return lines, pick.rng.choice(wanted)


def info_bits(pick):
    """A bit in the text of a line that matters."""
    lines, number = info_lines(pick)
    line = bytearray(lines[number])
    line[pick.rng.randrange(len(line))] ^= 1 << pick.rng.randrange(8)
    lines[number] = bytes(line)
    return Variant(f"VMCOREINFO: {bytes(line)!r}", text=b"\n".join(lines))


def other_number(pick, key, value):
    """A number of a line with a flipped bit, in its own radix."""
    rng = pick.rng
    if value.startswith(b"0x"):
        return b"%#x" % (int(value, 16) ^ 1 << rng.randrange(64))
    if key.startswith(b"SYMBOL"):
        return b"%x" % (int(value, 16) ^ 1 << rng.randrange(64))
    if not value.isdigit():
        return re.sub(rb"\d", lambda _: b"%d" % rng.randrange(10), value, count=2)
    return b"%d" % rng.choice((int(value) ^ 1 << rng.randrange(20), int(value) * 2,
                               int(value) // 2, int(value) + 1, int(value) - 1))


def info_number(pick):
    """A line with a different number."""
    lines, number = info_lines(pick)
    key, _, value = lines[number].partition(b"=")
    lines[number] = key + b"=" + other_number(pick, key, value)
    return Variant(f"VMCOREINFO: {lines[number]!r}", text=b"\n".join(lines))


def info_line(pick):
    """A line missing, or duplicated, or the text cut."""
    lines, number = info_lines(pick)
    key, _, value = lines[number].partition(b"=")
    change = pick.rng.randrange(4)
    if change == 0:
        del lines[number]
    elif change == 1:
        place = pick.rng.randrange(len(lines))
        lines.insert(place, key + b"=" + other_number(pick, key, value))
    elif change == 2:
        del lines[number + 1:]
    else:
        del lines[:number]
    return Variant(f"VMCOREINFO: line {number} {('gone', 'twice', 'last', 'first')[change]}",
                   text=b"\n".join(lines))


ELF = {
    "ELF header": elf_header,
    "ELF program headers": program_header,
    "ELF segments": segments,
    "ELF cut": cut,
    "ELF incomplete": incomplete,
    "ELF note": note,
    "ELF header count": headers_count,
    "VMCOREINFO bits": info_bits,
    "VMCOREINFO numbers": info_number,
    "VMCOREINFO lines": info_line,
}


# -- kdump-compressed ---------------------------------------------------------------------------


class Kdump:
    """Where the parts of a kdump-compressed file are."""

    def __init__(self, content):
        self.content = content
        self.block, self.sub_blocks, self.bitmap_blocks = struct.unpack_from("<III", content, 428)
        self.bitmap = (1 + self.sub_blocks) * self.block
        self.descs = (1 + self.sub_blocks + self.bitmap_blocks) * self.block
        half = self.bitmap_blocks // 2 * self.block
        self.dumped = content[self.bitmap + half:self.bitmap + 2 * half]
        self.count = int.from_bytes(self.dumped, "little").bit_count()
        self.data = self.descs + 24 * self.count

    def lost(self, core, cut, count=None):
        """The pages that a file of CUT bytes lacks if only the first COUNT descriptors were
        written."""
        bits = int.from_bytes(self.dumped, "little")
        lost, number = {}, 0
        while bits:
            pfn = (bits & -bits).bit_length() - 1
            bits &= bits - 1
            at = self.descs + 24 * number
            offset, size = struct.unpack_from("<QI", self.content, at)
            if at + 24 > cut or offset + size > cut or count is not None and number >= count:
                start = pfn * self.block
                lost.update(dict.fromkeys(range(start, start + self.block, core.page)))
            number += 1
        return lost


def kdump_header(pick, dump):
    """Bits of the header."""
    del dump
    return flip_bytes(pick, pick.kdump.content, 0, 464, pick.rng.choice((1, 1, 2, 4)))


def kdump_sub_header(pick, dump):
    """Bits of the sub header."""
    return flip_bytes(pick, dump.content, dump.block, dump.block + 104,
                      pick.rng.choice((1, 1, 2)))


def kdump_bitmap(pick, dump):
    """Bits of the bitmaps: near those that are set, or anywhere."""
    rng = pick.rng
    half = dump.bitmap_blocks // 2 * dump.block
    used = [at for at, byte in enumerate(dump.dumped) if byte]
    at = rng.choice(used) if rng.random() < 0.8 else rng.randrange(half)
    at += dump.bitmap + half * rng.choice((1, 1, 1, 0))
    return flip_bytes(pick, dump.content, at, at + 1)


def kdump_descs(pick, dump):
    """Bits of a page descriptor, or another page's descriptor."""
    rng = pick.rng
    at = dump.descs + 24 * rng.randrange(dump.count)
    change = rng.randrange(3)
    if change == 0:
        other = dump.descs + 24 * rng.randrange(dump.count)
        return [(at, dump.content[other:other + 24])]
    if change == 1:
        return [(at, bytes(24))]
    while True:
        patches = flip_bytes(pick, dump.content, at, at + 16)
        desc = bytearray(dump.content[at:at + 24])
        for place, data in patches:
            desc[place - at:place - at + 1] = data
        offset, size = struct.unpack_from("<QI", desc)
        if offset + size <= len(dump.content):
            return patches


def kdump_beyond(pick, dump):
    """A page descriptor that points beyond the end of the file."""
    rng = pick.rng
    at = dump.descs + 24 * rng.randrange(dump.count)
    size = len(dump.content)
    offset = rng.choice((size, size - 1, size - 100, size + rng.getrandbits(20),
                         1 << rng.randrange(32, 63)))
    return [(at, struct.pack("<Q", offset))]


def kdump_cut(pick, dump):
    """The file cut at random, or where a part of it ends."""
    rng, size = pick.rng, len(dump.content)
    place = rng.choice((rng.randrange(size), rng.randrange(dump.data, size), size - 1, dump.data,
                        dump.descs + 24 * rng.randrange(dump.count) + rng.randrange(24)))
    return Variant(f"cut to {place}", cut=place, lost=dump.lost(pick.core, place))


def kdump_incomplete(pick, dump):
    """What makedumpfile leaves if it runs out of space: descriptors of zeros, and a flag."""
    rng = pick.rng
    count = rng.randrange(1, dump.count)
    last = dump.descs + 24 * (count - 1)
    offset, size = struct.unpack_from("<QI", dump.content, last)
    place = min(offset + size + rng.choice((0, 0, rng.randrange(dump.block))), len(dump.content))
    return Variant(f"{count} of {dump.count} pages", cut=place, patches=[
        (STATUS_AT, struct.pack("<I", 9)), (last + 24, bytes(24 * (dump.count - count)))],
                   lost=dump.lost(pick.core, place, count))


def kdump_data(pick, dump):
    """Bits, or stretches, of the stored pages."""
    rng = pick.rng
    at = rng.randrange(dump.data, len(dump.content))
    if rng.random() < 0.5:
        return flip_bytes(pick, dump.content, at, at + 1)
    return [(at, rng.choice((bytes(200), b"\xff" * 64, rng.randbytes(32))))]


KDUMP = {
    "kdump header": kdump_header,
    "kdump sub header": kdump_sub_header,
    "kdump bitmap": kdump_bitmap,
    "kdump page descriptors": kdump_descs,
    "kdump descriptor beyond the end": kdump_beyond,
    "kdump page data": kdump_data,
    "kdump cut": kdump_cut,
    "kdump incomplete": kdump_incomplete,
}


# -- flattened ----------------------------------------------------------------------------------


def flatten(content, rng, chunk=16 << 10):
    """makedumpfile's flattened form of a file, and where its records are. Some come late."""
    places = list(range(0, len(content), chunk))
    for _ in range(4):
        places.insert(rng.randrange(1, len(places)), places.pop(rng.randrange(1, len(places))))
    out = bytearray(struct.pack(">16sqq", b"makedumpfile", 1, 1).ljust(4096, b"\0"))
    records = []
    for at in places:
        piece = content[at:at + chunk]
        records.append(len(out))
        out += struct.pack(">qq", at, len(piece)) + piece
    records.append(len(out))
    out += struct.pack(">qq", -1, -1)
    return bytes(out), records


def flattened_header(pick, content, records):
    """Bits of the stream's header."""
    del records
    return flip_bytes(pick, content, 0, 32)


def flattened_records(pick, content, records):
    """Bits of a record's header, or a record in another's place."""
    rng = pick.rng
    at = rng.choice(records)
    if rng.random() < 0.3:
        other = rng.choice(records)
        return [(at, content[other:other + 8])]
    return flip_bytes(pick, content, at, at + 16)


def flattened_cut(pick, content, records):
    """The stream cut. A piece counts if all of it is there."""
    rng, core = pick.rng, pick.core
    place = rng.choice((rng.randrange(len(content)), rng.choice(records),
                        rng.choice(records[1:]) - 1, len(content) - 1))
    lost = {}
    for record in records[:-1]:
        at, size = struct.unpack_from(">qq", content, record)
        if record + 16 + size <= place:
            continue
        for pa, pages, offset in core.loads:
            first = max(at, offset) - offset
            last = min(at + size, offset + pages) - offset
            if first < last:
                lost.update(dict.fromkeys(range(pa + first // core.page * core.page, pa + last,
                                                core.page)))
    return Variant(f"cut to {place}", cut=place, lost=lost)


FLATTENED = {
    "flattened header": flattened_header,
    "flattened records": flattened_records,
    "flattened cut": flattened_cut,
}


# -- compressed ---------------------------------------------------------------------------------

PACKERS = {
    "gzip": (lambda data: gzip.compress(data, 6, mtime=0), lambda: zlib.decompressobj(31)),
    "xz": (lambda data: lzma.compress(data, preset=1), lzma.LZMADecompressor),
    "bzip2": (lambda data: bz2.compress(data, 1), bz2.BZ2Decompressor),
}


class Packed:
    """A compressed file."""

    def __init__(self, name, data):
        pack, self._unpacker = PACKERS[name]
        self.content = pack(data)

    def left(self, size):
        """How much of the data its first SIZE bytes have."""
        return len(self._unpacker().decompress(self.content[:size]))


def compressed_bits(pick, packed):
    """Bits anywhere, or near the end, or zeros instead of the end."""
    rng, size = pick.rng, len(packed.content)
    change = rng.randrange(3)
    if change == 0:
        zeros = rng.choice((1, 8, 16, 100, 4096, rng.randrange(1, size)))
        return [(size - zeros, bytes(zeros))]
    return flip_bytes(pick, packed.content, max(0, size - 60) if change == 1 else 0, size)


def place_of_cut(rng, size):
    """A place in a file of SIZE bytes, at random or near its end."""
    return rng.choice((rng.randrange(size), rng.randrange(size), size - rng.randrange(1, 40)))


def compressed_cut(pick, packed):
    """The file cut at random, or near its end."""
    place = place_of_cut(pick.rng, len(packed.content))
    return Variant(f"cut to {place}", cut=place, lost=pick.core.lost(packed.left(place)))


COMPRESSED = {
    "compressed bits": compressed_bits,
    "compressed cut": compressed_cut,
}


# -- AVML ---------------------------------------------------------------------------------------

AVML_HEADER, AVML_TRAILER = 32, 8


def compress(core):
    """The memory of a core as a compressed AVML file, in which VMCOREINFO is found."""
    pieces = [(pa, core.data[offset:offset + size]) for pa, size, offset in core.loads]
    return avml.file_of(avml.with_note(pieces, core.text))


class Avml:
    """Where the parts of a compressed AVML file are."""

    def __init__(self, content):
        self.content = content
        self.headers, self.trailers = [], []
        self.chunks = []        # (physical address, bytes of memory, offset, end)
        at = 0
        while at < len(content):
            self.headers.append(at)
            at = self._add_chunks(at)
            self.trailers.append(at)
            at += AVML_TRAILER

    def _add_chunks(self, at):
        start, last = struct.unpack_from("<QQ", self.content, at + 8)
        at += AVML_HEADER + len(avml.IDENTIFIER)
        while start <= last:
            size = min(avml.CHUNK, last + 1 - start)
            end = at + 4 + (struct.unpack_from("<I", self.content, at)[0] >> 8)
            self.chunks.append((start, size, at, end))
            start, at = start + size, end
        return at

    def lost(self, core, cut):
        """The pages that a file of CUT bytes lacks."""
        lost = {}
        for start, size, _, end in self.chunks:
            if end > cut:
                lost.update(dict.fromkeys(range(start & -core.page, start + size, core.page)))
        return lost


def avml_headers(pick, content, parts):
    """Bits of a block's header, or of the size behind it."""
    rng = pick.rng
    if rng.random() < 0.2:
        at = rng.choice(parts.trailers)
        return flip_bytes(pick, content, at, at + AVML_TRAILER)
    at = rng.choice(parts.headers)
    return flip_bytes(pick, content, at, at + AVML_HEADER)


def avml_chunks(pick, content, parts):
    """Bits of a chunk: of its header and checksum, or anywhere, or all behind a place in it."""
    rng = pick.rng
    _, _, at, end = rng.choice(parts.chunks)
    if rng.random() < 0.5:
        return flip_bytes(pick, content, at, at + 11)
    if rng.random() < 0.5:
        return flip_bytes(pick, content, at, end, rng.choice((1, 2)))
    place = rng.randrange(at, end)
    return [(place, rng.choice((bytes(end - place), rng.randbytes(end - place))))]


def avml_cut(pick, content, parts):
    """The file cut at random, or where a part of it ends."""
    rng = pick.rng
    place = rng.choice((rng.randrange(len(content)), rng.choice(parts.headers) + 32,
                        rng.choice(parts.trailers), rng.choice(parts.chunks)[2],
                        rng.choice(parts.chunks)[3] - 1, len(content) - 1))
    return Variant(f"cut to {place}", cut=place, lost=parts.lost(pick.core, place))


AVML = {
    "AVML headers": avml_headers,
    "AVML chunks": avml_chunks,
    "AVML cut": avml_cut,
}


def packed_avml_cut(pick, packed, parts):
    """The compressed AVML file, which is compressed once more, cut at random, or near its end."""
    place = place_of_cut(pick.rng, len(packed.content))
    return Variant(f"cut to {place}", cut=place, lost=parts.lost(pick.core, packed.left(place)))


PACKED_AVML = {
    "packed AVML cut": packed_avml_cut,
}
