# SPDX-License-Identifier: GPL-2.0-or-later
"""The first inputs for fuzzing if there is no corpus: from the fixtures, and made up."""

import lzma
import random
import struct
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

import avml                 # noqa: E402  pylint: disable=wrong-import-position

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"

RANGES = ("0x40000000-0x7fffffff", "0x140000000+1G", "memory40", "0+4096", "1073741824-2147483647",
          "0x1-0x2", "0x10000+16k", "memory0x1", "5+0", "0xffffffffffffffff+1", "2-1", "0-0x1000",
          "4096+0x10T", "140000000+1G", "0x1000 + 128 MiB", "memory40-memory47", "memory40-47",
          "/sys/devices/system/memory/memory40/state", "140000000-147ffffff : System RAM (kmem)",
          "0x0000000140000000-0x0000000147ffffff  128M online       yes    40",
          "0x1000-0x1fff 4096 offline")
COMMANDS = (
    "-r\n0x40000000-0x7fffffff\n--kcore",
    "--vmcore=a\n--vmcore=b\n--blocks\n-a\n-b\n-n\n-o\n+RANGE,SIZE\n--json",
    "--ptdump=-\n--map\n--page-size=4K\n--va-bits=48\n--va-bits-actual=48\n--phys-offset=0x40000000",
    "--ranges-from=x\n--swapper-pa=4096\n--vmemmap-start=0xfffffc0000000000\n--struct-page-size=64",
    "-q\n--suggest=4G\n--section-size-bits=27\n--kimage-voffset=0x1\n--kernel-release=7.2.12",
    "--explain\n--assume=tlbi-range=1,lpa2=0,repeat-tlbi=1,teardown=batched,flush=page-loop,guard=none"
    "\n-r\nmemory1\n--ignore=boot-memory,not-present,splits-leaf",
    "--watch=5\n--blocks\n--verify-ptdump=-\n--vmcoreinfo=f",
    "--save-tables=f.zst\nmemory1\n--redact=7",
    "--diff=before.elf\nvmcore\n--json", "--diff=-\n--watch=1",
    "--pairs\n--split=none\n--output-all\nvmcore",
    "--raw\n-S\nSTATE,WHY", "--help\n--usage\n-V\n--summary", "--wrong\n-x\nstray", "--\n-r",
)


def fixture(name):
    """The bytes of a fixture."""
    return lzma.decompress((FIXTURES / name).read_bytes())


def notes_of(core):
    """The VMCOREINFO text of an ELF core."""
    at = core.index(b"VMCOREINFO\0")
    size = struct.unpack_from("<I", core, at - 8)[0]
    return core[at + 12:at + 12 + size].rstrip(b"\0")


def elf(segments, note, machine=183, kind=4):
    """A small ELF core of (pa, bytes) segments."""
    body = struct.pack("<III", 11, len(note), 0) + b"VMCOREINFO\0\0" + note
    body += bytes(-len(body) % 4)
    at = 64 + 56 * (len(segments) + 1)
    headers = struct.pack("<IIQQQQQQ", 4, 0, at, 0, 0, len(body), 0, 4)
    data, at = body, at + len(body)
    for address, content in segments:
        headers += struct.pack("<IIQQQQQQ", 1, 7, at, 0, address, len(content), len(content), 0)
        data += content
        at += len(content)
    ident = b"\x7fELF\2\1\1" + bytes(9)
    return ident + struct.pack("<HHIQQQIHHHHHH", kind, machine, 1, 0, 64, 0, 0, 64, 56,
                               len(segments) + 1, 0, 0, 0) + headers + data


