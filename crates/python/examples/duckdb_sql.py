"""Symbols in DuckDB's SQL: a key as a function, next to DuckDB's own sha256 and Python's hmac.

    python examples/duckdb_sql.py [--rows 1000000] [--rounds 3]

Each way fills a table with the symbol of every row, on all cores that DuckDB takes. The peers check no digit and would
derive from anything; and DuckDB's own way has the key in the text of the query, and so in plans and logs.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa
from duckdb.func import ARROW, NATIVE, SPECIAL

from roster import number
from side_by_side import KEY, KEY_BYTES, arguments, python_hmac, race


def wheel(my: pa.ChunkedArray) -> pa.Array:
    return KEY.symbols(my, output="binary").to_pyarrow()


def python_over_arrow(my: pa.ChunkedArray) -> pa.Array:
    return pa.array([python_hmac(text) for text in my.to_pylist()], pa.binary())


def own() -> str:
    """HMAC-SHA-256 from two hashes: sha256((k ^ opad) ‖ sha256((k ^ ipad) ‖ my)), of which DuckDB gives hex."""
    inner, outer = (
        "'" + "".join(f"\\x{byte ^ pad:02X}" for byte in KEY_BYTES.ljust(64, b"\0")) + "'::BLOB" for pad in (0x36, 0x5C)
    )
    return f"unhex(left(sha256({outer} || unhex(sha256({inner} || encode(my)))), 32))"


def main() -> None:
    options = arguments(__doc__ or "")
    database = duckdb.connect()
    people = pa.table({"my": [number(i) for i in range(1, options.rows + 1)]})
    database.sql("CREATE TABLE roster AS SELECT my FROM people")
    database.create_function("wheel", wheel, ["varchar"], "blob", type=ARROW, null_handling=SPECIAL)
    database.create_function("python_over_arrow", python_over_arrow, ["varchar"], "blob", type=ARROW)
    database.create_function("python_hmac", python_hmac, ["varchar"], "blob", type=NATIVE)

    def fill(expression: str) -> None:
        database.execute(f"CREATE OR REPLACE TABLE out AS SELECT {expression} AS symbol FROM roster")

    def symbols() -> list[bytes]:
        return [row[0] for row in database.sql("SELECT symbol FROM out ORDER BY symbol").fetchall()]

    ways = {
        "the wheel, an Arrow function": lambda: fill("wheel(my)"),
        "DuckDB's own sha256, twice": lambda: fill(own()),
        "Python's hmac over an Arrow batch": lambda: fill("python_over_arrow(my)"),
        "Python's hmac row by row": lambda: fill("python_hmac(my)"),
    }
    race(ways, symbols, options)
    database.close()


if __name__ == "__main__":
    main()
