# SPDX-License-Identifier: GPL-2.0-or-later
"""What drgn takes to translate a range; run by Debian's Python.

drgn has no call that returns leaves.  What it has is a read of memory that walks the page tables:

* address by address, as a script must that wants to know what maps each page;
* a GiB in one call, which then is a walk inside drgn, without any result.

The hot-added memory is not in the cores, so that each read fails after the walk.
"""

import json
import sys
import time

import drgn


def read(program, va, size):
    """Read and be refused."""
    try:
        program.read(va, size)
    except drgn.FaultError:
        return
    raise SystemExit("%#x was read: that is not what was to be measured" % va)


def main():
    """CORE VA SIZE STEP LENGTH: LENGTH bytes from every STEP-th address"""
    path, va, size, step, length = sys.argv[1], *(int(text, 0) for text in sys.argv[2:])
    program = drgn.Program()
    program.set_core_dump(path)
    read(program, va, length)
    start = time.perf_counter()
    for address in range(va, va + size, step):
        read(program, address, length)
    print(json.dumps({"seconds": time.perf_counter() - start, "version": drgn.__version__}))


main()
