# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line: ranges, exit status, kinds of output, overrides."""

import os
import re

import containers
import pytest
from arm64 import Kernel, release_tuple
from documents import misfit, parse
from image import Image
from layout import Layout, Machine, Region
from sample import BOOT, FREE, GIB, MIB, SPLIT
from support import codes_of


def one(program, sample, text, *options):
    """The answer for one range given as TEXT."""
    return program.document(sample.core, "-r", text, *options)["ranges"][0]


def span(program, sample, text):
    """(start, end) that the program understood TEXT to be."""
    answer = one(program, sample, text)
    return int(answer["start"], 16), int(answer["end"], 16)


# -- memory alone in its entry of the root ---------------------------------------------------------

# An entry of the root covers 512 GiB with 4K pages and 48 bits.  The struct pages of this memory
# are alone in theirs from 6.9 on, where the vmemmap begins 1 GiB below such a boundary.
FAR = 0x20000000000


def root_plan(program, release, writable, cut_image=False):
    """The teardown of all memory at FAR, and the warnings."""
    regions = [Region(BOOT, 256 * MIB, boot=True), Region(FAR, GIB, linear="pmd")]
    kernel = Kernel(4096, 48, 48, release=release)
    image = Image(Layout(Machine(kernel, regions, writable_root=writable)))
    if cut_image:
        va = kernel.image_base
        del image.pages[image.tables[3, va & -image.geometry.table_span(3)]]
    containers.write_plain(program.file("core"), image)
    document = program.document("--vmcore=" + program.file("core"), "-r%#x+1G" % FAR)
    found = document["ranges"][0]["teardown"]
    assert found["root_entries"]["linear"] == 1
    assert found["root_entries"]["vmemmap"] == (release_tuple(release) >= (6, 9))
    return found, document["warnings"]


def check_flushed(plan, flushed):
    """Whether clearing entries of the root counts, in both forms of the plan."""
    assert plan["root_entries"]["flushed"] is flushed
    extra = plan["root_entries"]["vmemmap"] * flushed
    for form in ("batched", "per_leaf"):
        leaves = {"batched": 0, "per_leaf": 512}[form]
        assert plan[form]["linear"]["single_ops"] == leaves + flushed
        assert plan[form]["vmemmap"]["single_ops"] == 8 + extra
        tlbi = sum(plan[form][part]["tlbi"] for part in ("linear", "vmemmap", "tables"))
        assert plan[form]["total"]["tlbi"] == tlbi


@pytest.mark.parametrize("release", ("6.1.192", "6.12.118", "7.3.4"))
def test_read_only_root_is_flushed_by_every_kernel(program, release):
    plan, warnings = root_plan(program, release, False)
    check_flushed(plan, True)
    assert "swapper_pg_dir" not in "".join(warnings)


@pytest.mark.parametrize("release,flushed", (("6.1.192", True), ("6.8.12", True), ("6.9.1", False),
                                             ("7.3.4", False)))
def test_writable_root_is_flushed_up_to_6_8(program, release, flushed):
    plan, warnings = root_plan(program, release, True)
    check_flushed(plan, flushed)
    assert "swapper_pg_dir" not in "".join(warnings)


def test_root_of_which_nothing_is_known_counts_with_a_warning(program):
    plan, warnings = root_plan(program, "7.3.4", True, cut_image=True)
    check_flushed(plan, True)
    assert "maps swapper_pg_dir read-only" in "".join(warnings)
    plan, warnings = root_plan(program, "6.1.192", True, cut_image=True)
    check_flushed(plan, True)
    assert "swapper_pg_dir" not in "".join(warnings)


def test_writable_root_of_an_unknown_kernel_counts_with_a_warning(program):
    plan, warnings = root_plan(program, "6.12.0-124.el10", True)
    check_flushed(plan, True)
    assert "a writable swapper_pg_dir" in "".join(warnings)


# -- which spellings of a range are accepted -------------------------------------------------------


@pytest.mark.parametrize("text", (
    "0x100000000-0x107ffffff", "4294967296-4429185023", "0x100000000+128M",
    "0x100000000+0x8000000", "4294967296+134217728", "0x100000000+131072K", "memory32",
    "0X100000000-0X107FFFFFF", "4294967296-0x107ffffff"))
def test_a_block_has_many_spellings(program, sample, text):
    assert span(program, sample, text) == (FREE, FREE + 128 * MIB - 1)


