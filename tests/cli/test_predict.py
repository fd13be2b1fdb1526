# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory that is added or removed in the answer only, against machines that have it or not."""

import containers
import pytest
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region
from sample import BOOT, GIB, MIB
from support import codes_of

# The address of a DIMM, and pieces of 3 GiB that begin 128 MiB before an aligned GiB.
FAR = 0x10000000000
ODD = FAR + 896 * MIB
TWO_AND_MORE = (("cont-pmd", 128 * MIB), ("pud", 2 * GIB), ("cont-pmd", 896 * MIB))
BOOTED = Region(BOOT, 256 * MIB, boot=True)


def write(program, name, *regions, release="7.2.12", page_size=4096):
    """The option for a core of a machine with these regions."""
    bits = 47 if page_size == 16384 else 48
    kernel = Kernel(page_size, bits, bits, release=release, dram_base=regions[0].pa)
    containers.write_plain(program.file(name), Image(Layout(Machine(kernel, list(regions)))))
    return "--vmcore=" + program.file(name)


def pieces(start, kinds):
    """Regions one behind the other, each mapped by leaves of its own kind."""
    regions = []
    for kind, size in kinds:
        regions.append(Region(start, size, linear=kind))
        start += size
    return regions


def advice_on(program, *arguments):
    """The advice for the range that is asked about, which cannot be removed."""
    answer, = program.document(*arguments)["ranges"]
    assert answer["verdict"] == "not-removable"
    return answer["advice"]


def advice_for(start, size, **what):
    """Advice for memory that is there, as JSON has it."""
    advice = {"start": "%#x" % start, "end": "%#x" % (start + size - 1), "size": size,
              "again": True, "pieces": None, "mapping": None, "memmap_on_memory": None}
    advice.update(what)
    return advice


def leaves(document, which):
    """The runs of a map, without physical addresses."""
    runs = []
    for run in document["map"][which]:
        size = run["leaf_size"] * run["count"]
        start, kind = int(run["va"], 16), (run["level"], run["valid"])
        if runs and runs[-1][1] == start and runs[-1][2] == kind:
            runs[-1][1] += size
        else:
            runs.append([start, start + size, kind])
    return runs


def check_same(program, predicted, real, *queries):
    """What is predicted is what a machine on which it has happened answers."""
    expected = program.document(*real, "--map", "--blocks", *queries)
    document = program.document(*predicted, "--map", "--blocks", *queries)
    for which in ("linear", "vmemmap"):
        assert leaves(document, which) == leaves(expected, which)
    for ours, theirs in zip(document["ranges"], expected["ranges"], strict=True):
        for key in ("start", "end", "verdict", "linear", "vmemmap", "guard", "teardown", "nearest"):
            assert ours[key] == theirs[key], key
        assert codes_of(ours) == codes_of(theirs)
    for ours, theirs in zip(document["blocks"], expected["blocks"], strict=True):
        for key in ("name", "boot", "verdict", "linear", "vmemmap", "guard"):
            assert ours[key] == theirs[key], (ours["name"], key)
    assert expected["predicted"] is None
    return document


@pytest.mark.parametrize("mapping,kinds", (("blocks", TWO_AND_MORE),
                                           ("pages", (("pages", 3 * GIB),))))
def test_added_memory_is_like_memory_that_was_added(program, mapping, kinds):
    base = write(program, "base", BOOTED)
    real = write(program, "real", BOOTED, *pieces(ODD, kinds))
    assumed = "--assume=mapping=" + mapping
    document = check_same(program, (base, "--if-added=%#x+3G" % ODD, assumed), (real, assumed),
                          "-r%#x+3G" % ODD, "-r%#x+1G" % (FAR + GIB), "-r%#x+128M" % ODD,
                          "-r%#x+128M" % (FAR + GIB))
    assert document["predicted"] == [{"added": {
        "start": "%#x" % ODD, "end": "%#x" % (ODD + 3 * GIB - 1), "size": 3 * GIB,
        "memmap_on_memory": False, "calls": None, "left_out": 0}}]
    assert document["kernel"]["models"]["mapping"] == {"value": mapping, "from": "option"}


