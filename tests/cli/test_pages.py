# SPDX-License-Identifier: GPL-2.0-or-later
"""--pages: what lies in the memory, and whether it can be moved."""

import containers
import pytest
from arm64 import Kernel
from hypothesis import given
from hypothesis import strategies as st
from image import Image
from layout import Layout, Machine, Region
from memmap import KERNEL_ZONE, MOVABLE_ZONE, NEW, OLD, UNMOVABLE, Memmap, Piece, counts
from profiles import examples
from support import codes_of

MIB = 1 << 20
BOOT, FREE = 0x40000000, 0x100000000
RELEASES = {OLD: "6.1.180", NEW: "7.2.12"}
SINGLE = ("idle", "kernel", "reserved", "page_table", "offline", "hwpoison", "movable", "pinned",
          "unmovable_cache", "slab")
FOLIOS = ("movable", "pinned", "kernel")
SEEN = "no unmovable page seen"


class Block:
    """A memory block of a kernel with pages of GRANULE, and a core of that kernel."""

    def __init__(self, form, granule=4096, zone=KERNEL_ZONE, online=True):
        va_bits = {4096: 48, 16384: 47, 65536: 48}[granule]
        self.kernel = Kernel(granule, va_bits, release=RELEASES[form])
        size = self.kernel.section_size
        regions = [Region(BOOT, max(256 * MIB, size), boot=True),
                   Region(FREE, size, linear="pages", online=online)]
        self.image = Image(Layout(Machine(self.kernel, regions)))
        self.form = form
        self.memmap = Memmap(self.image, form, zone)
        self.pages = size // granule

    def fill(self, pieces):
        """Let it have these pieces, and be free behind them. Returns all its pieces."""
        pieces = list(pieces)
        used = sum(piece.count for piece in pieces)
        while used < self.pages:
            order = min((used & -used).bit_length() - 1 if used else 10, 10)
            while used + (1 << order) > self.pages:
                order -= 1
            pieces.append(Piece("free", order))
            used += 1 << order
        self.memmap.put(FREE, pieces)
        return pieces

    def core(self, program):
        """The option for its core."""
        path = program.file("core")
        note = self.image.vmcoreinfo() + self.form.note.encode()
        containers.write_elf(path, containers.memory_segments(self.image),
                             containers.note("VMCOREINFO", 0, note))
        return "--vmcore=" + path

    def ask(self, program, *options):
        """The answer about it."""
        asked = f"-r{FREE:#x}+{self.pages * self.kernel.page_size}"
        return program.document(self.core(program), "--pages", asked, *options)["ranges"][0]


def nonzero(pages):
    """The kinds of which there are some."""
    return {kind: count for kind, count in pages.items()
            if kind not in ("unmovable", "to_move", "zone_movable", "first_pfn") and count}


def aligned(pieces):
    """These pieces, each at a multiple of its size, with idle pages between."""
    at, found = 0, []
    for piece in pieces:
        gap = -at % piece.count
        found += [Piece("idle")] * gap + [piece]
        at += gap + piece.count
    return found


def first_of(kind, pieces, pfn):
    """The PFN of the first page of a kind, as a string; the pieces begin at PFN."""
    for piece in pieces:
        if piece.kind == kind:
            return f"{pfn:#x}"
        pfn += piece.count
    return None


PIECES = st.lists(st.builds(Piece, st.sampled_from(SINGLE))
                  | st.builds(Piece, st.sampled_from(FOLIOS), st.integers(1, 9))
                  | st.builds(Piece, st.just("free"), st.integers(0, 9)), max_size=40).map(aligned)


@examples(12)
@given(form=st.sampled_from((OLD, NEW)), granule=st.sampled_from((4096, 16384, 65536)),
       zone=st.sampled_from((KERNEL_ZONE, MOVABLE_ZONE)), pieces=PIECES)
