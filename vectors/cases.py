"""The inputs of every generated vector file, each with its expected result, which was decided by hand.

all_files() gives kind -> (about, [(comment, inputs, stated)]). `stated` holds at least `expect`. reference.py computes
the complete result, and refuses to write a file if the two differ. The lists of code points are written a second time
here on purpose, so that an error in one of them is detected.
"""

import hashlib

import reference as ref

MAIN = "123456789018"  # the usual sample number; all other samples have a visible pattern
# Patterned numbers, at least one for each check digit. The two with digit 0 have the two remainders that give 0.
BY_CHECK_DIGIT = [
    ("0, remainder 0", "000000000140"),
    ("0, remainder 1", "000000000060"),
    ("1", "000000000051"),
    ("2", "000000000302"),
    ("3", "000000000043"),
    ("4", "000000000094"),
    ("5", "000000000035"),
    ("6", "000000000086"),
    ("7", "000000000027"),
    ("8", "000000000078"),
    ("9", "000000000019"),
]


class Cases:
    def __init__(self):
        self.listed = []

    def add(self, comment, inputs, expect, **stated):
        for _, earlier, outcome in self.listed:
            if earlier == inputs:  # loops may meet in one input: the first one stays
                assert outcome["expect"] == expect, (comment, inputs)
                return
        self.listed.append((comment, inputs, {"expect": expect, **stated}))


def named(ch):
    return f"U+{ord(ch):04X}"


def chars(*items):
    found = []
    for item in items:
        first, last = item if isinstance(item, tuple) else (item, item)
        found += [chr(c) for c in range(first, last + 1)]
    return found


# ---------------------------------------------------------------- numbers, check_digits

# Weight of each position from the left, as in the specification.
WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def single_digit_body(position, digit):
    return "0" * position + str(digit) + "0" * (10 - position)


def by_weights(body):
    """The check digit, computed again, from the weights from left to right."""
    r = sum(w * int(d) for w, d in zip(WEIGHTS, body)) % 11
    return 0 if r <= 1 else 11 - r


FOREIGN_DIGITS = [
    ("full-width", "\uff11"), ("Arabic-Indic", "\u0661"), ("extended Arabic-Indic", "\u06f1"),
    ("Devanagari", "\u0967"), ("Thai", "\u0e51"), ("mathematical bold", "\U0001d7cf"),
    ("superscript", "\u00b9"), ("circled", "\u2460"), ("kanji", "\u4e00"), ("Roman", "\u2160"),
]


def numbers():
    c = Cases()

    def add(comment, text, expect, **stated):
        c.add(comment, {"text": text}, expect, **stated)

    add("the usual sample number", MAIN, "ok")
    for digit, number in BY_CHECK_DIGIT:
        add(f"check digit {digit}", number, "ok")
    add("one digit away from an earlier case; both have check digit 0", "000000003140", "ok")
    add("largest number that passes", "999999999996", "ok")
    for position in range(11):
        body = single_digit_body(position, 1)
        add(f"a one at position {position + 1} from the left, weight {WEIGHTS[position]}",
            body + str(by_weights(body)), "ok")

    for digit in "012345679":
        add(f"check digit {digit} instead of 8", MAIN[:11] + digit, "check-digit")
    for position in range(11):
        wrong = MAIN[:position] + str((int(MAIN[position]) + 1) % 10) + MAIN[position + 1:]
        add(f"digit {position + 1} raised by one", wrong, "check-digit")
    for position in range(11):
        swapped = (MAIN[:position] + MAIN[position + 1] + MAIN[position] + MAIN[position + 2:])
        add(f"digits {position + 1} and {position + 2} swapped", swapped, "check-digit")
    for digit in "123456789":
        add(f"all digits {digit}", digit * 12, "check-digit")
    add("all but the last digit zero", "000000000001", "check-digit")
    add("specimen that printed cards show", "123456789012", "check-digit")
    add("all zeros passes the formula and was never issued", "000000000000", "never-issued")

    add("empty", "", "length", found=0)
    for n in list(range(1, 12)) + [13, 14, 16, 24]:
        add(f"{n} digits", (MAIN * 2)[:n], "length", found=n)
    add("a leading zero lost", "00000000019", "length", found=11)
    add("13 zeros", "0" * 13, "length", found=13)

    for position in range(12):
        add(f"letter at position {position + 1}", MAIN[:position] + "x" + MAIN[position + 1:],
            "non-digit", offset=position)
    for name, ch in FOREIGN_DIGITS:
        add(f"{name} digit one first", ch + MAIN[1:], "non-digit", offset=0)
        add(f"{name} digit one last", MAIN[:11] + ch, "non-digit", offset=11)
    add("full-width digits only", "".join(chr(0xFF10 + int(d)) for d in MAIN), "non-digit", offset=0)
    add("two non-digits: the first is reported", "12345a78b018", "non-digit", offset=5)
    for name, ch in (("LF", "\n"), ("CR", "\r"), ("tab", "\t"), ("space", " "), ("NUL", "\0"),
                     ("ideographic space", "\u3000"), ("zero-width space", "\u200b")):
        add(f"trailing {name}: also 13 characters, the non-digit wins", MAIN + ch, "non-digit",
            offset=12)
        add(f"leading {name}: also 13 characters, the non-digit wins", ch + MAIN, "non-digit",
            offset=0)
    add("CR LF at the end", MAIN + "\r\n", "non-digit", offset=12)
    add("byte order mark at the start", "\ufeff" + MAIN, "non-digit", offset=0)
    add("groups with spaces", "1234 5678 9018", "non-digit", offset=4)
    add("groups with hyphens", "1234-5678-9018", "non-digit", offset=4)
    add("plus sign", "+" + MAIN, "non-digit", offset=0)
    add("minus sign", "-" + MAIN, "non-digit", offset=0)
    add("plus sign in twelve characters", "+" + MAIN[1:], "non-digit", offset=0)
    add("decimal point after twelve digits", MAIN + ".0", "non-digit", offset=12)
    add("scientific notation", "1.23456789018E+11", "non-digit", offset=1)
    add("hexadecimal prefix", "0x3456789018", "non-digit", offset=1)
    add("underscores as in source code", "123_456_789_018", "non-digit", offset=3)
    add("non-digit and too short", "12a4", "non-digit", offset=2)
    add("one letter", "x", "non-digit", offset=0)
    add("one space", " ", "non-digit", offset=0)
    add("one four-byte character", "\U0001f600", "non-digit", offset=0)
    add("eleven digits and one four-byte character", MAIN[:11] + "\U0001f600", "non-digit",
        offset=11)
    add("twelve digits and a combining mark", MAIN + "\u0301", "non-digit", offset=12)
    return ("Strict parsing of a number (section 1). The first error that applies: a non-digit, with "
            "the UTF-8 byte offset of the first one; the length found; the check digit; never "
            "issued."), c.listed


