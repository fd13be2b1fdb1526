# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's text of its page tables: as a source, and to compare a walk with."""

import glob
import lzma
import os
import random
import unittest
from dataclasses import replace

import containers
import ptdump
from arm64 import GEOMETRIES, Geometry, Kernel
from cases import Case, all_cases
from image import Image
from layout import MAPS, Fault, Layout, Machine, Region
from oracle import LEVEL_NAMES
from ptdump import Line, Writer, as_text, read_back, style_of, styles_of
from support import Program, ProgramTest
from test_ranges import Judge, differences

GIB, MIB, KIB = 1 << 30, 1 << 20, 1 << 10
FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "ptdump")
IGNORE = "--ignore=boot-memory,not-present"
KERNEL_KEYS = ("release", "page_size", "va_bits", "va_bits_actual", "levels", "page_offset",
               "phys_offset", "vmemmap_start", "struct_page_size", "section_size",
               "memory_block_size", "models")
DEFINITE = ("splits-leaf", "malformed-cont", "misaligned")
LEVELS = {"PUD": 1, "PMD": 2, "PTE": 3}


def fixture(name):
    """The text of a capture."""
    with open(os.path.join(FIXTURES, name + ".txt"), encoding="utf-8", newline="") as handle:
        return handle.read()


def text_cases(first_seed, step, damages=None):
    """Random cases of which a text can show every feature."""
    for number, (seed, geometry, kind, damage) in enumerate(all_cases(first_seed)):
        if number % step or damage == "wrong-pa":
            continue
        case = Case(seed, geometry, kind, damages[seed % len(damages)] if damages else damage)
        # A text does not show where the image has the root: its entries count as flushed.
        case.machine.writable_root = False
        case.model = replace(case.model, root_flush=True)
        yield case


def random_style(case):
    """One of the styles in which a kernel of the case's release prints."""
    return random.Random(case.machine.seed).choice(styles_of(case.kernel.release))


def striped(pieces):
    """(start, end, level, cont, valid) pieces in order, with equal neighbours joined."""
    merged = []
    for start, end, *kind in sorted(pieces):
        if merged and merged[-1][1] == start and merged[-1][2:] == kind:
            merged[-1][1] = end
        else:
            merged.append([start, end, *kind])
    return merged


def window_of(kernel, name):
    """[start, end) of a map."""
    if name == "linear":
        return kernel.linear_floor, kernel.page_end
    return kernel.vmemmap_start, kernel.vmemmap_end


def leaves_of(parsed, level_of, window):
    """The leaves that lines describe inside a window, as stripes."""
    return striped((line.start, line.end, level_of(line.name), "CON" in line.words,
                    "F" not in line.words)
                   for line in parsed
                   if line.mapped and window[0] <= line.start and line.end <= window[1])


class WriterTest(unittest.TestCase):
    """The text that the other tests rely on is the text that kernels print."""

    def check_text(self, case, style):
        writer = Writer(case.layout, style, case.machine.seed)
        lines = [line for line in writer.lines() if isinstance(line, Line)]
        parsed = read_back(as_text(lines))
        self.assertEqual(len(parsed), len(lines))
        self.assertEqual(parsed[0].start, 0 if style.from_zero else writer.base)
        self.assertEqual(parsed[-1].end, 1 << 64)
        for line in parsed:
            self.assertEqual(line.size, line.end - line.start)
        lost = any(case.layout.maps[name].unreadable for name in MAPS)
        for before, after in zip(lines, lines[1:]):
            if not lost:
                self.assertEqual(before.end, after.start)
        self.check_leaves(case, writer, parsed)

    def check_leaves(self, case, writer, parsed):
        """The text read back describes the leaves of the layout and no others."""
        names = {writer.level_name(level, False): level
                 for level in range(writer.geometry.root_level, 4)}
        for name in MAPS:
            wanted = striped((run.va, run.end, run.level, run.cont,
                              run.state in ("valid", "reserved"))
                             for run in case.layout.maps[name].runs)
            got = leaves_of(parsed, names.get, window_of(case.kernel, name))
            self.assertEqual(got, wanted, name)

    def test_cases(self):
        for case in text_cases(30000, 1):
            for style in styles_of(case.kernel.release):
                if any(fault.kind.endswith("-table") for fault in case.machine.faults):
                    continue
                with self.subTest(case=str(case), style=style):
                    self.check_text(case, style)

    def test_lines_change_where_something_changes(self):
        for case in text_cases(31000, 7, (None,)):
            lines = Writer(case.layout).lines()
            for before, after in zip(lines, lines[1:]):
                if isinstance(before, Line) and isinstance(after, Line):
                    self.assertNotEqual((before.level, before.attributes),
                                        (after.level, after.attributes))

    def test_markers_in_order(self):
        """Each once and in ascending order; only the last may lie in a hole without an edge."""
        for geometry in GEOMETRIES:
            for release in ("5.10.223", "5.15.209", "6.8.0", "6.12.97", "7.3.4"):
                if release < "6.9" and geometry[1] == 52 and geometry[0] != 65536:
                    continue
                kernel = Kernel(*geometry, release=release)
                marks = ptdump.markers(kernel, style_of(release))
                with self.subTest(geometry=geometry, release=release):
                    self.assertEqual(marks, sorted(marks, key=lambda mark: mark[0]))
                    machine = Machine(kernel, [Region(1 << 30, kernel.section_size, boot=True)])
                    names = [line.name for line in Writer(Layout(machine)).lines()
                             if isinstance(line, ptdump.Marker)]
                    self.assertGreaterEqual(len(names), len(marks) - 1)
                    self.assertEqual(names, [name for _, name in marks][:len(names)])

    def test_every_captured_line(self):
        """A captured line, taken apart and printed again, is the captured line."""
        for name in ("ampereone-mode1", "ampereone-mode3", "kpti-48", "kasan-48", "lpa2-52",
                     "lpa2-52-vmalloc", "kasan-16k-47", "efi-page-tables"):
            self.check_lines(fixture(name))

    def test_every_line_of_tested_kernels(self):
        """The same for whole texts of kernels from the end-to-end tests."""
        for path in glob.glob(os.path.join(FIXTURES, "..", "*.ptdump.xz")):
            with self.subTest(path=path), lzma.open(path, "rt") as handle:
                self.check_lines(handle.read())

    def check_lines(self, text):
        """Each line of addresses, printed again from its meaning, is the same."""
        captured = [line for line in text.splitlines() if ptdump.ADDRESSES.match(line)]
        for line, parsed in zip(captured, read_back("\n".join(captured))):
            self.assertEqual(self.again(parsed), line)

    @staticmethod
    def again(parsed):
        """A parsed line as text."""
        words = parsed.words
        attributes = ptdump.Attributes(
            "F" not in words, "ro" in words, "x" in words, "SHD" in words, "NG" in words,
            "CON" in words, "BLK" in words, "GP" in words, words[-1]) if words else None
        return Line(parsed.start, parsed.end, None, parsed.name, attributes).text()

    def test_a_captured_machine(self):
        """1 GiB without block mappings except for the image: only the attributes are unknown."""
        start = GIB
        linear = [(start, 2 * MIB, "pages"), (start + 2 * MIB, 32 * MIB, "pmd"),
                  (start + 34 * MIB, 990 * MIB, "pages")]
        machine = Machine(Kernel(release="7.0.2"), [Region(start, GIB, boot=True, linear=linear)])
        holes = [line.text() if isinstance(line, ptdump.Marker) or not line.attributes else None
                 for line in Writer(Layout(machine)).lines()]
        captured = [line for line in fixture("kpti-48").splitlines()
                    if line.startswith(("---", "0x")) and "MEM/" not in line]
        first = captured.index("---[ Linear Mapping start ]---")
        self.assertTrue(set(captured[first:first + 4]) <= set(holes))
        first = captured.index("---[ vmemmap start ]---")
        self.assertTrue(set(captured[first:first + 6]) <= set(holes))

    def test_names_of_levels(self):
        """The names of the first levels in each geometry, for leaf and hole."""
        for geometry, release, level, names in (
                ((4096, 39, 39), "6.8.0", 1, ("PGD", "PGD")),
                ((4096, 39, 39), "7.0.2", 1, ("PGD", "PGD")),
                ((4096, 48, 48), "6.1.0", 1, ("PUD", "PUD")),
                ((4096, 52, 52), "7.0.2", 0, ("P4D", "P4D")),
                ((4096, 52, 48), "7.0.2", 0, ("PGD", "PGD")),
                ((16384, 36, 36), "6.8.0", 2, ("PGD", "PGD")),
                ((16384, 36, 36), "6.12.90", 2, ("PMD", "PGD")),
                ((65536, 42, 42), "5.10.223", 2, ("PGD", "PGD")),
                ((65536, 52, 48), "6.12.90", 2, ("PMD", "PMD"))):
            kernel = Kernel(*geometry, release=release)
            machine = Machine(kernel, [Region(1 << 30, kernel.section_size, boot=True)])
            writer = Writer(Layout(machine))
            self.assertEqual(tuple(writer.level_name(level, hole) for hole in (False, True)),
                             names, (geometry, release))

    def test_invalid_entries(self):
        """F shows them; the BLK after it depends on the kernel."""
        for release, state, level, words in (
                ("6.12.90", "invalid", 2, {"F", "BLK"}), ("6.14.1", "invalid", 2, {"F"}),
                ("7.3.4", "marked", 2, {"F", "NG"}), ("6.12.90", "valid", 2, {"BLK"}),
                ("7.3.4", "valid", 2, {"BLK"}), ("6.12.90", "invalid", 3, {"F"}),
                ("6.12.90", "reserved", 3, {"BLK"}), ("7.3.4", "reserved", 3, {"BLK"})):
            kernel = Kernel(release=release)
            layout = Layout(Machine(kernel, [Region(1 << 30, 1 << 27, boot=True)]))
            run = replace(layout.maps["linear"].runs[0], level=level, state=state)
            tokens = set(Writer(layout)._attributes("linear", run).tokens().split())
            self.assertEqual(tokens & {"F", "BLK", "NG"}, words, (release, state, level))

    def test_mail_changes_nothing_that_is_read(self):
        """All renderings hold the same lines."""
        case = Case(33000, (4096, 48, 48), "cont-pmd")
        text = Writer(case.layout).text()
        for name, change in ptdump.DAMAGES.items():
            with self.subTest(damage=name):
                self.assertEqual(read_back(change(text)), read_back(text))


