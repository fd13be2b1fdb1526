# SPDX-License-Identifier: GPL-2.0-or-later
"""Text for people: the table of memory blocks and the picture of the linear map, in pipes and in
terminals of all widths."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

import containers
from arm64 import Kernel
from cases import GEOMETRIES, Case
from image import Image
from layout import Fault, Layout, Machine, Region
from support import PATIENCE, Program, ProgramTest

GIB, MIB = 1 << 30, 1 << 20
TERABYTE = 1 << 40
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
COLUMNS = ("RANGE", "SIZE", "STATE", "ORIGIN", "BLOCK", "LINEAR", "VMEMMAP", "LINEAR-START",
           "LINEAR-END", "VMEMMAP-START", "VMEMMAP-END", "VERDICT", "CHECK", "WHY")
USUAL = "RANGE SIZE STATE LINEAR VERDICT CHECK WHY".split()
# The least width of the default columns of these machines, with every possible break.
TABLE_MIN = 70
PICTURE_MIN = 40
PICTURE_LINES = 16
UTF8 = dict(zip("#%*=:!?.", "█▓▒░:!?·"))
MAX_STATUS = 2


def environment(**values):
    """The environment of the program, without the tester's."""
    env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH"):
        if name in os.environ:
            env[name] = os.environ[name]
    env.update(values)
    return env


def read_all(handle):
    """Everything that a terminal shows; its end is an error once the program has gone."""
    output = b""
    while True:
        try:
            piece = os.read(handle, 65536)
        except OSError:
            return output
        if not piece:
            return output
        output += piece


class TextTest(ProgramTest):
    """A machine with leaves and holes of all sizes, and what runs the program on it."""

    regions = [Region(0x40000000, 512 * MIB, boot=True, linear="pages"),
               Region(0x80000000, 384 * MIB, linear=[(0x80000000, 128 * MIB, "pmd"),
                                                     (0x88000000, 32 * MIB, "pmd"),
                                                     (0x8a000000, 64 * MIB, "hole"),
                                                     (0x8e000000, 32 * MIB, "pmd"),
                                                     (0x90000000, 128 * MIB, "cont-pte")]),
               Region(0x100000000, GIB, linear="pud"),
               Region(0x140000000, 512 * MIB, linear="cont-pmd", online=False)]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.core = cls.make("core", cls.regions)

    @classmethod
    def make(cls, name, regions, kernel=None, faults=()):
        """The option that names a core of a machine."""
        layout = Layout(Machine(kernel or Kernel(release="7.2.12"), regions, list(faults)))
        containers.write_plain(cls.file(name), Image(layout))
        return "--vmcore=" + cls.file(name)

    def text(self, *arguments, **env):
        """The program's output into a pipe."""
        result = subprocess.run([Program.path, *arguments], env=environment(**env), check=False,
                                capture_output=True, timeout=PATIENCE)
        self.assertIn(result.returncode, range(MAX_STATUS + 1), result.stderr.decode())
        self.assertEqual(result.stderr, b"")
        return result.stdout.decode()

    def terminal(self, columns, *arguments, **env):
        """Its output into a terminal of that width."""
        ours, theirs = pty.openpty()
        try:
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            with subprocess.Popen([Program.path, *arguments], stdin=subprocess.DEVNULL,
                                  stdout=theirs, stderr=theirs,
                                  env=environment(**env)) as process:
                os.close(theirs)
                theirs = None
                output = read_all(ours)
                self.assertIn(process.wait(timeout=PATIENCE), range(MAX_STATUS + 1), output)
        finally:
            os.close(ours)
            if theirs is not None:
                os.close(theirs)
        return output.decode().replace("\r\n", "\n")


def table_of(text):
    """The lines of the table of blocks, its headings among them."""
    return text.split("\n\n", maxsplit=1)[0].splitlines()


