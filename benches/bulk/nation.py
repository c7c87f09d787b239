"""Converts a roster of a nation once in each format and order.

    python3 benches/bulk/nation.py --rows 125000000 --dir DIR [--fugo target/release/fugo]

Every result is compared with what `fugo synth` wrote about the roster, and the rows of every output are counted. Exits
with 1 if a result differs or a run failed. If there is not enough space for a line, it is skipped and reported.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import space
from conversion import Converter, Result, Roster, synthesize
from machine import sentence
from peer_venv import peer_python
from roster import Fugo
from table import count, megabytes, seconds, table

MESS = 1
KEYS = 4
HEADER = ("from", "to", "order", "keys", "s", "rows/s", "CPU s", "anonymous MB", "read MB", "written MB")
HEADER += ("from device MB", "to device MB", "temporary MB", "outputs MB", "result")
_TO_PARQUET = Path(__file__).resolve().parent / "engines" / "parquet_roster.py"


@dataclass(frozen=True)
class Case:
    """One line of the table. The suffixes give the formats."""

    source: str
    target: str
    order: str
    keys: int

    def __str__(self) -> str:
        return f"{self.source} → {self.target}, {self.order} order, keys {self.keys}"


CASES = (
    Case(".csv", ".csv", "symbol", 1),
    Case(".csv", ".csv", "input", 1),
    Case(".csv", ".parquet", "symbol", 1),
    Case(".csv", ".parquet", "input", 1),
    Case(".parquet", ".parquet", "symbol", 1),
    Case(".parquet", ".parquet", "input", 1),
    Case(".csv", ".csv", "symbol", KEYS),
)


def to_parquet(python: Path, roster: Roster) -> Roster:
    """The roster as Parquet, without its short records. Their number must be that of the truth."""
    file = roster.file.with_suffix(".parquet")
    command = [python, _TO_PARQUET, roster.file, file]
    missing = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    truth, short = roster.truth.without_short_records()
    if missing != short:
        raise SystemExit(f"{file.name} lacks {missing} records, and {short} are short")
    return Roster(file, roster.rows - short, truth)


def line(case: Case, roster: Roster, result: Result) -> list[str]:
    cost = result.measurement
    cells = [case.source, case.target, case.order, str(case.keys)]
    if result.faults:
        return _short_line(cells, "WRONG: " + "; ".join(result.faults))
    cells += [seconds(cost.seconds), count(roster.rows / cost.seconds), seconds(cost.cpu_seconds)]
    sizes = (cost.peak_anonymous, cost.read, cost.written, cost.device_read, cost.device_written)
    cells += [megabytes(size) for size in (*sizes, result.temporary_bytes, result.output_bytes)]
    return [*cells, "as the truth says"]


def without_room(case: Case, needed: int, free: int) -> list[str]:
    cells = [case.source, case.target, case.order, str(case.keys)]
    return _short_line(cells, f"skipped: may need {needed / 1e9:.1f} GB, {free / 1e9:.1f} GB are free")


def _short_line(cells: list[str], said: str) -> list[str]:
    """A line without figures."""
    return [*cells, *[""] * (len(HEADER) - len(cells) - 1), said]


def lines(
    converter: Converter,
    rosters: dict[str, Roster],
    keys: list[Path],
    each_row: space.Space,
    args: argparse.Namespace,
) -> Iterator[list[str]]:
    """Each case once, if there is enough space for it."""
    options = {"memory": args.memory} if args.memory else {}
    for case in _wanted(args):
        roster = rosters[case.source]
        needed, free = each_row.bytes(roster.rows, 0, case.keys), space.free(roster.file.parent)
        if free < needed:
            yield without_room(case, needed, free)
            continue
        print(case, file=sys.stderr)
        result = converter.convert(roster, keys[: case.keys], case.order, case.target, **options)
        yield line(case, roster, result)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=125_000_000)
    parser.add_argument("--dir", type=Path, required=True, help="where to work; nothing is left there")
    parser.add_argument("--fugo", type=Path, default=Path("target/release/fugo"))
    parser.add_argument("--memory", help="what fugo may use, as its own --memory; its default if absent")
    parser.add_argument("--only", type=int, nargs="+", metavar="LINE", help=f"lines of the table, 1 to {len(CASES)}")
    args = parser.parse_args()
    if args.rows < 1:
        parser.error("--rows is 1 or more")
    if not all(1 <= line <= len(CASES) for line in args.only or []):
        parser.error(f"--only names lines from 1 to {len(CASES)}")
    return args


def _wanted(args: argparse.Namespace) -> list[Case]:
    return [CASES[line - 1] for line in args.only] if args.only else [*CASES]


def main() -> int:
    args = options()
    fugo, python = Fugo(args.fugo.resolve()), peer_python()
    args.dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="nation-", dir=args.dir) as name:
        directory = Path(name)
        each_row = space.sample(fugo, directory)
        needed = each_row.bytes(args.rows, rosters=2, keys=1)
        space.require(args.dir, needed, "two rosters, one agency's output and its temporary files: all that")
        roster = synthesize(fugo, directory, args.rows, MESS)
        rosters = {".csv": roster}
        if any(case.source == ".parquet" for case in _wanted(args)):
            rosters[".parquet"] = to_parquet(python, roster)
        keys = fugo.test_keys([f"agency/bench-{number}/1" for number in range(1, KEYS + 1)], directory)
        converter = Converter(fugo, directory, python)
        measured = [*lines(converter, rosters, keys, each_row, args)]
        sizes = ", ".join(f"{suffix} {megabytes(each.file.stat().st_size)} MB" for suffix, each in rosters.items())
        print(f"{count(args.rows)} rows of five columns, {MESS} % damaged, lenient, {fugo.version()}.")
        print(f"Rosters: {sizes}.")
        print(sentence(directory) + "\n")
        print(table(HEADER, measured, left=3))
    return int(any(cells[-1].startswith("WRONG") for cells in measured))


if __name__ == "__main__":
    sys.exit(main())
