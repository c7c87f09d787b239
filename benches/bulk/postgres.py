"""A temporary PostgreSQL cluster in a directory, on a Unix socket only."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from roster import COLUMNS, KEPT

ACCOUNT = "postgres"
_BINARIES = Path("/usr/lib/postgresql")
_PGCRYPTO = "extension/pgcrypto.control"


class Unavailable(Exception):
    """The reason why PostgreSQL cannot be measured here."""


@dataclass(frozen=True)
class Server:
    """A running cluster. The files that it reads and writes must be in `directory`, which belongs to it."""

    postmaster: int
    directory: Path
    binaries: Path

    def client(self) -> list[str]:
        """The command that runs the SQL on its standard input."""
        where = [f"--host={self.directory}", f"--username={ACCOUNT}", "--dbname=postgres"]
        return [str(self.binaries / "psql"), *where, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"]

    def give(self, file: Path) -> None:
        """Lets the server read a file in its directory."""
        if os.geteuid() == 0:
            os.chown(file, pwd.getpwnam(ACCOUNT).pw_uid, -1)


def sql(key: bytes, roster: Path, out: Path, sort: bool) -> str:
    """COPY in, pgcrypto's hmac, COPY out. The table is unlogged, and created again each time."""
    columns = ", ".join(f"{name} text" for name in COLUMNS)
    symbol = f"encode(substring(hmac(my_number::bytea, '\\x{key.hex()}'::bytea, 'sha256') FROM 1 FOR 16), 'hex')"
    query = f"SELECT {symbol} AS symbol, {', '.join(KEPT)} FROM roster WHERE my_number ~ '^[0-9]{{12}}$'"
    return "\n".join(
        (
            "SET client_min_messages = warning;",
            "DROP TABLE IF EXISTS roster;",
            f"CREATE UNLOGGED TABLE roster ({columns});",
            f"COPY roster FROM '{roster}' (FORMAT csv, HEADER true);",
            "ANALYZE roster;",
            f"COPY ({query}{' ORDER BY symbol' if sort else ''}) TO '{out}' (FORMAT csv, HEADER true);",
        )
    )


def install() -> Path:
    """The programs of the newest server. If it is missing and the user is root, Debian's package is installed."""
    if not _found() and os.geteuid() == 0 and shutil.which("apt-get"):
        for arguments in (["update"], ["install", "--yes", "postgresql", "postgresql-contrib"]):
            subprocess.run(["apt-get", "-qq", *arguments], capture_output=True, check=False)
    if not _found():
        raise Unavailable("it is missing and cannot be installed here (as root on Debian: apt-get install postgresql)")
    binaries = _found()[-1]
    if not Path(_told(binaries / "pg_config", "--sharedir"), _PGCRYPTO).exists():
        raise Unavailable("the extension pgcrypto (Debian: postgresql-contrib) is missing")
    return binaries


@contextmanager
def serve(directory: Path) -> Iterator[Server]:
    """A cluster in `directory`, which must not exist. The context removes both at its end. The data are not durable."""
    binaries = install()
    directory.mkdir(mode=0o700)
    try:
        if os.geteuid() == 0:
            shutil.chown(directory, ACCOUNT)
        data = directory / "data"
        text = ["--locale=C", "--encoding=UTF8"]
        _run(binaries / "initdb", "--no-sync", *text, "--auth=trust", f"--username={ACCOUNT}", f"--pgdata={data}")
        control = [binaries / "pg_ctl", f"--pgdata={data}"]
        _run(*control, "start", "--wait", f"--log={directory / 'log'}", f"--options={_settings(directory)}")
        try:
            server = Server(int((data / "postmaster.pid").read_text().split()[0]), directory, binaries)
            subprocess.run(server.client(), input="CREATE EXTENSION pgcrypto;", text=True, check=True)
            yield server
        finally:
            _run(*control, "stop", "--wait", "--mode=immediate")
    finally:
        shutil.rmtree(directory)


def version(binaries: Path) -> str:
    return _told(binaries / "postgres", "--version").removeprefix("postgres (PostgreSQL) ")


def _settings(directory: Path) -> str:
    """Settings for one large job on its own machine. Statements contain the key, so statements are not logged."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    values = {
        "listen_addresses": "",
        "unix_socket_directories": directory,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_wal_size": "8GB",
        "shared_buffers": f"{memory // 8 // 2**20}MB",
        "work_mem": f"{memory // 8 // 2**20 // cores}MB",
        "max_worker_processes": cores + 2,
        "max_parallel_workers": cores,
        "max_parallel_workers_per_gather": cores,
        "parallel_setup_cost": 0,
        "parallel_tuple_cost": 0,
        "autovacuum": "off",
        "log_min_error_statement": "panic",
        "log_statement": "none",
    }
    return " ".join(f"-c {name}='{value}'" for name, value in values.items())


def _found() -> list[Path]:
    programs = _BINARIES.glob("*/bin/postgres") if _BINARIES.exists() else ()
    return sorted((program.parent for program in programs), key=lambda path: float(path.parent.name))


def _run(*command: str | Path) -> None:
    """Runs as the server's account if the user is root, because the server refuses to run as root."""
    account = ACCOUNT if os.geteuid() == 0 else None
    # The server that pg_ctl starts inherits its outputs. With a pipe, reading would never end, so they are files.
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    done = subprocess.run(command, user=account, cwd="/", check=False, **silent)
    if done.returncode != 0:
        program = Path(command[0]).name
        raise Unavailable(f"{program}: exit status {done.returncode} (is the directory open to {ACCOUNT}?)")


def _told(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
