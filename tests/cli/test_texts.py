# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts as people have them: the kernel's text of its page tables, and VMCOREINFO, in disguise."""

import gzip
import os
import random

import containers
import disguises
import pytest
from cases import Case
from hypothesis import given
from hypothesis import strategies as st
from image import Image
from layout import Layout
from profiles import examples
from ptdump import Writer

STYLES = sorted(disguises.PLAIN)
LINE = "0xffff000000000000-0xffff000000200000 2M PMD RW NX SHD AF BLK UXN MEM/NORMAL\n"


def page_text(seed=33000):
    """The text of a machine's page tables."""
    case = Case.from_seed(seed, (4096, 48, 48), "cont-pmd")
    return Writer(case.layout, seed=seed).text()


def map_of(program, content, name="text"):
    """The map of a text of page tables; None if it is refused."""
    result = program.run("--ptdump=" + program.file(name, content), "--map", "--json")
    assert result.returncode in (0, 2), result.message
    document = program.read(result.text)
    return document.get("map")


@pytest.mark.parametrize("style", STYLES)
def test_text_of_page_tables_is_read_in_every_disguise(program, style):
    text = page_text()
    wanted = map_of(program, text)
    assert wanted and map_of(program, disguises.PLAIN[style](text)) == wanted


@examples(40)
@given(st.integers(0, 1 << 32), st.sampled_from(STYLES), st.sampled_from(STYLES))
def test_two_disguises_are_undone_or_refused(program, seed, inner, outer):
    """Never is another map read than that of the text."""
    text = page_text(seed)
    once = disguises.PLAIN[inner](text)
    try:
        twice = disguises.PLAIN[outer](once.decode("utf-8"))
    except UnicodeError:
        return
    assert map_of(program, twice) in (None, map_of(program, text))


def mixed(text, seed, styles):
    """A text some of whose lines are in another disguise than the rest."""
    chosen = random.Random(seed)
    lines = text.splitlines(keepends=True)
    return b"".join(disguises.PLAIN[chosen.choice(styles)](line) for line in lines)


@examples(40)
@given(st.integers(0, 1 << 32), st.lists(st.sampled_from(STYLES), min_size=2, max_size=3))
def test_lines_in_several_disguises_are_read_or_refused(program, seed, styles):
    text = page_text(seed)
    assert map_of(program, mixed(text, seed, styles)) in (None, map_of(program, text))


@examples(60)
@given(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"),
               max_size=200))
def test_prose_before_a_plain_text_changes_nothing_or_is_refused(program, prose):
    text = page_text()
    assert map_of(program, (prose + "\n" + text).encode()) in (None, map_of(program, text))


@examples(60)
@given(st.integers(0, 1 << 32))
def test_text_that_is_cut_shows_nothing_that_is_not_there(program, seed):
    """What is mapped in the text is mapped in its beginning, unmapped or unknown."""
    text = page_text()
    whole, cut = text, text[:random.Random(seed).randrange(len(text))]
    got = map_of(program, cut)
    wanted = map_of(program, whole)
    for name in ("linear", "vmemmap"):
        known = {(run["va"], run["level"]) for run in wanted[name]}
        assert not got or all((run["va"], run["level"]) in known for run in got[name])


