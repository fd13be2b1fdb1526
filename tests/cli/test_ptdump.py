# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's text of its page tables: as a source, and to compare a walk with."""

import glob
import lzma
import os
import random
import re
from dataclasses import replace
from types import SimpleNamespace

import containers
import ptdump
import pytest
from arm64 import GEOMETRIES, Geometry, Kernel
from cases import DAMAGES, Case
from comparison import Judge, differences, map_runs
from hypothesis import given
from hypothesis import strategies as st
from image import Image
from layout import MAPS, Fault, Layout, Machine, Region
from machines import cases, geometry_name
from oracle import LEVEL_NAMES, Oracle
from profiles import examples
from ptdump import Line, Writer, as_text, read_back, style_of, styles_of
from support import codes_of

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


# Everything but what a text does not show, which has no physical addresses.
SHOWN = [damage for damage in DAMAGES if damage != "wrong-pa"]
MAILS = st.sampled_from(sorted(ptdump.DAMAGES))


@st.composite
def text_cases(draw, damages=(None, *SHOWN), **how):
    """Random machines of which a text can show every feature."""
    case = draw(cases(damages=st.none() | st.sampled_from(damages), **how))
    # A text does not show where the image has the root: its entries count as flushed.
    case.machine.writable_root = False
    case.model = replace(case.model, root_flush=True)
    return case


def random_style(case):
    """One of the styles in which a kernel of the case's release prints."""
    styles = styles_of(case.kernel.release)
    return styles[case.machine.seed % len(styles)]


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


# -- the text that the other tests rely on is the text that kernels print --------------------------


def check_text(case, style):
    """The text of a case, read back, has the lines that were written."""
    writer = Writer(case.layout, style, case.machine.seed)
    lines = [line for line in writer.lines() if isinstance(line, Line)]
    parsed = read_back(as_text(lines))
    assert len(parsed) == len(lines)
    assert parsed[0].start == (0 if style.from_zero else writer.base)
    assert parsed[-1].end == 1 << 64
    for line in parsed:
        assert line.size == line.end - line.start
    lost = any(case.layout.maps[name].unreadable for name in MAPS)
    for before, after in zip(lines, lines[1:]):
        if not lost:
            assert before.end == after.start
    check_leaves(case, writer, parsed)


def check_leaves(case, writer, parsed):
    """The text read back describes the leaves of the layout and no others."""
    names = {writer.level_name(level, False): level
             for level in range(writer.geometry.root_level, 4)}
    for name in MAPS:
        wanted = striped((run.va, run.end, run.level, run.cont,
                          run.state in ("valid", "reserved"))
                         for run in case.layout.maps[name].runs)
        got = leaves_of(parsed, names.get, window_of(case.kernel, name))
        assert got == wanted, name


@examples(260)
@given(text_cases())
def test_text_read_back_has_the_leaves_of_the_machine(case):
    for style in styles_of(case.kernel.release):
        if not any(fault.kind.endswith("-table") for fault in case.machine.faults):
            check_text(case, style)


@examples(37)
@given(text_cases(damages=(None,)))
def test_lines_change_where_something_changes(case):
    lines = Writer(case.layout).lines()
    for before, after in zip(lines, lines[1:]):
        if isinstance(before, Line) and isinstance(after, Line):
            assert (before.level, before.attributes) != (after.level, after.attributes)


def test_markers_come_once_and_in_order():
    """Each once and in ascending order; only the last may lie in a hole without an edge."""
    for geometry in GEOMETRIES:
        for release in ("5.10.223", "5.15.209", "6.8.0", "6.12.97", "7.3.4"):
            if release < "6.9" and geometry[1] == 52 and geometry[0] != 65536:
                continue
            kernel = Kernel(*geometry, release=release)
            marks = ptdump.markers(kernel, style_of(release))
            assert marks == sorted(marks, key=lambda mark: mark[0])
            machine = Machine(kernel, [Region(1 << 30, kernel.section_size, boot=True)])
            names = [line.name for line in Writer(Layout(machine)).lines()
                     if isinstance(line, ptdump.Marker)]
            assert len(names) >= len(marks) - 1
            assert names == [name for _, name in marks][:len(names)]


def test_captured_line_is_printed_again():
    """A captured line, taken apart and printed again, is the captured line."""
    for name in ("ampereone-mode1", "ampereone-mode3", "kpti-48", "kasan-48", "lpa2-52",
                 "lpa2-52-vmalloc", "kasan-16k-47", "efi-page-tables"):
        check_lines(fixture(name))


def test_line_of_a_tested_kernel_is_printed_again():
    """The same for whole texts of kernels from the end-to-end tests."""
    for path in glob.glob(os.path.join(FIXTURES, "..", "*.ptdump.xz")):
        with lzma.open(path, "rt") as handle:
            check_lines(handle.read())


def check_lines(text):
    """Each line of addresses, printed again from its meaning, is the same."""
    captured = [line for line in text.splitlines() if ptdump.ADDRESSES.match(line)]
    for line, parsed in zip(captured, read_back("\n".join(captured))):
        assert printed_again(parsed) == line


def printed_again(parsed):
    """A parsed line as text."""
    words = parsed.words
    attributes = ptdump.Attributes(
        "F" not in words, "ro" in words, "x" in words, "SHD" in words, "NG" in words,
        "CON" in words, "BLK" in words, "GP" in words, words[-1]) if words else None
    return Line(parsed.start, parsed.end, None, parsed.name, attributes).text()


def test_captured_machine_is_printed_again():
    """1 GiB without block mappings except for the image: only the attributes are unknown."""
    first = GIB
    linear = [(first, 2 * MIB, "pages"), (first + 2 * MIB, 32 * MIB, "pmd"),
              (first + 34 * MIB, 990 * MIB, "pages")]
    machine = Machine(Kernel(release="7.0.2"), [Region(first, GIB, boot=True, linear=linear)])
    holes = [line.text() if isinstance(line, ptdump.Marker) or not line.attributes else None
             for line in Writer(Layout(machine)).lines()]
    captured = [line for line in fixture("kpti-48").splitlines()
                if line.startswith(("---", "0x")) and "MEM/" not in line]
    first = captured.index("---[ Linear Mapping start ]---")
    assert set(captured[first:first + 4]) <= set(holes)
    first = captured.index("---[ vmemmap start ]---")
    assert set(captured[first:first + 6]) <= set(holes)