def check_digits():
    c = Cases()

    def add(comment, body, expect, **stated):
        c.add(comment, {"body": body}, expect, **stated)

    add("body of the usual sample number", MAIN[:11], "ok", digit=8)
    for digit, number in BY_CHECK_DIGIT:
        add(f"check digit {digit}", number[:11], "ok", digit=int(digit[0]))
    add("all zeros: the formula gives 0, though the number is refused", "0" * 11, "ok", digit=0)
    add("all nines", "9" * 11, "ok", digit=6)
    for position in range(11):
        for digit in (1, 9):
            body = single_digit_body(position, digit)
            add(f"a {digit} at position {position + 1} from the left, weight {WEIGHTS[position]}",
                body, "ok", digit=by_weights(body))
    for n in (0, 1, 10, 12, 22):
        add(f"{n} digits", (MAIN * 2)[:n], "length", found=n)
    for position in (0, 5, 10):
        add(f"letter at position {position + 1}",
            MAIN[:position] + "x" + MAIN[position + 1:11], "non-digit", offset=position)
    for name, ch in FOREIGN_DIGITS:
        add(f"{name} digit one last", MAIN[:10] + ch, "non-digit", offset=10)
    add("full-width digits only", "".join(chr(0xFF10 + int(d)) for d in MAIN[:11]), "non-digit",
        offset=0)
    add("trailing LF: also 12 characters, the non-digit wins", MAIN[:11] + "\n", "non-digit",
        offset=11)
    add("minus sign: also 12 characters, the non-digit wins", "-" + MAIN[:11], "non-digit", offset=0)
    return ("The check digit of an eleven-digit body (section 1). A body that is not eleven ASCII "
            "digits is refused: a non-digit first, then the length."), c.listed


# ---------------------------------------------------------------- normalize

INVISIBLES = chars((0x200B, 0x200D), 0x2060, 0xFEFF, 0x00AD)
SPACES = chars(0x20, 0xA0, (0x2000, 0x200A), 0x202F, 0x205F, 0x3000)
DASHES = chars(0x2D, (0x2010, 0x2015), 0x2043, 0x2212, 0xFE58, 0xFE63, 0xFF0D, 0x30FC, 0xFF70)
POINTS = [".", "_", "\uff0e", "\uff3f"]
CONTROLS = ["\t", "\n", "\r"]