def noisy_lines():
    """Some 300 KiB of text, of which gzip cannot make little."""
    spread = random.Random(1)
    start, lines = 0xffff000000000000, []
    for _ in range(3000):
        end = start + 4096 * spread.randrange(1, 512)
        lines.append("0x%016x-0x%016x %dK PTE RW NX SHD AF UXN MEM/NORMAL\n"
                     % (start, end, (end - start) // 1024))
        start = end + 4096 * spread.randrange(1, 512)
    return "".join(lines).encode()


@pytest.mark.parametrize("content,part", (
    ("see " + LINE, "line 1: 'see ' stands before the addresses, and is not a prefix"),
    ("+" + LINE + "-" + LINE, "line 2: '-' stands before the addresses, but in line 1 it is '+'"),
    (LINE.rstrip("\n") + " " + LINE, "line 1: it has the addresses twice"),
    (LINE + "a\0b\n", "line 2: it has a NUL byte: this is not text"),
    (b"\x1f\x8b\x08" + LINE.encode(), "its gzip data is damaged"),
    (gzip.compress(noisy_lines(), 1)[:-2000], "the compressed text ends early: copy it again"),
    (LINE.encode("utf-32"), "it is UTF-32"),
    (LINE.encode("utf-16")[:-1], "it is UTF-16, but has an odd number of bytes"),
    ("0xffff000000000000-0xffff000000200000 2M PMD", "line 1: the text ends in it"),
    (LINE[:-7], "line 1: 'MEM/' is not an attribute")),
    ids=("prose", "diff", "joined", "nul", "gzip", "gzip cut", "utf-32", "odd", "hole", "cut"))
def test_what_cannot_be_read_is_named(program, content, part):
    path = program.file("text", content)
    message = program.refused("--ptdump=" + path, "--map")
    assert path + ": " in message and part in message, message


def test_compressed_text_on_standard_input_is_named(program):
    message = program.refused("--ptdump=-", "--map", stdin=gzip.compress(page_text().encode()))
    assert "it is compressed by gzip: decompress it first" in message


def test_width_follows_from_the_marker_after_a_byte_order_mark(program):
    text = page_text()
    for content in (text.encode("utf-8-sig"), text.encode("utf-16")):
        source = "--ptdump=" + program.file("text", content)
        plain = "--ptdump=" + program.file("plain", text)
        assert (program.document(source, "--map")["kernel"]
                == program.document(plain, "--map")["kernel"])


# -- VMCOREINFO ------------------------------------------------------------------------------------


@pytest.fixture(name="bare", scope="module")
def write_bare(shared, sample):
    """A core without a note."""
    path = os.path.join(shared, "bare")
    containers.write_bare(path, sample.image)
    return "--vmcore=" + path


def joined(text, width=3):
    """Several keys in each line."""
    lines = text.splitlines()
    return "".join(" ".join(lines[at:at + width]) + "\n" for at in range(0, len(lines), width))


def kernel_of(program, bare, content):
    """What is said about the kernel whose VMCOREINFO has a form; None if it is refused."""
    result = program.run(bare, "--vmcoreinfo=" + program.file("note", content), "-rmemory32",
                         "--json")
    document = program.read(result.text)
    if "error" in document:
        return None
    document["kernel"].pop("overrides")
    return document["kernel"], document["ranges"]


@pytest.mark.parametrize("style", STYLES)
def test_vmcoreinfo_is_read_in_every_disguise(program, sample, bare, style):
    text = sample.image.vmcoreinfo().decode()
    wanted = kernel_of(program, bare, text)
    assert wanted and kernel_of(program, bare, disguises.PLAIN[style](text)) == wanted
    assert kernel_of(program, bare, disguises.PLAIN[style](joined(text))) == wanted


@examples(40)
@given(st.integers(0, 1 << 32), st.lists(st.sampled_from(STYLES), min_size=1, max_size=3),
       st.sampled_from(STYLES))
def test_vmcoreinfo_in_several_disguises_is_read_or_refused(program, sample, bare, seed, styles,
                                                            outer):
    text = sample.image.vmcoreinfo().decode()
    wanted = kernel_of(program, bare, text)
    content = mixed(text, seed, styles)
    assert kernel_of(program, bare, content) in (None, wanted)
    try:
        content = disguises.PLAIN[outer](content.decode("utf-8"))
    except UnicodeError:
        return
    assert kernel_of(program, bare, content) in (None, wanted)


@examples(60)
@given(st.integers(1, 1 << 32))
def test_vmcoreinfo_that_is_cut_is_as_if_lines_were_missing(program, sample, bare, seed):
    text = sample.image.vmcoreinfo()
    cut = text[:seed % len(text)]
    whole = cut[:cut.rfind(b"\n") + 1]
    assert kernel_of(program, bare, cut) == kernel_of(program, bare, whole)


def test_value_that_may_be_cut_is_named(program, sample, bare):
    path = program.file("note", sample.image.vmcoreinfo() + b"CRASHTIME=17")
    said = "the last key of the VMCOREINFO file is not used"
    answer = program.document(bare, "--vmcoreinfo=" + path, "-rmemory32")
    assert any(said in text for text in answer["warnings"])
    path = program.file("note", b"OSRELEASE=7.2.12\nPAGESIZE=4096")
    assert said in program.refused(bare, "--vmcoreinfo=" + path, "-rmemory32")


@pytest.mark.parametrize("content,part", (
    (b"# A title\n\nNo key = no value.\n", "it has no key of VMCOREINFO, such as OSRELEASE="),
    (b"", "it has no key of VMCOREINFO"),
    (b"PAGESIZE=4096 bytes\n", "line 1: 'bytes' is not a key with its value"),
    (b"OSRELEASE=7.2\nnote PAGESIZE=4096\n", "line 2: 'note ' stands before the key"),
    (b"OSRELEASE=7.2\0\nPAGESIZE=4096\n", "line 1: it has a NUL byte")),
    ids=("prose", "empty", "words", "prefix", "nul"))
def test_what_is_not_vmcoreinfo_is_named(program, sample, bare, content, part):
    path = program.file("note", content)
    text = "--ptdump=" + program.file("text", page_text())
    for arguments in ((bare, "-rmemory32"), (sample.core, "-rmemory32"), (text, "--map")):
        message = program.refused(*arguments, "--vmcoreinfo=" + path)
        assert path + ": " in message and part in message, message


# -- VMCOREINFO in memory --------------------------------------------------------------------------


def remembering_image(sample, *notes):
    """The memory of the sample with these texts, each in a page of its own."""
    image = Image(Layout(sample.machine))
    for text in notes:
        pa = image.pool.take()
        image.page(pa)
        image.write(pa, text)
    return image


def remembering(program, sample, *notes):
    """A dump of that memory without a note."""
    path = program.file("remembering")
    containers.write_bare(path, remembering_image(sample, *notes))
    return "--vmcore=" + path


def write_elf(path, image):
    """As QEMU writes it for a guest without its vmcoreinfo device."""
    containers.write_bare(path, image)
    return [path]


def write_raw(path, image):
    """All pages of the sample are in its boot memory, which is cut where no page ends."""
    boot = image.layout.machine.regions[0]
    containers.write_raw(path, image, boot)
    with open(path, "rb") as memory, open(path + ".1", "wb") as rest:
        size = 100 * 1000 * 1000
        memory.seek(size)
        rest.write(memory.read())
    os.truncate(path, size)
    return ["%s@%#x" % (path, boot.pa), "%s.1@%#x" % (path, boot.pa + size)]


def write_lime(path, image):
    """The runs of pages, last first."""
    containers.write_lime(path, [(pa, b"".join(map(bytes, pages)))
                                 for pa, pages in containers.runs_of_pages(image)[::-1]])
    return [path]


def write_kdump(path, image):
    """As an old makedumpfile writes it."""
    containers.KdumpFile(image, vmcoreinfo=False).write(path)
    return [path]


def write_split(path, image):
    """The same as a split set."""
    dump = containers.KdumpFile(image, vmcoreinfo=False)
    middle = dump.pfns[len(dump.pfns) // 2]
    dump.write(path, 0, middle)
    dump.write(path + ".1", middle, dump.max_mapnr)
    return [path, path + ".1"]


WITHOUT_A_NOTE = {
    "elf": write_elf,
    "raw": write_raw,
    "lime": write_lime,
    "kdump": write_kdump,
    "split": write_split,
}


@pytest.mark.parametrize("form", WITHOUT_A_NOTE)
def test_vmcoreinfo_is_found_in_memory(program, sample, form):
    """Its copy has the time of a crash."""
    note = sample.image.vmcoreinfo()
    wanted = program.document(sample.core, "-rmemory32", "--blocks")
    for notes in ((note,), (note, note + b"CRASHTIME=1700000000\n")):
        names = WITHOUT_A_NOTE[form](program.file("remembering"), remembering_image(sample, *notes))
        answer = program.document(*("--vmcore=" + name for name in names), "-rmemory32", "--blocks")
        assert [text for text in answer["warnings"] if text not in wanted["warnings"]] == [
            "the dump has no note of VMCOREINFO: the text in its memory is used"]
        for key in ("kernel", "ranges", "blocks", "status"):
            assert answer[key] == wanted[key]


@pytest.mark.parametrize("form", WITHOUT_A_NOTE)
def test_dump_whose_memory_has_no_vmcoreinfo_is_refused_with_a_way_out(program, sample, form):
    names = WITHOUT_A_NOTE[form](program.file("bare"), sample.image)
    message = program.refused(*("--vmcore=" + name for name in names), "-rmemory32")
    assert "it has no VMCOREINFO: give it with --vmcoreinfo" in message


def test_vmcoreinfo_of_which_memory_has_two_is_not_used(program, sample):
    note = sample.image.vmcoreinfo()
    other = note.replace(b"NUMBER(VA_BITS)=48", b"NUMBER(VA_BITS)=47")
    message = program.refused(remembering(program, sample, note, other), "-rmemory32")
    assert "it has no VMCOREINFO" in message and "--page-size" in message
    assert "different texts that look like VMCOREINFO: none is used" in message


@pytest.mark.parametrize("change", (
    (b"NUMBER(VA_BITS)=48\n", b""), (b"OSRELEASE=7.2.12", b"OSRELEASE=7.2.11"),
    (b"PAGESIZE=4096\n", b"PAGESIZE=4096 \n"), (b"OSRELEASE=", b"NOTHING=1\nOSRELEASE=")),
    ids=("incomplete", "another", "blank", "place"))
def test_memory_that_only_looks_like_vmcoreinfo_is_not_used(program, sample, change):
    assert change[0] in sample.image.vmcoreinfo()
    changed = sample.image.vmcoreinfo().replace(*change)
    assert "it has no VMCOREINFO" in program.refused(remembering(program, sample, changed),
                                                     "-rmemory32")


def test_note_of_the_dump_comes_before_memory(program, sample):
    other = sample.image.vmcoreinfo().replace(b"NUMBER(VA_BITS)=48", b"NUMBER(VA_BITS)=47")
    text = program.file("note", sample.image.vmcoreinfo())
    answer = program.document(remembering(program, sample, other), "-rmemory32",
                              "--vmcoreinfo=" + text)
    assert answer["kernel"]["va_bits"] == 48


# -- ranges ----------------------------------------------------------------------------------------


def test_ranges_have_the_same_codings(program, sample):
    wanted = program.document(sample.core, "-rmemory32", "-rmemory8")["ranges"]
    for content in (b"\xef\xbb\xbfmemory32\r\nmemory8\r\n", "memory32\nmemory8\n".encode("utf-16"),
                    "memory32\u00a0\n\u00a0memory8\n".encode()):
        path = program.file("ranges", content)
        assert program.document(sample.core, "--ranges-from=" + path)["ranges"] == wanted
