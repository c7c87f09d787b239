"""The single-machine tool: keys, rosters and the expected result of a conversion."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 20_000


class Tool:
    """`fugo`, and a directory of test keys."""

    def __init__(self, program: Path, directory: Path) -> None:
        self.program, self.directory = program, directory
        self.root = directory / "root.key"
        if not self.root.exists():
            self.run("key", "new", "--out", self.root, "--plaintext")

    def run(self, *arguments: object, status: Sequence[int] = (0,)) -> str:
        command = [str(self.program), *map(str, arguments)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if ended.returncode not in status:
            raise RuntimeError(f"{' '.join(command)} ended with {ended.returncode}: {ended.stderr}")
        return ended.stdout

    def key(self, scope: str, *lock: object) -> Path:
        """A scope's key file: in plaintext, or with the options that lock it."""
        path = self.directory / f"{scope.replace('/', '-')}{len(list(self.directory.iterdir()))}.key"
        self.run("key", "derive", "--root", self.root, "--scope", scope, "--out", path, *(lock or ("--plaintext",)))
        return path

    def tag(self, scope: str) -> str:
        with Path(f"{self.root}.scopes").open(newline="") as file:
            return next(
                row["tag"] for row in csv.DictReader(file) if f"{row['purpose']}/{row['scope']}/{row['epoch']}" == scope
            )

    def roster(self, rows: int, mess: float) -> Path:
        """A roster as Parquet, all columns text, with a number for each row; short records have nulls."""
        csv_file, path = self.directory / "roster.csv", self.directory / f"roster-{rows}.parquet"
        self.run("synth", "--rows", rows, "--mess", mess, "--out", csv_file, "--overwrite", csv_file)
        with csv_file.open(newline="", encoding="utf-8") as file:
            records = csv.reader(file)
            header = next(records)
            schema = pa.schema([("row_id", pa.int64()), *((name, pa.string()) for name in header)])
            with pq.ParquetWriter(path, schema) as writer:
                for first, group in _groups(records, len(header)):
                    columns = [pa.array(range(first, first + len(group[0]))), *(pa.array(column) for column in group)]
                    writer.write_table(pa.table(columns, schema=schema))
        csv_file.unlink()
        return path

    def convert(self, roster: Path, keys: Sequence[Path], names: Sequence[str], *options: object) -> dict[str, Any]:
        """Converts and returns the report. Outputs and lists are in the directory."""
        report = self.directory / "report.json"
        arguments: list[object] = ["convert", roster, "--test-keys", "--quiet", "--report", report, *options]
        for key, name in zip(keys, names, strict=True):
            arguments += ["--key", key, "--out", self.directory / name]
        arguments += ["--rejects", self.directory / "rejects.csv", "--duplicates", self.directory / "duplicates.csv"]
        self.run(*arguments, status=(0, 1))
        return dict(json.loads(report.read_text()))

    def listed(self, name: str) -> list[dict[str, str]]:
        with (self.directory / name).open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


def _groups(records: Iterator[list[str]], width: int) -> Iterator[tuple[int, list[list[str | None]]]]:
    first, group = 0, []
    for record in records:
        group.append((record + [None] * width)[:width])
        if len(group) == ROW_GROUP:
            yield first, [list(column) for column in zip(*group)]
            first, group = first + len(group), []
    if group:
        yield first, [list(column) for column in zip(*group)]


def parts(directory: Path, suffix: str) -> list[Path]:
    """The part files that Spark wrote, in their order."""
    return sorted(directory.glob(f"part-*{suffix}"))


def table(directory: Path) -> pa.Table:
    """The rows of all part files, in their order."""
    return pa.concat_tables(pq.read_table(part, partitioning=None) for part in parts(directory, ".parquet"))
