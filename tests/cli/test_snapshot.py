# SPDX-License-Identifier: GPL-2.0-or-later
"""--save-tables: a small dump with the same answers, and with no other memory."""

import os
import signal
import struct
import subprocess
import time

import containers
import kallsyms
import pytest
import vast
from arm64 import Kernel
from containers import Segment
from hypothesis import given
from hypothesis import strategies as st
from image import Image
from layout import Layout, Machine, Region
from machines import cases
from processes import wait_for, wait_for_reading
from profiles import examples
from support import skip_if_emulated, skip_under_valgrind

GIB, MIB = 1 << 30, 1 << 20
BOOT, FREE, SPLIT = 0x40000000, 0x100000000, 0x140000000
SYMBOLS = BOOT + 128 * MIB
PATTERN = b"\xc0\xde\xfa\xce\x5e\xc2\xe7\x99"
QUERIES = ("--blocks", "--map")
ANSWERS = ("kernel", "ranges", "blocks", "map", "suggestions", "predicted", "warnings", "status")


def save(program, *source, name="snapshot"):
    """The option for a snapshot of SOURCE."""
    path = program.file(name)
    assert program.run_ok(*source, "--save-tables=" + path, "-q") == ""
    return "--vmcore=" + path


def check_same(program, source, snapshot, *query):
    """Both have the same answers, of which it returns one."""
    one, other = (program.document(*which, *query) for which in (source, snapshot))
    assert {key: one[key] for key in ANSWERS} == {key: other[key] for key in ANSWERS}
    assert other["source"]["format"] == "snapshot" and other["source"]["kind"] == "vmcore"
    assert one["source"]["incomplete"] == other["source"]["incomplete"]
    return one


def check_same_ranges(program, source, *asked):
    """A snapshot for ranges has the same answers about them, and no wrong one about others."""
    path = program.file("ranges")
    status = program.run(*source, "--save-tables=" + path, "-q", *asked).returncode
    one = program.document(*source, *asked, "--blocks")
    other = program.document("--vmcore=" + path, *source[1:], *asked, "--blocks")
    assert other["source"]["incomplete"]["bytes"] is None
    assert "some ranges" in " ".join(other["warnings"])
    assert {key: one[key] for key in ("kernel", "ranges")} == {
        key: other[key] for key in ("kernel", "ranges")}
    verdicts = {block["name"]: block["verdict"] for block in one["blocks"]}
    for block in other["blocks"]:
        assert block["verdict"] in ("unknown", verdicts[block["name"]]), block
    return status, path


# -- the same answers ------------------------------------------------------------------------------


@st.composite
def questions(draw):
    """A random machine, and ranges anywhere around it, of which some make no sense for it."""
    case = draw(cases())
    step = case.kernel.section_size
    ends = [region.pa for region in case.machine.regions] + [case.hot[-1].end]
    anywhere = st.builds(lambda base, blocks, pages: max(0, base + blocks * step
                                                         + pages * case.kernel.page_size),
                         st.sampled_from(ends), st.integers(-40, 40), st.sampled_from((0, 0, 1, -1)))
    sizes = st.sampled_from((case.kernel.page_size, step, 3 * step, 70 * step, 1 << 42))
    ranges = draw(st.lists(st.tuples(anywhere, sizes), max_size=8))
    limit = 1 << case.kernel.pa_bits
    return case, [query.text("inclusive") for query in case.queries] + [
        "%#x+%#x" % (start, size) for start, size in ranges if start + size <= limit]


@examples(200)
@given(questions())
def test_random_machine_has_the_same_answers(program, question):
    case, ranges = question
    path = program.file("core")
    containers.write_plain(path, Image(case.layout))
    source = ("--vmcore=" + path, case.model.option())
    snapshot = (save(program, *source), case.model.option())
    asked = ["-r" + text for text in ranges]
    check_same(program, source, snapshot, *asked, *QUERIES, "--suggest=%d" % case.hot[0].size)
    if asked:
        check_same_ranges(program, source, *asked)
    # Without what was assumed, and for memory and a kernel that are not there.
    check_same(program, source[:1], snapshot[:1], *QUERIES, *asked[:3])


def test_snapshot_for_ranges_has_what_these_need(program, sample):
    """The status is that of the answer. Any other query is about all memory."""
    source, asked = ["--vmcore=" + sample.path], "-r%#x+128M" % SPLIT
    status, path = check_same_ranges(program, source, asked)
    assert status == 1
    whole = save(program, *source, name="whole").partition("=")[2]
    assert os.path.getsize(path) < os.path.getsize(whole)
    for query in ("--blocks", "--map", "--suggest=1G", "--diff=" + sample.path):
        program.run(*source, "--save-tables=" + path, asked, "-q", query)
        check_same(program, source, ["--vmcore=" + path], asked, *QUERIES)