class BlocksTable(TextTest):
    """--blocks as text."""

    def rows(self, *arguments, **env):
        """The headings, and the lines below them."""
        head, *lines = table_of(self.text(self.core, "--blocks", *arguments, **env))
        return head.split(), lines

    def test_usual_columns(self):
        names, lines = self.rows()
        self.assertEqual(names, USUAL)
        self.assertEqual([line.split()[0] for line in lines],
                         ["0x40000000-0x5fffffff", "0x80000000-0x8fffffff",
                          "0x90000000-0x97ffffff", "0x100000000-0x13fffffff",
                          "0x140000000-0x15fffffff"])
        self.assertEqual([line.split()[3] for line in lines],
                         ["online"] * 4 + ["offline"])
        self.assertEqual([line.split()[4] for line in lines],
                         ["PTE", "PMD", "CONT_PTE", "PUD", "CONT_PMD"])

    def test_all_blocks(self):
        _, folded = self.rows()
        _, lines = self.rows("--all")
        self.assertEqual(len(lines), 4 + 3 + 8 + 4)
        self.assertGreater(len(lines), len(folded))
        self.assertEqual(self.text(self.core, "--blocks", "-a"),
                         self.text(self.core, "--blocks", "--all"))

    def test_folding_looks_at_what_is_shown(self):
        for columns, count in (("RANGE", 3), ("RANGE,SIZE,BLOCK", 3), ("RANGE,STATE", 4),
                               ("RANGE,LINEAR", 5), ("RANGE,LINEAR,LINEAR-START", 6),
                               ("RANGE,LINEAR,LINEAR-START,LINEAR-END", 7)):
            with self.subTest(columns=columns):
                self.assertEqual(len(self.rows("-o", columns)[1]), count)

    def test_edges(self):
        _, lines = self.rows("-o", "LINEAR-START,LINEAR-END,RANGE")
        self.assertEqual([line.split("0x")[0].strip() for line in lines[-4:-1]],
                         ["PUD 1 GiB         PUD 1 GiB, beyond",
                          "PUD 1 GiB, inside PUD 1 GiB, beyond",
                          "PUD 1 GiB, inside PUD 1 GiB"])

    def test_choice_of_columns(self):
        self.assertEqual(self.rows("-o", "why,Range")[0], ["WHY", "RANGE"])
        self.assertEqual(self.rows("--output=+block,vmemmap")[0], USUAL + ["BLOCK", "VMEMMAP"])
        # A column that is there already is not shown twice.
        self.assertEqual(self.rows("-o", "+ORIGIN,RANGE,origin")[0], USUAL + ["ORIGIN"])
        self.assertEqual(self.rows("-o", ",".join(COLUMNS))[0], list(COLUMNS))
        for columns in ("", "+", ",", "RANGE,", ",RANGE", "RANG", "RANGES", "+-RANGE", "a" * 500):
            with self.subTest(columns=columns):
                result = Program.run(self.core, "--blocks", "-o", columns)
                self.assert_refused(result, 64)
                for name in COLUMNS:
                    self.assertIn(name.encode(), result.stderr)

    def test_values(self):
        _, lines = self.rows("-b", "-o", "RANGE,SIZE,BLOCK,ORIGIN")
        self.assertEqual([line.split() for line in lines],
                         [["0x40000000-0x5fffffff", str(512 * MIB), "8-11", "boot"],
                          ["0x80000000-0x97ffffff", str(384 * MIB), "16-18", "hot-added"],
                          ["0x100000000-0x15fffffff", str(1536 * MIB), "32-43", "hot-added"]])
        _, lines = self.rows("-o", "SIZE,STATE")
        self.assertEqual([line.split() for line in lines],
                         [["512", "MiB", "online"], ["384", "MiB", "online"],
                          ["1", "GiB", "online"], ["512", "MiB", "offline"]])

    def test_no_headings(self):
        with_them = self.text(self.core, "--blocks", "-o", "RANGE")
        without = self.text(self.core, "--blocks", "-o", "RANGE", "-n")
        self.assertEqual(with_them, "RANGE\n" + without)

    def test_amounts(self):
        text = self.text(self.core, "--blocks").split("\n\n")[1]
        self.assertRegex(text, r"(?m)^ *896 MiB  removable")
        self.assertRegex(text, r"(?m)^ *1 GiB  not block by block")
        self.assertRegex(text, r"(?m)^ *512 MiB  boot memory$")
        text = self.text(self.core, "--blocks", "--bytes").split("\n\n")[1]
        self.assertRegex(text, r"(?m)^ *%d  removable" % (896 * MIB))

    def test_many_lines(self):
        """Thousands of lines are printed in parts, under one heading."""
        for count in (16384, 24580):
            size = (count - 4) * 128 * MIB
            core = self.make("many", [self.regions[0], Region(TERABYTE, size, linear="pmd")])
            lines = table_of(self.text(core, "--blocks", "--all"))
            self.assertEqual(len(lines), 1 + count)
            self.assertEqual(sum("RANGE" in line for line in lines), 1)

    def test_no_blank_ends(self):
        for arguments in ((), ("-a", "-b", "-n"), ("-o", "RANGE,WHY")):
            for line in self.text(self.core, "--blocks", *arguments).splitlines():
                self.assertEqual(line, line.rstrip())