def test_levels_have_the_names_of_their_kernel():
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
        assert tuple(writer.level_name(level, hole) for hole in (False, True)) == names, (
            (geometry, release))


def test_invalid_entries_have_an_f():
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
        assert tokens & {"F", "BLK", "NG"} == words, (release, state, level)


def test_mail_changes_nothing_that_is_read_back():
    """All renderings hold the same lines."""
    case = Case.from_seed(33000, (4096, 48, 48), "cont-pmd")
    text = Writer(case.layout).text()
    for name, change in ptdump.DAMAGES.items():
        assert read_back(change(text)) == read_back(text)


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
                     "count": count, "valid": not valid or valid[0], "expected": True})
    return runs


# -- the reader finds what was read off the captures by eye ----------------------------------------


@pytest.mark.parametrize("name", CAPTURES)
def test_reader_finds_what_was_read_by_eye(name):
    page, bits, *maps = CAPTURES[name]
    geometry = Geometry(page, bits, bits)
    parsed = read_back(fixture(name))
    assert parsed
    end = 0xffff6 << 44 if name.startswith("kasan") else 0xffff8 << 44
    for expected, low, high in zip(maps, (0xfff << 52, None), (end, 0xffffffffc << 28)):
        wanted = [[int(run["va"], 16),
                   int(run["va"], 16) + run["leaf_size"] * run["count"],
                   LEVELS[run["level"].replace("CONT_", "")], "CONT" in run["level"],
                   run["valid"]] for run in wanted_runs(expected, geometry)]
        if low is None:
            low = wanted[0][0] if wanted else high
        assert leaves_of(parsed, LEVELS.get, (low, high)) == wanted


def test_all_captures_are_used():
    names = {name[:-4] for name in os.listdir(FIXTURES) if name.endswith(".txt")}
    assert names == set(CAPTURES) | set(REFUSED) | {"rst-table-64k-52"}


# -- texts as a source -----------------------------------------------------------------------------


def source_of(program, text, name="kernel_page_tables"):
    """The option that names a file with this text."""
    return "--ptdump=" + program.file(name, text)


def refusal(program, text, *options, query=("--map",)):
    """The one sentence of a refusal with status 2."""
    return program.refused(source_of(program, text), *options, *query)


def check_points_at(program, message, number):
    """The message names the file and a line, or one of several lines."""
    assert "kernel_page_tables" in message
    numbers = [number] if isinstance(number, int) else list(number)
    rest = message.replace(program.folder, "")
    assert re.search(r"\b(%s)\b" % "|".join(map(str, numbers)), rest)


def options_for(name):
    """What must be said about a capture that was cut down."""
    page, bits, *_ = CAPTURES[name]
    options = ["--page-size=%d" % page, "--va-bits=%d" % bits]
    release = RELEASES.get(name.split("-")[0])
    return options + (["--kernel-release=" + release] if release else [])


# -- real captures are understood, or refused with a reason ----------------------------------------


def check_map(answer, name):
    """The maps are those of CAPTURES."""
    page, bits, linear, vmemmap = CAPTURES[name]
    geometry = Geometry(page, bits, bits)
    assert answer["map"] == {"linear": wanted_runs(linear, geometry),
                             "vmemmap": wanted_runs(vmemmap, geometry)}


@pytest.mark.parametrize("name", CAPTURES)
def test_capture_is_understood(program, name):
    answer = program.document(source_of(program, fixture(name)), "--map", *options_for(name))
    # The missing part of the capture makes the map incomplete, as with any source.
    assert answer["status"] == (0 if name == "kpti-48" else 2)
    assert answer["source"]["kind"] == "ptdump"
    assert answer["source"]["format"] == "ptdump"
    check_map(answer, name)


@pytest.mark.parametrize("name", ("kpti-48", "kasan-48"))
def test_whole_capture_tells_the_geometry(program, name):
    answer = program.document(source_of(program, fixture(name)), "--map")
    assert answer["kernel"]["page_size"] == 4096
    assert answer["kernel"]["va_bits"] == 48
    assert answer["kernel"]["vmemmap_start"] == "0xfffffdffc0000000"
    check_map(answer, name)


def test_mended_capture_is_understood(program):
    """The 16K capture without the changes that were made by hand."""
    lines = fixture("kasan-16k-47").splitlines(keepends=True)
    text = "".join(lines[:1] + lines[4:]).replace("0xffff80 00 0000 0000", "0xffff800000000000")
    answer = program.document(source_of(program, text), "--map", statuses=(2,))
    geometry = Geometry(16384, 47, 47)
    assert (answer["kernel"]["page_size"], answer["kernel"]["va_bits"]) == (16384, 47)
    assert answer["map"] == {
        "linear": wanted_runs([(0xffff800000000000, "PTE", 2048),
                               (0xffff800002000000, "PMD", 1)], geometry),
        "vmemmap": wanted_runs([(0xffffffbfc0000000, "PTE", 512)], geometry)}


def test_table_in_documentation_is_refused_or_read_rightly(program):
    """Drawn by hand with borders: either refused or read correctly."""
    result = program.run(source_of(program, fixture("rst-table-64k-52")), "--map", "--json",
                         "--page-size=64K", "--va-bits=52", "--kernel-release=6.5.0")
    if result.returncode == 2:
        return
    answer = program.document(source_of(program, fixture("rst-table-64k-52")), "--map",
                              "--page-size=64K", "--va-bits=52", "--kernel-release=6.5.0")
    geometry = Geometry(65536, 52, 52)
    assert answer["map"] == {
        "linear": wanted_runs([(0xfff0000000000000, "PTE", 448)], geometry),
        "vmemmap": wanted_runs([(0xfffffc0002000000, "PTE", 32)], geometry)}