def test_prediction_is_the_same(program, sample):
    snapshot = save(program, sample.core)
    for changes in (["--if-removed=%#x+512M" % FREE], ["--if-added=%#x+1G" % (16 * GIB)],
                    ["--if-kernel=6.12.100", "--assume=mapping=pages",
                     "--if-added=%#x+1G,memmap-on-memory" % (16 * GIB)]):
        check_same(program, [sample.core], [snapshot], *changes, *QUERIES, "-r%#x+1G" % SPLIT)


def test_what_was_unreadable_stays_so_for_the_same_reason(program, sample):
    snapshot = save(program, sample.holey)
    answer = check_same(program, [sample.holey], [snapshot], "-r%#x+512M" % FREE, *QUERIES)
    assert answer["ranges"][0]["verdict"] == "unknown"


def test_incomplete_dump_is_incomplete_in_the_snapshot(program, sample):
    """What is missing, and the warning."""
    with open(sample.path, "rb") as core:
        content = core.read()
    cut = program.file("cut", content[:-3 * 4096 - 100])
    snapshot = save(program, "--vmcore=" + cut)
    answer = check_same(program, ["--vmcore=" + cut], [snapshot], *QUERIES, "-r%#x+512M" % FREE)
    assert answer["source"]["incomplete"]["bytes"] == 3 * 4096 + 100
    assert any("incomplete" in warning for warning in answer["warnings"])
    text = program.run("--vmcore=" + cut, "--blocks").text
    assert text == program.run(snapshot, "--blocks").text


def test_snapshot_of_a_snapshot_is_the_same(program, sample):
    once = save(program, sample.holey, name="once")
    twice = save(program, once, name="twice")
    with open(program.file("once"), "rb") as one, open(program.file("twice"), "rb") as other:
        assert one.read() == other.read()
    check_same(program, [once], [twice], *QUERIES)


@pytest.mark.parametrize("name", ("tables.zst", "plain"))
def test_name_decides_about_compression(program, sample, name):
    snapshot = save(program, sample.core, name=name)
    with open(program.file(name), "rb") as file:
        head = file.read(4)
    assert head == (b"\x28\xb5\x2f\xfd" if name.endswith(".zst") else b"\x7fELF")
    check_same(program, [sample.core], [snapshot], *QUERIES, "-r%#x+1G" % SPLIT)


def test_given_note_is_kept_and_is_still_checked(program, sample):
    """A dump without a note, and a file that may be of another boot."""
    note = program.file("note", sample.image.vmcoreinfo())
    bare = program.file("bare")
    containers.write_elf(bare, containers.memory_segments(sample.image), b"")
    source = ("--vmcore=" + bare, "--vmcoreinfo=" + note)
    snapshot = save(program, *source)
    one, other = program.document(*source, *QUERIES), program.document(snapshot, *QUERIES)
    for key in ("blocks", "map", "warnings"):
        assert one[key] == other[key]
    one["kernel"].pop("overrides")
    other["kernel"].pop("overrides")
    assert one["kernel"] == other["kernel"]


def test_live_core_has_the_same_answers(program, sample):
    """A running kernel's, which is not this machine's."""
    path = program.file("kcore")
    containers.write_kcore(path, sample.image)
    snapshot = save(program, "--kcore=" + path)
    check_same(program, ["--kcore=" + path], [snapshot], *QUERIES, "-r%#x+1G" % SPLIT,
               "--suggest=128M")


def test_it_is_saved_without_a_sandbox_too(program, sample):
    path = program.file("free")
    assert program.run(sample.core, "--save-tables=" + path, "--no-sandbox").returncode == 0
    check_same(program, [sample.core], ["--vmcore=" + path], *QUERIES)


# -- what the host knows, and symbols --------------------------------------------------------------


def with_symbols(program, symbols):
    """The option for a core with these symbols, and its image."""
    regions = [Region(BOOT, 256 * MIB, boot=True), Region(FREE, GIB, linear="pmd")]
    image = Image(Layout(Machine(Kernel(release="5.4.61-vendor"), regions)))
    note = image.vmcoreinfo() + kallsyms.write(image, SYMBOLS, symbols)
    path = program.file("core")
    containers.write_elf(path, containers.memory_segments(image),
                         containers.note("VMCOREINFO", 0, note))
    return "--vmcore=" + path


