"""Rosters, test keys and conversions, all by the `fugo` under test."""

from __future__ import annotations

import csv
import os
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("my_number", "birth_date", "sex", "prefecture", "insurer")
KEPT = COLUMNS[1:]
LENIENT_MODE = "lenient"
SHORT = "fields"


@dataclass(frozen=True)
class Fugo:
    """The program, and its commands."""

    program: Path

    def synth(self, rows: int, mess: float, out: Path, truth: Path | None = None) -> Path:
        """Generates a roster. The same rows and mess give the same bytes."""
        options = [f"--truth={truth}"] if truth else []
        self._run("synth", f"--rows={rows}", f"--mess={mess:g}", f"--out={out}", f"--overwrite={out}", *options)
        return out

    def test_keys(self, scopes: list[str], directory: Path) -> list[Path]:
        """Unlocked keys of use `test`, one for each scope, derived from a new root key."""
        root = directory / "root.key"
        self._run("key", "new", f"--out={root}", "--plaintext", "--use=test")
        files = [directory / (scope.replace("/", "-") + ".key") for scope in scopes]
        for scope, file in zip(scopes, files):
            self._run("key", "derive", f"--root={root}", f"--scope={scope}", f"--out={file}", "--plaintext")
        return files

    def convert(
        self,
        roster: Path,
        outputs: dict[Path, Path],
        order: str,
        number_format: str = LENIENT_MODE,
        **options: str | int | bool | Path,
    ) -> list[str]:
        """The command that turns `roster` into one output for each key, all other columns kept.

        `options` are further ones by name: `threads=2`, `report=path`; `restore_zeros=True` is one without a value.
        """
        pairs = [f"--{kind}={file}" for pair in outputs.items() for kind, file in zip(("key", "out"), pair)]
        fixed = ["--quiet", f"--keep={','.join(KEPT)}", f"--number-format={number_format}", f"--order={order}"]
        # The lists are read and removed with the outputs.
        options.setdefault("operator_dir", next(iter(outputs.values())).parent)
        named = [_option(name, value) for name, value in options.items()]
        return [str(self.program), "convert", "--test-keys", *fixed, *pairs, *named, str(roster)]

    def version(self) -> str:
        """The version that `fugo --version` prints."""
        command = [self.program, "--version"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def _run(self, *arguments: str) -> None:
        done = subprocess.run([self.program, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{self.program} {arguments[0]}: {done.stderr.strip()}")


def _option(name: str, value: str | int | bool | Path) -> str:
    option = "--" + name.replace("_", "-")
    return option if value is True else f"{option}={value}"


def write_peer_key(key_file: Path, out: Path) -> Path:
    """The 64 hex digits of an unlocked key file, in a file that only its owner can read."""
    lines = dict(line.split(": ", 1) for line in key_file.read_text(encoding="ascii").splitlines() if ": " in line)
    if lines["use"] != "test":
        raise SystemExit(f"{key_file}: only a test key may be given to peers")
    with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(lines["key"] + "\n")
    return out


def write_whole_records(roster: Path, out: Path) -> int:
    """Copies the records that have all columns, and returns how many do not. Each record is one line."""
    missing = 0
    with open(roster, encoding="utf-8", newline="") as source, open(out, "w", encoding="utf-8", newline="") as target:
        for line in source:
            if line.count(",") == len(COLUMNS) - 1 or len(next(csv.reader([line]))) == len(COLUMNS):
                target.write(line)
            else:
                missing += 1
    return missing


@dataclass(frozen=True)
class Truth:
    """The expected report of a lenient run that keeps all columns, counted from the truth file of `fugo synth`."""

    rejected_by_reason: dict[str, int]
    equal: int
    differing: int

    @classmethod
    def read(cls, file: Path) -> Truth:
        """`of_record` names the other row of a person whose rows differ; it is set aside too."""
        outcomes: Counter[str] = Counter()
        others: set[str] = set()
        with open(file, encoding="utf-8", newline="") as source:
            for row in csv.DictReader(source):
                outcomes[row[LENIENT_MODE]] += 1
                if row[LENIENT_MODE] == "differs":
                    others.add(row["of_record"])
        equal, differing = outcomes.pop("equal", 0), outcomes.pop("differs", 0) + len(others)
        outcomes.pop("ok", None)
        return cls(dict(sorted(outcomes.items())), equal, differing)

    def without_short_records(self) -> tuple[Truth, int]:
        """The truth about the copy of the roster without short records, and the number of short records."""
        others = {reason: rows for reason, rows in self.rejected_by_reason.items() if reason != SHORT}
        return Truth(others, self.equal, self.differing), self.rejected_by_reason.get(SHORT, 0)

    def faults(self, report: dict, rows: int, order: str) -> list[str]:
        """The differences between a report and the truth; empty if they agree."""
        rejected = sum(self.rejected_by_reason.values())
        aside = self.equal + self.differing if order == "symbol" else 0
        duplicates = report["duplicates"]
        pairs = {
            "read": (report["read"], rows),
            "rejected by reason": (report["rejected_by_reason"], self.rejected_by_reason),
            "duplicates": (duplicates["equal"] + duplicates["differing"], aside),
            "converted": (report["converted"], rows - rejected - aside),
        }
        for output in report["outputs"]:
            pairs[f"rows of {Path(output['file']).name}"] = (output["rows"], rows - rejected - aside)
        return [f"{name}: {found}, and the truth is {true}" for name, (found, true) in pairs.items() if found != true]
