"""Kept columns of every Arrow type, as `fugo convert` writes them and as pyarrow, pandas, DuckDB and Polars read them.

    python3 kept_types.py FUGO

Each type goes from Parquet, an Arrow file and an Arrow stream into CSV, Parquet and Arrow. Either all readers find the values,
or the column is refused by name before the run. Before that, files with other values or types than expected are shown to the
readers, and each has to be found out.
"""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq

KEPT, REFUSED = "kept", "refused"
# What a reader says that it cannot read; it takes no value for another.
REFUSALS = {
    ("halffloat", ".arrow", "duckdb"),
    ("duration[s]", ".arrow", "duckdb"),
    ("duration[ms]", ".arrow", "duckdb"),
}
UNITS = ["s", "ms", "us", "ns"]
EARLY, LATE = dt.datetime(1700, 1, 1, 1, 2, 3), dt.datetime(2261, 12, 31, 23, 59, 59)
DATES = [dt.date(1985, 4, 1), None, dt.date(1600, 2, 29), dt.date(9999, 12, 31)]
TIMES = [dt.time(0, 0, 1), None, dt.time(23, 59, 59), dt.time(0)]
FLOATS = [1.5, None, -0.0, math.inf, -math.inf, math.nan, 5e-324, 1.7976931348623157e308]


def decimals(precision: int, scale: int) -> list[decimal.Decimal | None]:
    largest = decimal.Decimal((0, (9,) * precision, -scale))
    with decimal.localcontext(prec=80):
        return [largest, None, -largest, decimal.Decimal((0, (1,), -scale))]


def dictionary(values: list[Any], keys: pa.DataType, of: pa.DataType) -> pa.Array:
    return pa.array(values, of).dictionary_encode().cast(pa.dictionary(keys, of))


def columns() -> dict[str, tuple[pa.Array, str, str, str]]:
    """Of each type values, and what becomes of them in CSV, Parquet and Arrow."""
    found: dict[str, tuple[pa.Array, str, str, str]] = {}

    def add(array: pa.Array, *fates: str, name: str | None = None) -> None:
        fates = fates or (KEPT, KEPT, KEPT)
        found[name or str(array.type)] = (array, *(fates * 3 if len(fates) == 1 else fates))  # type: ignore[arg-type]

    add(pa.array([True, None, False]))
    for bits in [8, 16, 32, 64]:
        for kind, low, high in [("int", -(2 ** (bits - 1)), 2 ** (bits - 1) - 1), ("uint", 0, 2**bits - 1)]:
            add(pa.array([low, None, high, 1], getattr(pa, f"{kind}{bits}")()))
    add(pa.array([1.5, None, -0.0, math.inf, math.nan], pa.float16()))
    add(pa.array([1.5, None, -0.0, math.inf, -math.inf, math.nan, 1e-45], pa.float32()))
    add(pa.array(FLOATS, pa.float64()))
    for precision, scale, of in [(9, 2, pa.decimal32), (18, 0, pa.decimal64), (38, 10, pa.decimal128)]:
        add(pa.array(decimals(precision, scale), of(precision, scale)))
    add(pa.array(decimals(38, 3), pa.decimal256(38, 3)))
    add(pa.array(decimals(76, 3), pa.decimal256(76, 3)), KEPT, REFUSED, REFUSED)
    add(pa.array(DATES, pa.date32()))
    add(pa.array(DATES, pa.date64()))
    for unit in UNITS:
        add(pa.array(TIMES, (pa.time32 if unit in ("s", "ms") else pa.time64)(unit)))
        for zone in [None, "UTC", "+09:00", "Asia/Tokyo"]:
            add(pa.array([EARLY, None, LATE, dt.datetime(1970, 1, 1)], pa.timestamp(unit, zone)))
        add(pa.array([1, None, -1], pa.duration(unit)), KEPT, REFUSED, KEPT)
    add(pa.array([dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31)], pa.timestamp("us")), name="timestamp of all years")
    add(pa.nulls(3))
    words = ["甲", None, "", 'a,"b"\nc', "a text of more than twelve bytes"]
    for of in [pa.string(), pa.large_string(), pa.string_view()]:
        add(pa.array(words, of))
    for keys in [pa.int8(), pa.uint16(), pa.int32(), pa.int64()]:
        add(dictionary(words, keys, pa.string()))
    add(dictionary([1, None, 3], pa.int32(), pa.int64()))
    add(pa.array([(1, 2, 3), None], pa.month_day_nano_interval()), REFUSED)
    add(pa.RunEndEncodedArray.from_arrays([2, 3], ["a", "b"]), REFUSED)
    for of in [pa.binary(), pa.large_binary(), pa.binary_view(), pa.binary(16)]:
        add(pa.array([b"0123456789abcdef", None], of), REFUSED)
    add(pa.array([[1], None], pa.list_(pa.int32())), REFUSED)
    add(pa.array([[1], None], pa.large_list(pa.int32())), REFUSED)
    add(pa.array([[1], None], pa.list_(pa.int32(), 1)), REFUSED)
    add(pa.array([{"a": 1}, None]), REFUSED)
    add(pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int32())), REFUSED)
    add(pa.UnionArray.from_sparse(pa.array([0, 0], pa.int8()), [pa.array([1, 2])]), REFUSED)
    add(pa.array([b"0123456789abcdef", None], pa.uuid()), REFUSED)
    add(pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, None], pa.int8())), REFUSED)
    return found


