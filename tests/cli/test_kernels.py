# SPDX-License-Identifier: GPL-2.0-or-later
"""What a kernel's name says about it, and what it leaves open."""

import containers
import kallsyms
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region
from support import Program, ProgramTest

GIB, MIB = 1 << 30, 1 << 20
BOOT = 0x40000000
FREE = 0x100000000
SPLIT = 0x140000000
SYMBOLS = BOOT + 768 * MIB      # where kallsyms lies
WHOLE = "-r%#x+1G" % FREE
BLOCK = "-r%#x+1G" % SPLIT


class KernelTest(ProgramTest):
    """One machine under many names: 1 GiB of small leaves, and 1 GiB under one leaf."""

    def core(self, release, version="#1 SMP test", edit=None, symbols=None, kept=None):
        """The option for a dump of a kernel of this name, with SYMBOLS in its kallsyms."""
        regions = [Region(BOOT, GIB, boot=True), Region(FREE, GIB, linear="pmd"),
                   Region(SPLIT, GIB, linear="pud")]
        image = Image(Layout(Machine(Kernel(release=release, version=version), regions)))
        path = self.file("core")
        note = image.vmcoreinfo()
        if symbols is not None:
            note += kallsyms.write(image, SYMBOLS, symbols, kept)
        if edit:
            note = edit(note)
        containers.write_elf(path, containers.memory_segments(image),
                             containers.note("VMCOREINFO", 0, note))
        return "--vmcore=" + path

    def models(self, answer):
        """(teardown, flush, guard) as the document has them."""
        models = answer["kernel"]["models"]
        for model in models.values():
            self.assertEqual(model["from"] == "unknown", model["value"] is None, model)
        return tuple(models[name]["value"] for name in ("teardown", "flush", "guard"))

    def assert_warned(self, answer, *parts):
        """Exactly one warning has all of these parts."""
        found = [text for text in answer["warnings"] if all(part in text for part in parts)]
        self.assertEqual(len(found), 1, answer["warnings"])


class Candidates(KernelTest):
    """Debian's X.Y~rcN calls itself X.Y-arm64."""

    def test_version_tells_the_candidate(self):
        for candidate, guard, verdict in (("~rc4", "next-range", "not-removable"),
                                          ("~rc5", "requested", "not-removable"),
                                          ("", "requested", "not-removable")):
            version = "#1 SMP PREEMPT_DYNAMIC Debian 7.2%s-1~exp1 (2026-07-20)" % candidate
            with self.subTest(version=version):
                answer = self.document(self.core("7.2-arm64", version), BLOCK)
                self.assertEqual(self.models(answer), ("batched", "range-ops", guard))
                self.assertEqual(answer["ranges"][0]["verdict"], verdict)
                # The last block is judged by what follows it, or by itself.
                last = answer["ranges"][0]["guard"]["blocks"][-1]["outcome"]
                self.assertEqual(last, "accepts-unsafely" if candidate == "~rc4" else "refuses")

    def test_without_the_version_nothing_is_assumed(self):
        core = self.core("7.2-arm64")
        answer = self.document(core, WHOLE)
        self.assertEqual(self.models(answer), (None, "range-ops", None))
        self.assertEqual(answer["ranges"][0]["guard"]["outcome"], "unknown")
        self.assert_warned(answer, "Debian", "--kernel-release")
        answer = self.document(core, WHOLE, "--kernel-release=7.2-rc4")
        self.assertEqual(self.models(answer), ("batched", "range-ops", "next-range"))

    def test_what_all_candidates_do_is_known(self):
        answer = self.document(self.core("7.3-arm64"), WHOLE)
        self.assertEqual(self.models(answer), ("batched", "range-ops", "requested"))
        self.assertFalse([text for text in answer["warnings"] if "Debian" in text])


class Distributions(KernelTest):
    """An unknown suffix is a distribution's."""

    def test_models_are_unknown(self):
        for release in ("6.8.12-8-pve", "5.15.148-tegra", "7.2.12-mycluster",
                        "6.12.47+rpt-rpi-v8"):
            with self.subTest(release=release):
                core = self.core(release)
                answer = self.document(core, WHOLE)
                self.assertEqual(self.models(answer), (None, None, None))
                self.assert_warned(answer, "kernel.org", "--kernel-release")
                answer = self.document(core, WHOLE, "--kernel-release=7.2.12")
                self.assertEqual(self.models(answer), ("batched", "range-ops", "requested"))

    def test_verdict_is_open_only_where_the_check_could_refuse(self):
        large, small = "-r%#x+1G" % SPLIT, "-r%#x+512M" % FREE
        core = self.core("7.2.12-mycluster")
        answer = self.document(core, large, small, statuses=(2,))
        self.assertEqual([found["verdict"] for found in answer["ranges"]],
                         ["unknown", "removable"])
        self.assertIn("--kernel-release", answer["ranges"][0]["reasons"][0]["message"])
        self.document(core, large, "--ignore=guard-veto", statuses=(0,))
        self.document(core, large, "--kernel-release=7.2.12", statuses=(1,))
        found = self.document(core, "--suggest=1G")["suggestions"]
        self.assertNotIn("%#x" % SPLIT, [each["start"] for each in found])
        # The series has no check, and no distribution is known to have backported it.
        self.document(self.core("6.8.12-8-pve"), large, small, statuses=(0,))

    def test_git_trees_are_assumed_with_a_warning(self):
        answer = self.document(self.core("7.2.12+"), WHOLE)
        self.assertEqual(self.models(answer), ("batched", "range-ops", "requested"))
        self.assert_warned(answer, "git tree")


