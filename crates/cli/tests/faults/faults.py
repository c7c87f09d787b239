"""Every command that writes, with one fault at each of its system calls: what is left, and what the next run makes of it.

usage: crates/cli/tests/faults/run --fugo PATH [--quick] [--most N] [--write] [--dir DIR] [--only TEXT] [--verbose]

--quick    4 calls of each command for each fault; without it, all of them
--most     as many calls of each command for each fault, evenly, and all where there are no more
--write    writes the table into docs/faults.md
--dir      where the files are [default: the system's folder for temporary files]
--only     cases and faults whose name has this text
"""
from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import cases  # noqa: E402
from cases import Case  # noqa: E402

REPOSITORY = Path(__file__).resolve().parents[4]
PAGE = REPOSITORY / "docs/faults.md"
# After its name, what the table says of it.
FAULTS = {
    "enospc": "the disk is full from the n-th call on",
    "eio": "the n-th call fails (EIO)",
    "eintr": "the n-th call is interrupted (EINTR)",
    "short-read": "the n-th read gives half",
    "short-write": "the n-th write takes half",
    "kill": "killed before the n-th change",
    "power": "the same, and what was not flushed is gone",
    "two": "the same command at once, run from start to end before the n-th change of the first",
}
# Signals that a program gives for a bug.
BUGS = {101, 128 + 4, 128 + 6, 128 + 7, 128 + 8, 128 + 11}
LIMIT = 120


