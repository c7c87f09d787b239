"""Kills a run in every phase: the old files must be intact, and the next run's outputs must have the same bytes.

    python3 benches/bulk/killed.py --rows 125000000 --dir DIR [--fugo target/release/fugo]

An undisturbed run on one thread gives the digest for the comparison. Then, for each phase: older outputs are put in
place, a run on all threads is killed (SIGKILL) in that phase, the outputs are checked, and a complete run on one or two
threads is compared. Exits with 1 at any difference.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from machine import sentence
from roster import Fugo
from table import count, seconds, table

MESS = 1
# Phase, and the time from its first word to the kill, as a share of the undisturbed run's time.
PHASES = (("reading", 0.15), ("sorting", 0.01), ("writing", 0.1), ("renaming", 0.0))
OLD = b"an older output\n"
HEADER = ("killed in", "after s", "old outputs", "threads of the next run", "its s", "its outputs")


class Trial:
    """One roster, one key, and one folder for outputs."""

    def __init__(self, fugo: Fugo, directory: Path, rows: int) -> None:
        self._fugo, self._directory = fugo, directory
        self._roster = fugo.synth(rows, MESS, directory / "roster.csv")
        self._key = fugo.test_keys(["agency/bench/1"], directory)[0]
        self.files = [directory / f"out{suffix}" for suffix in (".csv", ".rejects.csv", ".duplicates.csv")]

    def command(self, threads: int | None = None) -> list[str]:
        """Without --quiet, because this script waits for the phases that the run prints."""
        options = {"threads": threads} if threads else {}
        command = self._fugo.convert(self._roster, {self._key: self.files[0]}, "symbol", **options)
        # The older outputs do not look like outputs.
        return [word for word in command if word != "--quiet"] + [f"--overwrite={file}" for file in self.files]

    def run(self, threads: int) -> float:
        started = time.monotonic()
        status = subprocess.run(self.command(threads), stderr=subprocess.DEVNULL, check=False).returncode
        if status not in (0, 1):
            raise SystemExit(f"a run ended with status {status}")
        return time.monotonic() - started

    def digests(self) -> list[str]:
        """The digest of every output. The outputs are removed."""
        found = []
        for file in self.files:
            with open(file, "rb") as source:
                found.append(hashlib.file_digest(source, "sha256").hexdigest())
            file.unlink()
        return found

    def kill_in(self, phase: str, after: float) -> float:
        """Puts older outputs in place, and kills a run this long after the phase's first word. Returns its time."""
        for file in self.files:
            file.write_bytes(OLD)
        started = time.monotonic()
        with subprocess.Popen(self.command(), stderr=subprocess.PIPE, text=True) as run:
            for said in run.stderr or ():
                if phase in said.split():
                    break
            time.sleep(after)
            run.send_signal(signal.SIGKILL)
        if run.returncode != -signal.SIGKILL:
            raise SystemExit(f"{phase}: the run ended by itself with status {run.returncode}")
        return time.monotonic() - started

    def are_old(self) -> bool:
        return all(file.stat().st_size == len(OLD) and file.read_bytes() == OLD for file in self.files)

    def leftovers(self) -> list[str]:
        return [name for name in os.listdir(self._directory) if name.startswith(".fugo-run-")]


def lines(trial: Trial) -> Iterator[list[str]]:
    took = trial.run(threads=1)
    undisturbed = trial.digests()
    yield ["never", "", "", "1", seconds(took), "compared with"]
    for number, (phase, share) in enumerate(PHASES):
        print(phase, file=sys.stderr)
        killed = trial.kill_in(phase, share * took)
        intact = trial.are_old()
        threads = 1 + number % 2
        took_again = trial.run(threads)
        same = trial.digests() == undisturbed and not trial.leftovers()
        said = ["intact" if intact else "WRONG: changed", str(threads), seconds(took_again), "the same" if same else "WRONG"]
        yield [phase, seconds(killed), *said]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=125_000_000)
    parser.add_argument("--dir", type=Path, required=True, help="where to work; nothing is left there")
    parser.add_argument("--fugo", type=Path, default=Path("target/release/fugo"))
    args = parser.parse_args()
    args.dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="killed-", dir=args.dir) as name:
        directory = Path(name)
        found = [*lines(Trial(Fugo(args.fugo.resolve()), directory, args.rows))]
        print(f"{count(args.rows)} rows, CSV to CSV, symbol order.")
        print(sentence(directory) + "\n")
        print(table(HEADER, found, left=1))
    return int(any("WRONG" in cell for line in found for cell in line))


if __name__ == "__main__":
    sys.exit(main())