class Terminals(TextTest):
    """Colour and width."""

    def test_colour(self):
        for query in ("--blocks", "--map", "-r0x80000000+128M"):
            with self.subTest(query=query):
                shown = self.terminal(100, self.core, query)
                piped = self.text(self.core, query, COLUMNS="100")
                self.assertRegex(shown, ESCAPE)
                self.assertNotRegex(piped, ESCAPE)
                self.assertEqual(ESCAPE.sub("", shown), piped)
                self.assertEqual(self.terminal(100, self.core, query, NO_COLOR="1"), piped)
                # An empty variable counts as unset.
                self.assertEqual(self.terminal(100, self.core, query, NO_COLOR=""), shown)

    def test_verdicts_have_colours(self):
        shown = self.terminal(100, self.core, "--blocks")
        self.assertRegex(shown, "\x1b\\[1;32mremovable *\x1b\\[0m")
        self.assertRegex(shown, "\x1b\\[1;31mnot-removable *\x1b\\[0m")

    def test_table_keeps_to_the_terminal(self):
        for columns in (200, 100, 90, 80, 75, TABLE_MIN, 40, 1):
            with self.subTest(columns=columns):
                text = self.terminal(columns, self.core, "--blocks", NO_COLOR="1")
                for line in table_of(text):
                    self.assertLessEqual(len(line), max(columns, TABLE_MIN), line)
        for columns in (40, 60, 120):
            for chosen in ("RANGE,WHY", "RANGE,SIZE,VERDICT", "LINEAR,VMEMMAP,CHECK"):
                text = self.terminal(columns, self.core, "--blocks", "-o", chosen, NO_COLOR="1")
                for line in table_of(text):
                    self.assertLessEqual(len(line), columns, line)

    def test_broken_cells_lose_nothing(self):
        names = ",".join(COLUMNS)
        whole = self.text(self.core, "--blocks", "-o", names)
        for columns in (1, 80, 120, 160, 190):
            text = self.terminal(columns, self.core, "--blocks", "-o", names, NO_COLOR="1")
            self.assertEqual(sorted(re.sub(r"\s", "", "".join(table_of(text)))),
                             sorted(re.sub(r"\s", "", "".join(table_of(whole)))))

    def test_pipe_is_wide(self):
        self.assertEqual(self.text(self.core, "--blocks", COLUMNS="40"),
                         self.text(self.core, "--blocks"))

    def test_ascii(self):
        for query in ("--blocks", "--map"):
            for locale in ("C", "POSIX", "no_SUCH.UTF-8"):
                self.assertTrue(self.text(self.core, query, LC_ALL=locale).isascii())
                self.assertTrue(self.terminal(80, self.core, query, LC_ALL=locale).isascii())
        self.assertTrue(self.text(self.core, "--blocks").isascii())
        self.assertFalse(self.text(self.core, "--map").isascii())


