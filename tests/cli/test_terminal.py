# SPDX-License-Identifier: GPL-2.0-or-later
"""Text for people: the table of memory blocks and the picture of the linear map, in pipes and in
terminals of all widths."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
from types import SimpleNamespace

import containers
import pytest
from arm64 import Kernel
from changing import Source
from hypothesis import given
from hypothesis import strategies as st
from image import Image
from layout import Fault, Layout, Machine, Region
from machines import SEEDS, sound_cases
from processes import Running
from profiles import examples
from program import PATIENCE
from ptdump import Writer

GIB, MIB = 1 << 30, 1 << 20

TERABYTE = 1 << 40
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
COLUMNS = ("RANGE", "SIZE", "STATE", "ORIGIN", "BLOCK", "PFN", "LINEAR", "VMEMMAP",
           "LINEAR-START", "LINEAR-END", "VMEMMAP-START", "VMEMMAP-END", "VERDICT", "CHECK", "WHY")
USUAL = "RANGE SIZE STATE LINEAR VERDICT CHECK WHY".split()
# The least width of the default columns of these machines, with every possible break.
TABLE_MIN = 70
PICTURE_MIN = 40
PICTURE_LINES = 16
UTF8 = dict(zip("#%*=:!?.", "█▓▒░:!?·"))
MAX_STATUS = 2


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


# Leaves and holes of all sizes.
REGIONS = [Region(0x40000000, 512 * MIB, boot=True, linear="pages"),
           Region(0x80000000, 384 * MIB, linear=[(0x80000000, 128 * MIB, "pmd"),
                                                 (0x88000000, 32 * MIB, "pmd"),
                                                 (0x8a000000, 64 * MIB, "hole"),
                                                 (0x8e000000, 32 * MIB, "pmd"),
                                                 (0x90000000, 128 * MIB, "cont-pte")]),
           Region(0x100000000, GIB, linear="pud"),
           Region(0x140000000, 512 * MIB, linear="cont-pmd", online=False)]


@pytest.fixture(scope="module", name="sample")
def make_sample(shared):
    """A core of a machine with these regions."""
    return SimpleNamespace(core=write_core(shared, "core", REGIONS))


def write_core(folder, name, regions, kernel=None, faults=()):
    """The option that names a core of a machine."""
    layout = Layout(Machine(kernel or Kernel(release="7.2.12"), regions, list(faults)))
    path = os.path.join(folder, name)
    containers.write_plain(path, Image(layout))
    return "--vmcore=" + path


def piped(program, *arguments, **env):
    """The program's output into a pipe."""
    result = program.run(*arguments, env=env)
    assert result.returncode in range(MAX_STATUS + 1), result.message
    assert result.stderr == b""
    return result.text


