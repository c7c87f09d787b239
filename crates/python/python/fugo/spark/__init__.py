"""Symbols on Apache Spark. Executors read the keys; keys are never sent. See docs/spark.md.

from fugo.spark import KeyFileOnExecutor, convert

nta = KeyFileOnExecutor("/secrets/nta.key", scope="agency/nta/1", tag="7c2cb2a1", passphrase_file="/secrets/nta.pass")
rows = convert(roster, "my_number", nta, keep=["birth_date"], reference=["row_id"]).staged("hdfs:///secret/nta-staged")
print(rows.counts(), rows.write_in_symbol_order("hdfs:///deliveries/nta"))
rows.rejects.write.csv("hdfs:///secret/nta-rejects", header=True)
"""

from fugo.spark.conversion import Converted, Counts, OrderedCounts, convert
from fugo.spark.errors import DescriptionError, KeyNotOpened, LineageNotRead, RefusedColumn, RefusedRow, TotalsError
from fugo.spark.fields import symbol_metadata
from fugo.spark.order import duplicates, in_symbol_order
from fugo.spark.sources import HadoopCredential, KeyFileOnExecutor, KeySource
from fugo.spark.udf import symbol_udf

__all__ = [
    "Converted",
    "Counts",
    "DescriptionError",
    "HadoopCredential",
    "KeyFileOnExecutor",
    "KeyNotOpened",
    "KeySource",
    "LineageNotRead",
    "OrderedCounts",
    "RefusedColumn",
    "RefusedRow",
    "TotalsError",
    "convert",
    "duplicates",
    "in_symbol_order",
    "symbol_metadata",
    "symbol_udf",
]