class Picture(TextTest):
    """--map as text: the picture below the runs."""

    def picture(self, core, **env):
        """(cell size, [(start, cells)...], {symbol: legend}) as ASCII; also checks the form."""
        env.setdefault("LC_ALL", "C")
        parts = self.text(core, "--map", **env).split("\n\n")
        self.assertTrue(parts[0].startswith("linear\nVA "), parts[0][:80])
        self.assertTrue(parts[1].startswith("vmemmap\nVA "), parts[1][:80])
        head, *lines = parts[2].splitlines()
        self.assertTrue(head.startswith("linear map by PA, a cell is "), head)
        lines = [line.split() for line in lines]
        legend = [(line[0], line[1:].strip()) for line in parts[3].splitlines()]
        width = max(PICTURE_MIN, int(env.get("COLUMNS", 80)))
        self.assertLessEqual(len(lines), PICTURE_LINES)
        for line in parts[2].splitlines():
            self.assertLessEqual(len(line), width)
        shown = set("".join(cells for _, cells in lines))
        self.assertEqual(shown, {symbol for symbol, _ in legend if symbol != " "})
        self.assertTrue(parts[4].startswith("kernel "), parts[4][:80])
        return head.removeprefix("linear map by PA, a cell is "), lines, legend

    def test_areas(self):
        cell, lines, legend = self.picture(self.core)
        self.assertEqual(cell, "128 MiB")
        self.assertEqual(lines, [["0x40000000", "::::"], ["0x80000000", "**="],
                                 ["0x100000000", "########%%%%"]])
        self.assertEqual(legend, [("#", "1 GiB in PUD leaves of 1 GiB"),
                                  ("%", "512 MiB in CONT_PMD groups of 32 MiB"),
                                  ("*", "192 MiB in PMD leaves of 2 MiB"),
                                  ("=", "128 MiB in CONT_PTE groups of 64 KiB"),
                                  (":", "512 MiB in PTE leaves of 4 KiB")])

    def test_symbols_of_utf8(self):
        plain = self.text(self.core, "--map", LC_ALL="C").split("\n\n")
        drawn = self.text(self.core, "--map", LC_ALL="C.UTF-8").split("\n\n")
        lines = [line.split() for line in plain[2].splitlines()[1:]]
        self.assertEqual([line.split() for line in drawn[2].splitlines()[1:]],
                         [[start, "".join(UTF8[symbol] for symbol in cells)]
                          for start, cells in lines])
        self.assertEqual(drawn[:2] + drawn[4:], plain[:2] + plain[4:])

    def test_holes(self):
        """A hole of less than a block shows where it is most of one, and separates nothing."""
        core = self.make("holes", [self.regions[0], Region(0x80000000, 384 * MIB, linear=[
            (0x80000000, 128 * MIB, "pmd"), (0x88000000, 32 * MIB, "pmd"),
            (0x90000000, 128 * MIB, "pmd")])])
        cell, lines, legend = self.picture(core)
        self.assertEqual((cell, lines[1:]), ("128 MiB", [["0x80000000", "*.*"]]))
        self.assertEqual(legend, [("*", "288 MiB in PMD leaves of 2 MiB"),
                                  (":", "512 MiB in PTE leaves of 4 KiB"),
                                  (".", "96 MiB not mapped, in between")])

    def test_unreadable(self):
        core = self.make("absent", self.regions, faults=[
            Fault("absent-table", 0x80000000, level=2)])
        _, lines, legend = self.picture(core)
        self.assertIn(("?", "1 GiB could not be read"), legend)
        self.assertEqual(lines[1], ["0x80000000", "????????"])

    def test_grows_with_the_machine(self):
        regions = [Region(0x100000000, 8 * GIB, boot=True, linear="cont-pmd"),
                   Region(TERABYTE, TERABYTE, linear="pud")]
        core = self.make("large", regions)
        for columns, cell, width in ((40, "8 GiB", 16), (80, "2 GiB", 64), (100, "1 GiB", 80),
                                     (400, "256 MiB", 384)):
            with self.subTest(columns=columns):
                size, lines, _ = self.picture(core, COLUMNS=str(columns))
                self.assertEqual(size, cell)
                self.assertEqual(max(len(cells) for _, cells in lines), width)
                self.assertEqual(lines[0][0], "0x100000000")
                self.assertEqual(lines[1][0], "0x10000000000")

    def test_columns_that_are_none(self):
        usual = self.text(self.core, "--map")
        for columns in ("", "0", "wide", "-", "80"):
            self.assertEqual(self.text(self.core, "--map", COLUMNS=columns), usual)
        for columns in ("1", "39", "-1", "99999999999999999999"):
            self.picture(self.core, COLUMNS=columns if int(columns) > 0 else "99999")

    def test_nothing_is_mapped(self):
        core = self.make("none", [Region(0x80000000, 128 * MIB, boot=True, linear="hole")])
        self.assertIn("\n\nlinear map: nothing is mapped\n\nkernel ", self.text(core, "--map"))

    def test_negative_phys_offset(self):
        core = self.make("52", self.regions, Kernel(va_bits=52, va_actual=48,
                                                    release="7.2.12"))
        self.assertEqual(self.picture(core)[1][0][0], "0x40000000")

    def test_hostile_tables(self):
        """Whatever a table says, the output ends, in few and short lines."""
        for seed in range(40):
            case = Case(9500 + seed, GEOMETRIES[seed % len(GEOMETRIES)], "cont-pmd")
            image = Image(case.layout)
            image.flip_bits(1 + seed % 7, seed)
            path = self.file("hostile")
            containers.write_plain(path, image)
            with self.subTest(case=str(case)):
                if "nothing is mapped" not in self.text("--vmcore=" + path, "--map"):
                    self.picture("--vmcore=" + path, COLUMNS="60")
                self.text("--vmcore=" + path, "--blocks", "-a", "-o", ",".join(COLUMNS))
