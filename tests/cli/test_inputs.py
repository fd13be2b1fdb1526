# SPDX-License-Identifier: GPL-2.0-or-later
"""Every container of the same memory gives the same answers, and bad input is refused."""

import bz2
import contextlib
import gzip
import lzma
import os
import re
import struct
import zlib
from types import SimpleNamespace

import avml
import containers
import pytest
import trim
from arm64 import Kernel
from cases import Case
from image import Image
from layout import Layout, Machine, Region
from processes import wait_for
from profiles import skip_if_left_out
from program import PATIENCE
from ptdump import Writer

GIB, MIB = 1 << 30, 1 << 20


@pytest.fixture(scope="module", name="sample")
def make_sample(shared):
    """Boot memory and two hot-added pieces, small enough for every container."""
    regions = [Region(0x40000000, 128 * MIB, boot=True),
               Region(0x80000000, 256 * MIB, linear="cont-pmd"),
               Region(0xa0000000, 128 * MIB, linear="pages")]
    image = Image(Layout(Machine(Kernel(), regions, seed=5)))
    containers.write_plain(str(shared / "plain"), image)
    return SimpleNamespace(image=image, plain=str(shared / "plain"),
                           content=(shared / "plain").read_bytes())


QUERIES = ("-r0x80000000+256M", "-r0x81000000+16M", "-rmemory20", "-rmemory8", "-rmemory30",
           "-r0xa0000000+32K")


# -- the content decides the format, and the format never changes the answer -----------------------


def ranges(program, sample, *sources, kind="vmcore", form="elf"):
    """The `ranges` of the sample in a container, which must be recognised as FORM."""
    answer = program.document(*sources, *QUERIES)
    assert (answer["source"]["kind"], answer["source"]["format"]) == (kind, form)
    assert answer["kernel"]["release"] == sample.image.kernel.release
    return answer["ranges"]


def test_verdicts_of_the_sample(program, sample):
    answers = ranges(program, sample, "--vmcore=" + sample.plain)
    assert [answer["verdict"] for answer in answers] == [
        "removable", "not-removable", "removable", *["not-removable"] * 3]


WRITERS = {
    "end": lambda path, image: containers.write_plain(path, image, "end"),
    "qemu": containers.write_qemu,
    "whole": containers.write_whole_memory,
    "kdump": containers.write_kdump_elf,
    "many": containers.write_many_segments,
}


@pytest.mark.parametrize("name", WRITERS)
def test_elf_cores_of_all_writers_have_the_same_answers(program, sample, name):
    path = program.file(name + ".kdump-zlib")
    WRITERS[name](path, sample.image)
    assert ranges(program, sample, "--vmcore=" + path) == ranges(
        program, sample, "--vmcore=" + sample.plain)


def test_kcore_is_read_through_its_text_segment(program, sample):
    """The image must be read through the text segment, which RAM does not show."""
    wanted = ranges(program, sample, "--vmcore=" + sample.plain)
    path = program.file("kcore")
    containers.write_kcore(path, sample.image)
    assert ranges(program, sample, "--kcore=" + path, kind="kcore") == wanted


def test_flattened_elf_has_the_same_answers(program, sample):
    wanted = ranges(program, sample, "--vmcore=" + sample.plain)
    for chunk in (1 << 20, 4096, 777):
        path = program.file("flat")
        containers.flatten(sample.plain, path, chunk)
        assert ranges(program, sample, "--vmcore=" + path, form="flattened-elf") == wanted


def test_kdump_has_the_same_answers(program, sample):
    wanted = ranges(program, sample, "--vmcore=" + sample.plain)
    path = program.file("kdump.elf")
    containers.write_kdump(path, sample.image)
    assert ranges(program, sample, "--vmcore=" + path, form="kdump") == wanted
    flat = program.file("kdump.flat")
    containers.flatten(path, flat)
    assert ranges(program, sample, "--vmcore=" + flat, form="flattened-kdump") == wanted


def test_split_kdump_has_the_same_answers(program, sample):
    wanted = ranges(program, sample, "--vmcore=" + sample.plain)
    paths = [program.file("part%d" % number) for number in range(3)]
    containers.write_kdump_split(paths, sample.image)
    for order in (paths, paths[::-1]):
        sources = ["--vmcore=" + path for path in order]
        assert ranges(program, sample, *sources, form="kdump") == wanted


PACKERS = {"gzip": lambda data: gzip.compress(data, 1),
           "xz": lambda data: lzma.compress(data, preset=0),
           "bzip2": lambda data: bz2.compress(data, 1)}


@pytest.mark.parametrize("packer", PACKERS)
def test_compressed_dumps_have_the_same_answers(program, sample, packer):
    """The name of the format is that of what is compressed. Flattened dumps are unpacked twice."""
    wanted = ranges(program, sample, "--vmcore=" + sample.plain)
    kdump, flat = program.file("kdump"), program.file("flat")
    containers.write_kdump(kdump, sample.image)
    containers.flatten(kdump, flat)
    for path, form in ((sample.plain, "elf"), (kdump, "kdump"), (flat, "flattened-kdump")):
        with open(path, "rb") as handle:
            packed = program.file("packed", PACKERS[packer](handle.read()))
        assert ranges(program, sample, "--vmcore=" + packed, form=form) == wanted


