# SPDX-License-Identifier: GPL-2.0-or-later
"""The limits of the program: whatever exceeds one is refused or cut short, and the message or the
answer names the limit. tests/unit has the tests of limits that need a source of their own."""

import bz2
import gzip
import lzma
import os
import re
import resource
import struct
import subprocess
import zlib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import containers
import ptdump
import pytest
from arm64 import Kernel
from documents import misfit, parse
from image import Image
from layout import Layout, Machine, Region
from processes import Running
from program import PATIENCE
from support import skip_if_emulated, skip_under_valgrind, skip_without_sandbox
from vast import write_vast

GIB, MIB = 1 << 30, 1 << 20
TERABYTE = 1 << 40
NAME = "hotremove-check"
MANUAL = Path(__file__).resolve().parents[2] / "man" / "hotremove-check.1"

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


def write_core(folder, name, *regions):
    """The option that names a core of a machine."""
    path = os.path.join(folder, name)
    containers.write_plain(path, Image(Layout(Machine(Kernel(), list(regions)))))
    return "--vmcore=" + path


@pytest.fixture(scope="module", name="sample")
def make_sample(shared):
    """An ordinary core, one with millions of memory blocks, one whose tables take long to walk, and
    one with more memory blocks than a range lists."""
    write_many(str(shared / "many"))
    write_vast(str(shared / "vast"))
    return SimpleNamespace(path=str(shared / "core"), core=write_core(shared, "core", BOOT),
                           many="--vmcore=%s" % (shared / "many"),
                           vast="--vmcore=%s" % (shared / "vast"),
                           large=write_core(shared, "large", BOOT, LARGE))


# -- whatever exceeds a limit is refused with a sentence that names it -----------------------------


def check(program, part, *arguments, status=64):
    """ARGUMENTS are refused with PART in the message."""
    assert part in program.refused(*arguments, status=status)


@pytest.mark.parametrize("part,arguments", (
    ("too many ranges: the limit is 4096", ["-rmemory8"] * 4097),
    ("too many overrides: the limit is 64", ["-rmemory8"] + ["--page-size=4096"] * 65),
    ("too many files for one dump: the limit is 64", ["--vmcore=core"] * 64 + ["-rmemory8"]),
    ("seconds from 1 to 86400", ["-rmemory8", "--timeout=86401"]),
    ("seconds from 1 to 86400", ["-rmemory8", "--watch=86401"])),
    ids=("ranges", "overrides", "files", "timeout", "watch"))
def test_command_line_has_limits(program, sample, part, arguments):
    check(program, part, sample.core, *arguments)


def test_files_have_limits(program, sample):
    longest = "memory8 #" + "x" * (4094 - 9)
    program.run_ok(sample.core, "--ranges-from=" + program.file("longest", longest + "\n"), "-q",
                   status=1)
    check(program, ":2: the line is longer than 4094 bytes", sample.core,
          "--ranges-from=" + program.file("longer", "\n" + longest + "x\n"))
    check(program, "too many ranges: the limit is 4096", sample.core,
          "--ranges-from=" + program.file("ranges", "memory8\n" * 4097))
    check(program, "too many lines: the limit is 1048576", sample.core,
          "--ranges-from=" + program.file("lines", "#\n" * (MIB + 1)))
    with open(program.file("huge"), "wb") as out:
        out.truncate((256 << 20) + 1)
    check(program, "is longer than the limit of 256 MiB", sample.core, "--ranges-from=" + out.name)
    check(program, "is larger than the limit of 1048576", sample.core, "-rmemory8",
          "--vmcoreinfo=" + program.file("info", "\n" * (MIB + 1)), status=2)
    check(program, "longer than the limit of 1024 bytes", "--map",
          "--ptdump=" + program.file("text", "x" * 1025), status=2)


def test_note_of_a_kdump_has_a_limit(program):
    path = program.file("kdump")
    containers.write_kdump(path, Image(Layout(Machine(Kernel(), [BOOT]))))
    with open(path, "r+b") as dump:
        dump.truncate(max(os.path.getsize(path), 2 * MIB))
        dump.seek(4096 + 40)
        dump.write(struct.pack("<Q", MIB + 1))
    check(program, "exceeds the limit of 1048576", "--vmcore=" + path, "-rmemory8", status=2)


