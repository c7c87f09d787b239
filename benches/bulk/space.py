"""Estimates the space that a conversion needs, from a small conversion that is forced to use temporary files."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from conversion import Converter, synthesize
from roster import Fugo

_SAMPLE_ROWS = 1_000_000
_LEAST_MEMORY = "16M"
_MARGIN = 1.05


@dataclass(frozen=True)
class Space:
    """Bytes per row: of the roster, and of the output and temporary files of one key together."""

    roster: float
    output: float

    def bytes(self, rows: int, rosters: int, keys: int) -> int:
        """The bytes for `rosters` rosters and a conversion of one under `keys` keys, with temporary files."""
        return int(rows * (rosters * self.roster + keys * self.output) * _MARGIN)


def sample(fugo: Fugo, directory: Path) -> Space:
    """Converts a small roster in symbol order with the least memory."""
    with tempfile.TemporaryDirectory(prefix="sample-", dir=directory) as place:
        roster = synthesize(fugo, Path(place), _SAMPLE_ROWS, 0)
        keys = fugo.test_keys(["agency/sample/1"], Path(place))
        result = Converter(fugo, Path(place)).convert(roster, keys, "symbol", memory=_LEAST_MEMORY)
        if result.faults or not result.temporary_bytes:
            raise SystemExit(f"the sample: {result.faults or 'no temporary files'}")
        size = roster.file.stat().st_size
    return Space(size / _SAMPLE_ROWS, (result.output_bytes + result.temporary_bytes) / _SAMPLE_ROWS)


def free(directory: Path) -> int:
    return shutil.disk_usage(directory).free


def require(directory: Path, needed: int, what: str) -> None:
    """Prints the space that is needed, and ends the program if there is less."""
    room = f"{what} needs {needed / 1e9:.1f} GB under {directory}; {free(directory) / 1e9:.1f} GB are free"
    if free(directory) < needed:
        raise SystemExit(room)
    print(room + ".\n")
