# SPDX-License-Identifier: GPL-2.0-or-later
"""--diff: what has changed since a dump."""

import lzma
import struct
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import containers
import difference
import pytest
from arm64 import Kernel, release_tuple
from cases import RELEASES
from hypothesis import given
from hypothesis import strategies as st
from image import Image
from layout import Layout, Machine, Region
from machines import SEEDS, cases
from profiles import examples, skip_if_left_out
from sample import BOOT, FREE, GIB, MIB, SPLIT

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
NAMES = sorted(path.name.removesuffix(".elf.xz") for path in FIXTURES.glob("*.elf.xz"))
PARTS = ("kernel", "ranges", "blocks", "leaves")


def diff(program, after, before, *options):
    """The member "diff" of a document about AFTER, and its status."""
    document = program.document(*after, "--diff=" + before, *options)
    assert document["diff"]["path"] == before
    return document["diff"], document["status"]


def check_equal(program, after, before, *options):
    """Nothing has changed, whatever the form of output."""
    found, status = diff(program, after, before, *options)
    assert [found[part] for part in PARTS] == [[], [], [], []]
    assert found["equal"] is True and status == 0


# -- the same memory in other files ----------------------------------------------------------------


class Recorded:
    """A core of tests/fixtures, as far as containers.py needs to know an image."""

    def __init__(self, name):
        self.content = lzma.decompress((FIXTURES / (name + ".elf.xz")).read_bytes())
        self.note = self.content[self.content.index(b"OSRELEASE="):].split(b"\0", 1)[0]
        facts = dict(line.split(b"=", 1) for line in self.note.splitlines() if b"=" in line)
        self.page_size = int(facts[b"PAGESIZE"])
        self.kernel = SimpleNamespace(release=facts[b"OSRELEASE"].decode())
        self.pages = {}
        for pa, memory in self._loads():
            for at in range(0, len(memory), self.page_size):
                self.pages[pa + at] = memory[at:at + self.page_size]

    def _loads(self):
        at, count = struct.unpack_from("<Q", self.content, 32)[0], struct.unpack_from(
            "<H", self.content, 56)[0]
        for number in range(count):
            kind, _, offset, _, pa, size, _, _ = containers.PHDR.unpack_from(
                self.content, at + number * containers.PHDR.size)
            if kind == containers.PT_LOAD:
                yield pa, self.content[offset:offset + size]

    def vmcoreinfo(self):
        """The text of the note."""
        return self.note

    def remembered(self):
        """The memory as (pa, bytes), with a page that has the note."""
        free = min(self.pages)
        while free in self.pages:
            free += self.page_size
        pages = {**self.pages, free: self.note.ljust(self.page_size, b"\0")}
        return sorted(pages.items())