def open_terminal(columns):
    """A terminal of that width: what it shows can be read from the first of the two."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    return os.fdopen(ours, "rb", 0), theirs


def on_terminal(program, columns, *arguments, **env):
    """Its output into a terminal of that width."""
    screen, theirs = open_terminal(columns)
    with screen, Running(program, *arguments, stdout=theirs, stderr=theirs,
                         env={"TERM": "xterm", **env}) as running:
        os.close(theirs)
        output = read_all(screen.fileno())
        assert running.process.wait(timeout=PATIENCE) in range(MAX_STATUS + 1), output
    return output.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("query", (["-rmemory33", "-r0x88000000+32M", "-rmemory4-memory20"],
                                   ["--map"], ["-rmemory33", "--explain"]))
@pytest.mark.parametrize("columns", (80, 100))
def test_lines_fit_the_terminal(program, sample, query, columns):
    shown = on_terminal(program, columns, sample.core, *query, LC_ALL="C")
    lines = [ESCAPE.sub("", line) for line in shown.splitlines()]
    assert [line for line in lines if len(line) > columns] == []
    # The same words as in a pipe, whose lines may have any length.
    if "--map" not in query:
        assert " ".join(lines).split() == piped(program, sample.core, *query).split()


@pytest.mark.parametrize("columns", (80, 100))
def test_differences_from_a_text_fit_the_terminal(program, sample, columns):
    other = [*REGIONS[:1], Region(0x80000000, 384 * MIB, linear="cont-pte"), *REGIONS[2:]]
    text = Writer(Layout(Machine(Kernel(release="7.2.12"), other))).text()
    query = "--verify-ptdump=" + program.file("text of another machine " * 4, text)
    wanted = piped(program, sample.core, query)
    assert max(map(len, wanted.splitlines())) > columns
    assert "walk: " in wanted and "DIFFERS from the walk" in wanted
    shown = on_terminal(program, columns, sample.core, query)
    assert [line for line in shown.splitlines() if len(line) > columns] == []
    assert shown.split() == wanted.split()


@pytest.mark.parametrize("columns", (80, 100))
def test_changes_since_a_dump_fit_the_terminal(program, sample, columns):
    other = [*REGIONS[:1], Region(0x80000000, 384 * MIB, linear="cont-pte"), *REGIONS[2:]]
    before = program.file("dump of another machine " * 4)
    containers.write_plain(before, Image(Layout(Machine(Kernel(release="7.2.11"), other))))
    query = "--diff=" + before
    wanted = piped(program, sample.core, query)
    assert max(map(len, wanted.splitlines())) > columns
    assert "release: " in wanted and "CHANGED since then" in wanted
    shown = on_terminal(program, columns, sample.core, query)
    lines = [ESCAPE.sub("", line) for line in shown.splitlines()]
    assert [line for line in lines if len(line) > columns] == []
    assert " ".join(lines).split() == wanted.split()


def shown_until(screen, done):
    """What the terminal shows until DONE says that it is enough."""
    shown = ""
    while not done(shown):
        assert select.select([screen], [], [], PATIENCE)[0], shown
        shown += os.read(screen.fileno(), 65536).decode().replace("\r\n", "\n")
    return shown


def test_changes_fit_the_terminal(program, folder):
    source, query = Source(folder), ("-rmemory40", "-rmemory48")
    answer = on_terminal(program, 80, source.option, *query, TERM="dumb")
    screen, theirs = open_terminal(80)
    with screen, Running(program, source.option, "--watch=1", *query, stdout=theirs,
                         env={"TERM": "dumb"}) as watcher:
        os.close(theirs)
        assert shown_until(screen, lambda shown: len(shown) >= len(answer)) == answer
        source.replace("after")
        changes = shown_until(screen, lambda shown: shown.endswith("accepts\n"))
        watcher.end(signal.SIGTERM)
    assert [line for line in changes.splitlines() if len(line) > 80] == []
    assert ("0x140000000-0x147ffffff: not-removable, kernel's check refuses; the end edge lies "
            "inside a 1 GiB PUD leaf of the linear map -> not-removable, kernel's check has "
            "nothing to check; ") in " ".join(changes.split())


@pytest.mark.parametrize("env,has_colour", (({}, True), ({"TERM": "dumb"}, False),
                                            ({"TERM": ""}, False), ({"NO_COLOR": "1"}, False)))
def test_colour_is_for_terminals_that_have_it(program, sample, env, has_colour):
    shown = on_terminal(program, 80, sample.core, "-rmemory33", **env)
    assert bool(ESCAPE.search(shown)) == has_colour


def table_of(text):
    """The lines of the table of blocks, its headings among them."""
    return text.split("\n\n", maxsplit=1)[0].splitlines()


# -- --blocks as text ------------------------------------------------------------------------------


def rows(program, sample, *arguments, **env):
    """The headings, and the lines below them."""
    head, *lines = table_of(piped(program, sample.core, "--blocks", *arguments, **env))
    return head.split(), lines


def test_table_has_the_usual_columns(program, sample):
    names, lines = rows(program, sample)
    assert names == USUAL
    assert ([line.split()[0] for line in lines]
            == ["0x0000000040000000-0x000000005fffffff", "0x0000000080000000-0x000000008fffffff",
                "0x0000000090000000-0x0000000097ffffff", "0x0000000100000000-0x000000013fffffff",
                "0x0000000140000000-0x000000015fffffff"])
    assert [line.split()[3] for line in lines] == ["online"] * 4 + ["offline"]
    assert [line.split()[4] for line in lines] == ["PTE", "PMD", "CONT_PTE", "PUD", "CONT_PMD"]


def test_table_may_have_all_blocks(program, sample):
    _, folded = rows(program, sample)
    _, lines = rows(program, sample, "--all")
    assert len(lines) == 4 + 3 + 8 + 4
    assert len(lines) > len(folded)
    assert (piped(program, sample.core, "--blocks", "-a")
            == piped(program, sample.core, "--blocks", "--all"))


@pytest.mark.parametrize("columns,count", (
    ("RANGE", 3), ("RANGE,SIZE,BLOCK", 3), ("RANGE,STATE", 4), ("RANGE,LINEAR", 5),
    ("RANGE,LINEAR,LINEAR-START", 6), ("RANGE,LINEAR,LINEAR-START,LINEAR-END", 7)))
def test_folding_looks_at_what_is_shown(program, sample, columns, count):
    assert len(rows(program, sample, "-o", columns)[1]) == count


def test_table_may_have_edges(program, sample):
    _, lines = rows(program, sample, "-o", "LINEAR-START,LINEAR-END,RANGE")
    assert ([line.split("0x")[0].strip() for line in lines[-4:-1]]
            == ["PUD 1 GiB         PUD 1 GiB, beyond",
                "PUD 1 GiB, inside PUD 1 GiB, beyond",
                "PUD 1 GiB, inside PUD 1 GiB"])


def test_table_has_the_chosen_columns(program, sample):
    assert rows(program, sample, "-o", "why,Range")[0] == ["WHY", "RANGE"]
    assert rows(program, sample, "--output=+block,vmemmap")[0] == USUAL + ["BLOCK", "VMEMMAP"]
    # A column that is there already is not shown twice.
    assert rows(program, sample, "-o", "+ORIGIN,RANGE,origin")[0] == USUAL + ["ORIGIN"]
    assert rows(program, sample, "-o", ",".join(COLUMNS))[0] == list(COLUMNS)
    for columns in ("", "+", ",", "RANGE,", ",RANGE", "RANG", "RANGES", "+-RANGE", "a" * 500):
        message = program.refused(sample.core, "--blocks", "-o", columns, status=64)
        assert ("a column has no name" in message) == (columns in ("", "+", ",", "RANGE,",
                                                                   ",RANGE"))
        for name in COLUMNS:
            assert name.encode() in message.encode()


def test_table_has_values_in_the_chosen_units(program, sample):
    _, lines = rows(program, sample, "-b", "-o", "RANGE,SIZE,BLOCK,ORIGIN")
    assert ([line.split() for line in lines]
            == [["0x0000000040000000-0x000000005fffffff", str(512 * MIB), "8-11", "boot"],
                ["0x0000000080000000-0x0000000097ffffff", str(384 * MIB), "16-18", "hot-added"],
                ["0x0000000100000000-0x000000015fffffff", str(1536 * MIB), "32-43", "hot-added"]])
    _, lines = rows(program, sample, "-o", "SIZE,STATE")
    assert [line.split() for line in lines] == [["512", "MiB", "online"], ["384", "MiB", "online"],
                                                ["1", "GiB", "online"], ["512", "MiB", "offline"]]


def test_table_may_have_no_headings(program, sample):
    with_them = piped(program, sample.core, "--blocks", "-o", "RANGE")
    without = piped(program, sample.core, "--blocks", "-o", "RANGE", "-n")
    assert with_them == "RANGE\n" + without


def test_table_of_many_lines_has_one_heading(program):
    """Thousands of lines are printed in parts, under one heading."""
    for count in (16384, 24580):
        size = (count - 4) * 128 * MIB
        core = write_core(program.folder, "many",
                          [REGIONS[0], Region(TERABYTE, size, linear="pmd")])
        lines = table_of(piped(program, core, "--blocks", "--all"))
        assert len(lines) == 1 + count
        assert sum("RANGE" in line for line in lines) == 1


def test_table_has_no_blanks_at_ends_of_lines(program, sample):
    for arguments in ((), ("-a", "-b", "-n"), ("-o", "RANGE,WHY")):
        for line in piped(program, sample.core, "--blocks", *arguments).splitlines():
            assert line == line.rstrip()


# -- colour and width ------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ("--blocks", "--map", "-r0x80000000+128M"))
def test_colour_is_only_on_terminals(program, sample, query):
    shown = on_terminal(program, 200, sample.core, query)
    expected = piped(program, sample.core, query, COLUMNS="200")
    assert ESCAPE.search(shown)
    assert not ESCAPE.search(expected)
    assert ESCAPE.sub("", shown) == expected
    assert on_terminal(program, 200, sample.core, query, NO_COLOR="1") == expected
    # An empty variable counts as unset.
    assert on_terminal(program, 200, sample.core, query, NO_COLOR="") == shown


def test_verdicts_have_colours(program, sample):
    shown = on_terminal(program, 100, sample.core, "--blocks")
    assert re.search("\x1b\\[1;32mremovable *\x1b\\[0m", shown)
    assert re.search("\x1b\\[1;31mnot-removable *\x1b\\[0m", shown)


def test_table_keeps_to_the_terminal(program, sample):
    for columns in (200, 100, 90, 80, 75, TABLE_MIN, 40, 1):
        text = on_terminal(program, columns, sample.core, "--blocks", NO_COLOR="1")
        for line in table_of(text):
            assert len(line) <= max(columns, TABLE_MIN), line
    for columns in (40, 60, 120):
        for chosen in ("RANGE,WHY", "RANGE,SIZE,VERDICT", "LINEAR,VMEMMAP,CHECK"):
            text = on_terminal(program, columns, sample.core, "--blocks", "-o", chosen,
                               NO_COLOR="1")
            for line in table_of(text):
                assert len(line) <= columns, line


def test_broken_cells_lose_nothing(program, sample):
    names = ",".join(COLUMNS)
    whole = piped(program, sample.core, "--blocks", "-o", names)
    for columns in (1, 80, 120, 160, 190):
        text = on_terminal(program, columns, sample.core, "--blocks", "-o", names, NO_COLOR="1")
        assert (sorted(re.sub(r"\s", "", "".join(table_of(text))))
                == sorted(re.sub(r"\s", "", "".join(table_of(whole)))))


def test_pipe_has_no_width(program, sample):
    assert (piped(program, sample.core, "--blocks", COLUMNS="40")
            == piped(program, sample.core, "--blocks"))


def test_output_is_ascii_without_utf8(program, sample):
    for query in ("--blocks", "--map"):
        for locale in ("C", "POSIX", "no_SUCH.UTF-8"):
            assert piped(program, sample.core, query, LC_ALL=locale).isascii()
            assert on_terminal(program, 80, sample.core, query, LC_ALL=locale).isascii()
    assert piped(program, sample.core, "--blocks").isascii()
    assert not piped(program, sample.core, "--map").isascii()


# -- --map as text: the picture below the runs -----------------------------------------------------


def picture_of(program, core, **env):
    """(cell size, [(start, cells)...], {symbol: legend}) as ASCII; also checks the form."""
    env.setdefault("LC_ALL", "C")
    parts = piped(program, core, "--map", **env).split("\n\n")
    assert parts[0].startswith("linear\nVA "), parts[0][:80]
    assert parts[1].startswith("vmemmap\nVA "), parts[1][:80]
    head, *lines = parts[2].splitlines()
    cell = re.fullmatch("linear map by PA, (.*) per cell", head)
    assert cell, head
    lines = [line.split() for line in lines]
    legend = [(line[0], line[1:].strip()) for line in parts[3].splitlines()]
    width = max(PICTURE_MIN, int(env.get("COLUMNS", 80)))
    assert len(lines) <= PICTURE_LINES
    for line in parts[2].splitlines():
        assert len(line) <= width
    shown = set("".join(cells for _, cells in lines))
    assert shown == {symbol for symbol, _ in legend if symbol != " "}
    assert parts[4].startswith("kernel "), parts[4][:80]
    return cell.group(1), lines, legend


def test_picture_shows_areas(program, sample):
    cell, lines, legend = picture_of(program, sample.core)
    assert cell == "128 MiB"
    assert lines == [["0x40000000", "::::"], ["0x80000000", "**="],
                     ["0x100000000", "########%%%%"]]
    assert legend == [("#", "1 GiB in PUD leaves of 1 GiB"),
                      ("%", "512 MiB in CONT_PMD groups of 32 MiB"),
                      ("*", "192 MiB in PMD leaves of 2 MiB"),
                      ("=", "128 MiB in CONT_PTE groups of 64 KiB"),
                      (":", "512 MiB in PTE leaves of 4 KiB")]


def test_picture_has_symbols_of_utf8(program, start, sample):
    plain = piped(program, sample.core, "--map", LC_ALL="C").split("\n\n")
    drawn = piped(program, sample.core, "--map", LC_ALL="C.UTF-8").split("\n\n")
    lines = [line.split() for line in plain[2].splitlines()[1:]]
    assert ([line.split() for line in drawn[2].splitlines()[1:]]
            == [[start, "".join(UTF8[symbol] for symbol in cells)]
                for start, cells in lines])
    assert drawn[:2] + drawn[4:] == plain[:2] + plain[4:]


def test_picture_shows_holes(program):
    """A hole of less than a block shows where it is most of one, and separates nothing."""
    core = write_core(program.folder, "holes", [REGIONS[0], Region(0x80000000, 384 * MIB, linear=[
        (0x80000000, 128 * MIB, "pmd"), (0x88000000, 32 * MIB, "pmd"),
        (0x90000000, 128 * MIB, "pmd")])])
    cell, lines, legend = picture_of(program, core)
    assert (cell, lines[1:]) == ("128 MiB", [["0x80000000", "*.*"]])
    assert legend == [("*", "288 MiB in PMD leaves of 2 MiB"),
                      (":", "512 MiB in PTE leaves of 4 KiB"),
                      (".", "96 MiB not mapped (holes)")]


def test_picture_shows_what_cannot_be_read(program):
    core = write_core(program.folder, "absent", REGIONS, faults=[
        Fault("absent-table", 0x80000000, level=2)])
    _, lines, legend = picture_of(program, core)
    assert ("?", "1 GiB unreadable") in legend
    assert lines[1] == ["0x80000000", "????????"]


def test_picture_grows_with_the_machine(program):
    regions = [Region(0x100000000, 8 * GIB, boot=True, linear="cont-pmd"),
               Region(TERABYTE, TERABYTE, linear="pud")]
    core = write_core(program.folder, "large", regions)
    for columns, cell, width in ((40, "8 GiB", 16), (80, "2 GiB", 64), (100, "1 GiB", 80),
                                 (400, "256 MiB", 384)):
        size, lines, _ = picture_of(program, core, COLUMNS=str(columns))
        assert size == cell
        assert max(len(cells) for _, cells in lines) == width
        assert lines[0][0] == "0x100000000"
        assert lines[1][0] == "0x10000000000"


def test_widths_that_are_none_are_ignored(program, sample):
    usual = piped(program, sample.core, "--map")
    for columns in ("", "0", "wide", "-", "80"):
        assert piped(program, sample.core, "--map", COLUMNS=columns) == usual
    for columns in ("1", "39", "-1", "99999999999999999999"):
        picture_of(program, sample.core, COLUMNS=columns if int(columns) > 0 else "99999")


def test_picture_says_that_nothing_is_mapped(program):
    core = write_core(program.folder, "none",
                      [Region(0x80000000, 128 * MIB, boot=True, linear="hole")])
    assert "\n\nlinear map: nothing is mapped\n\nkernel " in piped(program, core, "--map")


def test_picture_begins_with_memory_whatever_the_offset(program):
    core = write_core(program.folder, "52", REGIONS, Kernel(va_bits=52, va_actual=48,
                                                            release="7.2.12"))
    assert picture_of(program, core)[1][0][0] == "0x40000000"


@examples(40)
@given(sound_cases(kinds=["cont-pmd"]), st.integers(1, 7), SEEDS)
def test_output_has_few_and_short_lines_whatever_the_tables_say(program, case, flips, seed):
    image = Image(case.layout)
    image.flip_bits(flips, seed)
    core = "--vmcore=" + program.file("hostile")
    containers.write_plain(program.file("hostile"), image)
    if "nothing is mapped" not in piped(program, core, "--map"):
        picture_of(program, core, COLUMNS="60")
    piped(program, core, "--blocks", "-a", "-o", ",".join(COLUMNS))
