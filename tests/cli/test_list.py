# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of memory blocks with the habits of lsmem: rows for programs, rows of blocks that
differ, the columns, and the sums."""

import re
import shlex

import containers
import pytest
from arm64 import Kernel
from hypothesis import given
from hypothesis import strategies as st
from image import Image
from layout import Fault, Layout, Machine, Region
from machines import cases
from profiles import examples

GIB, MIB = 1 << 30, 1 << 20
BLOCK = 128 * MIB
PLACE = ("RANGE", "SIZE", "BLOCK", "PFN")
# The columns that JSON has too.
TOLD = ("STATE", "ORIGIN", "VERDICT", "CHECK", "WHY")
COLUMNS = ("RANGE", "SIZE", "STATE", "ORIGIN", "NODE", "ZONES", "DEVICE", "MEMMAP-ON-MEMORY",
           "BLOCK", "PFN", "LINEAR", "VMEMMAP", "LINEAR-START", "LINEAR-END", "VMEMMAP-START",
           "VMEMMAP-END", "VERDICT", "CHECK", "PAGES", "WHY")
VERDICTS = ("removable", "unknown", "not-removable")
REASONS = ("splits-leaf", "guard-veto", "boot-memory", "misaligned", "not-present",
           "malformed-cont", "no-hotremove", "unreadable", "unmovable-pages")
CHECKS = ("accepts", "refuses", "accepts-unsafely", "none", "unknown")

# Boot memory; four neighbours: free blocks, a block whose tables are missing, one large leaf, and
# blocks that are offline.
REGIONS = [Region(0x40000000, 256 * MIB, boot=True, linear="pages"),
           Region(0x100000000, GIB, linear="pmd"),
           Region(0x140000000, GIB, linear="pages", vmemmap="pages"),
           Region(0x180000000, GIB, linear="pud"),
           Region(0x1c0000000, 512 * MIB, linear="cont-pmd", online=False)]


@pytest.fixture(scope="module", name="core")
def make_core(shared):
    """The option that names a core of this machine."""
    fault = Fault("absent-table", 0x150000000, level=2)
    containers.write_plain(str(shared / "list"),
                           Image(Layout(Machine(Kernel(release="7.2.12"), REGIONS, [fault]))))
    return "--vmcore=%s" % (shared / "list")


def listed(program, *arguments):
    """The output, which may be that of a source that cannot be read in part."""
    result = program.run(*arguments)
    assert result.returncode in (0, 2), result.message
    assert result.stderr == b""
    return result.text


def pairs(program, *arguments):
    """The rows that --pairs prints, as dictionaries."""
    return [dict(word.split("=", 1) for word in shlex.split(line))
            for line in listed(program, *arguments, "--pairs").splitlines()]


def unescape(value):
    """A value of --raw as it was."""
    return re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), value)


# -- --pairs and --raw -----------------------------------------------------------------------------


def test_pairs_are_one_line_a_row(program, core):
    rows = pairs(program, core, "--blocks")
    assert rows[0] == {
        "RANGE": "0x0000000040000000-0x000000004fffffff", "SIZE": "256 MiB", "STATE": "online",
        "LINEAR": "PTE", "VERDICT": "not-removable", "CHECK": "refuses", "WHY": "boot-memory"}
    assert rows[-1]["STATE"] == "offline"
    assert rows == pairs(program, core)


def test_letter_is_that_of_lsmem(program, core):
    for letter, form in (("-P", "--pairs"), ("-J", "--json")):
        assert listed(program, core, letter) == listed(program, core, form)


def test_raw_rows_are_the_pairs_without_their_keys(program, core):
    rows = pairs(program, core, "--output-all")
    head, *lines = listed(program, core, "--output-all", "--raw").splitlines()
    assert head.split(" ") == list(COLUMNS)
    assert [[unescape(value) for value in line.split(" ")] for line in lines] == [
        list(row.values()) for row in rows]


def test_values_are_those_of_the_table(program, core):
    lines = listed(program, core, "-n", "-o", "WHY,RANGE,CHECK").split("\n\n")[0].splitlines()
    rows = pairs(program, core, "-o", "WHY,RANGE,CHECK")
    assert [line.split() for line in lines] == [
        [value for value in row.values() if value] for row in rows]


@pytest.mark.parametrize("form", ("--pairs", "--raw"))
@pytest.mark.parametrize("cut", (False, True))
def test_rows_for_programs_are_all_there_is(program, core, form, cut):
    """Neither sums nor facts nor warnings: each line has as many values as there are columns."""
    source = core
    if cut:
        path = core.partition("=")[2]
        with open(path, "rb") as whole:
            source = "--vmcore=" + program.file("cut")
            with open(program.file("cut"), "wb") as part:
                part.write(whole.read()[:-4096])
    text = listed(program, source, form, "-o", "RANGE,STATE")
    assert text
    assert {len(line.split(" ")) for line in text.splitlines()} == {2}
    assert cut == ("warning: " in listed(program, source))


def test_raw_rows_may_have_no_heading(program, core):
    head, *lines = listed(program, core, "--raw").splitlines(True)
    assert head == "RANGE SIZE STATE LINEAR VERDICT CHECK WHY\n"
    assert listed(program, core, "--raw", "--noheadings") == "".join(lines)


def test_long_raw_table_has_one_heading(program):
    """Thousands of lines are printed in parts."""
    path = program.file("many")
    regions = [REGIONS[0], Region(1 << 40, 16400 * BLOCK, linear="pmd")]
    containers.write_plain(path, Image(Layout(Machine(Kernel(release="7.2.12"), regions))))
    head, *lines = listed(program, "--vmcore=" + path, "--raw", "-a", "-o", "BLOCK").splitlines()
    assert head == "BLOCK"
    assert lines == ["8", "9"] + [str(8192 + number) for number in range(16400)]


@pytest.mark.parametrize("form", ("--pairs", "--raw"))
@pytest.mark.parametrize("query", (["-rmemory32"], ["--map"], ["--suggest=1G"],
                                   ["--ranges-from=-"], ["--diff=other"], ["--list-devices"],
                                   ["--verify-ptdump=other"]))
@pytest.mark.parametrize("blocks", ([], ["--blocks"]))
def test_rows_for_programs_are_of_blocks_alone(program, core, form, query, blocks):
    message = program.refused(core, form, *query, *blocks, status=64)
    assert "--pairs and --raw print the list of --blocks and nothing else" in message


@pytest.mark.parametrize("form", ("--pairs", "--raw"))
def test_rows_for_programs_do_not_change(program, core, form):
    message = program.refused("--kcore=" + core.partition("=")[2], form, "--watch=5", status=64)
    assert "--watch prints changes" in message


@pytest.mark.parametrize("other", ("--json", "--quiet", "--raw", "--summary"))
def test_pairs_are_a_form_of_their_own(program, core, other):
    result = program.run(core, "--pairs", other)
    assert result.returncode == 64
    assert "are mutually exclusive" in result.message


# -- --split ---------------------------------------------------------------------------------------


def mixed(values):
    """The state or the origin of blocks that have these."""
    known = set(values) - {"?"}
    if len(known) > 1:
        return "mixed"
    return "?" if "?" in values else known.pop()


def union(values, order):
    """Everything that is in one of the lists VALUES, in ORDER."""
    found = set(",".join(filter(None, values)).split(","))
    return ",".join(word for word in order if word in found)


def joined(blocks):
    """The row of BLOCKS, as far as JSON tells it."""
    return {
        "STATE": mixed([block["state"] or "?" for block in blocks]),
        "ORIGIN": mixed([{True: "boot", False: "hot-added", None: "?"}[block["boot"]]
                         for block in blocks]),
        "VERDICT": max((block["verdict"] for block in blocks), key=VERDICTS.index),
        "CHECK": union([block["guard"] for block in blocks], CHECKS),
        "WHY": union([reason["code"] for block in blocks for reason in block["reasons"]], REASONS)}


def rows_of(blocks, split):
    """(start, end, row) as they must be, split by these columns."""
    groups = []
    for block in blocks:
        last = groups[-1][-1] if groups else None
        if (last and int(last["end"], 16) + 1 == int(block["start"], 16)
                and all(joined([last])[name] == joined([block])[name] for name in split)):
            groups[-1].append(block)
        else:
            groups.append([block])
    return [(int(group[0]["start"], 16), int(group[-1]["end"], 16), joined(group))
            for group in groups]


def check_split(program, source, split):
    """Compare the rows with what JSON says of their blocks."""
    document = program.document(source, "--blocks")
    page = document["kernel"]["page_size"]
    block = document["kernel"]["memory_block_size"]
    found = pairs(program, source, "-b", "-o", ",".join(PLACE + TOLD),
                  "--split=" + (",".join(split) or "none"))
    for row, (start, end, told) in zip(found, rows_of(document["blocks"], split), strict=True):
        first, last = start // block, end // block
        assert row == {
            "RANGE": "0x%016x-0x%016x" % (start, end), "SIZE": str(end + 1 - start),
            "BLOCK": "%d-%d" % (first, last) if first < last else str(first),
            "PFN": "%#x-%#x" % (start // page, end // page), **told}


@pytest.mark.parametrize("split", ((), ("STATE",), ("ORIGIN", "VERDICT"), ("WHY",), TOLD))
def test_row_is_no_better_than_one_of_its_blocks(program, core, split):
    check_split(program, core, split)


@examples(40)
@given(cases(), st.lists(st.sampled_from(TOLD), unique=True))
def test_row_of_a_random_machine_is_no_better_than_one_of_its_blocks(program, case, split):
    containers.write_plain(program.file("core"), Image(case.layout))
    check_split(program, "--vmcore=" + program.file("core"), tuple(split))


def test_rows_end_at_holes_alone(program, core):
    rows = pairs(program, core, "-S", "none")
    assert rows == [
        {"RANGE": "0x0000000040000000-0x000000004fffffff", "SIZE": "256 MiB", "STATE": "online",
         "LINEAR": "PTE", "VERDICT": "not-removable", "CHECK": "refuses", "WHY": "boot-memory"},
        {"RANGE": "0x0000000100000000-0x00000001dfffffff", "SIZE": "3584 MiB", "STATE": "mixed",
         "LINEAR": "PUD,CONT_PMD,PMD,unreadable", "VERDICT": "not-removable",
         "CHECK": "accepts,refuses", "WHY": "splits-leaf,unreadable"}]


def test_rows_are_split_by_what_is_shown_unless_told(program, core):
    usual = "STATE,LINEAR,VERDICT,CHECK,WHY"
    assert listed(program, core, "--split", usual) == listed(program, core)


def test_columns_of_the_place_split_nothing(program, core):
    assert listed(program, core, "-S", ",".join(PLACE)) == listed(program, core, "-S", "none")


def test_row_has_the_edges_of_its_ends(program, core):
    row = pairs(program, core, "-S", "none", "-o", "LINEAR-START,LINEAR-END")[-1]
    assert row == {"LINEAR-START": "PMD 2 MiB", "LINEAR-END": "CONT_PMD 32 MiB"}


def test_columns_that_split_must_exist(program, core):
    for columns in ("", "STATE,", "+STATE", "none,STATE", "COLOUR"):
        message = program.refused(core, "--split=" + columns, status=64)
        assert "--split: " in message and "RANGE, SIZE" in message


def test_blocks_of_their_own_share_no_row(program, core):
    message = program.refused(core, "--all", "--split=none", status=64)
    assert "use only one of them" in message


# -- columns ---------------------------------------------------------------------------------------


def test_output_all_has_all_columns(program, core):
    assert list(pairs(program, core, "--output-all")[0]) == list(COLUMNS)


def test_columns_are_chosen_once(program, core):
    message = program.refused(core, "--output-all", "-o", "RANGE", status=64)
    assert "--output and --output-all" in message


def test_help_has_a_line_for_each_column(program):
    text = program.run_ok("--help")
    section = text.partition("Columns (of --blocks):\n")[2].partition("\n\n")[0]
    lines = [re.fullmatch(r"  ([A-Z-]+) {2,}(\S.*)", line) for line in section.splitlines()]
    assert all(lines), section
    assert sorted(line[1] for line in lines) == sorted(COLUMNS)


@pytest.mark.parametrize("option", (["--split=none"], ["--output-all"]))
def test_form_of_the_table_needs_the_table(program, core, option):
    message = program.refused(core, "-rmemory32", *option, status=64)
    assert "need --blocks" in message


# -- sums ------------------------------------------------------------------------------------------


def sums(program, *arguments):
    """The sums below the list: {words: amount}."""
    paragraphs = listed(program, *arguments).split("\n\n")[1:3]
    lines = [re.fullmatch(r"(\D+:) +(.*)", line) for line in paragraphs[0].splitlines()]
    amounts = {line[1]: line[2] for line in lines}
    for line in paragraphs[1].splitlines():
        amount, words = line.strip().split("  ", 1)
        amounts[words] = amount
    return amounts


def test_sums_are_those_of_lsmem_and_of_the_verdicts(program, core):
    assert sums(program, core) == {
        "Memory block size:": "128 MiB", "Total online memory:": "3328 MiB",
        "Total offline memory:": "512 MiB", "removable block by block": "1536 MiB",
        "not block by block: a leaf crosses an edge, or the kernel refuses": "1 GiB",
        "boot memory": "256 MiB", "unknown": "1 GiB"}


def test_sums_may_be_in_bytes(program, core):
    assert sums(program, core, "-b")["Total offline memory:"] == str(512 * MIB)


def test_size_of_a_block_is_told_once(program, core):
    for query in (["--blocks"], ["-rmemory32"], ["--blocks", "-rmemory32"]):
        text = program.run(core, *query).text
        assert len(re.findall("emory blocks of 128 MiB|Memory block size: ", text)) == 1
