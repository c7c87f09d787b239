"""Neither a key nor a passphrase is anywhere that Spark writes, sends or shows; what is planted there is found."""

from __future__ import annotations

import base64
import contextlib
import io
import os
import threading
import time
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from local_cluster import processes_below
from pyspark import cloudpickle
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from tests import shared
from tests.hadoop import store
from tests.search import Search, files

PASSPHRASES = {"file": b"fugo test passphrase of a file", "hadoop": b"fugo test passphrase of a provider"}
#: Of crates/python: published, one key in plaintext and locked to an identity.
TEST_KEYS = Path(__file__).parents[2] / "tests" / "keys"


class NoLeak(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.cluster, tool = shared.cluster(), shared.tool()
        from fugo.spark import HadoopCredential, KeyFileOnExecutor, convert, symbol_udf

        place = shared.directory() / "leaks"
        place.mkdir()
        scope = "network/kyoto/3"
        plain = tool.key(scope).read_text()
        cls.secrets = {"key": _key_of(plain), **PASSPHRASES}
        locked = {}
        for name, passphrase in PASSPHRASES.items():
            (place / name).write_bytes(passphrase + b"\n")
            (place / name).chmod(0o600)
            locked[name] = tool.key(scope, "--passphrase-file", place / name)
        provider = f"localjceks://file{place}/fugo.jceks"
        store(provider, "fugo.kyoto", PASSPHRASES["hadoop"].decode())
        # An encrypted key file may go through the driver: executors find it in their working directory.
        cls.cluster.spark.sparkContext.addFile(str(locked["hadoop"]))
        identity, locked_to_it = (_private(TEST_KEYS / name, place) for name in ("identity.txt", "identity.key"))
        cls.secrets["identity"] = identity.read_text().splitlines()[-1].encode()
        cls.secrets["key of the identity"] = _key_of((TEST_KEYS / "plaintext.key").read_text())
        cls.sources = {
            "file": KeyFileOnExecutor(
                str(locked["file"]), scope, tool.tag(scope), passphrase_file=str(place / "file"), test_keys=True
            ),
            "hadoop": KeyFileOnExecutor(
                locked["hadoop"].name,
                scope,
                tool.tag(scope),
                passphrase=HadoopCredential("fugo.kyoto", provider),
                test_keys=True,
            ),
            "identity": KeyFileOnExecutor(
                str(locked_to_it), "agency/nta/1", "7c2cb2a1", identity_file=str(identity), test_keys=True
            ),
        }
        roster = cls.cluster.spark.read.parquet(str(tool.roster(40_000, 1)))
        cls.conversions = {
            name: convert(roster, "my_number", source, keep=["sex"], reference=["row_id"])
            for name, source in cls.sources.items()
        }
        columns = [symbol_udf(source, errors="null")("my_number").alias(name) for name, source in cls.sources.items()]
        cls.column_functions = roster.limit(1000).select(*columns)
        cls.processes = _Processes()
        with cls.processes:
            cls.symbols = {}
            for name, conversion in cls.conversions.items():
                rows = conversion.staged(str(place / f"staged-{name}"))
                cls.symbols[name] = rows.in_symbol_order(partitions=3).toArrow()
            cls.by_function = cls.column_functions.collect()
            cls.planted = _plant(roster)

    def test_a_provider_and_a_file_open_the_same_key_and_an_identity_opens_another(self) -> None:
        self.assertGreater(len(self.symbols["hadoop"]), 38_000)
        self.assertTrue(self.symbols["hadoop"].equals(self.symbols["file"]))
        self.assertFalse(self.symbols["identity"].equals(self.symbols["file"]), "another scope's")
        self.assertTrue(
            any(b"PrintCredential" in line for line in self.processes.commands), "the provider was asked by a program"
        )

    def test_a_column_function_had_the_same_key(self) -> None:
        symbols = {row.hadoop for row in self.by_function if row.hadoop}
        self.assertGreater(len(symbols), 900)
        self.assertEqual([row.hadoop for row in self.by_function], [row.file for row in self.by_function])
        self.assertLessEqual(
            symbols, set(self.conversions["file"].rows.select("symbol").toArrow()["symbol"].to_pylist())
        )

    def test_no_place_holds_a_secret_and_each_would_show_it(self) -> None:
        planted = Search(shared.PLANTED)
        searches = {name: Search(secret) for name, secret in self.secrets.items()}
        for place, blobs in self._places().items():
            held = list(blobs())
            with self.subTest(place):
                self.assertTrue(planted.among(held), f"what was planted in the {place} is not found")
                for name, search in searches.items():
                    self.assertFalse(search.among(held), f"the {name} is in the {place}")

    def test_the_secrets_are_found_where_they_do_lie(self) -> None:
        source = self.sources["file"]
        self.assertTrue(Search(self.secrets["file"])(Path(source.passphrase_file).read_bytes()))
        self.assertTrue(Search(self.secrets["key"]).among(files(shared.tool().directory)))

    def test_a_key_that_was_opened_is_refused_by_pickle(self) -> None:
        from fugo.spark import keys

        source = self.sources["file"]
        try:
            self.assertRaises(TypeError, cloudpickle.dumps, keys.symbol_key(source))
        finally:
            keys.forget()

    def _places(self) -> dict[str, Callable[[], Iterator[bytes]]]:
        frames = [*self._frames(), self.planted]
        work = self.cluster.work
        return {
            "plans": lambda: (_plan(frame) for frame in frames),
            "task binaries": lambda: (_task_binary(frame) for frame in frames),
            "configuration": lambda: (repr(self.cluster.spark.sparkContext.getConf().getAll()).encode() for _ in (0,)),
            "command lines": lambda: iter(self.processes.commands),
            "environments": lambda: iter(self.processes.environments),
            "event log": lambda: files(self.cluster.events),
            "driver's log": lambda: iter([self.cluster.driver_log.read_bytes()]),
            "executors' logs": lambda: (path.read_bytes() for path in work.rglob("std*") if path.is_file()),
            "executors' files": lambda: files(work),
            "shuffle and block files": lambda: files(self.cluster.local),
        }

    def _frames(self) -> Iterator[DataFrame]:
        for conversion in self.conversions.values():
            yield conversion.rows
        yield self.column_functions


class _Processes:
    """Command lines and environments of all processes below this one, looked at all the time."""

    def __init__(self) -> None:
        self.commands: set[bytes] = set()
        self.environments: set[bytes] = set()
        self._end = threading.Event()
        self._watch = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._end.wait(0.02):
            for process in processes_below(os.getpid()):
                place = Path("/proc") / str(process)
                with contextlib.suppress(OSError):
                    self.commands.add((place / "cmdline").read_bytes())
                    self.environments.add((place / "environ").read_bytes())

    def __enter__(self) -> None:
        self._watch.start()

    def __exit__(self, *_: Any) -> None:
        self._end.set()
        self._watch.join()


def _private(file: Path, directory: Path) -> Path:
    """A copy that only its owner can read, as key files and what opens them have to be."""
    copy = directory / file.name
    copy.touch(0o600)
    copy.write_bytes(file.read_bytes())
    return copy


def _key_of(plain: str) -> bytes:
    return bytes.fromhex(plain.split("key: ")[1].strip())


def _plant(roster: DataFrame) -> DataFrame:
    """Puts a secret of nobody's into a plan, a closure, a shuffle, executors' output and files, the driver's log."""
    planted = shared.PLANTED

    def careless(batches: Iterator[Any]) -> Iterator[Any]:
        import sys

        print(base64.b64encode(planted), file=sys.stderr)
        with open("careless", "wb") as file:
            file.write(planted)
        yield from batches

    rows = roster.select("row_id", F.lit(planted).alias("planted")).repartition(3, "row_id")
    frame = rows.mapInArrow(careless, rows.schema).where(F.lit(planted.hex()) != F.col("row_id").cast("string"))
    frame.count()
    rows.groupBy("row_id").agg(F.first("planted").alias("planted")).agg(F.count("planted")).collect()
    frame.sparkSession.sparkContext._jvm.java.lang.System.err.println(planted.hex())
    time.sleep(1)
    return frame


def _plan(frame: DataFrame) -> bytes:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        for mode in ("simple", "extended", "codegen", "cost", "formatted"):
            frame.explain(mode=mode)
    return shown.getvalue().encode()


def _task_binary(frame: DataFrame) -> bytes:
    """The pickled functions of a plan, as Spark sends them to executors."""
    found = bytearray()
    waiting = [frame._jdf.queryExecution().analyzed()]
    while waiting:
        node = waiting.pop()
        waiting += [node.children().apply(i) for i in range(node.children().size())]
        expressions = node.expressions()
        inner = [expressions.apply(i) for i in range(expressions.size())]
        while inner:
            expression = inner.pop()
            inner += [expression.children().apply(i) for i in range(expression.children().size())]
            if expression.getClass().getSimpleName() == "PythonUDF":
                numbers = expression.func().command().mkString(",").split(",")
                found += bytes(int(number) & 0xFF for number in numbers)
    if not found:
        raise AssertionError("the plan has no Python function")
    return bytes(found)
