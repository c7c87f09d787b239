"""What is installed: version, level, and `python -m fugo`."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import fugo


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "fugo", *arguments], capture_output=True, text=True)


def test_the_version_is_that_of_the_wheel() -> None:
    assert fugo.__version__ == metadata.version("fugo")


def test_the_level_is_one_of_the_kernel() -> None:
    assert fugo.level() in ("sha-ni", "avx512", "avx2", "portable")


def test_the_package_says_what_it_is_when_it_is_run() -> None:
    said = run()
    assert (said.returncode, said.stderr) == (0, "")
    lines = said.stdout.splitlines()
    assert lines[0] == f"fugo {fugo.__version__}"
    assert lines[1] == f"level: {fugo.level()}"
    assert lines[3].startswith("documentation: ")
    said = run("--version")
    assert (said.returncode, said.stdout) == (0, f"fugo {fugo.__version__}\n")
    assert run("--verison").returncode == 2
