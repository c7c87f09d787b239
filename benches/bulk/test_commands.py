"""Does the tool take the commands of the benchmarks? Each one runs here on a few rows. Those that also need the peers'
packages, `nation.py`, `growth.py` and `peers.py`, begin with the conversion that is tried here.

    cargo build --release -p fugo-cli && python3 -m unittest discover benches/bulk

`FUGO` names another build of the tool.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import space
from killed import OLD, Trial
from roster import Fugo

_HERE = Path(__file__).resolve().parent
_FUGO = Path(os.environ.get("FUGO", "target/release/fugo")).resolve()

# Benchmarks on a few rows, each with an option that it gives to the tool.
_OTHERS = {
    "audit.py --rows 5000": "audit ",
    "encodings.py --rows 5000": "--keep",
    "policy.py --rows 100000 --rounds 1": "--policy",
    "record.py --entries 5 --people 5": "record ",
    "translation.py --rows 5000 --asked 100 --rounds 1": "translate ",
}


class Commands(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_a_conversion_for_the_nation_and_the_growth(self) -> None:
        self.assertGreater(space.sample(Fugo(_FUGO), self.directory).output, 0)

    def test_a_run_that_is_killed_may_replace_what_was_there(self) -> None:
        trial = Trial(Fugo(_FUGO), self.directory, 1000)
        for file in trial.files:
            file.write_bytes(OLD)
        trial.run(threads=1)
        self.assertFalse(trial.are_old())

    def test_the_other_benchmarks_run(self) -> None:
        for command in _OTHERS:
            with self.subTest(command):
                done = self.run_with(_FUGO, command)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("\n| --", done.stdout)

    def test_a_benchmark_fails_with_a_tool_that_refuses_an_option(self) -> None:
        tool = self.directory / "refuses"
        for command, option in _OTHERS.items():
            refuse = f'case " $* " in *" {option}"*) exit 2 ;; esac'
            tool.write_text(f'#!/bin/sh\n{refuse}\nexec "{_FUGO}" "$@"\n')
            tool.chmod(0o755)
            with self.subTest(command):
                self.assertNotEqual(self.run_with(tool, command).returncode, 0)

    def run_with(self, tool: Path, command: str) -> subprocess.CompletedProcess[str]:
        script, *options = command.split()
        program = [sys.executable, _HERE / script, *options, f"--dir={self.directory}", f"--fugo={tool}"]
        return subprocess.run(program, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    unittest.main()
