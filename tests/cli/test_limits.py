# SPDX-License-Identifier: GPL-2.0-or-later
"""The limits of the program: whatever exceeds one is refused or cut short, and the message or the
answer names the limit. tests/unit has the tests of limits that need a source of their own."""

import os
import re
import resource
import struct
import subprocess
import unittest
from dataclasses import replace

import containers
import ptdump
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region
from support import PATIENCE, Program, ProgramTest, parse
from test_output import write_vast

GIB, MIB = 1 << 30, 1 << 20
TERABYTE = 1 << 40
NAME = "hotremove-check"
MANUAL = os.path.join(os.path.dirname(__file__), "..", "..", "man", "hotremove-check.1")
# The program with limits that are soon reached, as tests/CMakeLists.txt builds it.
LIMITED = os.environ.get("HOTREMOVE_CHECK_LIMITED")
LIMITED_OUTPUT = 2 * MIB
CANNOT_WRITE = NAME + ": cannot write the result: "

BOOT = Region(GIB, 256 * MIB, boot=True)
# More memory blocks, and more vmemmap leaves, than a range lists.
LARGE = Region(TERABYTE, 9 * TERABYTE, linear="pud")
LARGE_RANGE = "-r%#x+9T" % TERABYTE


def share_sections(image, boot=15):
    """Millions of memory blocks in a small image: all roots of sections are one page.

    BOOT is the flags of the sections like the one that holds the kernel's root table.
    """
    page = min(image.section_pages.values())
    per_root = image.page_size // image.kernel.mem_section_size
    root = image.root >> image.kernel.section_bits
    for slot in range(per_root):
        flags = boot if slot == root % per_root else 7
        image.write(page + slot * image.kernel.mem_section_size, struct.pack("<Q", flags))
    for root in range(image.root_count):
        image.write(image.sections_pa + root * 8, struct.pack("<Q", image.kernel.lin(page)))


def write_many(path, room=GIB):
    """A small core with millions of memory blocks, and ROOM for their sections."""
    image = Image(Layout(Machine(Kernel(), [BOOT])))
    share_sections(image)
    memory = containers.memory_segments(image)
    # There cannot be more sections than the source has room for: it has room, all of it a hole.
    if room:
        memory.append(containers.Segment(0, 64 * TERABYTE, room, []))
    containers.write_elf(path, memory, containers.core_notes(image))


def run_limited(*arguments, prepare=None):
    """Run the program with small limits."""
    if not LIMITED:
        raise unittest.SkipTest("no program with small limits: set HOTREMOVE_CHECK_LIMITED")
    return subprocess.run([LIMITED, *arguments], stdin=subprocess.DEVNULL, preexec_fn=prepare,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE,
                          check=False)


