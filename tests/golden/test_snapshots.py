# SPDX-License-Identifier: GPL-2.0-or-later
"""Snapshots of dumps of real kernels have the same answers as the dumps, in every format."""

import ctypes
import ctypes.util

import drgn
import pytest
from profiles import skip_if_left_out

ANSWERS = ("kernel", "ranges", "blocks", "map", "suggestions", "predicted", "warnings", "status")
FORMS = {
    "elf": lambda maker: maker.elf(),
    "kdump": lambda maker: maker.kdump("dump", "--compress=zstd"),
    "split": lambda maker: maker.kdump("dump", "--compress=zlib", parts=3),
    "flattened": lambda maker: maker.flattened_elf(),
    "avml": lambda maker: maker.avml(),
    "lime": lambda maker: maker.lime(),
    "raw": lambda maker: maker.raw(),
    "bare": lambda maker: maker.bare_elf(),
    "incomplete": lambda maker: cut(maker, maker.elf()),
    "incomplete kdump": lambda maker: cut(maker, maker.kdump("dump")),
}
QUERIES = (
    ("--blocks", "--map", "--suggest=1"),
    ("--blocks", "--map", "--suggest=512M", "--if-kernel=7.2.12", "--assume=mapping=blocks"),
    ("--blocks", "--map", "--if-added=0x200000000+2G", "--assume=mapping=pages", "--suggest=1G"),
    ("--blocks", "--if-removed=0x88000000-0x107ffffff", "--suggest=1"),
)

MACHPHYSADDR = 1    # of libkdumpfile's address spaces


def cut(maker, names):
    """Cut the only file to 60 percent of its length."""
    path = maker.folder / names[0]
    content = path.read_bytes()
    path.write_bytes(content[:len(content) * 6 // 10])
    return names


def answers(dump, names, query):
    """What a dump answers: a document without its source, or an error."""
    document = dump.program.read(dump.ask(names, "--json", *query).text)
    if "error" in document:
        return document["error"]["message"].removeprefix(f"{names[0]}: ")
    assert document["source"].pop("path") == names[0]
    return document["source"].pop("incomplete"), {
        key: document[key] for key in ANSWERS if key in document}


@pytest.mark.parametrize("suffix", ("", ".zst"))
@pytest.mark.parametrize("form", FORMS)
def test_snapshot_has_the_same_answers(dump, maker, form, suffix):
    skip_if_left_out(dump.name, form, suffix)
    names = FORMS[form](maker)
    saved = f"saved{suffix}"
    result = dump.save(names, saved)
    if result.stderr:
        # It is cut where nothing can be read.
        assert "incomplete" in form and result.returncode == 2, result.stderr
        return
    for query in QUERIES:
        assert answers(dump, [saved], query) == answers(dump, names, query), query


def root_of(dump, names):
    """Where the root table is, as the program found it."""
    document = dump.program.read(dump.ask(names, "--json", "--map").text)
    return int(document["kernel"]["swapper_pg_dir"], 16)


def test_drgn_reads_it(dump, maker):
    """The root table, by its physical address."""
    names = maker.elf()
    dump.save(names, "saved")
    pages = []
    for name in (*names, "saved"):
        program = drgn.Program()
        program.set_core_dump(str(maker.folder / name))
        assert program.platform.arch == drgn.Architecture.AARCH64
        pages.append(program.read(root_of(dump, names), 4096, True))
    assert pages[0] == pages[1] and any(pages[0])


def kdumpfile_reads(path, pa):
    """4 KiB at a physical address, read with libkdumpfile."""
    library = ctypes.CDLL(ctypes.util.find_library("kdumpfile"))
    library.kdump_new.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.kdump_new())
    page, length = ctypes.create_string_buffer(4096), ctypes.c_size_t(4096)
    with open(path, "rb") as file:
        status = library.kdump_open_fdset(context, 1, (ctypes.c_int * 1)(file.fileno()))
        assert status == 0, status
        status = library.kdump_read(context, MACHPHYSADDR, ctypes.c_uint64(pa), page,
                                    ctypes.byref(length))
        library.kdump_free(context)
    assert (status, length.value) == (0, 4096)
    return page.raw


def test_libkdumpfile_reads_it(dump, maker):
    names = maker.elf()
    dump.save(names, "saved")
    root = root_of(dump, names)
    assert kdumpfile_reads(maker.folder / "saved", root) == kdumpfile_reads(
        maker.folder / names[0], root)
