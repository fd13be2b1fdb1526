# SPDX-License-Identifier: GPL-2.0-or-later
"""If the running kernel may not be read: one right sentence, exit status 2, no verdict.

Each guest runs the tool as root, as a user, without a capability, as the root of a container, and
where a container hides /proc/kcore; guests differ in the kernel's lockdown mode. SITUATIONS says
what the tool must report: what is wrong, and what to do about it.
"""

import json
import re
from dataclasses import dataclass, field

from cases import MIB
from checks import first, unequal
from scenario import TOOL_TIMEOUT, keep

NAME = "permissions"
TIMEOUT = 1200
MEMORY = 768 * MIB
BOOT_BLOCK = "memory9"                  # a query whose right answer is status 1
READABLE = ""                           # not a sentence: the query is answered
OUTPUTS = {"text": "", "--json": "--json", "-q": "-q", "--summary": "--summary"}

USER = r"/proc/kcore may not be read by this user: run as root"
RAWIO = (r"/proc/kcore may not be read without CAP_SYS_RAWIO: run on the host as root, or give "
         r"the container that capability")
NAMESPACE = r"/proc/kcore may not be read from within a user namespace: run on the host as root"
MASKED = (r"/proc/kcore is empty: a container hides it; run on the host, or in a container that "
          r"does not mask /proc/kcore")
ABSENT = (r"/proc/kcore does not exist: mount /proc; if it is mounted, the kernel lacks "
          r"CONFIG_PROC_KCORE, so use a dump of it \(--vmcore\)")
LOCKED = (r"/proc/kcore may not be read: the kernel is locked down in confidentiality mode; boot "
          r"it without lockdown, or use a dump of it \(--vmcore\)")


@dataclass(frozen=True)
class Situation:
    """A way to run the tool: words in front of it, and what it must say, by lockdown mode."""
    name: str
    prefix: str
    says: str
    locked: str = LOCKED                # in confidentiality mode
    prepare: str = "true"


MOUNT = "mount -t securityfs securityfs /sys/kernel/security"
SITUATIONS = (
    Situation("root, without securityfs", "", READABLE),
    Situation("root", "", READABLE, prepare=MOUNT),
    Situation("a user", "limited user", USER, USER),
    Situation("root without CAP_SYS_RAWIO", "limited no-rawio", RAWIO),
    Situation("root of a user namespace", "limited container", NAMESPACE, NAMESPACE),
    Situation("kcore masked by /dev/null", "limited masked /dev/null", MASKED, MASKED),
    Situation("kcore masked by an empty file", "limited masked /tmp/empty", MASKED, MASKED,
              prepare="echo -n >/tmp/empty"),
    Situation("/proc masked by a tmpfs", "limited hidden", ABSENT, ABSENT),
)


@dataclass(frozen=True)
class Guest:
    """One boot."""
    name: str
    kernel: str
    lockdown: str = ""
    cpu: str = "max"

    @property
    def append(self):
        """Kernel parameters."""
        return f"lockdown={self.lockdown}" if self.lockdown else ""

    def says(self, situation):
        """What the tool must say in a situation."""
        return situation.locked if self.lockdown == "confidentiality" else situation.says


CASES = {case.name: case for kernel in ("6.1", "7.2") for case in (
    Guest(f"{kernel}-open", kernel),
    Guest(f"{kernel}-integrity", kernel, "integrity"),
    Guest(f"{kernel}-confidentiality", kernel, "confidentiality"),
)}


@dataclass
class Evidence:
    """All output of one guest."""
    release: str
    mode: str = ""                              # of the lockdown, as the kernel reports it
    answers: dict = field(default_factory=dict)     # by situation and output


def programs(laboratory):
    """Programs that the guests need beside the tool."""
    laboratory.add_guest_program("limited")


def machine(laboratory, case):
    """The machine of a case."""
    return laboratory.machine(case, MEMORY)


def play(_, guest, __):
    """Run the tool in all situations."""
    evidence = Evidence(guest.tell("uname -r").strip())
    for situation in SITUATIONS:
        guest.tell(situation.prepare)
        for name, option in OUTPUTS.items():
            words = f"{situation.prefix} /bin/hotremove-check {option} -r {BOOT_BLOCK}"
            answer = guest.ask(words, TOOL_TIMEOUT)
            evidence.answers[situation, name] = answer
            keep(guest, f"{situation.name.replace('/', '_')} {name}", answer)
    evidence.mode = guest.tell("cat /sys/kernel/security/lockdown")
    return evidence


def mode(case, evidence):
    """What is wrong with the kernel's lockdown mode."""
    found = re.search(r"\[(\w+)\]", evidence.mode).group(1)
    return unequal("mode", found, case.lockdown or "none")


def sentence(answer, name):
    """What an answer says is wrong, with anything beside it."""
    if name != "--json":
        return answer.output + answer.errors
    document = json.loads(answer.output)
    rest = {key: value for key, value in document.items() if key not in ("schema", "error")}
    return f"hotremove-check: {document['error']['message']}\n{rest or ''}"


def refused(answer, name, wanted):
    """What is wrong with the answer if the kernel may not be read."""
    said = sentence(answer, name)
    right = re.fullmatch(f"hotremove-check: {wanted}\n", said)
    # With --json the sentence is in the document, and for people on standard error.
    return first((unequal("status", answer.status, 2),
                  "" if right else f"it says {said!r}",
                  unequal("standard error", answer.errors, said)))


def judged(case, evidence, situation, name):
    """What is wrong with one answer."""
    answer = evidence.answers[situation, name]
    wanted = case.says(situation)
    if wanted == READABLE:
        return unequal("status", answer.status, 1)
    return refused(answer, name, wanted)


def judge(case, evidence):
    """Yield each demand's text and what is wrong, an empty text if nothing is."""
    yield "the kernel is locked down as it should be", mode(case, evidence)
    for situation in SITUATIONS:
        what = "one right sentence" if case.says(situation) else "the query is answered"
        yield (f"{situation.name}: {what}",
               first(f"{name}: {problem}" for name in OUTPUTS
                     if (problem := judged(case, evidence, situation, name))))


def figures(case, evidence):
    """The part that is kept for the document."""
    return {"situations": [{"name": situation.name,
                            "said": evidence.answers[situation, "text"].errors.strip(),
                            "status": evidence.answers[situation, "text"].status,
                            "agrees": not any(judged(case, evidence, situation, name)
                                              for name in OUTPUTS)}
                           for situation in SITUATIONS]}
