# SPDX-License-Identifier: GPL-2.0-or-later
"""Snapshots of dumps of real kernels have the same answers as the dumps, in every format."""

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
    result = dump.ask(names, f"--save-tables={saved}", "-q")
    if result.stderr:
        # It is cut where nothing can be read.
        assert "incomplete" in form and result.returncode == 2, result.stderr
        return
    for query in QUERIES:
        assert answers(dump, [saved], query) == answers(dump, names, query), query
