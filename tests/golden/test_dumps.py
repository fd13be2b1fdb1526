# SPDX-License-Identifier: GPL-2.0-or-later
"""Dumps of every format, made from those of real kernels, have the same answers; damaged ones never
look better than they are."""

import pytest
from dumps import (SCRATCH, SCRATCHES, absence_problem, cuts, refusal_problem,
                   scratch_problem)
from profiles import ONE_OF, skip_if_left_out
from ranges import BIG, RANGES

COMPRESSIONS = ("none", "zlib", "lzo", "snappy", "zstd")
BLOCK_SIZES = (4096, 16384, 65536)
SPLITS = (1, 3)
# Few pages, more pages than a reader caches, and pages of 16K.
DAMAGED = ("6.1-blocks", "6.1-pages", "6.12-16k-nolpa2")


def check_same(dump, names, wanted_format):
    """A dump in another format has the same answers as the ELF core."""
    document = dump.document(names)
    for key in ("ranges", "kernel"):
        assert document[key] == dump.answer[key], key
    assert document["source"] == {"kind": "vmcore", "path": names[0], "format": wanted_format,
                                  "incomplete": None}


def test_flattened_core_has_the_same_answers(dump, maker):
    check_same(dump, maker.flattened_elf(), "flattened-elf")


def test_avml_file_has_the_same_answers(dump, maker):
    check_same(dump, maker.avml(), "avml")


def test_dump_as_qemu_writes_it_has_the_same_answers(dump, maker):
    names = maker.kdump("qemu", "--machine=Unknown", "--block-size=65536", "--flatten")
    check_same(dump, names, "flattened-kdump")


@pytest.mark.parametrize("is_flat", (False, True), ids=("plain", "flattened"))
@pytest.mark.parametrize("parts", SPLITS)
@pytest.mark.parametrize("block", BLOCK_SIZES)
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_compressed_dump_has_the_same_answers(dump, maker, compression, block, parts, is_flat):
    skip_if_left_out(dump.name, compression, block, parts, is_flat)
    names = maker.kdump("dump", f"--compress={compression}", f"--block-size={block}",
                        *["--flatten"] * is_flat, parts=parts)
    check_same(dump, names, "flattened-kdump" if is_flat else "kdump")


WITHOUT_A_NOTE = {
    "elf": lambda maker: maker.bare_elf(),
    "lime": lambda maker: maker.lime(),
    "raw": lambda maker: maker.raw(),
    "kdump": lambda maker: maker.bare_kdump("--block-size=65536"),
    "split": lambda maker: maker.bare_kdump("--compress=zstd", parts=3),
}


@pytest.mark.parametrize("form", WITHOUT_A_NOTE)
def test_dump_without_a_note_has_the_same_answers(dump, maker, form):
    """A kernel's memory has the text, too."""
    skip_if_left_out(dump.name, form)
    document = dump.document(WITHOUT_A_NOTE[form](maker))
    assert "the dump has no note of VMCOREINFO: the text in its memory is used" in document[
        "warnings"]
    for key in ("ranges", "kernel"):
        assert document[key] == dump.answer[key], key


@pytest.mark.parametrize("missing", range(3))
def test_set_without_a_file_makes_nothing_removable(dump, maker, missing):
    skip_if_left_out(dump.name, missing)
    names = maker.kdump("part", parts=3)
    del names[missing]
    result = dump.ask(names, "--json")
    document = dump.program.read(result.text)
    if "error" in document:
        assert refusal_problem(dump.ask(names)) == ""
        return
    for asked, entry, before in zip(RANGES, document["ranges"], dump.answer["ranges"]):
        assert absence_problem(entry, before, False, True) == "", asked.text


def check_absence(dump, maker, compression, page, uses):
    """Leave one page out. USES says for a range whether it (needs, may read) the page."""
    names = maker.kdump("dump", f"--compress={compression}", f"--exclude={page:#x}")
    answers = dump.document(names)["ranges"]
    for asked, entry, before in zip(RANGES, answers, dump.answer["ranges"], strict=True):
        problem = absence_problem(entry, before, *uses(asked))
        assert problem == "", f"{asked.text} without the page at {page:#x}"


@pytest.mark.parametrize("compression", ("none", "zlib"))
def test_absent_table_is_unreadable_where_it_is_needed(dump, maker, compression):
    """Each table on the way to the 1 GiB, in both maps."""
    skip_if_left_out(dump.name, compression)
    tables = {asked: dump.reference.tables(asked) for asked in RANGES}
    way = set()
    for name in ("linear", "vmemmap"):
        low, _ = dump.reference.span(name, BIG.start, BIG.size)
        way |= dump.reference.way(low, low + 1)
    assert way
    for page in sorted(way):
        check_absence(dump, maker, compression, page,
                      lambda asked, page=page: tuple(page in pages for pages in tables[asked]))


def test_absent_sections_are_unreadable(dump, maker):
    for page in dump.reference.section_pages():
        check_absence(dump, maker, "lzo", page, lambda asked: (True, True))


def for_damage(dump):
    """Skip the test if the dump is not one of those that are cut and overwritten."""
    if dump.name not in DAMAGED:
        pytest.skip("other dumps are damaged")


CUT = {
    **{compression: lambda maker, option=f"--compress={compression}": maker.kdump("cut", option)
       for compression in COMPRESSIONS},
    "split": lambda maker: maker.kdump("cut", parts=3),
    "in blocks of 64K": lambda maker: maker.kdump("cut", "--block-size=65536"),
    "flattened kdump": lambda maker: maker.kdump("cut", "--flatten"),
    "flattened": lambda maker: maker.flattened_elf(),
    "AVML": lambda maker: maker.avml(),
    "itself": lambda maker: maker.elf(),
}


def cut_problem(dump, names):
    """What is wrong with the answer for a dump that was cut, or with its refusal."""
    document = dump.program.read(dump.ask(names, "--json").text)
    if "error" in document:
        return refusal_problem(dump.ask(names))
    if document["source"]["incomplete"] is None and document["ranges"] != dump.answer["ranges"]:
        return "another answer, and no word that the dump is incomplete"
    problems = (absence_problem(entry, before, False, True)
                for entry, before in zip(document["ranges"], dump.answer["ranges"], strict=True))
    return next(filter(None, problems), "")


@pytest.mark.parametrize("kind", CUT)
def test_dump_that_was_cut_anywhere_is_refused_or_has_the_answers_of_the_rest(dump, maker, kind):
    """The last file of it."""
    for_damage(dump)
    names = CUT[kind](maker)
    path = maker.folder / names[-1]
    content = path.read_bytes()
    for length in cuts(len(content)):
        path.write_bytes(content[:length])
        problem = cut_problem(dump, names)
        assert problem == "", f"cut to {length} of {len(content)} bytes"


@pytest.mark.parametrize("kind", (*COMPRESSIONS, "flattened kdump", "AVML"))
def test_dump_that_was_overwritten_anywhere_has_an_answer_or_is_refused(dump, maker, kind):
    for_damage(dump)
    names = CUT[kind](maker)
    path = maker.folder / names[0]
    content = path.read_bytes()
    for number in range(0, SCRATCHES, ONE_OF):
        at = len(content) * number // SCRATCHES
        path.write_bytes((content[:at] + SCRATCH + content[at + len(SCRATCH):])[:len(content)])
        problem = scratch_problem(dump.ask(names))
        assert problem == "", f"overwritten at {at} of {len(content)} bytes"