def test_other_captures_are_refused(program):
    sizes = {"android-4.14-39": ("4K", 39), "idmap-39": ("4K", 39),
             "pid-page-tables-48": ("4K", 48), "kasan-16k-47": ("16K", 47)}
    for name, numbers in REFUSED.items():
        page, bits = sizes.get(name, ("4K", 48))
        exact = ("--page-size=" + page, "--va-bits=%d" % bits)
        for options in ((), exact, exact + ("--kernel-release=5.4.0",)):
            message = refusal(program, fixture(name), *options)
            assert "kernel_page_tables" in message
            if options and numbers:
                check_points_at(program, message, numbers)


def test_mail_with_two_captures_is_refused(program):
    """The second has a marker of the first."""
    text = ("Mode 1:\n=======\n" + fixture("ampereone-mode1") + "\nMode 3:\n=======\n"
            + fixture("ampereone-mode3"))
    message = refusal(program, text, "--page-size=4K", "--va-bits=48")
    number = text.splitlines().index("Mode 3:") + 3
    check_points_at(program, message, number)


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


def facts_of(case):
    """Everything about a kernel that a text does not show, in one of three ways."""
    kernel, geo = case.kernel, case.kernel.geometry
    plain = ["--phys-offset=%#x" % kernel.memstart, "--kernel-release=" + kernel.release]
    way = case.machine.seed % 3
    if way == 0:
        return None
    whole = not any(fault.kind.endswith("-table") for fault in case.machine.faults)
    if way == 1 and whole and geo.va_bits == geo.va_actual:
        return plain
    return plain + shape_of(geo)


def shape_of(geo):
    """The options for a geometry."""
    return ["--page-size=%d" % geo.granule, "--va-bits=%d" % geo.va_bits,
            "--va-bits-actual=%d" % geo.va_actual]


# -- a text says what the core says that it describes ----------------------------------------------


def options_of(program, case, image):
    """The options of `facts_of`, with a VMCOREINFO where that is one of the ways."""
    options = facts_of(case)
    if options is None:
        options = ["--vmcoreinfo=" + program.file("vmcoreinfo", image.vmcoreinfo())]
    return options


def write_case(program, case):
    """The option that names the core of a case, and the text of its page tables."""
    containers.write_plain(program.file("core"), Image(case.layout))
    return ("--vmcore=" + program.file("core"),
            Writer(case.layout, random_style(case), case.machine.seed).text())


def both(program, case, *query, mail=None):
    """The documents from the core and from the text of a case, which MAIL may have changed."""
    core, text = write_case(program, case)
    source = source_of(program, ptdump.DAMAGES[mail](text) if mail else text)
    options = options_of(program, case, Image(case.layout))
    # A few lines may fit several geometries. Then the program asks for an option.
    if facts_of(case) and "the lines fit kernels with" in program.run(source, *options,
                                                                      "--map").message:
        options += shape_of(case.kernel.geometry)
    return program.document(core, *query), program.document(source, *options, *query)


def check_range(judge, query, core, text):
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
    if not mapped_at_both_ends(judge, start, size):
        # What is not there at all is not memory, or the text lacks something.
        wanted = "not-removable" if definite(core) else "unknown"
    texts += differences(wanted, text["verdict"], "verdict")
    return ["[%#x+%#x] %s" % (start, size, line) for line in texts]


def mapped_at_both_ends(judge, start, size):
    """Whether both maps have leaves for the first and the last byte."""
    return all(view.covered(low) and view.covered(high - 1)
               for _, view, low, high in judge.oracle.spans(start, size))


@pytest.mark.parametrize("kind, verdict", [("marked", "not-removable"), ("invalid", "removable")])
def test_check_of_what_the_kernel_has_made_invalid(program, kind, verdict):
    """To the check of 7.1, a leaf with the mark of 7.0 is present; one without is not."""
    regions = [Region(0x40000000, 512 * MIB, boot=True), Region(0x100000000, GIB, linear="pud")]
    machine = Machine(Kernel(), regions, [Fault(kind, pa=0x100000000, count=1)])
    layout = Layout(machine)
    containers.write_plain(program.file("core"), Image(layout))
    text = (source_of(program, Writer(layout).text()), "--phys-offset=%#x" % machine.kernel.memstart,
            "--kernel-release=" + machine.kernel.release)
    for source in (("--vmcore=" + program.file("core"),), text):
        answer = program.document(*source, "-r0x100000000+1G", IGNORE)["ranges"][0]
        assert answer["verdict"] == verdict


@pytest.mark.parametrize("kind, mapping", (("cont-pmd", "blocks"), ("pages", "pages")))
def test_text_shows_how_memory_is_mapped(program, kind, mapping):
    layout = Layout(Machine(Kernel(), [Region(0x40000000, 512 * MIB, boot=True, linear=kind)]))
    document = program.document(source_of(program, Writer(layout).text()), "--map",
                                "--kernel-release=7.2.12")
    assert document["kernel"]["models"]["mapping"] == {"value": mapping, "from": "tables"}


def check_case(program, case, mail=None):
    """The answers from core and text agree as far as both can know."""
    query = ["-r" + query.text("plus") for query in case.queries]
    query.append(IGNORE + ",guard-veto")
    if case.assume:
        query.append(case.model.option())
    core, text = both(program, case, *query, mail=mail)
    judge = Judge(case.layout, case.model)
    kernel = {key: core["kernel"][key] for key in KERNEL_KEYS}
    # A text does not say which memory was added, nor what the kernel's variables are.
    kernel["models"]["mapping"] = text["kernel"]["models"]["mapping"]
    texts = differences(kernel, text["kernel"], "kernel")
    for asked, *answers in zip(case.queries, core["ranges"], text["ranges"]):
        texts += check_range(judge, asked, *answers)
    assert not texts, "%d differences, such as\n%s" % (len(texts), "\n".join(texts[:8]))


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=geometry_name)
@examples(10)
@given(st.data())
def test_text_of_a_random_machine_has_the_answers_of_its_core(program, geometry, data):
    check_case(program, data.draw(text_cases(geometries=[geometry])))


