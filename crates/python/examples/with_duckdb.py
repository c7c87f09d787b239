"""A roster in DuckDB: columns out to Python and back, and a function in SQL.   python examples/with_duckdb.py"""

# %% A key, and a database with a roster.
import duckdb
import pyarrow as pa
from duckdb.func import ARROW, SPECIAL

import fugo
from roster import roster

key = fugo.SymbolKey(fugo.RootKey.random().scope_key("registry/cancer/1"))
people = pa.table(roster(10_000))
database = duckdb.connect()
database.sql("CREATE TABLE roster AS SELECT my, ward FROM people")

# %% A query's result in, a column of symbols out, a table of both in DuckDB again.
rows = database.sql("SELECT my, ward FROM roster").to_arrow_table()
symbols = key.symbols(rows["my"], number_format="lenient", errors="null")
print(symbols.counts)
delivery = pa.table({"symbol": symbols.to_pyarrow(), "ward": rows["ward"]})
wards = database.sql("SELECT ward, count(DISTINCT symbol) AS people FROM delivery GROUP BY ward ORDER BY ward")
print(wards.fetchall()[0])

# %% Rows at fault as a table.
faults = pa.table(symbols.faults_table())
print(database.sql("SELECT kind, count(*) FROM faults GROUP BY kind").fetchall())


# %% The key as a function in SQL. It gets whole batches; DuckDB calls it from several threads if it likes.
def symbol(my: pa.ChunkedArray) -> pa.Array:
    return key.symbols(my, number_format="lenient", errors="null", output="binary").to_pyarrow()


database.create_function("symbol", symbol, ["varchar"], "blob", type=ARROW, null_handling=SPECIAL)
database.sql("CREATE TABLE out AS SELECT symbol(my) AS symbol, ward FROM roster ORDER BY symbol")

# %% A function in SQL has no second output: what it made null and was not null before is at fault, so look.
lost = database.sql("SELECT count(*) FROM roster WHERE symbol(my) IS NULL AND my IS NOT NULL").fetchall()
assert lost == [(100,)] and faults.num_rows == 100
assert database.sql("SELECT count(symbol) FROM out").fetchall() == [(9_800,)]
database.close()