def test_sizes_have_units(program, sample):
    assert span(program, sample, "0x140000000+1G") == (SPLIT, SPLIT + GIB - 1)
    assert span(program, sample, "0+1T") == (0, (1 << 40) - 1)


def test_memory_block_beyond_memory_is_not_present(program, sample):
    answer = one(program, sample, "memory1000")
    assert answer["start"] == "%#x" % (1000 * 128 * MIB)
    assert answer["verdict"] == "not-removable"
    assert "not-present" in codes_of(answer)


def test_ranges_are_answered_in_the_order_of_the_command_line(program, sample):
    ranges = program.document(sample.core, "-rmemory33", "--range=memory32",
                              "--range", "memory33")["ranges"]
    assert [answer["start"] for answer in ranges] == ["0x108000000", "0x100000000", "0x108000000"]


def refused(program, sample, text):
    """A refusal of TEXT as a usage error; returns the message."""
    return program.refused(sample.core, "-r", text, status=64)


@pytest.mark.parametrize("text", (
    "0x107ffffff-0x100000000", "0x100000000+0", "0x100000000+0x0", "0xffffffffffffffff+2",
    "0xfffffffffffff000+0x2000", "0x1000000000000-0x1000007ffffff", "0xffffffff00000000+128M",
    "0x100000000", "", "-", "+", "0x100000000-", "+128M", "0x-0x1", "0x100000000+128X",
    "0x100000000+128MB", "0x100000000+-1", "-5+128M", "0x100000000 0x107ffffff", "memory",
    "memory-1", "memoryx", "memory0x20", "memory1x", "memory99999999999999999999", "banana",
    "0x10000000000000000+128M", "0x100000000-0x107ffffffg", "4294967296-4429185023,", "1e9+1G",
    "0x100000000+128.5M"))
def test_what_is_no_range_is_refused(program, sample, text):
    refused(program, sample, text)


def test_range_ends_within_the_physical_addresses(program, sample):
    """48 bits here; the last byte is fine, the one after it is not."""
    one(program, sample, "0xfffff8000000-0xffffffffffff")
    refused(program, sample, "0xfffff8000000-0x1000000000fff")


@pytest.mark.parametrize("text", ("0x100000000-0x108000000", "4294967296-0x108000000",
                                  "4294967296-4429185024"))
def test_an_end_that_looks_exclusive_is_refused_with_both_right_spellings(program, sample, text):
    message = refused(program, sample, text)
    assert "0x100000000-0x107ffffff" in message
    assert re.search(r"0x100000000\+(0x8000000|128M)\b", message)


def test_only_whole_pages_after_an_end_make_it_look_exclusive(program, sample):
    one(program, sample, "0x100000000-0x107fffff0")
    refused(program, sample, "0x100000000-0x100000000")


def test_ranges_may_come_from_a_file(program, sample):
    text = "# what to remove\n\nmemory32\n  0x108000000-0x10fffffff  # the second\n"
    path = program.file("ranges", text)
    for source, stdin in ((path, None), ("-", text.encode())):
        answers = program.document(sample.core, "--ranges-from=" + source, "-r", "memory34",
                                   stdin=stdin)["ranges"]
        starts = {answer["start"] for answer in answers}
        assert starts == {"0x100000000", "0x108000000", "0x110000000"}
    crlf = program.file("crlf", "memory32\r\nmemory33")
    assert len(program.document(sample.core, "--ranges-from=" + crlf)["ranges"]) == 2


def test_file_with_a_line_that_is_no_range_is_refused(program, sample):
    bad = program.file("bad", "memory32\nbanana\n")
    message = program.refused(sample.core, "--ranges-from=" + bad, status=64)
    assert "2" in message
    empty = program.file("empty", "# nothing\n\n")
    assert program.run(sample.core, "--ranges-from=" + empty).returncode in (0, 64)
    result = program.run(sample.core, "--ranges-from=" + program.file("no-such-list"))
    assert result.returncode in (2, 64)
    assert result.stdout == b""


# -- 0, 1, 2 and 64, and nothing else --------------------------------------------------------------


@pytest.mark.parametrize("output", ([], ["--json"], ["-q"], ["--quiet"], ["--summary"],
                                    ["--explain"]))
