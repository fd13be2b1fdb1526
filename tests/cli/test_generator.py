# SPDX-License-Identifier: GPL-2.0-or-later
"""Check the tools against each other: generator, trimmer and oracle, without the program.

The trimmer decodes descriptors and computes the layout on its own.  What it finds in a synthetic
core must be what the description asked for.
"""

import struct

import containers
import pytest
import trim
from arm64 import Kernel
from cases import Case
from hypothesis import given
from image import UTS_OFFSET, UTS_PAGE, Image
from layout import Layout, Machine, Region
from machines import cases
from oracle import Flusher, Model, Oracle
from profiles import examples

TABLE_FAULTS = ("zero-table", "absent-table", "outside-table")


def decoded_leaves(dump, machine, window):
    """Every non-zero leaf in a window as {va: (level, pa, cont)}."""
    leaves = {}
    top = machine.va_bits if machine.page == 65536 else machine.va_actual

    def walk(table, level, base):
        content = dump.read(table, machine.page)
        for index, (entry,) in enumerate(struct.iter_unpack("<Q", content or b"")):
            size = 1 << machine.level_shift(level)
            start = base + index * size
            if not entry or start >= window[1] or start + size <= window[0]:
                continue
            if level < 3 and entry & 3 == 3:
                walk(machine.output_address(entry), level + 1, start)
            else:
                pa = machine.output_address(entry) & -size
                leaves[start] = (level, pa, bool(entry >> 52 & 1))

    walk(machine.root, machine.root_level, (1 << 64) - (1 << top))
    return leaves


# -- random machines survive encoding and decoding -------------------------------------------------


@examples(195)
@given(cases())
def test_trimmer_finds_what_the_description_asked_for(folder, case):
    image = Image(case.layout)
    path = str(folder / "core")
    containers.write_plain(path, image)
    trimmer = trim.trim(path, path + ".trim")
    check_layout(case, trimmer)
    check_pages(image, trimmer)
    if not any(fault.kind in TABLE_FAULTS for fault in case.machine.faults):
        with open(path + ".trim", "rb") as handle:
            check_leaves(case, trim.Dump(handle), trimmer.machine)


def check_layout(case, trimmer):
    """The windows of both maps."""
    kernel = case.kernel
    (low, high), (start, end) = trimmer.machine.windows()
    assert (low, high) == (kernel.linear_floor, kernel.page_end)
    assert (start, end) == (kernel.vmemmap_start, kernel.vmemmap_end)


def check_pages(image, trimmer):
    """The pages that must be kept, and no others."""
    kernel = image.kernel
    wanted = {image.root, image.image_pa + UTS_PAGE * image.page_size}
    wanted |= set(image.section_pages.values())
    first = image.sections_pa & -image.page_size
    wanted |= set(range(first, image.sections_pa + image.root_count * 8, image.page_size))
    for (level, base), pa in image.tables.items():
        end = base + kernel.geometry.table_span(level)
        for low, high in (*trimmer.machine.windows(), trimmer.machine.root_window()):
            if base < high and end > low:
                wanted.add(pa)
    faults = image.layout.machine.faults
    if not any(fault.kind in TABLE_FAULTS for fault in faults):
        assert set(trimmer.pages) == wanted
    assert UTS_OFFSET + 390 < image.page_size


def check_leaves(case, dump, machine):
    """The leaves of both maps."""
    for name, window in zip(("linear", "vmemmap"), machine.windows()):
        wanted = {}
        for run in case.layout.maps[name].runs:
            delta = run.size if run.state == "wrong-pa" else 0
            for number in range(run.count):
                at = number * run.size
                wanted[run.va + at] = (run.level, run.pa + at + delta, run.cont)
        assert decoded_leaves(dump, machine, window) == wanted, name


def test_same_seed_makes_the_same_core(folder):
    contents = []
    for number in range(2):
        path = folder / str(number)
        containers.write_plain(str(path),
                               Image(Case.from_seed(7, (4096, 48, 48), "pud").layout))
        trim.trim(str(path), str(path))
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]


