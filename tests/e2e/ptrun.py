# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the guests that list their page tables, one after the other, and keeps their results."""

import json
import signal
import time
import traceback

import ptchecks
from checks import codes
from leaves import MAPS
from ptcases import PTCASES
from ptdump import play
from shell import HarnessError

TIMEOUT = 1500
RUN_THROUGH = "the guest ran through the whole scenario"


def stay_result(case, stay):
    """The part of one DIMM's stay that is kept."""
    entry = ptchecks.whole(stay.live, stay)
    counts = {name: {level: count for level, count in entry[name]["leaves"].items() if count}
              for name in MAPS}
    refused = [block for block in entry["guard"]["blocks"] if block["outcome"] == "refuses"]
    return {"name": stay.dimm.name, "start": stay.dimm.start, "size": stay.dimm.size,
            "leaves": counts, "verify": stay.verify.status,
            "verified": stay.verify.document.get("verify", {}).get("leaves"),
            "verdict": entry["verdict"], "predicted": ptchecks.predicted_gone(stay),
            "reasons": sorted(codes(entry)), "guard": entry["guard"]["outcome"],
            "refused": len(refused), "blocks": len(stay.dimm.blocks(case.block)),
            "gone": ptchecks.gone(stay), "status": stay.unplugging.status,
            "model": entry["teardown"]["model"], "tlbi": stay.unplugging.count.total}


def judge_and_keep(case, session, result):
    """Add the demands, and the part of the DIMMs that is kept, to a result."""
    kernel = session.stays[0].live.document.get("kernel", {})
    result["demands"] += ptchecks.judge(case, session)
    result["kernel"] = {key: kernel.get(key) for key in ("page_size", "va_bits",
                                                         "va_bits_actual")}
    result["dimms"] = [stay_result(case, stay) for stay in session.stays]


def run_case(laboratory, case):
    """Boot a case and judge it; an exception is also a result."""
    kernel, _ = laboratory.prepare(case.kernel)
    result = {"entry": case.name, "source": kernel.source, "cpu": case.cpu,
              "parameters": case.append, "date": time.strftime("%Y-%m-%d", time.gmtime()),
              "dimms": [], "demands": []}
    signal.alarm(TIMEOUT)
    try:
        with laboratory.machine(case, case.memory, laboratory.plugin) as machine:
            session = play(case, machine, laboratory.host_tool)
            machine.tlbi_log.unlink(missing_ok=True)
        result.update(release=session.release, version=session.version)
        judge_and_keep(case, session, result)
    except Exception as error:              # the other cases are still worth running
        traceback.print_exc()
        result["demands"].append((RUN_THROUGH, repr(error)))
    else:
        result["demands"].insert(0, (RUN_THROUGH, ""))
    finally:
        signal.alarm(0)
    return result


def run(laboratory, names, score):
    """Run cases, print their demands, and keep their results."""
    for name in names:
        try:
            laboratory.prepare(PTCASES[name].kernel)
        except HarnessError as error:
            score.skip(name, str(error))
            continue
        result = run_case(laboratory, PTCASES[name])
        for demand, problem in result["demands"]:
            score.add(name, demand, problem)
        folder = laboratory.work / "ptdump"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")


def stored(work):
    """The newest result of every case that has one, in the order of the table."""
    files = [work / "ptdump" / f"{name}.json" for name in PTCASES]
    return [json.loads(path.read_text()) for path in files if path.exists()]