@pytest.mark.parametrize("source,ranges,status", (
    ("core", ["memory32"], 0), ("core", ["memory32", "memory33"], 0), ("core", ["memory40"], 1),
    ("core", ["memory32", "memory40"], 1), ("core", ["memory40", "memory32"], 1),
    ("core", ["memory8"], 1), ("holey", ["memory32"], 2), ("holey", ["memory32", "memory40"], 1),
    ("holey", ["memory40", "memory32"], 1)))
def test_status_is_that_of_the_worst_range(program, sample, output, source, ranges, status):
    arguments = ["-r" + text for text in ranges]
    program.run_ok(getattr(sample, source), *arguments, *output, status=status)


@pytest.mark.parametrize("query,status", ((["--blocks"], 0), (["--map"], 0),
                                          (["--blocks", "--map", "-rmemory40"], 1)))
def test_lists_alone_do_not_count(program, sample, query, status):
    program.run_ok(sample.core, *query, status=status)


def answer_of(program, *arguments):
    """The status, the output and the message."""
    result = program.run(*arguments)
    return result.returncode, result.text, result.message


@pytest.mark.parametrize("options", ([], ["--json"], ["-q"], ["--summary"], ["--explain"],
                                     ["-a", "-o", "RANGE"], ["--if-removed=memory33"]))
@pytest.mark.parametrize("source", ("core", "holey"))
def test_without_a_query_the_blocks_are_listed(program, sample, source, options):
    found = answer_of(program, getattr(sample, source), *options)
    assert found == answer_of(program, getattr(sample, source), "--blocks", *options)


@pytest.mark.parametrize("output", ([], ["--json"], ["-q"], ["--summary"], ["--explain"]))
def test_list_that_was_not_asked_for_succeeds_whatever_the_verdicts(program, sample, output):
    program.run_ok(sample.core, *output, status=0)


def test_file_alone_lists_its_blocks(program, sample):
    text = program.run_ok(sample.path)
    assert text.startswith("RANGE ")
    assert text == program.run_ok("--blocks", sample.core)


def test_running_kernel_is_listed_without_an_argument(program):
    assert answer_of(program) == answer_of(program, "--blocks")


@pytest.mark.parametrize("query,key", ((["--map"], "map"), (["-rmemory32"], "ranges"),
                                       (["--suggest=128M"], "suggestions")))
def test_query_lists_no_blocks(program, sample, query, key):
    document = program.document(sample.core, *query)
    assert document["blocks"] is None
    assert document[key]


def test_saved_tables_come_without_a_list(program, sample):
    result = program.run_ok(sample.core, "--save-tables=" + program.file("saved"))
    assert "RANGE" not in result


@pytest.mark.parametrize("output", ([], ["--json"], ["-q"], ["--summary"], ["--explain"]))
@pytest.mark.parametrize("query,status", (
    ([], 0), (["--blocks", "--map"], 0), (["-rmemory32"], 0), (["-rmemory40"], 1)))
def test_comparison_that_finds_nothing_does_not_count(program, sample, output, query, status):
    program.run_ok(sample.core, "--diff=" + sample.path, *query, *output, status=status)


@pytest.mark.parametrize("arguments", (
    ["-rmemory32", "x"], ["--ptdump=-", "-rmemory32"], ["--kcore=core", "-rmemory32"],
    ["-rmemory32", "--assume=banana=1"], ["-rmemory32", "--assume=teardown=banana"],
    ["-rmemory32", "--assume=tlbi-range=2"], ["-rmemory32", "--assume=tlbi-range"],
    ["-rmemory32", "--ignore=banana"], ["-rmemory32", "--va-bits=banana"],
    ["-rmemory32", "--page-size=5000"], ["-rmemory32", "--va-bits-actual=99"], ["-r"]))
def test_wrong_usage_has_status_64(program, sample, arguments):
    check_usage(program, sample.core, *arguments)


@pytest.mark.parametrize("arguments", (
    ["--json", "-rbanana"], ["-rbanana", "--json"], ["--weather", "--json"], ["-z", "--json"],
    ["--json", "-r"], ["--blocks=1", "--json"], ["vmcore", "--json"],
    ["--json", "--quiet", "--blocks"], ["--blocks", "-oBANANA", "--json"]))
def test_wrong_usage_is_a_document_too(program, arguments):
    result = program.run(*arguments)
    assert result.returncode == 64
    message = program.read(result.text)["error"]["message"]
    assert result.message.partition(": ")[2] == message + "\n"


