"""One conversion by fugo: it is measured, compared with the truth of its roster, and removed."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from measure import Measurement, measure_apart
from roster import Fugo, Truth

_CHUNK_BYTES = 1 << 24
_COUNT_PARQUET = "import sys, pyarrow.parquet as p; print(p.ParquetFile(sys.argv[1]).metadata.num_rows)"


@dataclass(frozen=True)
class Roster:
    """A file, its number of records, and its faults."""

    file: Path
    rows: int
    truth: Truth


@dataclass(frozen=True)
class Result:
    """`faults` lists the differences between report, outputs and truth. Without differences it is empty."""

    measurement: Measurement
    faults: list[str]
    temporary_bytes: int
    output_bytes: int


class Converter:
    """Runs conversions of rosters in one directory, each in its own temporary subdirectory."""

    def __init__(self, fugo: Fugo, directory: Path, python: Path | None = None) -> None:
        """`python` is an interpreter with pyarrow, needed only for Parquet outputs."""
        self._fugo, self._directory, self._python = fugo, directory, python

    def convert(
        self, roster: Roster, keys: Sequence[Path], order: str, suffix: str = ".csv", **options: str | int
    ) -> Result:
        """Lenient, all columns kept, symbols as text. Writes dirty pages of earlier files to the device first."""
        outputs = self._directory / "outputs"
        outputs.mkdir()
        report, stderr = outputs / "report.json", outputs / "stderr"
        pairs = {key: outputs / f"{key.stem}{suffix}" for key in keys}
        command = self._fugo.convert(roster.file, pairs, order, report=report, operator_dir=outputs, **options)
        os.sync()
        measurement = measure_apart(command, stderr=stderr)
        try:
            if measurement.status not in (0, 1):
                said = " ".join(stderr.read_text(encoding="utf-8").split())
                return Result(measurement, [f"exit status {measurement.status}: {said}"], 0, 0)
            told = json.loads(report.read_text(encoding="utf-8"))
            faults = roster.truth.faults(told, roster.rows, order) + self._faults(pairs.values(), told["converted"])
            written = sum(out.stat().st_size for out in pairs.values())
            return Result(measurement, faults, told["temporary_bytes"], written)
        finally:
            for file in outputs.iterdir():
                file.unlink()
            outputs.rmdir()

    def _faults(self, files: Iterable[Path], rows: int) -> list[str]:
        """Counts the rows of the outputs, independently of the report."""
        counted = {file.name: self._rows(file) for file in files}
        wrong = {name: found for name, found in counted.items() if found != rows}
        return [f"{name}: {found or 'no'} rows, and the report says {rows}" for name, found in wrong.items()]

    def _rows(self, file: Path) -> int | None:
        """Lines after the header, as generated cells have no line ends; or the rows of a Parquet file.

        None if it should be Parquet and is not.
        """
        if file.suffix == ".parquet":
            command = [str(self._python), "-c", _COUNT_PARQUET, file]
            counted = subprocess.run(command, capture_output=True, text=True, check=False)
            return int(counted.stdout) if counted.returncode == 0 else None
        with open(file, "rb") as source:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: source.read(_CHUNK_BYTES), b"")) - 1


def synthesize(fugo: Fugo, directory: Path, rows: int, mess: float) -> Roster:
    """A roster as CSV and its truth."""
    file, truth = directory / f"roster-{rows}.csv", directory / f"truth-{rows}.csv"
    fugo.synth(rows, mess, file, truth)
    return Roster(file, rows, Truth.read(truth))
