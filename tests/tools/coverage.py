#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compute from the counters of tools/coverage.sh how much of each file the tests reach.

Only the unit tests and the corpora measure the core: command line tests end processes in the middle
of functions, which makes some of the counters that llvm-cov derives from others too large. All
tests measure the other files, which have no bounds.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
DOCUMENT = REPO / "docs" / "coverage.md"
BEGIN, END = "<!-- figures: written by tools/coverage.sh -->\n", "<!-- end of figures -->\n"
LINES_MIN, BRANCHES_MIN = 95, 90  # percent of each file of the core


def core_files():
    """The sources of the library's objects, and the headers of src/ that they include."""
    text = (REPO / "CMakeLists.txt").read_text(encoding="utf-8")
    todo = []
    for body in re.findall(r"add_library\(hotremove_\w+ OBJECT\s([^)]*)\)", text):
        todo += [name.removeprefix("src/") for name in body.split()]
    found = set()
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        source = (REPO / "src" / name).read_text(encoding="utf-8")
        todo += re.findall(r'^#include "([^"]+)"', source, re.MULTILINE)
    return found


def export(build, profiles, merged):
    """What the counters in some folders say about each file of src/: {name: data}."""
    raw = sorted(path for folder in profiles for path in folder.glob("*.profraw"))
    subprocess.run(["llvm-profdata", "merge", "-sparse", *raw, "-o", merged], check=True)
    # Each program has its own copies of the functions in headers.
    programs = [f"-object={path}" for path in sorted((build / "tests").glob("test_*"))
                if path.is_file()]
    result = subprocess.run(["llvm-cov", "export", build / "hotremove-check", *programs,
                             f"-instr-profile={merged}", REPO / "src"],
                            check=True, capture_output=True, text=True)
    # Headers without functions have regions too: those of their macros.
    return {Path(data["filename"]).relative_to(REPO / "src").as_posix(): data
            for data in json.loads(result.stdout)["data"][0]["files"]
            if data["summary"]["lines"]["count"]}


class Share:
    """A part of a whole."""

    def __init__(self, reached=0, count=0):
        self.reached, self.count = reached, count

    def __add__(self, other):
        return Share(self.reached + other.reached, self.count + other.count)

    def __str__(self):
        if not self.count:
            return "-"
        return f"{self.reached} of {self.count} ({1000 * self.reached // self.count / 10}%)"

    def is_below(self, percent):
        """Whether it is less than so many percent."""
        return 100 * self.reached < percent * self.count


def branches_of(data):
    """How often each branch of a file went either way: {place: [true, false]}.

    A function in a header has a copy in each program; these are merged here.
    """
    result = {}
    for *place, true, false, _, _, _ in data["branches"]:
        sides = result.setdefault(tuple(place), [0, 0])
        sides[0] += true
        sides[1] += false
    return result


def lines_of(data):
    """How often each line with code was reached, as llvm-cov shows it: {line: count}."""
    segments = {}
    for line, _, count, has_count, is_entry, is_gap in data["segments"]:
        segments.setdefault(line, []).append((count, has_count, is_entry, is_gap))
    result, around = {}, (0, False)
    for line in range(1, max(segments, default=0) + 1):
        here = segments.get(line, [])
        counts = [count for count, has_count, is_entry, is_gap in here
                  if has_count and is_entry and not is_gap]
        is_skipped = here and here[0][2] and not here[0][1]
        if not is_skipped and (counts or around[1]):
            result[line] = max([around[0] if around[1] else 0, *counts])
        if here:
            around = here[-1][:2]
    return result


def share(data, kind):
    """The lines or branches of a file."""
    if kind == "lines":
        counts = list(lines_of(data).values())
    else:
        counts = [count for sides in branches_of(data).values() for count in sides]
    return Share(sum(count > 0 for count in counts), len(counts))


def rows(files, names):
    """A table of these files, with their sum."""
    shares = [(name, share(files[name], "lines"), share(files[name], "branches"))
              for name in sorted(names)]
    yield from ("| file of `src/` | lines | branches |", "|---|---|---|")
    for name, lines, branches in shares:
        yield f"| {name} | {lines} | {branches} |"
    yield (f"| all {len(shares)} | {sum((lines for _, lines, _ in shares), Share())} "
           f"| {sum((branches for _, _, branches in shares), Share())} |")


def missing(data):
    """The lines and branch sides of a file that nothing reached."""
    for (line, column, *_), sides in branches_of(data).items():
        for side, count in zip(("true", "false"), sides):
            if not count:
                yield line, f"column {column} is never {side}"
    for line, count in lines_of(data).items():
        if not count:
            yield line, "never reached"


def write_document(figures):
    """Replace the figures in the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    DOCUMENT.write_text(head + BEGIN + figures + END + rest.split(END)[1], encoding="utf-8")


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description="report coverage")
    parser.add_argument("build", type=Path)
    parser.add_argument("profiles", type=Path, help="with the folders core and program")
    parser.add_argument("--missing", action="store_true", help="list what is not reached")
    options = parser.parse_args()
    folders = [options.profiles / "core", options.profiles / "program"]
    core = core_files()
    of_core = export(options.build, folders[:1], options.profiles / "core.profdata")
    of_all = export(options.build, folders, options.profiles / "all.profdata")
    if lost := {name for name in core if name.endswith(".c")} - set(of_core):
        sys.exit(f"no counters of {', '.join(sorted(lost))}")
    names = core & set(of_core)
    figures = "\n".join(["The core, by unit tests and corpora:", "", *rows(of_core, names), "",
                         "The rest, by these and the tests of the command line:", "",
                         *rows(of_all, set(of_all) - names)]) + "\n"
    write_document(figures)
    print(figures, end="")
    if options.missing:
        for name in sorted(names):
            for line, what in sorted(set(missing(of_core[name]))):
                print(f"src/{name}:{line}: {what}")
    low = [name for name in sorted(names)
           if share(of_core[name], "lines").is_below(LINES_MIN)
           or share(of_core[name], "branches").is_below(BRANCHES_MIN)]
    for name in low:
        print(f"src/{name} is below {LINES_MIN}% of lines or {BRANCHES_MIN}% of branches")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