def sparse(data):
    """The pieces from which fuzz_take_sparse() makes @data, without most of its zeros."""
    result = b""
    for at in range(0, min(len(data), 0x100000 - 240), 240):
        piece = data[at:at + 240]
        last = at + 240 >= len(data)
        if piece.strip(b"\0") or last:
            piece = piece if last else piece.rstrip(b"\0")
            result += struct.pack("<HB", at // 16, len(piece)) + piece
    return result


def flattened(pieces):
    """A dump in makedumpfile's flattened form."""
    result = b"makedumpfile".ljust(16, b"\0") + struct.pack(">QQ", 1, 1)
    result = result.ljust(4096, b"\0")
    for offset, data in pieces:
        result += struct.pack(">QQ", offset, len(data)) + data
    return result + b"\xff" * 16


def kdump(block=4096, pages=5, split=0, note=b"OSRELEASE=7.2.12\n", machine=b"aarch64"):
    """A kdump-compressed dump whose pages hold a byte each."""
    main = b"KDUMP   " + struct.pack("<i", 6) + bytes(260) + machine.ljust(65, b"\0")
    main = main.ljust(428, b"\0") + struct.pack("<III", block, 1, 2)
    sub = struct.pack("<QIIQQ", 0, 0, split, 0, 0) + struct.pack("<QQ", block + 512, len(note))
    sub = sub.ljust(80, b"\0") + struct.pack("<QQQ", 1, 4, 64)
    bitmap = bytes([(1 << pages) - 1]).ljust(block, b"\0")
    descs_at = block * 4
    data_at = descs_at + 24 * pages
    result = main.ljust(block, b"\0") + sub.ljust(512, b"\0") + note
    result = result.ljust(2 * block, b"\0") + bitmap + bitmap
    for page in range(pages):
        result += struct.pack("<QIIQ", data_at + page, 1, 1, 0)
    return result + bytes(pages)


def avml_seeds():
    """Blocks of one chunk and of more, of all kinds of chunks, left out, and cut."""
    page = bytes(range(256))
    whole = avml.file_of([(0x40000000, page), (0x80000000, bytes(70000) + page[:100])])
    for flags in (b"\0", b"\1"):
        yield flags + whole
        yield flags + avml.header(0x1000, 0x1fff) + whole
        yield flags + avml.block(0x80000000, page) + avml.header(0x1000, 0x1fff) + whole[:-1]
        for lost in (1, 8, 9, 100, 200):
            yield flags + whole[:-lost]
        stream = avml.IDENTIFIER + avml.chunk(b"abcd") + b"\xfe\3\0\0...\x80\1\0\0."
        stream += avml.chunk(b"efgh" * 40) + avml.IDENTIFIER + avml.chunk(b"ijkl")
        for size in (len(stream), 168):
            yield (flags + avml.header(0x1000, 0x10a7) + stream + struct.pack("<Q", size)
                   + avml.block(0x2000, b"mnop"))


def elf_seeds():
    """Cores with few segments, and the heads of the fixtures."""
    page = bytes(range(256)) * 2
    overlapping = [(0x40000000, page), (0x40000100, page), (0x80000000, page[:64])]
    for flags in (b"\0", b"\1"):
        yield flags + elf(overlapping, b"PAGESIZE=4096\nOSRELEASE=6.1\n")
        yield flags + elf([(address << 12, page) for address in range(40)], b"A=1\n")
    yield b"\0" + elf(overlapping, b"", machine=62)
    yield b"\0" + elf(overlapping, b"", kind=2)
    yield b"\2" + sparse(elf([(0x40000000, bytes(8192) + page * 8)] * 3, b"A=1\n"))


def flattened_seeds():
    """Pieces in order, out of order, one over the other, and cut short."""
    yield flattened([(0, b"first"), (5, b"second")])
    yield flattened([(4096, b"x" * 40), (0, b"y" * 20), (10, b"z" * 4090)])
    yield flattened([])
    yield flattened([(1 << 40, b"far")])
    yield flattened([(0, b"first"), (5, b"second")])[:-9]


def kdump_seeds():
    """Whole files, with each page size, of a split set, and QEMU's."""
    for block in (4096, 16384, 65536):
        yield sparse(kdump(block))
    yield sparse(kdump(split=1))
    yield sparse(kdump(machine=b"Unknown", pages=1))
    yield sparse(kdump()[:-3])


def kallsyms(names, relative, long_lengths):
    """Tables of symbols (name with its type in front), in which all tokens are characters."""
    places = {"names": 0x100, "count": 0, "tokens": 0x800, "index": 0x400, "offsets": 0x600,
              "base": 0x10}
    memory = bytearray(0x1800)
    struct.pack_into("<I", memory, places["count"], len(names))
    struct.pack_into("<Q", memory, places["base"], 0xffff000000001000)
    at, text = places["names"], places["tokens"]
    for token in range(256):
        struct.pack_into("<H", memory, places["index"] + 2 * token, text - places["tokens"])
        word = b"_s" if token == 1 else bytes([token]) if 32 < token < 127 else b""
        memory[text:text + len(word)] = word
        text += len(word) + 1
    for number, name in enumerate(names):
        packed = name.replace(b"_s", b"\1")
        length = [len(packed)] if len(packed) < 128 else [len(packed) & 127 | 128, len(packed) >> 7]
        memory[at:at + len(length) + len(packed)] = bytes(length) + packed
        at += len(length) + len(packed)
        struct.pack_into("<I", memory, places["offsets"] + 4 * number, 0x100 * number)
    first = next(number for number, name in enumerate(names) if name[1:] == b"_stext")
    address = (0xffff000000001000 if relative else
               0xffff000000000000 + places["offsets"] + 4 * first) + 0x100 * first
    flags = relative | long_lengths << 1
    return struct.pack("<B6HQ", flags, *places.values(), address) + memory


def kallsyms_seeds():
    """Tables of both forms, and a name whose length takes two bytes."""
    names = [b"Tab", b"tabc", b"T_stext", b"D" + b"x" * 60, b"dabcd"]
    for relative in (0, 1):
        yield kallsyms(names, relative, 0)
        yield kallsyms(names[:3] + [b"T" + b"y" * 200, b"Tab"], relative, 1)


def ptdump_seeds():
    """The captures, and the texts of the fixtures."""
    for path in sorted((FIXTURES / "ptdump").glob("*.txt")):
        yield b"\0\0" + path.read_bytes()
    for path in sorted(FIXTURES.glob("*.ptdump.xz")):
        yield b"\0\x81" + lzma.decompress(path.read_bytes())


def text_seeds():
    """A few lines of both kinds, behind prefixes and in codings."""
    page = (FIXTURES / "ptdump" / sorted(path.name for path in (FIXTURES / "ptdump").glob(
        "*.txt"))[0]).read_bytes().splitlines(keepends=True)[:6]
    note = [b"OSRELEASE=7.2.12\n", b"PAGESIZE=4096\n", b"SYMBOL(mem_section)=ffff0000048db380\n"]
    for kind, lines in ((b"\0", page), (b"\1", note)):
        for prefix in (b"", b"> ", b"12:", b"+", b"  3\t", b"[   12.345678] ", b"dump.txt:",
                       b"Nov 30 04:27:20 host kernel: ", b"\x1b[31m", b"<br>&gt; "):
            yield kind + b"".join(prefix + line for line in lines)
        text = b"".join(lines)
        yield kind + text.replace(b"=", b"=3D").replace(b" NX", b" =\n NX")
        yield kind + text.decode().encode("utf-16")
        yield kind + b"\xef\xbb\xbf" + text.replace(b"  ", b" \xc2\xa0").replace(b"\n", b"\r\n")


def vmcoreinfo_seeds():
    """The notes of the fixtures, with and without options."""
    for path in sorted(FIXTURES.glob("*.elf.xz")):
        note = notes_of(fixture(path.name))
        yield b"\0\0" + note
        yield struct.pack("<HQQ", 1 << 3 | 1 << 6, 1 << 30, 0xfffffdffc0000000) + note


def walk_seed(source):
    """Steps that add some memory, then damage it near the edges of the ranges in question."""
    first, count = source.randrange(24), source.randrange(1, 5)
    result = bytes([source.randrange(13), source.randrange(32), source.randrange(256),
                    first, count - 1, first + source.randrange(3), source.randrange(256)])
    for block in (first - 1, first, first + count):
        if block == first or source.randrange(2):
            blocks = count if block == first else 1
            result += bytes([0, max(0, block) | blocks - 1 << 5,
                             source.randrange(3) | 8 | 7 << 4])
    for _ in range(source.randrange(6)):
        edge = 2048 * (first + source.choice((0, 0, count, count, 1)))
        place = max(0, min(65535, edge + source.choice((0, 0, -1, 1, -512, 512, 16))))
        level = source.choice((1, 1, 0, 2, 3))
        result += struct.pack("<BBH", source.randrange(1, 10), source.randrange(2) | level << 1,
                              place) + source.randbytes(source.randrange(1, 9))
    return result


def walk_seeds():
    """Machines of all shapes, always the same ones."""
    source = random.Random(1)
    # This block is removable except for the unknown members of the CONT group around its end.
    yield bytes([4, 2, 1, 0, 0, 0, 0, 0, 32, 0x7a, 5, 3]) + struct.pack("<HB", 4096, 1)
    for _ in range(300):
        yield walk_seed(source)


def btf_seeds():
    """BTF with the enum of section flags, whole and cut."""
    names = [b"", *(b"SECTION_%s_BIT" % name for name in (
        b"MARKED_PRESENT", b"HAS_MEM_MAP", b"IS_ONLINE", b"IS_EARLY", b"MAP_LAST"))]
    offsets, strings = [], b""
    for name in names:
        offsets.append(len(strings))
        strings += name + b"\0"
    for first in (1, 2):
        values = offsets[first:]
        types = struct.pack("<III", 0, 1 << 24, 8) + struct.pack("<I", 64)
        types += struct.pack("<III", 0, 6 << 24 | len(values), 4)
        types += b"".join(struct.pack("<Ii", *pair) for pair in zip(values, range(9)))
        header = struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(types), len(types),
                             len(strings))
        yield header + types + strings
        yield header + types + strings[:-9]


