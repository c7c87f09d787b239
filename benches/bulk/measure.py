"""Measures one command from its start to its exit.

    python3 measure.py [--json FILE] [--stdin FILE] [--attach PID]... -- COMMAND...

Time is wall-clock time. CPU time, resident memory and bytes are Linux's counts when the child is a zombie and has not
been reaped. Anonymous memory of the child and its descendants is sampled every 20 ms, so a shorter peak may be missed.
With --attach, a server that works for the child is counted too: the CPU time and bytes of its process tree between the
child's start and its exit, and the anonymous memory of its tree.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from process_tree import Tree, bytes_moved, cpu_seconds

SAMPLE_SECONDS = 0.02


@dataclass(frozen=True)
class Measurement:
    """The cost of one run, in seconds and bytes. None where the kernel gives no count.

    `peak_resident` is `ru_maxrss` of the child or its largest descendant, which the kernel starts at the size of the
    process that forks it (about 15 MB). It is None with an attached server, whose memory it would miss. `read` and
    `written` are `rchar` and `wchar`: every byte through read and write, cached or not. `device_read` counts the bytes
    that were read from a block device, and `device_written` the pages made dirty that will be written to one.
    """

    seconds: float
    cpu_seconds: float
    peak_resident: int | None
    peak_anonymous: int
    read: int | None
    written: int | None
    device_read: int | None
    device_written: int | None
    status: int


class Sampler(threading.Thread):
    """The peak of anonymous memory over some process trees, until `stop`."""

    def __init__(self, roots: list[int]) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._trees = [Tree(root) for root in roots]
        self._over = threading.Event()

    def run(self) -> None:
        while True:
            self.peak = max(self.peak, sum(tree.anonymous_bytes() for tree in self._trees))
            if self._over.wait(SAMPLE_SECONDS):
                return

    def stop(self) -> int:
        """Ends the sampling and returns the peak in bytes."""
        self._over.set()
        self.join()
        return self.peak


def measure(command: list[str], stdin: Path | None = None, attached: list[int] | None = None) -> Measurement:
    """Runs `command` to its exit. It inherits this process's standard output and error."""
    servers = attached or []
    cpu_before = sum(cpu_seconds(server) for server in servers)
    moved_before = [bytes_moved(server) for server in servers]
    with open(stdin or os.devnull, "rb") as source:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=source)
        sampler = Sampler([child.pid, *servers])
        sampler.start()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        seconds = time.perf_counter() - start
    moved = [bytes_moved(child.pid), *(_less(bytes_moved(s), b) for s, b in zip(servers, moved_before))]
    peak_anonymous = sampler.stop()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    served = sum(cpu_seconds(server) for server in servers) - cpu_before
    return Measurement(
        seconds,
        usage.ru_utime + usage.ru_stime + served,
        None if servers else usage.ru_maxrss * 1024,
        peak_anonymous,
        *(_sum(column) for column in zip(*moved)),
        child.returncode,
    )


def measure_apart(
    command: list[str], stdin: Path | None = None, attached: list[int] | None = None, stderr: Path | None = None
) -> Measurement:
    """The same from a new small process, so that the caller's size does not affect `peak_resident`."""
    options = [f"--attach={server}" for server in attached or []]
    options += [f"--stdin={stdin}"] if stdin else []
    with tempfile.TemporaryDirectory() as directory:
        record = Path(directory, "record.json")
        with open(stderr or os.devnull, "wb") as errors:
            this = [sys.executable, str(Path(__file__).resolve()), f"--json={record}", *options, "--", *command]
            subprocess.run(this, stdout=subprocess.DEVNULL, stderr=errors, check=False)
        return Measurement(**json.loads(record.read_text()))


def _less(after: list[int | None], before: list[int | None]) -> list[int | None]:
    return [None if a is None or b is None else a - b for a, b in zip(after, before)]


def _sum(column: tuple[int | None, ...]) -> int | None:
    known = [value for value in column if value is not None]
    return sum(known) if len(known) == len(column) else None


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", type=Path, help="where the record goes; standard error if absent")
    parser.add_argument("--stdin", type=Path, help="the command's standard input")
    parser.add_argument("--attach", type=int, action="append", default=[], metavar="PID", help="a server to count too")
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    record = json.dumps(asdict(measure(args.command, args.stdin, args.attach)), indent=2)
    if args.json:
        args.json.write_text(record + "\n")
    else:
        print(record, file=sys.stderr)
    return json.loads(record)["status"]


if __name__ == "__main__":
    sys.exit(main())
