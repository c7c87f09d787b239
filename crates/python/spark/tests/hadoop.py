"""Entries of Hadoop credential providers, for tests."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pyspark

JARS = Path(pyspark.__file__).parent / "jars"


def store(provider: str, alias: str, secret: str) -> None:
    """What `hadoop credential create` does; a test secret may be in an argument."""
    command = ["java", "-cp", f"{JARS}/*", "org.apache.hadoop.security.alias.CredentialShell"]
    command += ["create", alias, "-value", secret, "-provider", provider]
    subprocess.run(command, check=True, capture_output=True)
