# SPDX-License-Identifier: GPL-2.0-or-later
"""--phys-offset: memstart_addr as in the kernel's note, not the start of memory."""

import containers
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region
from ptdump import Writer, as_text
from support import Program, ProgramTest

GIB, MIB = 1 << 30, 1 << 20
IGNORE = "--ignore=boot-memory,not-present"
GUARD = "--assume=guard=none"

# Memory begins at 1 GiB, wherever the linear map does.
REGIONS = [Region(GIB, 256 * MIB, boot=True, linear="pages"),
           Region(4 * GIB, 512 * MIB, linear="pmd"), Region(6 * GIB, GIB, linear="pud")]
LAST = 7 * GIB - 1

# As found on machines: 0, randomly lower, and for 52 configured bits on a CPU with 48.
KERNELS = (Kernel(memstart=0), Kernel(memstart=-(1 << 40)), Kernel(4096, 52, 48),
           Kernel(16384, 47, 47, memstart=0))


class Offset(ProgramTest):
    """Machines whose PHYS_OFFSET is not where memory begins."""

    def write(self, kernel, prepare=None):
        """Options for the core of a kernel and for its text."""
        layout = Layout(Machine(kernel, REGIONS))
        image = Image(layout)
        if prepare:
            prepare(image)
        containers.write_plain(self.file("core"), image)
        self.file("text", as_text(Writer(layout).lines()))
        return ("--vmcore=" + self.file("core"),), (
            "--ptdump=" + self.file("text"), "--kernel-release=" + kernel.release,
            "--va-bits=%d" % kernel.geometry.va_bits)

    def refused(self, *arguments):
        """The one sentence of a refusal, the same in all forms."""
        result = Program.run(*arguments)
        self.assert_refused(result, 2)
        for form in ("-q", "--summary", "--explain", "--json"):
            self.assertEqual(Program.run(*arguments, form).returncode, 2)
        return result.stderr.decode()

    def test_mapped_memory_is_told(self):
        for kernel in KERNELS:
            core, text = self.write(kernel)
            offset = "--phys-offset=%#x" % kernel.memstart
            for source in (core, core + (offset,), text + (offset,)):
                with self.subTest(memstart=hex(kernel.memstart), source=source):
                    found = self.document(*source, "--map")["kernel"]
                    self.assertEqual(found["phys_offset"], "%#x" % kernel.memstart)
                    self.assertEqual(found["linear_map"], {
                        "start": "%#x" % GIB, "end": "%#x" % LAST, "size": LAST + 1 - GIB})
                    told = "PHYS_OFFSET %#x, mapped memory %#x-%#x\n" % (kernel.memstart, GIB, LAST)
                    for query in (("--map",), ("-r%#x+128M" % (4 * GIB), IGNORE, GUARD)):
                        self.assertIn(told, Program.run(*source, *query).stdout.decode())

    def test_text_without_an_offset(self):
        _, text = self.write(KERNELS[0])
        self.assertIsNone(self.document(*text, "--map")["kernel"]["linear_map"])

    def test_option_changes_nothing_that_is_right(self):
        for kernel in KERNELS:
            core, _ = self.write(kernel)
            plain = self.document(*core, "-r%#x+512M" % (4 * GIB), "--map")
            given = self.document(*core, "-r%#x+512M" % (4 * GIB), "--map",
                                  "--phys-offset=%#x" % kernel.memstart)
            given["kernel"]["overrides"] = []
            with self.subTest(memstart=hex(kernel.memstart)):
                self.assertEqual(given, plain)

    def test_core_tells_the_right_one(self):
        """Where the tables have output addresses, no other value makes anything removable, mapped
        or not, whatever is ignored of presence and boot memory."""
        for kernel in KERNELS:
            core, _ = self.write(kernel)
            for wrong in (GIB, 3 * GIB, kernel.memstart + GIB, kernel.memstart - (1 << 41)):
                offset = "--phys-offset=%#x" % (wrong & (1 << 64) - 1)
                ranges = ["-r%#x+128M" % (gib * GIB) for gib in range(2, 10)]
                answer = self.document(*core, offset, IGNORE, GUARD, *ranges, statuses=(1, 2))
                with self.subTest(memstart=hex(kernel.memstart), offset=offset):
                    self.assertNotIn("removable",
                                     [found["verdict"] for found in answer["ranges"]])
                    self.assertIsNone(answer["kernel"]["linear_map"])
                    self.assertEqual(len([warning for warning in answer["warnings"]
                                          if "contradicts the tables" in warning]), 1)

    def test_core_that_does_not_tell(self):
        """The tables at one end of the linear map are missing: nothing is removable then."""
        kernel = KERNELS[0]

        def hide(image):
            for (level, va), pa in image.tables.items():
                if level == 3 and va == kernel.lin(GIB):
                    del image.pages[pa]

        core, _ = self.write(kernel, hide)
        for wrong in (GIB, 2 * GIB, 64 * GIB, (1 << 64) - GIB):
            for start in range(2 * GIB, 12 * GIB, GIB):
                with self.subTest(wrong=hex(wrong), start=hex(start)):
                    status = Program.run(*core, "--phys-offset=%#x" % wrong, IGNORE, GUARD, "-q",
                                         "-r%#x+128M" % start).returncode
                    self.assertIn(status, (1, 2))

    def test_text_where_memory_does_not_fit(self):
        for kernel, wrong, words in ((KERNELS[0], -(2 * GIB), "beyond the 48 bits"),
                                     (KERNELS[0], 1 << 48, "beyond the 48 bits"),
                                     (KERNELS[2], GIB, "beyond the 48 bits"),
                                     (KERNELS[2], 0, "beyond the 48 bits"),
                                     (KERNELS[3], -(1 << 46), "beyond the 48 bits")):
            _, text = self.write(kernel)
            with self.subTest(memstart=hex(kernel.memstart), wrong=hex(wrong)):
                said = self.refused(*text, "--phys-offset=%#x" % (wrong & (1 << 64) - 1), IGNORE,
                                    "-r%#x+128M" % (4 * GIB))
                self.assertIn(words, said)
                self.assertIn("not where memory begins", said)

    def test_text_that_has_no_place_for_a_range(self):
        _, text = self.write(KERNELS[0])
        said = self.refused(*text, "--phys-offset=%#x" % (2 * GIB), IGNORE, "-r%#x+128M" % GIB)
        self.assertIn("no place for 0x40000000-0x47ffffff", said)
        self.assertIn("PA 0x80000000-", said)

    def test_text_names_what_it_cannot_prove(self):
        """Only the mapped memory reveals a value that is slightly off; the reader is told so."""
        _, text = self.write(KERNELS[0])
        answer = self.document(*text, "--phys-offset=0x40000000", "--map")
        self.assertEqual(answer["kernel"]["linear_map"]["start"], "%#x" % (2 * GIB))
        self.assertEqual(len([warning for warning in answer["warnings"]
                              if "/proc/iomem" in warning]), 1)

    def test_multiples(self):
        """A value to which no kernel rounds is refused as such."""
        core, text = self.write(KERNELS[0])
        for source in (core, text):
            result = Program.run(*source, "--phys-offset=0x40001000", "--map")
            self.assert_refused(result, 64)
            self.assertIn("multiple of 512 MiB", result.stderr.decode())
        said = self.refused(*text, "--phys-offset=0x20000000", "--map")
        self.assertIn("no multiple of 1 GiB", said)