def normalize():
    c = Cases()
    g1, g2, g3 = MAIN[:4], MAIN[4:8], MAIN[8:]

    def add(comment, text, expect, restore=False, **stated):
        c.add(comment, {"text": text, "restore_zeros": restore}, expect, **stated)

    def good(comment, text, *changes, restore=False, digits=MAIN):
        add(comment, text, "ok", restore, digits=digits, changes=list(changes))

    good("strict already", MAIN)
    good("strict already, restoring allowed", MAIN, restore=True)
    for digit, number in BY_CHECK_DIGIT:
        good(f"check digit {digit}", number, digits=number)
    for ch in SPACES + DASHES + POINTS:
        good(f"{named(ch)} between the groups", g1 + ch + g2 + ch + g3, "separators")
    for ch in SPACES + CONTROLS:
        good(f"{named(ch)} at the start", ch + MAIN, "trimmed")
        good(f"{named(ch)} at the end", MAIN + ch, "trimmed")
    for ch in INVISIBLES:
        good(f"{named(ch)} at the start", ch + MAIN, "invisibles")
        good(f"{named(ch)} between digits", MAIN[:5] + ch + MAIN[5:], "invisibles")
        good(f"{named(ch)} at the end", MAIN + ch, "invisibles")
    for d in "0123456789":
        at = MAIN.index(d)
        good(f"U+FF1{d} for one digit", MAIN[:at] + chr(0xFF10 + int(d)) + MAIN[at + 1:],
             "full-width")
    wide = "".join(chr(0xFF10 + int(d)) for d in MAIN)
    good("all digits full-width", wide, "full-width")
    good("full-width digits and full-width hyphens",
         wide[:4] + "\uff0d" + wide[4:8] + "\uff0d" + wide[8:], "full-width", "separators")
    good("full-width digits and ideographic spaces",
         "\u3000" + wide[:4] + "\u3000" + wide[4:8] + "\u3000" + wide[8:] + "\u3000",
         "trimmed", "full-width", "separators")
    good("two separators of two kinds in each place", g1 + " -" + g2 + "- " + g3, "separators")
    good("three separators in each place", g1 + " - " + g2 + " - " + g3, "separators")
    good("three equal separators", g1 + "---" + g2 + "---" + g3, "separators")
    good("the two places need not match", g1 + "." + g2 + "\u30fc\u3000" + g3, "separators")
    good("one separator and three", g1 + "_" + g2 + "\u2212\u2212\u2212" + g3, "separators")
    good("invisible between separators", g1 + "-\u200b-" + g2 + "-" + g3, "invisibles", "separators")
    good("invisibles do not count as separators", g1 + "--\u00ad-" + g2 + " " + g3,
         "invisibles", "separators")
    good("invisibles in place of separators only", g1 + "\u200b" + g2 + "\u00ad" + g3, "invisibles")
    good("invisible outside of a space that is then trimmed", "\ufeff " + MAIN + " \u200b",
         "invisibles", "trimmed")
    good("invisible inside the trimmed part", " \u2060 " + MAIN, "invisibles", "trimmed")
    good("tab next to an invisible at the start", "\u200b\t" + MAIN, "invisibles", "trimmed")
    good("CR LF at the end", MAIN + "\r\n", "trimmed")
    good("groups and a trailing LF", g1 + "-" + g2 + "-" + g3 + "\n", "trimmed", "separators")
    good("every change but the restored zeros",
         "\ufeff\u3000" + wide[:4] + "\u30fc" + wide[4:8] + " - " + wide[8:] + "\r\n",
         "invisibles", "trimmed", "full-width", "separators")
    good("eleven digits restored", "19".rjust(11, "0"), "zeros-restored", restore=True,
         digits="000000000019")
    good("ten digits restored", "1000000007", "zeros-restored", restore=True, digits="001000000007")
    good("nine digits restored", "100000008", "zeros-restored", restore=True, digits="000100000008")
    good("full-width, trimmed and restored",
         " " + "".join(chr(0xFF10 + int(d)) for d in "100000008"),
         "trimmed", "full-width", "zeros-restored", restore=True, digits="000100000008")
    good("invisible and restored", "10000\u200b00007", "invisibles", "zeros-restored", restore=True,
         digits="001000000007")
    good("groups with restoring allowed", g1 + " " + g2 + " " + g3, "separators", restore=True)

    add("empty", "", "empty")
    for ch in SPACES + CONTROLS:
        add(f"{named(ch)} alone", ch, "empty")
    for ch in INVISIBLES:
        add(f"{named(ch)} alone", ch, "empty")
    add("spaces, invisibles and a line end", " \u200b\u3000\r\n", "empty")
    add("empty with restoring allowed", "", "empty", True)

    for text in ("1.23457E+11", "1.23456789018E+11", "1.23457e+11", "1E11", "1e5", "1.E+11",
                 "123456789018E0", "1.2E-3", "\uff11.23457E+11", " 1.23457E+11\n",
                 "1.2345\u200b7E+11"):
        add("scientific notation", text, "scientific-notation")
    add("scientific notation with restoring allowed", "1.23457E+11", "scientific-notation", True)
    add("no digit before the point: not scientific notation", ".5E5", "character", offset=2)
    add("a sign before it: not scientific notation", "-1E5", "character", offset=2)
    add("no exponent: not scientific notation", "1.2E", "character", offset=3)
    add("two points: not scientific notation", "1.2.3E5", "character", offset=5)
    add("full-width letter E: not scientific notation", "1.23457\uff25+11", "character", offset=7)
    add("full-width point: not scientific notation", "1\uff0e23457E+11", "character", offset=9)
    add("a point in the exponent: not scientific notation", "1E1.5", "character", offset=1)
    add("a comma for a point", "1,23457E+11", "character", offset=1)
    add("scientific notation with a word behind it", "1.2E+11x", "character", offset=3)

    table = set(INVISIBLES + SPACES + DASHES + POINTS + CONTROLS + list("0123456789")
                + [chr(0xFF10 + d) for d in range(10)])
    near = sorted({chr(ord(ch) + step) for ch in table for step in (-1, 1)} - table)
    far = chars(0x0085, 0x034F, 0x061C, 0x115F, 0x1680, 0x180E, 0x2028, 0x2029, 0x202D, 0x2062,
                0x2064, 0x2066, 0x3164, 0xFE0F, 0x00B7, 0x058A, 0x05BE, 0x1400, 0x1806, 0x2027,
                0x207B, 0x2500, 0x2796, 0x2E3A, 0x3002, 0x301C, 0x3030, 0x4E00, 0xFE31, 0xFE32,
                0xFE52, 0xFF5E, 0xFF61, 0xFF65, 0x0301, 0x1F600) + ["x", "E", "*", "("]
    far = [ch for ch in far if ch not in near]
    for ch in near:
        add(f"{named(ch)}, a neighbour of a code point of the table", g1 + ch + g2 + "-" + g3,
            "character", offset=4)
    for ch in far:
        add(f"{named(ch)} is not in the table", g1 + "-" + g2 + ch + g3, "character", offset=9)
    for ch in CONTROLS:
        add(f"{named(ch)} not at an end", g1 + ch + g2 + "-" + g3, "character", offset=4)
    for ch in chars(0x0B, 0x0C, 0x85, 0x1680, 0x180E, 0x2028, 0x2029, 0x200E):
        add(f"{named(ch)} is not trimmed at the start", ch + MAIN, "character", offset=0)
        add(f"{named(ch)} is not trimmed at the end", MAIN + ch, "character", offset=12)
    for name, ch in FOREIGN_DIGITS[1:]:
        add(f"{name} digit one", ch + MAIN[1:], "character", offset=0)
    add("the offset counts bytes of the original: invisible before it", "\u200b12x4", "character",
        offset=5)
    add("the offset counts bytes of the original: trimmed spaces before it", "\u3000\u300012x4",
        "character", offset=8)
    add("the offset counts bytes of the original: full-width digits before it", "\uff11\uff12x4",
        "character", offset=6)
    add("the offset counts bytes of the original: separators before it", "1234\u30fc5x78",
        "character", offset=8)
    add("two characters at fault: the first is reported", "12a4b", "character", offset=2)
    add("quotation marks", '"' + MAIN + '"', "character", offset=0)
    add("an apostrophe before it", "'" + MAIN, "character", offset=0)
    add("an LF that is not at the end", MAIN + "\nx", "character", offset=12)
    add("a plus sign", "+" + MAIN, "character", offset=0)
    add("words", "number", "character", offset=0)
    add("the text form of a symbol", "kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v", "character",
        offset=0)

    for ch in ("-", "\u2212", "\u30fc", ".", "_"):
        add(f"{named(ch)} at the start is not trimmed", ch + MAIN, "grouping")
        add(f"{named(ch)} at the end is not trimmed", MAIN + ch, "grouping")
    for name, text in (
        ("four separators in the first place", g1 + "----" + g2 + "-" + g3),
        ("four separators in the second place", g1 + " " + g2 + " -  " + g3),
        ("3-5-4", "123-45678-9018"), ("4-5-3", "1234-56789-018"), ("5-4-3", "12345-6789-018"),
        ("6-6", "123456-789018"), ("4-8", "1234-56789018"), ("8-4", "12345678-9018"),
        ("3-3-3-3", "123-456-789-018"), ("2-2-2-2-2-2", "12-34-56-78-90-18"),
        ("every digit apart", " ".join(MAIN)), ("4-4-3", "1234-5678-901"),
        ("4-4-5", "1234-5678-90180"), ("4-4-4-4", "1234-5678-9018-0000"),
        ("3-4-4, a leading zero lost", "234-5678-9018"),
        ("4-4-4 and a point at the end", "1234-5678-9018."),
        ("4-4-4 and a hyphen at the start", "-1234-5678-9018"),
        ("decimal point", MAIN + ".0"), ("a hyphen alone", "-"), ("points alone", "..."),
        ("a hyphen that a trimmed space leaves at the end", MAIN + " - "),
        ("thousands with points", "123.456.789.018"),
    ):
        add(name, text, "grouping")
    add("grouped digits are not restored", "1000-0000-008", "grouping", True)
    add("one space in eleven digits is grouping", "1000000 0008", "grouping", True)

    for n in (1, 8, 9, 10, 11, 13, 24):
        add(f"{n} digits", (MAIN * 2)[:n], "length", found=n)
    for n in (1, 8, 13, 24):
        add(f"{n} digits are not restored", (MAIN * 2)[:n], "length", True, found=n)
    add("found counts digits only", "\u200b \uff11\uff12345\n", "length", found=5)
    add("eleven digits restorable, but not allowed", "00000000019", "length", found=11)

    add("wrong check digit", MAIN[:11] + "1", "check-digit")
    add("wrong check digit in groups", "1234-5678-9012", "check-digit")
    add("wrong check digit, full-width", wide[:11] + "\uff10", "check-digit")
    add("wrong check digit after restoring", "12345678901", "check-digit", True)
    add("wrong check digit after restoring nine digits", "123456789", "check-digit", True)
    add("all zeros", "0" * 12, "never-issued")
    add("all zeros in groups", "0000 0000 0000", "never-issued")
    add("all zeros, full-width", "\uff10" * 12, "never-issued")
    add("all zeros after restoring", "0" * 9, "never-issued", True)
    return ("Lenient normalisation, NORMALIZE_REVISION 2 (section 1). `changes` is in the fixed "
            "order invisibles, trimmed, full-width, separators, zeros-restored. After steps 1 to 3: "
            "nothing left; scientific notation as a whole; a character that is neither digit nor "
            "separator, with its UTF-8 byte offset in the original text; then without separators "
            "the length, with separators the grouping; then the strict checks."), c.listed


