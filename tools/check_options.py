#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check that no text of the library names an option of the program: other programs have others. A
text names a field of the configuration instead, in braces (include/hotremove/hotremove.h)."""

import re
import sys

from check_includes import SOURCE, floor_of, floors
from check_lines import C_TOKEN

RINGS = ("library", "common")
# A name that a conversion fills in counts.
OPTION = re.compile(r"--[A-Za-z%][\w-]*")


def options(text):
    """(number of its line, option) for each option that a string of C names."""
    for match in C_TOKEN.finditer(text):
        if match[0].startswith('"'):
            for option in OPTION.finditer(match[0]):
                yield text.count("\n", 0, match.start()) + 1, option[0]


def files():
    """The files of the library, and those that all rings use."""
    known = floors()
    for path in sorted(SOURCE.rglob("*.[ch]")):
        floor = floor_of(path.relative_to(SOURCE).as_posix(), known)
        if floor and floor[1] in RINGS:
            yield path
    yield from sorted((SOURCE.parent / "include").rglob("*.h"))


def main():
    """Print each option that is named, or the number of files; status 1 if there is one."""
    count, named = 0, 0
    for path in files():
        count += 1
        for number, option in options(path.read_text(encoding="utf-8")):
            named += 1
            print(f"{path.relative_to(SOURCE.parent)}:{number}: names the option {option}",
                  file=sys.stderr)
    if not named:
        print(f"{count} files of the library, no text names an option")
    return 1 if named else 0


if __name__ == "__main__":
    sys.exit(main())