def snapshot_seeds():
    """Notes of snapshots: every key, and some that are damaged."""
    head = "SNAPSHOT=0x1\nSOURCE=kcore elf\nROOM=0x40000000\n"
    lines = ("SYMBOL(_stext)=0xffff800080010000", "BTF=9feb01", "NOTE_OF=a file", "REMARK=a (b)",
             "BLOCKSIZE=0x8000000", "STATES=0x1", "BLOCKS(0x8-0xf)=online",
             "BLOCKS(0x10-0x10)=offline", "OWNER(0x80000000-0x87ffffff)=kmem", "LACKS=",
             "LACKS_BYTES=0x7", "LACKS_WHY=no space", "UNREAD(0x1000-0x3000)=PA $PA is absent")
    whole = head + "\n".join(lines) + "\n"
    yield from (text.encode() for text in (whole, head, whole[:-9], whole[1:], whole * 2))
    yield from (f"{head}{line}\n".encode() for line in lines)


def pages_seed(source):
    """Struct pages in one form: heads, tails, types, flags and counts that kernels write."""
    words = ((0, (1, 2, 4, 16, 0x11, 0x13, 0x105, 0x21)), (12, (0xf0000000, 0xffffff7f, 0, 1)),
             (12, (0xf5000000, 0xfffffdff, 0xffffffff)), (13, (0, 1, 2, 1025)), (10, (0, 3, 8)),
             (6, (0x567801, 0x123400, 2)), (2, (0xc1000001,)), (1, (0xc,)), (4, (0x20301, 0)))
    result = bytes([source.randrange(2)])
    for _ in range(source.randrange(4, 60)):
        page = source.choice((0, 1, 2, 4, 8, 16, 32, 64, source.randrange(256)))
        place, values = source.choice(words)
        result += struct.pack("<BBI", page, place, source.choice(values))
    return result


def pages_seeds():
    """Struct pages, always the same ones."""
    source = random.Random(2)
    return (pages_seed(source) for _ in range(100))


SEEDS = {
    "avml": avml_seeds,
    "btf": btf_seeds,
    "elf": elf_seeds,
    "flattened": flattened_seeds,
    "kallsyms": kallsyms_seeds,
    "kdump": kdump_seeds,
    "options": lambda: (text.encode() for text in COMMANDS),
    "pages": pages_seeds,
    "ptdump": ptdump_seeds,
    "snapshot": snapshot_seeds,
    "text": text_seeds,
    "range": lambda: (bytes([1, 2, 16]) + text.encode() for text in RANGES),
    "vmcoreinfo": vmcoreinfo_seeds,
    "walk": walk_seeds,
}


def write(name, folder):
    """Write the seeds of a harness into @folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]()):
        (folder / f"seed-{number:03}").write_bytes(seed)
