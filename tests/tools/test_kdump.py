# SPDX-License-Identifier: GPL-2.0-or-later
"""What kdump-save-tables does in a crash kernel, whose files are in a folder. Programs that a test
does not want to run are replaced by stand-ins."""

import lzma
import os
import stat
import subprocess
from pathlib import Path

import pytest

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
# Saves a whole file, and keeps its own arguments and limits.
SAVES = """\
echo "$*" >"$HOTREMOVE_ROOT/arguments"
echo "$(ulimit -v) $(ulimit -f) $(cat /proc/self/oom_score_adj)" >"$HOTREMOVE_ROOT/limits"
for word; do
	case $word in
	--save-tables=*) echo tables >"${word#*=}" ;;
	esac
done
"""
DATE = "echo 202612010959.{}\n"
# The second question has another answer.
LATE = """\
if [ -e "$HOTREMOVE_ROOT/slept" ]; then
	echo 202612011000.00
else
	echo 202612010959.50
fi
"""
DF = "echo 'Filesystem 1024-blocks Used Available Capacity Mounted'; echo '/dev/vda 9 1 {} 1% /'\n"
MOUNTS = "proc /proc proc rw 0 0\n/dev/vda /sysroot ext4 rw 0 0\n/dev/vdb /kdumproot/mnt xfs rw 0 0\n"