class NoHotremove(KernelTest):
    """arm64 before 5.7 removes nothing, whatever its tables look like."""

    RELEASE = "5.4.0-rc8"

    def test_range(self):
        core = self.core(self.RELEASE)
        answer = self.document(core, WHOLE, statuses=(1,))["ranges"][0]
        self.assertEqual([reason["code"] for reason in answer["reasons"]], ["no-hotremove"])
        self.assertIn("5.7", answer["reasons"][0]["message"])
        self.assertEqual(answer["verdict"], "not-removable")
        self.assertEqual(answer["nearest"], {"inside": None, "around": None})
        self.assertGreater(answer["teardown"]["per_leaf"]["total"]["tlbi"], 0)
        ignored = self.document(core, WHOLE, "--ignore=no-hotremove", statuses=(0,))["ranges"][0]
        self.assertEqual(ignored["verdict"], "removable")
        self.assertEqual(ignored["teardown"], answer["teardown"])

    def test_every_form_of_the_question(self):
        core = self.core(self.RELEASE)
        self.assertEqual(Program.run(core, WHOLE, "-q").returncode, 1)
        self.assertIn("no-hotremove", Program.run(core, WHOLE, "--summary").stdout.decode())
        self.assertIn("5.7", Program.run(core, WHOLE, "--explain").stdout.decode())
        self.assertEqual({block["verdict"] for block in self.document(core, "--blocks")["blocks"]},
                         {"not-removable"})
        self.assertEqual(self.document(core, "--suggest=1G", statuses=(1,))["suggestions"], [])
        found = self.document(core, "--suggest=1G", "--ignore=no-hotremove")["suggestions"]
        self.assertTrue(found)

    def test_only_knowledge_is_a_reason(self):
        for release, override in ((self.RELEASE, "5.7.0-rc1"), (self.RELEASE, "5.10.223"),
                                  ("7.2.12", "mainline")):
            with self.subTest(override=override):
                answer = self.document(self.core(release), WHOLE,
                                       "--kernel-release=" + override)["ranges"][0]
                self.assertNotIn("no-hotremove", [each["code"] for each in answer["reasons"]])


class Symbols(KernelTest):
    """What a kernel's symbols prove wins over what its release usually has."""

    WITHOUT = ("schedule", "vfs_read")
    WITH = ("schedule", "offline_pages", "prevent_memory_remove_notifier", "vfs_read")

    def codes(self, *arguments):
        """(verdict, codes of the reasons, guard and its source) for the memory of small leaves."""
        answer = self.document(*arguments, WHOLE)
        found = answer["ranges"][0]
        guard = answer["kernel"]["models"]["guard"]
        return (found["verdict"], [reason["code"] for reason in found["reasons"]],
                guard["value"], guard["from"])

    def test_kernel_without_hotremove(self):
        core = self.core("7.2.12", symbols=self.WITHOUT)
        self.assertEqual(self.codes(core), ("not-removable", ["no-hotremove"], "none", "symbols"))
        self.assertIn("CONFIG_MEMORY_HOTREMOVE", Program.run(core, WHOLE).stdout.decode())
        self.assertEqual(self.codes(core, "--ignore=no-hotremove")[0], "removable")
        self.assertEqual(self.document(core, "--suggest=1G", statuses=(1,))["suggestions"], [])

    def test_kernel_with_hotremove(self):
        core = self.core("7.2.12", symbols=self.WITH)
        self.assertEqual(self.codes(core), ("removable", [], "requested", "release"))

    def test_part_of_a_table_proves_nothing(self):
        """The page with the rest of the names was excluded, and reads as zeros."""
        for kept in range(len(self.WITHOUT) + 2):
            with self.subTest(kept=kept):
                core = self.core("7.2.12", symbols=self.WITHOUT, kept=kept)
                self.assertEqual(self.codes(core), ("removable", [], "requested", "release"))

    def test_backport_before_5_7(self):
        """A vendor's kernel that has hot-remove by its symbols; the user's word wins over them."""
        core = self.core("5.4.61-vendor", symbols=self.WITH)
        self.assertEqual(self.codes(core), ("removable", [], "requested", "symbols"))
        self.assertEqual(self.codes(core, "--kernel-release=5.4.61")[1], ["no-hotremove"])

    def test_names_are_not_proven_of_newer_kernels(self):
        for symbols in (self.WITH, self.WITHOUT, ("prevent_bootmem_remove_notifier",)):
            with self.subTest(symbols=symbols):
                core = self.core("7.5.1", symbols=symbols)
                self.assertEqual(self.codes(core), ("unknown", ["unreadable"], None, "unknown"))

    def test_symbols_do_not_tell_which_range_a_candidate_judges(self):
        """By one of them the large leaf after the last block of small leaves has it refused."""
        core = self.core("7.2-arm64", symbols=self.WITH)
        self.assertEqual(self.codes(core), ("unknown", ["unreadable"], None, "unknown"))

    def test_symbols_do_not_tell_which_range_a_distribution_judges(self):
        """Its 7.1 may have the mistake of the first releases, or the fix; a backport is new."""
        core = self.core("7.1.2-mycluster", symbols=self.WITH)
        self.assertEqual(self.codes(core), ("unknown", ["unreadable"], None, "unknown"))
        core = self.core("6.8.12-8-pve", symbols=self.WITH)
        self.assertEqual(self.codes(core), ("removable", [], "requested", "symbols"))