def test_range_beyond_memory_is_a_document_too(program, sample):
    result = program.run(sample.core, "-r0x1000000000000+128M", "--json")
    assert result.returncode == 64
    assert "physical address width" in program.read(result.text)["error"]["message"]


@pytest.mark.parametrize("form", ([], ["--summary"], ["--quiet"], ["--explain"]))
def test_wrong_usage_in_other_forms_prints_nothing(program, form):
    program.refused("--weather", *form, status=64)


def test_argument_without_an_option_is_a_range(program, sample):
    answers = program.document("memory33", sample.core, "0x100000000+128M")["ranges"]
    assert [answer["start"] for answer in answers] == ["0x108000000", "0x100000000"]


def test_argument_that_is_a_file_is_a_source(program, sample):
    wanted = program.document(sample.core, "memory33")
    assert program.document(sample.path, "memory33") == wanted
    assert program.document("memory33", sample.path) == wanted
    assert program.run_ok("--json", "--", "memory33", sample.path)


def test_argument_that_is_a_range_is_one_whatever_files_there_are(program, sample):
    program.file("memory33", b"\0 is not a source")
    answers = program.document(sample.path, "memory33")["ranges"]
    assert [answer["start"] for answer in answers] == ["0x108000000"]
    assert "./memory33: it is not" in program.refused("./memory33", "memory33")


@pytest.mark.parametrize("word,part", (
    ("no-such-file", "'no-such-file' is neither a range nor a file that exists: a range is "
     "START-END (END is inclusive), START+SIZE or memoryN; a file is a dump, FILE@PA for raw "
     "memory, or a text of kernel_page_tables"),
    ("no-such-file@1G", "'no-such-file@1G' is neither"), ("", "'' is neither"),
    ("140000000+1G", "did you mean 0x140000000"), ("memory33x", "'memory33x' is not a range"),
    ("0x100000000-0x108000000", "looks exclusive"), ("memory.img", "'memory.img' is not a range")))
def test_argument_that_is_neither_has_a_helpful_message(program, sample, word, part):
    assert part in program.refused(sample.core, word, "-rmemory33", status=64)


@pytest.mark.parametrize("option", ("--kcore", "--kcore=core", "--ptdump=core", "--ptdump=-"))
def test_argument_that_is_a_file_is_the_only_source(program, sample, option):
    for arguments in ((sample.path, option), (option, sample.path), (option, "-")):
        message = program.refused(*arguments, "-rmemory33", status=64)
        assert "only one source is allowed" in message


@pytest.mark.parametrize("arguments", (["--redact"], ["--no-such-option"]))
def test_wrong_usage_without_a_source_has_status_64(program, arguments):
    check_usage(program, *arguments)


def check_usage(program, *arguments):
    """A usage error, and words about it."""
    result = program.run(*arguments)
    assert result.returncode == 64, result.message
    assert result.stdout == b""
    assert result.stderr


def test_help_ends_whatever_the_users_margins(program):
    """The C library prints it endlessly if the user leaves it no room."""
    assert program.run_ok("--help", env={"ARGP_HELP_FMT": "rmargin=1"}) == program.run_ok("--help")


@pytest.mark.parametrize("option", ("--help", "-h", "--version", "-V"))
def test_help_and_version_are_printed(program, option):
    assert program.run_ok(option)


@pytest.mark.parametrize("word", (
    "--kcore", "--vmcore", "--range", "--ranges-from", "--json", "--quiet", "--summary",
    "--vmcoreinfo", "--page-size", "--va-bits", "--va-bits-actual", "--phys-offset",
    "--kimage-voffset", "--swapper-pa", "--vmemmap-start", "--struct-page-size",
    "--section-size-bits", "--mem-section", "--kernel-release", "--assume", "--ignore"))
def test_help_has_every_option(program, word):
    assert word in program.run_ok("--help")


def test_version_tells_the_formats(program):
    version = program.run_ok("--version")
    for what in ("/proc/kcore", "kernel_page_tables", "ELF cores", "flattened dumps",
                 "kdump-compressed dumps (zlib, lzo, snappy, zstd", "AVML"):
        assert what in version


def to_full(program, *arguments):
    """Run the program without a place to write to."""
    with open("/dev/full", "wb") as full:
        return program.run(*arguments, stdout=full)