@pytest.mark.usefixtures("patience")
def test_search_has_a_limit(program, sample):
    check(program, "more than 1048576 memory blocks", sample.many, "--suggest=1G", status=2)


# -- a list that is cut short says so --------------------------------------------------------------


def warned(answer, part):
    """How many warnings of ANSWER have PART."""
    return sum(part in warning for warning in answer["warnings"])


@pytest.mark.usefixtures("patience")
def test_lists_of_a_range_are_cut_short(program, sample):
    wide = "--assume=teardown=batched-wide"
    result = program.run(sample.large, wide, LARGE_RANGE, LARGE_RANGE, "--json")
    answer = parse(result.text)
    for found in answer["ranges"]:
        assert len(found["guard"]["blocks"]) == 65536
        assert len(found["teardown"]["range_ops"]) == 65536
        # They are all alike, and to compare all of them with the schema takes a minute.
        del found["guard"]["blocks"][1000:], found["teardown"]["range_ops"][1000:]
    assert misfit(answer) == ""
    assert warned(answer, "more than 65536 memory blocks") == 1
    assert warned(answer, "more than 65536 TLB range operations") == 1
    text = program.run_ok(sample.large, wide, LARGE_RANGE, status=1)
    assert "refuses 65536 of the first 65536 memory blocks" in text
    assert "and over 65528 more range ops; see --json" in text
    answer = program.document(sample.large, wide, "-r%#x+1T" % TERABYTE)
    assert warned(answer, "65536") == 0


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


@pytest.mark.usefixtures("patience")
def test_malformed_groups_are_compared_up_to_a_limit(program):
    """They are compared one by one."""
    for count in (4096, 4097):
        layout = with_malformed_groups(count)
        containers.write_plain(program.file("groups"), Image(layout))
        text = ptdump.as_text(ptdump.Writer(layout).lines())
        answer = program.document("--vmcore=" + program.file("groups"),
                                  "--verify-ptdump=" + program.file("text", text))
        assert answer["verify"]["differences"] == []
        assert warned(answer, "the 4096 that are compared") == (count > 4096)
        assert answer["status"] == (2 if count > 4096 else 0)


@pytest.mark.usefixtures("patience")
def test_long_override_is_told_whole(program, sample):
    name = program.file("x" * 250, Image(Layout(Machine(Kernel(), [BOOT]))).vmcoreinfo())
    assert ("vmcoreinfo=%s\n" % name
            in program.run_ok(sample.core, "--vmcoreinfo=" + name, "-rmemory8", status=1))


# -- beyond its limit, or after a failure, nothing is written, and the work stops ------------------


# Each would take more than CPU_SECONDS if it continued.
LONG = (("--json", "--map"), ("--json", "--blocks"), ("--blocks", "--all"))

CPU_SECONDS = 10


@pytest.fixture(name="patience")
def check_patience(program):
    """For tests of work that is long."""
    skip_under_valgrind(program, "this takes minutes")
    skip_if_emulated(program, "this takes minutes")


def limit_work():
    """Runs in the child, before the program. The machine's load does not change the result."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))


def source(sample, query):
    """The core about which QUERY takes long to answer."""
    return sample.vast if "--map" in query else sample.many


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("query", LONG)
def test_output_has_a_limit(limited, sample, query):
    result = limited.run(source(sample, query), *query, prepare=limit_work)
    assert result.returncode == 2
    assert (result.message.replace("-limited", "")
            == CANNOT_WRITE + "it exceeds the limit of 2 MiB\n")
    assert LIMITED_OUTPUT // 4 <= len(result.stdout) <= LIMITED_OUTPUT
    assert b'"error"' not in result.stdout


@pytest.mark.usefixtures("patience")
def test_quiet_has_no_output_to_limit(limited, sample):
    result = limited.run(sample.many, "-q", "-rmemory8")
    assert (result.stdout, result.stderr) == (b"", b"")


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("query", LONG)
def test_nowhere_to_write_ends_the_work(program, sample, query):
    with open("/dev/full", "wb") as full:
        result = program.run(source(sample, query), *query, stdout=full, prepare=limit_work)
    assert result.returncode == 2
    assert result.message == CANNOT_WRITE + "No space left on device\n"


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("query", LONG)
def test_reader_that_goes_away_ends_the_work(program, sample, query):
    with Running(program, source(sample, query), *query, prepare=limit_work) as running:
        running.process.stdout.readline()
        running.process.stdout.close()
        assert running.process.wait(PATIENCE) == 2
        assert running.process.stderr.read().decode() == CANNOT_WRITE + "Broken pipe\n"


@pytest.mark.usefixtures("patience")
def test_nowhere_to_write_ends_the_list_of_ranges(program, sample):
    """The second of them is no longer looked at."""
    ranges = program.file("ranges", (LARGE_RANGE[2:] + "\n") * 1000)
    with open("/dev/full", "wb") as full:
        result = program.run(sample.large, "--json", "--ranges-from=" + ranges,
                             stdout=full, prepare=limit_work)
    assert result.returncode == 2
    assert result.message == CANNOT_WRITE + "No space left on device\n"


# -- the message names the limit of memory if it is the sandbox's ----------------------------------

SANDBOX = "not enough memory: the limit is 64 MiB (--no-sandbox lifts it)"


def short_of_memory(limited, sample, *options, prepare=None):
    """The message, which must be the same in the error document."""
    result = limited.run(sample.large, LARGE_RANGE, "--json", *options, prepare=prepare)
    assert result.returncode == 2
    message = limited.read(result.text)["error"]["message"]
    assert result.message == "%s-limited: %s\n" % (NAME, message)
    return message


def limit_memory():
    """Runs in the child: less than the sandbox's limit."""
    resource.setrlimit(resource.RLIMIT_AS, (60 * MIB, 60 * MIB))