class LimitsTest(ProgramTest):
    """An ordinary core, and one with millions of memory blocks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        containers.write_plain(cls.file("core"), Image(Layout(Machine(Kernel(), [BOOT]))))
        cls.core = "--vmcore=" + cls.file("core")
        write_many(cls.file("many"))
        cls.many = "--vmcore=" + cls.file("many")


class Refused(LimitsTest):
    """Whatever exceeds a limit is refused with a sentence that names the limit."""

    def check(self, part, *arguments, status=64):
        """ARGUMENTS are refused with PART in the message."""
        with self.subTest(limit=part):
            result = Program.run(*arguments)
            self.assert_refused(result, status)
            self.assertIn(part, result.stderr.decode())

    def test_command_line(self):
        one = "-rmemory8"
        for part, arguments in (
                ("more than 4096 ranges", [one] * 4097),
                ("more than 64 overrides", [one] + ["--page-size=4096"] * 65),
                ("more than 64 files", ["--vmcore=" + self.file("core")] * 64 + [one]),
                ("seconds from 1 to 86400", [one, "--timeout=86401"]),
                ("seconds from 1 to 86400", [one, "--watch=86401"])):
            self.check(part, self.core, *arguments)

    def test_files(self):
        longest = "memory8 #" + "x" * (4094 - 9)
        self.run_ok(self.core, "--ranges-from=" + self.file("longest", longest + "\n"), "-q",
                    status=1)
        self.check(":2: the line is longer than 4094 bytes", self.core,
                   "--ranges-from=" + self.file("longer", "\n" + longest + "x\n"))
        self.check("more than 4096 ranges", self.core,
                   "--ranges-from=" + self.file("ranges", "memory8\n" * 4097))
        self.check("more than 1048576 lines", self.core,
                   "--ranges-from=" + self.file("lines", "#\n" * (MIB + 1)))
        self.check("is larger than the limit of 1048576", self.core, "-rmemory8",
                   "--vmcoreinfo=" + self.file("info", "\n" * (MIB + 1)), status=2)
        self.check("longer than the limit of 1024 bytes", "--map",
                   "--ptdump=" + self.file("text", "x" * 1025), status=2)

    def test_note_of_a_kdump(self):
        path = self.file("kdump")
        containers.write_kdump(path, Image(Layout(Machine(Kernel(), [BOOT]))))
        with open(path, "r+b") as dump:
            dump.truncate(max(os.path.getsize(path), 2 * MIB))
            dump.seek(4096 + 40)
            dump.write(struct.pack("<Q", MIB + 1))
        self.check("larger than the limit of 1048576", "--vmcore=" + path, "-rmemory8", status=2)

    def test_queries(self):
        Program.skip_under_valgrind("this takes minutes")
        self.check("more than 1048576 memory blocks", self.many, "--suggest=1G", status=2)


class Cut(LimitsTest):
    """A list that is cut short says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Program.skip_under_valgrind("this takes minutes")
        containers.write_plain(cls.file("large"), Image(Layout(Machine(Kernel(), [BOOT, LARGE]))))
        cls.large = "--vmcore=" + cls.file("large")

    def warned(self, answer, part):
        """How many warnings of ANSWER have PART."""
        return sum(part in warning for warning in answer["warnings"])

    def test_lists_of_a_range(self):
        wide = "--assume=teardown=batched-wide"
        answer = self.document(self.large, wide, LARGE_RANGE, LARGE_RANGE)
        for found in answer["ranges"]:
            self.assertEqual(len(found["guard"]["blocks"]), 65536)
            self.assertEqual(len(found["teardown"]["range_ops"]), 65536)
        self.assertEqual(self.warned(answer, "more memory blocks than the 65536"), 1)
        self.assertEqual(self.warned(answer, "more TLB range operations than the 65536"), 1)
        text = self.run_ok(self.large, wide, LARGE_RANGE, status=1)
        self.assertIn("refuses 65536 of the first 65536 memory blocks", text)
        self.assertIn("and over 65528 more range ops", text)
        answer = self.document(self.large, wide, "-r%#x+1T" % TERABYTE)
        self.assertEqual(self.warned(answer, "65536"), 0)

    @staticmethod
    def with_malformed_groups(count):
        """A layout with COUNT of them: the first entry of each has no CONT bit."""
        region = Region(4 * GIB, 512 * MIB, linear="cont-pte")
        layout = Layout(Machine(Kernel(), [BOOT, region]))
        linear, whole = layout.maps["linear"], layout.maps["linear"].runs
        linear.runs = []
        for run in whole:
            groups = range(0, min(run.count, 16 * count) if run.pa >= region.pa else 0, 16)
            for first in groups:
                linear.runs += [replace(run.cut(first, first + 1), cont=False),
                                run.cut(first + 1, first + 16)]
            linear.runs.append(run.cut(16 * len(groups), run.count))
        return layout

    def test_malformed_groups(self):
        """They are compared one by one."""
        for count in (4096, 4097):
            layout = self.with_malformed_groups(count)
            containers.write_plain(self.file("groups"), Image(layout))
            text = ptdump.as_text(ptdump.Writer(layout).lines())
            answer = self.document("--vmcore=" + self.file("groups"),
                                   "--verify-ptdump=" + self.file("text", text))
            self.assertEqual(answer["verify"]["differences"], [])
            self.assertEqual(self.warned(answer, "the 4096 that are compared"), count > 4096)
            self.assertEqual(answer["status"], 2 if count > 4096 else 0)

    def test_long_overrides(self):
        name = self.file("x" * 250, Image(Layout(Machine(Kernel(), [BOOT]))).vmcoreinfo())
        self.assertIn("vmcoreinfo=%s\n" % name,
                      self.run_ok(self.core, "--vmcoreinfo=" + name, "-rmemory8", status=1))