# ---------------------------------------------------------------- integers

def integers():
    c = Cases()

    def good(comment, integer, digits, *changes):
        c.add(comment, {"integer": integer}, "ok", digits=digits, changes=list(changes))

    def bad(comment, integer, expect, **stated):
        c.add(comment, {"integer": integer}, expect, **stated)

    good("twelve digits", MAIN, MAIN)
    good("largest number that passes", "999999999996", "999999999996")
    good("eleven digits", "10000000006", "010000000006", "zeros-restored")
    good("ten digits", "1000000007", "001000000007", "zeros-restored")
    good("nine digits", "100000008", "000100000008", "zeros-restored")
    for digit, number in BY_CHECK_DIGIT:
        short = number.lstrip("0")
        bad(f"a number with check digit {digit[0]} that begins with nine zeros or more", short, "length",
            found=len(short))
    bad("zero", "0", "length", found=1)
    for n in range(1, 9):
        bad(f"a row number of {n} digits, though padding would make a valid number",
            "1" + "0" * (n - 2) + str(by_weights("0" * (12 - n) + "1" + "0" * (n - 2))) if n > 1 else "1",
            "length", found=n)
    bad("nine digits, check digit wrong", "100000000", "check-digit")
    bad("ten digits, check digit wrong", "1000000000", "check-digit")
    bad("eleven digits, check digit wrong", "10000000000", "check-digit")
    bad("twelve digits, check digit wrong", "123456789010", "check-digit")
    bad("thirteen digits", "1000000000000", "length", found=13)
    bad("largest signed integer of 64 bits", str(2**63 - 1), "length", found=19)
    bad("largest unsigned integer of 64 bits", str(2**64 - 1), "length", found=20)
    bad("a valid number below zero", "-" + MAIN, "negative")
    bad("minus one", "-1", "negative")
    bad("smallest signed integer of 64 bits", str(-2**63), "negative")
    return ("Integers under step 5 of section 1.2, NORMALIZE_REVISION 2: as text, since 64 bits are more than JSON "
            "readers hold. Their leading zeros are lost; 9 to 11 digits are padded, twelve are taken, any other "
            "count is refused, so that no row number becomes a person."), c.listed


