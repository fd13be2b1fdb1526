# SPDX-License-Identifier: GPL-2.0-or-later
"""--redact: a snapshot with the same answers, but none of the kernel's virtual addresses."""

import re

import containers
import kallsyms
import pytest
from arm64 import Kernel
from hypothesis import given
from image import Image
from layout import Layout, Machine, Region
from profiles import examples
from redacted import SAME, addresses_of, apart_from, in_room, shifted, without_addresses, words_of
from test_snapshot import BOOT, FREE, GIB, MIB, QUERIES, SPLIT, SYMBOLS, left, notes_of, questions


def redact(program, *source, seed="=42", name="redacted"):
    """The option for a redacted snapshot of SOURCE."""
    path = program.file(name)
    assert program.run_ok(*source, "--save-tables=" + path, "--redact" + seed, "-q") == ""
    return "--vmcore=" + path


def check_same(program, source, redacted, *query):
    """Both have the same answers but for addresses, and none of the first is in the second."""
    one, other = (program.document(*which, *query) for which in (source, redacted))
    assert shifted(other) and not shifted(one)
    ranges = (in_room(one["ranges"], one, other), in_room(other["ranges"], one, other))
    for document, part in zip((one, other), ranges):
        document["ranges"] = part
    for key in SAME:
        assert without_addresses(one[key]) == without_addresses(other[key]), key
    assert one["source"]["incomplete"] == other["source"]["incomplete"]
    return one, other


def check_hidden(one, other, path, *more):
    """Nothing that an answer prints of the original is an aligned word, or text, of the file."""
    with open(path, "rb") as file:
        content = file.read()
    secrets = apart_from(addresses_of(one), other) | set(more)
    found = secrets & words_of(content)
    assert not found, [hex(word) for word in found]
    text = content.decode("latin-1").lower()
    assert not [hex(word) for word in secrets if "%x" % word in text]


# -- the same answers ------------------------------------------------------------------------------


@examples(100)
@given(questions())
def test_random_machine_has_the_same_answers(program, question):
    case, ranges = question
    path = program.file("core")
    containers.write_plain(path, Image(case.layout))
    source = ("--vmcore=" + path, case.model.option())
    saved = program.file("redacted")
    result = program.run(*source, "--save-tables=" + saved, "--redact=%d" % len(ranges), "-q")
    if result.returncode == 2:
        # Whatever is damaged may leave only one place for a map.
        assert "cannot be moved" in result.message, result.message
        return
    assert result.returncode == 0, result.message
    one, other = check_same(program, source, ("--vmcore=" + saved, case.model.option()),
                        *["-r" + text for text in ranges], *QUERIES,
                        "--suggest=%d" % case.hot[0].size)
    check_hidden(one, other, saved)


def test_virtual_addresses_are_others_and_physical_ones_are_not(program, sample):
    redacted = redact(program, sample.core)
    one, other = check_same(program, [sample.core], [redacted], *QUERIES, "-r%#x+1G" % SPLIT,
                            "--suggest=1")
    check_hidden(one, other, program.file("redacted"))
    for key in ("phys_offset", "kimage_voffset"):
        assert one["kernel"][key] != other["kernel"][key]
    for key in ("swapper_pg_dir", "page_offset", "vmemmap_start"):
        assert one["kernel"][key] == other["kernel"][key]
    runs = zip(one["map"]["linear"], other["map"]["linear"])
    distances = {(int(b["va"], 16) - int(a["va"], 16)) % (1 << 64) for a, b in runs}
    assert len(distances) == 1 and not distances & {0}


def content_of(program, name):
    """The bytes of a file of the test."""
    with open(program.file(name), "rb") as file:
        return file.read()


def test_one_seed_makes_one_file_and_another_seed_another(program, sample):
    for name, seed in (("one", "=7"), ("same", "=0x7"), ("other", "=8"), ("random", ""),
                       ("again", "")):
        redact(program, sample.core, seed=seed, name=name)
    files = {name: content_of(program, name) for name in ("one", "same", "other", "random", "again")}
    assert files["one"] == files["same"]
    assert len(set(files.values())) == 4


def test_text_says_that_addresses_are_shifted(program, sample):
    redacted = redact(program, sample.core)
    assert "this snapshot is redacted" in program.run_ok(redacted, "--blocks")
    assert "REDACTED=0x1\n" in notes_of(program.file("redacted"))[0]


def test_redacted_snapshot_can_be_saved_again(program, sample):
    once = redact(program, sample.holey, name="once")
    plain = program.file("plain")
    program.run_ok(once, "--save-tables=" + plain, "-q")
    assert content_of(program, "once") == content_of(program, "plain")
    twice = redact(program, once, seed="=3", name="twice")
    check_hidden(*check_same_twice(program, once, twice), program.file("twice"))


def check_same_twice(program, once, twice):
    """Both are redacted, and have the same answers."""
    one, other = (program.document(which, *QUERIES) for which in (once, twice))
    for key in SAME:
        assert without_addresses(one[key]) == without_addresses(other[key]), key
    return one, other


