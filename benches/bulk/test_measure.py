"""Do the measurements match known amounts? Each child process here does a known amount of work.

    python3 -m unittest discover benches/bulk
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from measure import measure, measure_apart

_BURN = "import time\nwhile time.process_time() < 0.3: pass"
_HOLD = "b = b'x' * 300_000_000\nfor _ in range(2): b.count(b'y')"
_SERVE = f"open('in').read()\n{_BURN}\nb = bytes(b'x') * 300_000_000\nfor _ in range(2): b.count(b'y')\n"
_SERVE += "del b\nopen('out', 'w').write('done')\ninput()"


def grandchild(program: str) -> list[str]:
    """A shell that has Python run `program`, and continues after it ends."""
    return ["sh", "-c", '"$0" -c "$1"; exit 3', sys.executable, program]


class Measure(unittest.TestCase):
    def test_the_cpu_time_of_a_grandchild_counts(self) -> None:
        cost = measure_apart(grandchild(_BURN))
        self.assertGreaterEqual(cost.cpu_seconds, 0.3)
        self.assertGreaterEqual(cost.seconds, 0.3)

    def test_a_child_that_waits_uses_wall_time_only(self) -> None:
        cost = measure_apart([sys.executable, "-c", "import select; select.select([], [], [], 0.5)"])
        self.assertGreaterEqual(cost.seconds, 0.5)
        self.assertLess(cost.cpu_seconds, 0.4)

    def test_the_memory_of_a_grandchild_counts(self) -> None:
        cost = measure_apart(grandchild(_HOLD))
        self.assertGreaterEqual(cost.peak_anonymous, 300_000_000)
        self.assertGreaterEqual(cost.peak_resident or 0, 300_000_000)

    def test_a_child_that_holds_nothing_has_little_memory(self) -> None:
        cost = measure_apart(["true"])
        self.assertLess(cost.peak_anonymous, 20_000_000)

    def test_the_bytes_of_a_grandchild_count(self) -> None:
        with tempfile.NamedTemporaryFile() as file:
            cost = measure_apart(["sh", "-c", f"dd if=/dev/zero of={file.name} bs=1000000 count=10 2>&1; exit 0"])
        self.assertIn((cost.read or 0) // 1_000_000, (10, 11))
        self.assertIn((cost.written or 0) // 1_000_000, (10, 11))

    def test_the_exit_status_is_the_childs(self) -> None:
        self.assertEqual(measure_apart(grandchild("")).status, 3)

    def test_the_work_of_an_attached_server_counts(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            for fifo in ("in", "out"):
                os.mkfifo(Path(name, fifo))
            server = subprocess.Popen([sys.executable, "-c", _SERVE], cwd=name, stdin=subprocess.PIPE)
            ask = ["sh", "-c", 'cd "$0"; echo go > in; read -r answer < out; exit 0', name]
            cost = measure(ask, attached=[server.pid])
            server.communicate(b"\n")
        # A server's time is counted in kernel ticks of 10 ms.
        self.assertGreaterEqual(cost.cpu_seconds, 0.28)
        self.assertGreaterEqual(cost.peak_anonymous, 300_000_000)
        self.assertIsNone(cost.peak_resident)


if __name__ == "__main__":
    unittest.main()
