"""What the tests share: one cluster, for starting one takes a quarter of a minute, and one directory of keys.

The wheel under test and the tool are named by FUGO_WHEEL and FUGO_TOOL.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from local_cluster import LocalCluster
from tool import Tool

#: A secret of nobody's, put everywhere that is searched: what would find a key must find this.
PLANTED = bytes(range(200, 232))


def wheel() -> Path:
    return Path(os.environ["FUGO_WHEEL"])


@cache
def cluster() -> LocalCluster:
    started = LocalCluster(
        wheel(),
        conf={
            # Searched byte for byte by the test of leaks.
            "spark.shuffle.compress": "false",
            "spark.shuffle.spill.compress": "false",
            "spark.broadcast.compress": "false",
            # Nothing is removed before it is searched.
            "spark.cleaner.referenceTracking": "false",
            # Many tasks from few rows.
            "spark.sql.files.maxPartitionBytes": "600k",
            "spark.sql.files.openCostInBytes": "1k",
            "spark.sql.execution.arrow.maxRecordsPerBatch": "5000",
            "spark.fugo.planted": PLANTED.hex(),
            "spark.executorEnv.FUGO_PLANTED": PLANTED.hex(),
        },
    )
    atexit.register(started.stop)
    return started


@cache
def directory() -> Path:
    made = Path(tempfile.mkdtemp(prefix="fugo-spark-tests-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


@cache
def tool() -> Tool:
    keys = directory() / "tool"
    keys.mkdir()
    return Tool(Path(os.environ["FUGO_TOOL"]).resolve(), keys)
