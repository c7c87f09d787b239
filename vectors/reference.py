#!/usr/bin/env python3
"""Independent implementation of docs/spec.md, and the tool that writes and checks the vector files.

Standard library only, Python 3.9 or later. Written from the text of the specification, and never from the Rust source.
It handles secrets without protection against side channels. Use it only to check an implementation, with test keys.


  python3 vectors/reference.py --write    write every generated file again
  python3 vectors/reference.py --check    verify known answer, published vectors, generated files
  python3 vectors/reference.py --derive   JSON lines in, JSON lines out
"""

import argparse
import hashlib
import hmac
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
STALE = "vectors are stale: run python3 vectors/reference.py --write"
NORMALIZE_REVISION = 2

# purpose -> (code, human-readable part of the text form); section 2 and section 4
PURPOSES = {
    "agency": (0x01, "kikan"),
    "insurers": (0x02, "hokensha"),
    "eligibility": (0x03, "shikaku"),
    "network": (0x04, "chiiki"),
    "research": (0x05, "kenkyu"),
    "registry": (0x06, "toroku"),
    "portal": (0x07, "portal"),
}
FIXED_SCOPE = {"insurers": "all", "eligibility": "all"}
EPOCH_MAX = 2**32 - 1
INSURERS_STAGE_EPOCH = 1  # the first stage of an eligibility symbol always has this epoch


class Refused(Exception):
    """A failure, as a word of the closed vocabulary, with the details that the specification requires."""

    def __init__(self, kind, **detail):
        super().__init__(kind)
        self.kind = kind
        self.detail = detail


# ---------------------------------------------------------------- section 1: numbers

ASCII_DIGITS = "0123456789"


def utf8_len(text):
    return len(text.encode("utf-8"))


def require_digits(text, length):
    for i, ch in enumerate(text):
        if ch not in ASCII_DIGITS:
            raise Refused("non-digit", offset=utf8_len(text[:i]))
    if len(text) != length:
        raise Refused("length", found=len(text))


def check_digit(body):
    require_digits(body, 11)
    total = 0
    for n in range(1, 12):
        p = ASCII_DIGITS.index(body[11 - n])  # n-th from the right
        q = n + 1 if n <= 6 else n - 5
        total += p * q
    r = total % 11
    return 0 if r <= 1 else 11 - r


def parse_number(text):
    require_digits(text, 12)
    if check_digit(text[:11]) != ASCII_DIGITS.index(text[11]):
        raise Refused("check-digit")
    if text == "000000000000":
        raise Refused("never-issued")
    return text


def code_points(*items):
    found = set()
    for item in items:
        first, last = item if isinstance(item, tuple) else (item, item)
        found.update(chr(c) for c in range(first, last + 1))
    return frozenset(found)


INVISIBLES = code_points((0x200B, 0x200D), 0x2060, 0xFEFF, 0x00AD)
SPACES = code_points(0x20, 0xA0, (0x2000, 0x200A), 0x202F, 0x205F, 0x3000)
DASHES = code_points(0x2D, (0x2010, 0x2015), 0x2043, 0x2212, 0xFE58, 0xFE63, 0xFF0D, 0x30FC, 0xFF70)
POINTS = code_points(0x2E, 0x5F, 0xFF0E, 0xFF3F)
SEPARATORS = SPACES | DASHES | POINTS
TRIMMED = SPACES | code_points(0x09, 0x0A, 0x0D)
CHANGES = ("invisibles", "trimmed", "full-width", "separators", "zeros-restored")
SCIENTIFIC = re.compile(r"[0-9]+(\.[0-9]*)?[eE][+-]?[0-9]+")


