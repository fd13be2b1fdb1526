# SPDX-License-Identifier: GPL-2.0-or-later
"""Struct pages of a kernel, written into its memory, and what lies in memory because of them."""

import struct
from dataclasses import dataclass

from btf import Types

# Where a struct page has what, in bytes.
FLAGS, LINK, MAPPING, PRIVATE, TYPE, REFS = 0, 8, 24, 40, 48, 52
SIZE = 64
NODES, ZONES = 16, 4
KERNEL_ZONE, MOVABLE_ZONE = 2, 3
ZONE_SHIFT = 58
ANON, CACHE = 0xffff000000567801, 0xffff000000123400
NONE = 0xffffffff
# In the image, so far behind the text that nothing else is there.
TYPES_AT = 32 << 20
# A search looks at pieces of this size, of which all pages must be there.
PIECE = 1 << 16


class Form:
    """How one kernel writes struct pages."""

    def __init__(self, flags, types, note=""):
        self.flags, self.types, self.note = flags, types, note

    def bits(self, *names):
        """The flags of these names."""
        return sum(1 << self.flags["PG_" + name] for name in names)


OLD = Form({"PG_dirty": 3, "PG_lru": 4, "PG_slab": 9, "PG_reserved": 12, "PG_private": 13,
            "PG_head": 16, "PG_swapbacked": 19, "PG_unevictable": 20, "PG_mlocked": 21,
            "PG_hwpoison": 22},
           {"buddy": ~0x80 & NONE, "offline": ~0x100 & NONE, "table": ~0x200 & NONE},
           "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257\n")
NEW = Form({"PG_dirty": 4, "PG_lru": 5, "PG_head": 6, "PG_reserved": 13, "PG_private": 14,
            "PG_swapbacked": 17, "PG_unevictable": 18, "PG_mlocked": 19, "PG_hwpoison": 20},
           {name: number << 24 for name, number in (
               ("buddy", 0xf0), ("offline", 0xf1), ("table", 0xf2), ("hugetlb", 0xf4),
               ("slab", 0xf5))})


def types_of(form):
    """The types of a kernel of that form."""
    types = Types()
    word, half, byte = (types.number(*it) for it in (("u64", 8), ("u32", 4), ("u8", 1)))
    tail = [("compound_head", word, 0)]
    if form is OLD:
        tail += [("compound_dtor", byte, 8), ("compound_order", byte, 9),
                 ("compound_mapcount", half, 12)]
        types.enum("compound_dtor_id", {"HUGETLB_PAGE_DTOR": 2})
    else:
        types.enum("pagetype", {"PGTY_" + name: value >> 24 for name, value in form.types.items()})
        types.struct("folio", 2 * SIZE, ("flags", word, 0), ("_flags_1", word, SIZE),
                     ("_large_mapcount", half, SIZE + 16))
    union = types.union("", 40,
                        ("", types.struct("", 40, ("mapping", word, 16), ("private", word, 32)), 0),
                        ("", types.struct("", 40, *tail), 0))
    types.struct("page", SIZE, ("flags", word, FLAGS), ("", union, LINK), ("_mapcount", half, TYPE),
                 ("_refcount", half, REFS))
    types.enum("pageflags", form.flags)
    types.enum("zone_type", {"ZONE_NORMAL": KERNEL_ZONE, "ZONE_MOVABLE": MOVABLE_ZONE,
                             "__MAX_NR_ZONES": ZONES})
    types.struct("zonelist", 8, ("_zonerefs", types.array(word, NODES * ZONES + 1), 0))
    return types.encode()


@dataclass(frozen=True)
class Piece:
    """1 << ORDER pages of one kind."""

    kind: str
    order: int = 0

    @property
    def count(self):
        """Its pages."""
        return 1 << self.order


class Memmap:
    """The struct pages of a machine, whose image is given, in a form."""

    def __init__(self, image, form, zone=KERNEL_ZONE):
        self.image, self.form, self.zone = image, form, zone
        data = types_of(form)
        start = image.image_pa + TYPES_AT
        for pa in range(start - PIECE, start + len(data) + PIECE, image.page_size):
            assert pa not in image.pages
            image.page(pa)
        image.write(start, data)

    def _page(self, flags=(), kind=NONE, mapping=0, private=0, refs=0, link=0):
        page = bytearray(SIZE)
        struct.pack_into("<QQ", page, FLAGS, self.form.bits(*flags) | self.zone << ZONE_SHIFT, link)
        struct.pack_into("<Q", page, MAPPING, mapping)
        struct.pack_into("<QII", page, PRIVATE, private, kind, refs)
        return page

    def _tails(self, order, va, mapcount=NONE):
        """The tail pages of a folio, whose first one says what the folio is like."""
        first = self._page(link=va | 1)
        if self.form is OLD:
            struct.pack_into("<BBxxI", first, 16, 1, order, mapcount)
        else:
            struct.pack_into("<Q", first, FLAGS, order)
            struct.pack_into("<I", first, 16, mapcount)
        return first + self._page(link=va | 1) * ((1 << order) - 2)

    def _slab(self, _):
        return self._page(("slab",), refs=1) if self.form is OLD else self._page(
            kind=self.form.types["slab"])

    def encode(self, piece, va):
        """The struct pages of a piece, of which the first is at VA."""
        if piece.kind == "free":
            return self._page(kind=self.form.types["buddy"], private=piece.order) + bytes(
                SIZE * (piece.count - 1))
        if piece.order:
            head = {"movable": (("lru", "head", "swapbacked"), NONE, ANON, 0, 1),
                    "pinned": (("lru", "head", "swapbacked"), NONE, ANON, 0, 2),
                    "kernel": (("head",), NONE, 0, 0, 1)}[piece.kind]
            return self._page(*head) + self._tails(piece.order, va,
                                                   NONE if piece.kind == "kernel" else 0)
        stuck = ("lru", "unevictable", "dirty")
        simple = {
            "idle": {}, "kernel": {"refs": 1}, "reserved": {"flags": ("reserved",), "refs": 1},
            "page_table": {"kind": self.form.types["table"], "refs": 1},
            "offline": {"kind": self.form.types["offline"], "refs": 1},
            "hwpoison": {"flags": ("hwpoison",), "refs": 1},
            "movable": {"flags": ("lru",), "mapping": CACHE, "refs": 1},
            "pinned": {"flags": ("lru",), "mapping": CACHE, "refs": 2},
            "unmovable_cache": {"flags": stuck, "mapping": CACHE, "refs": 1},
        }
        return self._slab(va) if piece.kind == "slab" else self._page(**simple[piece.kind])

    def put(self, pa, pieces):
        """Let the memory from PA on have these pieces."""
        kernel = self.image.kernel
        va = kernel.struct_page(pa)
        data = bytearray()
        for piece in pieces:
            data += self.encode(piece, va + len(data))
        self.write(pa, data)

    def write(self, pa, data):
        """Write bytes where the struct page of PA is."""
        va = self.image.kernel.struct_page(pa)
        run = self.image.layout.maps["vmemmap"].covering(va)
        self.image.write(run.pa + va - run.va, bytes(data))


def counts(pieces, zone=KERNEL_ZONE):
    """How many pages of each kind these pieces are."""
    found = {}
    for piece in pieces:
        kind = piece.kind
        if zone == MOVABLE_ZONE and kind in ("slab", "page_table", "kernel"):
            kind = "other"
        found[kind] = found.get(kind, 0) + piece.count
    return found


UNMOVABLE = ("reserved", "slab", "page_table", "kernel", "unmovable_cache", "pinned")
