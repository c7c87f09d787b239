#!/usr/bin/env python3
"""Compares `fugo vectors` with the reference on random requests: agree.py PATH-OF-FUGO [COUNT]

Both answer the same JSON lines, valid and invalid ones. The first difference is printed, and the exit status is 1.
"""

import json
import pathlib
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
PURPOSES = ["agency", "insurers", "eligibility", "network", "research", "registry", "portal"]
WEIGHTS = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


def number(draw):
    body = [draw.randrange(10) for _ in range(11)]
    rest = sum(digit * weight for digit, weight in zip(body, WEIGHTS)) % 11
    return "".join(map(str, body)) + str(0 if rest <= 1 else 11 - rest)


def request(draw):
    purpose = draw.choice(PURPOSES)
    scope = "".join(draw.choice(ALPHABET) for _ in range(draw.randint(1, 40)))
    line = {
        "root": draw.randbytes(32).hex(),
        "purpose": purpose,
        "scope": "all" if purpose in ("insurers", "eligibility") else scope,
        "epoch": draw.choice([1, 2, draw.randint(1, 2**32 - 1), 2**32 - 1]),
        "number": number(draw),
    }
    # One request in ten has a fault, and only one, so that both must report the same fault.
    fault = draw.randrange(60)
    if fault == 0:
        line["number"] = line["number"][:-1]
    elif fault == 1:
        line["number"] = line["number"][:5] + "x" + line["number"][6:]
    elif fault == 2:
        line["number"] = line["number"][:-1] + str((int(line["number"][-1]) + 1) % 10)
    elif fault == 3:
        line["number"] = "0" * 12
    elif fault == 4:
        line["scope"] += "-"
    elif fault == 5:
        line["epoch"] = 0
    return line


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    draw = random.Random(20260401)
    requests = "".join(json.dumps(request(draw)) + "\n" for _ in range(count))

    def answers(command):
        run = subprocess.run(command, input=requests, capture_output=True, text=True, check=False)
        return [json.loads(line) for line in run.stdout.splitlines()]

    ours = answers([sys.argv[1], "vectors"])
    theirs = answers([sys.executable, str(HERE / "reference.py"), "--derive"])
    refused = sum("error" in answer for answer in theirs)
    if len(ours) != count or len(theirs) != count:
        sys.exit(f"asked {count}, answered {len(ours)} and {len(theirs)}")
    for i, (mine, reference) in enumerate(zip(ours, theirs)):
        if mine != reference:
            sys.exit(f"request {i + 1}: fugo and the reference differ")
    if not 0 < refused < count / 2:
        sys.exit(f"{refused} of {count} refused: the requests do not test both sides")
    print(f"{count} requests, {refused} of them refused: fugo and the reference agree")


main()
