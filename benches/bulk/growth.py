"""The cost of a conversion by rows, keys and threads.

    python3 benches/bulk/growth.py --dir /dev/shm --fugo target/release/fugo [--nation]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import space
from conversion import Converter, Roster, synthesize
from machine import sentence
from measure import Measurement
from roster import Fugo
from table import count, megabytes, seconds, table

MESS = 1
NATION = 125_000_000
ORDERS = ("symbol", "input")
HEADER = ("order", "rows", "keys", "threads", "s", "rows/s", "symbols/s", "CPU s", "CPU ns a symbol", "anonymous MB")


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    rows: int
    keys: int
    threads: int
    order: str

    def __str__(self) -> str:
        return f"{self.rows:,} rows, keys {self.keys}, threads {self.threads}, {self.order} order"


def cases(rows: list[int], keys: list[int], threads: list[int]) -> Iterator[Case]:
    """All combinations of keys and threads for the fewest rows; for more rows, the fewest keys and the most threads."""
    for many in sorted(rows):
        whole = many == min(rows)
        for key in keys if whole else [min(keys)]:
            for thread in threads if whole else [max(threads)]:
                for order in ORDERS:
                    yield Case(many, key, thread, order)


def lines(fugo: Fugo, directory: Path, todo: list[Case], keys: list[Path], rounds: int) -> Iterator[list[str]]:
    """Measures. Only one roster exists at a time. Ends the program at a wrong result."""
    converter = Converter(fugo, directory)
    roster: Roster | None = None
    for case in todo:
        if roster is None or roster.rows != case.rows:
            if roster:
                roster.file.unlink()
            roster = synthesize(fugo, directory, case.rows, MESS)
        yield _line(case, [_measured(converter, roster, case, keys) for _ in range(rounds)])


def _measured(converter: Converter, roster: Roster, case: Case, keys: list[Path]) -> Measurement:
    print(case, file=sys.stderr)
    result = converter.convert(roster, keys[: case.keys], case.order, threads=case.threads)
    if result.faults:
        raise SystemExit(f"{case}: {'; '.join(result.faults)}")
    return result.measurement


def _line(case: Case, rounds: list[Measurement]) -> list[str]:
    """Medians, and the highest peak."""
    wall = median(each.seconds for each in rounds)
    cpu = median(each.cpu_seconds for each in rounds)
    symbols = case.rows * case.keys
    cells = [case.order, count(case.rows), str(case.keys), str(case.threads), seconds(wall), count(case.rows / wall)]
    cells += [count(symbols / wall), seconds(cpu), count(cpu / symbols * 1e9)]
    return [*cells, megabytes(max(each.peak_anonymous for each in rounds))]


def numbers(text: str) -> list[int]:
    """Comma-separated, each 1 or more."""
    values = [int(value) for value in text.split(",")]
    if min(values) < 1:
        raise ValueError(text)
    return values


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=numbers, default=[1_000_000, 10_000_000])
    parser.add_argument("--nation", action="store_true", help=f"{NATION:,} rows too")
    parser.add_argument("--keys", type=numbers, default=[1, 4, 16])
    parser.add_argument("--threads", type=numbers, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--dir", type=Path, required=True, help="where to work; nothing is left there")
    parser.add_argument("--fugo", type=Path, default=Path("target/release/fugo"))
    args = parser.parse_args()
    if args.rounds < 1:
        parser.error("--rounds is 1 or more")
    return args


def main() -> None:
    args = options()
    fugo = Fugo(args.fugo.resolve())
    todo = [*cases(args.rows + [NATION] * args.nation, args.keys, args.threads)]
    args.dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="growth-", dir=args.dir) as name:
        directory = Path(name)
        each_row = space.sample(fugo, directory)
        space.require(args.dir, max(each_row.bytes(case.rows, 1, case.keys) for case in todo), "the largest case")
        keys = fugo.test_keys([f"agency/bench-{number}/1" for number in range(1, max(args.keys) + 1)], directory)
        measured = [*lines(fugo, directory, todo, keys, args.rounds)]
        print(f"CSV → CSV, all columns kept, lenient, {MESS} % damaged, {fugo.version()}, rounds {args.rounds}.")
        print(sentence(directory) + "\n")
        print(table(HEADER, measured))


if __name__ == "__main__":
    main()
