# SPDX-License-Identifier: GPL-2.0-or-later
"""What drgn takes to translate a range; runs under Debian's Python.

drgn has no call that returns leaves.  It can read memory, which makes it walk the page tables:

* address by address, as a script would that wants to know what maps each page;
* a GiB in one call, which is a walk inside drgn without any result.

The cores do not have the hot-added memory, so each read fails after the walk.
"""

import json
import sys
import time

import drgn


def read(program, va, size):
    """Read, and expect to be refused."""
    try:
        program.read(va, size)
    except drgn.FaultError:
        return
    raise SystemExit("%#x was read: that is not what was to be measured" % va)


def main():
    """CORE VA SIZE STEP LENGTH: read LENGTH bytes at every STEP-th address."""
    path, va, size, step, length = sys.argv[1], *(int(text, 0) for text in sys.argv[2:])
    program = drgn.Program()
    program.set_core_dump(path)
    read(program, va, length)
    start = time.perf_counter()
    for address in range(va, va + size, step):
        read(program, address, length)
    print(json.dumps({"seconds": time.perf_counter() - start, "version": drgn.__version__}))


main()