# ---------------------------------------------------------------- keys, symbols

ROOTS = [bytes(range(32)), hashlib.sha256(b"fugo test vectors, root 2").digest(), b"\xff" * 32]
SCOPES = {
    "agency": ["nta", "a", "city-13101-kokuho-0123456789-abcdefghijk"],
    "insurers": ["all"],
    "eligibility": ["all"],
    "network": ["pref-13", "all"],
    "research": ["study-2026-001", "0"],
    "registry": ["cancer", "9-a"],
    "portal": ["phr", "a--b"],
}
EPOCHS = [1, 2, 256, 2**32 - 1]


def keys():
    c = Cases()

    def add(comment, purpose, scope, epoch, expect, root=ROOTS[0]):
        c.add(comment, {"root": root.hex(), "purpose": purpose, "scope": scope, "epoch": epoch},
              expect)

    for purpose, scopes in SCOPES.items():
        for scope in scopes:
            for epoch in EPOCHS:
                add("each purpose, scope and epoch", purpose, scope, epoch, "ok")
    for root in ROOTS[1:]:
        for purpose in SCOPES:
            add("another root key", purpose, SCOPES[purpose][0], 1, "ok", root)
    for scope in ("a1", "1a", "a-1", "a" * 39, "a" * 40, "0" * 40, "a" + "-" * 38 + "z", "all"):
        add("a scope id at its limits", "agency", scope, 1, "ok")
    for epoch in (10, 255, 65535, 65536, 2**24, 2**31 - 1, 2**31):
        add("an epoch that fills more of its four bytes", "agency", "nta", epoch, "ok")

    for name, scope in (
        ("empty", ""), ("41 characters", "a" * 41), ("256 characters", "a" * 256),
        ("upper case", "NTA"), ("one upper-case letter", "ntA"), ("underscore", "n_t"),
        ("point", "n.t"), ("slash", "n/t"), ("space inside", "n t"), ("leading space", " nta"),
        ("trailing space", "nta "), ("trailing LF", "nta\n"), ("leading hyphen", "-nta"),
        ("trailing hyphen", "nta-"), ("a hyphen alone", "-"), ("NUL", "n\0t"),
        ("full-width letter", "nt\uff41"), ("full-width digit", "nta\uff11"),
        ("Arabic-Indic digit", "nta\u0661"), ("kanji", "\u56fd\u7a0e\u5e81"),
        ("letter with an accent", "nt\u00e1"), ("non-breaking hyphen", "n\u2011ta"),
        ("neighbour of a: grave accent", "nt`"), ("neighbour of z: brace", "nt{"),
        ("neighbour of 9: colon", "nt:"), ("40 characters that are 120 bytes", "\uff41" * 40),
    ):
        add(f"scope id: {name}", "agency", scope, 1, "scope-id")
    for purpose in ("network", "research", "registry", "portal"):
        add("scope id: upper case", purpose, "ABC", 1, "scope-id")
    for purpose in ("insurers", "eligibility"):
        for scope in ("nta", "al", "all-1", "a"):
            add("this purpose has the one id all", purpose, scope, 1, "scope-id-fixed")
    for purpose, scopes in SCOPES.items():
        add("epoch 0", purpose, scopes[0], 0, "epoch-zero")
    for purpose in ("", "Agency", "AGENCY", "agencies", "agency ", " agency", "insurer", "kikan",
                    "tag", "1", "0x01", "\uff41gency", "agency\n"):
        add("not a purpose", purpose, "nta", 1, "unknown-purpose")
    return ("The key ladder (section 2): label, scope key, and the tags of root and scope key."), c.listed


def symbols():
    c = Cases()
    given = [MAIN, "000000000019", "100000000005", "999999999996"]
    for root in ROOTS:
        for purpose, scopes in SCOPES.items():
            for scope in scopes:
                for epoch in ((1, 2, 2**32 - 1) if root is ROOTS[0] else (1, 7)):
                    for number in given:
                        c.add(f"{purpose}/{scope}/{epoch}",
                              {"root": root.hex(), "purpose": purpose, "scope": scope,
                               "epoch": epoch, "number": number}, "ok")
    return ("Symbols of every purpose (sections 3 and 4), as bytes and as text. For eligibility "
            "`epoch` is that of the eligibility scope; `insurers_symbol` is the first stage, always "
            "of the insurers' scope at epoch 1, and the eligibility symbol follows from it and the "
            "eligibility scope key alone."), c.listed


# ---------------------------------------------------------------- text

def stream(name):
    """Deterministic bytes, so that the sample of errors is the same on every machine."""
    counter = 0
    while True:
        for byte in hashlib.sha256(f"{name}/{counter}".encode("ascii")).digest():
            yield byte
        counter += 1


def substitute(text, positions, draw):
    out = list(text)
    for at in positions:
        old = out[at]
        while out[at] == old:
            out[at] = ref.BECH32_ALPHABET[next(draw) % 32]
    return "".join(out)


def pick(draw, count, low, high):
    found = []
    while len(found) < count:
        at = low + next(draw) % (high - low)
        if at not in found:
            found.append(at)
    return sorted(found)