def test_added_memory_beside_other_memory_shares_its_tables(program):
    here = Region(FAR, 512 * MIB, linear="cont-pmd")
    base = write(program, "base", BOOTED, here)
    real = write(program, "real", BOOTED, here,
                 *pieces(FAR + 512 * MIB, (("cont-pmd", 512 * MIB), ("pud", GIB))))
    check_same(program, (base, "--if-added=%#x+1536M" % (FAR + 512 * MIB)), (real,),
               "-r%#x+512M" % FAR, "-r%#x+2G" % FAR)


def test_blocks_one_by_one_have_no_larger_leaf(program):
    base = write(program, "base", BOOTED)
    real = write(program, "real", BOOTED, Region(FAR, 2 * GIB, linear="cont-pmd"))
    for words in ("calls=block", "calls=block,calls=block"):
        check_same(program, (base, "--if-added=%#x+2G,%s" % (FAR, words),
                             "--assume=mapping=blocks"), (real, "--assume=mapping=blocks"),
                   "-r%#x+2G" % FAR, "-r%#x+128M" % FAR)


def test_removed_memory_is_gone(program):
    dimm = Region(FAR, GIB, linear="cont-pmd")
    base = write(program, "base", BOOTED, dimm, Region(FAR + GIB, GIB, linear="pages"))
    real = write(program, "real", BOOTED, Region(FAR + GIB, GIB, linear="pages"))
    check_same(program, (base, "--if-removed=%#x+1G" % FAR), (real,),
               "-r%#x+1G" % (FAR + GIB), "-r%#x+1G" % FAR)


def test_memory_that_comes_again_in_pieces_can_go(program):
    """What a kernel of 6.1 removes as a whole, it maps by pieces that can go, if it adds pieces."""
    base = write(program, "base", BOOTED, Region(FAR, GIB, linear="pud"), release="6.1.192")
    block = "-r%#x+128M" % FAR
    assert program.run(base, block).returncode == 1
    changes = ["--if-removed=%#x+1G" % FAR]
    changes += ["--if-added=%#x+512M" % (FAR + at) for at in (0, 512 * MIB)]
    assert program.run(base, *changes, block).returncode == 0
    assert program.run(base, changes[0], "--if-added=%#x+1G" % FAR, block).returncode == 1


@pytest.mark.parametrize("page_size,kind,leaf,block", (
    (4096, "pud", GIB, 128 * MIB), (16384, "cont-pmd", GIB, 128 * MIB),
    (65536, "cont-pmd", 16 * GIB, 512 * MIB)))
