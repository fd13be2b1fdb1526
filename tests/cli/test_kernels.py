# SPDX-License-Identifier: GPL-2.0-or-later
"""What a kernel's name says about it, and what it leaves open."""

import containers
import kallsyms
import pytest
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region
from support import codes_of

GIB, MIB = 1 << 30, 1 << 20

BOOT = 0x40000000
FREE = 0x100000000
SPLIT = 0x140000000
SYMBOLS = BOOT + 768 * MIB      # where kallsyms lies
WHOLE = "-r%#x+1G" % FREE
BLOCK = "-r%#x+1G" % SPLIT


def write_core(program, release, version="#1 SMP test", edit=None, symbols=None, kept=None):
    """The option for a dump of a kernel of this name, with SYMBOLS in its kallsyms.

    It has 1 GiB of small leaves, and 1 GiB under one leaf.
    """
    regions = [Region(BOOT, GIB, boot=True), Region(FREE, GIB, linear="pmd"),
               Region(SPLIT, GIB, linear="pud")]
    image = Image(Layout(Machine(Kernel(release=release, version=version), regions)))
    path = program.file("core")
    note = image.vmcoreinfo()
    if symbols is not None:
        note += kallsyms.write(image, SYMBOLS, symbols, kept)
    if edit:
        note = edit(note)
    containers.write_elf(path, containers.memory_segments(image),
                         containers.note("VMCOREINFO", 0, note))
    return "--vmcore=" + path


def models_of(answer):
    """(teardown, flush, guard) as the document has them."""
    models = answer["kernel"]["models"]
    for model in models.values():
        assert (model["from"] == "unknown") == (model["value"] is None), model
    return tuple(models[name]["value"] for name in ("teardown", "flush", "guard"))


def assert_warned(answer, *parts):
    """Exactly one warning has all of these parts."""
    found = [text for text in answer["warnings"] if all(part in text for part in parts)]
    assert len(found) == 1, answer["warnings"]


# -- Debian's X.Y~rcN calls itself X.Y-arm64 -------------------------------------------------------


def test_version_tells_the_candidate(program):
    for candidate, guard, verdict in (("~rc4", "next-range", "not-removable"),
                                      ("~rc5", "requested", "not-removable"),
                                      ("", "requested", "not-removable")):
        version = "#1 SMP PREEMPT_DYNAMIC Debian 7.2%s-1~exp1 (2026-07-20)" % candidate
        answer = program.document(write_core(program, "7.2-arm64", version), BLOCK)
        assert models_of(answer) == ("batched", "range-ops", guard)
        assert answer["ranges"][0]["verdict"] == verdict
        # The last block is judged by what follows it, or by itself.
        last = answer["ranges"][0]["guard"]["blocks"][-1]["outcome"]
        assert last == ("accepts-unsafely" if candidate == "~rc4" else "refuses")


def test_without_the_version_nothing_is_assumed(program):
    core = write_core(program, "7.2-arm64")
    answer = program.document(core, WHOLE)
    assert models_of(answer) == (None, "range-ops", None)
    assert answer["ranges"][0]["guard"]["outcome"] == "unknown"
    assert_warned(answer, "Debian", "--kernel-release")
    answer = program.document(core, WHOLE, "--kernel-release=7.2-rc4")
    assert models_of(answer) == ("batched", "range-ops", "next-range")


def test_what_all_candidates_do_is_known(program):
    answer = program.document(write_core(program, "7.3-arm64"), WHOLE)
    assert models_of(answer) == ("batched", "range-ops", "requested")
    assert not [text for text in answer["warnings"] if "Debian" in text]


# -- an unknown suffix is a distribution's ---------------------------------------------------------


@pytest.mark.parametrize("release", ("6.8.12-8-pve", "5.15.148-tegra", "7.2.12-mycluster",
                                     "6.12.47+rpt-rpi-v8"))
def test_models_of_distributions_are_unknown(program, release):
    core = write_core(program, release)
    answer = program.document(core, WHOLE)
    assert models_of(answer) == (None, None, None)
    assert_warned(answer, "kernel.org", "--kernel-release")
    answer = program.document(core, WHOLE, "--kernel-release=7.2.12")
    assert models_of(answer) == ("batched", "range-ops", "requested")


def test_verdict_is_open_only_where_the_check_could_refuse(program):
    large, small = "-r%#x+1G" % SPLIT, "-r%#x+512M" % FREE
    core = write_core(program, "7.2.12-mycluster")
    answer = program.document(core, large, small, statuses=(2,))
    assert [found["verdict"] for found in answer["ranges"]] == ["unknown", "removable"]
    assert "--kernel-release" in answer["ranges"][0]["reasons"][0]["message"]
    program.document(core, large, "--ignore=guard-veto", statuses=(0,))
    program.document(core, large, "--kernel-release=7.2.12", statuses=(1,))
    found = program.document(core, "--suggest=1G")["suggestions"]
    assert "%#x" % SPLIT not in [each["start"] for each in found]
    # The series has no check, and no distribution is known to have backported it.
    program.document(write_core(program, "6.8.12-8-pve"), large, small, statuses=(0,))


