# SPDX-License-Identifier: GPL-2.0-or-later
"""--suggest: what it offers can be removed, and it offers something whenever anything can."""

import re

import containers
from arm64 import Kernel
from cases import Case, Query, all_cases
from image import Image
from layout import Layout, Machine, Region
from oracle import Oracle
from support import Address, OneOf, Program, ProgramTest, misfits
from test_contract import FREE, ContractTest

GIB, MIB = 1 << 30, 1 << 20
SUGGESTION = {"start": Address, "end": Address, "size": int, "blocks": int, "refused": int,
              "tlbi": int, "verdict": OneOf("removable")}


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


class Suggest(ProgramTest):
    """Random machines, compared with trying all windows of blocks."""

    def suggestions(self, *arguments):
        """The suggestions, whose shape must be right, and the exit status."""
        answer = self.document(*arguments)
        found = answer["suggestions"]
        self.assertEqual(misfits(found, [SUGGESTION]), [])
        return found, answer["status"]

    def check_list(self, oracle, found, size):
        """Each suggestion keeps its promise; they do not overlap; the cheapest come first."""
        step = oracle.kernel.section_size
        last_key = (0, 0, 0, 0)
        taken = set()
        for suggestion in found:
            start, length = span(suggestion)
            self.assertGreaterEqual(length, size)
            self.assertEqual(int(suggestion["end"], 16), start + length - 1)
            self.assertEqual(suggestion["blocks"] * step, length)
            self.assertEqual(suggestion["refused"], 0)
            blocks = set(range(start // step, (start + length) // step))
            self.assertFalse(taken & blocks, suggestion)
            taken |= blocks
            self.assertTrue(oracle.removable(start, length), suggestion)
            key = (0, suggestion["tlbi"], length, start)
            self.assertLess(last_key, key)
            last_key = key

    def check_costs(self, oracle, found):
        """TLBIs are those of the plan of the kernel's own model."""
        name = "per_leaf" if oracle.model.teardown == "per-leaf" else "batched"
        for suggestion in found:
            plan = oracle.teardown(*span(suggestion))[name]
            self.assertEqual(suggestion["tlbi"], plan["total"]["tlbi"], suggestion)

    def check_case(self, case):
        path = self.file("core")
        containers.write_plain(path, Image(case.layout))
        step = case.kernel.section_size
        oracle = Oracle(case.layout, case.model)
        source = ("--vmcore=" + path, case.model.option())
        verdicts = {window: oracle.verdict(oracle.reasons(*window))
                    for window in windows(case.layout)}
        for size in (1, case.random.randint(1, 12) * step, case.hot[0].size):
            found, status = self.suggestions(*source, "--suggest=%d" % size)
            large = {verdicts[window] for window in verdicts if window[1] >= size}
            self.assertEqual(status, 0 if found else 2 if "unknown" in large else 1)
            self.assertEqual(bool(found), "removable" in large)
            self.check_list(oracle, found, size)
            if not any(fault.kind.endswith("-table") for fault in case.machine.faults):
                self.check_costs(oracle, found)
            if found:
                self.run_ok(*source, "-q", *("-r" + Query(*span(suggestion)).text("inclusive")
                                             for suggestion in found))

    def test_random_machines(self):
        for arguments in list(all_cases(11000))[::7]:
            case = Case(*arguments)
            with self.subTest(case=str(case)):
                self.check_case(case)

    def test_many(self):
        """64 are listed; all are counted."""
        regions = [Region(GIB, 128 * MIB, boot=True), Region(4 * GIB, 70 * 128 * MIB, linear="pmd")]
        core = "--vmcore=" + self.file("many")
        containers.write_plain(self.file("many"), Image(Layout(Machine(Kernel(), regions))))
        text = self.run_ok(core, "--suggest=1")
        self.assertEqual(len(re.findall(r"\bmemory\d", text)), 64)
        self.assertIn("\nand 6 more\n", text)
        document = self.document(core, "--suggest=1")
        self.assertEqual(len(document["suggestions"]), 64)
        self.assertTrue(any("64" in warning for warning in document["warnings"]))
        self.assertIn(", 69 more", self.run_ok(core, "--suggest=1", "--summary"))
        self.assertNotIn("more", self.run_ok(core, "--suggest=256M").split("kernel")[0])


class SuggestOutput(ContractTest):
    """512 MiB may go, and a gigabyte lies under one leaf that the kernel's check refuses."""

    def test_text(self):
        text = self.run_ok(self.core, "--suggest=512M")
        lines = text.splitlines()
        self.assertEqual(lines[0].split(), ["RANGE", "SIZE", "BLOCKS", "TLBI", "REFUSED"])
        self.assertEqual(lines[1].split(), ["0x100000000-0x11fffffff", "512", "MiB",
                                            "memory32-memory35", "6", "0"])
        self.assertEqual(lines[2], "")
        self.assertIn("memory32 ", self.run_ok(self.core, "--suggest=1"))

    def test_nothing(self):
        text = self.run_ok(self.core, "--suggest=1G", status=1)
        self.assertTrue(text.startswith(
            "nothing of at least 1 GiB can be removed\n"
            "the largest removable range is 0x100000000-0x11fffffff (512 MiB)\n\n"), text)
        text = self.run_ok(self.holey, "--suggest=1", status=2)
        self.assertTrue(text.startswith("nothing of at least 1 B is known to be removable"), text)

    def test_ignored_check(self):
        found = self.document(self.core, "--suggest=1G", "--ignore=guard-veto")["suggestions"]
        self.assertEqual([(one["start"], one["end"], one["refused"]) for one in found],
                         [("0x140000000", "0x17fffffff", 8)])

    def test_json(self):
        document = self.document(self.core, "--suggest=512M")
        self.assertEqual(document["suggestions"], [
            {"start": "%#x" % FREE, "end": "0x11fffffff", "size": 512 * MIB, "blocks": 4,
             "refused": 0, "tlbi": 6, "verdict": "removable"}])
        self.assertEqual(document["ranges"], [])
        self.assertEqual(self.document(self.core, "--suggest=1G")["suggestions"], [])
        self.assertIsNone(self.document(self.core, "-rmemory32")["suggestions"])

    def test_status_and_quiet(self):
        for source, size, status in ((self.core, "512M", 0), (self.core, "1G", 1),
                                     (self.core, "1", 0), (self.core, str((1 << 64) - 1), 1),
                                     (self.holey, "512M", 2), (self.holey, "128M", 2)):
            for output in ([], ["--json"], ["--summary"], ["--explain"]):
                self.run_ok(source, "--suggest=" + size, *output, status=status)
            result = Program.run(source, "--suggest=" + size, "-q")
            self.assertEqual((result.returncode, result.stdout, result.stderr), (status, b"", b""))
        self.run_ok(self.core, "--suggest=512M", "-rmemory40", status=1)
        self.run_ok(self.core, "--suggest=1G", "-rmemory32", status=1)
        # Unreadable memory does not matter once there is a suggestion.
        self.run_ok(self.holey, "--suggest=1G", "--ignore=guard-veto")

    def test_summary(self):
        for size, line in (("512M", "suggested: 0x100000000-0x11fffffff (512 MiB)"),
                           ("256M", "suggested: 0x100000000-0x10fffffff (256 MiB), 1 more"),
                           ("1G", "nothing of at least 1 GiB can be removed")):
            text = Program.run(self.core, "--summary", "--suggest=" + size).stdout.decode()
            self.assertEqual(text, line + "\n")
        text = Program.run(self.core, "--summary", "--suggest=%d" % ((1 << 64) - 1)).stdout
        self.assertEqual(text.count(b"\n"), 1)
        self.assertLessEqual(len(text) - 1, 80)
        text = Program.run(self.holey, "--summary", "--suggest=1").stdout
        self.assertEqual(text, b"nothing of at least 1 B is known to be removable\n")

    def test_refused(self):
        for size in ("0", "banana", "-1", "1X", "18446744073709551616"):
            self.assert_refused(Program.run(self.core, "--suggest=" + size), 64)