def test_limit_of_the_sandbox_is_named(limited, program, sample):
    skip_without_sandbox(program)
    skip_if_emulated(program, "there is no limit of memory")
    assert short_of_memory(limited, sample) == SANDBOX


@pytest.mark.parametrize("options", ((), ("--no-sandbox",)))
def test_limit_of_the_user_is_not_the_sandboxs(limited, program, sample, options):
    skip_without_sandbox(program)
    skip_if_emulated(program, "there is no limit of memory")
    message = short_of_memory(limited, sample, *options, prepare=limit_memory)
    assert message == "not enough memory"


# -- memory at high addresses costs no more than at low ones ---------------------------------------

# How far added memory lies above the start of memory. RAM of dual-socket Arm servers begins at
# 64 TiB.
HOT = 16 * GIB


def answer(program, base, write):
    """The answers about memory that begins at BASE, in a file that WRITE makes."""
    regions = [Region(base, 256 * MIB, boot=True),
               Region(base + HOT, GIB, linear="cont-pmd")]
    path = program.file("high")
    write(path, Image(Layout(Machine(Kernel(dram_base=base), regions))))
    found = program.document("--vmcore=" + path, "-r%#x+1G" % (base + HOT), "--blocks")
    os.unlink(path)
    return found


def test_high_memory_has_the_answers_of_low_memory(program):
    keys = ("verdict", "reasons", "linear", "vmemmap", "teardown")
    low = answer(program, GIB, containers.write_kdump)
    assert low["status"] == 0
    for base in (64 * TERABYTE, 70 * TERABYTE):
        high = answer(program, base, containers.write_kdump)
        assert high["status"] == 0
        for key in keys[:-1]:
            assert high["ranges"][0][key] == low["ranges"][0][key]
        assert (high["ranges"][0]["teardown"]["batched"]["total"]
                == low["ranges"][0]["teardown"]["batched"]["total"])
        assert len(high["blocks"]) == len(low["blocks"])
        plain = answer(program, base, containers.write_plain)
        for key in ("kernel", "ranges", "blocks"):
            assert high[key] == plain[key]


def test_high_memory_of_a_split_set_is_read(program):
    base = 70 * TERABYTE
    regions = [Region(base, 256 * MIB, boot=True), Region(base + HOT, GIB)]
    paths = [program.file("part%d" % number) for number in range(3)]
    containers.write_kdump_split(paths, Image(Layout(Machine(Kernel(dram_base=base), regions))))
    program.run_ok(*["--vmcore=" + path for path in paths], "-q", "-r%#x+1G" % (base + HOT))


# -- a small file takes little work, whatever it says: the worst input of each loop ----------------

# Of CPU, many times of what it takes: without a bound it is minutes.
WORK_SECONDS = 30


def bound_work():
    """For the program, and the processes that it starts."""
    resource.setrlimit(resource.RLIMIT_CPU, (WORK_SECONDS, WORK_SECONDS))


