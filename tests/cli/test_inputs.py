# SPDX-License-Identifier: GPL-2.0-or-later
"""Every container of the same memory gives the same answers, and bad input is refused."""

import os
import re
import struct

import containers
import trim
from arm64 import Kernel
from cases import Case
from image import Image
from layout import Layout, Machine, Region
from support import Program, ProgramTest, parse

GIB, MIB = 1 << 30, 1 << 20


def sample():
    """Boot memory and two hot-added pieces, small enough for every container."""
    regions = [Region(0x40000000, 128 * MIB, boot=True),
               Region(0x80000000, 256 * MIB, linear="cont-pmd"),
               Region(0xa0000000, 128 * MIB, linear="pages")]
    return Image(Layout(Machine(Kernel(), regions, seed=5)))


QUERIES = ("-r0x80000000+256M", "-r0x81000000+16M", "-rmemory20", "-rmemory8", "-rmemory30",
           "-r0xa0000000+32K")


class Containers(ProgramTest):
    """The content decides the format, and the format never changes the answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.image = sample()
        cls.plain = cls.file("plain")
        containers.write_plain(cls.plain, cls.image)

    def ranges(self, *sources, kind="vmcore", form="elf"):
        """The `ranges` of the sample in a container, which must be recognised as FORM."""
        answer = self.document(*sources, *QUERIES)
        self.assertEqual((answer["source"]["kind"], answer["source"]["format"]), (kind, form))
        self.assertEqual(answer["kernel"]["release"], self.image.kernel.release)
        return answer["ranges"]

    def test_elf_variants(self):
        wanted = self.ranges("--vmcore=" + self.plain)
        self.assertEqual([answer["verdict"] for answer in wanted],
                         ["removable"] + ["not-removable"] * 1 + ["removable"]
                         + ["not-removable"] * 3)
        writers = {
            "end": lambda path, image: containers.write_plain(path, image, "end"),
            "qemu": containers.write_qemu,
            "whole": containers.write_whole_memory,
            "kdump": containers.write_kdump_elf,
            "many": containers.write_many_segments,
        }
        for name, writer in writers.items():
            with self.subTest(container=name):
                path = self.file(name + ".kdump-zlib")
                writer(path, self.image)
                self.assertEqual(self.ranges("--vmcore=" + path), wanted)

    def test_kcore(self):
        """The image must be read through the text segment, which RAM does not show."""
        wanted = self.ranges("--vmcore=" + self.plain)
        path = self.file("kcore")
        containers.write_kcore(path, self.image)
        self.assertEqual(self.ranges("--kcore=" + path, kind="kcore"), wanted)

    def test_flattened_elf(self):
        wanted = self.ranges("--vmcore=" + self.plain)
        for chunk in (1 << 20, 4096, 777):
            with self.subTest(chunk=chunk):
                path = self.file("flat")
                containers.flatten(self.plain, path, chunk)
                self.assertEqual(self.ranges("--vmcore=" + path, form="flattened-elf"), wanted)

    def needs_kdump(self):
        """Skip if the build cannot read kdump-compressed files."""
        version = Program.run("--version").stdout.decode().lower()
        if "zlib" not in version:
            self.skipTest("this build does not read kdump-compressed dumps")

    def test_kdump(self):
        self.needs_kdump()
        wanted = self.ranges("--vmcore=" + self.plain)
        path = self.file("kdump.elf")
        containers.write_kdump(path, self.image)
        self.assertEqual(self.ranges("--vmcore=" + path, form="kdump"), wanted)
        flat = self.file("kdump.flat")
        containers.flatten(path, flat)
        self.assertEqual(self.ranges("--vmcore=" + flat, form="flattened-kdump"), wanted)

    def test_split_kdump(self):
        self.needs_kdump()
        wanted = self.ranges("--vmcore=" + self.plain)
        paths = [self.file("part%d" % number) for number in range(3)]
        containers.write_kdump_split(paths, self.image)
        for order in (paths, paths[::-1]):
            sources = ["--vmcore=" + path for path in order]
            self.assertEqual(self.ranges(*sources, form="kdump"), wanted)

    def test_incomplete_split_set(self):
        """A missing part may hold what matters: nothing becomes removable by chance."""
        self.needs_kdump()
        wanted = self.ranges("--vmcore=" + self.plain)
        paths = [self.file("part%d" % number) for number in range(3)]
        containers.write_kdump_split(paths, self.image)
        for missing in range(3):
            sources = ["--vmcore=" + path for path in paths if path != paths[missing]]
            result = Program.run(*sources, *QUERIES, "--json")
            self.assertIn(result.returncode, (1, 2))
            answer = parse(result.stdout.decode())
            for full, part in zip(wanted, answer.get("ranges", [])):
                self.assertIn(part["verdict"], (full["verdict"], "unknown", "not-removable"))
                if full["verdict"] == "not-removable":
                    self.assertNotEqual(part["verdict"], "removable")

    def test_trimmed(self):
        """What the fixture trimmer keeps is enough, in several geometries."""
        for number, geometry in enumerate(((4096, 39, 39), (4096, 52, 52), (4096, 52, 48),
                                           (16384, 47, 47), (16384, 52, 47), (65536, 52, 48))):
            case = Case(600 + number, geometry, "cont-pmd")
            path, small = self.file("case"), self.file("case.trim")
            containers.write_kdump_elf(path, Image(case.layout))
            trim.trim(path, small)
            queries = ["-r" + query.text("plus") for query in case.queries]
            with self.subTest(case=str(case)):
                self.assertEqual(self.document("--vmcore=" + path, *queries)["ranges"],
                                 self.document("--vmcore=" + small, *queries)["ranges"])

    def test_kdump_of_large_pages(self):
        self.needs_kdump()
        for geometry in ((16384, 36, 36), (16384, 52, 52), (65536, 48, 48)):
            kernel = Kernel(*geometry)
            step = kernel.section_size
            regions = [Region(GIB, step, boot=True), Region(2 * GIB, 2 * step, linear="pmd")]
            image = Image(Layout(Machine(kernel, regions)))
            plain, dump = self.file("large"), self.file("large.kdump")
            containers.write_plain(plain, image)
            containers.write_kdump(dump, image)
            queries = ["-r2147483648+%d" % (2 * step), "-r2147483648+%d" % step]
            with self.subTest(geometry=geometry):
                self.assertEqual(self.document("--vmcore=" + plain, *queries)["ranges"],
                                 self.document("--vmcore=" + dump, *queries)["ranges"])


class BadInput(ProgramTest):
    """Each is refused with status 2 and one line on standard error."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.image = sample()
        cls.plain = cls.file("plain")
        containers.write_plain(cls.plain, cls.image)
        with open(cls.plain, "rb") as handle:
            cls.content = handle.read()

    def refused(self, content, *options, name="bad", source="--vmcore="):
        """CONTENT (or the path NAME) is refused; returns the message."""
        path = self.file(name, content)
        result = Program.run(source + path, "-rmemory16", *options)
        self.assert_refused(result, 2)
        return result.stderr.decode()

    def patched(self, offset, data):
        """The plain core with some bytes replaced."""
        return self.content[:offset] + data + self.content[offset + len(data):]

    def test_not_a_dump(self):
        for content in (b"", b"\0", b"hello\n", b"\x7fELF", b"\0" * 100000, b"KDUMP", b"KDUMP   ",
                        b"makedumpfile", b"\x7fELF" + b"\xff" * 60, b"#!/bin/sh\n" * 10000):
            with self.subTest(content=content[:12], size=len(content)):
                self.refused(content)

    def test_other_machines(self):
        self.refused(self.patched(18, struct.pack("<H", 62)))
        self.refused(self.patched(4, b"\x01"))
        self.refused(self.patched(5, b"\x02"))
        self.refused(self.patched(16, struct.pack("<H", 2)))

    def test_truncated_elf(self):
        """Cut inside the headers or the note it is refused; cut later it is never removable."""
        for size in (1, 16, 63, 64, 100, 120, 2000):
            with self.subTest(size=size):
                self.refused(self.content[:size])
        for size in range(20000, len(self.content), 50021):
            path = self.file("cut", self.content[:size])
            result = Program.run("--vmcore=" + path, "-rmemory16", "-rmemory20", "-q")
            self.assertEqual(result.returncode, 2, size)

    def test_truncated_flattened(self):
        path = self.file("flat")
        containers.flatten(self.plain, path, 65536)
        with open(path, "rb") as handle:
            flat = handle.read()
        for size in (12, 100, 4095, 4096, 4100, 4112, 5000, len(flat) // 2, len(flat) - 17,
                     len(flat) - 16, len(flat) - 1):
            with self.subTest(size=size):
                self.refused(flat[:size])

    def test_bad_flattened(self):
        head = struct.pack(">16sqq", b"makedumpfile", 1, 1).ljust(4096, b"\0")
        end = struct.pack(">qq", -1, -1)
        for records in (end, struct.pack(">qq", 0, -5) + end,
                        struct.pack(">qq", -7, 4) + b"abcd" + end,
                        struct.pack(">qq", 1 << 62, 1 << 62) + end,
                        struct.pack(">qq", (1 << 63) - 1, 4) + b"abcd" + end,
                        struct.pack(">qq", 0, 0) * 100 + end):
            with self.subTest(records=records[:16]):
                self.refused(head + records)

    def test_truncated_kdump(self):
        path = self.file("kdump")
        containers.write_kdump(path, self.image)
        with open(path, "rb") as handle:
            dump = handle.read()
        for size in (8, 400, 464, 4096, 4200, 8191):
            with self.subTest(size=size):
                self.refused(dump[:size])
        for size in range(9000, len(dump), 20011):
            path = self.file("cut", dump[:size])
            result = Program.run("--vmcore=" + path, "-rmemory16", "-rmemory20", "-q")
            self.assertEqual(result.returncode, 2, size)

    def test_corrupt_kdump_pages(self):
        """Compressed data that does not unpack is unreadable, not zero."""
        path = self.file("kdump")
        containers.write_kdump(path, self.image)
        with open(path, "rb") as handle:
            dump = bytearray(handle.read())
        dump[-120000:] = b"\xff" * 120000
        path = self.file("corrupt", bytes(dump))
        result = Program.run("--vmcore=" + path, "-rmemory16", "-rmemory20", "-q")
        self.assertEqual(result.returncode, 2)

    def test_no_vmcoreinfo(self):
        path = self.file("bare")
        containers.write_elf(path, containers.memory_segments(self.image),
                             containers.note("CORE", 1, b"\0" * 392))
        with open(path, "rb") as handle:
            message = self.refused(handle.read())
        self.assertIn("-device vmcoreinfo", message)
        self.assertIn("--vmcoreinfo", message)

    def with_note(self, edit):
        """The plain core with its VMCOREINFO text changed by EDIT."""
        text = edit(self.image.vmcoreinfo())
        path = self.file("noted")
        containers.write_elf(path, containers.memory_segments(self.image),
                             containers.note("VMCOREINFO", 0, text))
        with open(path, "rb") as handle:
            return handle.read()

    def test_contradictory_vmcoreinfo(self):
        for old, new in ((b"PAGESIZE=4096", b"PAGESIZE=5000"),
                         (b"PAGESIZE=4096", b"PAGESIZE=65536"),
                         (b"PAGESIZE=4096", b"PAGESIZE=0"),
                         (b"PAGESIZE=4096", b"PAGESIZE=banana"),
                         (b"NUMBER(VA_BITS)=48", b"NUMBER(VA_BITS)=64"),
                         (b"NUMBER(VA_BITS)=48", b"NUMBER(VA_BITS)=47"),
                         (b"NUMBER(VA_BITS)=48", b"NUMBER(VA_BITS)=-1"),
                         (b"NUMBER(VA_BITS)=48", b"NUMBER(VA_BITS)=39"),
                         (b"T1SZ)=0x10", b"T1SZ)=0xc"), (b"T1SZ)=0x10", b"T1SZ)=0x0"),
                         (b"T1SZ)=0x10", b"T1SZ)=0xffffffffffffffff"),
                         (b"SECTION_SIZE_BITS)=27", b"SECTION_SIZE_BITS)=99"),
                         (b"SECTION_SIZE_BITS)=27", b"SECTION_SIZE_BITS)=0"),
                         (b"SECTION_SIZE_BITS)=27", b"SECTION_SIZE_BITS)=26"),
                         (b"SIZE(page)=64", b"SIZE(page)=0"),
                         (b"SIZE(page)=64", b"SIZE(page)=128"),
                         (b"PHYS_OFFSET)=0x", b"PHYS_OFFSET)=0x1"),
                         (b"SIZE(mem_section)=32", b"SIZE(mem_section)=0")):
            with self.subTest(change=new):
                self.assertIn(old, self.image.vmcoreinfo())
                self.refused(self.with_note(lambda text: text.replace(old, new)))

    def test_release_of_the_memory(self):
        """The kernel's name in memory replaces a missing one, or exposes the note as another's."""
        def source(name, edit):
            return "--vmcore=" + self.file(name, self.with_note(edit))

        bare = source("bare", lambda text: re.sub(rb"OSRELEASE=.*\n", b"", text))
        torn = source("torn", lambda text: text.replace(b"OSRELEASE=7", b"OSRELEASE=\x17"))
        for path in (bare, torn):
            kernel = self.document(path, "--map")["kernel"]
            self.assertEqual(kernel["release"], self.image.kernel.release)
        other = source("other", lambda text: text.replace(b"OSRELEASE=7.2.12", b"OSRELEASE=7.1.13"))
        answer = self.document(other, "--map")
        self.assertTrue(answer["kernel"]["release"].startswith("7.1.13"))
        self.assertTrue(any("another release" in text for text in answer["warnings"]))
        answer = self.document(other, "--map", "--kernel-release=7.1.13")
        self.assertFalse(any("another release" in text for text in answer["warnings"]))

    def test_missing_keys(self):
        """Without any of these the core cannot be understood."""
        for key in (b"PAGESIZE", b"NUMBER(VA_BITS)", b"NUMBER(PHYS_OFFSET)",
                    b"SYMBOL(swapper_pg_dir)", b"SYMBOL(mem_section)"):
            def drop(text, key=key):
                return b"\n".join(line for line in text.split(b"\n")
                                  if not line.startswith(key + b"="))
            with self.subTest(key=key):
                result = Program.run("--vmcore=" + self.file("keyless", self.with_note(drop)),
                                     "-rmemory16", "-q")
                self.assertEqual(result.returncode, 2)

    def test_foreign_vmcoreinfo(self):
        self.refused(self.with_note(lambda text: b""))
        self.refused(self.with_note(lambda text: b"\xff\x00\xfe" * 100))
        self.refused(self.with_note(lambda text: b"OSRELEASE=6.1.0-18-amd64\nPAGESIZE=4096\n"
                                    b"SYMBOL(swapper_pg_dir)=ffffffff82a10000\n"
                                    b"NUMBER(phys_base)=0\nNUMBER(pgtable_l5_enabled)=0\n"))

    def test_wild_program_headers(self):
        """Sizes and offsets beyond all reason."""
        huge = (1 << 64) - 1
        for field, value in ((8, huge), (8, 1 << 63), (24, huge - 4095), (32, huge), (40, huge)):
            with self.subTest(field=field):
                at = 64 + 56 + field
                path = self.file("wild", self.patched(at, struct.pack("<Q", value)))
                result = Program.run("--vmcore=" + path, "-rmemory16", "-q")
                self.assertIn(result.returncode, (0, 1, 2))
        for offset, data in ((32, struct.pack("<Q", huge)), (56, struct.pack("<H", 0))):
            with self.subTest(header=offset):
                self.refused(self.patched(offset, data))

    def test_wild_note_sizes(self):
        at = self.content.index(b"VMCOREINFO") - 12
        for sizes in ((11, 0xffffffff, 0), (0xffffffff, 8, 0), (0x7fffffff, 0x7fffffff, 0)):
            with self.subTest(sizes=sizes):
                self.refused(self.patched(at, struct.pack("<III", *sizes)))

    def test_paths(self):
        for source in ("--vmcore=", "--kcore=", "--ptdump="):
            for path in (self.file("missing"), self.folder, ""):
                if source == "--ptdump=" and not path:
                    continue
                with self.subTest(source=source, path=path):
                    result = Program.run(source + path, "-rmemory16")
                    self.assertIn(result.returncode, (2,) if path else (2, 64))
                    self.assertEqual(result.stdout, b"")
                    self.assertEqual(len(result.stderr.decode().splitlines()), 1)

    def test_unreadable_file(self):
        if os.geteuid() == 0:
            self.skipTest("root may read everything")
        os.chmod(self.file("closed", self.content), 0)
        self.assert_refused(Program.run("--vmcore=" + self.file("closed"), "-rmemory16"), 2)

    def test_two_unrelated_dumps(self):
        """Several --vmcore are the parts of one dump, and nothing else."""
        result = Program.run("--vmcore=" + self.plain, "--vmcore=" + self.plain, "-rmemory16")
        self.assertIn(result.returncode, (2, 64))
        self.assertEqual(result.stdout, b"")

    def test_messages_are_one_line_even_for_strange_paths(self):
        result = Program.run("--vmcore=" + self.file("no\nsuch\x1b[31mfile"), "-rmemory16")
        self.assert_refused(result, 2)
        self.assertNotIn(b"\x1b", result.stderr)

    def test_eight_bit_control_characters(self):
        """A terminal takes these for escapes; other characters of UTF-8 are printed."""
        name = "caf\u00e9 \u2713 \U0001f600 \u009b31m ".encode() + b"\x9b31m \xc3( \xe2\x82"
        result = Program.run("--vmcore=" + os.fsdecode(name), "-rmemory16")
        self.assert_refused(result, 2)
        self.assertIn("caf\u00e9 \u2713 \U0001f600 ??31m ?31m ?( ??".encode(), result.stderr)
