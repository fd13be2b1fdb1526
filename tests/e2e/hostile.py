# SPDX-License-Identifier: GPL-2.0-or-later
"""The section of docs/validation.md about hostile input, from figures that docs/ has already."""

from markdown import section_of, table
from sysroot import REPO

TEXT = """\
The program's behaviour with damaged or malicious input is tested without kernels. The figures are
those of [fuzzing.md](fuzzing.md) (libFuzzer under both sanitizers, each harness with properties
that must hold), of [mutation.md](mutation.md) (dumps of these kernels with a little damage, for
which the truth is known), and of [coverage.md](coverage.md) (what the tests reach).
"""
END = "<!-- end of figures -->"


def figures(name):
    """The figures that a document's own command wrote into it."""
    text = (REPO / "docs" / name).read_text(encoding="utf-8")
    return text.split("<!-- figures: ")[1].split("-->\n", 1)[1].split(END)[0].strip()


def cells(line):
    """The cells of a line of a table."""
    return [cell.strip() for cell in line.strip("|").split("|")]


def rows_that_begin(lines, start):
    """The rows whose first cell begins like this."""
    return [cells(line) for line in lines.splitlines() if line.startswith(f"| {start}")]


def parts():
    """The section."""
    damage, coverage = figures("mutation.md"), figures("coverage.md")
    core, rest = rows_that_begin(coverage, "all ")
    yield "## Hostile input\n"
    yield TEXT
    yield "### Fuzzing\n"
    yield figures("fuzzing.md") + "\n"
    yield "Found, and fixed:\n"
    yield section_of(REPO / "docs/fuzzing.md", "What was found")
    yield "### Damaged dumps\n"
    yield table(cells(damage.splitlines()[0]), rows_that_begin(damage, "all "))
    yield "### Coverage\n"
    yield table(("part", "files", "lines", "branches"),
                (("core, by unit tests and corpora", core[0].split()[1], *core[1:]),
                 ("the rest, by these and the command line's", rest[0].split()[1], *rest[1:])))