def skip_if_slow(program):
    """Skip where the work that is bounded takes many times as long."""
    skip_under_valgrind(program, "this takes minutes")
    skip_if_emulated(program, "this takes minutes")
    if program.is_sanitized:
        pytest.skip("this takes minutes")


def run_bounded(program, *arguments):
    """The status of the program, which ends by itself."""
    skip_if_slow(program)
    result = program.run(*arguments, stdout=subprocess.DEVNULL, prepare=bound_work)
    assert "CPU time" not in result.message
    return result.returncode


def share_tables(image, entry=None, level=3):
    """One chain of tables maps everything that the kernel maps; ENTRY gives its last entries."""
    table, entries = image.pool.take(), image.page_size // 8
    entry = entry or (lambda index: image.address_bits(
        TERABYTE + (2 * index + index % 3) * image.page_size) | 0x703)
    for index in range(entries):
        image.write_entry(table, index, entry(index))
    while level > image.geometry.root_level + 1:
        above, level = image.pool.take(), level - 1
        for index in range(entries):
            image.write_entry(above, index, image.address_bits(table) | 3)
        table = above
    for index in range(entries):
        if not image.read_entry(image.root, index):
            image.write_entry(image.root, index, image.address_bits(table) | 3)


def test_shared_tables_and_sections_take_little_work(program):
    for bits in (48, 52):
        image = Image(Layout(Machine(Kernel(va_bits=bits, pa_bits=bits), [BOOT])))
        share_tables(image)
        share_sections(image)
        containers.write_plain(program.file("shared"), image)
        # One section of each root is boot memory, which decides about a range.
        for query, status in ((["--blocks"], 2), (["--suggest=1G"], 2), (["--map"], 2),
                              (["--diff=" + program.file("shared")], 2),
                              (["-r0x40000000+32T"], 1), (["-q", "-r0x40000000+32T"], 1),
                              (["-r0x40000000+32T", "--ignore=boot-memory"], 2)):
            assert run_bounded(program, "--vmcore=" + program.file("shared"), *query) == status


def test_shared_tables_alone_take_little_work(program):
    """Sections with unknown flags are of no use: the linear map has to show what exists."""
    for bits in (48, 52):
        image = Image(Layout(Machine(Kernel(va_bits=bits, pa_bits=bits), [BOOT])))
        share_tables(image)
        share_sections(image, boot=7)
        containers.write_plain(program.file("alone"), image)
        for query in (["--blocks"], ["--suggest=1G"]):
            assert run_bounded(program, "--vmcore=" + program.file("alone"), *query) == 2


def without_sections(program, image, bits):
    """Options for a core whose note leaves the sections out, apart from their size."""
    note = [line for line in image.vmcoreinfo().splitlines() if b"section" not in line.lower()]
    containers.write_plain(program.file("core"), image)
    return ("--vmcore=" + program.file("core"), "--section-size-bits=%d" % bits,
            "--vmcoreinfo=" + program.file("note", b"\n".join(note) + b"\n"))


def test_unreadable_root_takes_little_work(program):
    """Neither tables nor sections tell what exists, and blocks could be of 2 MiB."""
    image = Image(Layout(Machine(Kernel(va_bits=52, pa_bits=52), [BOOT])))
    arguments = (*without_sections(program, image, 21), "--swapper-pa=0x3ff000000000")
    for query in ("--blocks", "--suggest=1G"):
        assert run_bounded(program, *arguments, query) == 2
    assert program.document(*arguments, "--blocks")["blocks"] == []


def test_tables_that_lead_nowhere_take_little_work(program):
    """The tables of all memory are shared, and name tables of pages that the core lacks."""
    image = Image(Layout(Machine(Kernel(va_bits=52, pa_bits=52), [BOOT])))
    share_tables(image, lambda index: image.address_bits(63 * TERABYTE) | 3, level=2)
    arguments = without_sections(program, image, 21)
    for query, status in (("--blocks", 2), ("--suggest=1G", 2), ("-r0x40000000+1024T", 1)):
        assert run_bounded(program, *arguments, query) == status


def test_blocks_end_where_the_source_has_no_room_for_more(program):
    write_many(program.file("shared"), room=0)
    answer = program.document("--vmcore=" + program.file("shared"), "--blocks")
    assert answer["status"] == 2
    assert sum("can hold sections for" in text for text in answer["warnings"]) == 1