def text():
    c = Cases()
    tag = bytes.fromhex("7c2cb2a1")
    symbol = bytes.fromhex("aca8b7a2ad979b290c590b2464183640")
    good = ref.encode_text("agency", tag, symbol)
    assert good == "kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v"
    fives = ref.to_fives(tag + symbol)

    def add(comment, value, expect, purpose="agency", tag=tag, **stated):
        c.add(comment, {"text": value, "purpose": purpose, "tag": tag.hex()}, expect, **stated)

    add("known answer of section 6", good, "ok", symbol=symbol.hex())
    samples = {}
    for purpose in ref.PURPOSES:
        draw = stream(purpose)
        t, s = bytes(next(draw) for _ in range(4)), bytes(next(draw) for _ in range(16))
        samples[purpose] = (t, s, ref.encode_text(purpose, t, s))
        add("one of each purpose", samples[purpose][2], "ok", purpose, t, symbol=s.hex())
        for name, t, s in (("all bits zero", bytes(4), bytes(16)),
                           ("all bits one", b"\xff" * 4, b"\xff" * 16)):
            add(name, ref.encode_text(purpose, t, s), "ok", purpose, t, symbol=s.hex())

    for purpose, (t, _, value) in samples.items():
        start = value.index("1") + 1
        for errors in (1, 2, 3, 4):
            draw = stream(f"{purpose} {errors}")
            for _ in range(3):
                add(f"{errors} substituted in data or checksum",
                    substitute(value, pick(draw, errors, start, len(value)), draw), "corrupted",
                    purpose, t)
    for at in range(len(good)):
        draw = stream(f"position {at}")
        if good[at] != "1":
            add(f"character {at + 1} substituted", substitute(good, [at], draw), "corrupted")
    for ch in "bio1":
        add(f"data character {ch}, not of the alphabet", good[:10] + ch + good[11:], "corrupted")
    add("the separator substituted", good.replace("1", "l", 1), "corrupted")
    six = ("network", "research", "registry", "portal")
    for purpose in six:
        for other in six:
            if other != purpose:
                t, _, value = samples[purpose]
                add(f"the part of {purpose} replaced by that of {other}",
                    ref.PURPOSES[other][1] + value[6:], "corrupted", other, t)
    add("two neighbours swapped", good[:9] + good[10] + good[9] + good[11:], "corrupted")
    add("two neighbours of the part swapped", "ikkan" + good[5:], "corrupted")

    for at in (0, 4, 5, 6, 20, 37, 38, len(good) - 1):
        add(f"character {at + 1} lost", good[:at] + good[at + 1:], "corrupted")
        add(f"character {at + 1} doubled", good[:at + 1] + good[at:], "corrupted")
    for n in (2, 6, 10):
        add(f"the last {n} characters lost", good[:-n], "corrupted")
    add("said twice", good + good, "corrupted")
    # With Bech32 (instead of Bech32m), a q could be inserted before a final p without detection.
    ends = next(v for v in (ref.encode_text("agency", tag, bytes([i]) * 16) for i in range(256))
                if v.endswith("p"))
    add("ends in p", ends, "ok")
    add("q inserted before a final p", ends[:-1] + "qp", "corrupted")
    add("qq inserted before a final p", ends[:-1] + "qqp", "corrupted")

    add("upper case", good.upper(), "corrupted")
    add("part in upper case", "KIKAN" + good[5:], "corrupted")
    add("first letter in upper case", "K" + good[1:], "corrupted")
    add("data in upper case", good[:6] + good[6:].upper(), "corrupted")
    add("one data character in upper case", good[:-1] + good[-1].upper(), "corrupted")
    for ch in (" ", "\t", "\n", "\r", "\u00a0", "\u3000", "\u200b", "\ufeff", "\0", "\x7f", "\x80"):
        add(f"{named(ch)} at the start", ch + good, "corrupted")
        add(f"{named(ch)} at the end", good + ch, "corrupted")
        add(f"{named(ch)} inside", good[:20] + ch + good[20:], "corrupted")
    add("full-width letter", "\uff4b" + good[1:], "corrupted")
    add("full-width digit one for the separator", good.replace("1", "\uff11", 1), "corrupted")
    add("Kelvin sign, whose lower case is k", "\u212a" + good[1:], "corrupted")
    add("quotation marks", '"' + good + '"', "corrupted")

    for purpose, (t, s, _) in samples.items():
        add("Bech32 checksum instead of Bech32m",
            ref.bech32_encode(ref.PURPOSES[purpose][1], ref.to_fives(t + s), ref.BECH32_CONST),
            "corrupted", purpose, t)
    for n in (0, 1, 7, 26, 31):
        add(f"good checksum over {n} data characters", ref.bech32_encode("kikan", fives[:n]),
            "corrupted")
    for extra in ([0], [31], [0, 0], [0] * 8, fives):
        add(f"good checksum over {32 + len(extra)} data characters",
            ref.bech32_encode("kikan", fives + extra), "corrupted")
    for n in (46, 47, 60):
        add(f"good checksum over {32 + n} data characters, {44 + n} in all",
            ref.bech32_encode("kikan", fives + [1] * n), "corrupted")
    add("checksum computed over the part in upper case",
        "kikan" + ref.bech32_encode("KIKAN", fives)[5:], "corrupted")

    for name, value in (("empty", ""), ("a number", MAIN), ("the separator alone", "1"),
                        ("the part alone", "kikan"), ("part and separator", "kikan1"),
                        ("no part", good[5:]), ("no separator", good.replace("1", "", 1)),
                        ("bytes as hex", symbol.hex()), ("words", "not a symbol"),
                        ("1,000 characters", "q" * 1000),
                        ("1,000 data characters", "kikan1" + "q" * 1000)):
        add(name, value, "corrupted")

    for part in ("kikan2", "kikan0", "kika", "kikann", "k", "agency", "insurers", "network", "nenkin",
                 "hokenja", "portal2", "kikan1", "toroku-2", "x" * 51):
        add(f"part {part} with a good checksum", ref.bech32_encode(part, fives), "unknown-part")
    add("unknown part, another data length", ref.bech32_encode("kikan2", fives[:26]), "unknown-part")
    add("unknown part, no data: a string of BIP-350", "a1lqfn3a", "unknown-part")
    add("unknown part: a string of BIP-350", "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
        "unknown-part")
    add("unknown part in upper case: a string of BIP-350", "A1LQFN3A", "corrupted")
    add("unknown part and one substituted", substitute(ref.bech32_encode("kikan2", fives), [12],
        stream("unknown")), "corrupted")
    add("unknown part with a Bech32 checksum", ref.bech32_encode("kikan2", fives, ref.BECH32_CONST),
        "corrupted")

    for purpose, (t, _, value) in samples.items():
        for other in samples:
            if other != purpose:
                add(f"{purpose} where {other} is expected", value, "wrong-purpose", other, t)
    add("wrong purpose and wrong tag: the purpose comes first", good, "wrong-purpose", "portal",
        bytes(4))
    for purpose, (t, _, value) in samples.items():
        other = bytes([t[0] ^ 0x80]) + t[1:]
        add("tag differs in its first bit", value, "wrong-key", purpose, other)
        other = t[:3] + bytes([t[3] ^ 1])
        add("tag differs in its last bit", value, "wrong-key", purpose, other)
    add("tag in the other byte order", good, "wrong-key", tag=tag[::-1])
    add("tag of the root key of section 6", good, "wrong-key", tag=bytes.fromhex("0e84213a"))
    return ("Decoding the text form (section 4) with the purpose and the tag that are expected. "
            "unknown-part, wrong-purpose and wrong-key, in this order, only after a good Bech32m "
            "checksum; everything else is corrupted."), c.listed