# -- answers that can be worked out on paper -------------------------------------------------------


def oracle_of(linear, model=Model(), size=1 << 30, faults=(), **fields):
    """The oracle of a machine with one region of hot-added memory."""
    regions = [Region(1 << 30, 1 << 27, boot=True),
               Region(4 << 30, size, linear=linear, **fields)]
    return Oracle(Layout(Machine(Kernel(), regions, list(faults))), model)


@pytest.mark.parametrize("pages,ops", (
    (1, 1), (2, 1), (3, 2), (15, 2), (63, 2), (127, 3), (511, 3), (513, 2), (2047, 3), (4095, 4),
    (65535, 4), (65536, 1), (524287, 5), (2097151, 5), (2097152, 1), (2097153, 1)))
def test_flush_takes_the_documented_operations(pages, ops):
    """The table of op counts by pages, with FEAT_TLBIRANGE."""
    flusher = Flusher(Model(), 4096)
    flusher.flush(0, pages * 4096)
    assert flusher.counts["tlbi"] == ops


@pytest.mark.parametrize("offset,pages,ops", (
    (1, 1, 1), (1, 2, 2), (1, 15, 15), (1, 16, 16), (1, 17, 16), (8, 512, 10), (15, 64, 3),
    (15, 65, 2), (1, 2097136, 20)))
def test_flush_with_lpa2_takes_the_documented_operations(offset, pages, ops):
    flusher = Flusher(Model(lpa2=True), 4096)
    flusher.flush(offset * 4096, pages * 4096)
    assert flusher.counts["tlbi"] == ops


@pytest.mark.parametrize("flush,pages,full", (("page-loop", 512, 0), ("page-loop", 513, 1),
                                              ("range-ops", 511, 0), ("range-ops", 512, 1)))
def test_flush_without_range_operations_has_a_limit(flush, pages, full):
    flusher = Flusher(Model(flush=flush, tlbi_range=False), 4096)
    flusher.flush(0, pages * 4096)
    assert flusher.counts["full_flushes"] == full


def test_removal_takes_the_observed_operations():
    """1 GiB in pages, as counted on real kernels: one range op, 8 singles, 513 tables."""
    plan = oracle_of("pages").teardown(4 << 30, 1 << 30)
    assert plan["batched"]["linear"]["tlbi"] == 1
    assert plan["batched"]["vmemmap"]["tlbi"] == 8
    assert plan["batched"]["tables"]["freed"] == 513
    assert plan["per_leaf"]["linear"]["tlbi"] == 262144
    old = Model("batched-wide", "page-loop", "none")
    plan = oracle_of("pages", old).teardown(4 << 30, 1 << 30)
    assert plan["batched"]["vmemmap"]["tlbi"] == 4096
    assert plan["batched"]["linear"]["full_flushes"] == 1


def test_block_inside_a_large_leaf_splits_it():
    oracle = oracle_of("pud")
    assert oracle.reasons(4 << 30, 1 << 27) == {("splits-leaf", "linear", "end")}
    assert oracle.reasons(4 << 30, 1 << 30) == {("guard-veto", None, None)}
    free = oracle_of("pud", Model(guard="none"))
    assert free.reasons(4 << 30, 1 << 30) == set()
    assert free.largest_inside(4 << 30, 1 << 30) == 1 << 30
    assert free.smallest_around(4 << 30, 1 << 27) == 1 << 30


def test_next_range_lets_the_last_block_through():
    blocks = oracle_of("pud", Model(guard="next-range")).guard(4 << 30, 1 << 30)["blocks"]
    assert [block["outcome"] for block in blocks] == ["refuses"] * 7 + ["accepts-unsafely"]


def test_memmap_on_memory_is_vetoed():
    oracle = oracle_of("pages", memmap_on_memory=True)
    assert oracle.guard_of(4 << 30) == ("refuses", "splits-vmemmap")