class CrashKernel:
    """The files of a crash kernel, and its programs."""

    def __init__(self, root, script):
        self.root, self.script = root, script
        for folder in ("bin", "etc/default", "proc"):
            (root / folder).mkdir(parents=True)
        self.write("proc/vmcore", "memory")
        self.stand_in("hotremove-check", SAVES)
        self.stand_in("date", DATE.format("30"))
        self.stand_in("df", DF.format(8000))
        self.stand_in("sync", 'echo sync >"$HOTREMOVE_ROOT/synced"\n')

    def write(self, name, text):
        """A file, whose folder is made."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def stand_in(self, name, text):
        """A program that replaces one of the system."""
        self.write(f"bin/{name}", "#!/bin/sh\n" + text).chmod(0o755)

    def run(self, *arguments, program=None, **environment):
        """Run the script, which must succeed; returns what it says."""
        program = program or self.root / "bin/hotremove-check"
        result = subprocess.run([self.script, *arguments], check=False, text=True,
                                capture_output=True, timeout=600,
                                env={"PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
                                     "HOTREMOVE_ROOT": str(self.root),
                                     "HOTREMOVE_CHECK": str(program), **environment})
        assert (result.returncode, result.stdout) == (0, "")
        return result.stderr

    def read(self, name):
        """The words of a file that a stand-in wrote."""
        return (self.root / name).read_text(encoding="utf-8").split()

    def files(self, folder="var"):
        """The names of all files in a folder, also of hidden ones."""
        return sorted(str(path.relative_to(self.root)) for path in (self.root / folder).rglob("*")
                      if not path.is_dir())


@pytest.fixture(name="kernel")
def make_kernel(folder, pytestconfig):
    """A crash kernel in which all goes well."""
    return CrashKernel(folder, Path(pytestconfig.getoption("--script")).resolve())


def test_tables_are_saved_where_the_dump_will_be(kernel):
    said = kernel.run()
    name = "var/crash/202612010959/tables.202612010959.elf.zst"
    assert kernel.files() == [name]
    assert said == f"kdump-save-tables: {kernel.root}/{name} was saved\n"
    assert kernel.read("synced")


def test_program_reads_the_memory_of_the_crash(kernel):
    kernel.run(HOTREMOVE_SECONDS="77")
    assert kernel.read("arguments") == [
        "-q", "--timeout=77", f"--save-tables={kernel.root}/var/crash/tables-incomplete.elf.zst",
        f"{kernel.root}/proc/vmcore"]


def test_nothing_happens_in_a_kernel_that_has_not_replaced_another(kernel):
    (kernel.root / "proc/vmcore").unlink()
    assert kernel.run() == ""
    assert kernel.files("var") == []


@pytest.mark.parametrize("text", ('KDUMP_COREDIR="/var/dumps"\n',
                                  "X=dumps\nKDUMP_COREDIR=/var/$X\necho noise\n"))
def test_folder_is_that_of_kdump_tools(kernel, text):
    kernel.write("etc/default/kdump-tools", text)
    kernel.run()
    assert kernel.files() == ["var/dumps/202612010959/tables.202612010959.elf.zst"]


def test_folder_is_the_usual_one_if_the_configuration_cannot_be_read(kernel):
    kernel.write("etc/default/kdump-tools", "KDUMP_COREDIR=/var/dumps\n(\n")
    kernel.run()
    assert kernel.files() == ["var/crash/202612010959/tables.202612010959.elf.zst"]


def test_folder_is_that_of_the_next_minute_if_this_one_ends_soon(kernel):
    kernel.stand_in("date", LATE)
    kernel.stand_in("sleep", 'echo "$1" >"$HOTREMOVE_ROOT/slept"\n')
    kernel.run()
    assert kernel.read("slept") == ["10"]
    assert kernel.files() == ["var/crash/202612011000/tables.202612011000.elf.zst"]


@pytest.mark.parametrize("second", ("00", "08", "09", "49"))
def test_nothing_is_waited_for_within_a_minute(kernel, second):
    kernel.stand_in("date", DATE.format(second))
    kernel.stand_in("sleep", "exit 99\n")
    kernel.run()
    assert kernel.files() == ["var/crash/202612010959/tables.202612010959.elf.zst"]


def test_time_is_limited_from_outside_too(kernel):
    kernel.stand_in("timeout", 'echo "$*" >>"$HOTREMOVE_ROOT/limited"\nshift 3\nexec "$@"\n')
    kernel.run(HOTREMOVE_SECONDS="77")
    assert kernel.read("limited")[:3] == ["-k", "5", "82"]


def test_program_that_does_not_end_is_ended(kernel):
    kernel.stand_in("timeout", 'shift 3\nexec /usr/bin/timeout -k 1 1 "$@"\n')
    kernel.stand_in("hotremove-check", "trap '' TERM\nwhile :; do sleep 1; done\n")
    assert kernel.run().endswith("kdump-save-tables: the page tables were not saved\n")
    assert kernel.files() == []


def test_memory_and_an_eighth_of_the_free_space_may_be_used(kernel):
    """In KiB, and in units of 512 bytes; and the program goes first if memory runs short."""
    kernel.run(HOTREMOVE_MEMORY="654321")
    assert kernel.read("limits") == ["654321", "2000", "1000"]


def test_nothing_is_saved_if_the_free_space_is_not_known(kernel):
    kernel.stand_in("df", "exit 1\n")
    assert kernel.run().endswith("the page tables were not saved\n")
    assert kernel.files() == []


def test_failure_is_said_and_leaves_nothing(kernel):
    kernel.stand_in("hotremove-check", "echo it failed >&2\nexit 2\n")
    assert kernel.run() == "it failed\nkdump-save-tables: the page tables were not saved\n"
    assert kernel.files() == []
    assert os.listdir(kernel.root / "var/crash") == []


def test_what_an_earlier_crash_has_left_is_not_taken_for_the_tables(kernel):
    kernel.stand_in("hotremove-check", "exit 2\n")
    kernel.write("var/crash/tables-incomplete.elf.zst", "old")
    kernel.run()
    assert kernel.files() == []


def test_tables_that_cannot_be_moved_are_removed(kernel):
    kernel.write("var/crash/202612010959", "a file, not a folder")
    assert "the page tables were not saved" in kernel.run()
    assert kernel.files() == ["var/crash/202612010959"]


def test_folder_that_cannot_be_made_is_a_failure(kernel):
    kernel.write("var", "a file, not a folder")
    assert "the page tables were not saved" in kernel.run()


def make_redhat(kernel, text="# no path\n"):
    """Let the machine be one of Red Hat, with the dumps of two crashes."""
    kernel.write("etc/kdump.conf", text)
    kernel.write("proc/mounts", MOUNTS)
    for number, name in enumerate(("127.0.0.1-2026-12-01-09:00:00",
                                   "127.0.0.1-2026-11-30-23:00:00")):
        dump = kernel.write(f"sysroot/var/crash/{name}/vmcore", "dump")
        os.utime(dump.parent, (1000 + number, 1000 + number))


@pytest.mark.parametrize("status", ("0", "1"))
def test_tables_are_saved_beside_the_newest_dump_of_red_hat(kernel, status):
    make_redhat(kernel)
    said = kernel.run(status)
    name = "sysroot/var/crash/127.0.0.1-2026-11-30-23:00:00/tables.elf.zst"
    assert [found for found in kernel.files("sysroot") if "tables" in found] == [name]
    assert said == f"kdump-save-tables: {kernel.root}/{name} was saved\n"


def test_path_and_mount_of_red_hat_are_found(kernel):
    make_redhat(kernel, "#path /elsewhere\nxfs /dev/vdb\npath /dumps   # here\n")
    kernel.write("kdumproot/mnt/dumps/192.0.2.1-2026-12-01-10:00:00/vmcore-incomplete", "")
    kernel.run("1")
    assert kernel.files("kdumproot") == [
        f"kdumproot/mnt/dumps/192.0.2.1-2026-12-01-10:00:00/{name}"
        for name in ("tables.elf.zst", "vmcore-incomplete")]


def test_dump_of_red_hat_on_another_machine_is_a_failure(kernel):
    make_redhat(kernel, "path /dumps\nssh user@server\n")
    assert kernel.run("0").endswith("there is no folder of a dump on this machine\n"
                                    "kdump-save-tables: the page tables were not saved\n")


@pytest.fixture(name="core")
def make_core(kernel):
    """Memory of a real kernel."""
    data = lzma.decompress((FIXTURES / "6.1-blocks.elf.xz").read_bytes())
    (kernel.root / "proc/vmcore").write_bytes(data)
    return kernel


def test_program_saves_a_snapshot_that_only_its_owner_may_read(core, program_path):
    core.stand_in("df", DF.format(1 << 20))
    # Neither sanitizers nor valgrind are content with little address space.
    core.run(program=program_path, HOTREMOVE_MEMORY="unlimited")
    path = core.root / "var/crash/202612010959/tables.202612010959.elf.zst"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    answers = [subprocess.run([program_path, "--blocks", "--map", source], check=True,
                              capture_output=True).stdout
               for source in (path, core.root / "proc/vmcore")]
    assert answers[0] == answers[1]


def test_program_that_finds_no_space_leaves_nothing(core, program_path):
    core.stand_in("df", DF.format(32))
    said = core.run(program=program_path, HOTREMOVE_MEMORY="unlimited")
    assert "File too large" in said
    assert core.files() == []
    assert os.listdir(core.root / "var/crash") == []