@examples(29)
@given(text_cases(damages=("invalid", "drop-cont")), MAILS)
def test_mail_changes_no_answer(program, case, mail):
    check_case(program, case, mail)


@examples(52)
@given(text_cases(damages=("invalid", "drop-cont", "zero", "marked")), st.none() | MAILS)
def test_map_of_a_text_is_that_of_the_machine(program, case, mail):
    core, text = both(program, case, "--map", mail=mail)
    views = Oracle(case.layout, case.model).views
    assert text["map"]["linear"] == core["map"]["linear"] == map_runs(views["linear"])
    assert text["map"]["vmemmap"] == without_pa(core["map"]["vmemmap"])
    assert text["map"]["vmemmap"] == without_pa(map_runs(views["vmemmap"]))
    assert text["blocks"] is None


# A text tells the VA bits in use, and by itself not those that are configured.
PLAIN = [geometry for geometry in GEOMETRIES if geometry[1] == geometry[2]]


@examples(18)
@given(text_cases(damages=("invalid",), geometries=PLAIN))
def test_map_of_a_text_needs_no_phys_offset(program, case):
    containers.write_plain(program.file("core"), Image(case.layout))
    core = program.document("--vmcore=" + program.file("core"), "--map")["map"]
    text = program.document(source_of(program, Writer(case.layout).text()), "--map",
                            statuses=(0,))["map"]
    for name in MAPS:
        assert text[name] == without_pa(core[name])


@examples(20)
@given(text_cases())
def test_text_alone_never_makes_anything_removable(program, case):
    query = ["-r" + query.text("plus") for query in case.queries]
    core, text = both(program, case, *query, case.model.option())
    for other in text["ranges"]:
        codes = codes_of(other)
        assert "unreadable" in codes
        # A text does not show which blocks are offline: all count as online.
        refused = definite(other) or "guard-veto" in codes
        assert other["verdict"] == ("not-removable" if refused else "unknown")
    assert len(core["ranges"]) == len(text["ranges"])


# -- a machine of which many texts are made --------------------------------------------------------

FREE, SPLIT, GROUPS = 0x100000000, 0x140000000, 0x180000000


@pytest.fixture(scope="module", name="sample")
def make_sample(shared):
    """Boot memory, 512 MiB in PMD leaves, 1 GiB under a PUD leaf, and 256 MiB in CONT groups."""
    machine = Machine(Kernel(), [Region(0x40000000, 256 * MIB, boot=True, linear="pages"),
                                 Region(FREE, 512 * MIB, linear="pmd"),
                                 Region(SPLIT, GIB, linear="pud"),
                                 Region(GROUPS, 128 * MIB, linear="cont-pmd"),
                                 Region(GROUPS + 128 * MIB, 128 * MIB, linear="cont-pte")])
    layout, kernel = Layout(machine), machine.kernel
    containers.write_plain(str(shared / "core"), Image(layout))
    lines = Writer(layout).lines()
    offset = "--phys-offset=%#x" % kernel.memstart
    return SimpleNamespace(machine=machine, layout=layout, kernel=kernel, lines=lines,
                           text=as_text(lines), path=str(shared / "core"),
                           core="--vmcore=%s" % (shared / "core"), offset=offset,
                           known=(offset, "--kernel-release=" + kernel.release))


def line_at(sample, pa, name="linear"):
    """Index, among the lines, of the one that describes memory at PA."""
    va = sample.layout.span(name, pa, 0)[0]
    return next(number for number, line in enumerate(sample.lines)
                if isinstance(line, Line) and line.start <= va < line.end)


def changed_text(sample, number, *lines):
    """The text with one line replaced."""
    return as_text(sample.lines[:number] + list(lines) + sample.lines[number + 1:])


# -- what is not in the text is unknown; it is never unmapped --------------------------------------


def answers_about(program, sample, text, *ranges):
    """The answers for ranges, with what a text never tells left out of the verdict."""
    return program.document(source_of(program, text), *sample.known, IGNORE + ",guard-veto",
                            *("-r%#x+%#x" % each for each in ranges))["ranges"]


def test_missing_line_is_unknown(program, sample):
    """Exactly what the line described is missing, no more and no less."""
    for name, pa, size in (("linear", FREE, 512 * MIB), ("linear", SPLIT, GIB),
                           ("vmemmap", FREE, 512 * MIB),
                           ("linear", GROUPS, 256 * MIB)):
        number = line_at(sample, pa, name)
        line = sample.lines[number]
        low, high = sample.layout.span(name, pa, size)
        lost = min(high, line.end) - max(low, line.start)
        (whole,) = answers_about(program, sample, sample.text, (pa, size))
        (cut,) = answers_about(program, sample, changed_text(sample, number), (pa, size))
        assert whole["verdict"] == "removable"
        assert whole[name]["unreadable"] == 0
        assert cut["verdict"] == "unknown"
        assert cut[name]["unreadable"] == lost
        assert cut[name]["unmapped"] == 0
        assert "unreadable" in codes_of(cut)


def test_missing_hole_is_unknown(program, sample):
    """A hole that is not in the text may just as well be mapped."""
    number = line_at(sample, 0x60000000)
    assert sample.lines[number].attributes is None
    ask = (0x60000000, 128 * MIB)
    (whole,) = answers_about(program, sample, sample.text, ask)
    (cut,) = answers_about(program, sample, changed_text(sample, number), ask)
    assert whole["linear"]["unmapped"] == 128 * MIB
    assert cut["linear"]["unmapped"] == 0
    assert cut["linear"]["unreadable"] == 128 * MIB
    assert cut["verdict"] == "unknown"


def test_definite_reason_stays_whatever_is_missing(program, sample):
    """A visible split is a split, whatever is missing elsewhere."""
    number = line_at(sample, FREE)
    (answer,) = answers_about(program, sample, changed_text(sample, number),
                              (FREE, 1 << 30 | 128 * MIB))
    assert answer["verdict"] == "not-removable"
    assert [reason["edge"] for reason in answer["reasons"]
            if reason["code"] == "splits-leaf"] == ["end"]