# -- captures -------------------------------------------------------------------------------------

LINEAR = 0xffff000000000000
BEGINNING_OF_MODE_1 = [
    (LINEAR + 0x000000000, "PMD", 1), (LINEAR + 0x000200000, "CONT_PTE", 1),
    (LINEAR + 0x000210000, "PTE", 496), (LINEAR + 0x000400000, "PMD", 16),
    (LINEAR + 0x002400000, "PTE", 336), (LINEAR + 0x002550000, "CONT_PTE", 11),
    (LINEAR + 0x002600000, "PMD", 13), (LINEAR + 0x004000000, "CONT_PMD", 30),
    (LINEAR + 0x040000000, "PUD", 4), (LINEAR + 0x140000000, "CONT_PMD", 1),
    (LINEAR + 0x142000000, "CONT_PTE", 18), (LINEAR + 0x142120000, "PTE", 64),
    (LINEAR + 0x142160000, "CONT_PTE", 14)]
MODE_1 = BEGINNING_OF_MODE_1 + [
    (LINEAR + 0x142240000, "PTE", 32), (LINEAR + 0x142260000, "CONT_PTE", 2),
    (LINEAR + 0x142280000, "PTE", 496), (LINEAR + 0x142470000, "CONT_PTE", 25),
    (LINEAR + 0x142600000, "PMD", 13), (LINEAR + 0x144000000, "CONT_PMD", 30),
    (LINEAR + 0x180000000, "PMD", 13), (LINEAR + 0x181a00000, "CONT_PTE", 25),
    (LINEAR + 0x181b90000, "PTE", 256), (LINEAR + 0x181c90000, "CONT_PTE", 1),
    (LINEAR + 0x181ca0000, "PTE", 288), (LINEAR + 0x181dc0000, "CONT_PTE", 4),
    (LINEAR + 0x181e00000, "PMD", 1), (LINEAR + 0x182000000, "CONT_PMD", 31),
    (LINEAR + 0x1c0000000, "PUD", 5)]

# name: (page size, VA bits, linear map, vmemmap), the leaves as (va, level, count[, valid])
CAPTURES = {
    "ampereone-mode1": (4096, 48, MODE_1, []),
    "ampereone-mode1-quoted-wrapped": (4096, 48, MODE_1, []),
    "ampereone-mode1-quoted-flowed": (
        4096, 48, BEGINNING_OF_MODE_1 + [(LINEAR + 0x142240000, "PTE", 14)], []),
    "ampereone-mode3": (4096, 48, [
        (LINEAR, "PTE", 1024), (LINEAR + 0x400000, "PMD", 16),
        (LINEAR + 0x2400000, "PTE", 3136512)], []),
    "kpti-48": (4096, 48, [
        (LINEAR, "PTE", 512), (LINEAR + 0x200000, "PMD", 16),
        (LINEAR + 0x2200000, "PTE", 253440)], [(0xfffffdffc0000000, "PMD", 8)]),
    "kasan-48": (4096, 48, [
        (LINEAR, "PTE", 1024), (LINEAR + 0x400000, "PMD", 30), (LINEAR + 0x4000000, "PTE", 32),
        (LINEAR + 0x7ffff000, "PTE", 1, False)], [(0xfffffdffc0000000, "PMD", 16)]),
    "lpa2-52": (4096, 52, [
        (0xfff0000000000000, "PTE", 1024), (0xfff0000000400000, "PMD", 15),
        (0xfff0000002200000, "PTE", 515584)], []),
    "lpa2-52-vmalloc": (4096, 52, [], []),
    "pages-48-wrapped": (4096, 48, [
        (0xffff60bf40000000, "PTE", 512), (0xffff60bf40200000, "PMD", 11),
        (0xffff60bf41800000, "PTE", 1120256)], []),
    "hvo-before-48": (4096, 48, [], [(0xfffffc1181000000, "PMD", 32)]),
    "hvo-after-48": (4096, 48, [], [(0xfffffc27e8090000, "PTE", 48)]),
    "hvo-64k-hugepages-48": (4096, 48, [], [(0xfffffd82c3000000, "PMD", 32)]),
    "rst-64k-52": (65536, 52, [
        (0xfff0000001c00000, "PTE", 32320), (0xfff0000800000000, "PTE", 32768)], []),
}
RELEASES = {"hvo": "6.1.0", "pages": "6.1.0", "rst": "6.5.0"}