# ---------------------------------------------------------------- lineage

def lineage():
    c = Cases()
    a, b, d, e, f = (n for _, n in BY_CHECK_DIGIT[2:7])
    g, h = "999999999996", "100000000005"

    def good(comment, pairs, queries):
        c.add(comment, {"pairs": pairs, "queries": queries}, "ok")

    def bad(comment, pairs, expect, **stated):
        c.add(comment, {"pairs": pairs, "queries": []}, expect, **stated)

    good("no pairs: every number stands for itself", [], [[MAIN, MAIN], [a, a]])
    good("one pair", [[a, MAIN]], [[a, MAIN], [MAIN, MAIN], [b, b]])
    good("two pairs apart", [[a, MAIN], [b, d]], [[a, MAIN], [b, d], [MAIN, MAIN], [d, d], [e, e]])
    chain = [[a, MAIN], [b, a], [d, b], [e, d]]
    ends = [[n, MAIN] for n in (MAIN, a, b, d, e)] + [[f, f]]
    good("a chain in order", chain, ends)
    good("a chain in reverse", chain[::-1], ends)
    good("a chain in mixed order", [chain[2], chain[0], chain[3], chain[1]], ends)
    good("two chains mixed", [[e, d], [b, a], [d, f], [a, MAIN]],
         [[e, f], [d, f], [f, f], [b, MAIN], [a, MAIN], [MAIN, MAIN]])
    good("new is smaller than previous", [["000000000019", g]], [["000000000019", g]])
    good("a number may stand once in each column", [[a, MAIN], [b, a]], [[b, MAIN], [a, MAIN]])
    good("the largest and a smaller number", [[h, g]], [[h, g], [g, g]])

    bad("two previous numbers for one new: a merge", [[a, MAIN], [a, b]], "duplicate-new", pair=1)
    bad("a merge later on", [[d, e], [a, MAIN], [f, g], [a, b]], "duplicate-new", pair=3)
    bad("the pair at fault is not the last", [[a, MAIN], [a, b], [d, e]], "duplicate-new", pair=1)
    bad("two new numbers for one previous: a fork", [[a, MAIN], [b, MAIN]], "duplicate-previous",
        pair=1)
    bad("a fork later on", [[d, e], [a, MAIN], [f, g], [b, MAIN]], "duplicate-previous", pair=3)
    bad("a fork in a chain", [[a, MAIN], [b, a], [d, a]], "duplicate-previous", pair=2)
    bad("the pair at fault is not the last", [[a, MAIN], [b, MAIN], [d, e]], "duplicate-previous",
        pair=1)
    bad("a number that replaces itself", [[a, a]], "self-pair", pair=0)
    bad("a self-pair among others", [[a, MAIN], [b, d], [e, e]], "self-pair", pair=2)
    bad("a self-pair first", [[e, e], [a, MAIN]], "self-pair", pair=0)
    bad("two that replace each other", [[a, b], [b, a]], "cycle")
    bad("three in a ring", [[a, b], [b, d], [d, a]], "cycle")
    bad("three in a ring, mixed order", [[b, d], [a, b], [d, a]], "cycle")
    bad("five in a ring", [[a, b], [b, d], [d, e], [e, f], [f, a]], "cycle")
    bad("a ring beside a good pair", [[g, h], [a, b], [b, a]], "cycle")
    bad("a ring before a good chain", [[a, b], [b, a], [d, MAIN], [e, d]], "cycle")
    return ("Lineage (section 1): pairs of new and previous number; `queries` gives numbers with the "
            "first number each resolves to. `pair` is the index from 0 of the pair at fault, for a "
            "duplicate that of the second occurrence; a cycle has none."), c.listed


# ---------------------------------------------------------------- keyfile

