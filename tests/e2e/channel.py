# SPDX-License-Identifier: GPL-2.0-or-later
"""Stream sockets to QEMU with a time limit on every wait, and the QMP protocol on one."""

import json
import socket
import time

from shell import HarnessError


class Channel:
    """A Unix socket that is read by lines, by counts or up to a mark, always with a time limit."""

    def __init__(self, path, name, timeout=150):
        self.name = name
        self.buffer = b""
        self.socket = socket.socket(socket.AF_UNIX)
        give_up = time.monotonic() + timeout
        while True:
            try:
                self.socket.connect(str(path))
                return
            except OSError as error:
                if time.monotonic() > give_up:
                    raise HarnessError(f"{name}: no connection") from error
                time.sleep(0.05)

    def send(self, data):
        """Send bytes; the peers always read, so a short limit is enough."""
        self.socket.settimeout(30)
        self.socket.sendall(data)

    def _fill(self, give_up):
        left = give_up - time.monotonic()
        if left <= 0:
            raise HarnessError(f"{self.name}: no answer in time")
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(1 << 16)
        except TimeoutError as late:
            raise HarnessError(f"{self.name}: no answer in time") from late
        except OSError as error:
            raise HarnessError(f"{self.name}: {error}") from error
        if not data:
            raise HarnessError(f"{self.name}: closed, the machine has ended")
        self.buffer += data

    def read(self, count, timeout):
        """Read exactly this many bytes."""
        give_up = time.monotonic() + timeout
        while len(self.buffer) < count:
            self._fill(give_up)
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def read_until(self, mark, timeout):
        """Read all bytes before a mark, and drop the mark."""
        give_up = time.monotonic() + timeout
        while mark not in self.buffer:
            self._fill(give_up)
        data, self.buffer = self.buffer.split(mark, 1)
        return data

    def close(self):
        """Close the socket; QEMU then forgets this client."""
        self.socket.close()


class Qmp:
    """QEMU's control protocol: one command at a time; events are kept in their order."""

    def __init__(self, path):
        self.channel = Channel(path, "QMP")
        self.events = []
        self.channel.read_until(b"\n", 150)
        self.command("qmp_capabilities")

    def command(self, name, timeout=150, **arguments):
        """Run one command and return its answer."""
        message = {"execute": name, "arguments": arguments}
        self.channel.send(json.dumps(message).encode() + b"\n")
        while True:
            answer = self._receive(timeout)
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise HarnessError(f"QMP {name}: {answer['error']['desc']}")

    def _receive(self, timeout):
        message = json.loads(self.channel.read_until(b"\n", timeout))
        if "event" in message:
            self.events.append(message)
        return message

    def wait_for(self, wanted, timeout):
        """Take events off the list up to the wanted one; return all of them, that one last."""
        taken = []
        give_up = time.monotonic() + timeout
        while True:
            while self.events:
                taken.append(self.events.pop(0))
                if wanted(taken[-1]):
                    return taken
            self._receive(max(0, give_up - time.monotonic()))

    def close(self):
        """Close the socket."""
        self.channel.close()
