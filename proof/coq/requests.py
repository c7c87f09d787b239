#!/usr/bin/env python3
"""Writes Requests.v: fresh random requests, what `fugo vectors` answers, and a check of each answer by Coq's virtual
machine. As a control, wrong answers must be refused: a symbol with one bit changed, and a fault where there is a symbol.

usage: requests.py FUGO COUNT FOLDER [SEED]
"""
import json
import pathlib
import random
import secrets
import subprocess
import sys

PURPOSES = ["agency", "insurers", "eligibility", "network", "research", "registry", "portal"]
WEIGHTS = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
REFUSALS = {"non-digit": "BadNumber (NonDigit 0)", "length": "BadNumber (Length 0)", "check-digit": "BadNumber WrongCheckDigit",
            "never-issued": "BadNumber NeverIssued", "scope-id": "BadScope ScopeId",
            "scope-id-fixed": "BadScope ScopeIdFixed", "epoch-zero": "BadScope EpochZero"}


def number(draw):
    body = [draw.randrange(10) for _ in range(11)]
    rest = sum(digit * weight for digit, weight in zip(body, WEIGHTS)) % 11
    return "".join(map(str, body)) + str(0 if rest <= 1 else 11 - rest)


def spoilt(draw, request):
    """The request with one fault."""
    text = request["number"]
    place = draw.randrange(12)
    request.update(draw.choice([
        {"number": text[:draw.randrange(12)]},
        {"number": text[:place] + draw.choice("x -/:") + text[place + 1:]},
        {"number": text[:11] + str((int(text[11]) + draw.randint(1, 9)) % 10)},
        {"number": "0" * 12},
        {"scope": "-" + request["scope"][:39]},
        {"purpose": "insurers", "scope": "a" + request["scope"][:39]},
        {"epoch": 0},
    ]))
    return request


def requests(draw, count):
    for i in range(count):
        purpose = draw.choice(PURPOSES)
        length = draw.choice([1, 40, draw.randint(2, 39)])
        middle = "".join(draw.choice(LETTERS + "-") for _ in range(length - 2))
        name = draw.choice(LETTERS) + (middle + draw.choice(LETTERS) if length > 1 else "")
        request = {"root": draw.randbytes(32).hex(), "purpose": purpose,
                   "scope": "all" if purpose in ("insurers", "eligibility") else name,
                   "epoch": draw.choice([1, 2**32 - 1, draw.randint(1, 2**32 - 1)]), "number": number(draw)}
        yield spoilt(draw, request) if i % 10 == 9 else request


def octets(data):
    return f"(octets {len(data)}%nat 0x0{data.hex()})"


def row(request, answer):
    scope = f"(Scope {PURPOSES.index(request['purpose']) + 1} {octets(request['scope'].encode())} {request['epoch']})"
    return f"({octets(bytes.fromhex(request['root']))}, {scope}, {octets(request['number'].encode())}, {answer})"


def main():
    fugo, count, folder = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else secrets.randbits(64)
    print(f"seed {seed}: repeat with proof/coq/requests.py FUGO {count} FOLDER {seed}")
    draw = random.Random(seed)
    asked = list(requests(draw, count))
    run = subprocess.run([fugo, "vectors"], input="".join(json.dumps(r) + "\n" for r in asked), text=True,
                         capture_output=True, check=False)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    if len(answers) != count:
        sys.exit(f"asked {count}, answered {len(answers)}: {run.stderr}")
    right, wrong = [], []
    for request, answer in zip(asked, answers):
        if "symbol" not in answer:
            right.append(row(request, REFUSALS[answer["error"]]))
            continue
        symbol = bytes.fromhex(answer["symbol"])
        right.append(row(request, f"Symbol {octets(symbol)}"))
        if len(wrong) < 8:
            changed = bytearray(symbol)
            changed[len(wrong) * 2 + draw.randrange(2)] ^= 1 << draw.randrange(8)
            wrong += [row(request, f"Symbol {octets(bytes(changed))}"), row(request, "BadNumber WrongCheckDigit")]
    derived = sum("symbol" in answer for answer in answers)
    if derived < count * 3 // 4 or derived == count:
        sys.exit(f"{derived} of {count} requests have a symbol: the requests do not test both sides")
    with open(folder / "Requests.v", "w", encoding="ascii") as file:
        print("From Coq Require Import NArith.\nFrom mathcomp Require Import all_ssreflect.", file=file)
        print("From fugo Require Import Sha256 Encoding Checks.\n", file=file)
        for name, rows in (("requests", right), ("wrong", wrong)):
            print(f"Definition {name} : seq (bytes * scope * bytes * answer) := [::\n  " + ";\n  ".join(rows)
                  + "]%num.\n", file=file)
        for name, size, test in (("agree", f"size requests == {count}", "all check_request requests"),
                                 ("control", f"size wrong == {len(wrong)}", "all (predC check_request) wrong")):
            print(f"Example {name} : ({size}) && {test} = true.\nProof. by vm_cast_no_check (erefl true). Qed.\n", file=file)
    print(f"{count} requests, {derived} of them answered with a symbol; {len(wrong)} wrong answers as a control")


main()