@dataclass
class Tally:
    """What happened in the trials of one kind."""

    tried: int = 0
    survived: int = 0
    stopped: int = 0
    killed: int = 0
    lost: int = 0
    exposed: int = 0
    left: int = 0
    calls: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for name in ("tried", "survived", "stopped", "killed", "lost", "exposed", "left", "calls"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.problems += other.problems


@dataclass
class Done:
    """A run under the injector."""

    code: int
    out: bytes
    err: bytes
    calls: int
    fired: str | None
    hook: int | None
    unflushed: list[tuple[int, int, int]]
    names: list[tuple[str, str, str]]


def run(inject: Path, fault: str, n: int, folder: Path, case: Case, hook: str = "") -> Done:
    report = folder.with_suffix(".report")
    command = [inject, {"power": "kill", "two": "hook", "none": "kill"}.get(fault, fault), str(n), folder, report, hook, *case.command]
    environment = {**os.environ, "TMPDIR": str(folder), "TZ": "Asia/Tokyo", **case.environment}
    try:
        # Rights that are not asked for are given: every file that is open to others shows.
        done = subprocess.run(command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=LIMIT,
                              env=environment, umask=0)
    except subprocess.TimeoutExpired:
        raise SystemExit(f"{case.name}, {fault} at {n}: it hangs")
    calls, fired, hooked, unflushed, names = 0, None, None, [], []
    for line in report.read_text(errors="replace").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "calls":
            calls = int(rest)
        elif kind == "fired":
            fired = rest
        elif kind == "hook":
            hooked = int(rest)
        elif kind == "unflushed":
            device, inode, length = map(int, rest.split())
            unflushed.append((device, inode, length))
        elif kind == "unflushed-folder":
            operation, parent, name = rest.split("\t")
            names.append((operation, parent, name))
    if done.returncode == 125:
        raise SystemExit(f"{case.name}: {done.stderr.decode(errors='replace')}")
    report.unlink()
    return Done(done.returncode, done.stdout, done.stderr, calls, fired, hooked, unflushed, names)


def files(folder: Path) -> dict[str, os.stat_result]:
    found = {}
    for at, _, names in os.walk(folder):
        for name in names:
            path = Path(at, name)
            found[str(path.relative_to(folder))] = path.lstat()
    return found


def temporary(folder: Path) -> list[str]:
    """What no finished command leaves. A run directory counts even if it is empty."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if cases.is_temporary(path.name))


class Trials:
    """The trials of one case, each in a copy of its folder."""

    def __init__(self, inject: Path, work: Path, case: Case, tool: str):
        self.inject, self.work, self.case = inject, work, case
        # Another command, which writes one file in the folder that it is given.
        self.sweeper = [tool, *cases.grant(cases.tags_of(work / "keys"), "")[:-1]]
        self.base = work / case.folder
        self.before = {name: (self.base / name).read_bytes() for name in files(self.base)}
        self.made = 0
        self.lock = threading.Lock()
        folder = self.copy()
        done = run(inject, "none", 0, folder, case)
        if done.code not in case.ends:
            raise SystemExit(f"{case.name}: exit {done.code} without a fault: {done.err.decode(errors='replace')}")
        self.out = done.out
        self.reference = {name: (folder / name).read_bytes() for name in files(folder)}
        if missing := [name for name in case.places if name not in self.reference]:
            raise SystemExit(f"{case.name}: does not write {missing}")
        shutil.rmtree(folder)

    def copy(self) -> Path:
        with self.lock:
            self.made += 1
            folder = self.work / f"trial-{self.case.number}-{self.made}"
        shutil.copytree(self.base, folder, copy_function=shutil.copy2)
        return folder

    def state(self, folder: Path, name: str) -> str:
        """Of a place: absent, earlier, complete, or torn."""
        path = folder / name
        if not path.exists():
            return "absent"
        found = path.read_bytes()
        if self.case.is_complete(name, folder, found, self.reference):
            return "complete"
        return "earlier" if found == self.before.get(name) else "torn"

    def look(self, folder: Path) -> tuple[dict[str, str], list[str], list[str]]:
        """The states of the places, what is lost whatever the exit status, and what others can read."""
        states = {name: self.state(folder, name) for name in self.case.places}
        lost = [f"{name} is torn" for name, state in states.items() if state == "torn"]
        lost += [f"{name} is gone" for name, state in states.items()
                 if state == "absent" and name in self.before and name not in self.case.removes]
        found = files(folder)
        for name, content in self.before.items():
            if name in states or name in self.case.removes or name in self.case.may_change:
                continue
            if name not in found or (folder / name).read_bytes() != content:
                lost.append(f"{name}, which is not an output, is not as it was")
        lost += self.case.contradictions(folder, self.before)
        exposed = []
        for name, seen in found.items():
            if name in self.before and seen.st_mode & 0o077 == (self.base / name).lstat().st_mode & 0o077:
                continue
            if seen.st_mode & 0o077 and seen.st_size and not self.case.is_public(name):
                exposed.append(f"{name} has mode {seen.st_mode & 0o777:03o}")
        return states, lost, exposed

    def again(self, folder: Path, states: dict[str, str]) -> tuple[list[str], list[str]]:
        """The next run, without a fault: it finishes the work, or refuses because it is done. It sweeps."""
        done = run(self.inject, "none", 0, folder, self.case)
        states, lost, exposed = self.look(folder)
        is_done = all(state == "complete" for state in states.values()) and self.case.is_done(folder)
        # What is never replaced stays, and the message says what to do about it.
        is_done |= "complete" in states.values() and done.code == 2 and self.case.advice in done.err.decode(errors="replace")
        problems = [f"next run: {what}" for what in lost + exposed]
        if not is_done or (done.code not in self.case.ends and done.code != 2):
            problems.append(f"next run: exit {done.code}, {states}: {done.err.decode(errors='replace').strip()[:300]}")
        return problems, self.swept(folder)

    def swept(self, folder: Path) -> list[str]:
        """What the next run that writes in the same folder leaves. A run that refuses at once writes nothing there."""
        for parent in {(folder / name).parent for name in temporary(folder)}:
            if parent.is_dir() and not cases.is_temporary(parent.name):
                # Nothing but entries is written into a record, so the next translation sweeps there.
                command = self.case.command if (parent / "checkpoint").is_file() else [*self.sweeper, parent / "swept.text"]
                subprocess.run(command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL)
                (parent / "swept.text").unlink(missing_ok=True)
        return temporary(folder)

    def trial(self, fault: str, n: int) -> Tally:
        case, tally = self.case, Tally(tried=1)
        folder = self.copy()
        old = {(seen.st_dev, seen.st_ino): name for name, seen in files(folder).items()}
        hook = ""
        if fault == "two":
            other = " ".join(map(cases.quoted, case.other or case.command))
            hook = f"{other} >/dev/null 2>&1; code=$?; echo $code >{cases.quoted(str(folder))}.other; exit $code"
        done = run(self.inject, fault, n, folder, case, hook)
        if done.fired is None:
            shutil.rmtree(folder)
            return Tally()
        if fault == "two":
            self.wait(folder)
        if fault == "power":
            by_inode = {(seen.st_dev, seen.st_ino): name for name, seen in files(folder).items()}
            for device, inode, length in done.unflushed:
                name = by_inode.get((device, inode))
                if name and (was := old.get((device, inode))):
                    # Written in place: the old bytes are still on the device.
                    (folder / name).write_bytes(self.before[was])
                elif name:
                    os.truncate(folder / name, length)
        states, lost, exposed = self.look(folder)
        left = []
        is_complete = all(state == "complete" for state in states.values()) and case.is_done(folder)
        if fault in ("kill", "power"):
            tally.killed += 1
        elif done.code in case.ends:
            tally.survived += 1
            if not is_complete and fault != "two":
                lost.append(f"exit {done.code} with {states}")
            if case.prints and done.out != self.out:
                lost.append(f"exit {done.code} with other lines on standard output")
            left = temporary(folder) if fault not in ("eio", "eintr", "two") else []
            lost += self.unflushed(folder, done)
        elif done.code in (2, 130):
            tally.stopped += 1
            lost += case.half(states) if fault != "two" else []
            if not done.err:
                lost.append("it stops without a message")
        else:
            lost.append(f"exit {done.code}: {done.err.decode(errors='replace')[:300]}")
        if fault == "two":
            lost += self.judge_two(folder, done, states)
        elif fault in ("kill", "power") or done.code not in case.ends:
            problems, left = self.again(folder, states)
            lost += problems
        elif temporary(folder):
            # The fault was in the removal.
            left = self.swept(folder)
        tally.lost, tally.exposed, tally.left = bool(lost), bool(exposed), bool(left)
        tally.problems = [f"{case.name}: {fault} at {n} ({done.fired.replace(str(folder), '.')}): {what}"
                          for what in lost + exposed + [f"left {name}" for name in left]]
        shutil.rmtree(folder)
        return tally

    def unflushed(self, folder: Path, done: Done) -> list[str]:
        """What a loss of power after the end would undo."""
        inodes = {(seen.st_dev, seen.st_ino): name for name, seen in files(folder).items()}
        of = [inodes.get((device, inode)) for device, inode, _ in done.unflushed]
        lost = [f"{name} is not flushed at the end" for name in of if name in self.case.places]
        for operation, parent, name in done.names:
            path = os.path.relpath(Path(parent, name), folder)
            wanted = self.case.places if operation == "name" else self.case.removes
            if path in wanted or any(place.startswith(path + "/") for place in wanted):
                lost.append(f"the folder of {path} is not flushed at the end")
        return lost

    def wait(self, folder: Path) -> None:
        """Until the other command, which waited for the first, has ended."""
        until = time.monotonic() + 30
        while not Path(f"{folder}.other").exists():
            if time.monotonic() > until:
                raise SystemExit(f"{self.case.name}: two at once wait for each other")
            time.sleep(0.01)

    def judge_two(self, folder: Path, done: Done, states: dict[str, str]) -> list[str]:
        path = Path(f"{folder}.other")
        other = int(path.read_text())
        path.unlink()
        ends = {*self.case.ends, 2}
        lost = [f"the other: exit {code}" for code in [other] if code not in ends]
        if done.code not in self.case.ends and other not in self.case.ends:
            lost.append("both stop")
        return lost + self.case.judge_two(folder, done.code, other, states)


def trials_of(trials: Trials, fault: str, most: int | None, pool: ThreadPoolExecutor) -> Tally:
    """At each call that can meet the fault. How many there are differs a little from run to run, because of threads:
    so it goes on until the fault is not met."""
    case, total = trials.case, Tally()
    folder = trials.copy()
    # As many as there are calls.
    total.calls = run(trials.inject, "kill" if fault in ("power", "two") else fault, 0, folder, case).calls
    shutil.rmtree(folder)
    most = min(most or case.most, case.most)
    if total.calls > most:
        ns = sorted({1 + round(at * (total.calls - 1) / max(1, most - 1)) for at in range(min(most, total.calls))})
        for tally in pool.map(lambda n: trials.trial(fault, n), ns):
            total.add(tally)
        return total
    n = 1
    while True:
        met = list(pool.map(lambda n: trials.trial(fault, n), range(n, n + 8)))
        for tally in met:
            total.add(tally)
        if not all(tally.tried for tally in met):
            return total
        n += 8


def table(rows: dict[str, dict[str, Tally]], of: str) -> list[str]:
    lines = [f"| {of} | tried | survived | stopped | killed | lost | exposed | left |", "|---|---:|---:|---:|---:|---:|---:|---:|"]
    everything = Tally()
    for name, tallies in rows.items():
        total = Tally()
        for tally in tallies.values():
            total.add(tally)
        everything.add(total)
        lines.append(f"| {name} | {' | '.join(f'{getattr(total, column):,}' for column in COLUMNS)} |")
    lines.append(f"| all | {' | '.join(f'{getattr(everything, column):,}' for column in COLUMNS)} |")
    return lines


COLUMNS = ("tried", "survived", "stopped", "killed", "lost", "exposed", "left")


def controls(inject: Path, work: Path, tool: str, pool: ThreadPoolExecutor) -> None:
    """Programs that do what must be found. Each must be found, for its own reason."""
    for case, fault, column, reason in cases.planted(work, tool):
        total = trials_of(Trials(inject, work, case, tool), fault, None, pool)
        said = [what for what in total.problems if reason in what]
        if not getattr(total, column) or not said:
            raise SystemExit(f"FAILED: {case.name} is not found under {fault}: {vars(total)}")
        print(f"found: {case.name}, under {fault}: {getattr(total, column)} of {total.tried} {column}")


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("--fugo", required=True)
    parse.add_argument("--inject", required=True, type=Path)
    parse.add_argument("--clock", required=True, type=Path)
    parse.add_argument("--quick", action="store_true")
    parse.add_argument("--most", type=int)
    parse.add_argument("--write", action="store_true")
    parse.add_argument("--dir")
    parse.add_argument("--only", default="")
    parse.add_argument("--verbose", action="store_true")
    args = parse.parse_args()
    if args.quick:
        args.most = 4
    tool = os.path.abspath(args.fugo)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=args.dir, prefix="fugo-faults-") as name, ThreadPoolExecutor(max(4, os.cpu_count())) as pool:
        work = Path(os.path.realpath(name))
        cases.prepare(work, tool)
        controls(args.inject, work, tool, pool)
        rows, problems, fewer = {}, [], []
        for case in cases.every(tool, work):
            if args.quick and not case.quick:
                continue
            wanted = [fault for fault in FAULTS if args.only in f"{case.name}, {fault}" and fault not in case.without]
            if not wanted:
                continue
            if case.most < cases.EVERY:
                fewer.append(f"{case.name} ({case.most})")
            trials = Trials(args.inject, work, case, tool)
            for fault in wanted:
                rows.setdefault(case.name, {})[fault] = tally = trials_of(trials, fault, args.most, pool)
                problems += tally.problems
                if args.verbose:
                    counts = ", ".join(f"{column} {getattr(tally, column)}" for column in COLUMNS)
                    print(f"{case.name}, {fault}: {counts}", file=sys.stderr, flush=True)
        clocks = cases.clocks(work, tool, args.clock) if args.only in "clock" else (0, [])
    by_fault = {said: {name: of[fault] for name, of in rows.items() if fault in of} for fault, said in FAULTS.items()}
    system = subprocess.run(["stat", "-f", "-c", "%T", args.dir or tempfile.gettempdir()], capture_output=True, text=True).stdout
    if args.most:
        tried = f"Of the calls of a command, {args.most} were tried for each fault, evenly."
    elif fewer:
        tried = f"Every call was tried, but for so many of each fault: {', '.join(fewer)}."
    else:
        tried = "Every call was tried."
    lines = [*table(rows, "command"), "", *table(by_fault, "fault"), "",
             f"Clocks: {clocks[0]} runs, {len(clocks[1])} wrong. File system: {system.strip()}.", tried]
    print("\n".join(lines))
    print(f"{time.monotonic() - started:.0f} seconds", file=sys.stderr)
    problems += clocks[1]
    for problem in problems[: None if args.verbose else 40]:
        print(f"PROBLEM {problem}", file=sys.stderr)
    if args.write:
        text = PAGE.read_text()
        block = "<!-- faults -->\n" + "\n".join(lines) + "\n<!-- /faults -->"
        PAGE.write_text(re.sub(r"<!-- faults -->.*<!-- /faults -->", lambda _: block, text, flags=re.DOTALL))
    if problems or not rows:
        sys.exit(f"FAILED: {len(problems)} problems")


main()
