"""Spark's local-cluster: executors in processes of their own, which get fugo as an archive and nothing else of it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

ARCHIVE = "fugoenv"


class LocalCluster:
    """A session on ``local-cluster[executors,1,1024]``, and the places where Spark writes what it knows."""

    def __init__(
        self, wheel: Path, *, executors: int = 2, ship: bool = True, conf: dict[str, str] | None = None
    ) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="fugo-spark-"))
        self.events = self.directory / "events"
        self.local = self.directory / "local"
        self.events.mkdir()
        self.local.mkdir()
        self._import_on_the_driver(wheel)
        # The executors' Python is this one, in which fugo is not installed.
        os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
        os.environ.pop("PYTHONPATH", None)
        settings = {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": "1g",
            "spark.local.dir": str(self.local),
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": self.events.as_uri(),
            "spark.eventLog.rolling.enabled": "false",
            "spark.eventLog.compress": "false",
            "spark.log.level": "INFO",
            "spark.sql.shuffle.partitions": "4",
        }
        if ship:
            archive = self.directory / "fugo.zip"
            shutil.copyfile(wheel, archive)
            settings["spark.archives"] = f"{archive}#{ARCHIVE}"
            settings["spark.executorEnv.PYTHONPATH"] = f"./{ARCHIVE}"
        builder = SparkSession.builder.master(f"local-cluster[{executors},1,1024]").appName("fugo")
        for name, value in (settings | (conf or {})).items():
            builder = builder.config(name, value)
        self.driver_log = self.directory / "driver.log"
        with _standard_error_to(self.driver_log):
            self.spark = builder.getOrCreate()
        self.application = str(self.spark.sparkContext.applicationId)

    def _import_on_the_driver(self, wheel: Path) -> None:
        place = self.directory / "driver"
        with zipfile.ZipFile(wheel) as files:
            files.extractall(place)
        sys.path.insert(0, str(place))

    @property
    def work(self) -> Path:
        """Where executors work and write their standard output and error."""
        import pyspark

        home = Path(os.environ.get("SPARK_HOME") or Path(pyspark.__file__).parent)
        return home / "work" / self.application

    def executors(self) -> list[int]:
        """Process ids of the executors: those below this process whose main class is an executor's."""
        return [
            process for process in processes_below(os.getpid()) if b"CoarseGrainedExecutorBackend" in _command(process)
        ]

    def wait_for_executors(self, count: int, seconds: float = 120) -> list[int]:
        end = time.monotonic() + seconds
        while True:
            known = self.spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
            found = self.executors()
            if known >= count and len(found) >= count:
                return found
            if time.monotonic() > end:
                raise TimeoutError(f"{count} executors were wanted; {known} came")
            time.sleep(0.2)

    def kill_one_at_work(self, tasks: int, seconds: float = 300) -> int:
        """Kills (SIGKILL) an executor that runs a task of a stage of so many tasks; gives its process id."""
        tracker = self.spark.sparkContext.statusTracker()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for stage in map(tracker.getStageInfo, tracker.getActiveStageIds()):
                if stage and stage.numTasks == tasks and stage.numActiveTasks > 1 and stage.numCompletedTasks > 0:
                    executor = self.executors()[0]
                    # Stopped, it cannot finish its task before the kill: the kill meets a task for certain.
                    os.kill(executor, signal.SIGSTOP)
                    time.sleep(1)
                    os.kill(executor, signal.SIGKILL)
                    return executor
            time.sleep(0.01)
        raise TimeoutError(f"no stage of {tasks} tasks was seen with tasks done and tasks running")

    def events_of(self, kind: str) -> list[dict[str, Any]]:
        """Events of the event log, such as SparkListenerExecutorRemoved."""
        lines = [line for path in self.events.rglob("*") if path.is_file() for line in path.read_text().splitlines()]
        events = [json.loads(line) for line in lines if f'"{kind}"' in line]
        return [event for event in events if event["Event"] == kind]

    def stop(self) -> None:
        work = self.work
        self.spark.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
        shutil.rmtree(work, ignore_errors=True)
        sys.path[:] = [entry for entry in sys.path if not entry.startswith(str(self.directory))]

    def __enter__(self) -> LocalCluster:
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()


@contextlib.contextmanager
def _standard_error_to(file: Path) -> Iterator[None]:
    """What is started here, the driver's Java, writes its log to a file."""
    kept = os.dup(2)
    with file.open("ab") as log:
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def processes_below(process: int) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(place.name))
    waiting = children.get(process, [])
    while waiting:
        found = waiting.pop()
        yield found
        waiting = waiting + children.get(found, [])


def _command(process: int) -> bytes:
    try:
        return (Path("/proc") / str(process) / "cmdline").read_bytes()
    except OSError:
        return b""