def test_pieces_of_a_byte_take_little_work(program):
    count = (10 * MIB) // 17
    pieces = b"".join(struct.pack(">qqB", place * 4096, 1, 7) for place in range(count))
    head = struct.pack(">16sqq", b"makedumpfile", 1, 1).ljust(4096, b"\0")
    path = program.file("flat", head + pieces + struct.pack(">qq", -1, -1))
    assert run_bounded(program, "--vmcore=" + path, "-q", "-r0+1G") == 2


def test_zeros_that_are_compressed_take_little_work(program):
    member = gzip.compress(b"\0" * (256 * MIB), 9)
    path = program.file("gzip", member * (10 * MIB // len(member)))
    assert run_bounded(program, "--vmcore=" + path, "-q", "-r0+1G") == 2


def test_members_without_content_take_little_work(program):
    for pack in (gzip.compress, lzma.compress, bz2.compress):
        member = pack(b"")
        path = program.file("empty", member * (10 * MIB // len(member)))
        assert run_bounded(program, "--vmcore=" + path, "-q", "-r0+1G") == 2


def test_missing_descriptors_take_little_work(program):
    """A bitmap of ten MiB has a page in each bit, and all of their descriptors are a hole."""
    path, block, blocks = program.file("kdump"), 4096, 10 * MIB // 4096
    containers.write_kdump(path, Image(Layout(Machine(Kernel(), [BOOT]))))
    with open(path, "r+b") as dump:
        dump.seek(432)
        sub_blocks, = struct.unpack("<I", dump.read(4))
        dump.write(struct.pack("<I", 2 * blocks))
        bitmap = (1 + sub_blocks + blocks) * block
        dump.truncate((1 + sub_blocks) * block)
        dump.seek(bitmap)
        dump.write(b"\xff" * (blocks * block))
        dump.truncate(bitmap + blocks * block * (1 + 8 * 24) + MIB)
    assert run_bounded(program, "--vmcore=" + path, "-q", "-r0+1G") == 2


def vast_text(program, granule, va_bits, level):
    """The options for a text of one line, which maps all that the linear map has room for."""
    start, end = (1 << 64) - (1 << va_bits), (1 << 64) - (1 << va_bits - 1)
    path = program.file("text", "---[ Linear Mapping start ]---\n"
                        "%#x-%#x %11dT %s       RW NX SHD AF NG     UXN MEM/NORMAL\n"
                        "---[ Linear Mapping end ]---\n"
                        % (start, end, (end - start) // TERABYTE, level))
    return ["--ptdump=" + path, "--page-size=" + granule, "--phys-offset=0",
            "--va-bits=%d" % va_bits]


# Pages that begin like VMCOREINFO, and pages that are a text but for their end.
@pytest.mark.parametrize("page", (b"OSRELEASE=6.1\n".ljust(4096, b"\0"),
                                  b"OSRELEASE=6.1\n" + b"SIZE(x)=1\n" * 408 + b"\n\n"),
                         ids=("short", "endless"))
@pytest.mark.usefixtures("patience")
def test_search_for_vmcoreinfo_is_bounded(program, page):
    path = program.file("core")
    pages = [(0, page * (10 * MIB // 4096))]
    containers.write_elf(path, [containers.Segment(0, BOOT.pa, 10 * MIB, pages)],
                         containers.note("CORE", 1, b"\0" * 392))
    result = program.run("--vmcore=" + path, "-rmemory8", prepare=limit_work)
    assert result.returncode == 2 and "none is used" in result.message, result.message


class Blocks(containers.KdumpFile):
    """A kdump-compressed dump whose first block is FIRST; the others are zeros, each with data of
    its own."""

    def __init__(self, first, count, step=1):
        kernel = SimpleNamespace(release="6.1.0")
        pages = dict.fromkeys(range(0, count * step * 65536, step * 65536), b"")
        super().__init__(SimpleNamespace(page_size=65536, pages=pages, kernel=kernel), False)
        self.packed = [zlib.compress(first.ljust(65536, b"\0"), 9), zlib.compress(b"\0" * 65536, 9)]

    def _pack(self, number, page):
        return self.packed[number > 0], containers.ZLIB


@pytest.mark.parametrize("step", (1, 2))
def test_search_of_a_small_kdump_for_vmcoreinfo_takes_little_work(program, step):
    """Ten MiB that stand for six GiB. With every second block, none has a neighbour."""
    skip_if_slow(program)
    path = program.file("kdump")
    Blocks(b"", 100000, step).write(path)
    result = program.run("--vmcore=" + path, "-rmemory8", prepare=bound_work)
    assert result.returncode == 2
    assert re.search(r"\(only the first 11\d\d MiB of the dump's memory were searched for "
                     r"VMCOREINFO\)$", result.message.strip())


@pytest.mark.usefixtures("patience")
def test_text_is_used_with_a_word_that_not_all_memory_was_searched(program):
    path = program.file("kdump")
    Blocks(Image(Layout(Machine(Kernel(), [BOOT]))).vmcoreinfo(), 12000).write(path)
    answer = program.document("--vmcore=" + path, "-rmemory8")
    assert any(re.fullmatch(r"the dump has no note of VMCOREINFO: the text in the first 5\d\d MiB of "
                            r"its memory is used, and the rest was not searched", text)
               for text in answer["warnings"])


# What each step of the cleaning may look at in vain, and what it does most often.
@pytest.mark.parametrize("piece", (
    "\r", "\x1b[0", "\u00a0", "<", "<a ", "<p> ", "&#", "0x1 = ", "0x1 =\n", "---[ ", "0x1-0x",
    "1:1-+<6>a:\t0xffff000000000000-0xffff000000200000\n", "1:1:1:1:1:1:---[ vmemmap\n"))
@pytest.mark.usefixtures("patience")
def test_cleaning_of_a_text_is_bounded(program, piece):
    text = piece.encode() * (10 * MIB // len(piece.encode()))
    result = program.run("--map", "--ptdump=" + program.file("text", text), prepare=limit_work)
    assert result.returncode == 2, result.message


# Tables of small leaves, tables of 8192 entries, addresses of 50 bits and more, many memory blocks.
@pytest.mark.parametrize("granule, va_bits, level, query", (
    ("4K", 48, "PTE", "-r0+128T"), ("4K", 48, "PTE", "--map"), ("4K", 48, "PTE", "--blocks"),
    ("4K", 48, "PTE", "--suggest=1G"), ("4K", 52, "PMD", "--map"), ("64K", 52, "PTE", "--map"),
    ("64K", 52, "PTE", "--blocks"), ("64K", 52, "PMD", "--blocks"),
    ("64K", 52, "PMD", "--suggest=1G")))
def test_text_of_many_entries_takes_little_work(program, granule, va_bits, level, query):
    assert run_bounded(program, *vast_text(program, granule, va_bits, level), query) == 2


def test_entries_of_a_text_are_limited(program):
    skip_if_slow(program)
    options = vast_text(program, "64K", 52, "PTE")
    assert "stands for more than 4294967296 entries" in program.run(*options, "-r0+2048T").text
    assert "stands for more" not in program.run(*options, "-r0+16G").text


def test_memory_blocks_of_a_text_are_limited(program):
    skip_if_slow(program)
    options = vast_text(program, "4K", 52, "PUD")
    result = program.run(*options, "--blocks")
    assert "more than 524288 memory blocks" in result.text
    assert "could not be read: blocks" not in result.text
    check(program, "more than 524288 memory blocks", *options, "--suggest=1G", status=2)


def test_segments_in_segments_take_little_work(program):
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
    containers.write_elf(program.file("nested"), segments, containers.core_notes(image), "end")
    assert run_bounded(program, "--vmcore=" + program.file("nested"), "--blocks") == 0


# -- the manual page has all limits ----------------------------------------------------------------


def test_manual_has_every_limit():
    text = MANUAL.read_text(encoding="utf-8")
    text = re.search(r"^\.Sh LIMITS\n(.*?)^\.Sh ", text, re.S | re.M)[1]
    text = re.sub(r"\n(\.[A-Z][a-z] )?", " ", text)
    for value in ("131,072", "4 MiB", "1 MiB", "52 bits", "64", "256 GiB", "8 TiB", "256 MiB",
                  "1024 bytes", "1,048,576", "4096 ranges", "1,048,576 lines", "4094 bytes",
                  "86,400", "300 seconds", "512 characters", "64 MiB", "4,294,967,296", "524,288",
                  "65,536", "4096 malformed", "a million", "8,388,608", "4 GiB", "1 GiB",
                  "an hour", "512 MiB", "2000", "512 MiB plus 128", "33,554,432"):
        assert value in text
