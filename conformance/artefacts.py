"""The three artefacts, built and installed as a user has them: a prefix, a jar, a wheel in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def built(name: str, *command: str) -> Path:
    """The path of this executable in this build, as cargo reports it."""
    said = run("cargo", *command, "--message-format", "json-render-diagnostics")
    found = [path for line in said.splitlines() if (path := json.loads(line).get("executable")) and Path(path).stem == name]
    if len(found) != 1:
        sys.exit(f"cargo names {len(found)} executables {name}, not one")
    return Path(found[0])


def run(*command: str | Path) -> str:
    """Runs a command and returns its output. If it fails, prints its messages and stops."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


@dataclass(frozen=True)
class Prefix:
    """Header, libraries and .pc below `path`."""

    path: Path

    def environment(self) -> dict[str, str]:
        return {"LD_LIBRARY_PATH": str(self.path / "lib")}

    def compile(self, source: Path, out: Path, *, optimise: bool = False, packages: tuple[str, ...] = ()) -> Path:
        """Compiles one C file with only the options that pkg-config reports for the prefix."""
        os.environ["PKG_CONFIG_PATH"] = str(self.path / "lib" / "pkgconfig")
        flags = run("pkg-config", "--cflags", "--libs", "fugo", *packages).split()
        level = "-O2" if optimise else "-Og"
        run("gcc", "-std=c11", level, "-Wall", "-Wextra", "-Werror", "-o", out, source, *flags)
        return out


def prefix(path: Path) -> Prefix:
    run(ROOT / "crates" / "capi" / "install", "--prefix", path)
    return Prefix(path)


@dataclass(frozen=True)
class Jar:
    """The jar, and other jars that a program also needs."""

    path: Path
    others: tuple[Path, ...] = ()

    def class_path(self) -> str:
        return ":".join(str(path) for path in (self.path, *self.others))

    def compile(self, source: Path, classes: Path) -> Path:
        classes.mkdir(parents=True)
        run("javac", "--release", "17", "-Xlint:all", "-Werror", "-cp", self.class_path(), "-d", classes, source)
        return classes

    def command(self, classes: Path, main: str, *arguments: str) -> list[str]:
        return ["java", "-cp", f"{classes}:{self.class_path()}", main, *arguments]


def jar(directory: Path, *others: Path) -> Jar:
    run(ROOT / "crates" / "java" / "build", "--out", directory)
    found = [path for path in directory.glob("fugo-*.jar") if not path.stem.endswith(("-sources", "-javadoc"))]
    if len(found) != 1:
        sys.exit(f"one jar was expected, not {len(found)}")
    return Jar(found[0], others)


def wheel(directory: Path, venv: Path, packages: list[str]) -> Path:
    """An environment that holds the wheel and `packages`."""
    run(ROOT / "crates" / "python" / "build", "--out", directory)
    found = list(directory.glob("fugo-*.whl"))
    if len(found) != 1:
        sys.exit(f"one wheel was expected, not {len(found)}")
    run(sys.executable, "-m", "venv", venv)
    run(venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", found[0], *packages)
    return venv
