"""What the machine is, and what a process used of it, from /proc."""

import os
import platform
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

_TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")


def facts() -> dict[str, str]:
    """What figures depend on; nothing that names the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": str(len(os.sched_getaffinity(0))),
        "processor": _processor(),
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def forget_peak(pid: int) -> None:
    """The peak of a process's memory is counted again from now on."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_mebibytes(pid: int | str) -> float:
    """The most memory that was resident at once since the start, or since `forget_peak`."""
    return _mebibytes(pid, "VmHWM:")


def resident_mebibytes(pid: int) -> float:
    """The memory that is resident now."""
    return _mebibytes(pid, "VmRSS:")


def cpu_seconds(pids: Collection[int]) -> float:
    """Of all cores, user and system, since the start of each process, with that of children that have ended.

    A process that ends meanwhile, as the database's do, is its parent's to count.
    """
    return sum(_ticks(pid) for pid in pids) / _TICKS_PER_SECOND


def pids_of(processes: dict[int, str], wanted: Callable[[str], bool]) -> tuple[int, ...]:
    """Those whose command line is `wanted`."""
    return tuple(pid for pid, command in processes.items() if wanted(command))


def _mebibytes(pid: int | str, field: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    line = next(line for line in status if line.startswith(field))
    return int(line.split()[1]) / 1024


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
