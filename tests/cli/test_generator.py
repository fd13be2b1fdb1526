#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check the tools against each other: generator, trimmer and oracle, without the program.

The trimmer decodes descriptors and computes the layout on its own.  What it finds in a synthetic
core must be what the description asked for.
"""

import os
import struct
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "fixtures")]

import containers  # noqa: E402
import trim  # noqa: E402
from arm64 import Kernel  # noqa: E402
from cases import Case, all_cases  # noqa: E402
from image import Image, UTS_OFFSET, UTS_PAGE  # noqa: E402
from layout import Layout, Machine, Region  # noqa: E402
from oracle import Flusher, Model, Oracle  # noqa: E402

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


class GeneratedCores(unittest.TestCase):
    """Random machines survive encoding and decoding."""

    def check(self, case, folder):
        image = Image(case.layout)
        path = os.path.join(folder, "core")
        containers.write_plain(path, image)
        trimmer = trim.trim(path, path + ".trim")
        self.check_layout(case, trimmer)
        self.check_pages(image, trimmer)
        if not any(fault.kind in TABLE_FAULTS for fault in case.machine.faults):
            with open(path + ".trim", "rb") as handle:
                self.check_leaves(case, trim.Dump(handle), trimmer.machine)

    def check_layout(self, case, trimmer):
        kernel = case.kernel
        (low, high), (start, end) = trimmer.machine.windows()
        self.assertEqual((low, high), (kernel.linear_floor, kernel.page_end))
        self.assertEqual((start, end), (kernel.vmemmap_start, kernel.vmemmap_end))

    def check_pages(self, image, trimmer):
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
            self.assertEqual(set(trimmer.pages), wanted)
        self.assertLess(UTS_OFFSET + 390, image.page_size)

    def check_leaves(self, case, dump, machine):
        for name, window in zip(("linear", "vmemmap"), machine.windows()):
            wanted = {}
            for run in case.layout.maps[name].runs:
                delta = run.size if run.state == "wrong-pa" else 0
                for number in range(run.count):
                    at = number * run.size
                    wanted[run.va + at] = (run.level, run.pa + at + delta, run.cont)
            self.assertEqual(decoded_leaves(dump, machine, window), wanted, name)

    def test_cases(self):
        with tempfile.TemporaryDirectory() as folder:
            for number, arguments in enumerate(all_cases()):
                if number % 4 == 3:
                    continue
                case = Case(*arguments)
                with self.subTest(case=str(case)):
                    self.check(case, folder)

    def test_same_seed_same_core(self):
        with tempfile.TemporaryDirectory() as folder:
            contents = []
            for number in range(2):
                path = os.path.join(folder, str(number))
                containers.write_plain(path, Image(Case(7, (4096, 48, 48), "pud").layout))
                trim.trim(path, path)
                with open(path, "rb") as handle:
                    contents.append(handle.read())
            self.assertEqual(*contents)


class OracleByHand(unittest.TestCase):
    """A few answers that can be worked out on paper."""

    def oracle(self, linear, model=Model(), size=1 << 30, faults=(), **fields):
        regions = [Region(1 << 30, 1 << 27, boot=True),
                   Region(4 << 30, size, linear=linear, **fields)]
        return Oracle(Layout(Machine(Kernel(), regions, list(faults))), model)

    def test_documented_flush_counts(self):
        """The table of op counts by pages, with FEAT_TLBIRANGE."""
        documented = {1: 1, 2: 1, 3: 2, 15: 2, 63: 2, 127: 3, 511: 3, 513: 2, 2047: 3, 4095: 4,
                      65535: 4, 65536: 1, 524287: 5, 2097151: 5, 2097152: 1, 2097153: 1}
        for pages, ops in documented.items():
            flusher = Flusher(Model(), 4096)
            flusher.flush(0, pages * 4096)
            self.assertEqual(flusher.counts["tlbi"], ops, pages)

    def test_documented_lpa2_counts(self):
        documented = {(1, 1): 1, (1, 2): 2, (1, 15): 15, (1, 16): 16, (1, 17): 16, (8, 512): 10,
                      (15, 64): 3, (15, 65): 2, (1, 2097136): 20}
        for (offset, pages), ops in documented.items():
            flusher = Flusher(Model(lpa2=True), 4096)
            flusher.flush(offset * 4096, pages * 4096)
            self.assertEqual(flusher.counts["tlbi"], ops, (offset, pages))

    def test_old_limits(self):
        for flush, pages, full in (("page-loop", 512, 0), ("page-loop", 513, 1),
                                   ("range-ops", 511, 0), ("range-ops", 512, 1)):
            flusher = Flusher(Model(flush=flush, tlbi_range=False), 4096)
            flusher.flush(0, pages * 4096)
            self.assertEqual(flusher.counts["full_flushes"], full, (flush, pages))

    def test_observed_whole_removals(self):
        """1 GiB in pages, as counted on real kernels: one range op, 8 singles, 513 tables."""
        plan = self.oracle("pages").teardown(4 << 30, 1 << 30)
        self.assertEqual(plan["batched"]["linear"]["tlbi"], 1)
        self.assertEqual(plan["batched"]["vmemmap"]["tlbi"], 8)
        self.assertEqual(plan["batched"]["tables"]["freed"], 513)
        self.assertEqual(plan["per_leaf"]["linear"]["tlbi"], 262144)
        old = Model("batched-wide", "page-loop", "none")
        plan = self.oracle("pages", old).teardown(4 << 30, 1 << 30)
        self.assertEqual(plan["batched"]["vmemmap"]["tlbi"], 4096)
        self.assertEqual(plan["batched"]["linear"]["full_flushes"], 1)

    def test_block_inside_a_pud_leaf(self):
        oracle = self.oracle("pud")
        self.assertEqual(oracle.reasons(4 << 30, 1 << 27), {("splits-leaf", "linear", "end")})
        self.assertEqual(oracle.reasons(4 << 30, 1 << 30), {("guard-veto", None, None)})
        free = self.oracle("pud", Model(guard="none"))
        self.assertEqual(free.reasons(4 << 30, 1 << 30), set())
        self.assertEqual(free.largest_inside(4 << 30, 1 << 30), 1 << 30)
        self.assertEqual(free.smallest_around(4 << 30, 1 << 27), 1 << 30)

    def test_next_range_lets_the_last_block_through(self):
        blocks = self.oracle("pud", Model(guard="next-range")).guard(4 << 30, 1 << 30)["blocks"]
        self.assertEqual([block["outcome"] for block in blocks],
                         ["refuses"] * 7 + ["accepts-unsafely"])

    def test_memmap_on_memory_is_vetoed(self):
        oracle = self.oracle("pages", memmap_on_memory=True)
        self.assertEqual(oracle.guard_of(4 << 30), ("refuses", "splits-vmemmap"))


if __name__ == "__main__":
    unittest.main()
