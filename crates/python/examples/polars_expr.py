"""Symbols in a lazy Polars query: a key as an expression, next to Python's hmac.

    python examples/polars_expr.py [--rows 1000000] [--rounds 3]

Each way collects the symbol of every row. Polars has no sha256 of its own, so both peers are Python's; they check no
digit and would derive from anything.
"""

from __future__ import annotations

import polars as pl

from roster import number
from side_by_side import KEY, arguments, python_hmac, race


def wheel(my: pl.Series) -> pl.Series:
    return pl.Series(KEY.symbols(my))


def python_over_a_batch(my: pl.Series) -> pl.Series:
    return pl.Series([python_hmac(text) for text in my], dtype=pl.Binary)


def main() -> None:
    options = arguments(__doc__ or "")
    roster = pl.LazyFrame({"my": [number(i) for i in range(1, options.rows + 1)]})
    made = pl.DataFrame()

    def collect(expression: pl.Expr) -> None:
        nonlocal made
        made = roster.select(expression.alias("symbol")).collect()

    my = pl.col("my")
    ways = {
        "the wheel, map_batches": lambda: collect(my.map_batches(wheel, return_dtype=pl.Binary)),
        "Python's hmac over a batch": lambda: collect(my.map_batches(python_over_a_batch, return_dtype=pl.Binary)),
        "Python's hmac row by row": lambda: collect(my.map_elements(python_hmac, return_dtype=pl.Binary)),
    }
    race(ways, lambda: made["symbol"].sort().to_list(), options)


if __name__ == "__main__":
    main()