def test_counts_are_those_of_what_lies_there(program, form, granule, zone, pieces):
    block = Block(form, granule, zone)
    pieces = block.fill(pieces)
    answer = block.ask(program)
    pages = answer["pages"]
    expected = counts(pieces, zone)
    unmovable = sum(expected.get(kind, 0) for kind in UNMOVABLE)
    assert nonzero(pages) == expected
    assert pages["unmovable"] == unmovable
    assert pages["to_move"] == expected.get("movable", 0)
    assert pages["zone_movable"] == (zone == MOVABLE_ZONE)
    assert ("unmovable-pages" in codes_of(answer)) == bool(unmovable)
    assert pages["first_pfn"] == {kind: first_of(kind, pieces, FREE // granule)
                                  if kind in expected else None for kind in UNMOVABLE}


def test_block_that_can_be_emptied_is_removable(program):
    block = Block(NEW)
    block.fill([Piece("movable", 9)])
    text = program.run(block.core(program), "--pages", f"-r{FREE:#x}+128M")
    assert text.returncode == 0
    assert f"pages           126 MiB free, 2 MiB movable; {SEEN}\n" in text.text


def test_page_of_html_has_the_same_words(program):
    block = Block(NEW)
    block.fill([Piece("slab")])
    html = program.run(block.core(program), "--pages", f"-r{FREE:#x}+128M", "--html").text
    assert "131068 KiB free, 1 slab page from PFN 0x100000 on." in html


def test_unmovable_page_decides(program):
    block = Block(NEW)
    block.fill([Piece("page_table")])
    core = block.core(program)
    asked = (core, "--pages", f"-r{FREE:#x}+128M")
    assert program.run(*asked, "-q").returncode == 1
    assert "cannot be moved were seen: 1 page table; the first is PFN 0x100000\n" in program.run(
        *asked).text
    assert program.run(*asked, "-q", "--ignore=unmovable-pages").returncode == 0
    assert "has_unmovable_pages()" in program.run(*asked, "--explain").text
    assert program.run(*asked, "--summary").text.startswith("not-removable: ")
    assert program.run(core, "-q", f"-r{FREE:#x}+128M").returncode == 0


def test_list_of_blocks_has_a_column(program):
    block = Block(NEW)
    block.fill([Piece("slab"), Piece("pinned")])
    text = program.run_ok(block.core(program), "--pages", "-o+BLOCK")
    line, = (line for line in text.splitlines() if line.startswith(f"{FREE:#x}"))
    assert "slab:1,pinned:1" in line and "unmovable-pages" in line
    assert " PAGES " in text.splitlines()[0]
    assert " PAGES " not in program.run_ok(block.core(program), "--blocks").splitlines()[0]


def test_without_the_option_pages_are_null(program):
    block = Block(NEW)
    block.fill([Piece("slab")])
    answer = program.document(block.core(program), "--blocks", f"-r{FREE:#x}+128M")
    assert answer["ranges"][0]["pages"] is None
    assert all(entry["pages"] is None for entry in answer["blocks"])


def test_memory_that_is_offline_is_empty(program):
    block = Block(NEW, online=False)
    block.fill([Piece("slab")])
    assert nonzero(block.ask(program)["pages"]) == {"not_online": 32768}


def test_struct_pages_that_are_missing_make_it_unknown(program):
    block = Block(NEW)
    block.fill([Piece("slab")])
    va = block.kernel.struct_page(FREE) + 4096
    run = block.image.layout.maps["vmemmap"].covering(va)
    del block.image.pages[run.pa + va - run.va]
    answer = block.ask(program, "--ignore=unmovable-pages")
    assert nonzero(answer["pages"])["unreadable"] == 64
    assert answer["verdict"] == "removable"
    answer = block.ask(program)
    assert codes_of(answer) == ["unmovable-pages", "unreadable"]
    # Of a free chunk, the first struct page says everything.
    block.fill([])
    del block.image.pages[run.pa + va - run.va]
    assert block.ask(program)["verdict"] == "removable"
    del block.image.pages[run.pa + va - run.va - 4096]
    assert block.ask(program)["verdict"] == "unknown"


def test_snapshot_has_no_struct_pages(program):
    block = Block(NEW)
    block.fill([Piece("slab")])
    path = program.file("tables")
    program.run(block.core(program), "--pages", "--blocks", "-q", "--save-tables=" + path)
    answer = program.document("--vmcore=" + path, "--pages", f"-r{FREE:#x}+128M")
    assert answer["ranges"][0]["verdict"] == "unknown"
    assert any("a snapshot has no struct pages" in text for text in answer["warnings"])
    assert b"word\0word" not in open(path, "rb").read()


@examples(20)
@given(form=st.sampled_from((OLD, NEW)), data=st.data())
def test_no_content_of_struct_pages_does_harm(program, form, data):
    """Random words and bytes in place of what a kernel writes: each page still counts once."""
    block = Block(form)
    block.fill([])
    for _ in range(data.draw(st.integers(1, 60))):
        at = data.draw(st.integers(0, block.pages - 1))
        page = data.draw(st.binary(min_size=64, max_size=64)
                         | st.sampled_from((b"\0", b"\xff", b"\1")).map(lambda byte: byte * 64))
        block.memmap.write(FREE + at * 4096, page)
    assert sum(nonzero(block.ask(program)["pages"]).values()) == block.pages


@pytest.mark.parametrize("options,message", (
    (("--pages", "--map"), "--range and --blocks"),
    (("--pages", "--blocks", "--suggest=1G"), "--suggest"),
))
def test_pages_need_ranges_or_blocks(program, options, message):
    result = program.run(*options)
    assert result.returncode == 64 and message in result.message
