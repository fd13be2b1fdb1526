#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check the includes of src/ against the floors in src/README.md, highest first: a file may include
files of its own floor and of those below, but from outside of the library nothing of its inside.
Also fail if files include each other in a circle."""

import re
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
FLOOR = re.compile(r"^\| (\w+) \| `([\w./]+)` \|", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def floors():
    """The floors of README.md by name, each with its height and its ring."""
    rows = FLOOR.findall((SOURCE / "README.md").read_text(encoding="utf-8"))
    return {name: (len(rows) - place, ring) for place, (ring, name) in enumerate(rows)}


def floor_of(path, known):
    """The floor of a file of src/, or None if README.md has none for it."""
    name = path.split("/")[0] + "/" if "/" in path else str(Path(path).with_suffix(".c"))
    return known.get(name)


def read_includes():
    """What each file of src/ includes in quotes, by its path below src/."""
    files = sorted(path for path in SOURCE.rglob("*") if path.suffix in (".c", ".h"))
    return {path.relative_to(SOURCE).as_posix():
            INCLUDE.findall(path.read_text(encoding="utf-8")) for path in files}


def enters_library(above, below):
    """Does an include lead from one floor, outside of the library, to one inside?"""
    return bool(below) and below[1] == "library" and above[1] in ("program", "sources")


def upward(includes, known):
    """One sentence for each include that runs upwards, and for each file without a floor."""
    for path, names in includes.items():
        if not floor_of(path, known):
            yield f"src/{path} stands on no floor of src/README.md"
            continue
        for name in names:
            if name not in includes:
                if not name.startswith("hotremove/"):
                    yield f"src/{path} includes {name}, which src/ does not have"
            elif floor_of(name, known) and floor_of(name, known) > floor_of(path, known):
                yield f"src/{path} includes src/{name}, which stands above it"
            elif enters_library(floor_of(path, known), floor_of(name, known)):
                yield f"src/{path} includes src/{name}, which is inside of the library"


def circles(includes):
    """One sentence for each include that closes a circle."""
    done, way = set(), []

    def visit(path):
        if path in way:
            yield f"src/{way[-1]} includes src/{path}, which includes it"
        elif path not in done:
            way.append(path)
            for name in includes.get(path, ()):
                yield from visit(name)
            way.pop()
            done.add(path)

    for path in includes:
        yield from visit(path)


def longest(includes):
    """The longest chain of includes, highest file first."""
    chains = {}

    def chain(path):
        if path not in chains:
            below = [chain(name) for name in includes[path] if name in includes]
            chains[path] = [path, *max(below, key=len, default=[])]
        return chains[path]

    return max((chain(path) for path in includes), key=len)


def main():
    """Print what is wrong, or one line of figures."""
    includes, known = read_includes(), floors()
    problems = [*upward(includes, known), *circles(includes)]
    if problems:
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    chain = longest(includes)
    print(f"{len(includes)} files on {len(known)} floors, no include runs up; "
          f"the longest chain has {len(chain)} files: {' > '.join(chain)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