def number(body: int) -> str:
    digits = f"{body:011}"
    weighed = sum(int(digits[10 - i]) * (i + 2 if i < 6 else i - 4) for i in range(11)) % 11
    return digits + str(0 if weighed <= 1 else 11 - weighed)


def write(table: pa.Table, path: Path) -> bool:
    """Whether pyarrow writes this type into this format."""
    try:
        if path.suffix == ".parquet":
            pq.write_table(table, path, use_deprecated_int96_timestamps="int96" in path.name)
            return True
        of = pa.ipc.new_stream if path.name.startswith("stream") else pa.ipc.new_file
        with of(str(path), table.schema) as writer:
            writer.write_table(table)
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return False
    return True


def plain(value: Any) -> Any:
    """A value without the traits of its reader: what it says, and nothing of how it is held."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if hasattr(value, "item") and not isinstance(value, (pd.Timestamp, pd.Timedelta)):
        value = value.item()
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime(warn=False)
    if isinstance(value, pd.Timedelta):
        value = value.to_pytimedelta()
    if isinstance(value, dt.datetime):
        return ("time", value.astimezone(dt.timezone.utc).replace(tzinfo=None) if value.tzinfo else value)
    if isinstance(value, dt.date):
        return ("date", value)
    if isinstance(value, decimal.Decimal):
        return ("decimal", value.normalize(decimal.Context(prec=80)))
    if isinstance(value, bool):
        return ("truth", value)
    if isinstance(value, (int, float)):
        return ("number", "NaN" if value != value else (value, math.copysign(1, value)))
    return value


def readers(path: Path) -> dict[str, Callable[[], list[Any]]]:
    # Where Spark is installed these are not.
    import duckdb
    import polars as pl

    def with_duckdb() -> list[Any]:
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'")
        if path.suffix == ".parquet":
            return [row[0] for row in connection.execute(f"SELECT x FROM read_parquet('{path}')").fetchall()]
        connection.register("kept", pa.feather.read_table(path))
        return [row[0] for row in connection.execute("SELECT x FROM kept").fetchall()]

    parquet = path.suffix == ".parquet"
    table = (lambda: pq.read_table(path)) if parquet else (lambda: pa.feather.read_table(path))
    of_polars = pl.read_parquet if parquet else pl.read_ipc
    return {
        "pyarrow": lambda: table()["x"].to_pylist(),
        "pandas": lambda: list(table().to_pandas(integer_object_nulls=True, types_mapper=None)["x"]),
        "duckdb": with_duckdb,
        "polars": lambda: of_polars(path)["x"].to_list(),
    }


def from_text(text: str, like: Any) -> Any:
    """A cell of CSV as a value of the type of another."""
    if isinstance(like, bool):
        return {"true": True, "false": False}[text]
    if isinstance(like, dt.datetime):
        return dt.datetime.fromisoformat(text)
    if isinstance(like, dt.date):
        return dt.date.fromisoformat(text.removesuffix("T00:00:00"))
    if isinstance(like, dt.time):
        return dt.time.fromisoformat(text)
    if isinstance(like, dt.timedelta):
        return like
    return type(like)(text)


def fault_in_text(name: str, array: pa.Array, path: Path) -> list[str]:
    with path.open(newline="") as file:
        texts = [row["x"] for row in csv.DictReader(file)]
    values = array.to_pylist()
    if len(texts) != len(values):
        return [f"{name} .csv: {len(texts)} rows, and not {len(values)}"]
    found = [None if value is None and text == "" else from_text(text, value) for text, value in zip(texts, values)]
    if pa.types.is_float32(array.type):
        # The shortest text that is read back as the same 32 bits.
        found = pa.array(found, pa.float32()).to_pylist()
    wanted = [plain(value) for value in values]
    return [] if [plain(value) for value in found] == wanted else [f"{name} .csv: {texts}, and not {wanted}"]


def fault(name: str, expected: list[Any], path: Path) -> list[str]:
    wanted, faults = [plain(value) for value in expected], []
    for reader, read in readers(path).items():
        try:
            found = [plain(value) for value in read()]
        except BaseException as error:  # Polars panics.
            # A reader that knows no such type says so; it takes no value for another.
            if (name, path.suffix, reader) not in REFUSALS:
                faults.append(f"{name} {path.suffix}: {reader} refuses: {error}")
            continue
        if reader == "pandas" and any(isinstance(value, float) for value in expected):
            # In its columns of floats a null is NaN.
            wanted_here = [("number", "NaN") if value is None else value for value in wanted]
        else:
            wanted_here = wanted
        if found != wanted_here:
            faults.append(f"{name} {path.suffix}: {reader} reads {found}, and not {wanted}")
    return faults


# What a careless writer makes of a value, and the value: the readers have to tell them from each other.
CONTROLS: dict[str, tuple[pa.Array, pa.Array]] = {
    "a sign of zero": (pa.array([-0.0]), pa.array([0.0])),
    "a NaN": (pa.array([math.nan]), pa.array([0.0])),
    "an integer for a time": (pa.array([dt.time(0, 0, 1)], pa.time32("ms")), pa.array([1000], pa.int32())),
    "an integer for a date": (pa.array([dt.date(1970, 1, 2)]), pa.array([1], pa.int32())),
    "a time for a date": (pa.array([dt.date(1970, 1, 2)]), pa.array([dt.datetime(1970, 1, 2)], pa.timestamp("ms"))),
    "another hour": (pa.array([EARLY], pa.timestamp("ms", "UTC")), pa.array([EARLY - dt.timedelta(hours=9)], pa.timestamp("ms", "UTC"))),
    "a float for a decimal": (pa.array(decimals(9, 2)[:1], pa.decimal128(9, 2)), pa.array([9999999.99])),
    "text for a number": (pa.array([1]), pa.array(["1"])),
    "empty text for a null": (pa.array([None], pa.string()), pa.array([""])),
    "a lost row": (pa.array([1, 2]), pa.array([1])),
    "another order": (pa.array([1, 2]), pa.array([2, 1])),
}


def blind(at: Path) -> list[str]:
    """Which readers do not tell what is expected from what is there."""
    found = []
    for name, (expected, there) in CONTROLS.items():
        for suffix in [".parquet", ".arrow"]:
            path = at / f"control{suffix}"
            write(pa.table({"x": there}), path)
            said = fault("control", expected.to_pylist(), path)
            silent = [reader for reader in readers(path) if not any(f": {reader} " in line for line in said)]
            found += [f"control, {name} {suffix}: {reader} sees nothing" for reader in silent]
    return found


def keys(run: Callable[..., Any]) -> None:
    run("key", "new", "--plaintext", "--out", "root.key")
    run("key", "derive", "--root", "root.key", "--scope", "agency/nta/1", "--plaintext", "--out", "nta.key")


def roster(array: pa.Array) -> pa.Table:
    return pa.table({"my_number": [number(10**10 + 7919 * i) for i in range(len(array))], "x": array})


def main(fugo: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        faults = blind(at)

        def run(*args: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run([fugo, *args], cwd=at, capture_output=True, text=True)

        keys(run)
        for name, (array, *fates) in columns().items():
            table = roster(array)
            for source in ["roster.parquet", "int96.parquet", "roster.arrow", "stream.arrow"]:
                # Times as INT96 come back without their zone, and in nanoseconds of a smaller range.
                if "int96" in source and not (pa.types.is_timestamp(array.type) and array.type.tz is None):
                    continue
                if not write(table, at / source):
                    continue
                for suffix, fate in zip([".csv", ".parquet", ".arrow"], fates, strict=True):
                    out = at / f"out{suffix}"
                    out.unlink(missing_ok=True)
                    args = [source, "--key", "nta.key", "--test-keys", "--keep", "x", "--order", "input", "--quiet"]
                    done = run("convert", *args, "--out", out.name)
                    what = f"{name} from {source} to {suffix}"
                    if fate == REFUSED:
                        if done.returncode != 2 or "`x`" not in done.stderr or out.exists():
                            faults.append(f"{what}: not refused by name: {done.returncode} {done.stderr}")
                    elif done.returncode != 0:
                        faults.append(f"{what}: {done.returncode} {done.stderr}")
                    elif suffix == ".csv":
                        faults += [f"from {source}: {said}" for said in fault_in_text(name, array, out)]
                    else:
                        values = array.to_pylist()
                        faults += [f"from {source}: {said}" for said in fault(name, values, out)]
    print("\n".join(faults))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]).resolve())))