def normalize(text, restore_zeros):
    """Lenient normalisation. Returns the strict digits and the changes, in the order of CHANGES."""
    changed = set()
    chars = []  # (character, UTF-8 offset in the original text)
    at = 0
    for ch in text:
        if ch in INVISIBLES:
            changed.add("invisibles")
        else:
            chars.append((ch, at))
        at += utf8_len(ch)

    first, last = 0, len(chars)
    while first < last and chars[first][0] in TRIMMED:
        first += 1
    while last > first and chars[last - 1][0] in TRIMMED:
        last -= 1
    if last - first != len(chars):
        changed.add("trimmed")
    chars = chars[first:last]

    for i, (ch, offset) in enumerate(chars):
        if 0xFF10 <= ord(ch) <= 0xFF19:
            changed.add("full-width")
            chars[i] = (ASCII_DIGITS[ord(ch) - 0xFF10], offset)

    left = "".join(ch for ch, _ in chars)
    if not left:
        raise Refused("empty")
    if SCIENTIFIC.fullmatch(left):
        raise Refused("scientific-notation")
    for ch, offset in chars:
        if ch not in ASCII_DIGITS and ch not in SEPARATORS:
            raise Refused("character", offset=offset)

    if all(ch in ASCII_DIGITS for ch in left):
        digits = left
        if restore_zeros and 9 <= len(left) <= 11:
            digits = left.rjust(12, "0")
            changed.add("zeros-restored")
        elif len(left) != 12:
            raise Refused("length", found=len(left))
    else:
        shape = "".join("D" if ch in ASCII_DIGITS else "S" for ch in left)
        if not re.fullmatch("DDDDS{1,3}DDDDS{1,3}DDDD", shape):
            raise Refused("grouping")
        digits = "".join(ch for ch in left if ch in ASCII_DIGITS)
        changed.add("separators")
    parse_number(digits)
    return digits, [c for c in CHANGES if c in changed]


def normalize_integer(value):
    """An integer, whose leading zeros are lost: normalises its decimal digits with step 5 (restored zeros)."""
    if value < 0:
        raise Refused("negative")
    return normalize(str(value), restore_zeros=True)


def lineage(pairs):
    """pairs of (new, previous), all strict numbers; returns a function number -> first number."""
    previous_of = {}
    replaced = set()
    for i, (new, previous) in enumerate(pairs):
        parse_number(new)
        parse_number(previous)
        if new == previous:
            raise Refused("self-pair", pair=i)
        if new in previous_of:
            raise Refused("duplicate-new", pair=i)
        if previous in replaced:
            raise Refused("duplicate-previous", pair=i)
        previous_of[new] = previous
        replaced.add(previous)
    for start in previous_of:
        at = previous_of[start]
        while at in previous_of and at != start:
            at = previous_of[at]
        if at == start:
            raise Refused("cycle")

    def first(number):
        while number in previous_of:
            number = previous_of[number]
        return number

    return first


# ---------------------------------------------------------------- section 2: keys