@pytest.mark.parametrize("symbols", (
    ("prevent_memory_remove_notifier", "remove_memory"), ("prevent_bootmem_remove_notifier",),
    ("nothing_else",)))
def test_symbols_are_kept_but_no_other_names(program, symbols):
    core = with_symbols(program, (*symbols, "a_secret_module"))
    snapshot = save(program, core)
    answer = check_same(program, [core], [snapshot], *QUERIES, "-r%#x+1G" % FREE)
    if "nothing" not in symbols[0]:
        assert answer["kernel"]["models"]["guard"]["from"] == "symbols"
    with open(program.file("snapshot"), "rb") as file:
        assert b"a_secret_module" not in file.read()


def notes_of(path):
    """The text of the note HOTREMOVE, and its place in the file."""
    with open(path, "rb") as file:
        content = file.read()
    at = content.index(struct.pack("<I", 10), content.index(b"HOTREMOVE\0") - 12)
    size = struct.unpack_from("<I", content, at + 4)[0]
    return content[at + 24:at + 24 + size].decode(), at + 24


def with_note(program, sample, edit):
    """The option for a snapshot of the sample with another note of ours."""
    save(program, sample.core, name="plain")
    text, _ = notes_of(program.file("plain"))
    notes = (containers.note("VMCOREINFO", 0, sample.image.vmcoreinfo())
             + containers.note("HOTREMOVE", 1, edit(text).encode()))
    path = program.file("edited")
    containers.write_elf(path, containers.memory_segments(sample.image), notes)
    return "--vmcore=" + path


def test_host_facts_are_answered_from_the_note(program, sample):
    """As a running kernel would have answered them."""
    first = FREE // (128 * MIB)
    facts = ("STATES=0x1\nBLOCKS(%#x-%#x)=offline\nOWNER(%#x-%#x)=kmem\nREMARK=take care\n"
             "FUTURE=x\n" % (first, first + 1, FREE, FREE + 512 * MIB - 1))
    snapshot = with_note(program, sample, lambda text: text + facts)
    answer = program.document(snapshot, "--blocks", "-r%#x+512M" % FREE)
    states = {block["name"]: block["state"] for block in answer["blocks"]}
    assert states["memory%d" % first] == states["memory%d" % (first + 1)] == "offline"
    assert states["memory%d" % (first + 2)] is None
    assert answer["ranges"][0]["teardown"]["calls"]["from"] == "owner"
    assert "take care" in answer["warnings"]
    # They survive in a snapshot of the snapshot.
    again = save(program, snapshot, name="again")
    check_same(program, [snapshot], [again], "--blocks", "-r%#x+512M" % FREE)


@pytest.mark.parametrize("edit, part", (
    (lambda text: "", "no_note"),
    (lambda text: text.replace("SNAPSHOT=0x1", "SNAPSHOT=0x2"), "newer hotremove-check"),
    (lambda text: text[1:], "line 1"),
    (lambda text: text + "\x1b[31m=1\n", "cannot be shown"),
    (lambda text: text + "nothing\n", "KEY=VALUE"),
    (lambda text: text + "end=1", "not a line of text"),
    (lambda text: text + "ROOM=0xffffffffffffffff\n", "no source is that large"),
    (lambda text: text + "BLOCKS(0x2-0x1)=online\n", "state of memory blocks"),
    (lambda text: text + "SYMBOL(a)=b\n", "address of a symbol"),
    (lambda text: text + "REMARK=%s\n" % ("x" * 2000), "line of text"),
))
def test_damaged_note_is_refused(program, sample, edit, part):
    snapshot = with_note(program, sample, edit)
    if part == "no_note":
        assert program.document(snapshot, "--blocks")["source"]["format"] == "elf"
        return
    message = program.refused(snapshot, "--blocks")
    assert "its note HOTREMOVE" in message and part in message, message


# -- nothing else ----------------------------------------------------------------------------------