# Captures without page tables of this form, and the lines that may give them away.
REFUSED = {
    "kasan-16k-47": (3, 5),
    "android-4.14-39": (),
    "idmap-39": range(1, 18),
    "pid-page-tables-48": range(1, 27),
    "vmemmap-4.x": (4,),
    "efi-page-tables": range(3, 14),
    "table-lines-series": (),
    "riscv-vmemmap": (2,),
    "powerpc-vmemmap": (2,),
    "arm32-kasan": (2,),
}


def wanted_runs(kind, geometry):
    """The runs of a map of CAPTURES as --map shows them, without physical addresses."""
    runs = []
    for va, level, count, *valid in kind:
        entry = LEVELS[level.replace("CONT_", "")]
        size = geometry.cont_size(entry) if "CONT" in level else geometry.size(entry)
        runs.append({"va": "%#x" % va, "pa": None, "level": level, "leaf_size": size,
                     "count": count, "valid": not valid or valid[0]})
    return runs


class CaptureTest(unittest.TestCase):
    """The reader finds what was read off the captures by eye."""

    def check(self, name):
        page, bits, *maps = CAPTURES[name]
        geometry = Geometry(page, bits, bits)
        parsed = read_back(fixture(name))
        self.assertTrue(parsed)
        end = 0xffff6 << 44 if name.startswith("kasan") else 0xffff8 << 44
        for expected, low, high in zip(maps, (0xfff << 52, None), (end, 0xffffffffc << 28)):
            wanted = [[int(run["va"], 16),
                       int(run["va"], 16) + run["leaf_size"] * run["count"],
                       LEVELS[run["level"].replace("CONT_", "")], "CONT" in run["level"],
                       run["valid"]] for run in wanted_runs(expected, geometry)]
            if low is None:
                low = wanted[0][0] if wanted else high
            self.assertEqual(leaves_of(parsed, LEVELS.get, (low, high)), wanted)

    def test_captures(self):
        for name in CAPTURES:
            with self.subTest(capture=name):
                self.check(name)

    def test_all_files_are_used(self):
        names = {name[:-4] for name in os.listdir(FIXTURES) if name.endswith(".txt")}
        self.assertEqual(names, set(CAPTURES) | set(REFUSED) | {"rst-table-64k-52"})


class TextTest(ProgramTest):
    """Runs the program on texts."""

    def source(self, text, name="kernel_page_tables"):
        """The option that names a file with this text."""
        return "--ptdump=" + self.file(name, text)

    def document(self, *arguments, **how):
        """The document; a refusal fails with the program's own words."""
        result = Program.run(*arguments, "--json", stdin=how.get("stdin"))
        if b'"error"' in result.stdout:
            self.fail(" ".join(map(str, arguments[1:])) + "\n" + result.stderr.decode())
        return super().document(*arguments, **how)

    def refusal(self, text, *options, query=("--map",)):
        """The one sentence of a refusal with status 2."""
        result = Program.run(self.source(text), *options, *query)
        self.assert_refused(result, 2)
        return result.stderr.decode()

    def assert_points_at(self, message, number):
        """The message names the file and a line, or one of several lines."""
        self.assertIn("kernel_page_tables", message)
        numbers = [number] if isinstance(number, int) else list(number)
        rest = message.replace(self.folder, "")
        self.assertRegex(rest, r"\b(%s)\b" % "|".join(map(str, numbers)))


def options_for(name):
    """What must be said about a capture that was cut down."""
    page, bits, *_ = CAPTURES[name]
    options = ["--page-size=%d" % page, "--va-bits=%d" % bits]
    release = RELEASES.get(name.split("-")[0])
    return options + (["--kernel-release=" + release] if release else [])


class Captures(TextTest):
    """Real captures are understood, or refused with a reason."""

    def check_map(self, answer, name):
        page, bits, linear, vmemmap = CAPTURES[name]
        geometry = Geometry(page, bits, bits)
        self.assertEqual(answer["map"], {"linear": wanted_runs(linear, geometry),
                                         "vmemmap": wanted_runs(vmemmap, geometry)})

    def test_understood(self):
        for name in CAPTURES:
            with self.subTest(capture=name):
                answer = self.document(self.source(fixture(name)), "--map", *options_for(name))
                # The missing part of the capture makes the map incomplete, as with any source.
                self.assertEqual(answer["status"], 0 if name == "kpti-48" else 2)
                self.assertEqual(answer["source"]["kind"], "ptdump")
                self.assertEqual(answer["source"]["format"], "ptdump")
                self.check_map(answer, name)

    def test_geometry_of_whole_captures(self):
        for name in ("kpti-48", "kasan-48"):
            with self.subTest(capture=name):
                answer = self.document(self.source(fixture(name)), "--map")
                self.assertEqual(answer["kernel"]["page_size"], 4096)
                self.assertEqual(answer["kernel"]["va_bits"], 48)
                self.assertEqual(answer["kernel"]["vmemmap_start"], "0xfffffdffc0000000")
                self.check_map(answer, name)

    def test_mended(self):
        """The 16K capture without the changes that were made by hand."""
        lines = fixture("kasan-16k-47").splitlines(keepends=True)
        text = "".join(lines[:1] + lines[4:]).replace("0xffff80 00 0000 0000", "0xffff800000000000")
        answer = self.document(self.source(text), "--map", statuses=(2,))
        geometry = Geometry(16384, 47, 47)
        self.assertEqual((answer["kernel"]["page_size"], answer["kernel"]["va_bits"]), (16384, 47))
        self.assertEqual(answer["map"], {
            "linear": wanted_runs([(0xffff800000000000, "PTE", 2048),
                                   (0xffff800002000000, "PMD", 1)], geometry),
            "vmemmap": wanted_runs([(0xffffffbfc0000000, "PTE", 512)], geometry)})

    def test_table_in_documentation(self):
        """Drawn by hand with borders: either refused or read correctly."""
        result = Program.run(self.source(fixture("rst-table-64k-52")), "--map", "--json",
                             "--page-size=64K", "--va-bits=52", "--kernel-release=6.5.0")
        if result.returncode == 2:
            return
        answer = self.document(self.source(fixture("rst-table-64k-52")), "--map",
                               "--page-size=64K", "--va-bits=52", "--kernel-release=6.5.0")
        geometry = Geometry(65536, 52, 52)
        self.assertEqual(answer["map"], {
            "linear": wanted_runs([(0xfff0000000000000, "PTE", 448)], geometry),
            "vmemmap": wanted_runs([(0xfffffc0002000000, "PTE", 32)], geometry)})

    def test_refused(self):
        sizes = {"android-4.14-39": ("4K", 39), "idmap-39": ("4K", 39),
                 "pid-page-tables-48": ("4K", 48), "kasan-16k-47": ("16K", 47)}
        for name, numbers in REFUSED.items():
            page, bits = sizes.get(name, ("4K", 48))
            exact = ("--page-size=" + page, "--va-bits=%d" % bits)
            for options in ((), exact, exact + ("--kernel-release=5.4.0",)):
                with self.subTest(capture=name, options=options):
                    message = self.refusal(fixture(name), *options)
                    self.assertIn("kernel_page_tables", message)
                    if options and numbers:
                        self.assert_points_at(message, numbers)

    def test_a_mail_with_two_captures(self):
        """The second has a marker of the first."""
        text = ("Mode 1:\n=======\n" + fixture("ampereone-mode1") + "\nMode 3:\n=======\n"
                + fixture("ampereone-mode3"))
        message = self.refusal(text, "--page-size=4K", "--va-bits=48")
        number = text.splitlines().index("Mode 3:") + 3
        self.assert_points_at(message, number)