def test_git_trees_are_assumed_with_a_warning(program):
    answer = program.document(write_core(program, "7.2.12+"), WHOLE)
    assert models_of(answer) == ("batched", "range-ops", "requested")
    assert_warned(answer, "git tree")


# -- arm64 before 5.7 removes nothing, whatever its tables look like -------------------------------

BEFORE_HOTREMOVE = "5.4.0-rc8"


def test_range_is_not_removable_before_5_7(program):
    core = write_core(program, BEFORE_HOTREMOVE)
    answer = program.document(core, WHOLE, statuses=(1,))["ranges"][0]
    assert codes_of(answer) == ["no-hotremove"]
    assert "5.7" in answer["reasons"][0]["message"]
    assert answer["verdict"] == "not-removable"
    assert answer["nearest"] == {"inside": None, "around": None}
    assert answer["teardown"]["per_leaf"]["total"]["tlbi"] > 0
    ignored = program.document(core, WHOLE, "--ignore=no-hotremove", statuses=(0,))["ranges"][0]
    assert ignored["verdict"] == "removable"
    assert ignored["teardown"] == answer["teardown"]


def test_no_hotremove_is_said_in_every_form(program):
    core = write_core(program, BEFORE_HOTREMOVE)
    assert program.run(core, WHOLE, "-q").returncode == 1
    assert "no-hotremove" in program.run(core, WHOLE, "--summary").text
    assert "5.7" in program.run(core, WHOLE, "--explain").text
    assert ({block["verdict"] for block in program.document(core, "--blocks")["blocks"]}
            == {"not-removable"})
    assert program.document(core, "--suggest=1G", statuses=(1,))["suggestions"] == []
    found = program.document(core, "--suggest=1G", "--ignore=no-hotremove")["suggestions"]
    assert found


def test_no_hotremove_needs_knowledge(program):
    for release, override in ((BEFORE_HOTREMOVE, "5.7.0-rc1"), (BEFORE_HOTREMOVE, "5.10.223"),
                              ("7.2.12", "mainline")):
        answer = program.document(write_core(program, release), WHOLE,
                                  "--kernel-release=" + override)["ranges"][0]
        assert "no-hotremove" not in codes_of(answer)


# -- what a kernel's symbols prove wins over what its release usually has --------------------------

WITHOUT = ("schedule", "vfs_read")

WITH = ("schedule", "offline_pages", "prevent_memory_remove_notifier", "vfs_read")


def codes(program, *arguments):
    """(verdict, codes of the reasons, guard and its source) for the memory of small leaves."""
    answer = program.document(*arguments, WHOLE)
    found = answer["ranges"][0]
    guard = answer["kernel"]["models"]["guard"]
    return (found["verdict"], codes_of(found),
            guard["value"], guard["from"])


def test_symbols_prove_that_there_is_no_hotremove(program):
    core = write_core(program, "7.2.12", symbols=WITHOUT)
    assert codes(program, core) == ("not-removable", ["no-hotremove"], "none", "symbols")
    assert "CONFIG_MEMORY_HOTREMOVE" in program.run(core, WHOLE).text
    assert codes(program, core, "--ignore=no-hotremove")[0] == "removable"
    assert program.document(core, "--suggest=1G", statuses=(1,))["suggestions"] == []


def test_symbols_prove_that_there_is_hotremove(program):
    core = write_core(program, "7.2.12", symbols=WITH)
    assert codes(program, core) == ("removable", [], "requested", "release")


def test_part_of_a_table_proves_nothing(program):
    """The page with the rest of the names was excluded, and reads as zeros."""
    for kept in range(len(WITHOUT) + 2):
        core = write_core(program, "7.2.12", symbols=WITHOUT, kept=kept)
        assert codes(program, core) == ("removable", [], "requested", "release")


def test_symbols_prove_a_backport(program):
    """A vendor's kernel that has hot-remove by its symbols; the user's word wins over them."""
    core = write_core(program, "5.4.61-vendor", symbols=WITH)
    assert codes(program, core) == ("removable", [], "requested", "symbols")
    assert codes(program, core, "--kernel-release=5.4.61")[1] == ["no-hotremove"]


