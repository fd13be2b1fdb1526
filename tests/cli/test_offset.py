# SPDX-License-Identifier: GPL-2.0-or-later
"""--phys-offset: memstart_addr as in the kernel's note, not the start of memory."""

import containers
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region
from ptdump import Writer, as_text

GIB, MIB = 1 << 30, 1 << 20

IGNORE = "--ignore=boot-memory,not-present"
GUARD = "--assume=guard=none"

# Memory begins at 1 GiB, wherever the linear map does.
REGIONS = [Region(GIB, 256 * MIB, boot=True, linear="pages"),
           Region(4 * GIB, 512 * MIB, linear="pmd"), Region(6 * GIB, GIB, linear="pud")]
LAST = 7 * GIB - 1

# As found on machines: 0, randomly lower, and for 52 configured bits on a CPU with 48.
KERNELS = (Kernel(memstart=0), Kernel(memstart=-(1 << 40)), Kernel(4096, 52, 48),
           Kernel(16384, 47, 47, memstart=0))


def write(program, kernel, prepare=None):
    """Options for the core of a kernel and for its text."""
    layout = Layout(Machine(kernel, REGIONS))
    image = Image(layout)
    if prepare:
        prepare(image)
    containers.write_plain(program.file("core"), image)
    program.file("text", as_text(Writer(layout).lines()))
    return ("--vmcore=" + program.file("core"),), (
        "--ptdump=" + program.file("text"), "--kernel-release=" + kernel.release,
        "--va-bits=%d" % kernel.geometry.va_bits)


def refused(program, *arguments):
    """The one sentence of a refusal, the same in all forms."""
    message = program.refused(*arguments)
    for form in ("-q", "--summary", "--explain", "--json"):
        assert program.run(*arguments, form).returncode == 2
    return message


def test_mapped_memory_is_told(program):
    for kernel in KERNELS:
        core, text = write(program, kernel)
        offset = "--phys-offset=%#x" % kernel.memstart
        for source in (core, core + (offset,), text + (offset,)):
            found = program.document(*source, "--map")["kernel"]
            assert found["phys_offset"] == "%#x" % kernel.memstart
            assert found["linear_map"] == {
                "start": "%#x" % GIB, "end": "%#x" % LAST, "size": LAST + 1 - GIB}
            told = "PHYS_OFFSET %#x, mapped memory %#x-%#x\n" % (kernel.memstart, GIB, LAST)
            for query in (("--map",), ("-r%#x+128M" % (4 * GIB), IGNORE, GUARD)):
                assert told in program.run(*source, *query).text


def test_text_without_an_offset_has_no_mapped_memory(program):
    _, text = write(program, KERNELS[0])
    assert program.document(*text, "--map")["kernel"]["linear_map"] is None


def test_right_offset_changes_nothing(program):
    for kernel in KERNELS:
        core, _ = write(program, kernel)
        plain = program.document(*core, "-r%#x+512M" % (4 * GIB), "--map")
        given = program.document(*core, "-r%#x+512M" % (4 * GIB), "--map",
                                 "--phys-offset=%#x" % kernel.memstart)
        given["kernel"]["overrides"] = []
        assert given == plain


def test_core_refutes_a_wrong_offset(program):
    """Where the tables have output addresses, no other value makes anything removable, mapped
    or not, whatever is ignored of presence and boot memory."""
    for kernel in KERNELS:
        core, _ = write(program, kernel)
        for wrong in (GIB, 3 * GIB, kernel.memstart + GIB, kernel.memstart - (1 << 41)):
            offset = "--phys-offset=%#x" % (wrong & (1 << 64) - 1)
            ranges = ["-r%#x+128M" % (gib * GIB) for gib in range(2, 10)]
            answer = program.document(*core, offset, IGNORE, GUARD, *ranges, statuses=(1, 2))
            assert "removable" not in [found["verdict"] for found in answer["ranges"]]
            assert answer["kernel"]["linear_map"] is None
            assert len([warning for warning in answer["warnings"]
                        if "contradicts the tables" in warning]) == 1


def test_core_that_lacks_tables_makes_nothing_removable_by_a_wrong_offset(program):
    """The tables at one end of the linear map are missing: nothing is removable then."""
    kernel = KERNELS[0]

    def hide(image):
        for (level, va), pa in image.tables.items():
            if level == 3 and va == kernel.lin(GIB):
                del image.pages[pa]

    core, _ = write(program, kernel, hide)
    for wrong in (GIB, 2 * GIB, 64 * GIB, (1 << 64) - GIB):
        for start in range(2 * GIB, 12 * GIB, GIB):
            status = program.run(*core, "--phys-offset=%#x" % wrong, IGNORE, GUARD, "-q",
                                 "-r%#x+128M" % start).returncode
            assert status in (1, 2)


def test_offset_with_which_memory_does_not_fit_is_refused(program):
    for kernel, wrong, words in ((KERNELS[0], -(2 * GIB), "beyond the 48-bit"),
                                 (KERNELS[0], 1 << 48, "beyond the 48-bit"),
                                 (KERNELS[2], GIB, "beyond the 48-bit"),
                                 (KERNELS[2], 0, "beyond the 48-bit"),
                                 (KERNELS[3], -(1 << 46), "beyond the 48-bit")):
        _, text = write(program, kernel)
        said = refused(program, *text, "--phys-offset=%#x" % (wrong & (1 << 64) - 1), IGNORE,
                       "-r%#x+128M" % (4 * GIB))
        assert words in said
        assert "not where memory begins" in said


def test_range_without_a_place_is_refused(program):
    _, text = write(program, KERNELS[0])
    said = refused(program, *text, "--phys-offset=%#x" % (2 * GIB), IGNORE, "-r%#x+128M" % GIB)
    assert "no room for 0x40000000-0x47ffffff" in said
    assert "PA 0x80000000-" in said


def test_text_names_what_it_cannot_prove(program):
    """Only the mapped memory reveals a value that is slightly off; the reader is told so."""
    _, text = write(program, KERNELS[0])
    answer = program.document(*text, "--phys-offset=0x40000000", "--map")
    assert answer["kernel"]["linear_map"]["start"] == "%#x" % (2 * GIB)
    assert len([warning for warning in answer["warnings"]
                if "/proc/iomem" in warning]) == 1


def test_offset_to_which_no_kernel_rounds_is_refused(program):
    """A value to which no kernel rounds is refused as such."""
    core, text = write(program, KERNELS[0])
    for source in (core, text):
        message = program.refused(*source, "--phys-offset=0x40001000", "--map", status=64)
        assert "multiple of 512 MiB" in message
    said = refused(program, *text, "--phys-offset=0x20000000", "--map")
    assert "not a multiple of 1 GiB" in said