def write_split(path, image):
    """The first file of a split set, which lacks nothing here: the set has one file."""
    containers.KdumpFile(image).write(path, last=max(image.pages) // image.page_size + 1)


def write_flattened(write):
    """A flattened dump."""
    def flat(path, image):
        write(path + ".whole", image)
        containers.flatten(path + ".whole", path)
    return flat


FORMS = {
    "plain": containers.write_plain,
    "headers last": lambda path, image: containers.write_plain(path, image, "end"),
    "qemu": containers.write_qemu,
    "kdump": containers.write_kdump,
    "split": write_split,
    "flattened elf": write_flattened(containers.write_plain),
    "flattened kdump": write_flattened(containers.write_kdump),
    "lime": lambda path, image: containers.write_lime(path, image.remembered()),
    "xz": lambda path, image: Path(path).write_bytes(lzma.compress(image.content, preset=0)),
}


@pytest.fixture(scope="module", name="recorded")
def make_recorded():
    """Cores of tests/fixtures, each of which is unpacked once."""
    known = {}

    def get(name):
        if name not in known:
            known.clear()
            known[name] = Recorded(name)
        return known[name]

    return get


@pytest.mark.parametrize("name", NAMES)
def test_fixture_is_equal_to_itself_and_to_its_snapshot(program, recorded, name):
    core = program.file("core", recorded(name).content)
    check_equal(program, [core], core)
    snapshot = program.file("snapshot.zst")
    program.run_ok(core, "--save-tables=" + snapshot, "-q")
    check_equal(program, [core], snapshot)
    program.run_ok(snapshot, "--diff=" + core, "-q")


# Those of more than 2 MB take long to write; golden/test_dumps.py has all of them in all formats.
LARGE = ("6.1-pages", "7.2-64k52-ptdump-pages", "7.2-bbml2", "7.2-nolpa2", "7.2-pages")


@pytest.mark.parametrize("name, form", [(name, form) for name in NAMES for form in FORMS
                                        if name not in LARGE or form == "kdump"])
def test_fixture_is_equal_in_every_format(program, recorded, name, form):
    skip_if_left_out(name, form)
    image = recorded(name)
    core, other = program.file("core", image.content), program.file("other")
    FORMS[form](other, image)
    # In one of the directions: a file of each format is once the source, and once the other one.
    pair = (core, other) if NAMES.index(name) % 2 else (other, core)
    program.run_ok(pair[0], "--diff=" + pair[1], "-q")


# -- random machines -------------------------------------------------------------------------------


def kernel_like(kernel, struct_page_size, **other):
    """A kernel with these struct pages, and with the rest of KERNEL's configuration."""
    geometry = kernel.geometry
    values = {"release": kernel.release, "dram_base": kernel.dram_base,
              "memstart": kernel.memstart, "mem_section_size": kernel.mem_section_size,
              "struct_page_size": struct_page_size, **other}
    return Kernel(geometry.granule, geometry.va_bits, geometry.va_actual, **values)


def other_region(chance, region):
    """The region as it may be at another time, None if it is gone."""
    if region.boot or chance.random() < 0.5:
        return region
    if chance.random() < 0.3:
        return None
    kinds = ("pages", "cont-pte", "pmd") if region.size <= GIB else ("pmd", "cont-pmd", "pud")
    return replace(region, linear=chance.choice(kinds), online=chance.random() < 0.7,
                   vmemmap=chance.choice(("default", "pages", region.vmemmap)))


def other_release(chance, kernel):
    """A release whose sections have the same size, and whose geometry can be the same."""
    least = (6, 12) if kernel.geometry.va_bits == 52 and kernel.page_size != 65536 else (0, 0)
    fitting = [release for release, *_ in RELEASES
               if release_tuple(release)[:2] >= least
               and (release_tuple(release)[:2] < (5, 12))
               == (release_tuple(kernel.release)[:2] < (5, 12))]
    return chance.choice(fitting)


def later(chance, case, struct_page_size):
    """The machine of a case some time later, perhaps after a boot."""
    kernel, machine = case.kernel, case.machine
    changes = {}
    if chance.random() < 0.3:
        changes["release"] = other_release(chance, kernel)
    if chance.random() < 0.5:
        step = max(GIB, kernel.section_size)
        changes["memstart"] = kernel.memstart - chance.randint(1, 64) * step
    regions = [region for region in (other_region(chance, region) for region in machine.regions)
               if region]
    faults = machine.faults if chance.random() < 0.5 else []
    return Machine(kernel_like(kernel, struct_page_size, **changes), regions, list(faults),
                   machine.seed + 1, writable_root=machine.writable_root)


@st.composite
def pairs(draw):
    """A case, and images of its machine then and later."""
    case = draw(cases())
    size = draw(st.sampled_from((64, 64, 64, 56, 80)))
    chance = draw(st.randoms(use_true_random=False))
    first = replace(case.machine, kernel=kernel_like(case.kernel, size))
    images = []
    for machine in (first, later(chance, case, size)):
        images.append(image_of(machine))
    return case, images


def image_of(machine):
    """The image, with as much of what is wanted as is possible."""
    kernel = machine.kernel
    for attempt in (machine, replace(machine, faults=[]),
                    replace(machine, faults=[], kernel=kernel_like(
                        kernel, kernel.struct_page_size, memstart=None))):
        try:
            return Image(Layout(attempt))
        except ValueError:
            continue
    raise ValueError("it does not fit: %s" % machine)


def asked_about(case, kernel):
    """Options for some of the ranges of a case that a kernel can be asked about."""
    limit = 1 << min(case.kernel.pa_bits, kernel.pa_bits)
    return ["-r%#x+%#x" % (query.start, query.size) for query in case.queries[:6]
            if query.start + query.size <= limit]


class Told:
    """What the program says about a core: a document, and whether there is more to know."""

    def __init__(self, program, path, assumed, ranges):
        self.path = path
        self.document = program.document(path, *assumed, "--blocks", "--map", *ranges)
        self.is_whole = self.has_all_blocks = self._ask(program, assumed, "--blocks", "--map") == 0
        if not self.is_whole:
            self.has_all_blocks = self._ask(program, assumed, "--blocks") == 0

    def _ask(self, program, assumed, *queries):
        return program.run(self.path, *assumed, *queries, "-q").returncode


def check_direction(program, before, after, assumed, ranges):
    """What has changed between two cores is what they say about themselves."""
    document = program.document(after.path, *assumed, *ranges, "--diff=" + before.path)
    difference.check(document["diff"], before.document, after.document,
                     [before.has_all_blocks, after.has_all_blocks],
                     before.is_whole and after.is_whole)
    statuses = {"removable": 0, "unknown": 2, "not-removable": 1}
    found = {statuses[answer["verdict"]] for answer in document["ranges"]} | {
        {True: 0, False: 1, None: 2}[document["diff"]["equal"]]}
    assert document["status"] == (1 if 1 in found else max(found))
    return document["diff"]


@examples(20)
@given(pairs())
def test_changes_of_random_machines_are_those_of_their_maps_and_blocks(program, pair):
    case, images = pair
    paths = [program.file(name) for name in ("before", "after")]
    for path, image in zip(paths, images):
        containers.write_plain(path, image)
    assumed = [case.model.option()]
    ranges = asked_about(case, images[1].kernel)
    told = [Told(program, path, assumed, ranges) for path in paths]
    there = check_direction(program, *told, assumed, ranges)
    back = check_direction(program, *told[::-1], assumed, ranges)
    assert there["equal"] is back["equal"]
    for part in PARTS:
        assert len(there[part]) == len(back[part])
    for one in told:
        itself = program.run(one.path, *assumed, "--diff=" + one.path, "-q")
        assert itself.returncode == (0 if one.is_whole else 2)


@examples(6)
@given(cases(), cases(), SEEDS)
def test_machines_that_have_nothing_in_common_are_compared_too(program, one, other, seed):
    """Kernels of other page sizes, and memory elsewhere."""
    paths = [program.file(name) for name in ("before", "after")]
    for path, case in zip(paths, (one, other)):
        containers.write_plain(path, Image(case.layout))
    ranges = asked_about(one, other.kernel) if seed % 2 else []
    told = [Told(program, path, [], ranges) for path in paths]
    for before, after in (told, told[::-1]):
        check_direction(program, before, after, [], ranges)


@pytest.mark.parametrize("geometry, memstarts", (
    ((4096, 48, 48), (BOOT, 0, -GIB & (1 << 64) - 1, -300 * GIB & (1 << 64) - 1)),
    ((4096, 52, 48), (None, -(1 << 52) + (1 << 48) - 5 * GIB & (1 << 64) - 1)),
    ((16384, 47, 47), (BOOT, -GIB & (1 << 64) - 1)),
    ((65536, 52, 48), (None, -(1 << 52) + (1 << 48) & (1 << 64) - 1))))
def test_places_in_virtual_memory_do_not_matter(program, geometry, memstarts):
    """The same memory, as another boot maps it."""
    paths = []
    for number, memstart in enumerate(memstarts):
        kernel = Kernel(*geometry, release="6.12.97", memstart=memstart)
        regions = [Region(BOOT, GIB, boot=True, linear="cont-pmd"),
                   Region(16 * GIB, 4 * GIB, linear="pmd")]
        paths.append(program.file("core%d" % number))
        containers.write_plain(paths[-1], Image(Layout(Machine(kernel, regions, seed=number))))
    for path in paths[1:]:
        check_equal(program, [path], paths[0])


# -- what is predicted -----------------------------------------------------------------------------


def check_predicted(program, core, *changes, assumed=()):
    """What the change makes of the kernel is what it says about itself then."""
    then = program.document(core, *changes, *assumed, "--blocks", "--map")
    now = program.document(core, *assumed, "--blocks", "--map")
    found, status = diff(program, [core, *changes, *assumed], core)
    difference.check(found, now, then, [True, True], then["status"] == now["status"] == 0)
    assert status == 1 and found["equal"] is False
    return found


def test_memory_that_would_be_added_is_a_change(program, sample):
    found = check_predicted(program, sample.path, "--if-added=%#x+1G" % (16 * GIB))
    assert [(change["start"], change["size"], change["change"])
            for change in found["blocks"]] == [("0x400000000", GIB, "added")]
    assert {(change["map"], change["change"]) for change in found["leaves"]} == {
        ("linear", "added"), ("vmemmap", "added")}
    assert found["kernel"] == []


def test_memory_that_would_be_removed_is_a_change(program, sample):
    found = check_predicted(program, sample.path, "--if-removed=%#x+512M" % FREE)
    assert [(change["start"], change["size"], change["change"])
            for change in found["blocks"]] == [("%#x" % FREE, 512 * MIB, "removed")]
    assert {change["change"] for change in found["leaves"]} == {"removed"}


def test_memory_that_would_come_again_is_mapped_otherwise(program, sample):
    again = ["--if-removed=%#x+512M" % FREE, "--if-added=%#x+512M" % FREE]
    for mapping, change in (("pages", "split"), ("blocks", "joined")):
        found = check_predicted(program, sample.path, *again,
                                assumed=["--assume=mapping=" + mapping])
        assert {entry["change"] for entry in found["leaves"] if entry["map"] == "linear"} == {
            change}


def test_kernel_that_would_run_is_another_one(program, sample):
    found = check_predicted(program, sample.path, "--if-kernel=6.1.100")
    assert "models.guard" in [change["key"] for change in found["kernel"]]


# -- forms of output and statuses ------------------------------------------------------------------

FORMS_OF_OUTPUT = ([], ["--json"], ["-q"], ["--summary"], ["--explain"])


@pytest.fixture(name="grown")
def make_grown(program, sample):
    """A core of the sample with 1 GiB more."""
    path = program.file("grown")
    regions = [*sample.machine.regions, Region(16 * GIB, GIB, linear="pmd")]
    containers.write_plain(path, Image(Layout(Machine(sample.kernel, regions))))
    return path


def statuses(program, *arguments):
    """The statuses of the same question in each form of output."""
    return {program.run(*arguments, *form).returncode for form in FORMS_OF_OUTPUT}


def test_status_says_whether_something_has_changed(program, sample, grown):
    assert statuses(program, sample.core, "--diff=" + sample.path) == {0}
    assert statuses(program, grown, "--diff=" + sample.path) == {1}
    assert statuses(program, sample.core, "--diff=" + grown) == {1}


def test_status_says_whether_that_is_known(program, sample, grown):
    holey = sample.holey.removeprefix("--vmcore=")
    assert statuses(program, sample.core, "--diff=" + holey) == {2}
    assert statuses(program, holey, "--diff=" + sample.path) == {2}
    assert statuses(program, holey, "--diff=" + holey) == {2}
    # What has certainly changed outweighs it.
    assert statuses(program, grown, "--diff=" + holey) == {1}


def test_a_gap_that_the_other_query_has_is_not_a_change(program, sample):
    """The text lacks parts, and not the cores."""
    text = program.file("text", "---[ Linear Mapping start ]---\n"
                        "0xffff000000000000-0xffff000010000000 256M PMD RW NX SHD AF BLK UXN "
                        "MEM/NORMAL\n---[ Linear Mapping end ]---\n")
    found, _ = diff(program, [sample.core], sample.path, "--verify-ptdump=" + text)
    assert found["equal"] is True


def test_text_says_what_has_become_of_what(program, sample, grown):
    result = program.run(grown, "--diff=" + sample.path)
    lines = result.text.splitlines()
    assert ("  blocks   memory128-memory135  added: no memory block -> online, hot-added, "
            "removable, check accepts") in lines
    assert "  linear   0x400000000-0x43fffffff  added: unmapped -> PMD 2 MiB" in lines
    assert sample.path + ": CHANGED since then (3 differences)" in lines
    equal = program.run(sample.core, "--diff=" + sample.path).text
    assert sample.path + ": nothing has changed since then\n" in equal


def test_summary_is_one_line(program, sample, grown):
    line = program.run(grown, "--diff=" + sample.path, "--summary").text
    assert line.startswith("changed: 3 differences") and line.count("\n") == 1
    assert len(line) <= 81
    line = program.run(sample.core, "--diff=" + sample.path, "--summary").text
    assert line.startswith("nothing has changed")


def test_ranges_are_compared_and_answered(program, sample, grown):
    found, status = diff(program, [grown], sample.path, "-r%#x+1G" % (16 * GIB),
                         "-r%#x+1G" % SPLIT)
    assert status == 1
    assert [change["start"] for change in found["ranges"]] == ["0x400000000"]
    assert found["ranges"][0]["before"]["reasons"] == ["not-present"]


def test_other_queries_are_answered_beside_it(program, sample):
    plain = program.document(sample.core, "--blocks", "--map", "--suggest=128M")
    document = program.document(sample.core, "--blocks", "--map", "--suggest=128M",
                                "--diff=" + sample.path)
    assert document["diff"]["equal"] is True and plain["diff"] is None
    for key in ("blocks", "map", "suggestions", "kernel", "warnings"):
        assert document[key] == plain[key]


def test_what_is_assumed_applies_to_both(program, sample):
    check_equal(program, [sample.core], sample.path, "--assume=guard=none,teardown=per-leaf",
                "-r%#x+512M" % FREE, "--ignore=boot-memory")


def test_what_replaces_facts_applies_to_the_source(program, sample):
    found, status = diff(program, [sample.core], sample.path, "--kernel-release=6.12.97")
    assert {change["key"] for change in found["kernel"]} >= {"release"}
    assert status == 1


def test_warnings_of_the_file_have_its_name(program, sample):
    holey = sample.holey.removeprefix("--vmcore=")
    warnings = program.document(sample.core, "--diff=" + holey)["warnings"]
    told = [text for text in warnings if text.startswith("--diff: ")]
    assert any("could not be read" in text for text in told)
    assert not any("could not be read" in text for text in set(warnings) - set(told))


def test_what_the_file_lacks_is_a_warning(program, sample):
    with open(sample.path, "rb") as core:
        cut = program.file("cut", core.read()[:-5 * 4096])
    document = program.document(sample.core, "--diff=" + cut)
    assert any(text.startswith("--diff: the dump is incomplete: ")
               for text in document["warnings"])
    assert document["source"]["incomplete"] is None


def test_release_of_the_file_cannot_drive_the_terminal(program, sample):
    image = Image(Layout(Machine(Kernel(release="7.2.12\x1b[2J"), sample.machine.regions)))
    path = program.file("evil")
    containers.write_plain(path, image)
    for form in FORMS_OF_OUTPUT:
        result = program.run(sample.core, "--diff=" + path, *form)
        assert b"\x1b" not in result.stdout + result.stderr


def test_name_of_the_file_cannot_drive_the_terminal(program, sample):
    with open(sample.path, "rb") as core:
        path = program.file("evil\x1b[2J", core.read())
    for form in FORMS_OF_OUTPUT:
        result = program.run(sample.core, "--diff=" + path, *form)
        assert result.returncode == 0 and b"\x1b" not in result.stdout


# -- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("options, status, part", (
    (["--diff=-"], 64, "standard input"),
    (["--diff="], 64, "--diff"),
    (["--diff"], 64, "--diff"),
    (["--diff=/proc/kcore"], 64, "running kernel"),
    (["--diff=a", "--diff=b"], 64, "--diff"),
    (["--diff=/nonexistent/dump"], 2, "--diff: /nonexistent/dump: cannot open"),
    (["--diff=/"], 2, "--diff"),
    (["--diff=/dev/null"], 2, "--diff")))