class NewerThanKnown(KernelTest):
    """No verdict rests on the behaviour of kernels that were not studied."""

    def test_range_is_unknown(self):
        core = self.core("7.5.1")
        answer = self.document(core, WHOLE, statuses=(2,))
        self.assert_warned(answer, "7.5.1", "7.3")
        self.assertEqual(self.models(answer), ("batched", "range-ops", None))
        (found,) = answer["ranges"]
        self.assertEqual(found["verdict"], "unknown")
        self.assertEqual([reason["code"] for reason in found["reasons"]], ["unreadable"])
        self.assertIn("--assume=guard", found["reasons"][0]["message"])
        self.assertEqual(found["nearest"], {"inside": None, "around": None})
        self.assertEqual(Program.run(core, WHOLE, "-q").returncode, 2)

    def test_git_trees_behind_the_newest_may_be_newer(self):
        """7.3.0+ is the name on the way to 7.4, and also before the first point release."""
        for release, verb in (("7.3.0+", "may be"), ("7.4.0-rc1+", "is")):
            with self.subTest(release=release):
                answer = self.document(self.core(release), WHOLE, statuses=(2,))
                says = f"kernel {release} {verb} newer than 7.3"
                self.assert_warned(answer, says)
                self.assertIn(says, answer["ranges"][0]["reasons"][0]["message"])

    def test_definite_reasons_are_definite(self):
        answer = self.document(self.core("7.5.1"), "-r%#x+128M" % SPLIT, statuses=(1,))
        self.assertEqual(answer["ranges"][0]["verdict"], "not-removable")

    def test_who_says_what_it_does_gets_a_verdict(self):
        core = self.core("7.5.1")
        for option in ("--assume=guard=requested", "--assume=guard=none",
                       "--kernel-release=7.3.4", "--ignore=guard-veto"):
            with self.subTest(option=option):
                answer = self.document(core, WHOLE, option, statuses=(0,))
                self.assertEqual(answer["ranges"][0]["verdict"], "removable")

    def test_nothing_is_suggested(self):
        core = self.core("7.5.1")
        answer = self.document(core, "--suggest=1G", statuses=(2,))
        self.assertEqual(answer["suggestions"], [])
        blocks = self.document(core, "--blocks")["blocks"]
        self.assertNotIn("removable", {block["verdict"] for block in blocks})
        self.assertTrue(self.document(core, "--suggest=1G", "--assume=guard=requested",
                                      statuses=(0,))["suggestions"])


class WithoutSections(KernelTest):
    """If mem_section is unknown, any memory may be boot memory, which every kernel refuses."""

    IGNORE = "--ignore=boot-memory,not-present"

    def bare(self, release):
        """A dump whose note does not lead to mem_section."""
        return self.core(release, edit=lambda text: b"".join(
            line for line in text.splitlines(True) if b"SYMBOL(mem_section)" not in line))

    def test_check_is_unknown(self):
        for release in ("7.2.12", "7.0.2"):
            core = self.bare(release)
            for options in ((), (self.IGNORE,)):
                with self.subTest(release=release, options=options):
                    answer = self.document(core, WHOLE, "-r%#x+128M" % BOOT, "--blocks", *options)
                    for found in answer["ranges"]:
                        self.assertEqual(found["guard"]["outcome"], "unknown")
                        outcomes = {block["outcome"] for block in found["guard"]["blocks"]}
                        self.assertEqual(outcomes, {"unknown"})

    def test_verdict_may_do_without(self):
        core = self.bare("7.2.12")
        self.assertEqual(self.document(core, WHOLE)["ranges"][0]["verdict"], "unknown")
        answer = self.document(core, WHOLE, self.IGNORE, statuses=(0,))
        self.assertEqual(answer["ranges"][0]["verdict"], "removable")
        self.assertIn("kernel's check  unknown",
                      Program.run(core, WHOLE, self.IGNORE).stdout.decode())

    def test_split_is_refused_whatever_the_block_is(self):
        answer = self.document(self.bare("7.2.12"), BLOCK, self.IGNORE, statuses=(1,))
        self.assertEqual(answer["ranges"][0]["guard"]["outcome"], "refuses")
