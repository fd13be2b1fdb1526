# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls of kernel functions from outside, through QEMU's gdb stub.

Debian's arm64 kernels ignore a plugged DIMM, and user space has no way to add or remove memory.
So the stub stops a harmless sysfs read at the entry of its show function, enters the wanted
function instead, with the same return address, and catches its return. Process context, locks and
stack are then those of an ordinary system call.
"""

from channel import Channel
from shell import HarnessError

X0, LINK, STACK, PC = 0, 30, 31, 32
MASK = (1 << 64) - 1


class GdbStub:
    """The part of the remote serial protocol that one redirected call needs."""

    def __init__(self, path):
        self.channel = Channel(path, "gdb stub")
        self.exchange("?")

    def send(self, message):
        """Send one packet."""
        data = message.encode()
        self.channel.send(b"+$%s#%02x" % (data, sum(data) & 255))

    def receive(self, timeout=150):
        """The contents of the next packet."""
        self.channel.read_until(b"$", timeout)
        data = self.channel.read_until(b"#", timeout)
        self.channel.read(2, timeout)
        return data.decode()

    def exchange(self, message):
        """Send one packet and return the answer."""
        self.send(message)
        return self.receive()

    def expect_ok(self, message):
        """Send a packet that must be answered with OK."""
        answer = self.exchange(message)
        if answer != "OK":
            raise HarnessError(f"gdb stub: {message}: {answer}")

    def register(self, number):
        """The value of one register of the stopped CPU."""
        return int.from_bytes(bytes.fromhex(self.exchange(f"p{number:x}")), "little")

    def set_register(self, number, value):
        """Change one register of the stopped CPU."""
        self.expect_ok(f"P{number:x}={(value & MASK).to_bytes(8, 'little').hex()}")

    def run_to(self, address, trigger=None, timeout=150):
        """Continue until a CPU executes an address, and select that CPU."""
        self.expect_ok(f"Z1,{address:x},4")
        self.send("c")
        if trigger:
            trigger()
        stop = self.receive(timeout)
        if "thread:" in stop:
            self.expect_ok("Hg" + stop.split("thread:")[1].split(";")[0])
        self.expect_ok(f"z1,{address:x},4")
        if self.register(PC) != address:
            raise HarnessError(f"gdb stub: stopped elsewhere than at {address:#x}: {stop}")

    def detach(self):
        """Let the machine run, without a debugger."""
        self.expect_ok("D")
        self.channel.close()


def call(path, entry, trigger, function, arguments, timeout=300, watch=lambda: None):
    """Call a kernel function in place of the one at `entry`, and return its int result.

    `watch` is called twice while the machine is stopped: before the function and after it.
    """
    stub = GdbStub(path)
    stub.run_to(entry, trigger)
    link, stack = stub.register(LINK), stub.register(STACK)
    for number, value in enumerate(arguments):
        stub.set_register(number, value)
    stub.set_register(PC, function)
    watch()
    stub.run_to(link, timeout=timeout)
    watch()
    if stub.register(STACK) != stack:
        raise HarnessError("gdb stub: another task returned to the same place")
    result = stub.register(X0) & 0xffffffff
    stub.set_register(X0, 0)            # the show function "wrote" nothing
    stub.detach()
    return result - (result >> 31 << 32)