def test_names_are_not_proven_of_newer_kernels(program):
    for symbols in (WITH, WITHOUT, ("prevent_bootmem_remove_notifier",)):
        core = write_core(program, "7.5.1", symbols=symbols)
        assert codes(program, core) == ("unknown", ["unreadable"], None, "unknown")


def test_symbols_do_not_tell_which_range_a_candidate_judges(program):
    """By one of them the large leaf after the last block of small leaves has it refused."""
    core = write_core(program, "7.2-arm64", symbols=WITH)
    assert codes(program, core) == ("unknown", ["unreadable"], None, "unknown")


def test_symbols_do_not_tell_which_range_a_distribution_judges(program):
    """Its 7.1 may have the mistake of the first releases, or the fix; a backport is new."""
    core = write_core(program, "7.1.2-mycluster", symbols=WITH)
    assert codes(program, core) == ("unknown", ["unreadable"], None, "unknown")
    core = write_core(program, "6.8.12-8-pve", symbols=WITH)
    assert codes(program, core) == ("removable", [], "requested", "symbols")


# -- no verdict rests on the behaviour of kernels that were not studied ----------------------------


def test_range_is_unknown_on_a_newer_kernel(program):
    core = write_core(program, "7.5.1")
    answer = program.document(core, WHOLE, statuses=(2,))
    assert_warned(answer, "7.5.1", "7.3")
    assert models_of(answer) == ("batched", "range-ops", None)
    (found,) = answer["ranges"]
    assert found["verdict"] == "unknown"
    assert codes_of(found) == ["unreadable"]
    assert "--assume=guard" in found["reasons"][0]["message"]
    assert found["nearest"] == {"inside": None, "around": None}
    assert program.run(core, WHOLE, "-q").returncode == 2


@pytest.mark.parametrize("release,verb", (("7.3.0+", "may be"), ("7.4.0-rc1+", "is")))
def test_git_trees_behind_the_newest_may_be_newer(program, release, verb):
    """7.3.0+ is the name on the way to 7.4, and also before the first point release."""
    answer = program.document(write_core(program, release), WHOLE, statuses=(2,))
    says = f"kernel {release} {verb} newer than 7.3"
    assert_warned(answer, says)
    assert says in answer["ranges"][0]["reasons"][0]["message"]


def test_definite_reasons_are_definite_on_a_newer_kernel(program):
    answer = program.document(write_core(program, "7.5.1"), "-r%#x+128M" % SPLIT, statuses=(1,))
    assert answer["ranges"][0]["verdict"] == "not-removable"


def test_who_says_what_it_does_gets_a_verdict(program):
    core = write_core(program, "7.5.1")
    for option in ("--assume=guard=requested", "--assume=guard=none",
                   "--kernel-release=7.3.4", "--ignore=guard-veto"):
        answer = program.document(core, WHOLE, option, statuses=(0,))
        assert answer["ranges"][0]["verdict"] == "removable"


def test_nothing_is_suggested_on_a_newer_kernel(program):
    core = write_core(program, "7.5.1")
    answer = program.document(core, "--suggest=1G", statuses=(2,))
    assert answer["suggestions"] == []
    blocks = program.document(core, "--blocks")["blocks"]
    assert "removable" not in {block["verdict"] for block in blocks}
    assert program.document(core, "--suggest=1G", "--assume=guard=requested",
                            statuses=(0,))["suggestions"]


# -- without mem_section any memory may be boot memory ---------------------------------------------

IGNORE = "--ignore=boot-memory,not-present"


def bare(program, release):
    """A dump whose note does not lead to mem_section."""
    return write_core(program, release, edit=lambda text: b"".join(
        line for line in text.splitlines(True) if b"SYMBOL(mem_section)" not in line))


def test_check_is_unknown_without_sections(program):
    for release in ("7.2.12", "7.0.2"):
        core = bare(program, release)
        for options in ((), (IGNORE,)):
            answer = program.document(core, WHOLE, "-r%#x+128M" % BOOT, "--blocks", *options)
            for found in answer["ranges"]:
                assert found["guard"]["outcome"] == "unknown"
                outcomes = {block["outcome"] for block in found["guard"]["blocks"]}
                assert outcomes == {"unknown"}


def test_verdict_may_do_without_sections(program):
    core = bare(program, "7.2.12")
    assert program.document(core, WHOLE)["ranges"][0]["verdict"] == "unknown"
    answer = program.document(core, WHOLE, IGNORE, statuses=(0,))
    assert answer["ranges"][0]["verdict"] == "removable"
    assert "kernel's check  unknown" in program.run(core, WHOLE, IGNORE).text


def test_split_is_refused_whatever_the_block_is(program):
    answer = program.document(bare(program, "7.2.12"), BLOCK, IGNORE, statuses=(1,))
    assert answer["ranges"][0]["guard"]["outcome"] == "refuses"