@pytest.mark.parametrize("output", ([], ["--json"], ["--summary"], ["--explain"]))
def test_result_that_cannot_be_written_is_a_failure(program, sample, output):
    result = to_full(program, sample.core, "-rmemory32", *output)
    assert result.returncode == 2
    assert result.stderr


@pytest.mark.parametrize("query", ("--blocks", "--map"))
def test_list_that_cannot_be_written_is_a_failure(program, sample, query):
    assert to_full(program, sample.core, query).returncode == 2


@pytest.mark.parametrize("option", ("--help", "--version"))
def test_help_that_cannot_be_written_is_a_failure(program, option):
    assert to_full(program, option).returncode == 2


def test_quiet_needs_no_place_to_write_to(program, sample):
    assert to_full(program, sample.core, "-rmemory32", "-q").returncode == 0


def test_reader_that_goes_away_is_a_failure(program, sample):
    """A reader that goes away is a failure, not a signal."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        result = program.run(sample.core, "--json", *["-rmemory32"] * 200, stdout=pipe)
    assert result.returncode == 2


# -- what goes to which stream ---------------------------------------------------------------------


@pytest.mark.parametrize("source,text", (("core", "memory32"), ("core", "memory40"),
                                         ("holey", "memory32")))
def test_quiet_says_nothing(program, sample, source, text):
    result = program.run(getattr(sample, source), "-r", text, "-q")
    assert (result.stdout, result.stderr) == (b"", b"")


HUNDRED = ["-rmemory%d" % number for number in range(120)]


@pytest.mark.parametrize("source", ("core", "holey"))
@pytest.mark.parametrize("ranges", (["-rmemory32"], ["-rmemory40"], HUNDRED, HUNDRED * 10,
                                    ["-r0x0-0xffffffffffff"]), ids=len)
def test_summary_is_one_short_line(program, sample, source, ranges):
    text = program.run(getattr(sample, source), "--summary", *ranges).text
    assert text.endswith("\n")
    assert text.count("\n") == 1, text
    assert len(text) - 1 <= 80, text


@pytest.mark.parametrize("output", ([], ["--explain"], ["--summary"]))
def test_text_is_plain_without_a_terminal(program, sample, output):
    result = program.run(sample.core, "-rmemory32", "-rmemory40", *output)
    assert b"\x1b" not in result.stdout + result.stderr


def test_text_names_verdict_and_reasons(program, sample):
    text = program.run_ok(sample.core, "-rmemory40", status=1)
    assert "splits-leaf" in text
    assert re.search("not.removable", text.lower())
    assert re.search("removable", program.run_ok(sample.core, "-rmemory32").lower())


@pytest.mark.parametrize("block", ("memory40", "memory8", "memory100"))
def test_explain_says_more(program, sample, block):
    plain = program.run_ok(sample.core, "-r", block, status=1)
    explained = program.run_ok(sample.core, "-r", block, "--explain", status=1)
    assert len(explained) > len(plain)


def test_document_has_all_that_was_asked(program, sample):
    answer = program.document(sample.core, "-rmemory32", "-rmemory8", "-rmemory40", "-rmemory999",
                              "-r0x100001000+4K", "--blocks", "--map")
    assert answer["source"] == {"kind": "vmcore", "path": sample.path,
                                "format": "elf", "incomplete": None}
    assert answer["kernel"]["overrides"] == []
    assert answer["blocks"] is not None
    assert answer["map"] is not None
    kernel = answer["kernel"]
    assert kernel["kimage_voffset"] == "%#x" % sample.image.voffset
    assert kernel["swapper_pg_dir"] == "%#x" % sample.image.root
    assert kernel["features"] == {"tlbi_range": None, "repeat_tlbi": None,
                                  "bbml2_noabort": None}
    # The plan has to assume something, and says so.
    assert answer["warnings"]


def test_document_counts_unreadable_memory(program, sample):
    answer = program.document(sample.holey, "-rmemory32", "--blocks", "--map", statuses=(2,))
    assert answer["ranges"][0]["verdict"] == "unknown"
    assert answer["ranges"][0]["linear"]["unreadable"] == 128 * MIB


def test_document_without_a_query_has_null_for_it(program, sample):
    answer = program.document(sample.core, "--blocks", statuses=(0,))
    assert answer["ranges"] == []
    assert answer["map"] is None
    answer = program.document(sample.core, "--map", statuses=(0,))
    assert answer["blocks"] is None


def test_same_question_has_the_same_answer(program, sample):
    arguments = [sample.core, "-rmemory32", "-rmemory40", "--blocks", "--map", "--json"]
    assert program.run_ok(*arguments, status=1) == program.run_ok(*arguments, status=1)


@pytest.mark.parametrize("content", (None, "not a core\n" * 1000), ids=("missing", "junk"))
def test_error_with_json_is_a_document(program, content):
    result = program.run("--vmcore=" + program.file("source", content), "-rmemory32", "--json")
    assert result.returncode == 2
    answer = program.read(result.text)
    assert set(answer) == {"schema", "error"}
    assert answer["schema"] == "hotremove-check/1"
    assert isinstance(answer["error"]["message"], str)
    assert answer["error"]["message"]


def test_path_in_a_document_is_escaped(program, sample):
    path = program.file('od"d\n\\name')
    os.symlink(sample.path, path)
    answer = program.document("--vmcore=" + path, "-rmemory32")
    assert answer["source"]["path"] == path


# -- overrides, --assume and --ignore --------------------------------------------------------------


def echoed(program, sample, *options):
    """The document with these options, and the overrides it names."""
    answer = program.document(sample.core, "-rmemory32", *options)
    return answer["kernel"], answer["kernel"]["overrides"]


def test_override_with_the_same_value_changes_nothing(program, sample):
    plain = one(program, sample, "memory32")
    kernel = sample.machine.kernel
    options = {"page-size": "4096", "va-bits": "48", "va-bits-actual": "48",
               "phys-offset": "%#x" % kernel.memstart,
               "kimage-voffset": "%#x" % sample.image.voffset,
               "swapper-pa": "%#x" % sample.image.root,
               "vmemmap-start": "%#x" % kernel.vmemmap_start, "struct-page-size": "64",
               "section-size-bits": "27", "kernel-release": kernel.release,
               "mem-section": "%#x" % kernel.lin(sample.image.sections_pa)}
    for name, value in options.items():
        answer = program.document(sample.core, "-rmemory32", "--%s=%s" % (name, value))
        assert answer["ranges"][0] == plain
        assert answer["kernel"]["overrides"] == ["%s=%s" % (name, value)]
    every = ["--%s=%s" % pair for pair in options.items()]
    answer = program.document(sample.core, "-rmemory32", *every)
    assert answer["ranges"][0] == plain
    assert set(answer["kernel"]["overrides"]) == {"%s=%s" % pair for pair in options.items()}


def test_options_replace_the_note(program, sample):
    """With all values no file is needed; without mem_section, nothing is known of sections."""
    bare = program.file("bare")
    containers.write_elf(bare, containers.memory_segments(sample.image),
                         containers.note("CORE", 1, b"\0" * 392))
    kernel, plain = sample.machine.kernel, one(program, sample, "memory32")
    options = ["--vmcore=" + bare, "--page-size=4K", "--va-bits=48",
               "--phys-offset=%#x" % kernel.memstart, "--swapper-pa=%#x" % sample.image.root,
               "--struct-page-size=64", "--kernel-release=" + kernel.release]
    whole = "--mem-section=%#x" % kernel.lin(sample.image.sections_pa)
    answer = program.document(*options, whole, "-rmemory32", statuses=(0,))
    assert answer["ranges"][0]["verdict"] == plain["verdict"] == "removable"
    assert answer["ranges"][0]["linear"] == plain["linear"]
    assert whole[2:] in answer["kernel"]["overrides"]
    less = program.document(*options, "-rmemory32", statuses=(2,))["ranges"][0]
    assert less["linear"] == plain["linear"] and less["guard"]["outcome"] == "unknown"
    assert "--mem-section" in less["reasons"][0]["message"]


def test_everything_that_is_missing_is_named_at_once(program, sample):
    bare = program.file("bare")
    containers.write_elf(bare, containers.memory_segments(sample.image),
                         containers.note("CORE", 1, b"\0" * 392))
    message = program.refused("--vmcore=" + bare, "-rmemory32")
    for option in ("vmcoreinfo", "page-size", "va-bits", "va-bits-actual", "phys-offset",
                   "swapper-pa", "struct-page-size", "kernel-release", "mem-section"):
        assert "--" + option in message
    assert "--page-size" not in program.refused("--vmcore=" + bare, "--page-size=4K", "-rmemory32")


def test_address_of_the_pointer_is_not_that_of_the_array(program, sample):
    message = program.refused(sample.core, "-rmemory32", "--mem-section=0xffff800080000000")
    assert "is not in the linear map" in message and "--mem-section=0xffff800080000000" in message


def test_sections_of_another_array_are_not_used(program, sample):
    """The array is aligned to 64 bytes, which are 8 roots: 256 GiB of memory."""
    gib, boot = 1 << 30, 0x40000000
    regions = [Region(boot, gib, boot=True), Region(4 * gib, gib, boot=True),
               Region(boot + 256 * gib, gib, boot=True), Region(260 * gib, gib)]
    image = Image(Layout(Machine(sample.kernel, regions)))
    path, kernel = program.file("core"), sample.kernel
    containers.write_plain(path, image)
    sections = kernel.lin(image.sections_pa)
    right = program.document("--vmcore=" + path, "--mem-section=%#x" % sections, "-rmemory32",
                             statuses=(1,))["ranges"][0]
    assert "boot-memory" in codes_of(right)
    for moved in (-64, 64):
        answer = program.document("--vmcore=" + path, "--mem-section=%#x" % (sections + moved),
                                  "-rmemory32", statuses=(2,))
        assert any("--mem-section" in text for text in answer["warnings"])
        assert answer["ranges"][0]["verdict"] == "unknown"


def test_overrides_win(program, sample):
    kernel, overrides = echoed(program, sample, "--kernel-release=7.1.3")
    assert kernel["release"] == "7.1.3"
    assert kernel["models"]["guard"]["value"] == "next-range"
    assert overrides == ["kernel-release=7.1.3"]
    assert echoed(program, sample, "--struct-page-size=128")[0]["struct_page_size"] == 128
    kernel, _ = echoed(program, sample, "--section-size-bits=30")
    assert (kernel["section_size"], kernel["memory_block_size"]) == (GIB, GIB)
    moved = "%#x" % (sample.machine.kernel.vmemmap_start + GIB)
    assert echoed(program, sample, "--vmemmap-start=" + moved)[0]["vmemmap_start"] == moved
    assert echoed(program, sample, "--phys-offset=0x0")[0]["phys_offset"] == "0x0"
    assert echoed(program, sample, "--swapper-pa=0x40000000")[0]["swapper_pg_dir"] == "0x40000000"


def test_wrong_phys_offset_makes_nothing_removable(program, sample):
    """The leaves then lead to memory other than the range in question: nothing is removable."""
    answer = one(program, sample, "memory32", "--phys-offset=0x0")
    assert answer["verdict"] != "removable"


def test_assumptions_win_and_are_repeated(program, sample):
    kernel, overrides = echoed(program, sample,
                               "--assume=teardown=per-leaf,flush=page-loop,guard=none")
    for name, value in (("teardown", "per-leaf"), ("flush", "page-loop"), ("guard", "none")):
        assert kernel["models"][name]["value"] == value
        assert kernel["models"][name]["from"] != "release"
        assert any(value in text for text in overrides), overrides
    kernel, _ = echoed(program, sample, "--assume=tlbi-range=0", "--assume=repeat-tlbi=1")
    assert kernel["features"] == {"tlbi_range": False, "repeat_tlbi": True,
                                  "bbml2_noabort": None}
    kernel, _ = echoed(program, sample, "--assume=tlbi-range=1,repeat-tlbi=0")
    assert kernel["features"] == {"tlbi_range": True, "repeat_tlbi": False,
                                  "bbml2_noabort": None}
    assert echoed(program, sample, "--assume=lpa2=1")[0]["lpa2"] is True


def test_repeated_tlbi_adds_one_to_each_flush(program, sample):
    """The new form of the workaround adds one TLBI to each flush."""
    plain = one(program, sample, "memory32", "--assume=repeat-tlbi=0")["teardown"]["batched"]
    again = one(program, sample, "memory32", "--assume=repeat-tlbi=1")["teardown"]["batched"]
    assert again["total"]["tlbi"] > plain["total"]["tlbi"]


def test_calls_for_each_block_flush_the_linear_map_more_often(program, sample):
    """Each call flushes its part of the linear map; the calls do not change what is freed."""
    whole, blocks = (one(program, sample, "%#x+512M" % FREE, "--assume=calls=" + value)["teardown"]
                     for value in ("range", "block"))
    assert whole["calls"] == {"value": "range", "count": 1, "from": "option"}
    assert blocks["calls"] == {"value": "block", "count": 4, "from": "option"}
    assert whole["batched"]["linear"]["flushes"] == 1
    assert blocks["batched"]["linear"]["flushes"] == 4
    for part in ("vmemmap", "tables"):
        assert whole["batched"][part] == blocks["batched"][part]
    assert whole["per_leaf"] == blocks["per_leaf"]


def test_calls_for_each_block_split_a_leaf_of_several(program, sample):
    arguments = (sample.core, "-r%#x+1G" % SPLIT, "--assume=guard=none")
    program.document(*arguments, statuses=(0,))
    answer = program.document(*arguments, "--assume=calls=block", statuses=(1,))["ranges"][0]
    reason = answer["reasons"][0]
    assert (reason["code"], reason["map"], reason["edge"]) == ("splits-leaf", "linear", None)
    assert reason["leaf"]["size"] == GIB
    assert answer["nearest"] == {"inside": None, "around": None}
    assert program.run(*arguments, "-q", "--assume=calls=block").returncode == 1


def test_text_tells_the_calls_and_how_they_are_known(program, sample):
    text = program.run_ok(sample.core, "-r%#x+512M" % FREE)
    assert "in 1 call of arch_remove_memory() for the whole range (assumed)" in text
    text = program.run_ok(sample.core, "-r%#x+512M" % FREE, "--assume=calls=block")
    assert "in 4 calls of arch_remove_memory(), one per memory block (option)" in text


def test_ignored_reasons_are_told_but_do_not_count(program, sample):
    split = program.document(sample.core, "-rmemory40", "--ignore=splits-leaf,guard-veto",
                             statuses=(0,))["ranges"][0]
    assert split["verdict"] == "removable"
    assert "splits-leaf" in [reason["code"] for reason in split["reasons"]]
    program.document(sample.core, "-rmemory40", "--ignore=boot-memory", statuses=(1,))
    boot = program.document(sample.core, "-rmemory8", "--ignore=boot-memory", statuses=(0,))
    assert "boot-memory" in [r["code"] for r in boot["ranges"][0]["reasons"]]
    hidden = program.document(sample.holey, "-rmemory32", "--ignore=unreadable")
    assert "unreadable" in [r["code"] for r in hidden["ranges"][0]["reasons"]]


def test_vmcoreinfo_may_come_from_a_file(program, sample):
    """A core without the note is readable with VMCOREINFO from elsewhere."""
    bare = program.file("bare")
    containers.write_elf(bare, containers.memory_segments(sample.image),
                         containers.note("CORE", 1, b"\0" * 392))
    text = program.file("vmcoreinfo", sample.image.vmcoreinfo())
    answer = program.document("--vmcore=" + bare, "--vmcoreinfo=" + text, "-rmemory32",
                              statuses=(0,))
    assert answer["ranges"][0] == one(program, sample, "memory32")
    assert any(item.startswith("vmcoreinfo=")
               for item in answer["kernel"]["overrides"])
    # In a mail it has other line ends; elsewhere in a line they are damage.
    for ending in (b"", b"\r", b"\r\n"):
        lines = sample.image.vmcoreinfo().rstrip(b"\n").replace(b"\n", b"\r\n") + ending
        path = program.file("crlf", lines)
        answer = program.document("--vmcore=" + bare, "--vmcoreinfo=" + path, "-rmemory32",
                                  statuses=(0,))
        assert answer["ranges"][0] == one(program, sample, "memory32")
    torn = program.file("torn", sample.image.vmcoreinfo().replace(b"PAGESIZE=", b"PAGESIZE=\r"))
    program.refused("--vmcore=" + bare, "--vmcoreinfo=" + torn,
                    "-rmemory32")
    # It wins over a note.
    changed = sample.image.vmcoreinfo().replace(b"7.2.12", b"7.1.3")
    other = program.file("other", changed)
    answer = program.document(sample.core, "--vmcoreinfo=" + other, "-rmemory32")
    assert answer["kernel"]["release"].startswith("7.1.3")


def test_contradictory_overrides_leave_a_document(program, sample):
    result = program.run(sample.core, "-rmemory32", "--json", "--page-size=64K",
                         "--va-bits=52", "--va-bits-actual=52")
    assert result.returncode in (1, 2)
    assert misfit(parse(result.text)) == ""