# -- the same answers as from a core --------------------------------------------------------------

OPEN_GROUP = "may lie inside a CONT group"


def without_pa(runs):
    """The runs of a map without physical addresses, which separate equal neighbours."""
    merged = []
    for run in runs:
        run = dict(run, pa=None)
        last = merged[-1] if merged else None
        if last and all(last[key] == run[key] for key in ("level", "leaf_size", "valid")) and (
                int(last["va"], 16) + last["leaf_size"] * last["count"] == int(run["va"], 16)):
            last["count"] += run["count"]
        else:
            merged.append(run)
    return merged


def definite(answer):
    """The reasons that a text can give, without prose; the vmemmap's addresses are unknown."""
    found = []
    for reason in answer["reasons"]:
        if reason["code"] in DEFINITE:
            leaf = reason["leaf"] and dict(reason["leaf"])
            if leaf and reason["map"] == "vmemmap":
                leaf["pa"] = None
            found.append((reason["code"], reason["map"], reason["edge"], reason["va"],
                          leaf and tuple(sorted(leaf.items()))))
    return sorted(found, key=str)


def given(case):
    """Everything about a kernel that a text does not show, in one of three ways."""
    kernel, geo = case.kernel, case.kernel.geometry
    plain = ["--phys-offset=%#x" % kernel.memstart, "--kernel-release=" + kernel.release]
    way = case.machine.seed % 3
    if way == 0:
        return None
    whole = not any(fault.kind.endswith("-table") for fault in case.machine.faults)
    if way == 1 and whole and geo.va_bits == geo.va_actual:
        return plain
    return plain + ["--page-size=%d" % geo.granule, "--va-bits=%d" % geo.va_bits,
                    "--va-bits-actual=%d" % geo.va_actual]


class SameAnswers(TextTest):
    """A text says what the core says that it describes."""

    def options(self, case, image):
        """The options of `given`, with a VMCOREINFO where that is one of the ways."""
        options = given(case)
        if options is None:
            options = ["--vmcoreinfo=" + self.file("vmcoreinfo", image.vmcoreinfo())]
        return options

    def both(self, case, *query, style=None, change=None):
        """The documents from the core and from the text of a case."""
        image = Image(case.layout)
        path = self.file("core")
        containers.write_plain(path, image)
        text = Writer(case.layout, style or random_style(case), case.machine.seed).text()
        source = self.source(change(text) if change else text)
        return (self.document("--vmcore=" + path, *query),
                self.document(source, *self.options(case, image), *query))

    def check_range(self, judge, query, core, text):
        """The differences between the answers about one range, as far as both can know."""
        texts = differences({name: core[name] for name in MAPS}, text, "range")
        if definite(text) != definite(core):
            texts.append("reasons: expected %s, got %s" % (definite(core), definite(text)))
        start, size = query.start, query.size
        if not judge.page_faults and judge.page_aligned_vmemmap(start, size):
            texts += differences(core["teardown"], text["teardown"], "teardown")
        # A text does not show whether it is boot memory, which every kernel refuses.
        for judged in [text["guard"], *text["guard"]["blocks"]]:
            if judged["outcome"] not in ("refuses", "unknown"):
                texts.append("guard: %s without sections" % judged["outcome"])
        wanted = core["verdict"]
        # What has no line may have the CONT bit, which makes a group of neighbours.
        if any(OPEN_GROUP in reason["message"] for reason in text["reasons"]):
            wanted = "not-removable" if wanted == "not-removable" else "unknown"
        if not self.mapped_at_both_ends(judge, start, size):
            # What is not there at all is not memory, or the text lacks something.
            wanted = "not-removable" if definite(core) else "unknown"
        texts += differences(wanted, text["verdict"], "verdict")
        return ["[%#x+%#x] %s" % (start, size, line) for line in texts]

    @staticmethod
    def mapped_at_both_ends(judge, start, size):
        """Whether both maps have leaves for the first and the last byte."""
        return all(view.covered(low) and view.covered(high - 1)
                   for _, view, low, high in judge.oracle.spans(start, size))

    def check_case(self, case, **how):
        query = ["-r" + query.text("plus") for query in case.queries]
        query.append(IGNORE + ",guard-veto")
        if case.assume:
            query.append(case.model.option())
        core, text = self.both(case, *query, **how)
        judge = Judge(case.layout, case.model)
        texts = differences({key: core["kernel"][key] for key in KERNEL_KEYS}, text["kernel"],
                            "kernel")
        for asked, *answers in zip(case.queries, core["ranges"], text["ranges"]):
            texts += self.check_range(judge, asked, *answers)
        if texts:
            self.fail("%d differences, such as\n%s" % (len(texts), "\n".join(texts[:8])))

    def test_mail_changes_no_answer(self):
        changes = list(ptdump.DAMAGES.items())
        for number, case in enumerate(text_cases(42000, 9, (None, "invalid", "drop-cont"))):
            name, change = changes[number % len(changes)]
            with self.subTest(case=str(case), damage=name):
                self.check_case(case, change=change)

    def test_check_of_what_the_kernel_has_made_invalid(self):
        """To the check of 7.1, a leaf with the mark of 7.0 is present; one without is not."""
        for kind, verdict in (("marked", "not-removable"), ("invalid", "removable")):
            regions = [Region(0x40000000, 512 * MIB, boot=True),
                       Region(0x100000000, GIB, linear="pud")]
            machine = Machine(Kernel(), regions, [Fault(kind, pa=0x100000000, count=1)])
            layout = Layout(machine)
            path = self.file("core")
            containers.write_plain(path, Image(layout))
            text = self.source(Writer(layout).text())
            for source in (("--vmcore=" + path,),
                           (text, "--phys-offset=%#x" % machine.kernel.memstart,
                            "--kernel-release=" + machine.kernel.release)):
                with self.subTest(kind=kind, source=source[0]):
                    answer = self.document(*source, "-r0x100000000+1G", IGNORE)["ranges"][0]
                    self.assertEqual(answer["verdict"], verdict)

    def test_map(self):
        for case in text_cases(43000, 5, (None, "invalid", "drop-cont", "zero", "marked")):
            with self.subTest(case=str(case)):
                core, text = self.both(case, "--map")
                self.assertEqual(text["map"]["linear"], core["map"]["linear"])
                self.assertEqual(text["map"]["vmemmap"], without_pa(core["map"]["vmemmap"]))
                self.assertIsNone(text["blocks"])

    def test_map_without_phys_offset(self):
        for case in text_cases(44000, 11, (None, "invalid")):
            geo = case.kernel.geometry
            if geo.va_bits != geo.va_actual:
                continue
            path = self.file("core")
            containers.write_plain(path, Image(case.layout))
            with self.subTest(case=str(case)):
                core = self.document("--vmcore=" + path, "--map")["map"]
                text = self.document(self.source(Writer(case.layout).text()), "--map",
                                     statuses=(0,))["map"]
                for name in MAPS:
                    self.assertEqual(text[name], without_pa(core[name]))

    def test_never_better_than_the_core(self):
        """Without --ignore a text never makes anything removable."""
        for case in text_cases(45000, 13):
            query = ["-r" + query.text("plus") for query in case.queries]
            core, text = self.both(case, *query, case.model.option())
            for one, other in zip(core["ranges"], text["ranges"]):
                with self.subTest(case=str(case), range=one["start"]):
                    codes = {reason["code"] for reason in other["reasons"]}
                    self.assertIn("unreadable", codes)
                    # A text does not show which blocks are offline: all count as online.
                    refused = definite(other) or "guard-veto" in codes
                    wanted = "not-removable" if refused else "unknown"
                    self.assertEqual(other["verdict"], wanted)


