# SPDX-License-Identifier: GPL-2.0-or-later
"""The answers about the dumps of real kernels in tests/fixtures.

Each NAME.elf.xz there has its answers beside it: NAME.json and NAME.txt. Text must be the same to
the byte; JSON must be the same document, as json-c's releases break lines differently. The answers
must not contradict what reference.py finds in the dump without the program. tests/golden/outputs
has what some dumps answer to --blocks and --map. With --update these files are rewritten first."""

import difflib
import json

import documents
import pytest
from dumps import FIXTURES
from outputs import ASKED, OUTPUTS
from ranges import RANGES
from reference import contradictions

README = FIXTURES.parent.parent / "README.md"
FORMS = {".json": ("--json",), ".txt": ()}
# The version of the program is not part of its answers.
VERSION_KEY = '"version": "{}"'


def comparable(text, is_json, warning):
    """TEXT as lines to compare, without a WARNING: for JSON its content, in its order."""
    if not is_json:
        return [line for line in text.splitlines(True) if not warning or warning not in line]
    try:
        document = documents.parse(text)
    except ValueError:
        return text.splitlines(True)
    if warning in document.get("warnings", ()):
        document["warnings"].remove(warning)
    return json.dumps(document, indent=1, ensure_ascii=False).splitlines()


def difference(path, text, warning):
    """A unified diff from the golden file to TEXT, empty if there is none."""
    wanted = path.read_text(encoding="utf-8") if path.exists() else ""
    is_json = path.suffix == ".json"
    lines = difflib.unified_diff(comparable(wanted, is_json, warning),
                                 comparable(text, is_json, warning),
                                 str(path.name), "now", lineterm="")
    return "".join("\n" + line.rstrip("\n") for line in lines)


@pytest.fixture(name="check_golden")
def make_check(pytestconfig, dump):
    """Compares an answer with a golden file, which is rewritten first if that is wanted."""
    version = dump.program.run_ok("--version").split()[1]

    def check(path, result, status):
        text = result.text.replace(VERSION_KEY.format(version), VERSION_KEY.format("*"))
        if pytestconfig.getoption("--update"):
            path.write_text(text, encoding="utf-8")
        assert difference(path, text, pytestconfig.getoption("--warning")) == ""
        assert (result.returncode, result.stderr) == (status, b"")

    return check


@pytest.mark.parametrize("suffix", FORMS)
def test_answer_is_golden(check_golden, dump, suffix):
    check_golden(FIXTURES / f"{dump.name}{suffix}", dump.ask([dump.core], *FORMS[suffix]), 1)


def test_answer_about_all_memory_is_golden(check_golden, dump):
    for end, (options, env) in ASKED.get(dump.name, {}).items():
        check_golden(OUTPUTS / f"{dump.name}.{end}",
                     dump.program.run(f"--vmcore={dump.core}", *options, env=env), 0)


@pytest.mark.parametrize("number", range(len(RANGES)), ids=[asked.text for asked in RANGES])
def test_answer_is_that_of_the_reference(dump, number):
    asked, entry = RANGES[number], dump.answer["ranges"][number]
    assert len(dump.answer["ranges"]) == len(RANGES)
    assert (int(entry["start"], 16), int(entry["end"], 16), entry["size"]) == (
        asked.start, asked.start + asked.size - 1, asked.size)
    for what, got, wanted in contradictions(dump.reference, asked, entry):
        assert got == wanted, what


# The table of blocks with its sums, and the picture behind the lists of runs.
@pytest.mark.parametrize("end,first,count", (("blocks.txt", 0, 3), ("map-100.txt", 2, 2)))
def test_readme_shows_the_golden_output(end, first, count):
    parts = (OUTPUTS / f"7.2-bbml2.{end}").read_text(encoding="utf-8").split("\n\n")
    shown = "\n\n".join(parts[first:first + count])
    assert f"\n{shown}\n```" in README.read_text(encoding="utf-8")
