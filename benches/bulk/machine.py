"""Describes the machine of a figure: processor, cores, memory, kernel, and the file system of a directory.

    python3 machine.py [DIRECTORY]
"""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

_FLAGS = ("sha_ni", "avx2", "avx512f")


def machine(directory: Path) -> dict[str, str]:
    """One line for each property."""
    flags = [flag for flag in _FLAGS if flag in _cpu("flags").split()]
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "CPU": f"{_cpu('model name') or platform.machine()} ({', '.join(flags) or 'no flags known'})",
        "cores": str(cores),
        "memory": f"{memory / 2**30:.1f} GiB",
        "kernel": platform.release(),
        "file system": _file_system(directory.resolve()),
    }


def sentence(directory: Path) -> str:
    """The same in one line, for the text below a table."""
    return "Machine: " + "; ".join(f"{name} {value}" for name, value in machine(directory).items()) + "."


def _cpu(field: str) -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == field:
            return value.strip()
    return ""


def _file_system(path: Path) -> str:
    """The type of the mount with the longest path above `path`."""
    found = (-1, "unknown")
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        before, _, after = line.partition(" - ")
        mount = Path(before.split()[4])
        if path.is_relative_to(mount):
            found = max(found, (len(mount.parts), after.split()[0]))
    return found[1]


if __name__ == "__main__":
    print(sentence(Path(sys.argv[1] if sys.argv[1:] else ".")))
