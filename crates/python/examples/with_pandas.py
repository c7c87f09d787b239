"""A roster in pandas: two scopes in one pass, joined to nothing.   python examples/with_pandas.py"""

# %% Two keys of one root; an organisation gets at most one of them.
import pandas as pd
import pyarrow as pa

import fugo
from roster import roster

root = fugo.RootKey.random()
nta, mof = (fugo.SymbolKey(root.scope_key(scope)) for scope in ("agency/nta/1", "agency/mof/1"))

# %% A Series of any text dtype goes in; with Arrow memory behind it, nothing is copied.
frame = pd.DataFrame(roster(10_000)).astype({"my": "string[pyarrow]"})

# %% Several keys read the column once.
for_nta, for_mof = fugo.symbols_for_keys([nta, mof], frame["my"], number_format="lenient", errors="null")
print(for_nta.counts)

# %% Rows at fault as a frame.
faults = pa.table(for_nta.faults_table()).to_pandas()
print(faults.groupby("kind").size().to_dict())
assert len(faults) == 100

# %% Each organisation's frame on its own, in the order of its symbols, without the number. Never both symbols in one frame:
# that links them.
delivery = pd.DataFrame({"symbol": for_nta.to_pylist(), "ward": frame["ward"]}).dropna()
delivery = delivery.sort_values("symbol", ignore_index=True)
other = pd.DataFrame({"symbol": for_mof.to_pylist()}).dropna()
assert len(delivery) == len(other) == 9_800
assert not set(delivery["symbol"]) & set(other["symbol"])

# %% Arrow memory, where a column should stay 16 bytes a row.
fixed = pd.Series(for_nta.to_pyarrow(), dtype=pd.ArrowDtype(pa.binary(16)))
assert fixed.notna().sum() == 9_800

# %% NumPy: dtype V16, which keeps a symbol's trailing zero bytes. It has no nulls, so the bad rows go first.
good = frame["my"].drop(index=faults["row"]).dropna()
matrix = nta.symbols(good, number_format="lenient").to_numpy()
assert matrix.shape == (9_800,) and matrix.dtype == "V16"
