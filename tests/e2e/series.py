# SPDX-License-Identifier: GPL-2.0-or-later
"""Entries of the matrix with the newest kernel of every series in the archive.

The newest kernel changes from run to run; the results say which it was. Other flavours differ
little from the plain kernel here, so they run only with large leaves, which show more.
"""

from cases import BLOCKS_MAP
from entries import NOALIAS, ODD, ONE_BLOCK, ONLINE, Entry

# By series (see kernels.py): the parameters for a linear map of large leaves.
SERIES = {"bookworm": BLOCKS_MAP, "bookworm-backports": BLOCKS_MAP, "trixie": BLOCKS_MAP,
          "trixie-backports": NOALIAS, "sid": NOALIAS, "experimental": NOALIAS}
VARIANTS = ("", "-rt", "-cloud", "-16k")
WITHOUT_16K = ("bookworm",)
JOBS = (ONLINE, ONE_BLOCK, ODD)


def entries():
    """All entries."""
    for series, mapping in SERIES.items():
        for variant in VARIANTS:
            if variant == "-16k" and series in WITHOUT_16K:
                continue
            kernel = series + variant
            way = "acpi" if variant == "-cloud" else "call"
            if not variant:
                yield Entry(f"newest-{kernel}-pages", kernel, jobs=JOBS, way=way)
            yield Entry(f"newest-{kernel}-blocks", kernel, parameters=mapping, jobs=JOBS, way=way)


ENTRIES = tuple(entries())
