# SPDX-License-Identifier: GPL-2.0-or-later
"""Dumps that come with the kernel's own text of its page tables: text and core must agree."""

import lzma

import pytest
from dumps import FIXTURES, TEXT_SUFFIX

IGNORED = "--ignore=boot-memory,not-present"
# Each memory block and each DIMM of the dumps, and pieces that end inside leaves.
RANGES = ("0x88000000+2G", "0x88000000+896M", "0xa0000000+128M", "0xc0000000+1G",
          "0xc0000000+512M", "0x3e0000000+17G", "0x3e0000000+512M", "0x400000000+16G",
          "0x400000000+512M", "0x800000000+512M")


def given_by(kernel):
    """Options that give a text what the kernel's note gives a core."""
    return (f"--phys-offset={kernel['phys_offset']}", f"--kernel-release={kernel['release']}",
            f"--vmemmap-start={kernel['vmemmap_start']}")


def leaf_of(reason):
    """A reason without physical addresses in the vmemmap, which no text has."""
    leaf = dict(reason["leaf"]) if reason["leaf"] else None
    if leaf and reason["map"] == "vmemmap":
        leaf["pa"] = None
    return reason["code"], reason["map"], reason["edge"], reason["va"], leaf


def essence(entry):
    """What core and text must have in common: not what sections tell or the kernel's check."""
    reasons = [leaf_of(reason) for reason in entry["reasons"]
               if reason["code"] in ("splits-leaf", "malformed-cont", "misaligned")]
    return (entry["start"], reasons, entry["linear"], entry["vmemmap"],
            entry["teardown"]["batched"], entry["teardown"]["per_leaf"])


@pytest.fixture(scope="module", name="text")
def write_text(pair):
    """The text, as a file beside the core."""
    packed = (FIXTURES / f"{pair.name}{TEXT_SUFFIX}").read_bytes()
    path = pair.folder / f"{pair.name}.ptdump"
    path.write_bytes(lzma.decompress(packed))
    return path


def test_core_and_text_do_not_differ(pair, text):
    answer = pair.program.document(f"--vmcore={pair.core}", f"--verify-ptdump={text.name}")
    assert (answer["status"], answer["verify"]["differences"]) == (0, [])
    assert answer["verify"]["leaves"] > 100


def test_core_and_text_have_the_same_answers(pair, text):
    ranges = [f"--range={asked}" for asked in RANGES]
    core = pair.program.document(f"--vmcore={pair.core}", *ranges, IGNORED)
    answer = pair.program.document(f"--ptdump={text.name}", *given_by(core["kernel"]), *ranges,
                                   IGNORED)
    for one, other in zip(core["ranges"], answer["ranges"], strict=True):
        assert essence(other) == essence(one)


@pytest.mark.parametrize("key", ("page_size", "va_bits_actual", "levels", "struct_page_size",
                                 "section_size"))
def test_text_tells_its_geometry(pair, text, key):
    core = pair.program.document(f"--vmcore={pair.core}", "--map")["kernel"]
    assert pair.program.document(f"--ptdump={text.name}", "--map")["kernel"][key] == core[key]


def test_missing_line_is_a_difference(pair, text):
    lines = text.read_text(encoding="utf-8").splitlines(keepends=True)
    gone = next(line for line in lines if line.startswith("0x") and "MEM/NORMAL" in line)
    changed = text.with_suffix(".changed")
    changed.write_text("".join(line for line in lines if line is not gone), encoding="utf-8")
    shown = pair.program.run_ok(f"--vmcore={pair.core}", f"--verify-ptdump={changed.name}",
                                status=1)
    assert gone[:18] in shown
    assert "missing" in shown
