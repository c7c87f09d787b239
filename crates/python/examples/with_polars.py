"""A roster in Polars: an expression of a lazy query, and symbols as text.   python examples/with_polars.py"""

# %% A key.
import polars as pl

import fugo
from roster import roster

key = fugo.SymbolKey(fugo.RootKey.random().scope_key("research/cohort-7/1"))

# %% A column goes in as it is; Polars gives it in chunks.
frame = pl.DataFrame(roster(10_000))
symbols = key.symbols(frame["my"], number_format="lenient", errors="null")
print(symbols.counts)

# %% And comes back as a Series. Polars knows no fixed size, so the dtype is Binary.
frame = frame.with_columns(pl.Series(symbols).alias("research")).drop("my")
assert frame["research"].dtype == pl.Binary
assert frame["research"].null_count() == 200

# %% Rows at fault as a frame.
faults = pl.DataFrame(symbols.faults_table())
print(faults.group_by("kind").len().rows())
assert faults.height == 100


# %% In a lazy query: an expression over a batch. A row at fault ends the query, so filter first.
def to_text(my: pl.Series) -> pl.Series:
    return pl.Series(key.symbols(my, output="text"))


text = pl.col("my").map_batches(to_text, return_dtype=pl.String).alias("symbol")
strict = pl.LazyFrame(roster(10_000)).filter(pl.col("my").str.contains("^[0-9]{12}$"))
out = strict.select(text, "ward").sort("symbol").collect()
assert out.height == 9_700
assert out["symbol"].str.starts_with("kenkyu1").all()

# %% What was sent as text is checked by whoever gets it, without a key: purpose, tag, checksum.
purpose, tag, symbol = fugo.decode_text(out["symbol"][0], purpose="research", tag=key.tag)
print(purpose, repr(symbol))