def test_compressed_snapshot_is_redacted_too(program, sample):
    redacted = redact(program, sample.core, name="redacted.zst")
    check_same(program, [sample.core], [redacted], *QUERIES, "-r%#x+1G" % SPLIT)


def test_live_core_is_redacted(program, sample):
    path = program.file("kcore")
    containers.write_kcore(path, sample.image)
    redacted = redact(program, "--kcore=" + path)
    one, other = check_same(program, ["--kcore=" + path], [redacted], *QUERIES)
    check_hidden(one, other, program.file("redacted"))


# -- what else is left out -------------------------------------------------------------------------


def with_secrets(program, symbols, extra=""):
    """A core with these symbols, a build string and a host name, and its image."""
    regions = [Region(BOOT, 256 * MIB, boot=True), Region(FREE, GIB, linear="pmd")]
    image = Image(Layout(Machine(Kernel(release="5.4.61-vendor"), regions)))
    note = image.vmcoreinfo() + kallsyms.write(image, SYMBOLS, symbols) + extra.encode()
    uts = image.pages[image.image_pa + 5 * 4096]
    start = uts.index(b"5.4.61-vendor") - 2 * 65
    for field, text in ((1, b"secret-host"), (3, b"#1 SMP by builder@farm")):
        uts[start + field * 65:start + field * 65 + 65] = text.ljust(65, b"\0")
    path = program.file("core")
    containers.write_elf(path, containers.memory_segments(image),
                         containers.note("VMCOREINFO", 0, note))
    return "--vmcore=" + path, image


def test_symbols_are_shifted_with_the_image(program):
    symbols = ("prevent_memory_remove_notifier", "remove_memory")
    core, _ = with_secrets(program, symbols)
    program.run_ok(core, "--save-tables=" + program.file("plain"), "-q")
    redacted = redact(program, core)
    one, other = check_same(program, [core], [redacted], *QUERIES, "-r%#x+1G" % FREE)
    assert one["kernel"]["models"]["guard"]["from"] == "symbols"
    found = [dict(re.findall(r"SYMBOL\((\w+)\)=0x(\w+)", notes_of(program.file(name))[0]))
             for name in ("plain", "redacted")]
    assert found[0].keys() == found[1].keys() and set(symbols) <= found[0].keys()
    check_hidden(one, other, program.file("redacted"),
                 *[int(text, 16) for text in found[0].values()])
    assert len({int(found[1][name], 16) - int(found[0][name], 16) for name in found[0]}) == 1


def test_no_host_no_build_and_no_unknown_key(program):
    unknown = "SYMBOL(secret)=ffff800012345678\nNUMBER(secret)=1\nCRASHTIME=17\n"
    core, _ = with_secrets(program, ("nothing",), unknown)
    redact(program, core)
    content = content_of(program, "redacted")
    for text in (b"secret", b"SMP", b"builder", b"BUILD-ID", b"CRASHTIME", b"kallsyms"):
        assert text not in content, text
    assert b"5.4.61-vendor" in content


def test_file_of_the_note_is_not_named(program, sample):
    note = program.file("secret-host", sample.image.vmcoreinfo())
    bare = program.file("bare")
    containers.write_elf(bare, containers.memory_segments(sample.image), b"")
    redact(program, "--vmcore=" + bare, "--vmcoreinfo=" + note)
    content = content_of(program, "redacted")
    assert b"NOTE_OF=the VMCOREINFO given\n" in content and b"secret-host" not in content


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("options, part", (
    (["--redact", "--blocks"], "--redact needs --save-tables"),
    (["--redact=x", "--save-tables=a"], "a number as its seed"),
    (["--redact=-1", "--save-tables=a"], "a number as its seed"),
    (["--redact=0x10000000000000000", "--save-tables=a"], "a number as its seed"),
    (["--redact", "--save-tables=a", "--phys-offset=0x40000000"], "that options give"),
    (["--redact", "--save-tables=a", "--kimage-voffset=0x40000000"], "that options give"),
    (["--redact", "--save-tables=a", "--mem-section=0xffff000000000000"], "that options give"),
))
def test_wrong_use_is_refused(program, sample, options, part):
    before = left(program)
    assert part in program.refused(sample.core, *options, status=64)
    assert left(program) == before


def test_map_without_another_place_is_refused(program):
    """With 16K pages and 36 bits of VA, there is room for 32 GiB, all of which is used."""
    regions = [Region(BOOT, GIB, boot=True), Region(32 * GIB, GIB, linear="pmd")]
    image = Image(Layout(Machine(Kernel(16384, 36, 36), regions)))
    path = program.file("core")
    containers.write_elf(path, containers.memory_segments(image),
                         containers.note("VMCOREINFO", 0, image.vmcoreinfo()))
    before = left(program)
    message = program.refused("--vmcore=" + path, "--save-tables=" + program.file("saved"),
                              "--redact")
    assert "its linear map cannot be moved" in message
    assert left(program) == before
