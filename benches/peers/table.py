"""The least nanoseconds per symbol for each row of the bench, and their ratio to ring.

    table.py CRITERION_HOME IPSEC_MB_NS
"""

import json
import pathlib
import sys

COUNT = 1_024  # symbols per iteration of the bench

rows = {"Intel IPsec-MB, bursts": float(sys.argv[2])}
for sample in pathlib.Path(sys.argv[1]).glob("*/new/sample.json"):
    name = json.loads((sample.parent / "benchmark.json").read_text())["title"]
    turns = json.loads(sample.read_text())
    rows[name] = min(time / turn for time, turn in zip(turns["times"], turns["iters"])) / COUNT
print("| HMAC-SHA-256 of twelve bytes | ns | of ring's |\n|---|---|---|")
for name, nanoseconds in sorted(rows.items(), key=lambda row: row[1]):
    print(f"| {name} | {nanoseconds:.1f} | {nanoseconds / rows['ring']:.2f} |")
