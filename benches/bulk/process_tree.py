"""Linux's counts in /proc for a process and its descendants."""

from __future__ import annotations

import os

_TICKS = os.sysconf("SC_CLK_TCK")
_IO_FIELDS = ("rchar", "wchar", "read_bytes", "write_bytes")


class Tree:
    """A process and its descendants. Each call finds new processes by their parent, and forgets those that ended."""

    def __init__(self, root: int) -> None:
        self._members = {root}
        self._strangers: set[int] = set()

    def members(self) -> set[int]:
        """Process ids now alive or not yet reaped."""
        alive = {int(name) for name in os.listdir("/proc") if name.isdigit()}
        self._members &= alive
        self._strangers &= alive
        for pid in sorted(alive - self._members - self._strangers):
            (self._members if _parent(pid) in self._members else self._strangers).add(pid)
        return self._members

    def anonymous_bytes(self) -> int:
        """Sum of RssAnon. A process that ends meanwhile counts as 0."""
        return sum(_anonymous(pid) for pid in self.members())


def cpu_seconds(root: int) -> float:
    """User and system time of a tree: of the living processes, and of the children that each has reaped."""
    ticks = 0
    for pid in Tree(root).members():
        ticks += sum(int(field) for field in _stat(pid)[11:15])
    return ticks / _TICKS


def bytes_moved(root: int) -> list[int | None]:
    """rchar, wchar, read_bytes and write_bytes of a tree, with reaped children; None without permission."""
    totals = dict.fromkeys(_IO_FIELDS, 0)
    for pid in Tree(root).members():
        text = _read(pid, "io")
        if text is None:
            return [None] * len(_IO_FIELDS)
        for line in text.splitlines():
            name, _, value = line.partition(":")
            if name in totals:
                totals[name] += int(value)
    return [totals[name] for name in _IO_FIELDS]


def _parent(pid: int) -> int | None:
    fields = _stat(pid)
    return int(fields[1]) if fields[1:] else None


def _stat(pid: int) -> list[str]:
    """The fields after the command's name, which may contain spaces: state, parent, … utime is the twelfth."""
    return (_read(pid, "stat") or "").rpartition(")")[2].split()


def _anonymous(pid: int) -> int:
    for line in (_read(pid, "status") or "").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(pid: int, name: str) -> str | None:
    try:
        with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