@pytest.mark.parametrize("granule", (4096, 16384, 65536))
def test_no_other_memory_is_in_it(program, granule):
    """All other memory has a pattern, the rest of the pages that are used for data, too."""
    boot = Region(BOOT, 512 * MIB, boot=True)
    kernel = Kernel(granule, 48, 48)
    image = Image(Layout(Machine(kernel, [boot, Region(16 * GIB, 8 * GIB, linear="pmd")])))
    note = image.vmcoreinfo() + kallsyms.write(image, SYMBOLS, ("remove_memory",))
    uts = image.pages[image.image_pa + 5 * granule]
    for at in range(0x130 + 6 * 65 + 8, granule - 8, 8):
        uts[at:at + 8] = PATTERN
    path = program.file("core")
    pages = {pa - BOOT: bytes(page) for pa, page in image.pages.items()}
    plain = PATTERN * (granule // 8)
    data = [(at, pages.get(at, plain)) for at in range(0, 256 * MIB, granule)]
    containers.write_elf(path, [Segment(0, BOOT, 256 * MIB, data)] + [
        segment for segment in containers.memory_segments(image)
        if segment.paddr >= BOOT + 256 * MIB], containers.note("VMCOREINFO", 0, note))
    snapshot = save(program, "--vmcore=" + path)
    with open(program.file("snapshot"), "rb") as file:
        content = file.read()
    assert PATTERN[:4] not in content and PATTERN[4:] not in content
    check_same(program, ["--vmcore=" + path], [snapshot], *QUERIES)


# -- the file --------------------------------------------------------------------------------------


def test_only_its_user_can_read_it(program, sample):
    path = program.file("private", b"before")
    os.chmod(path, 0o644)
    program.run_ok(sample.core, "--save-tables=" + path, "-q")
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_it_is_a_query_and_can_be_combined(program, sample):
    path = program.file("snapshot")
    document = program.document(sample.core, "--save-tables=" + path)
    assert document["status"] == 0 and document["ranges"] == [] and document["blocks"] is None
    assert program.run(sample.core, "--save-tables=" + path, "-r%#x+128M" % SPLIT).returncode == 1


def left(program):
    """The files in the test's folder."""
    return sorted(os.listdir(program.folder))


@pytest.mark.parametrize("options, status, part", (
    (["--save-tables=/nowhere/file"], 2, "cannot create /nowhere/file"),
    (["--save-tables=/dev/null"], 2, "is not a regular file"),
    (["--save-tables=folder/"], 2, "cannot create"),
    (["--save-tables="], 64, "--save-tables"),
    (["--save-tables=-"], 64, "standard output"),
    (["--save-tables=a", "--save-tables=b"], 64, "--save-tables"),
    (["--save-tables=a", "--if-kernel=6.1.1"], 64, "as it is"),
))
def test_what_cannot_be_saved_is_refused(program, sample, options, status, part):
    before = left(program)
    assert part in program.refused(sample.core, *options, status=status)
    assert left(program) == before


def test_other_sources_are_refused(program):
    text = program.file("text", "0x0-0x1\n")
    before = left(program)
    message = program.refused("--ptdump=" + text, "--save-tables=a", status=64)
    assert "not with --ptdump" in message
    assert "one moment" in program.refused("--watch=1", "--save-tables=a", status=64)
    assert left(program) == before


def test_source_is_not_replaced(program, sample):
    link = program.file("link")
    os.link(sample.path, link)
    for path in (sample.path, link):
        message = program.refused(sample.core, "--save-tables=" + path, status=64)
        assert "would replace the source" in message


def test_failure_leaves_what_was_there(program, sample):
    """A file that grows too large, as on a disk that is full."""
    import resource  # pylint: disable=import-outside-toplevel
    path = program.file("kept", b"before")
    before = left(program)
    result = program.run(sample.core, "--save-tables=" + path, prepare=lambda: resource.setrlimit(
        resource.RLIMIT_FSIZE, (4096, 4096)))
    assert result.returncode == 2 and path in result.message, result.message
    assert result.stdout == b""
    with open(path, "rb") as file:
        assert file.read() == b"before"
    assert left(program) == before


@pytest.mark.parametrize("number", (signal.SIGINT, signal.SIGTERM, signal.SIGKILL))
def test_signal_leaves_nothing(program, start, number):
    skip_if_emulated(program, "signals do not reach all processes")
    skip_under_valgrind(program, "reading takes too long")
    vast.write_vast(program.file("vast"))
    program.file("target", b"before")
    before = left(program)
    process = start("--vmcore=" + program.file("vast"), "--save-tables=" + program.file("target"))
    wait_for_reading(process)
    process.send_signal(number)
    process.wait()
    wait_for(lambda: left(program) == before, "a file is left")
    with open(program.file("target"), "rb") as file:
        assert file.read() == b"before"


# -- other programs --------------------------------------------------------------------------------


def test_readelf_reads_it(program, sample):
    save(program, sample.core)
    try:
        done = subprocess.run(["readelf", "-hln", program.file("snapshot")], capture_output=True,
                              check=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no readelf")
    assert "CORE (Core file)" in done.stdout and "HOTREMOVE" in done.stdout, done.stdout
    assert done.stderr == ""