def _add_geometry_tests():
    """One test for each geometry."""
    for geometry in GEOMETRIES:
        def test(self, geometry=geometry):
            for case in text_cases(40000, 1):
                actual = case.kernel.geometry
                if (actual.granule, actual.va_bits, actual.va_actual) == geometry and (
                        case.machine.seed % 2):
                    with self.subTest(case=str(case), style=random_style(case)):
                        self.check_case(case)

        granule, va_bits, va_actual = geometry
        name = "test_%dk_va%d_on_%d" % (granule >> 10, va_bits, va_actual)
        setattr(SameAnswers, name, test)


_add_geometry_tests()


class Sample(TextTest):
    """One machine: boot memory, 512 MiB in PMD leaves, 1 GiB under a PUD leaf, 64 MiB CONT."""

    FREE, SPLIT, GROUPS = 0x100000000, 0x140000000, 0x180000000

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        regions = [Region(0x40000000, 256 * MIB, boot=True, linear="pages"),
                   Region(cls.FREE, 512 * MIB, linear="pmd"),
                   Region(cls.SPLIT, GIB, linear="pud"),
                   Region(cls.GROUPS, 128 * MIB, linear="cont-pmd"),
                   Region(cls.GROUPS + 128 * MIB, 128 * MIB, linear="cont-pte")]
        cls.machine = Machine(Kernel(), regions)
        cls.layout = Layout(cls.machine)
        cls.kernel = cls.machine.kernel
        cls.image = Image(cls.layout)
        containers.write_plain(cls.file("core"), cls.image)
        cls.core = "--vmcore=" + cls.file("core")
        cls.lines = Writer(cls.layout).lines()
        cls.text = as_text(cls.lines)
        cls.offset = "--phys-offset=%#x" % cls.kernel.memstart
        cls.known = (cls.offset, "--kernel-release=" + cls.kernel.release)

    def line_at(self, pa, name="linear"):
        """Index, among the lines, of the one that describes memory at PA."""
        va = self.layout.span(name, pa, 0)[0]
        return next(number for number, line in enumerate(self.lines)
                    if isinstance(line, Line) and line.start <= va < line.end)

    def changed(self, number, *lines):
        """The text with one line replaced."""
        return as_text(self.lines[:number] + list(lines) + self.lines[number + 1:])


class Missing(Sample):
    """What is not in the text is unknown; it is never unmapped."""

    def answer(self, text, *ranges):
        """The answers for ranges, with what a text never tells left out of the verdict."""
        return self.document(self.source(text), *self.known, IGNORE + ",guard-veto",
                             *("-r%#x+%#x" % each for each in ranges))["ranges"]

    def test_one_line(self):
        """Exactly what the line described is missing, no more and no less."""
        for name, pa, size in (("linear", self.FREE, 512 * MIB), ("linear", self.SPLIT, GIB),
                               ("vmemmap", self.FREE, 512 * MIB),
                               ("linear", self.GROUPS, 256 * MIB)):
            number = self.line_at(pa, name)
            line = self.lines[number]
            low, high = self.layout.span(name, pa, size)
            lost = min(high, line.end) - max(low, line.start)
            with self.subTest(map=name, line=line.text()):
                (whole,) = self.answer(self.text, (pa, size))
                (cut,) = self.answer(self.changed(number), (pa, size))
                self.assertEqual(whole["verdict"], "removable")
                self.assertEqual(whole[name]["unreadable"], 0)
                self.assertEqual(cut["verdict"], "unknown")
                self.assertEqual(cut[name]["unreadable"], lost)
                self.assertEqual(cut[name]["unmapped"], 0)
                self.assertIn("unreadable", [reason["code"] for reason in cut["reasons"]])

    def test_missing_hole(self):
        """A hole that is not in the text may just as well be mapped."""
        number = self.line_at(0x60000000)
        self.assertIsNone(self.lines[number].attributes)
        ask = (0x60000000, 128 * MIB)
        (whole,), (cut,) = self.answer(self.text, ask), self.answer(self.changed(number), ask)
        self.assertEqual(whole["linear"]["unmapped"], 128 * MIB)
        self.assertEqual(cut["linear"]["unmapped"], 0)
        self.assertEqual(cut["linear"]["unreadable"], 128 * MIB)
        self.assertEqual(cut["verdict"], "unknown")

    def test_definite_reasons_stay(self):
        """A visible split is a split, whatever is missing elsewhere."""
        number = self.line_at(self.FREE)
        (answer,) = self.answer(self.changed(number), (self.FREE, 1 << 30 | 128 * MIB))
        self.assertEqual(answer["verdict"], "not-removable")
        self.assertEqual([reason["edge"] for reason in answer["reasons"]
                          if reason["code"] == "splits-leaf"], ["end"])

    def test_random_trimming(self):
        """Bytes are lost exactly where lines are missing."""
        chance = random.Random(5)
        for case in text_cases(47000, 13, (None,)):
            lines = Writer(case.layout, seed=case.machine.seed).lines()
            kept = [line for line in lines if chance.random() < 0.8]
            # The ends stay, so that the geometry can be found.
            kept = lines[:2] + [line for line in kept if line not in lines[:2] + lines[-2:]]
            kept += lines[-2:]
            lost = [line for line in lines if isinstance(line, Line) and line not in kept]
            with self.subTest(case=str(case)):
                self.check_trimmed(case, as_text(kept), lost)

    def check_trimmed(self, case, text, lost):
        geo = case.kernel.geometry
        answer = self.document(
            self.source(text), "--phys-offset=%#x" % case.kernel.memstart,
            "--kernel-release=" + case.kernel.release, "--page-size=%d" % geo.granule,
            "--va-bits=%d" % geo.va_bits, "--va-bits-actual=%d" % geo.va_actual,
            IGNORE, *("-r" + query.text("plus") for query in case.queries))
        for query, got in zip(case.queries, answer["ranges"]):
            missing = 0
            for name in MAPS:
                low, high = case.layout.span(name, query.start, query.size)
                gone = sum(max(0, min(high, line.end) - max(low, line.start)) for line in lost)
                missing += gone
                self.assertEqual(got[name]["unreadable"], gone, name)
                total = sum(got[name][key] for key in ("mapped", "unmapped", "unreadable"))
                self.assertEqual(total, high - low)
            if missing:
                self.assertNotEqual(got["verdict"], "removable")


