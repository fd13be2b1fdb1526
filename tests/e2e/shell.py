# SPDX-License-Identifier: GPL-2.0-or-later
"""Run host commands, always with a time limit, never with a silent failure."""

import os
import shutil
import subprocess


class HarnessError(Exception):
    """The harness itself could not do its work; this says nothing about the tool under test."""


def run(command, timeout=300, env=None, cwd=None):
    """Run a command that must succeed and return its standard output as text."""
    full = dict(os.environ, LC_ALL="C.UTF-8", **(env or {}))
    try:
        done = subprocess.run(command, env=full, cwd=cwd, timeout=timeout, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except subprocess.TimeoutExpired as late:
        raise HarnessError(f"{command[0]}: no end after {timeout} s") from late
    if done.returncode:
        tail = (done.stdout + done.stderr)[-2000:]
        raise HarnessError(f"{' '.join(map(str, command))}: status {done.returncode}\n{tail}")
    return done.stdout


def status_of(command, output, timeout=120):
    """Run a command whose exit status is itself a result; its output goes to a file."""
    with open(output, "wb") as out, open(f"{output}.err", "wb") as err:
        try:
            return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                  timeout=timeout, check=False).returncode
        except subprocess.TimeoutExpired as late:
            raise HarnessError(f"{command[0]}: no end after {timeout} s") from late


def install_missing(packages, timeout=900):
    """Install the host packages that dpkg does not report as installed."""
    shown = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n"],
                           capture_output=True, text=True, check=True).stdout
    have = {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}
    missing = [name for name in packages if name not in have]
    if not missing:
        return
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "-qq", "update"], timeout, env)
    run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", *missing], timeout, env)


def fresh_dir(path):
    """Make an empty directory at this path, whatever was there before."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path