class Output(LimitsTest):
    """Beyond its limit, or after a failure, nothing is written, and the work stops."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Program.skip_under_valgrind("this takes minutes")
        write_vast(cls.file("vast"))
        cls.vast = "--vmcore=" + cls.file("vast")

    # Each would take more CPU time than that if it continued.
    LONG = (("--json", "--map"), ("--json", "--blocks"), ("--blocks", "--all"))
    CPU_SECONDS = 10

    @classmethod
    def limit_work(cls):
        """Runs in the child, before the program. The machine's load does not change the result."""
        resource.setrlimit(resource.RLIMIT_CPU, (cls.CPU_SECONDS, cls.CPU_SECONDS + 1))

    def source(self, query):
        """The core about which QUERY takes long to answer."""
        return self.vast if "--map" in query else self.many

    def test_limit(self):
        for query in self.LONG:
            with self.subTest(query=query):
                result = run_limited(self.source(query), *query, prepare=self.limit_work)
                self.assertEqual(result.returncode, 2)
                self.assertEqual(result.stderr.decode().replace("-limited", ""),
                                 CANNOT_WRITE + "it is longer than the limit of 2 MiB\n")
                self.assertGreaterEqual(len(result.stdout), LIMITED_OUTPUT // 4)
                self.assertLessEqual(len(result.stdout), LIMITED_OUTPUT)
                self.assertNotIn(b'"error"', result.stdout)

    def test_quiet_has_none(self):
        result = run_limited(self.many, "-q", "-rmemory8")
        self.assertEqual((result.stdout, result.stderr), (b"", b""))

    def test_nowhere_to_write(self):
        for query in self.LONG:
            with self.subTest(query=query), open("/dev/full", "wb") as full:
                result = Program.run(self.source(query), *query, stdout=full,
                                     prepare=self.limit_work)
                self.assertEqual(result.returncode, 2)
                self.assertEqual(result.stderr.decode(),
                                 CANNOT_WRITE + "No space left on device\n")

    def test_reader_that_goes_away(self):
        for query in self.LONG:
            with self.subTest(query=query):
                process = subprocess.Popen(
                    [Program.path, self.source(query), *query], preexec_fn=self.limit_work,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                process.stdout.readline()
                process.stdout.close()
                self.assertEqual(process.wait(PATIENCE), 2)
                self.assertEqual(process.stderr.read().decode(), CANNOT_WRITE + "Broken pipe\n")
                process.stderr.close()

    def test_ranges(self):
        """The second of them is no longer looked at."""
        core = self.file("large")
        containers.write_plain(core, Image(Layout(Machine(Kernel(), [BOOT, LARGE]))))
        ranges = self.file("ranges", (LARGE_RANGE[2:] + "\n") * 1000)
        with open("/dev/full", "wb") as full:
            result = Program.run("--vmcore=" + core, "--json", "--ranges-from=" + ranges,
                                 stdout=full, prepare=self.limit_work)
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stderr.decode(), CANNOT_WRITE + "No space left on device\n")


class Memory(LimitsTest):
    """The message names the limit if it is the sandbox's."""

    SANDBOX = "not enough memory: the limit is 64 MiB (--no-sandbox does without)"

    def setUp(self):
        Program.skip_without_sandbox()
        containers.write_plain(self.file("large"), Image(Layout(Machine(Kernel(), [BOOT, LARGE]))))

    def short_of_memory(self, *options, prepare=None):
        """The message, which must be the same in the error document."""
        query = ("--vmcore=" + self.file("large"), LARGE_RANGE, "--json", *options)
        result = run_limited(*query, prepare=prepare)
        self.assertEqual(result.returncode, 2)
        message = parse(result.stdout.decode())["error"]["message"]
        self.assertEqual(result.stderr.decode(), "%s-limited: %s\n" % (NAME, message))
        return message

    def test_of_the_sandbox(self):
        self.assertEqual(self.short_of_memory(), self.SANDBOX)

    def test_of_the_user(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (60 * MIB, 60 * MIB))

        self.assertEqual(self.short_of_memory(prepare=limit), "not enough memory")
        self.assertEqual(self.short_of_memory("--no-sandbox", prepare=limit), "not enough memory")


class HighAddresses(LimitsTest):
    """Memory far up costs no more than near: RAM of dual-socket Arm servers begins at 64 TiB."""

    HOT = 16 * GIB  # after the start of memory

    def answer(self, base, write):
        """The answers about memory that begins at BASE, in a file that WRITE makes."""
        regions = [Region(base, 256 * MIB, boot=True),
                   Region(base + self.HOT, GIB, linear="cont-pmd")]
        path = self.file("high")
        write(path, Image(Layout(Machine(Kernel(dram_base=base), regions))))
        found = self.document("--vmcore=" + path, "-r%#x+1G" % (base + self.HOT), "--blocks")
        os.unlink(path)
        return found

    def test_as_low_ones(self):
        keys = ("verdict", "reasons", "linear", "vmemmap", "teardown")
        low = self.answer(GIB, containers.write_kdump)
        self.assertEqual(low["status"], 0)
        for base in (64 * TERABYTE, 70 * TERABYTE):
            with self.subTest(base=base):
                high = self.answer(base, containers.write_kdump)
                self.assertEqual(high["status"], 0)
                for key in keys[:-1]:
                    self.assertEqual(high["ranges"][0][key], low["ranges"][0][key])
                self.assertEqual(high["ranges"][0]["teardown"]["batched"]["total"],
                                 low["ranges"][0]["teardown"]["batched"]["total"])
                self.assertEqual(len(high["blocks"]), len(low["blocks"]))
                plain = self.answer(base, containers.write_plain)
                for key in ("kernel", "ranges", "blocks"):
                    self.assertEqual(high[key], plain[key])

    def test_split_set(self):
        base = 70 * TERABYTE
        regions = [Region(base, 256 * MIB, boot=True), Region(base + self.HOT, GIB)]
        paths = [self.file("part%d" % number) for number in range(3)]
        containers.write_kdump_split(paths, Image(Layout(Machine(Kernel(dram_base=base), regions))))
        self.run_ok(*["--vmcore=" + path for path in paths], "-q", "-r%#x+1G" % (base + self.HOT))


class Work(LimitsTest):
    """A small file takes little work, whatever it says. The worst input of each loop."""

    SECONDS = 30  # of CPU, many times of what it takes: without a bound it is minutes

    @staticmethod
    def limit():
        """For the program, and the processes that it starts."""
        resource.setrlimit(resource.RLIMIT_CPU, (Work.SECONDS, Work.SECONDS))

    def run_bounded(self, *arguments):
        """The status of the program, which ends by itself."""
        Program.skip_under_valgrind("this takes minutes")
        if os.environ.get("HOTREMOVE_TEST_SANITIZED") == "1":
            raise unittest.SkipTest("sanitizers take many times of the work that is bounded")
        process = subprocess.run([Program.path, *arguments], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                 preexec_fn=self.limit, timeout=600, check=False)
        self.assertNotIn("CPU time", process.stderr.decode())
        return process.returncode

    @staticmethod
    def share_tables(image):
        """One chain of tables maps everything that the kernel maps."""
        table, level, entries = image.pool.take(), 3, image.page_size // 8
        for index in range(entries):
            image.write_entry(table, index, image.address_bits(
                TERABYTE + (2 * index + index % 3) * image.page_size) | 0x703)
        while level > image.geometry.root_level + 1:
            above, level = image.pool.take(), level - 1
            for index in range(entries):
                image.write_entry(above, index, image.address_bits(table) | 3)
            table = above
        for index in range(entries):
            if not image.read_entry(image.root, index):
                image.write_entry(image.root, index, image.address_bits(table) | 3)

    def test_shared_tables_and_sections(self):
        for bits in (48, 52):
            image = Image(Layout(Machine(Kernel(va_bits=bits, pa_bits=bits), [BOOT])))
            self.share_tables(image)
            share_sections(image)
            containers.write_plain(self.file("shared"), image)
            # One section of each root is boot memory, which decides about a range.
            for query, status in ((["--blocks"], 2), (["--suggest=1G"], 2), (["--map"], 2),
                                  (["-r0x40000000+32T"], 1), (["-q", "-r0x40000000+32T"], 1),
                                  (["-r0x40000000+32T", "--ignore=boot-memory"], 2)):
                with self.subTest(bits=bits, query=query):
                    self.assertEqual(
                        self.run_bounded("--vmcore=" + self.file("shared"), *query), status)

    def test_shared_tables_alone(self):
        """Sections with unknown flags tell nothing: the linear map has to."""
        for bits in (48, 52):
            image = Image(Layout(Machine(Kernel(va_bits=bits, pa_bits=bits), [BOOT])))
            self.share_tables(image)
            share_sections(image, boot=7)
            containers.write_plain(self.file("alone"), image)
            for query in (["--blocks"], ["--suggest=1G"]):
                with self.subTest(bits=bits, query=query):
                    self.assertEqual(
                        self.run_bounded("--vmcore=" + self.file("alone"), *query), 2)

    def test_blocks_end_where_the_source_has_no_room_for_more(self):
        write_many(self.file("shared"), room=0)
        answer = self.document("--vmcore=" + self.file("shared"), "--blocks")
        self.assertEqual(answer["status"], 2)
        self.assertEqual(sum("room for sections" in text for text in answer["warnings"]), 1)

    def test_pieces_of_a_byte(self):
        count = (10 * MIB) // 17
        pieces = b"".join(struct.pack(">qqB", place * 4096, 1, 7) for place in range(count))
        head = struct.pack(">16sqq", b"makedumpfile", 1, 1).ljust(4096, b"\0")
        path = self.file("flat", head + pieces + struct.pack(">qq", -1, -1))
        self.assertEqual(self.run_bounded("--vmcore=" + path, "-q", "-r0+1G"), 2)

    def test_text_of_many_entries(self):
        path = self.file("text", "---[ Linear Mapping start ]---\n"
                         "0xffff000000000000-0xffff800000000000         128T PTE       RW NX SHD "
                         "AF NG     UXN MEM/NORMAL\n---[ Linear Mapping end ]---\n")
        self.assertEqual(self.run_bounded("--ptdump=" + path, "--page-size=4K", "--phys-offset=0",
                                          "--va-bits=48", "-r0+128T"), 2)

    def test_segments_in_segments(self):
        """All memory is in one segment, with a hundred thousand others before it."""
        image = Image(Layout(Machine(Kernel(), [BOOT])))
        share_sections(image)
        start, small = GIB // 2, 100000
        data = [(pa - start, bytes(page)) for pa, page in sorted(image.pages.items())]
        segments = [containers.Segment(0, image.image_pa, image.page_size,
                                       [(0, bytes(image.pages[image.image_pa]))])]
        for number in range(small):
            segments.append(containers.Segment(0, start + number * 4096, 1, []))
            segments[-1].offset = 64
        segments.append(containers.Segment(0, start, BOOT.pa + BOOT.size - start, data))
        containers.write_elf(self.file("nested"), segments, containers.core_notes(image), "end")
        self.assertEqual(self.run_bounded("--vmcore=" + self.file("nested"), "--blocks"), 0)


class Manual(unittest.TestCase):
    """LIMITS of the manual page has all of them."""

    def test_values(self):
        with open(MANUAL, encoding="utf-8") as handle:
            text = re.search(r"(?s)^\.Sh LIMITS\n(.*?)^\.Sh ", handle.read(), 0 | re.M).group(1)
        text = re.sub(r"\n(\.[A-Z][a-z] )?", " ", text)
        for value in ("131,072", "4 MiB", "1 MiB", "52 bits", "64", "256 GiB", "8 TiB", "256 MiB",
                      "1024 bytes", "1,048,576", "4096 ranges", "1,048,576 lines", "4094 bytes",
                      "86,400", "300 seconds", "512 characters", "64 MiB", "16,777,216",
                      "65,536", "4096 malformed", "a million", "8,388,608", "4 GiB", "1 GiB",
                      "an hour", "512 MiB", "2000"):
            with self.subTest(value=value):
                self.assertIn(value, text)
