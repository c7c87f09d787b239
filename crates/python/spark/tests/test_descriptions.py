"""The driver refuses what cannot be done, before any job, and its message shows no value."""

from __future__ import annotations

import pickle
import unittest

from pyspark.sql import functions as F

from tests import shared


class Descriptions(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.cluster = shared.cluster()
        from fugo.spark import KeyFileOnExecutor

        cls.source = KeyFileOnExecutor("/keys/nta.key", "agency/nta/1", "7c2cb2a1")
        schema = "my_number string, id long, sex string, photo binary, tags array<string>, height double"
        cls.df = cls.cluster.spark.createDataFrame([], schema)

    def test_a_source_holds_names_and_refuses_a_passphrase(self) -> None:
        from fugo.spark import DescriptionError, HadoopCredential, KeyFileOnExecutor

        with self.assertRaises(DescriptionError) as raised:
            KeyFileOnExecutor("/keys/nta.key", "agency/nta/1", "7c2cb2a1", passphrase="open sesame")
        self.assertNotIn("sesame", str(raised.exception))
        for scope, tag, other in (
            ("agency/nta", "7c2cb2a1", {}),
            ("ministry/nta/1", "7c2cb2a1", {}),
            ("agency/nta/1", "7C2CB2A1", {}),
            ("agency/nta/1", "7c2cb2a1", {"insurers": self.source}),
            ("eligibility/all/1", "7c2cb2a1", {"insurers": self.source}),
            ("agency/nta/1", "7c2cb2a1", {"passphrase_file": "/p", "passphrase": HadoopCredential("a", "jceks://b@c/d")}),
            ("agency/../1", "7c2cb2a1", {}),
            ("agency/nta/01", "7c2cb2a1", {}),
            ("agency/NTA/1", "7c2cb2a1", {}),
            (None, "7c2cb2a1", {}),
            ("agency/nta/1", None, {}),
        ):
            self.assertRaises(DescriptionError, KeyFileOnExecutor, "/keys/x.key", scope, tag, **other)
        # A file is opened by the one that it is locked with.
        KeyFileOnExecutor("/keys/x.key", "agency/nta/1", "7c2cb2a1", passphrase_file="/p", identity_file="/i")
        self.assertRaises(DescriptionError, HadoopCredential, "", "jceks://file/keys/fugo.jceks")
        password = "jceks://user:word@hdfs/k"
        for address in (password, "user:word@hdfs", f"jceks://hdfs@namenode:9001/k,{password}"):
            self.assertRaises(DescriptionError, HadoopCredential, "fugo", address)
        HadoopCredential("fugo", "localjceks://file/keys/a.jceks,jceks://hdfs@namenode/keys/b.jceks")
        HadoopCredential("fugo", "jceks://hdfs@namenode:9001/keys/fugo.jceks")
        # Not by its place either.
        self.assertRaises(TypeError, KeyFileOnExecutor, "/keys/nta.key", "agency/nta/1", "7c2cb2a1", "open sesame")

    def test_an_error_of_a_row_goes_from_a_worker_to_the_driver(self) -> None:
        from fugo.spark import RefusedRow

        copied = pickle.loads(pickle.dumps(RefusedRow("length", "length in row 3")))
        self.assertEqual((copied.kind, str(copied)), ("length", "length in row 3"))

    def test_a_conversion_that_cannot_be_is_refused(self) -> None:
        from fugo.spark import DescriptionError, KeyFileOnExecutor, convert, symbol_udf

        collated = self.df.withColumn("sex", F.collate("sex", "UTF8_LCASE"))
        marked = self.df.withMetadata("sex", {"fugo.scope": "nta"})
        for df, column, options in (
            (self.df, "number", {}),
            (self.df, "id", {}),
            (self.df, "photo", {}),
            (self.df, "my_number", {"keep": ["photo"]}),
            (self.df, "my_number", {"keep": ["tags"]}),
            (self.df, "my_number", {"keep": ["height"]}),
            (self.df, "my_number", {"keep": ["my_number"]}),
            (self.df, "my_number", {"keep": ["sex", "sex"]}),
            (self.df, "my_number", {"reference": ["my_number"]}),
            (self.df, "my_number", {"output": "fixed"}),
            (self.df, "my_number", {"insurers_tag": "7c2cb2a1"}),
            (self.df.withColumnRenamed("id", "reason"), "my_number", {"reference": ["reason"]}),
            (self.df.withColumnRenamed("sex", "symbol"), "my_number", {"keep": ["symbol"]}),
            (self.df.withColumnRenamed("sex", "SYMBOL"), "my_number", {"keep": ["SYMBOL"]}),
            (self.df.withColumnRenamed("id", "Reason"), "my_number", {"reference": ["Reason"]}),
            (self.df.withColumnRenamed("id", "key"), "my_number", {"reference": ["key"]}),
            (self.df.withColumnRenamed("id", "Sex"), "my_number", {"keep": ["sex"]}),
            (collated, "my_number", {"keep": ["sex"]}),
            (marked, "my_number", {"keep": ["sex"]}),
        ):
            with self.subTest(column=column, **options):
                self.assertRaises(DescriptionError, convert, df, column, self.source, **options)
        for keys in ({}, {"": self.source}, {None: self.source}, {"Sex": self.source}, {"Outcome": self.source}):
            self.assertRaises(DescriptionError, convert, self.df, "my_number", keys, keep=["sex"])
        issuers = KeyFileOnExecutor("/keys/eligibility.key", "eligibility/all/1", "7c2cb2a1")
        self.assertRaises(DescriptionError, convert, self.df, "my_number", issuers)
        self.assertRaises(DescriptionError, symbol_udf, issuers)
        convert(self.df, "my_number", issuers, insurers_tag="7c2cb2a1")
        convert(self.df, "my_number", self.source, keep=["sex"], reference=["id"])
        convert(self.df, "id", self.source, number_format="lenient", restore_zeros=True)

    def test_no_message_has_the_name_of_a_nested_field(self) -> None:
        """A file that was read without its header line has a number there."""
        from fugo.spark import DescriptionError, convert

        df = self.cluster.spark.createDataFrame([], "my_number string, people struct<`123456789018`: string>")
        for column, options in (("people", {}), ("my_number", {"keep": ["people"]})):
            with self.assertRaises(DescriptionError) as refused:
                convert(df, column, self.source, **options)
            self.assertIn("is of type struct", str(refused.exception))
            self.assertNotIn("123456789018", str(refused.exception))

    def test_totals_are_of_one_pass(self) -> None:
        from fugo.spark import DescriptionError, convert

        lazy = convert(self.df, "my_number", {"nta": self.source, "mof": self.source})
        self.assertRaises(DescriptionError, lazy.counts)
        self.assertRaises(DescriptionError, lambda: lazy.symbols)
        self.assertRaises(DescriptionError, lazy.write_in_symbol_order, "/nowhere", "nta")
        self.assertEqual(list(lazy.outputs), ["nta", "mof"])
