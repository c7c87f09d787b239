"""A roster in pyarrow: symbols next to its columns, bad rows apart, Parquet out.   python examples/with_pyarrow.py"""

# %% A key. A real one is opened from a key file: fugo.KeyFile.load("nta.key", passphrase_file="nta.passphrase").key
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import fugo
from roster import roster

key = fugo.SymbolKey(fugo.RootKey.random().scope_key("agency/nta/1"))

# %% A roster, as it comes from Parquet, CSV or a database: text, in chunks or not.
table = pa.table(roster(10_000))

# %% Symbols of the whole column in one call. Nothing is copied on the way in, and other threads run meanwhile.
symbols = key.symbols(table["my"], number_format="lenient", errors="null")
print(symbols.counts)

# %% Rows at fault are null, and listed with row, kind and reason; no value is among them.
faults = pa.table(symbols.faults_table())
print(faults.slice(0, 3).to_pylist())
assert faults.num_rows == symbols.counts.faults == 100

# %% A table without the number. The field names purpose, scope, epoch and key tag, and Parquet keeps that.
column = symbols.to_pyarrow()
field = pa.field("nta", column.type, metadata=symbols.metadata)
out = pa.table([column, table["ward"]], schema=pa.schema([field, table.schema.field("ward")])).drop_null()

# %% In the order of the symbols before it goes to anyone: a file in the roster's order links to every other such file.
out = out.sort_by("nta")
with tempfile.TemporaryDirectory() as directory:
    path = Path(directory) / "nta.parquet"
    pq.write_table(out, path)
    back = pq.read_table(path)

assert back.schema.field("nta").metadata[b"fugo.tag"] == key.tag.encode()
assert back.num_rows == symbols.counts.symbols == 9_800

# %% One symbol in text form, and back.
text = key.text(key.symbol("123456789018"))
print(text[:8] + "…", "of", key.parse_text(text).purpose)
