# SPDX-License-Identifier: GPL-2.0-or-later
"""Struct pages where no kernel keeps them: the memory that they describe is never removable."""

import containers
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region

GIB, MIB = 1 << 30, 1 << 20

BOOT, HOT = GIB, 4 * GIB
BLOCK = 128 * MIB
# Boot memory that nothing else uses.
FREE = BOOT + 512 * MIB


def make_image(**machine):
    """A machine with 1 GiB of boot memory and 1 GiB added; the vmemmap has 2 MiB leaves.

    Struct pages and tables lie in boot memory.
    """
    regions = [Region(BOOT, GIB, boot=True), Region(HOT, GIB, linear="pmd")]
    machine = {"spare_pa": BOOT + 256 * MIB, "noise": False, **machine}
    return Image(Layout(Machine(Kernel(release="7.2.12"), regions, **machine)),
                 [(BOOT, 128 * MIB)])


def entry_of(image, pa):
    """The table entry that maps the struct pages of the block at PA."""
    va = image.kernel.vmemmap_base + pa // image.page_size * image.kernel.struct_page_size
    va &= (1 << 64) - 1
    return image.table(2, va), image.geometry.index(2, va)


def keep(image, block, place):
    """Keep the struct pages of the block at BLOCK in the 2 MiB at PLACE."""
    table, index = entry_of(image, block)
    old = image.read_entry(table, index)
    mask = (1 << 48) - image.page_size
    image.write_entry(table, index, old & ~mask | place)


def ask(program, image, start, size):
    """The answer for a range, and its reasons' messages."""
    path = program.file("core")
    containers.write_plain(path, image)
    answer = program.document("--vmcore=" + path, "-r%#x+%#x" % (start, size))["ranges"][0]
    return answer, "".join(reason["message"] for reason in answer["reasons"])


def test_sound_machine_is_removable(program):
    assert ask(program, make_image(), HOT, GIB)[0]["verdict"] == "removable"


def copy_of_linear_table(image):
    """Let the struct pages of the first block be those that a table of the linear map maps."""
    table, index = entry_of(image, HOT)
    image.write_entry(table, index, image.address_bits(
        image.table(3, image.kernel.lin(FREE))) | 3)


def test_struct_pages_in_a_table_of_the_linear_map_are_unknown(program):
    """A core of tables alone has no memory for struct pages; kernels have a type for it."""
    for machine, phrase in (({"spare_pa": None}, "unlike those of boot memory"),
                            ({}, "mapped as the linear map maps memory")):
        image = make_image(**machine)
        for name in ("linear", "vmemmap"):
            for run in image.layout.maps[name].runs:
                set_type(image, run, name == "linear")
        assert ask(program, image, HOT, BLOCK)[0]["verdict"] == "removable"
        copy_of_linear_table(image)
        answer, messages = ask(program, image, HOT, BLOCK)
        assert answer["verdict"] == "unknown"
        assert phrase in messages


def set_type(image, run, memory_type):
    """Give all leaves of a run a memory type."""
    for number in range(run.count):
        va = run.va + number * run.size
        table, index = image.table(run.level, va), image.geometry.index(run.level, va)
        value = image.read_entry(table, index)
        image.write_entry(table, index, value & ~(7 << 2) | memory_type << 2)


def test_one_place_for_the_struct_pages_of_two_blocks_is_unknown(program):
    image = make_image()
    for block in (HOT, HOT + BLOCK):
        keep(image, block, FREE)
    answer, messages = ask(program, image, HOT, 2 * BLOCK)
    assert answer["verdict"] == "unknown"
    assert "the vmemmap uses twice" in messages
    assert answer["nearest"] == {"inside": None, "around": None}


def test_struct_pages_of_a_block_in_another_are_unknown(program):
    image = make_image()
    keep(image, HOT + BLOCK, HOT + 16 * MIB)
    answer, messages = ask(program, image, HOT, 2 * BLOCK)
    assert answer["verdict"] == "unknown"
    assert "part of the range must go first" in messages
    assert answer["nearest"] == {"inside": None, "around": None}
    # The block that the struct pages describe can be removed first, and then the other.
    assert ask(program, image, HOT + BLOCK, BLOCK)[0]["verdict"] == "removable"


def test_table_inside_of_what_it_maps_is_unknown(program):
    for name in ("linear", "vmemmap"):
        image = make_image()
        va = image.kernel.lin(HOT) if name == "linear" else image.kernel.vmemmap_base + (
            HOT // image.page_size * image.kernel.struct_page_size) & (1 << 64) - 1
        old, new = image.table(2, va), HOT + 64 * MIB
        above, index = image.table(1, va), image.geometry.index(1, va)
        for entry in range(image.page_size // 8):
            image.write_entry(new, entry, image.read_entry(old, entry))
        image.write_entry(above, index, image.address_bits(new) | 3)
        answer, messages = ask(program, image, HOT, BLOCK)
        assert answer["verdict"] == "unknown"
        assert "a table that maps the range lies at" in messages


def test_memmap_at_the_start_of_its_block_is_usual(program):
    image = make_image()
    for at in range(HOT, HOT + GIB, BLOCK):
        keep(image, at, at)
    assert "struct pages" not in ask(program, image, HOT, GIB)[1]


def test_struct_pages_in_other_memory_are_unknown(program):
    """The linear map has something else at the place that the vmemmap names."""
    image = make_image()
    keep(image, HOT, FREE)
    va = image.kernel.lin(FREE)
    table, index = image.table(3, va), image.geometry.index(3, va)
    image.write_entry(table, index, image.read_entry(table, index) ^ 8 * MIB)
    answer, messages = ask(program, image, HOT, BLOCK)
    assert answer["verdict"] == "unknown"
    assert "the linear map has other memory" in messages


def test_struct_pages_of_what_does_not_exist_are_unknown(program):
    """A table with another table's content continues where the sections end."""
    for start, beside in ((HOT, HOT + GIB), (HOT, HOT - BLOCK)):
        image = make_image()
        table, index = entry_of(image, HOT + GIB - BLOCK)
        value = image.read_entry(table, index)
        table, index = entry_of(image, beside)
        image.write_entry(table, index, value & ~(((1 << 48) - image.page_size)) | FREE)
        answer, messages = ask(program, image, start, GIB)
        assert answer["verdict"] == "unknown"
        assert "where no section exists" in messages
