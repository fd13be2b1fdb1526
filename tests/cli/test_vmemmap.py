# SPDX-License-Identifier: GPL-2.0-or-later
"""Struct pages where no kernel keeps them: the memory that they describe is never removable."""

import containers
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region
from support import ProgramTest

GIB, MIB = 1 << 30, 1 << 20
BOOT, HOT = GIB, 4 * GIB
BLOCK = 128 * MIB
# Boot memory that nothing else uses.
FREE = BOOT + 512 * MIB


class StructPages(ProgramTest):
    """A machine with 1 GiB of boot memory and 1 GiB added; the vmemmap has 2 MiB leaves."""

    def image(self, **machine):
        """The machine's memory, undamaged; struct pages and tables lie in boot memory."""
        regions = [Region(BOOT, GIB, boot=True), Region(HOT, GIB, linear="pmd")]
        machine = {"spare_pa": BOOT + 256 * MIB, "noise": False, **machine}
        return Image(Layout(Machine(Kernel(release="7.2.12"), regions, **machine)),
                     [(BOOT, 128 * MIB)])

    @staticmethod
    def entry(image, pa):
        """The table entry that maps the struct pages of the block at PA."""
        va = image.kernel.vmemmap_base + pa // image.page_size * image.kernel.struct_page_size
        va &= (1 << 64) - 1
        return image.table(2, va), image.geometry.index(2, va)

    def keep(self, image, block, place):
        """Keep the struct pages of the block at BLOCK in the 2 MiB at PLACE."""
        table, index = self.entry(image, block)
        old = image.read_entry(table, index)
        mask = (1 << 48) - image.page_size
        image.write_entry(table, index, old & ~mask | place)

    def ask(self, image, start, size):
        """The answer for a range, and its reasons' messages."""
        path = self.file("core")
        containers.write_plain(path, image)
        answer = self.document("--vmcore=" + path, "-r%#x+%#x" % (start, size))["ranges"][0]
        return answer, "".join(reason["message"] for reason in answer["reasons"])

    def test_sound_machine(self):
        self.assertEqual(self.ask(self.image(), HOT, GIB)[0]["verdict"], "removable")

    def copy_of_linear_table(self, image):
        """Let the struct pages of the first block be those that a table of the linear map maps."""
        table, index = self.entry(image, HOT)
        image.write_entry(table, index, image.address_bits(
            image.table(3, image.kernel.lin(FREE))) | 3)

    def test_table_of_the_linear_map(self):
        """Cores of the tables alone have struct pages nowhere, kernels a memory type for them."""
        for machine, phrase in (({"spare_pa": None}, "unlike those of boot memory"),
                                ({}, "mapped as the linear map maps memory")):
            image = self.image(**machine)
            for name in ("linear", "vmemmap"):
                for run in image.layout.maps[name].runs:
                    self.set_type(image, run, name == "linear")
            with self.subTest(machine=machine):
                self.assertEqual(self.ask(image, HOT, BLOCK)[0]["verdict"], "removable")
                self.copy_of_linear_table(image)
                answer, messages = self.ask(image, HOT, BLOCK)
                self.assertEqual(answer["verdict"], "unknown")
                self.assertIn(phrase, messages)

    @staticmethod
    def set_type(image, run, memory_type):
        """Give all leaves of a run a memory type."""
        for number in range(run.count):
            va = run.va + number * run.size
            table, index = image.table(run.level, va), image.geometry.index(run.level, va)
            value = image.read_entry(table, index)
            image.write_entry(table, index, value & ~(7 << 2) | memory_type << 2)

    def test_one_place_for_two_blocks(self):
        image = self.image()
        for block in (HOT, HOT + BLOCK):
            self.keep(image, block, FREE)
        answer, messages = self.ask(image, HOT, 2 * BLOCK)
        self.assertEqual(answer["verdict"], "unknown")
        self.assertIn("the vmemmap uses twice", messages)
        self.assertEqual(answer["nearest"], {"inside": None, "around": None})

    def test_struct_pages_of_a_block_in_another(self):
        image = self.image()
        self.keep(image, HOT + BLOCK, HOT + 16 * MIB)
        answer, messages = self.ask(image, HOT, 2 * BLOCK)
        self.assertEqual(answer["verdict"], "unknown")
        self.assertIn("part of the range must go first", messages)
        self.assertEqual(answer["nearest"], {"inside": None, "around": None})
        # The block whose struct pages they are can go, and then the other.
        self.assertEqual(self.ask(image, HOT + BLOCK, BLOCK)[0]["verdict"], "removable")

    def test_table_inside_of_what_it_maps(self):
        for name in ("linear", "vmemmap"):
            image = self.image()
            va = image.kernel.lin(HOT) if name == "linear" else image.kernel.vmemmap_base + (
                HOT // image.page_size * image.kernel.struct_page_size) & (1 << 64) - 1
            old, new = image.table(2, va), HOT + 64 * MIB
            above, index = image.table(1, va), image.geometry.index(1, va)
            for entry in range(image.page_size // 8):
                image.write_entry(new, entry, image.read_entry(old, entry))
            image.write_entry(above, index, image.address_bits(new) | 3)
            with self.subTest(map=name):
                answer, messages = self.ask(image, HOT, BLOCK)
                self.assertEqual(answer["verdict"], "unknown")
                self.assertIn("a table that maps the range lies at", messages)

    def test_memmap_at_the_start_of_its_block(self):
        image = self.image()
        for at in range(HOT, HOT + GIB, BLOCK):
            self.keep(image, at, at)
        self.assertNotIn("struct pages", self.ask(image, HOT, GIB)[1])

    def test_struct_pages_in_other_memory(self):
        """The linear map has something else at the place that the vmemmap names."""
        image = self.image()
        self.keep(image, HOT, FREE)
        va = image.kernel.lin(FREE)
        table, index = image.table(3, va), image.geometry.index(3, va)
        image.write_entry(table, index, image.read_entry(table, index) ^ 8 * MIB)
        answer, messages = self.ask(image, HOT, BLOCK)
        self.assertEqual(answer["verdict"], "unknown")
        self.assertIn("the linear map has other memory", messages)

    def test_struct_pages_of_what_does_not_exist(self):
        """A table with another table's content continues where the sections end."""
        for start, beside in ((HOT, HOT + GIB), (HOT, HOT - BLOCK)):
            image = self.image()
            table, index = self.entry(image, HOT + GIB - BLOCK)
            value = image.read_entry(table, index)
            table, index = self.entry(image, beside)
            image.write_entry(table, index, value & ~(((1 << 48) - image.page_size)) | FREE)
            with self.subTest(beside=hex(beside)):
                answer, messages = self.ask(image, start, GIB)
                self.assertEqual(answer["verdict"], "unknown")
                self.assertIn("where no section exists", messages)