def keyfile():
    c = Cases()

    def add(comment, plaintext, expect, **stated):
        c.add(comment, {"plaintext": plaintext}, expect, **stated)

    def scope_file(purpose, scope, epoch, use="test"):
        key = ref.scope_key(ROOTS[0], purpose, scope, epoch)
        return ref.encode_key_file("scope", use, key, purpose, scope, epoch)

    root_file = ref.encode_key_file("root", "test", ROOTS[0])
    nta = scope_file("agency", "nta", 1)
    assert root_file == ("fugo-key 1\nkind: root\nuse: test\ntag: 0e84213a\nkey: " + ROOTS[0].hex()
                         + "\n")
    assert nta.startswith("fugo-key 1\nkind: scope\npurpose: agency\nscope: nta\nepoch: 1\n"
                          "use: test\ntag: 7c2cb2a1\nkey: 753e614d")

    add("root key of section 6", root_file, "ok", kind="root", use="test", tag="0e84213a")
    add("root key in production", ref.encode_key_file("root", "production", ROOTS[0]), "ok",
        use="production")
    for root in ROOTS[1:]:
        add("another root key", ref.encode_key_file("root", "test", root), "ok")
    add("scope key of section 6", nta, "ok", kind="scope", purpose="agency", scope="nta", epoch=1,
        use="test", tag="7c2cb2a1")
    for purpose, scopes in SCOPES.items():
        for scope in scopes:
            for epoch in (1, 2**32 - 1):
                add("each purpose and scope", scope_file(purpose, scope, epoch, "production"), "ok",
                    purpose=purpose, scope=scope, epoch=epoch)
    add("the tag covers the key alone: another epoch is not noticed",
        nta.replace("epoch: 1\n", "epoch: 2\n"), "ok", epoch=2)

    def drop(plaintext, name):
        kept = [x for x in plaintext.splitlines(True) if not x.startswith(name)]
        assert len(kept) == plaintext.count("\n") - 1
        return "".join(kept)

    for plaintext, kind in ((root_file, "root"), (nta, "scope")):
        lines = plaintext.splitlines(True)
        for name, line in (("a name that is not known", "created: 2026-01-01\n"),
                           ("a comment", "# a comment\n"), ("a root tag", "root-tag: 0e84213a\n"),
                           ("words", "hello\n")):
            add(f"{kind}: {name}, at the end", plaintext + line, "unknown-line")
            add(f"{kind}: {name}, inside", "".join(lines[:-2] + [line] + lines[-2:]), "unknown-line")
        for name in [x.split(" ")[0].strip() for x in lines]:
            if not (kind == "scope" and name == "kind:"):
                add(f"{kind}: no line {name}", drop(plaintext, name), "missing-line")
    for line in ("purpose: agency\n", "scope: nta\n", "epoch: 1\n"):
        add("a line of a scope file in a root file",
            root_file.replace("use: ", line + "use: "), "unknown-line")
    add("empty", "", "missing-line")
    add("the first line alone", "fugo-key 1\n", "missing-line")

    def replace(comment, plaintext, old, new, expect="bad-value"):
        assert plaintext.count(old) == 1
        add(comment, plaintext.replace(old, new), expect)

    for version in ("2", "0", "10", "x", "1.0"):
        replace("version", root_file, "fugo-key 1\n", f"fugo-key {version}\n")
        replace("version", nta, "fugo-key 1\n", f"fugo-key {version}\n")
    for value in ("leaf", "roots", "Root", "ROOT", "symbol"):
        replace("kind", root_file, "kind: root\n", f"kind: {value}\n")
    for value in ("prod", "Test", "TEST", "tests", "no", "1"):
        replace("use", root_file, "use: test\n", f"use: {value}\n")
        replace("use", nta, "use: test\n", f"use: {value}\n")
    for value in ("agencies", "Agency", "1", "kikan", "tag"):
        replace("purpose", nta, "purpose: agency\n", f"purpose: {value}\n")
    for value in ("NTA", "-nta", "nta-", "n_t", "n t", "a" * 41):
        replace("scope id", nta, "scope: nta\n", f"scope: {value}\n")
    for value in ("0", "4294967296", "-1", "x", "1.0", "1e1", "0x1", "99999999999999999999"):
        replace("epoch", nta, "epoch: 1\n", f"epoch: {value}\n")
    for purpose in ("insurers", "eligibility"):
        replace("a purpose that has the one id all", nta, "purpose: agency\n",
                f"purpose: {purpose}\n")
    for name, plaintext in (("root", root_file), ("scope", nta)):
        tag = plaintext.split("tag: ")[1][:8]
        key = plaintext.split("key: ")[1][:64]
        for new in (tag[:7], tag[:6], tag + "0", tag + "00", tag[:7] + "g", "x" * 8):
            replace(f"{name}: tag that is not 8 hex digits", plaintext, f"tag: {tag}", f"tag: {new}")
        for new in (key[:63], key[:62], key + "0", key + "00", key[:63] + "g", "z" * 64):
            replace(f"{name}: key that is not 64 hex digits", plaintext, f"key: {key}", f"key: {new}")
        for at in (0, 7):
            new = tag[:at] + ("0" if tag[at] != "0" else "1") + tag[at + 1:]
            replace(f"{name}: tag digit {at + 1} changed", plaintext, tag, new, "tag-mismatch")
        for at in (0, 31, 63):
            new = key[:at] + ("0" if key[at] != "0" else "1") + key[at + 1:]
            replace(f"{name}: key digit {at + 1} changed", plaintext, key, new, "tag-mismatch")
        replace(f"{name}: tag of zeros", plaintext, tag, "0" * 8, "tag-mismatch")
    replace("the tag of the root in the file of a scope", nta, "7c2cb2a1", "0e84213a", "tag-mismatch")
    replace("the tag of a scope in the file of the root", root_file, "0e84213a", "7c2cb2a1",
            "tag-mismatch")
    return ("The plaintext of a key file (section 2). Every line ends in LF and the lines are in "
            "the order of the specification. bad-value is a value that does not parse, the version "
            "of the first line included. The keys are published: they protect nothing."), c.listed


def all_files():
    return {f.__name__: f() for f in (numbers, check_digits, normalize, integers, keys, symbols, text,
                                      lineage, keyfile)}
