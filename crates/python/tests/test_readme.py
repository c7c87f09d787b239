"""The program in README.md runs as it stands."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import fugo
from reference import numbers

HERE = Path(__file__).parent


def test_the_program_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, as_name in (("passphrase.key", "nta.key"), ("passphrase.txt", "nta.passphrase")):
        shutil.copyfile(HERE / "keys" / name, tmp_path / as_name)
        (tmp_path / as_name).chmod(0o600)
    monkeypatch.chdir(tmp_path)
    text = (HERE.parent / "README.md").read_text("utf-8")
    programs = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(programs) == 1
    names: dict[str, Any] = {"table": pa.table({"my": numbers(5)})}
    exec(programs[0], names)
    assert isinstance(names["symbols"], fugo.SymbolColumn)
    assert len(names["symbols"]) == 5
