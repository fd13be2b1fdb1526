#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check the program's answers about the dumps of real kernels in tests/fixtures.

Each NAME.elf.xz there has its answers beside it: NAME.json and NAME.txt. Text must be the same to
the byte; JSON must be the same document, as json-c's releases break lines differently. The answers
must not contradict what reference.py finds in the fixture without the program.
tests/golden/outputs has what some fixtures answer to --blocks and --map.
With --mkkdump each fixture is also turned into a dump of every other kind, which must give the same
answers, and into damaged ones, which must never look better than they are. Fixtures with a
NAME.ptdump.xz, the kernel's text of the same tables, have no golden files: core and text must
agree."""

import argparse
import difflib
import json
import lzma
import sys
import tempfile
from pathlib import Path

import outputs
from dumps import Maker, check_absences, check_damage, check_formats, check_missing_part
from program import Program, Tally
from ranges import RANGES
from reference import Reference, contradictions
from texts import TEXT_SUFFIX, check_text

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
README = FIXTURES.parent.parent / "README.md"
SUFFIX = ".elf.xz"
# Few pages, more pages than a reader caches, and pages of 16K.
DAMAGED = ("6.1-blocks", "6.1-pages", "6.12-16k-nolpa2")
FORMS = {".json": ("--json",), ".txt": ()}
# The version of the program is not part of its answers.
VERSION_KEY = '"version": "{}"'


def unpack(name, folder):
    """Put a fixture's core into the folder, and return its path."""
    target = folder / f"{name}.elf"
    target.write_bytes(lzma.decompress((FIXTURES / f"{name}{SUFFIX}").read_bytes()))
    return target


def unique(pairs):
    """An object of a JSON document, whose keys must be unique."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def comparable(text, is_json, warning=None):
    """TEXT as lines to compare, without a WARNING: for JSON its content, in its order."""
    if not is_json:
        return [line for line in text.splitlines(True) if not warning or warning not in line]
    try:
        document = json.loads(text, object_pairs_hook=unique)
    except ValueError:
        return text.splitlines(True)
    if warning in document.get("warnings", ()):
        document["warnings"].remove(warning)
    return json.dumps(document, indent=1, ensure_ascii=False).splitlines()


def difference(path, text, warning):
    """A unified diff from the golden file to TEXT, empty if there is none."""
    wanted = path.read_text(encoding="utf-8") if path.exists() else ""
    is_json = path.suffix == ".json"
    lines = difflib.unified_diff(comparable(wanted, is_json), comparable(text, is_json, warning),
                                 str(path.name), "now", lineterm="")
    return "".join("\n" + line.rstrip("\n") for line in lines)


def check_golden(tally, program, name, update, warning):
    """Compare the answers with the golden files, or rewrite the files."""
    results = [(FIXTURES / f"{name}{suffix}", program.ask([f"{name}.elf"], RANGES, *options), 1)
               for suffix, options in FORMS.items()]
    results += [(path, result, 0) for path, result in outputs.answers(program, name)]
    for path, result, status in results:
        text = result.stdout.replace(VERSION_KEY.format(program.version), VERSION_KEY.format("*"))
        if update:
            path.write_text(text, encoding="utf-8")
        tally.check(path.name, difference(path, text, warning))
        tally.equal(f"{path.name}: status and standard error",
                    (result.returncode, result.stderr), (status, ""))


def check_reference(tally, name, reference, document):
    """Compare the answers with the independent reading."""
    for asked, entry in zip(RANGES, document["ranges"], strict=True):
        extent = (int(entry["start"], 16), int(entry["end"], 16), entry["size"])
        tally.equal(f"{name} {asked.text}: extent", extent,
                    (asked.start, asked.start + asked.size - 1, asked.size))
        for what, got, wanted in contradictions(reference, asked, entry):
            tally.equal(f"{name} {asked.text}: {what}", got, wanted)


def check_fixture(tally, program, name, options):
    """Run all checks of one fixture."""
    core = unpack(name, program.folder)
    check_golden(tally, program, name, options.update, options.warning)
    try:
        document = program.document([core.name], RANGES)
    except ValueError as error:
        tally.check(name, str(error))
        return
    with open(core, "rb") as handle:
        reference = Reference(handle)
        check_reference(tally, name, reference, document)
        if not options.mkkdump:
            return
        maker = Maker(options.mkkdump, program, name)
        check_formats(tally, maker, document)
        check_missing_part(tally, maker, document)
        check_absences(tally, maker, reference, document)
    if name in DAMAGED:
        check_damage(tally, maker)


def check_readme(tally):
    """The README shows what the program says about the whole machine."""
    readme = README.read_text()
    # The table of blocks, and the picture behind the lists of runs.
    for end, first, count in (("blocks.txt", 0, 2), ("map-100.txt", 2, 2)):
        parts = (outputs.OUTPUTS / f"7.2-bbml2.{end}").read_text().split("\n\n")
        shown = "\n\n".join(parts[first:first + count])
        tally.check(f"README.md: {end}", "" if f"\n{shown}\n```" in readme else "it shows other lines")


def parse_options():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary", metavar="BINARY", type=Path, help="hotremove-check")
    parser.add_argument("--mkkdump", type=Path, metavar="PATH", help="tests/tools/mkkdump")
    parser.add_argument("--fixture", action="append",
                        help="this fixture only; repeat it for more")
    parser.add_argument("--warning", help="what this machine alone adds to the warnings")
    parser.add_argument("--update", action="store_true", help="rewrite the golden files")
    options = parser.parse_args()
    options.binary = options.binary.resolve()
    options.mkkdump = options.mkkdump and options.mkkdump.resolve()
    return options


def main():
    """Check all fixtures."""
    options = parse_options()
    tally = Tally()
    if not options.mkkdump:
        print("without --mkkdump only the ELF cores are checked")
    names = sorted(path.name.removesuffix(SUFFIX) for path in FIXTURES.glob(f"*{SUFFIX}"))
    if options.fixture:
        names = [name for name in names if name in options.fixture]
    for name in names:
        with tempfile.TemporaryDirectory(prefix="hotremove-golden-") as folder:
            program = Program(options.binary, Path(folder))
            if (FIXTURES / f"{name}{TEXT_SUFFIX}").exists():
                unpack(name, program.folder)
                check_text(tally, program, name, program.folder, FIXTURES)
            else:
                check_fixture(tally, program, name, options)
    check_readme(tally)
    if not tally.passed:
        tally.check("fixtures", f"there are none of these in {FIXTURES}")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