def hmac_sha256(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def hkdf_expand(prk, info, length):
    """RFC 5869 section 2.3 in full, so that the published vectors apply to it."""
    okm, block, counter = b"", b"", 1
    while len(okm) < length:
        block = hmac_sha256(prk, block + info + bytes([counter]))
        okm += block
        counter += 1
    return okm[:length]


def label(purpose, scope, epoch):
    if purpose not in PURPOSES:
        raise Refused("unknown-purpose")
    if not re.fullmatch("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", scope):
        raise Refused("scope-id")
    if scope != FIXED_SCOPE.get(purpose, scope):
        raise Refused("scope-id-fixed")
    if epoch == 0:
        raise Refused("epoch-zero")
    if not 0 < epoch <= EPOCH_MAX:
        raise ValueError("the epoch does not fit in four bytes")
    head = b"fugo" + bytes([0x01, PURPOSES[purpose][0]]) + epoch.to_bytes(4, "big")
    return head + bytes([len(scope)]) + scope.encode("ascii")


def scope_key(root, purpose, scope, epoch):
    if len(root) != 32:
        raise ValueError("a root key has 32 bytes")
    info = label(purpose, scope, epoch)
    key = hkdf_expand(root, info, 32)
    assert key == hmac_sha256(root, info + b"\x01")
    return key


def key_tag(key):
    return hmac_sha256(key, b"fugo\x01tag\x01")[:4]


KEY_FILE_LINES = {
    "root": ["kind", "use", "tag", "key"],
    "scope": ["kind", "purpose", "scope", "epoch", "use", "tag", "key"],
}


def encode_key_file(kind, use, key, purpose=None, scope=None, epoch=None):
    values = {"kind": kind, "purpose": purpose, "scope": scope, "epoch": epoch, "use": use,
              "tag": key_tag(key).hex(), "key": key.hex()}
    return "fugo-key 1\n" + "".join(f"{n}: {values[n]}\n" for n in KEY_FILE_LINES[kind])


def parse_key_file(plaintext):
    lines = plaintext.split("\n")
    if lines.pop() != "":
        raise ValueError("outside the vectors: the last line has no LF")
    if not lines:
        raise Refused("missing-line")
    if lines[0].startswith("fugo-key "):
        if lines.pop(0) != "fugo-key 1":
            raise Refused("bad-value")
    elif lines[0].partition(": ")[0] in KEY_FILE_LINES["scope"]:
        raise Refused("missing-line")
    else:
        raise Refused("unknown-line")

    split = [line.partition(": ") for line in lines]
    if any(name not in KEY_FILE_LINES["scope"] or not colon for name, colon, _ in split):
        raise Refused("unknown-line")
    values = {name: value for name, _, value in split}
    if "kind" not in values:
        raise Refused("missing-line")
    if values["kind"] not in KEY_FILE_LINES:
        raise Refused("bad-value")
    expected = KEY_FILE_LINES[values["kind"]]
    found = [name for name, _, _ in split]
    if any(name not in expected for name in found):
        raise Refused("unknown-line")
    if any(name not in found for name in expected):
        raise Refused("missing-line")
    if found != expected:
        raise ValueError("outside the vectors: lines repeated or in another order")

    result = {"kind": values["kind"]}
    if values["kind"] == "scope":
        if not re.fullmatch("[1-9][0-9]{0,9}", values["epoch"]) or int(values["epoch"]) > EPOCH_MAX:
            raise Refused("bad-value")
        result.update(purpose=values["purpose"], scope=values["scope"], epoch=int(values["epoch"]))
        try:
            label(result["purpose"], result["scope"], result["epoch"])
        except Refused:
            raise Refused("bad-value") from None
    if values["use"] not in ("production", "test"):
        raise Refused("bad-value")
    if not re.fullmatch("[0-9a-f]{8}", values["tag"]):
        raise Refused("bad-value")
    if not re.fullmatch("[0-9a-f]{64}", values["key"]):
        raise Refused("bad-value")
    if key_tag(bytes.fromhex(values["key"])).hex() != values["tag"]:
        raise Refused("tag-mismatch")
    result.update(use=values["use"], tag=values["tag"])
    return result


# ---------------------------------------------------------------- section 3: symbols

def symbol_from_number(key, number):
    return hmac_sha256(key, parse_number(number).encode("ascii"))[:16]


def eligibility_from_insurers(eligibility_key, insurers_symbol):
    """The issuer's derivation, from insurers' symbols without numbers."""
    if len(insurers_symbol) != 16:
        raise ValueError("a symbol has 16 bytes")
    return hmac_sha256(eligibility_key, insurers_symbol)[:16]


def eligibility_from_number(root, epoch, number):
    first = symbol_from_number(scope_key(root, "insurers", "all", INSURERS_STAGE_EPOCH), number)
    return eligibility_from_insurers(scope_key(root, "eligibility", "all", epoch), first)


def derive(root, purpose, scope, epoch, number):
    """The symbol and its text form."""
    key = scope_key(root, purpose, scope, epoch)
    if purpose == "eligibility":
        symbol = eligibility_from_number(root, epoch, number)
    else:
        symbol = symbol_from_number(key, number)
    return symbol, encode_text(purpose, key_tag(key), symbol)


# ---------------------------------------------------------------- section 4: text form

BECH32_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BECH32M_CONST = 0x2BC830A3
BECH32_CONST = 1
BECH32_MAX = 90


def polymod(values):
    chk = 1
    for value in values:
        top = chk >> 25
        chk = (chk & 0x1FFFFFF) << 5 ^ value
        for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> i & 1:
                chk ^= g
    return chk


def expand_part(part):
    return [ord(c) >> 5 for c in part] + [0] + [ord(c) & 31 for c in part]


def bech32_encode(part, data, constant=BECH32M_CONST):
    """data: five-bit values. The constant is a parameter, so that a Bech32 text can be made, which must be refused."""
    check = polymod(expand_part(part) + list(data) + [0] * 6) ^ constant
    values = list(data) + [check >> 5 * (5 - i) & 31 for i in range(6)]
    return part + "1" + "".join(BECH32_ALPHABET[v] for v in values)


def bech32m_decode(text):
    """Bech32m as in BIP-350, upper case allowed. Returns (part, five-bit values) or None."""
    if any(not 33 <= ord(c) <= 126 for c in text) or len(text) > BECH32_MAX:
        return None
    if text.lower() != text and text.upper() != text:
        return None
    text = text.lower()
    cut = text.rfind("1")
    if cut < 1 or len(text) - cut - 1 < 6:
        return None
    part, tail = text[:cut], text[cut + 1:]
    if any(c not in BECH32_ALPHABET for c in tail):
        return None
    values = [BECH32_ALPHABET.index(c) for c in tail]
    if polymod(expand_part(part) + values) != BECH32M_CONST:
        return None
    return part, values[:-6]


def to_fives(data):
    bits = "".join(f"{byte:08b}" for byte in data)
    assert len(bits) % 5 == 0, "20 bytes leave no padding"
    return [int(bits[i:i + 5], 2) for i in range(0, len(bits), 5)]


def encode_text(purpose, tag, symbol):
    assert len(tag) == 4 and len(symbol) == 16
    return bech32_encode(PURPOSES[purpose][1], to_fives(tag + symbol))


def decode_text(text, purpose, tag):
    decoded = bech32m_decode(text)
    # Encoding again gives lower case, so this refuses upper case, which BIP-350 allows.
    if decoded is None or bech32_encode(*decoded) != text:
        raise Refused("corrupted")
    part, values = decoded
    if part not in [p for _, p in PURPOSES.values()]:
        raise Refused("unknown-part")
    if len(values) != 32:
        raise Refused("corrupted")
    if part != PURPOSES[purpose][1]:
        raise Refused("wrong-purpose")
    data = int("".join(f"{v:05b}" for v in values), 2).to_bytes(20, "big")
    if data[:4] != tag:
        raise Refused("wrong-key")
    return data[4:]


# ---------------------------------------------------------------- expected results by kind of file

VOCABULARY = {
    "numbers": ["non-digit", "length", "check-digit", "never-issued"],
    "check_digits": ["non-digit", "length"],
    "normalize": ["empty", "scientific-notation", "character", "grouping", "length", "check-digit",
                  "never-issued"],
    "integers": ["negative", "length", "check-digit"],
    "keys": ["scope-id", "scope-id-fixed", "epoch-zero", "unknown-purpose"],
    "symbols": [],
    "text": ["corrupted", "unknown-part", "wrong-purpose", "wrong-key"],
    "lineage": ["duplicate-new", "duplicate-previous", "self-pair", "cycle"],
    "keyfile": ["unknown-line", "missing-line", "bad-value", "tag-mismatch"],
}


def outcome(kind, case):
    """The reference's result for the inputs of one case: 'expect' and its further fields."""
    try:
        return {"expect": "ok", **ACCEPT[kind](case)}
    except Refused as refusal:
        assert refusal.kind in VOCABULARY[kind], refusal.kind
        return {"expect": refusal.kind, **refusal.detail}


def accept_numbers(case):
    parse_number(case["text"])
    return {}


def accept_check_digits(case):
    return {"digit": check_digit(case["body"])}


def accept_normalize(case):
    digits, changes = normalize(case["text"], case["restore_zeros"])
    return {"digits": digits, "changes": changes}


def accept_integers(case):
    digits, changes = normalize_integer(int(case["integer"]))
    return {"digits": digits, "changes": changes}


def accept_keys(case):
    root = bytes.fromhex(case["root"])
    names = case["purpose"], case["scope"], case["epoch"]
    key = scope_key(root, *names)
    return {"root_tag": key_tag(root).hex(), "label": label(*names).hex(),
            "scope_key": key.hex(), "tag": key_tag(key).hex()}


def accept_symbols(case):
    root = bytes.fromhex(case["root"])
    symbol, text = derive(root, case["purpose"], case["scope"], case["epoch"], case["number"])
    found = {"symbol": symbol.hex(), "text": text}
    if case["purpose"] == "eligibility":
        first, _ = derive(root, "insurers", "all", INSURERS_STAGE_EPOCH, case["number"])
        key = scope_key(root, "eligibility", "all", case["epoch"])
        assert eligibility_from_insurers(key, first) == symbol
        found["insurers_symbol"] = first.hex()
    return found


def accept_text(case):
    tag = bytes.fromhex(case["tag"])
    symbol = decode_text(case["text"], case["purpose"], tag)
    assert encode_text(case["purpose"], tag, symbol) == case["text"]
    return {"symbol": symbol.hex()}


def accept_lineage(case):
    first = lineage(case["pairs"])
    for number, expected in case["queries"]:
        assert first(number) == expected, (case, number)
    return {}


def accept_keyfile(case):
    found = parse_key_file(case["plaintext"])
    key = bytes.fromhex(case["plaintext"].split("\n")[-2].partition(": ")[2])
    names = {n: found[n] for n in ("purpose", "scope", "epoch") if n in found}
    assert encode_key_file(found["kind"], found["use"], key, **names) == case["plaintext"]
    return found


ACCEPT = {
    "numbers": accept_numbers, "check_digits": accept_check_digits, "normalize": accept_normalize,
    "integers": accept_integers,
    "keys": accept_keys, "symbols": accept_symbols, "text": accept_text,
    "lineage": accept_lineage, "keyfile": accept_keyfile,
}


def generated_files():
    """name -> (bytes, number of cases). Every case states its expected result, decided by hand. The reference's result
    must contain it."""
    import cases
    files = {}
    for kind, (about, listed) in cases.all_files().items():
        out = []
        for comment, inputs, stated in listed:
            found = outcome(kind, inputs)
            for name, value in stated.items():
                assert found[name] == value, (kind, comment, inputs, stated, found)
            out.append({"id": len(out) + 1, "comment": comment, **inputs, **found})
        doc = {"schema": "fugo-vectors-1", "kind": kind, "about": about, "cases": out}
        text = json.dumps(doc, ensure_ascii=True, indent=1) + "\n"
        files[kind + ".json"] = (text.encode("ascii"), len(out))
    return files


# ---------------------------------------------------------------- checks

WYCHEPROOF_SHA256 = "2d201cfa61d1bf95e6f5d07d96634b4a348b31e8eaa277ad7c8d09677b7a743f"


def known_answer():
    """Section 6 of the specification."""
    root, number = bytes(range(32)), "123456789018"
    assert key_tag(root).hex() == "0e84213a"
    assert label("agency", "nta", 1).hex() == "6675676f010100000001036e7461"
    key = scope_key(root, "agency", "nta", 1)
    assert key.hex() == "753e614d2f63180152f30488c967fb46ad0876995bd711b1c5df6448234540c0"
    assert key_tag(key).hex() == "7c2cb2a1"
    for purpose, scope, symbol, text in (
        ("agency", "nta", "aca8b7a2ad979b290c590b2464183640",
         "kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v"),
        ("insurers", "all", "d7da56371f414d6cc5e4d22d142087bb",
         "hokensha10k50hmwhmftrw86pf4kvtexj952zppam2edvsz"),
        ("eligibility", "all", "a2a10d1bae57c12b9a3cb92ecf0a2417",
         "shikaku1jargkyaz5yx3htjhcy4e509e9m8s5fqhm85jd5"),
    ):
        found = derive(root, purpose, scope, 1, number)
        assert (found[0].hex(), found[1]) == (symbol, text), purpose
        tag = key_tag(scope_key(root, purpose, scope, 1))
        assert decode_text(text, purpose, tag).hex() == symbol


def published():
    """Returns name -> number of published cases that the reference gives."""
    counts = {}

    def load(name):
        raw = (HERE / "published" / name).read_bytes()
        return raw, json.loads(raw)

    _, doc = load("rfc4231.json")
    for case in doc["cases"]:
        mac = bytes.fromhex(case["mac"])
        found = hmac_sha256(bytes.fromhex(case["key"]), bytes.fromhex(case["data"]))
        assert found[:len(mac)] == mac, ("rfc4231", case["case"])
    counts["published/rfc4231.json"] = len(doc["cases"])

    _, doc = load("rfc5869.json")
    for case in doc["cases"]:
        okm = hkdf_expand(bytes.fromhex(case["prk"]), bytes.fromhex(case["info"]), case["L"])
        assert okm.hex() == case["okm"], ("rfc5869", case["case"])
    counts["published/rfc5869.json"] = len(doc["cases"])

    _, doc = load("bip350.json")
    for text in doc["valid"]:
        decoded = bech32m_decode(text)
        assert decoded and bech32_encode(*decoded) == text.lower(), ("bip350", text)
    for case in doc["invalid"]:
        assert bech32m_decode(case["text"]) is None, ("bip350", case["text"])
    counts["published/bip350.json"] = len(doc["valid"]) + len(doc["invalid"])

    raw, doc = load("wycheproof_hmac_sha256.json")
    assert hashlib.sha256(raw).hexdigest() == WYCHEPROOF_SHA256, "the Wycheproof file was altered"
    done = 0
    for group in doc["testGroups"]:
        for case in group["tests"]:
            found = hmac_sha256(bytes.fromhex(case["key"]), bytes.fromhex(case["msg"]))
            matches = found[:group["tagSize"] // 8].hex() == case["tag"]
            assert matches == (case["result"] == "valid"), ("wycheproof", case["tcId"])
            done += 1
    assert done == doc["numberOfTests"]
    counts["published/wycheproof_hmac_sha256.json"] = done
    return counts


def command_check():
    known_answer()
    counts = published()
    for name, (wanted, count) in generated_files().items():
        path = HERE / name
        if not path.is_file() or path.read_bytes() != wanted:
            print(STALE)
            return 1
        counts[name] = count
    for name, count in counts.items():
        print(f"{name}: {count}")
    print(f"total: {sum(counts.values())}")
    return 0


def command_write():
    known_answer()
    for name, (wanted, count) in generated_files().items():
        (HERE / name).write_bytes(wanted)
        print(f"{name}: {count}")
    return 0


def command_derive():
    """One answer per line; {"error": kind} for a refused line. Numbers are never repeated."""
    status = 0
    for line in sys.stdin:
        try:
            q = json.loads(line)
            root = bytes.fromhex(q["root"])
            symbol, text = derive(root, q["purpose"], q["scope"], q["epoch"], q["number"])
            answer = {"symbol": symbol.hex(), "text": text}
        except Refused as refusal:
            answer, status = {"error": refusal.kind}, 1
        except (AttributeError, KeyError, TypeError, ValueError):
            answer, status = {"error": "bad-request"}, 1
        print(json.dumps(answer), flush=True)
    return status


def main():
    sys.dont_write_bytecode = True
    parser = argparse.ArgumentParser(description="Reference implementation and vector files.")
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--write", action="store_true", help="write the generated files again")
    group.add_argument("--check", action="store_true", help="verify everything, write nothing")
    group.add_argument("--derive", action="store_true", help="answer JSON lines from stdin")
    args = parser.parse_args()
    if not __debug__:
        parser.error("the checks are assert statements: run without -O")
    if args.write:
        return command_write()
    return command_check() if args.check else command_derive()


if __name__ == "__main__":
    sys.exit(main())