class Deduction(Sample):
    """Page size and VA bits follow from a whole capture."""

    def test_every_geometry(self):
        for geometry in GEOMETRIES:
            granule, va_bits, va_actual = geometry
            for release in ("5.10.223", "5.15.209", "6.12.97", "7.3.4"):
                if va_bits != va_actual or (
                        release < "6.9" and va_bits == 52 and granule != 65536):
                    continue
                kernel = Kernel(*geometry, release=release)
                size = kernel.section_size
                for linear in ("pages", "cont-pmd"):
                    machine = Machine(kernel, [Region(GIB, size, boot=True, linear=linear),
                                               Region(8 * GIB, size, linear=linear)])
                    with self.subTest(geometry=geometry, release=release, linear=linear):
                        found = self.document(self.source(Writer(Layout(machine)).text()),
                                              "--map", statuses=(0,))["kernel"]
                        self.assertEqual(found["page_size"], granule)
                        self.assertEqual(found["va_bits"], va_bits)
                        self.assertEqual(found["vmemmap_start"], "%#x" % kernel.vmemmap_start)

    def test_cannot_be_told(self):
        """Two lines of 2 MiB may come from any kernel."""
        text = ("0xffff800082a00000-0xffff800082c00000           2M PTE       RW NX SHD AF"
                "            UXN    MEM/NORMAL\n"
                "0xffff800082c00000-0xffff800082e00000           2M PTE\n")
        message = self.refusal(text)
        self.assertRegex(message, "--(page-size|va-bits)")
        message = self.refusal(text, "--page-size=4K")
        self.assertIn("--va-bits", message)

    def test_contradictions(self):
        """A page size that does not fit the lines; the message names the first such line."""
        message = self.refusal(self.text, "--page-size=64K", "--va-bits=48")
        number = next(number for number, line in enumerate(self.lines, 1)
                      if isinstance(line, Line) and (line.end - line.start) % 65536)
        later = next(number for number, line in enumerate(self.lines, 1)
                     if isinstance(line, Line) and line.attributes and line.level == 2)
        self.assert_points_at(message, range(1, max(number, later) + 1))
        text = ("0xffff000000000000-0xffff000000200000           2M PMD       RW NX SHD AF"
                "        BLK UXN    MEM/NORMAL\n")
        self.assert_points_at(self.refusal(text, "--page-size=64K", "--va-bits=48"), 1)
        self.assert_points_at(self.refusal(text, "--page-size=16K", "--va-bits=48"), 1)

    def test_defaults(self):
        """What only a release tells is assumed, and a warning says so."""
        answer = self.document(self.source(self.text), self.offset, "-r%#x+128M" % self.FREE)
        self.assertEqual(answer["kernel"]["struct_page_size"], 64)
        self.assertEqual(answer["kernel"]["section_size"], 128 * MIB)
        self.assertIsNone(answer["kernel"]["release"])
        self.assertTrue(any("section" in text for text in answer["warnings"]), answer["warnings"])
        kernel = Kernel(65536, 48, 48)
        layout = Layout(Machine(kernel, [Region(GIB, 512 * MIB, boot=True)]))
        answer = self.document(self.source(Writer(layout).text()), "-r0x40000000+512M",
                               "--phys-offset=%#x" % kernel.memstart)
        self.assertEqual(answer["kernel"]["section_size"], 512 * MIB)

    def test_section_size_by_release(self):
        kernel = Kernel(release="5.10.223")
        layout = Layout(Machine(kernel, [Region(GIB, GIB, boot=True)]))
        answer = self.document(self.source(Writer(layout).text()), "-r0x40000000+1G",
                               "--phys-offset=%#x" % kernel.memstart, "--kernel-release=5.10.223")
        self.assertEqual(answer["kernel"]["section_size"], GIB)


class Options(Sample):
    """How the options combine, and what a range needs."""

    def test_standard_input(self):
        asked = (*self.known, IGNORE, "-r%#x+128M" % self.FREE)
        from_file = self.document(self.source(self.text), *asked)
        from_input = self.document("--ptdump=-", *asked, stdin=self.text.encode())
        self.assertEqual(from_input["ranges"], from_file["ranges"])
        self.assertEqual(from_input["source"]["kind"], "ptdump")

    def test_usage(self):
        source = self.source(self.text)
        for arguments in ((source, self.core, "--map"),
                          (source, "--kcore=" + self.file("core"), "--map"),
                          (source, "--verify-ptdump=" + self.file("kernel_page_tables")),
                          (source,)):
            with self.subTest(arguments=arguments):
                result = Program.run(*arguments)
                self.assertEqual(result.returncode, 64, result.stderr.decode())
                self.assertEqual(result.stdout, b"")

    def test_ranges_need_an_offset(self):
        """A text has no physical addresses: the message says what is missing."""
        lists = self.file("ranges", "memory32\n")
        for query in (("-rmemory32",), ("--ranges-from=" + lists,), ("--blocks",),
                      ("-r%#x+128M" % self.FREE, "--map")):
            with self.subTest(query=query):
                message = self.refusal(self.text, "--kernel-release=7.2.12", query=query)
                self.assertIn("--phys-offset", message)
        self.document(self.source(self.text), "--map", statuses=(0,))

    def test_offset_from_vmcoreinfo(self):
        """NUMBER(PHYS_OFFSET) is enough; the option wins over it."""
        short = self.file("short", "NUMBER(PHYS_OFFSET)=%#x\n" % self.kernel.memstart)
        asked = (IGNORE, "-r%#x+128M" % self.FREE, "--assume=guard=none")
        answer = self.document(self.source(self.text), "--vmcoreinfo=" + short, *asked,
                               "--kernel-release=7.2.12", statuses=(0,))
        self.assertEqual(answer["ranges"][0]["linear"]["mapped"], 128 * MIB)
        wrong = self.file("wrong", "NUMBER(PHYS_OFFSET)=0x0\nOSRELEASE=7.2.12\n")
        answer = self.document(self.source(self.text), "--vmcoreinfo=" + wrong, self.offset,
                               *asked, statuses=(0,))
        self.assertEqual(answer["kernel"]["phys_offset"], "%#x" % self.kernel.memstart)

    def test_verdict_without_ignore(self):
        """Presence and boot memory are not in the text, so nothing is removable."""
        for ignore, status in (((), 2), ((IGNORE,), 0), (("--ignore=unreadable",), 0),
                               (("--ignore=boot-memory",), 2)):
            answer = self.document(self.source(self.text), *self.known, *ignore,
                                   "--assume=guard=none", "-r%#x+128M" % self.FREE)
            with self.subTest(ignore=ignore):
                self.assertEqual(answer["status"], status)
                self.assertEqual(answer["ranges"][0]["verdict"],
                                 "unknown" if status else "removable")
        split = self.document(self.source(self.text), *self.known, "-r%#x+128M" % self.SPLIT)
        self.assertEqual(split["ranges"][0]["verdict"], "not-removable")
        odd = self.document(self.source(self.text), *self.known, "-r%#x+2M" % self.FREE)
        self.assertEqual(odd["ranges"][0]["verdict"], "not-removable")

    def test_other_outputs(self):
        """Text, --explain, --summary and --quiet work as with any source."""
        asked = (self.source(self.text), *self.known, "-r%#x+128M" % self.SPLIT)
        self.assertIn("splits-leaf", self.run_ok(*asked, status=1))
        self.run_ok(*asked, "--explain", status=1)
        self.assertLessEqual(len(self.run_ok(*asked, "--summary", status=1)), 81)
        self.assertEqual(self.run_ok(*asked, "-q", status=1), "")

    def test_unreadable_file(self):
        for path in (self.file("missing"), self.folder):
            result = Program.run("--ptdump=" + path, "--map")
            self.assert_refused(result, 2)


