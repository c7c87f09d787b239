"""The program in README.md runs as it is printed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import fugo

HERE = Path(__file__).parent


def test_the_program_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, as_name in (("passphrase.key", "nta.key"), ("passphrase.txt", "nta.passphrase")):
        shutil.copyfile(HERE / "keys" / name, tmp_path / as_name)
        (tmp_path / as_name).chmod(0o600)
    monkeypatch.chdir(tmp_path)
    text = (HERE.parent / "README.md").read_text("utf-8")
    programs = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(programs) == 1
    names: dict[str, Any] = {}
    # The key at hand is a test key, which the program, being for real numbers, refuses.
    with pytest.raises(fugo.KeyFileError) as refused:
        exec(programs[0], names)
    assert refused.value.kind == "test-key"
    program = programs[0].replace('passphrase_file="nta.passphrase"', 'passphrase_file="nta.passphrase", test_keys=True')
    exec(program, names)
    assert isinstance(names["symbols"], fugo.SymbolColumn)
    assert names["symbols"].counts.symbols == 1