@examples(20)
@given(text_cases(damages=(None,)), st.data())
def test_missing_lines_are_missing_bytes(program, case, data):
    lines = Writer(case.layout, seed=case.machine.seed).lines()
    # The ends stay, so that the geometry can be found.
    inner = range(2, len(lines) - 2)
    gone = data.draw(st.sets(st.sampled_from(inner), max_size=len(inner) // 4 + 1))
    kept = [line for number, line in enumerate(lines) if number not in gone]
    lost = [lines[number] for number in gone if isinstance(lines[number], Line)]
    check_trimmed(program, case, as_text(kept), lost)


def check_trimmed(program, case, text, lost):
    """What LOST described is unreadable, and nothing else."""
    geo = case.kernel.geometry
    answer = program.document(
        source_of(program, text), "--phys-offset=%#x" % case.kernel.memstart,
        "--kernel-release=" + case.kernel.release, "--page-size=%d" % geo.granule,
        "--va-bits=%d" % geo.va_bits, "--va-bits-actual=%d" % geo.va_actual,
        IGNORE, *("-r" + query.text("plus") for query in case.queries))
    for query, got in zip(case.queries, answer["ranges"]):
        missing = 0
        for name in MAPS:
            low, high = case.layout.span(name, query.start, query.size)
            gone = sum(max(0, min(high, line.end) - max(low, line.start)) for line in lost)
            missing += gone
            assert got[name]["unreadable"] == gone, name
            total = sum(got[name][key] for key in ("mapped", "unmapped", "unreadable"))
            assert total == high - low
        if missing:
            assert got["verdict"] != "removable"


# -- page size and VA bits follow from a whole capture ---------------------------------------------


def test_whole_text_tells_every_geometry(program):
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
                found = program.document(source_of(program, Writer(Layout(machine)).text()),
                                         "--map", statuses=(0,))["kernel"]
                assert found["page_size"] == granule
                assert found["va_bits"] == va_bits
                assert found["vmemmap_start"] == "%#x" % kernel.vmemmap_start


def test_geometry_that_cannot_be_told_is_asked_for(program):
    """Two lines of 2 MiB may come from any kernel."""
    text = ("0xffff800082a00000-0xffff800082c00000           2M PTE       RW NX SHD AF"
            "            UXN    MEM/NORMAL\n"
            "0xffff800082c00000-0xffff800082e00000           2M PTE\n")
    message = refusal(program, text)
    assert re.search("--(page-size|va-bits)", message)
    message = refusal(program, text, "--page-size=4K")
    assert "--va-bits" in message


def test_page_size_that_contradicts_a_line_is_refused(program, sample):
    """A page size that does not fit the lines; the message names the first such line."""
    message = refusal(program, sample.text, "--page-size=64K", "--va-bits=48")
    number = next(number for number, line in enumerate(sample.lines, 1)
                  if isinstance(line, Line) and (line.end - line.start) % 65536)
    later = next(number for number, line in enumerate(sample.lines, 1)
                 if isinstance(line, Line) and line.attributes and line.level == 2)
    check_points_at(program, message, range(1, max(number, later) + 1))
    text = ("0xffff000000000000-0xffff000000200000           2M PMD       RW NX SHD AF"
            "        BLK UXN    MEM/NORMAL\n")
    check_points_at(program, refusal(program, text, "--page-size=64K", "--va-bits=48"), 1)
    check_points_at(program, refusal(program, text, "--page-size=16K", "--va-bits=48"), 1)


def test_defaults_are_told_by_a_warning(program, sample):
    """What only a release tells is assumed, and a warning says so."""
    answer = program.document(source_of(program, sample.text), sample.offset, "-r%#x+128M" % FREE)
    assert answer["kernel"]["struct_page_size"] == 64
    assert answer["kernel"]["section_size"] == 128 * MIB
    assert answer["kernel"]["release"] is None
    assert any("section" in text for text in answer["warnings"]), answer["warnings"]
    kernel = Kernel(65536, 48, 48)
    layout = Layout(Machine(kernel, [Region(GIB, 512 * MIB, boot=True)]))
    answer = program.document(source_of(program, Writer(layout).text()), "-r0x40000000+512M",
                              "--phys-offset=%#x" % kernel.memstart)
    assert answer["kernel"]["section_size"] == 512 * MIB


def test_section_size_follows_from_the_release(program):
    kernel = Kernel(release="5.10.223")
    layout = Layout(Machine(kernel, [Region(GIB, GIB, boot=True)]))
    answer = program.document(source_of(program, Writer(layout).text()), "-r0x40000000+1G",
                              "--phys-offset=%#x" % kernel.memstart, "--kernel-release=5.10.223")
    assert answer["kernel"]["section_size"] == GIB


# -- how the options combine, and what a range needs -----------------------------------------------


def test_text_may_be_standard_input(program, sample):
    asked = (*sample.known, IGNORE, "-r%#x+128M" % FREE)
    from_file = program.document(source_of(program, sample.text), *asked)
    from_input = program.document("--ptdump=-", *asked, stdin=sample.text.encode())
    assert from_input["ranges"] == from_file["ranges"]
    assert from_input["source"]["kind"] == "ptdump"


def test_text_beside_another_source_is_a_usage_error(program, sample):
    source = source_of(program, sample.text)
    for arguments in ((source, sample.core, "--map"),
                      (source, "--kcore=" + sample.path, "--map"),
                      (source, "--verify-ptdump=" + program.file("kernel_page_tables"))):
        result = program.run(*arguments)
        assert result.returncode == 64, result.message
        assert result.stdout == b""


def test_ranges_need_an_offset(program, sample):
    """A text has no physical addresses: the message says what is missing."""
    lists = program.file("ranges", "memory32\n")
    for query in (("-rmemory32",), ("--ranges-from=" + lists,), ("--blocks",), (),
                  ("-r%#x+128M" % FREE, "--map")):
        message = refusal(program, sample.text, "--kernel-release=7.2.12", query=query)
        assert "--phys-offset" in message
    program.document(source_of(program, sample.text), "--map", statuses=(0,))


def test_offset_may_come_from_vmcoreinfo(program, sample):
    """NUMBER(PHYS_OFFSET) is enough; the option wins over it."""
    short = program.file("short", "NUMBER(PHYS_OFFSET)=%#x\n" % sample.kernel.memstart)
    asked = (IGNORE, "-r%#x+128M" % FREE, "--assume=guard=none")
    answer = program.document(source_of(program, sample.text), "--vmcoreinfo=" + short, *asked,
                              "--kernel-release=7.2.12", statuses=(0,))
    assert answer["ranges"][0]["linear"]["mapped"] == 128 * MIB
    wrong = program.file("wrong", "NUMBER(PHYS_OFFSET)=0x0\nOSRELEASE=7.2.12\n")
    answer = program.document(source_of(program, sample.text), "--vmcoreinfo=" + wrong,
                              sample.offset, *asked, statuses=(0,))
    assert answer["kernel"]["phys_offset"] == "%#x" % sample.kernel.memstart


def test_note_of_an_old_kernel_has_no_offset(program):
    """Up to 5.9, KASLR changes the value in the note after the kernel has placed the map by it."""
    kernel = Kernel(release="5.9.16")
    layout = Layout(Machine(kernel, [Region(GIB, GIB, boot=True), Region(FREE, GIB)]))
    note = program.file("note", "OSRELEASE=5.9.16\nNUMBER(PHYS_OFFSET)=%#x\n" % GIB)
    source = (source_of(program, as_text(Writer(layout).lines())), "--vmcoreinfo=" + note)
    message = program.refused(*source, "-r%#x+1G" % FREE)
    assert "before 5.10" in message and "--phys-offset" in message
    assert program.document(*source, "--map", statuses=(0,))["map"]["linear"][0]["pa"] is None
    program.document(*source, "-r%#x+1G" % FREE, IGNORE, "--phys-offset=%#x" % GIB,
                     statuses=(0,))


def test_nothing_is_removable_without_ignore(program, sample):
    """Presence and boot memory are not in the text, so nothing is removable."""
    for ignore, status in (((), 2), ((IGNORE,), 0), (("--ignore=unreadable",), 0),
                           (("--ignore=boot-memory",), 2)):
        answer = program.document(source_of(program, sample.text), *sample.known, *ignore,
                                  "--assume=guard=none", "-r%#x+128M" % FREE)
        assert answer["status"] == status
        assert answer["ranges"][0]["verdict"] == ("unknown" if status else "removable")
    split = program.document(source_of(program, sample.text), *sample.known, "-r%#x+128M" % SPLIT)
    assert split["ranges"][0]["verdict"] == "not-removable"
    odd = program.document(source_of(program, sample.text), *sample.known, "-r%#x+2M" % FREE)
    assert odd["ranges"][0]["verdict"] == "not-removable"


def test_text_works_with_every_form_of_output(program, sample):
    """Text, --explain, --summary and --quiet work as with any source."""
    asked = (source_of(program, sample.text), *sample.known, "-r%#x+128M" % SPLIT)
    assert "splits-leaf" in program.run_ok(*asked, status=1)
    program.run_ok(*asked, "--explain", status=1)
    assert len(program.run_ok(*asked, "--summary", status=1)) <= 81
    assert program.run_ok(*asked, "-q", status=1) == ""


def test_unreadable_text_is_refused(program):
    for path in (program.file("missing"), program.folder):
        program.refused("--ptdump=" + path, "--map")


# -- a text that cannot be right is refused, with its name and the line ----------------------------

MAPPED = "       RW NX SHD AF            UXN    MEM/NORMAL"


def check_line(program, sample, change, number=None):
    """The sample with one line changed is refused, and the message points at that line."""
    lines = sample.text.splitlines()
    number = number or line_at(sample, FREE) + 1
    lines[number - 1] = change(lines[number - 1])
    message = refusal(program, "\n".join(lines) + "\n", "--page-size=4K", "--va-bits=48")
    check_points_at(program, message, (number, number + 1))


@pytest.mark.parametrize("name,change", (
    ("a digit lost", lambda line: line.replace("0xffff", "0xfff", 1)),
    ("a letter", lambda line: line.replace("-0xffff", "-0xgfff", 1)),
    ("no end", lambda line: line.replace("-0x", " 0x", 1)),
    ("17 digits", lambda line: line.replace("0xf", "0x0f", 1)),
    ("a blank inside", lambda line: line.replace("0xffff", "0xff ff", 1)),
    ("backwards", lambda line: line[19:37] + "-" + line[:18] + line[37:]),
    ("empty", lambda line: line[:18] + "-" + line[:18] + line[37:])))
def test_wrong_addresses_are_refused(program, sample, name, change):
    check_line(program, sample, change)


def test_wrong_size_is_refused(program, sample):
    for name, change in (
            ("one less", lambda line: line.replace("512M", "511M")),
            ("a digit lost", lambda line: line.replace("512M", "51M")),
            ("another unit", lambda line: line.replace("512M", "512G")),
            ("no unit", lambda line: line.replace("512M", "512")),
            ("huge", lambda line: line.replace("512M", "99999999999999999999M"))):
        assert "512M" in sample.text.splitlines()[line_at(sample, FREE)]
        check_line(program, sample, change)


@pytest.mark.parametrize("name,change", (
    ("none", lambda line: line.replace(" PMD", "    ")),
    ("unknown", lambda line: line.replace("PMD", "PXD")),
    ("of other geometries", lambda line: line.replace("PMD", "P4D"))))
def test_wrong_level_is_refused(program, sample, name, change):
    check_line(program, sample, change)


def test_line_without_its_end_is_refused(program, sample):
    """A mapped line always ends with a memory type; without one something is missing."""
    for cut in ("MEM/NORMAL", "UXN", "BLK", "AF", "NX"):
        check_line(program, sample, lambda line, cut=cut: line[:line.index(cut)])
    check_line(program, sample, lambda line: line[:-3])


def test_lines_out_of_order_are_refused(program, sample):
    lines = sample.text.splitlines()
    first, last = line_at(sample, FREE), line_at(sample, SPLIT)
    swapped = list(lines)
    swapped[first], swapped[last] = lines[last], lines[first]
    twice = lines[:first + 1] + lines[first:]
    for name, text in (("swapped", swapped), ("one line twice", twice),
                       ("two captures", lines + lines)):
        message = refusal(program, "\n".join(text) + "\n", "--page-size=4K", "--va-bits=48")
        assert "kernel_page_tables" in message
        assert re.search(r"\d", message.replace(program.folder, ""))


def test_lines_that_overlap_are_refused(program, sample):
    number = line_at(sample, FREE)
    line = sample.lines[number]
    longer = replace(line, end=line.end + 2 * MIB)
    message = refusal(program, changed_text(sample, number, longer), "--page-size=4K",
                      "--va-bits=48")
    check_points_at(program, message, (number + 1, number + 2))


@pytest.mark.parametrize("text", ("", "\n", "hello\nworld\n", "---[ Linear Mapping start ]---\n",
                                  "> \n> > \n"))
def test_text_with_nothing_in_it_is_refused(program, text):
    message = refusal(program, text, "--page-size=4K", "--va-bits=48")
    assert "kernel_page_tables" in message


def test_text_of_user_space_is_refused(program):
    text = "0x0000000000400000-0x0000000000402000           8K PTE" + MAPPED + "\n"
    message = refusal(program, text, "--page-size=4K", "--va-bits=48")
    check_points_at(program, message, 1)


def test_hole_from_zero_is_understood(program, sample):
    """Some kernels begin their first hole at address 0; a leaf there is another matter."""
    writer = Writer(sample.layout, replace(style_of("7.2.12"), from_zero=True))
    text = writer.text()
    assert text.startswith("0x0000000000000000-0xffff")
    program.document(source_of(program, text), "--map", statuses=(0,))


def test_what_is_no_text_is_refused(program, sample):
    lines = sample.text.splitlines()
    number = line_at(sample, FREE)
    zero = "\n".join(lines[:number] + [lines[number] + "\0"] + lines[number + 1:])
    assert "kernel_page_tables" in refusal(program, zero)
    for long_line in ("x" * (1 << 20), lines[number] + " " * (1 << 20), "0x" + "f" * (1 << 20)):
        text = "\n".join(lines[:number] + [long_line] + lines[number + 1:])
        check_points_at(program, refusal(program, text), number + 1)
    random_bytes = bytes(random.Random(1).getrandbits(8) for _ in range(1 << 16))
    refusal(program, random_bytes)
    with open(sample.path, "rb") as handle:
        refusal(program, handle.read(1 << 16))


@examples(40)
@given(st.data())
def test_text_that_was_cut_anywhere_is_refused_or_unknown(program, sample, data):
    text = sample.text[:data.draw(st.integers(1, len(sample.text) - 1))]
    result = program.run(source_of(program, text), *sample.known, "--page-size=4K",
                         "--va-bits=48", IGNORE, "-r0x40000000+1T", "-q")
    assert result.returncode in (1, 2)


DAMAGED_BYTES = st.sampled_from(b"0f \n-x>KMGPTE[]\t\r\xff\0")


@examples(60)
@given(st.data())
def test_damaged_text_has_an_answer(program, sample, data):
    text = bytearray(sample.text.encode())
    places = st.integers(0, len(text) - 1)
    for at in data.draw(st.lists(places, min_size=1, max_size=4)):
        text[at] = data.draw(DAMAGED_BYTES)
    result = program.run(source_of(program, bytes(text)), *sample.known, IGNORE, "--map", "--json",
                         "-r%#x+1G" % FREE)
    assert result.returncode in (0, 1, 2)
    program.read(result.text)


# -- --verify-ptdump finds each difference, and nothing else ---------------------------------------


def compare(program, core, text, *options, statuses=(0, 1)):
    """The document of a comparison."""
    return program.document(core, "--verify-ptdump=" + program.file("proof", text), *options,
                            statuses=statuses)


def check_change(program, sample, number, *lines, walk, text):
    """One line replaced: that stretch differs, with what each side says, and no other."""
    old = sample.lines[number]
    answer = compare(program, sample.core, changed_text(sample, number, *lines))
    assert answer["status"] == 1
    found = answer["verify"]["differences"]
    assert found
    at = old.start
    for item in found:
        assert int(item["va"], 16) == at
        at = int(item["end"], 16) + 1
        assert (item["walk"], item["text"]) == (walk, text)
        assert item["map"] == ("linear" if old.start < sample.kernel.page_end
                               else "vmemmap")
    assert at == old.end
    shown = program.run_ok(sample.core, "--verify-ptdump=" + program.file("proof"), status=1)
    assert "%#x" % old.start in shown
    assert walk in shown
    assert text in shown


def with_attributes(sample, number, **changes):
    """A line with other attributes."""
    line = sample.lines[number]
    return replace(line, attributes=replace(line.attributes, **changes))


def test_same_text_agrees(program, sample):
    answer = compare(program, sample.core, sample.text)
    assert answer["status"] == 0
    assert answer["verify"]["differences"] == []
    assert answer["verify"]["leaves"] > 1000
    assert answer["ranges"] == []
    program.run_ok(sample.core, "--verify-ptdump=" + program.file("proof"))
    program.run_ok(sample.core, "--verify-ptdump=" + program.file("proof"), "-q")


def test_comparison_that_was_not_asked_for_is_null(program, sample):
    answer = program.document(sample.core, "--map")
    assert answer["verify"] is None


def test_compared_text_may_be_standard_input(program, sample):
    result = program.run(sample.core, "--verify-ptdump=-", stdin=sample.text.encode())
    assert result.returncode == 0, result.message


@pytest.mark.parametrize("name,change", ptdump.DAMAGES.items())
def test_same_text_in_mail_agrees(program, sample, name, change):
    assert compare(program, sample.core, change(sample.text))["status"] == 0


def test_changed_level_is_a_difference(program, sample):
    number = line_at(sample, FREE)
    line = with_attributes(sample, number, block=False)
    check_change(program, sample, number, replace(line, name="PTE"), walk="PMD", text="PTE")
    number = line_at(sample, SPLIT)
    check_change(program, sample, number, replace(sample.lines[number], name="PMD"), walk="PUD",
                 text="PMD")


def test_changed_cont_bit_is_a_difference(program, sample):
    number = line_at(sample, GROUPS)
    assert sample.lines[number].attributes.cont
    check_change(program, sample, number, with_attributes(sample, number, cont=False),
                 walk="CONT_PMD", text="PMD")
    number = line_at(sample, GROUPS + 128 * MIB)
    check_change(program, sample, number, with_attributes(sample, number, cont=False),
                 walk="CONT_PTE", text="PTE")
    number = line_at(sample, FREE)
    check_change(program, sample, number, with_attributes(sample, number, cont=True),
                 walk="PMD", text="CONT_PMD")


def test_changed_valid_bit_is_a_difference(program, sample):
    for name, pa in (("PMD", FREE), ("PUD", SPLIT)):
        number = line_at(sample, pa)
        line = with_attributes(sample, number, valid=False, block=False)
        check_change(program, sample, number, line, walk=name, text=name + ", not valid")
    number = line_at(sample, sample.machine.regions[0].pa)
    check_change(program, sample, number, with_attributes(sample, number, valid=False),
                 walk="PTE", text="PTE, not valid")


def test_missing_line_is_a_difference(program, sample):
    for name, pa, level in (("linear", FREE, "PMD"), ("linear", GROUPS, "CONT_PMD"),
                            ("vmemmap", FREE, "PMD")):
        check_change(program, sample, line_at(sample, pa, name), walk=level, text="missing")


def test_missing_leaf_is_a_difference(program, sample):
    for name, pa, level in (("linear", SPLIT, "PUD"), ("vmemmap", FREE, "PMD")):
        number = line_at(sample, pa, name)
        hole = replace(sample.lines[number], attributes=None)
        check_change(program, sample, number, hole, walk=level, text="unmapped")


def test_additional_leaf_is_a_difference(program, sample):
    number = line_at(sample, FREE + 512 * MIB)
    hole = sample.lines[number]
    assert hole.attributes is None
    like = sample.lines[line_at(sample, FREE)]
    check_change(program, sample, number, replace(hole, name="PMD", attributes=like.attributes),
                 walk="unmapped", text="PMD")


def test_difference_has_its_own_length(program, sample):
    """A difference has its own length, not that of its line."""
    number = line_at(sample, FREE)
    line = sample.lines[number]
    middle = line.start + 64 * MIB
    parts = [replace(line, end=middle),
             replace(line, start=middle, end=middle + 2 * MIB, attributes=None),
             replace(line, start=middle + 2 * MIB)]
    (found,) = compare(program, sample.core,
                       changed_text(sample, number, *parts))["verify"]["differences"]
    assert found == {"map": "linear", "va": "%#x" % middle,
                     "end": "%#x" % (middle + 2 * MIB - 1), "walk": "PMD", "text": "unmapped"}


def test_attributes_are_no_difference(program, sample):
    """Permissions, memory types and lines outside the two maps are not compared."""
    number = line_at(sample, FREE)
    line = with_attributes(sample, number, read_only=True, executable=True, not_global=True,
                           type="MEM/NORMAL-NC")
    assert compare(program, sample.core, changed_text(sample, number, line))["status"] == 0
    outside = [line for line in sample.lines if not (
        isinstance(line, Line) and line.attributes and "DEVICE" in line.attributes.type)]
    assert compare(program, sample.core, as_text(outside))["status"] == 0


def test_compared_text_that_is_not_understood_is_refused(program, sample):
    for text in ("", "hello\n", sample.text.replace("512M", "511M")):
        path = program.file("proof", text)
        result = program.run(sample.core, "--verify-ptdump=" + path)
        assert result.returncode == 2, result.message
        assert "proof" in result.message
    result = program.run(sample.core, "--verify-ptdump=" + program.file("no-such-text"))
    assert result.returncode == 2


def test_worst_status_counts(program, sample):
    """The worst of the statuses counts."""
    same = "--verify-ptdump=" + program.file("same", sample.text)
    other = "--verify-ptdump=" + program.file("other", changed_text(sample, line_at(sample, FREE)))
    removable, split = "-r%#x+128M" % FREE, "-r%#x+128M" % SPLIT
    for arguments, status in (((same, removable), 0), ((same, split), 1),
                              ((other, removable), 1), ((other, "--map"), 1)):
        answer = program.document(sample.core, *arguments)
        assert answer["status"] == status
        assert answer["verify"] is not None


@examples(52)
@given(text_cases(damages=("invalid", "drop-cont", "zero", "marked", "reserved")))
def test_core_and_text_of_a_machine_never_differ(program, case):
    core, text = write_case(program, case)
    answer = compare(program, core, text)
    assert answer["verify"]["differences"][:3] == []
    assert answer["status"] == 0


@examples(20)
@given(text_cases(damages=(None,)), st.data())
def test_difference_lies_in_the_line_that_was_changed(program, case, data):
    core, _ = write_case(program, case)
    lines = Writer(case.layout, seed=case.machine.seed).lines()
    windows = [window_of(case.kernel, name) for name in MAPS]
    number = data.draw(st.sampled_from([
        number for number, line in enumerate(lines) if isinstance(line, Line) and line.attributes
        and any(low <= line.start < high for low, high in windows)]))
    old = lines[number]
    new = data.draw(st.sampled_from((
        [], [replace(old, attributes=None)],
        [replace(old, attributes=replace(old.attributes, valid=False))])))
    answer = compare(program, core, as_text(lines[:number] + new + lines[number + 1:]))
    found = answer["verify"]["differences"]
    assert answer["status"] == 1
    assert found[0]["va"] == "%#x" % old.start
    assert found[-1]["end"] == "%#x" % (old.end - 1)
    assert all(item["walk"].split(",")[0] in LEVEL_NAMES.values() for item in found), found