class Malformed(Sample):
    """A text that cannot be right is refused, with its name and the line."""

    MAPPED = "       RW NX SHD AF            UXN    MEM/NORMAL"

    def check_line(self, change, number=None):
        """The sample with one line changed is refused, and the message points at that line."""
        lines = self.text.splitlines()
        number = number or self.line_at(self.FREE) + 1
        lines[number - 1] = change(lines[number - 1])
        message = self.refusal("\n".join(lines) + "\n", "--page-size=4K", "--va-bits=48")
        self.assert_points_at(message, (number, number + 1))

    def test_addresses(self):
        for name, change in (
                ("a digit lost", lambda line: line.replace("0xffff", "0xfff", 1)),
                ("a letter", lambda line: line.replace("-0xffff", "-0xgfff", 1)),
                ("no end", lambda line: line.replace("-0x", " 0x", 1)),
                ("17 digits", lambda line: line.replace("0xf", "0x0f", 1)),
                ("a blank inside", lambda line: line.replace("0xffff", "0xff ff", 1)),
                ("backwards", lambda line: line[19:37] + "-" + line[:18] + line[37:]),
                ("empty", lambda line: line[:18] + "-" + line[:18] + line[37:])):
            with self.subTest(change=name):
                self.check_line(change)

    def test_size(self):
        for name, change in (
                ("one less", lambda line: line.replace("512M", "511M")),
                ("a digit lost", lambda line: line.replace("512M", "51M")),
                ("another unit", lambda line: line.replace("512M", "512G")),
                ("no unit", lambda line: line.replace("512M", "512")),
                ("huge", lambda line: line.replace("512M", "99999999999999999999M"))):
            self.assertIn("512M", self.text.splitlines()[self.line_at(self.FREE)])
            with self.subTest(change=name):
                self.check_line(change)

    def test_level(self):
        for name, change in (
                ("none", lambda line: line.replace(" PMD", "    ")),
                ("unknown", lambda line: line.replace("PMD", "PXD")),
                ("of other geometries", lambda line: line.replace("PMD", "P4D"))):
            with self.subTest(change=name):
                self.check_line(change)

    def test_end_of_a_line_lost(self):
        """A mapped line always ends with a memory type; without one something is missing."""
        for cut in ("MEM/NORMAL", "UXN", "BLK", "AF", "NX"):
            with self.subTest(cut=cut):
                self.check_line(lambda line, cut=cut: line[:line.index(cut)])
        self.check_line(lambda line: line[:-3])

    def test_order(self):
        lines = self.text.splitlines()
        first, last = self.line_at(self.FREE), self.line_at(self.SPLIT)
        swapped = list(lines)
        swapped[first], swapped[last] = lines[last], lines[first]
        twice = lines[:first + 1] + lines[first:]
        for name, text in (("swapped", swapped), ("one line twice", twice),
                           ("two captures", lines + lines)):
            with self.subTest(text=name):
                message = self.refusal("\n".join(text) + "\n", "--page-size=4K", "--va-bits=48")
                self.assertIn("kernel_page_tables", message)
                self.assertRegex(message.replace(self.folder, ""), r"\d")

    def test_overlap(self):
        number = self.line_at(self.FREE)
        line = self.lines[number]
        longer = replace(line, end=line.end + 2 * MIB)
        message = self.refusal(self.changed(number, longer), "--page-size=4K", "--va-bits=48")
        self.assert_points_at(message, (number + 1, number + 2))

    def test_nothing_in_it(self):
        for name, text in (("empty", ""), ("one blank line", "\n"), ("prose", "hello\nworld\n"),
                           ("markers", "---[ Linear Mapping start ]---\n"),
                           ("quoted nothing", "> \n> > \n")):
            with self.subTest(text=name):
                message = self.refusal(text, "--page-size=4K", "--va-bits=48")
                self.assertIn("kernel_page_tables", message)

    def test_user_space(self):
        text = "0x0000000000400000-0x0000000000402000           8K PTE" + self.MAPPED + "\n"
        message = self.refusal(text, "--page-size=4K", "--va-bits=48")
        self.assert_points_at(message, 1)

    def test_hole_from_zero(self):
        """Some kernels begin their first hole at address 0; a leaf there is another matter."""
        writer = Writer(self.layout, replace(style_of("7.2.12"), from_zero=True))
        text = writer.text()
        self.assertTrue(text.startswith("0x0000000000000000-0xffff"))
        self.document(self.source(text), "--map", statuses=(0,))

    def test_not_text(self):
        lines = self.text.splitlines()
        number = self.line_at(self.FREE)
        zero = "\n".join(lines[:number] + [lines[number] + "\0"] + lines[number + 1:])
        self.assertIn("kernel_page_tables", self.refusal(zero))
        for long_line in ("x" * (1 << 20), lines[number] + " " * (1 << 20), "0x" + "f" * (1 << 20)):
            text = "\n".join(lines[:number] + [long_line] + lines[number + 1:])
            with self.subTest(line=long_line[:20]):
                self.assert_points_at(self.refusal(text), number + 1)
        random_bytes = bytes(random.Random(1).getrandbits(8) for _ in range(1 << 16))
        self.refusal(random_bytes)
        with open(self.file("core"), "rb") as handle:
            self.refusal(handle.read(1 << 16))

    def test_every_way_to_end_early(self):
        """A text that was cut anywhere is refused, or a part of it is unknown."""
        chance = random.Random(11)
        for _ in range(40):
            text = self.text[:chance.randrange(1, len(self.text))]
            result = Program.run(self.source(text), *self.known, "--page-size=4K",
                                 "--va-bits=48", IGNORE, "-r0x40000000+1T", "-q")
            self.assertIn(result.returncode, (1, 2))

    def test_any_damage_gives_an_answer(self):
        """Whatever a byte is changed to, there is a status and no signal."""
        chance = random.Random(12)
        for _ in range(60):
            data = bytearray(self.text.encode())
            for _ in range(chance.randint(1, 4)):
                data[chance.randrange(len(data))] = chance.choice(b"0f \n-x>KMGPTE[]\t\r\xff\0")
            result = Program.run(self.source(bytes(data)), *self.known, IGNORE, "--map", "--json",
                                 "-r%#x+1G" % self.FREE)
            self.assertIn(result.returncode, (0, 1, 2))


# -- comparing a walk with a text -----------------------------------------------------------------