def test_what_cannot_be_compared_is_refused(program, sample, options, status, part):
    assert part in program.refused(sample.core, *options, status=status)


def test_watch_compares_with_the_round_before(program, sample):
    assert "--watch" in program.refused("--watch=1", "--diff=" + sample.path, status=64)


def test_a_text_is_refused_as_the_file(program, sample):
    text = "---[ Linear Mapping start ]---\n0xffff000000000000-0xffff000000200000 2M PMD\n"
    for name, content in (("text", text.encode()), ("text.xz", lzma.compress(text.encode()))):
        message = program.refused(sample.core, "--diff=" + program.file(name, content), status=64)
        assert "--diff: a text of page tables does not say where memory is" in message


def test_a_text_as_the_source_needs_its_place(program, sample):
    text = program.file("text", (
        "---[ Linear Mapping start ]---\n"
        "0xffff000000000000-0xffff000010000000 256M PMD RW NX SHD AF BLK UXN MEM/NORMAL\n"
        "0xffff000010000000-0xffff000040000000 768M PMD\n"
        "0xffff000040000000-0xffff008000000000 511G PUD\n"
        "0xffff008000000000-0xffff800000000000 130560G PGD\n"
        "---[ Linear Mapping end ]---\n"))
    message = program.refused("--ptdump=" + text, "--diff=" + sample.path)
    assert "give --phys-offset" in message
    found, _ = diff(program, ["--ptdump=" + text, "--phys-offset=%#x" % BOOT], sample.path)
    assert [change["change"] for change in found["leaves"] if change["map"] == "linear"]


def test_a_file_that_is_no_dump_is_refused(program, sample):
    path = program.file("nothing", b"\0\1\2\3" * 1000)
    assert "--diff: " + path in program.refused(sample.core, "--diff=" + path)


def test_a_range_that_the_file_cannot_have_is_refused(program, sample):
    """Before anything is printed: its kernel has 48 bits of physical addresses."""
    regions = [Region(BOOT, GIB, boot=True)]
    image = Image(Layout(Machine(Kernel(65536, 52, 52, release="7.2.12"), regions)))
    path = program.file("large")
    containers.write_plain(path, image)
    beyond = "-r%#x+512M" % (1 << 50)
    assert program.document(path, beyond)["status"] == 1
    assert "--diff: " in program.refused(path, beyond, "--diff=" + sample.path, status=64)


def test_the_file_is_not_replaced(program, sample):
    with open(sample.path, "rb") as core:
        path = program.file("before", core.read())
    message = program.refused(sample.core, "--diff=" + path, "--save-tables=" + path, status=64)
    assert "would replace the source" in message


def test_a_snapshot_is_saved_beside_it(program, sample):
    saved = program.file("saved")
    check_equal(program, [sample.core], sample.path, "--save-tables=" + saved)
    check_equal(program, [saved], sample.path)
