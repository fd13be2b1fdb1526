# SPDX-License-Identifier: GPL-2.0-or-later
"""Golden files of the queries about all memory: --blocks and --map."""

from pathlib import Path

OUTPUTS = Path(__file__).resolve().parent / "outputs"
EDGES = "+LINEAR-START,LINEAR-END,VMEMMAP-START,VMEMMAP-END"

# Queries by the end of the file's name: options, and additions to the environment.
BLOCKS = {
    "blocks.txt": (("--blocks",), {}),
    "blocks-edges.txt": (("--blocks", "-a", "-b", "-n", "-o", EDGES), {}),
}
MAP = {
    "map-100.txt": (("--map",), {"COLUMNS": "100"}),
    "map-40-ascii.txt": (("--map",), {"COLUMNS": "40", "LC_ALL": "C"}),
}
DOCUMENT = {"blocks.json": (("--blocks", "--json"), {})}

# Not every fixture has each: some maps are long, and JSON documents say the same at more length.
ASKED = {
    "6.1-blocks": BLOCKS | MAP,
    "6.12-16k-blocks": BLOCKS,
    "7.2-bbml2": BLOCKS | MAP | DOCUMENT,
}