class Verify(Sample):
    """--verify-ptdump finds each difference, and nothing else."""

    def verify(self, text, *options, source=None, statuses=(0, 1)):
        """The document of a comparison."""
        path = self.file("proof", text)
        return self.document(source or self.core, "--verify-ptdump=" + path, *options,
                             statuses=statuses)

    def check_change(self, number, *lines, walk, text):
        """One line replaced: that stretch differs, with what each side says, and no other."""
        old = self.lines[number]
        answer = self.verify(self.changed(number, *lines))
        self.assertEqual(answer["status"], 1)
        found = answer["verify"]["differences"]
        self.assertTrue(found)
        at = old.start
        for item in found:
            self.assertEqual(int(item["va"], 16), at)
            at = int(item["end"], 16) + 1
            self.assertEqual((item["walk"], item["text"]), (walk, text))
            self.assertEqual(item["map"], "linear" if old.start < self.kernel.page_end
                             else "vmemmap")
        self.assertEqual(at, old.end)
        shown = self.run_ok(self.core, "--verify-ptdump=" + self.file("proof"), status=1)
        self.assertIn("%#x" % old.start, shown)
        self.assertIn(walk, shown)
        self.assertIn(text, shown)

    def with_attributes(self, number, **changes):
        """A line with other attributes."""
        line = self.lines[number]
        return replace(line, attributes=replace(line.attributes, **changes))

    def test_same(self):
        answer = self.verify(self.text)
        self.assertEqual(answer["status"], 0)
        self.assertEqual(answer["verify"]["differences"], [])
        self.assertGreater(answer["verify"]["leaves"], 1000)
        self.assertEqual(answer["ranges"], [])
        self.run_ok(self.core, "--verify-ptdump=" + self.file("proof"))
        self.run_ok(self.core, "--verify-ptdump=" + self.file("proof"), "-q")

    def test_not_asked(self):
        answer = self.document(self.core, "--map")
        Program.require("--verify-ptdump")
        self.assertIsNone(answer["verify"])

    def test_standard_input(self):
        result = Program.run(self.core, "--verify-ptdump=-", stdin=self.text.encode())
        self.assertEqual(result.returncode, 0, result.stderr.decode())

    def test_same_in_mail(self):
        for name, change in ptdump.DAMAGES.items():
            with self.subTest(damage=name):
                self.assertEqual(self.verify(change(self.text))["status"], 0)

    def test_level(self):
        number = self.line_at(self.FREE)
        line = self.with_attributes(number, block=False)
        self.check_change(number, replace(line, name="PTE"), walk="PMD", text="PTE")
        number = self.line_at(self.SPLIT)
        self.check_change(number, replace(self.lines[number], name="PMD"), walk="PUD", text="PMD")

    def test_cont(self):
        number = self.line_at(self.GROUPS)
        self.assertTrue(self.lines[number].attributes.cont)
        self.check_change(number, self.with_attributes(number, cont=False),
                          walk="CONT_PMD", text="PMD")
        number = self.line_at(self.GROUPS + 128 * MIB)
        self.check_change(number, self.with_attributes(number, cont=False),
                          walk="CONT_PTE", text="PTE")
        number = self.line_at(self.FREE)
        self.check_change(number, self.with_attributes(number, cont=True),
                          walk="PMD", text="CONT_PMD")

    def test_valid(self):
        for name, pa in (("PMD", self.FREE), ("PUD", self.SPLIT)):
            number = self.line_at(pa)
            self.check_change(number, self.with_attributes(number, valid=False, block=False),
                              walk=name, text=name + ", not valid")
        number = self.line_at(self.machine.regions[0].pa)
        self.check_change(number, self.with_attributes(number, valid=False),
                          walk="PTE", text="PTE, not valid")

    def test_missing_line(self):
        for name, pa, level in (("linear", self.FREE, "PMD"), ("linear", self.GROUPS, "CONT_PMD"),
                                ("vmemmap", self.FREE, "PMD")):
            with self.subTest(map=name, level=level):
                self.check_change(self.line_at(pa, name), walk=level, text="missing")

    def test_leaf_less(self):
        for name, pa, level in (("linear", self.SPLIT, "PUD"), ("vmemmap", self.FREE, "PMD")):
            number = self.line_at(pa, name)
            hole = replace(self.lines[number], attributes=None)
            with self.subTest(map=name):
                self.check_change(number, hole, walk=level, text="unmapped")

    def test_leaf_more(self):
        number = self.line_at(self.FREE + 512 * MIB)
        hole = self.lines[number]
        self.assertIsNone(hole.attributes)
        like = self.lines[self.line_at(self.FREE)]
        self.check_change(number, replace(hole, name="PMD", attributes=like.attributes),
                          walk="unmapped", text="PMD")

    def test_part_of_a_line(self):
        """A difference has its own length, not that of its line."""
        number = self.line_at(self.FREE)
        line = self.lines[number]
        middle = line.start + 64 * MIB
        parts = [replace(line, end=middle),
                 replace(line, start=middle, end=middle + 2 * MIB, attributes=None),
                 replace(line, start=middle + 2 * MIB)]
        found = self.verify(self.changed(number, *parts))["verify"]["differences"]
        self.assertEqual([(item["va"], item["end"], item["walk"], item["text"]) for item in found],
                         [("%#x" % middle, "%#x" % (middle + 2 * MIB - 1), "PMD", "unmapped")])

    def test_attributes_do_not_matter(self):
        """Permissions, memory types and lines outside the two maps are not compared."""
        number = self.line_at(self.FREE)
        line = self.with_attributes(number, read_only=True, executable=True, not_global=True,
                                    type="MEM/NORMAL-NC")
        self.assertEqual(self.verify(self.changed(number, line))["status"], 0)
        outside = [line for line in self.lines if not (
            isinstance(line, Line) and line.attributes and "DEVICE" in line.attributes.type)]
        self.assertEqual(self.verify(as_text(outside))["status"], 0)

    def test_not_understood(self):
        for text in ("", "hello\n", self.text.replace("512M", "511M")):
            path = self.file("proof", text)
            result = Program.run(self.core, "--verify-ptdump=" + path)
            self.assertEqual(result.returncode, 2, result.stderr.decode())
            self.assertIn("proof", result.stderr.decode())
        result = Program.run(self.core, "--verify-ptdump=" + self.file("no-such-text"))
        self.assertEqual(result.returncode, 2)

    def test_with_other_queries(self):
        """The worst of the statuses counts."""
        same = "--verify-ptdump=" + self.file("same", self.text)
        other = "--verify-ptdump=" + self.file("other", self.changed(self.line_at(self.FREE)))
        removable, split = "-r%#x+128M" % self.FREE, "-r%#x+128M" % self.SPLIT
        for arguments, status in (((same, removable), 0), ((same, split), 1),
                                  ((other, removable), 1), ((other, "--map"), 1)):
            with self.subTest(arguments=arguments):
                answer = self.document(self.core, *arguments)
                self.assertEqual(answer["status"], status)
                self.assertIsNotNone(answer["verify"])

    def test_every_case(self):
        """Core and text of the same machine never differ, whatever the state of its leaves."""
        damages = (None, "invalid", "drop-cont", "zero", "marked", "reserved")
        for case in text_cases(48000, 5, damages):
            path = self.file("other-core")
            containers.write_plain(path, Image(case.layout))
            text = Writer(case.layout, random_style(case), case.machine.seed).text()
            with self.subTest(case=str(case)):
                answer = self.verify(text, source="--vmcore=" + path)
                self.assertEqual(answer["verify"]["differences"][:3], [])
                self.assertEqual(answer["status"], 0)

    def test_random_changes(self):
        """A random line of either map changed at random: the difference lies in it."""
        chance = random.Random(3)
        for case in text_cases(49000, 13, (None,)):
            path = self.file("other-core")
            containers.write_plain(path, Image(case.layout))
            lines = Writer(case.layout, seed=case.machine.seed).lines()
            windows = [window_of(case.kernel, name) for name in MAPS]
            places = [number for number, line in enumerate(lines)
                      if isinstance(line, Line) and line.attributes
                      and any(low <= line.start < high for low, high in windows)]
            number = chance.choice(places)
            old = lines[number]
            new = chance.choice((
                [], [replace(old, attributes=None)],
                [replace(old, attributes=replace(old.attributes, valid=False))]))
            text = as_text(lines[:number] + new + lines[number + 1:])
            with self.subTest(case=str(case), line=old.text(), new=new and new[0].text()):
                answer = self.verify(text, source="--vmcore=" + path)
                found = answer["verify"]["differences"]
                self.assertEqual(answer["status"], 1)
                self.assertEqual(found[0]["va"], "%#x" % old.start)
                self.assertEqual(found[-1]["end"], "%#x" % (old.end - 1))
                self.assertTrue(all(item["walk"].split(",")[0] in LEVEL_NAMES.values()
                                    for item in found), found)
