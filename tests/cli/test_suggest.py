# SPDX-License-Identifier: GPL-2.0-or-later
"""--suggest: what it offers can be removed, and it offers something whenever anything can."""

import re

import containers
import pytest
from arm64 import Kernel
from cases import Query
from hypothesis import given
from image import Image
from layout import Layout, Machine, Region
from machines import cases
from oracle import Oracle
from profiles import examples
from sample import FREE

GIB, MIB = 1 << 30, 1 << 20


def span(suggestion):
    """(start, size) of a suggestion."""
    return int(suggestion["start"], 16), suggestion["size"]


def windows(layout):
    """All (start, size) of memory blocks that exist and adjoin."""
    step = layout.kernel.section_size
    for first in sorted(layout.sections):
        last = first
        while last in layout.sections:
            yield first * step, (last + 1 - first) * step
            last += 1


# -- random machines, compared with trying all windows of blocks -----------------------------------


def check_list(oracle, found, size):
    """Each suggestion keeps its promise; they do not overlap; the cheapest come first."""
    step = oracle.kernel.section_size
    last_key = (0, 0, 0, 0)
    taken = set()
    for suggestion in found:
        start, length = span(suggestion)
        assert length >= size
        assert int(suggestion["end"], 16) == start + length - 1
        assert suggestion["blocks"] * step == length
        assert suggestion["refused"] == 0
        blocks = set(range(start // step, (start + length) // step))
        assert not taken & blocks, suggestion
        taken |= blocks
        assert oracle.removable(start, length), suggestion
        key = (0, suggestion["tlbi"], length, start)
        assert last_key < key
        last_key = key


def check_costs(oracle, found):
    """TLBIs are those of the plan of the kernel's own model."""
    name = "per_leaf" if oracle.model.teardown == "per-leaf" else "batched"
    for suggestion in found:
        plan = oracle.teardown(*span(suggestion))[name]
        assert suggestion["tlbi"] == plan["total"]["tlbi"], suggestion


@examples(38)
@given(cases())
def test_suggestions_are_those_that_trying_all_windows_finds(program, case):
    path = program.file("core")
    containers.write_plain(path, Image(case.layout))
    step = case.kernel.section_size
    oracle = Oracle(case.layout, case.model)
    source = ("--vmcore=" + path, case.model.option())
    verdicts = {window: oracle.verdict(oracle.reasons(*window))
                for window in windows(case.layout)}
    for size in (1, case.random.randint(1, 12) * step, case.hot[0].size):
        answer = program.document(*source, "--suggest=%d" % size)
        found, status = answer["suggestions"], answer["status"]
        large = {verdicts[window] for window in verdicts if window[1] >= size}
        assert status == (0 if found else 2 if "unknown" in large else 1)
        assert bool(found) == ("removable" in large)
        check_list(oracle, found, size)
        if not any(fault.kind.endswith("-table") for fault in case.machine.faults):
            check_costs(oracle, found)
        if found:
            program.run_ok(*source, "-q", *("-r" + Query(*span(suggestion)).text("inclusive")
                                            for suggestion in found))


def test_sixty_four_are_listed_and_all_are_counted(program):
    regions = [Region(GIB, 128 * MIB, boot=True), Region(4 * GIB, 70 * 128 * MIB, linear="pmd")]
    core = "--vmcore=" + program.file("many")
    containers.write_plain(program.file("many"), Image(Layout(Machine(Kernel(), regions))))
    text = program.run_ok(core, "--suggest=1")
    assert len(re.findall(r"\bmemory\d", text)) == 64
    assert "\nand 6 more\n" in text
    document = program.document(core, "--suggest=1")
    assert len(document["suggestions"]) == 64
    assert any("64" in warning for warning in document["warnings"])
    assert ", 69 more" in program.run_ok(core, "--suggest=1", "--summary")
    assert "more" not in program.run_ok(core, "--suggest=256M").split("kernel")[0]


# -- output, where 512 MiB may go and a gigabyte lies under one leaf -------------------------------


def test_text_is_a_table(program, sample):
    text = program.run_ok(sample.core, "--suggest=512M")
    lines = text.splitlines()
    assert lines[0].split() == ["RANGE", "SIZE", "BLOCKS", "TLBI", "REFUSED"]
    assert lines[1].split() == ["0x100000000-0x11fffffff", "512", "MiB",
                                "memory32-memory35", "6", "0"]
    assert lines[2] == ""
    assert "memory32 " in program.run_ok(sample.core, "--suggest=1")


def test_text_says_that_there_is_none(program, sample):
    text = program.run_ok(sample.core, "--suggest=1G", status=1)
    assert text.startswith(
        "no range of at least 1 GiB is removable\n"
        "the largest removable range is 0x100000000-0x11fffffff (512 MiB)\n\n"), text
    text = program.run_ok(sample.holey, "--suggest=1", status=2)
    assert text.startswith("no range of at least 1 B is known to be removable"), text


def test_ignored_check_allows_more(program, sample):
    found = program.document(sample.core, "--suggest=1G", "--ignore=guard-veto")["suggestions"]
    assert ([(one["start"], one["end"], one["refused"]) for one in found]
            == [("0x140000000", "0x17fffffff", 8)])


def test_document_has_the_suggestions(program, sample):
    document = program.document(sample.core, "--suggest=512M")
    assert document["suggestions"] == [
        {"start": "%#x" % FREE, "end": "0x11fffffff", "size": 512 * MIB, "blocks": 4,
         "refused": 0, "tlbi": 6, "verdict": "removable"}]
    assert document["ranges"] == []
    assert program.document(sample.core, "--suggest=1G")["suggestions"] == []
    assert program.document(sample.core, "-rmemory32")["suggestions"] is None


@pytest.mark.parametrize("source,size,status", (
    ("core", "512M", 0), ("core", "1G", 1), ("core", "1", 0), ("core", str((1 << 64) - 1), 1),
    ("holey", "512M", 2), ("holey", "128M", 2)))
def test_status_tells_whether_there_is_any(program, sample, source, size, status):
    source = getattr(sample, source)
    for output in ([], ["--json"], ["--summary"], ["--explain"]):
        program.run_ok(source, "--suggest=" + size, *output, status=status)
    result = program.run(source, "--suggest=" + size, "-q")
    assert (result.returncode, result.stdout, result.stderr) == (status, b"", b"")


def test_status_is_the_worst_of_ranges_and_suggestions(program, sample):
    program.run_ok(sample.core, "--suggest=512M", "-rmemory40", status=1)
    program.run_ok(sample.core, "--suggest=1G", "-rmemory32", status=1)


def test_unreadable_memory_does_not_matter_once_there_is_a_suggestion(program, sample):
    program.run_ok(sample.holey, "--suggest=1G", "--ignore=guard-veto")


def test_summary_is_one_line(program, sample):
    for size, line in (("512M", "suggested: 0x100000000-0x11fffffff (512 MiB)"),
                       ("256M", "suggested: 0x100000000-0x10fffffff (256 MiB), 1 more"),
                       ("1G", "no range of at least 1 GiB is removable")):
        text = program.run(sample.core, "--summary", "--suggest=" + size).text
        assert text == line + "\n"
    text = program.run(sample.core, "--summary", "--suggest=%d" % ((1 << 64) - 1)).stdout
    assert text.count(b"\n") == 1
    assert len(text) - 1 <= 80
    text = program.run(sample.holey, "--summary", "--suggest=1").stdout
    assert text == b"no range of at least 1 B is known to be removable\n"


@pytest.mark.parametrize("size", ("0", "banana", "-1", "1X", "18446744073709551616"))
def test_sizes_that_are_none_are_refused(program, sample, size):
    program.refused(sample.core, "--suggest=" + size, status=64)