def test_memory_that_comes_again_as_advised_can_go(program, page_size, kind, leaf, block):
    """Kernels without a check remove a leaf as a whole, and can then add it again in pieces."""
    boot = Region(16 * GIB, 512 * MIB, boot=True)
    base = write(program, "base", boot, Region(FAR, 2 * leaf, linear=kind), release="6.1.192",
                 page_size=page_size)
    start = FAR + leaf
    advice = advice_on(program, base, "-r%#x+%d" % (start + block, block))
    assert advice == advice_for(start, leaf, pieces=leaf // 2)
    changes = ["--if-removed=%#x+%d" % (start, leaf)]
    changes += ["--if-added=%#x+%d" % (start + at, leaf // 2) for at in (0, leaf // 2)]
    blocks = ["-r%#x+%d" % (start + at, block) for at in range(0, leaf, block)]
    document = program.document(base, *changes, *blocks)
    assert {answer["verdict"] for answer in document["ranges"]} == {"removable"}
    assert {answer["advice"] for answer in document["ranges"]} == {None}


def test_advice_for_memory_that_is_not_there_yet(program):
    base = write(program, "base", BOOTED)
    block = "-r%#x+128M" % (FAR + GIB)
    change = "--if-added=%#x+3G" % ODD
    advice = advice_on(program, base, change, "--assume=mapping=blocks", block)
    assert advice == advice_for(FAR + GIB, GIB, again=False, pieces=512 * MIB)
    text = program.run(base, change, "--assume=mapping=blocks", block).text
    assert ("  advice          added in pieces of at most 512 MiB, each memory block of "
            "0x10040000000-0x1007fffffff could be removed\n") in text


def test_advice_for_blocks_that_hold_their_own_struct_pages(program):
    own = Region(FAR, 256 * MIB, linear="cont-pmd", memmap_on_memory=True)
    base = write(program, "base", BOOTED, own)
    assert advice_on(program, base, "-r%#x+256M" % FAR) == advice_for(
        FAR, 256 * MIB, pieces=512 * MIB, memmap_on_memory=False)
    assert advice_on(program, base, "-r%#x+256M" % FAR, "--assume=mapping=pages") == advice_for(
        FAR, 256 * MIB, mapping="pages", memmap_on_memory=False)


@pytest.mark.parametrize("region", (
    Region(FAR, GIB, linear="pud", boot=True),
    Region(FAR, GIB, linear=[(FAR, 512 * MIB, "pmd"), (FAR + 512 * MIB, 512 * MIB, "hole")]),
))
def test_there_is_no_advice_where_leaves_are_not_all(program, region):
    """Memory from boot cannot go, and of what is not mapped nothing is known."""
    base = write(program, "base", BOOTED, region)
    answer, = program.document(base, "-r%#x+1G" % FAR)["ranges"]
    assert answer["verdict"] != "removable"
    assert answer["advice"] is None


def test_removal_that_tears_a_leaf_is_told(program):
    base = write(program, "base", BOOTED, Region(FAR, GIB, linear="pud"), release="6.1.192")
    document = program.document(base, "--if-removed=%#x+128M" % (FAR + 256 * MIB), "--blocks")
    removed = document["predicted"][0]["removed"]
    assert removed["torn"]["linear"] == {"below": 256 * MIB, "above": 640 * MIB}
    assert removed["torn"]["vmemmap"] == {"below": 0, "above": 0}
    assert not removed["refused"]
    assert any("take the mapping of its neighbours along" in text for text in document["warnings"])
    assert [block["verdict"] for block in document["blocks"] if block["start"] == "%#x" % FAR] == [
        "unknown"]


def test_removal_that_is_refused_changes_nothing(program):
    base = write(program, "base", BOOTED, Region(FAR, GIB, linear="pud"))
    plain = program.document(base, "--map")
    document = program.document(base, "--if-removed=%#x+128M" % FAR, "--map")
    assert document["map"] == plain["map"]
    assert document["predicted"][0]["removed"]["refused"]
    text = program.run_ok(base, "--if-removed=%#x+128M" % FAR, "--map")
    assert "as if 0x10000000000-0x10007ffffff were removed, which this kernel refuses" in text


def test_struct_pages_of_added_memory_have_no_address(program):
    base = write(program, "base", BOOTED)
    document = program.document(base, "--if-added=%#x+128M" % FAR, "--assume=mapping=pages",
                                "--map")
    added = [run for run in document["map"]["vmemmap"] if run["pa"] is None]
    assert sum(run["leaf_size"] * run["count"] for run in added) == 2 * MIB
    assert all(run["pa"] for run in document["map"]["linear"])


def test_vast_memory_can_be_added_in_the_answer(program):
    base = write(program, "base", BOOTED)
    for mapping, status in (("pages", 0), ("blocks", 1)):
        result = program.run(base, "--if-added=%#x+1T" % FAR, "--assume=mapping=" + mapping,
                             "-q", "-r%#x+1T" % FAR)
        assert result.returncode == status


@pytest.mark.parametrize("change,part", (
    ("--if-added=%#x+128M" % BOOT, "--if-added: memory at 0x40000000 cannot be added: it exists"),
    ("--if-removed=%#x+128M" % FAR, "--if-removed: memory at 0x10000000000 cannot be removed"),
))
def test_changes_that_cannot_be_are_refused(program, change, part):
    base = write(program, "base", BOOTED)
    assert part in program.refused(base, change, "--blocks", status=2)


def test_mapping_must_be_given_where_nothing_shows_it(program):
    base = write(program, "base", Region(BOOT, 256 * MIB, boot=True, linear="pmd"))
    change = "--if-added=%#x+128M" % FAR
    assert "--assume=mapping=... sets it" in program.refused(base, change, "--blocks", status=2)
    assert program.document(base, change, "--assume=mapping=pages", "--blocks")["blocks"]


def test_older_kernel_is_assumed_to_map_by_pages(program):
    base = write(program, "base", Region(BOOT, 256 * MIB, boot=True, linear="pmd"),
                 release="6.12.90")
    document = program.document(base, "--if-added=%#x+128M" % FAR, "-r%#x+128M" % FAR)
    assert document["kernel"]["models"]["mapping"] == {"value": "pages", "from": "release"}
    assert any("is assumed to be mapped by pages" in text for text in document["warnings"])


@pytest.mark.parametrize("change,part", (
    ("--if-added=dimm0", "'dimm0' is not a range"),
    ("--if-added=memory8,calls=dimm", "does not say how memory is added"),
    ("--if-removed=memory8,calls=block", "is not a range"),
    ("--if-added=%#x+2M" % FAR, "only whole memory blocks are added and removed"),
    ("--if-added=memory4096-memory4097,memmap-on-memory,calls=range", "calls=range contradicts it"),
))
def test_changes_that_make_no_sense_are_usage_errors(program, change, part):
    base = write(program, "base", BOOTED)
    assert part in program.refused(base, change, "--assume=mapping=pages", "--blocks", status=64)


def test_another_kernel_answers_for_the_same_memory(program):
    core = write(program, "core", BOOTED, *pieces(FAR, (("pud", GIB),)))
    same = write(program, "same", BOOTED, *pieces(FAR, (("pud", GIB),)), release="6.12.90")
    new = program.document(core, "-r%#x+1G" % FAR, "--blocks")
    old = program.document(core, "--if-kernel=6.12.90", "-r%#x+1G" % FAR, "--blocks")
    really = program.document(same, "-r%#x+1G" % FAR, "--blocks")
    assert codes_of(new["ranges"][0]) == ["guard-veto"]
    assert old["ranges"] == really["ranges"]
    assert old["blocks"] == really["blocks"]
    assert old["kernel"]["release"] == "7.2.12"
    for model in ("teardown", "flush", "guard"):
        assert old["kernel"]["models"][model] == really["kernel"]["models"][model]
    assert old["predicted"] == [{"kernel": {"release": "6.12.90"}}]


def test_memory_is_added_by_the_kernel_that_was_named_before_it(program):
    core = write(program, "core", BOOTED, *pieces(FAR, (("pages", GIB),)), release="6.12.90")
    added = "--if-added=%#x+1G" % (FAR + GIB)
    by_own = program.document(core, added, "--if-kernel=7.2.12", "--map")
    assert by_own["predicted"][0]["added"]["size"] == GIB
    assert {run["level"] for run in by_own["map"]["linear"]} >= {"PTE"}
    refused = program.refused(core, "--if-kernel=7.2.12", added, "--map")
    assert "--if-added: it is not known whether this kernel maps memory" in refused
    document = program.document(core, "--if-kernel=7.2.12", added, "--assume=mapping=blocks",
                                "-r%#x+1G" % (FAR + GIB))
    assert codes_of(document["ranges"][0]) == ["guard-veto"]


def test_blocks_of_a_newer_kernel_may_be_for_its_cpus(program):
    core = write(program, "core", BOOTED, *pieces(FAR, (("pud", GIB),)))
    added = "--if-added=%#x+1G" % (FAR + GIB)
    assert "--assume=mapping" in program.refused(core, "--if-kernel=6.12.90", added, "--map")


def test_text_says_for_which_kernel_it_is(program):
    core = write(program, "core", BOOTED, *pieces(FAR, (("pud", GIB),)), release="6.1.190")
    text = program.run_ok(core, "--if-kernel=6.12.90", "--if-added=%#x+1G" % (FAR + GIB),
                          "--blocks")
    assert "predicted       as if kernel 6.12.90 ran from here on" in text
    assert "added memory is mapped by blocks (as the memory that is there)" in text


@pytest.mark.parametrize("release", ("", "newest", "7" * 66))
def test_what_is_not_a_release_is_refused(program, release):
    core = write(program, "core", BOOTED)
    assert "release" in program.refused(core, "--if-kernel=" + release, "--blocks", status=64)
