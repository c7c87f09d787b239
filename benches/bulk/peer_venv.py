"""The Python packages of the peers, in an environment of their own in this user's cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

PACKAGES = ("duckdb==2.0.0", "polars", "pandas<3", "pyarrow")
_NAMED = ("duckdb", "polars", "pandas", "pyarrow")


def peer_python() -> Path:
    """The interpreter of the environment, which is created if it is missing. pip's own settings choose the index."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    directory = cache / "fugo-bulk-benches" / f"python-{sys.version_info.major}.{sys.version_info.minor}"
    python, complete = directory / "bin" / "python", directory / "complete"
    asked = "\n".join(PACKAGES)
    if not complete.exists() or complete.read_text() != asked:
        print(f"making {directory}", file=sys.stderr)
        venv.create(directory, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        complete.write_text(asked)
    return python


def versions(python: Path) -> dict[str, str]:
    """The versions that pip installed."""
    command = [python, "-m", "pip", "list", "--format=json", "--disable-pip-version-check"]
    listed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {package["name"]: package["version"] for package in listed if package["name"] in _NAMED}