def test_compressed_parts_of_a_split_set_are_read(program, sample):
    paths = [program.file("part%d" % number) for number in range(3)]
    containers.write_kdump_split(paths, sample.image)
    for path in paths[::2]:
        with open(path, "rb") as handle:
            packed = gzip.compress(handle.read(), 1)
        program.file(os.path.basename(path), packed)
    sources = ["--vmcore=" + path for path in paths]
    assert ranges(program, sample, *sources, form="kdump") == ranges(
        program, sample, "--vmcore=" + sample.plain)


def test_compressed_dump_that_is_damaged_is_refused_as_a_whole(program, sample):
    for pack in PACKERS.values():
        packed = bytearray(pack(sample.content))
        packed[len(packed) // 2] ^= 1
        message = refused(program, bytes(packed))
        assert "is damaged" in message and "nothing of it can be trusted" in message


def test_what_is_compressed_twice_is_refused(program, sample):
    packed = gzip.compress(gzip.compress(sample.content, 1), 1)
    assert "inside another one" in refused(program, packed)
    assert "it is not an ELF core" in refused(program, gzip.compress(b"hello"))
    assert "empty" in refused(program, gzip.compress(b""))


def raw_pieces(image):
    """The memory of the image as files of raw memory, with holes for pages that were not made."""
    for region in image.layout.machine.regions:
        memory = bytearray(region.size)
        for pa, page in image.pages.items():
            if region.pa <= pa < region.pa + region.size:
                memory[pa - region.pa:pa - region.pa + len(page)] = page
        if any(memory):
            yield region.pa, bytes(memory)


def test_raw_memory_has_the_same_answers(program, sample):
    wanted = ranges(program, sample, "--vmcore=" + sample.plain)
    info = "--vmcoreinfo=" + program.file("info", sample.image.vmcoreinfo())
    sources, packed = [], []
    for number, (pa, memory) in enumerate(raw_pieces(sample.image)):
        path = program.file("raw%d" % number, memory)
        sources.append("--vmcore=%s@%#x" % (path, pa))
        path = program.file("raw%d.gz" % number, gzip.compress(memory, 1))
        packed.append("--vmcore=%s@%d" % (path, pa))
    assert ranges(program, sample, *sources, info, form="raw") == wanted
    assert ranges(program, sample, *packed, info, form="raw") == wanted


def test_lime_file_has_the_same_answers(program, sample):
    info = "--vmcoreinfo=" + program.file("info", sample.image.vmcoreinfo())
    path = program.file("lime")
    containers.write_lime(path, raw_pieces(sample.image))
    assert ranges(program, sample, "--vmcore=" + path, info, form="lime") == ranges(
        program, sample, "--vmcore=" + sample.plain)


def write_avml(path, image):
    """A compressed AVML file of the memory of the image."""
    with open(path, "wb") as out:
        out.write(avml.file_of(raw_pieces(image)))


def test_avml_file_has_the_same_answers(program, sample):
    """Blocks of zeros are not in the file. A page of memory may have VMCOREINFO."""
    wanted = ranges(program, sample, "--vmcore=" + sample.plain)
    info = "--vmcoreinfo=" + program.file("info", sample.image.vmcoreinfo())
    path = program.file("avml")
    write_avml(path, sample.image)
    with open(path, "rb") as handle:
        packed = program.file("packed", gzip.compress(handle.read(), 1))
    for name in (path, packed):
        assert ranges(program, sample, "--vmcore=" + name, info, form="avml") == wanted
    image = Image(sample.image.layout)
    pa = image.pool.take()
    image.page(pa)
    image.write(pa, image.vmcoreinfo())
    write_avml(path, image)
    assert ranges(program, sample, "--vmcore=" + path, form="avml") == wanted


# -- without an option, the content decides which kind of source it is -----------------------------


def test_file_without_an_option_is_a_dump_in_every_format(program, sample):
    wanted = ranges(program, sample, "--vmcore=" + sample.plain)
    dump, flat, packed = (program.file(name) for name in ("text", "kcore", "memory.elf"))
    containers.write_kdump(dump, sample.image)
    containers.flatten(dump, flat)
    with open(flat, "rb") as handle:
        program.file("memory.elf", gzip.compress(handle.read(), 1))
    for path, form in ((sample.plain, "elf"), (dump, "kdump"), (flat, "flattened-kdump"),
                       (packed, "flattened-kdump")):
        assert ranges(program, sample, path, form=form) == wanted
        assert program.document(path, "memory16")["source"]["path"] == path


def test_files_without_an_option_are_parts_of_a_dump(program, sample):
    wanted = ranges(program, sample, "--vmcore=" + sample.plain)
    paths = [program.file("part%d" % number) for number in range(3)]
    containers.write_kdump_split(paths, sample.image)
    options = ["--vmcore=" + path for path in paths]
    for sources in (paths, [options[0], *paths[1:]], [paths[0], *options[1:]]):
        assert ranges(program, sample, *sources, form="kdump") == wanted


def test_raw_memory_needs_no_option(program, sample):
    wanted = ranges(program, sample, "--vmcore=" + sample.plain)
    info = "--vmcoreinfo=" + program.file("info", sample.image.vmcoreinfo())
    sources = []
    for number, (pa, memory) in enumerate(raw_pieces(sample.image)):
        path = program.file("raw%d" % number, gzip.compress(memory, 1) if number else memory)
        sources.append("%s@%#x" % (path, pa))
    assert ranges(program, sample, *sources, info, form="raw") == wanted


def page_tables(sample):
    """The text of the sample's page tables, and a query that it answers."""
    return Writer(sample.image.layout).text(), ("--map", "--kernel-release=7.2.12")


TEXTS = {
    "plain": lambda text: text.encode(),
    "mail": lambda text: b"From: a user\n\n" + b"".join(
        b"> " + line for line in text.encode().splitlines(keepends=True)),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16 without a mark": lambda text: text.encode("utf-16-be"),
    "zeros at its end": lambda text: text.encode() + bytes(4096 - len(text) % 4096),
    **{packer: lambda text, pack=pack: pack(text.encode()) for packer, pack in PACKERS.items()},
    "utf-16 in gzip": lambda text: gzip.compress(text.encode("utf-16")),
}


@pytest.mark.parametrize("form", TEXTS)
def test_text_of_page_tables_needs_no_option(program, sample, form):
    text, query = page_tables(sample)
    wanted = program.document("--ptdump=" + program.file("plain", text), *query)
    path = program.file("vmcore", TEXTS[form](text))
    answers = [program.document(source, *query) for source in (path, "--ptdump=" + path)]
    for answer in answers:
        assert answer["source"] == {**wanted["source"], "path": path}
        assert answer["map"] == wanted["map"]


def test_stream_without_an_option_is_a_text(program, sample):
    text, query = page_tables(sample)
    wanted = program.document("--ptdump=" + program.file("plain", text), *query)
    for source in ("-", "/dev/stdin"):
        answer = program.document(source, *query, stdin=text.encode())
        assert answer["source"]["kind"] == "ptdump"
        assert answer["map"] == wanted["map"]
        message = program.refused(source, *query, stdin=sample.content)
        assert "it is a dump, not text: give it as a file of its own" in message


def test_named_pipe_is_waited_for(program, start, sample):
    text, query = page_tables(sample)
    path = program.file("pipe")
    os.mkfifo(path)
    process = start(path, *query, "--json")

    def open_pipe():
        assert process.poll() is None, process.communicate()
        with contextlib.suppress(OSError):
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        return None

    handle = wait_for(open_pipe, "the pipe is not opened")
    os.set_blocking(handle, True)
    with open(handle, "wb") as pipe:
        pipe.write(text.encode())
    output, errors = process.communicate(timeout=PATIENCE)
    assert errors == b""
    assert program.read(output.decode())["source"]["kind"] == "ptdump"


@contextlib.contextmanager
def core_in_procfs():
    """A file of procfs that begins like an ELF core: the name of this process."""
    path = "/proc/%d/comm" % os.getpid()
    with open(path, "rb+", 0) as comm:
        before = comm.read()
        comm.write(b"\x7fELF")
        try:
            yield path
        finally:
            comm.write(before.rstrip(b"\n"))


def test_core_in_procfs_without_an_option_is_live(program):
    with core_in_procfs() as path:
        assert program.refused(path, "memory16") == program.refused("--kcore=" + path, "memory16")
        # A dump is not watched, which is a matter of usage.
        program.refused(path, "memory16", "--watch=1")


@pytest.mark.parametrize("name,content,part", (
    ("empty", b"", "the file is empty"),
    ("zeros", b"\0" * 5000, "it is not an ELF core, "),
    ("binary", b"a program" + b"\0" * 100 + b"\1", "nor text; raw memory is given as FILE@PA"),
    ("packed", gzip.compress(b"\0" * 100), "nor text; raw memory is given as FILE@PA"),
    ("nothing", gzip.compress(b""), "empty"),
    ("twice", gzip.compress(gzip.compress(b"")), "inside another one"),
    ("cut", gzip.compress(b"hello\n" * 1000)[:-6], "the compressed text ends early"),
    ("image", b"QFI\xfb" + b"\1" * 5000, "it is a qcow2 disk image"),
    ("packed-image", bz2.compress(b"QFI\xfb\0\0\0\3"), "it is a qcow2 disk image"),
    ("lz4", b"\x04\x22\x4d\x18abc", "it is compressed with lz4"),
    ("prose", b"hello\n", "it has no line of kernel_page_tables"),
    ("note", b"OSRELEASE=6.1.0\nPAGESIZE=4096\n",
     "it is a VMCOREINFO text: use --vmcoreinfo=FILE"),
    ("packed-note", gzip.compress(b"SYMBOL(mem_section)=ffff0000\n"), "it is a VMCOREINFO text"),
    ("note-in-utf-16", "OSRELEASE=6.1.0\n".encode("utf-16"), "it is a VMCOREINFO text")),
    ids=lambda value: value if isinstance(value, str) else "")
def test_file_that_is_no_source_is_told_what_it_is(program, name, content, part):
    path = program.file(name, content)
    message = program.refused(path, "memory16")
    assert path + ": " in message and part in message, message


def test_what_is_no_file_is_no_source(program):
    assert "it is a directory" in program.refused(program.folder, "memory16")
    assert "it is not a regular file" in program.refused("/dev/null", "memory16")
    path = program.file("loop")
    os.symlink(path, path)
    assert "Too many levels" in program.refused(path, "memory16")


@pytest.mark.parametrize("packer", ("plain", "gzip"))
def test_kind_that_does_not_fit_the_options_is_a_usage_error(program, sample, packer):
    """It shows after the file was opened, and of a compressed text after it was unpacked."""
    text, _ = page_tables(sample)
    path = program.file("text", TEXTS[packer](text))
    for arguments, part in ((("--watch=1",), "--watch needs a running kernel"),
                            (("--verify-ptdump=" + path,), "--verify-ptdump compares a text")):
        assert part in program.refused(path, "--map", *arguments, status=64)
        result = program.run(path, "--map", "--json", *arguments)
        assert result.returncode == 64
        assert part in program.read(result.text)["error"]["message"]
    assert "--watch needs" in program.refused(sample.plain, "--map", "--watch=1", status=64)


# -- what other readers accept is accepted here ----------------------------------------------------


def test_note_of_another_type_has_the_same_answers(program, sample):
    wanted = ranges(program, sample, "--vmcore=" + sample.plain)
    path = program.file("typed")
    containers.write_elf(path, containers.memory_segments(sample.image),
                         containers.note("VMCOREINFO", 7, sample.image.vmcoreinfo()))
    assert ranges(program, sample, "--vmcore=" + path) == wanted


def test_elf_header_without_a_version_has_the_same_answers(program, sample):
    path = program.file("versionless", patched(sample, 6, b"\0"))
    assert ranges(program, sample, "--vmcore=" + path) == ranges(
        program, sample, "--vmcore=" + sample.plain)


def test_larger_program_headers_have_the_same_answers(program, sample):
    count, = struct.unpack_from("<H", sample.content, 56)
    headers = b"".join(sample.content[64 + 56 * i:120 + 56 * i] + b"\xff" * 8
                       for i in range(count))
    content = bytearray(sample.content) + headers
    struct.pack_into("<Q", content, 32, len(sample.content))
    struct.pack_into("<H", content, 54, 64)
    path = program.file("larger", bytes(content))
    assert ranges(program, sample, "--vmcore=" + path) == ranges(
        program, sample, "--vmcore=" + sample.plain)


def test_kdump_of_a_machine_called_arm64_has_the_same_answers(program, sample):
    path = program.file("arm64")
    containers.KdumpFile(sample.image, machine="arm64").write(path)
    assert ranges(program, sample, "--vmcore=" + path, form="kdump") == ranges(
        program, sample, "--vmcore=" + sample.plain)


def test_missing_part_makes_nothing_removable(program, sample):
    """A missing part may hold what matters: nothing becomes removable by chance."""
    wanted = ranges(program, sample, "--vmcore=" + sample.plain)
    paths = [program.file("part%d" % number) for number in range(3)]
    containers.write_kdump_split(paths, sample.image)
    for missing in range(3):
        sources = ["--vmcore=" + path for path in paths if path != paths[missing]]
        result = program.run(*sources, *QUERIES, "--json")
        assert result.returncode in (1, 2)
        answer = program.read(result.text)
        for full, part in zip(wanted, answer.get("ranges", [])):
            assert part["verdict"] in (full["verdict"], "unknown", "not-removable")
            if full["verdict"] == "not-removable":
                assert part["verdict"] != "removable"


def test_trimmed_core_has_the_same_answers(program):
    """What the fixture trimmer keeps is enough, in several geometries."""
    for number, geometry in enumerate(((4096, 39, 39), (4096, 52, 52), (4096, 52, 48),
                                       (16384, 47, 47), (16384, 52, 47), (65536, 52, 48))):
        case = Case.from_seed(600 + number, geometry, "cont-pmd")
        path, small = program.file("case"), program.file("case.trim")
        containers.write_kdump_elf(path, Image(case.layout))
        trim.trim(path, small)
        queries = ["-r" + query.text("plus") for query in case.queries]
        assert (program.document("--vmcore=" + path, *queries)["ranges"]
                == program.document("--vmcore=" + small, *queries)["ranges"])


def test_kdump_of_large_pages_has_the_same_answers(program):
    for geometry in ((16384, 36, 36), (16384, 52, 52), (65536, 48, 48)):
        kernel = Kernel(*geometry)
        step = kernel.section_size
        regions = [Region(GIB, step, boot=True), Region(2 * GIB, 2 * step, linear="pmd")]
        image = Image(Layout(Machine(kernel, regions)))
        plain, dump = program.file("large"), program.file("large.kdump")
        containers.write_plain(plain, image)
        containers.write_kdump(dump, image)
        queries = ["-r2147483648+%d" % (2 * step), "-r2147483648+%d" % step]
        assert (program.document("--vmcore=" + plain, *queries)["ranges"]
                == program.document("--vmcore=" + dump, *queries)["ranges"])


# -- bad input is refused with status 2 and one line on standard error -----------------------------


def refused(program, content, name="bad"):
    """CONTENT is refused; returns the message."""
    return program.refused("--vmcore=" + program.file(name, content), "-rmemory16")


def patched(sample, offset, data):
    """The plain core with some bytes replaced."""
    return sample.content[:offset] + data + sample.content[offset + len(data):]


@pytest.mark.parametrize("content", (
    b"", b"\0", b"hello\n", b"\x7fELF", b"\0" * 100000, b"KDUMP", b"KDUMP   ", b"makedumpfile",
    b"\x7fELF" + b"\xff" * 60, b"#!/bin/sh\n" * 10000), ids=lambda content: str(content[:12]))
def test_what_is_no_dump_is_refused(program, content):
    refused(program, content)


def test_dumps_of_other_machines_are_refused(program, sample):
    refused(program, patched(sample, 18, struct.pack("<H", 62)))
    refused(program, patched(sample, 4, b"\x01"))
    refused(program, patched(sample, 5, b"\x02"))
    refused(program, patched(sample, 16, struct.pack("<H", 2)))


def test_dumps_of_big_endian_kernels_are_refused_by_name(program, sample):
    core = bytearray(sample.content[:64])
    core[5] = 2
    struct.pack_into(">HHI", core, 16, 4, 183, 1)
    path = program.file("dump")
    containers.KdumpFile(sample.image, machine="aarch64_be").write(path)
    with open(path, "rb") as handle:
        dump = bytearray(handle.read())
    struct.pack_into(">I", dump, 428, 4096)
    for content in (core, dump):
        assert "big-endian kernel" in refused(program, bytes(content))


# -- a dump that ends early is answered from what is there -----------------------------------------


def incomplete(program, *arguments):
    """The document about a dump that lacks something, which its first warning says."""
    answer = program.document(*arguments)
    assert answer["source"]["incomplete"]
    assert answer["warnings"][0].startswith("the dump is incomplete")
    text = program.run(*arguments).text
    assert text.startswith("warning: " + answer["warnings"][0] + "\n\n")
    return answer


def without_its_last_byte(program, sample, write):
    """The answer for a dump by WRITE whose last page belongs to no table and lacks a byte."""
    image = Image(sample.image.layout)
    image.pages[max(image.pages) + (1 << 20)] = b"\1" * 4096
    path = program.file("cut")
    write(path, image)
    os.truncate(path, os.path.getsize(path) - 1)
    answer = incomplete(program, "--vmcore=" + path, *QUERIES)
    assert answer["source"]["incomplete"] == {"bytes": 1, "why": None}
    assert answer["ranges"] == ranges(program, sample, "--vmcore=" + sample.plain)
    return image, answer


def test_elf_without_its_last_byte_is_answered_with_a_warning(program, sample):
    without_its_last_byte(program, sample, containers.write_plain)


def test_elf_may_say_why_it_is_incomplete(program, sample):
    path = program.file("flagged")
    containers.write_elf(path, containers.memory_segments(sample.image),
                         containers.core_notes(sample.image), flags=1)
    answer = incomplete(program, "--vmcore=" + path, *QUERIES)
    assert answer["source"]["incomplete"]["bytes"] is None
    assert "makedumpfile ran out of space" in answer["source"]["incomplete"]["why"]
    assert answer["ranges"] == ranges(program, sample, "--vmcore=" + sample.plain)


def test_kdump_without_its_last_byte_is_answered_with_a_warning(program, sample):
    image, answer = without_its_last_byte(program, sample, containers.write_kdump)
    assert "1 of its %d pages is missing" % len(image.pages) in answer["warnings"][0]


def test_kdump_may_say_why_it_is_incomplete(program, sample):
    path = program.file("flagged")
    containers.KdumpFile(sample.image, status=9).write(path)
    answer = incomplete(program, "--vmcore=" + path, *QUERIES)
    assert "makedumpfile ran out of space" in answer["source"]["incomplete"]["why"]
    assert answer["ranges"] == ranges(program, sample, "--vmcore=" + sample.plain)


def test_avml_file_that_is_cut_is_answered_with_a_warning(program, sample):
    """The last block has memory that no table of the range needs."""
    info = "--vmcoreinfo=" + program.file("info", sample.image.vmcoreinfo())
    whole = avml.file_of([*raw_pieces(sample.image), (1 << 40, b"\1\2\3\4" * (1 << 15))])
    for lost, told in ((1, "its last 1 byte is missing"),
                       (100, "its last block lacks 64 KiB of memory")):
        path = program.file("cut", whole[:-lost])
        answer = incomplete(program, "--vmcore=" + path, info, *QUERIES)
        assert told in answer["warnings"][0]
        assert answer["ranges"] == ranges(program, sample, "--vmcore=" + sample.plain)


def test_split_set_with_a_part_missing_is_answered_with_a_warning(program, sample):
    paths = [program.file("part%d" % number) for number in range(3)]
    containers.write_kdump_split(paths, sample.image)
    pages = len(sample.image.pages)
    for missing in range(3):
        sources = ["--vmcore=" + path for path in paths if path != paths[missing]]
        answer = incomplete(program, *sources, *QUERIES)
        count = pages * (missing + 1) // 3 - pages * missing // 3
        assert "%d pages are in files that were not given" % count in answer["warnings"][0]


def flattened(write):
    """A writer of the flattened form of what WRITE writes."""
    def write_flat(path, image):
        write(path, image)
        containers.flatten(path, path, 4096)
    return write_flat


CONTENTS = {
    "elf": containers.write_plain,
    "flattened-elf": flattened(containers.write_plain),
    "kdump": containers.write_kdump,
    "flattened-kdump": flattened(containers.write_kdump),
    "lime": lambda path, image: containers.write_lime(
        path, [(pa, b"".join(map(bytes, pages))) for pa, pages in containers.runs_of_pages(image)]),
    "avml": write_avml,
}
CODEC_TAIL = 16                 # bytes that are looked at
UNPACKERS = {"gzip": lambda: zlib.decompressobj(31), "xz": lzma.LZMADecompressor,
             "bzip2": bz2.BZ2Decompressor}


def check_early_end(program, packer, content, *arguments, end="", parts=6):
    """Compressed CONTENT that ends early is answered as what is left of it.

    An end of zeros may be room that was never written, so it is refused.
    """
    packed, answered = PACKERS[packer](content), 0
    for size in (10, *(len(packed) * part // parts for part in range(1, parts)), len(packed) - 5):
        left = UNPACKERS[packer]().decompress(packed[:size])
        path = program.file("packed", packed[:size])
        plain = program.run("--vmcore=%s%s" % (program.file("left", left), end), *arguments,
                            "--json")
        ends_in_zeros = packed[:size].endswith(bytes(CODEC_TAIL))
        if not left or ends_in_zeros or "error" in program.read(plain.text):
            program.refused("--vmcore=" + path + end, *arguments)
            continue
        answer, wanted = incomplete(program, "--vmcore=" + path + end, *arguments), program.read(
            plain.text)
        assert "compressed with gzip, xz, zstd or bzip2 ends early" in answer["warnings"][0]
        assert answer["source"]["incomplete"]["bytes"] is None
        for key in ("kernel", "ranges"):
            assert answer[key] == wanted[key]
        answered += 1
    assert answered


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("form", CONTENTS)
def test_compressed_dump_that_ends_early_is_what_is_left_of_it(program, sample, packer, form):
    skip_if_left_out(packer, form)
    path, info = program.file("content"), program.file("info", sample.image.vmcoreinfo())
    CONTENTS[form](path, sample.image)
    with open(path, "rb") as handle:
        check_early_end(program, packer, handle.read(), *QUERIES, "--vmcoreinfo=" + info)


def test_compressed_raw_memory_that_ends_early_is_what_is_left_of_it(program, sample):
    info = "--vmcoreinfo=" + program.file("info", sample.image.vmcoreinfo())
    (pa, memory), = raw_pieces(sample.image)
    used = max(sample.image.pages) + sample.image.page_size - pa
    check_early_end(program, "gzip", memory[:used], *QUERIES, info, end="@%#x" % pa, parts=2)


def test_compressed_part_of_a_split_set_may_end_early(program, sample):
    paths = [program.file("part%d" % number) for number in range(3)]
    containers.write_kdump_split(paths, sample.image)
    sources = ["--vmcore=" + path for path in paths]
    with open(paths[1], "rb") as handle:
        packed = gzip.compress(handle.read(), 1)
    program.file("part1", packed[:-8])
    assert incomplete(program, *sources, *QUERIES)["ranges"] == ranges(
        program, sample, "--vmcore=" + sample.plain)
    program.file("part1", packed[:len(packed) // 2])
    assert "pages are missing" in incomplete(program, *sources, *QUERIES)["warnings"][0]


def test_whole_dumps_lack_nothing(program, sample):
    dump, paths = program.file("dump"), [program.file("part%d" % number) for number in range(3)]
    containers.write_kdump(dump, sample.image)
    containers.write_kdump_split(paths, sample.image)
    for sources in ([sample.plain], [dump], paths):
        answer = program.document(*("--vmcore=" + path for path in sources), *QUERIES)
        assert answer["source"]["incomplete"] is None
        assert not any("incomplete" in text for text in answer["warnings"])


def test_truncated_elf_is_refused_or_unknown(program, sample):
    """Cut inside the headers or the note it is refused; cut later it is never removable."""
    for size in (1, 16, 63, 64, 100, 120, 2000):
        refused(program, sample.content[:size])
    for size in range(20000, len(sample.content), 50021):
        path = program.file("cut", sample.content[:size])
        result = program.run("--vmcore=" + path, "-rmemory16", "-rmemory20", "-q")
        assert result.returncode == 2, size


def test_truncated_flattened_is_refused_or_answered_with_a_warning(program, sample):
    """The header of the core comes last here, so that without it there is nothing to read."""
    path = program.file("flat")
    containers.flatten(sample.plain, path, 65536)
    with open(path, "rb") as handle:
        flat = handle.read()
    for size in (12, 100, 4095, 4096, 4100, 4112, 5000, len(flat) // 2, len(flat) - 17):
        refused(program, flat[:size])
    for size in (len(flat) - 16, len(flat) - 1):
        answer = incomplete(program, "--vmcore=" + program.file("cut", flat[:size]), *QUERIES)
        assert "a flattened dump ends early" in answer["warnings"][0]
        assert answer["ranges"] == ranges(program, sample, "--vmcore=" + sample.plain)


def test_truncated_flattened_kdump_is_never_removable(program, sample):
    path = program.file("kdump")
    containers.write_kdump(path, sample.image)
    with open(path, "rb") as handle:
        dump = handle.read()
    head = struct.pack(">16sqq", b"makedumpfile", 1, 1).ljust(4096, b"\0")
    pieces = [struct.pack(">qq", at, len(dump[at:at + 4000])) + dump[at:at + 4000]
              for at in range(0, len(dump), 4000)]
    for count in range(len(pieces) // 2, len(pieces) - 2, 2):
        path = program.file("cut", head + b"".join(pieces[:count]) + pieces[count][:100])
        answer = incomplete(program, "--vmcore=" + path, *QUERIES)
        assert answer["source"]["format"] == "flattened-kdump"
        assert "pages are missing" in answer["warnings"][0]
        assert all(found["verdict"] != "removable" for found in answer["ranges"])


def test_flattened_with_wild_pieces_is_refused(program):
    head = struct.pack(">16sqq", b"makedumpfile", 1, 1).ljust(4096, b"\0")
    end = struct.pack(">qq", -1, -1)
    for records in (end, struct.pack(">qq", 0, -5) + end,
                    struct.pack(">qq", -7, 4) + b"abcd" + end,
                    struct.pack(">qq", 1 << 62, 1 << 62) + end,
                    struct.pack(">qq", (1 << 63) - 1, 4) + b"abcd" + end,
                    struct.pack(">qq", 0, 0) * 100 + end):
        refused(program, head + records)


def test_truncated_kdump_is_refused_or_unknown(program, sample):
    path = program.file("kdump")
    containers.write_kdump(path, sample.image)
    with open(path, "rb") as handle:
        dump = handle.read()
    for size in (8, 400, 464, 4096, 4200, 8191):
        refused(program, dump[:size])
    for size in range(9000, len(dump), 20011):
        path = program.file("cut", dump[:size])
        result = program.run("--vmcore=" + path, "-rmemory16", "-rmemory20", "-q")
        assert result.returncode == 2, size


def test_page_that_does_not_unpack_is_unreadable(program, sample):
    """Compressed data that does not unpack is unreadable, not zero."""
    path = program.file("kdump")
    containers.write_kdump(path, sample.image)
    with open(path, "rb") as handle:
        dump = bytearray(handle.read())
    dump[-120000:] = b"\xff" * 120000
    path = program.file("corrupt", bytes(dump))
    result = program.run("--vmcore=" + path, "-rmemory16", "-rmemory20", "-q")
    assert result.returncode == 2


def test_dump_without_a_note_is_refused_with_a_way_out(program, sample):
    path = program.file("bare")
    containers.write_bare(path, sample.image)
    with open(path, "rb") as handle:
        message = refused(program, handle.read())
    assert "-device vmcoreinfo" in message
    assert "--vmcoreinfo" in message


def with_note(program, sample, edit):
    """The plain core with its VMCOREINFO text changed by EDIT."""
    text = edit(sample.image.vmcoreinfo())
    path = program.file("noted")
    containers.write_elf(path, containers.memory_segments(sample.image),
                         containers.note("VMCOREINFO", 0, text))
    with open(path, "rb") as handle:
        return handle.read()


@pytest.mark.parametrize("old,new", ((b"PAGESIZE=4096", b"PAGESIZE=5000"),
                                     (b"PAGESIZE=4096", b"PAGESIZE=65536"),
                                     (b"PAGESIZE=4096", b"PAGESIZE=0"),
                                     (b"PAGESIZE=4096", b"PAGESIZE=banana"),
                                     (b"NUMBER(VA_BITS)=48", b"NUMBER(VA_BITS)=64"),
                                     (b"NUMBER(VA_BITS)=48", b"NUMBER(VA_BITS)=47"),
                                     (b"NUMBER(VA_BITS)=48", b"NUMBER(VA_BITS)=-1"),
                                     (b"NUMBER(VA_BITS)=48", b"NUMBER(VA_BITS)=39"),
                                     (b"T1SZ)=0x10", b"T1SZ)=0xc"), (b"T1SZ)=0x10", b"T1SZ)=0x0"),
                                     (b"T1SZ)=0x10", b"T1SZ)=0xffffffffffffffff"),
                                     (b"SECTION_SIZE_BITS)=27", b"SECTION_SIZE_BITS)=99"),
                                     (b"SECTION_SIZE_BITS)=27", b"SECTION_SIZE_BITS)=0"),
                                     (b"SECTION_SIZE_BITS)=27", b"SECTION_SIZE_BITS)=26"),
                                     (b"SIZE(page)=64", b"SIZE(page)=0"),
                                     (b"SIZE(page)=64", b"SIZE(page)=128"),
                                     (b"PHYS_OFFSET)=0x", b"PHYS_OFFSET)=0x1"),
                                     (b"SIZE(mem_section)=32", b"SIZE(mem_section)=0")))
def test_contradictory_note_is_refused(program, sample, old, new):
    assert old in sample.image.vmcoreinfo()
    refused(program, with_note(program, sample, lambda text: text.replace(old, new)))


def test_release_in_memory_replaces_or_refutes_that_of_the_note(program, sample):
    """The kernel's name in memory replaces a missing one, or exposes the note as another's."""
    def source(name, edit):
        return "--vmcore=" + program.file(name, with_note(program, sample, edit))

    bare = source("bare", lambda text: re.sub(rb"OSRELEASE=.*\n", b"", text))
    torn = source("torn", lambda text: text.replace(b"OSRELEASE=7", b"OSRELEASE=\x17"))
    for path in (bare, torn):
        kernel = program.document(path, "--map")["kernel"]
        assert kernel["release"] == sample.image.kernel.release
    other = source("other", lambda text: text.replace(b"OSRELEASE=7.2.12", b"OSRELEASE=7.1.13"))
    answer = program.document(other, "--map")
    assert answer["kernel"]["release"].startswith("7.1.13")
    assert any("another release" in text for text in answer["warnings"])
    answer = program.document(other, "--map", "--kernel-release=7.1.13")
    assert not any("another release" in text for text in answer["warnings"])


def test_note_without_a_key_is_refused(program, sample):
    """Without any of these the core cannot be understood."""
    for key in (b"PAGESIZE", b"NUMBER(VA_BITS)", b"NUMBER(PHYS_OFFSET)",
                b"SYMBOL(swapper_pg_dir)", b"SYMBOL(mem_section)"):
        def drop(text, key=key):
            return b"\n".join(line for line in text.split(b"\n")
                              if not line.startswith(key + b"="))
        path = program.file("keyless", with_note(program, sample, drop))
        result = program.run("--vmcore=" + path, "-rmemory16", "-q")
        assert result.returncode == 2


def test_note_of_another_architecture_is_refused(program, sample):
    for text in (b"", b"\xff\x00\xfe" * 100,
                 b"OSRELEASE=6.1.0-18-amd64\nPAGESIZE=4096\n"
                 b"SYMBOL(swapper_pg_dir)=ffffffff82a10000\n"
                 b"NUMBER(phys_base)=0\nNUMBER(pgtable_l5_enabled)=0\n"):
        refused(program, with_note(program, sample, lambda _, text=text: text))


def test_wild_program_headers_are_refused_or_harmless(program, sample):
    """Sizes and offsets beyond all reason."""
    huge = (1 << 64) - 1
    for field, value in ((8, huge), (8, 1 << 63), (24, huge - 4095), (32, huge), (40, huge)):
        at = 64 + 56 + field
        path = program.file("wild", patched(sample, at, struct.pack("<Q", value)))
        result = program.run("--vmcore=" + path, "-rmemory16", "-q")
        assert result.returncode in (0, 1, 2)
    for offset, data in ((32, struct.pack("<Q", huge)), (56, struct.pack("<H", 0))):
        refused(program, patched(sample, offset, data))


def test_wild_note_sizes_are_refused(program, sample):
    at = sample.content.index(b"VMCOREINFO") - 12
    for sizes in ((11, 0xffffffff, 0), (0xffffffff, 8, 0), (0x7fffffff, 0x7fffffff, 0)):
        refused(program, patched(sample, at, struct.pack("<III", *sizes)))


def test_paths_that_cannot_be_read_are_refused(program):
    for source in ("--vmcore=", "--kcore=", "--ptdump="):
        for path in (program.file("missing"), program.folder, ""):
            if source == "--ptdump=" and not path:
                continue
            result = program.run(source + path, "-rmemory16")
            assert result.returncode in ((2,) if path else (2, 64))
            assert result.stdout == b""
            assert len(result.message.splitlines()) == 1


def test_streams_are_refused_with_a_way_out(program):
    path = program.file("fifo")
    os.mkfifo(path)
    for source in ("--vmcore=-", "--vmcore=" + path, "--kcore=" + path):
        assert "save it to a file" in program.refused(source, "-rmemory16")


def test_only_a_container_hides_a_core(program):
    for path, part in ((program.file("empty", b""), "an empty file"),
                       ("/dev/zero", "not a regular file"), ("/dev/null", "not a regular file")):
        message = program.refused("--kcore=" + path, "-rmemory16")
        assert part in message
        assert "container" not in message


def test_dumps_and_texts_are_told_apart(program, sample):
    path = program.file("text", "---[ Linear Mapping start ]---\n")
    assert "--ptdump" in program.refused("--vmcore=" + path, "-rmemory16")
    dump = program.file("dump")
    containers.write_kdump(dump, sample.image)
    for path, what in ((sample.plain, "an ELF core"), (dump, "a kdump-compressed dump")):
        message = program.refused("--ptdump=" + path, "--map")
        assert "it is %s: use --vmcore" % what in message
        with open(path, "rb") as handle:
            message = program.refused("--ptdump=-", "--map", stdin=handle.read())
        assert message


def test_formats_that_are_not_read_are_named(program):
    assert "it is a migration stream of QEMU" in refused(program, b"QEVM\0\0\0\3" * 100)
    assert "unpack it first" in refused(program, b"\x04\x22\x4d\x18" * 100)


def test_closed_file_is_refused(program, sample):
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    os.chmod(program.file("closed", sample.content), 0)
    program.refused("--vmcore=" + program.file("closed"), "-rmemory16")


def test_unrelated_dumps_are_no_set(program, sample):
    """Several --vmcore are the parts of one dump, and nothing else."""
    result = program.run("--vmcore=" + sample.plain, "--vmcore=" + sample.plain, "-rmemory16")
    assert result.returncode in (2, 64)
    assert result.stdout == b""


def test_message_is_one_line_even_for_strange_paths(program):
    message = program.refused("--vmcore=" + program.file("no\nsuch\x1b[31mfile"), "-rmemory16")
    assert b"\x1b" not in message.encode()


def test_message_has_no_control_characters_of_eight_bits(program):
    """A terminal takes these for escapes; other characters of UTF-8 are printed."""
    name = "caf\u00e9 \u2713 \U0001f600 \u009b31m ".encode() + b"\x9b31m \xc3( \xe2\x82"
    message = program.refused("--vmcore=" + os.fsdecode(name), "-rmemory16")
    assert "caf\u00e9 \u2713 \U0001f600 ??31m ?31m ?( ??".encode() in message.encode()
