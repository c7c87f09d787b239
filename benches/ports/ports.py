"""The execution ports' limit of each level of the kernel: cycles per symbol that no arrangement of these instructions
beats.

    python3 benches/ports/ports.py

The compiler's assembly is cut into blocks without jumps, and each block of the hot path counts as often as it runs for
a symbol. llvm-mca (Debian: llvm-19) tells for each vector instruction which of the vector ports can take it, and for
how many cycles. The instructions that only the ports of a set S can take need at least their cycles / |S|; the limit is
the greatest of these over all sets S. Moves between registers are not counted, because they need no port. Waiting for
results and for memory is not in the limit.

For the SHA extensions, llvm-mca's tables do not agree with processors (on Zen 3 they ask for more cycles than the
kernel takes). There the limit is that of one instruction, sha256rnds2, which is assumed to take two cycles.
"""

import collections
import functools
import itertools
import json
import pathlib
import re
import subprocess
import sys

PROCESSORS = ["sapphirerapids", "znver3", "znver4"]
WITHOUT_AVX512 = ["znver3"]
# The names of the vector ports in llvm-mca's tables.
VECTOR_PORT = re.compile(r"SPRPort0[015]|Zn\dFP[0-3]")
REGISTER_MOVE = re.compile(r"vmov\w+\s+%\w+, %\w+")
ROOT = pathlib.Path(__file__).parents[2]
KEYS = 8
SHA256RNDS2 = 2  # cycles


class Block:
    def __init__(self, function, label):
        self.function, self.label, self.lines = function, label, []

    def count(self, pattern):
        return sum(bool(re.match(pattern, line)) for line in self.lines)

    def loops(self):
        """Whether it ends with a jump to its own label."""
        return re.fullmatch(rf"j\w+\s+{re.escape(self.label)}", self.lines[-1]) is not None

    def vectors(self):
        """Its vector instructions, without moves between registers."""
        return [line for line in self.lines if line.startswith("v") and not REGISTER_MOVE.fullmatch(line)]


@functools.cache
def needs(processor, instructions):
    """The cycles that each instruction needs of the vector ports, and the set of those that can take it."""
    regions = "".join(f"# LLVM-MCA-BEGIN\n{line}\n# LLVM-MCA-END\n" for line in instructions)
    command = ["llvm-mca-19", "-mtriple=x86_64", f"-mcpu={processor}", "-iterations=400", "-json"]
    told = json.loads(subprocess.run(command, input=regions, capture_output=True, text=True, check=True).stdout)
    vector = {at for at, name in enumerate(told["TargetInfo"]["Resources"]) if VECTOR_PORT.fullmatch(name)}
    found = {}
    for line, region in zip(instructions, told["CodeRegions"], strict=True):
        # The instruction alone, many times: every port that can take it takes a share.
        used = [use for use in region["ResourcePressureView"]["ResourcePressureInfo"] if use["InstructionIndex"] == 0]
        used = {use["ResourceIndex"]: use["ResourceUsage"] for use in used if use["ResourceIndex"] in vector}
        found[line] = (sum(used.values()), frozenset(used))
    if len(vector) < 3 or not any(ports for _, ports in found.values()):
        sys.exit(f"{processor}: llvm-mca's tables have other names")
    return found


def limit(path, processor):
    """The cycles for a symbol. `path` has blocks, and how often each runs for it."""
    instructions = tuple(dict.fromkeys(line for block, _ in path for line in block.vectors()))
    of, cycles = needs(processor, instructions), collections.Counter()
    for block, times in path:
        for line in block.vectors():
            needed, ports = of[line]
            cycles[ports] += needed * times
    return bound(cycles)


def bound(cycles):
    """The fewest cycles for work of which each part needs so many, on any of its ports."""
    ports = sorted(frozenset().union(*cycles))
    sets = [frozenset(some) for size in range(1, len(ports) + 1) for some in itertools.combinations(ports, size)]
    return max(sum(needed for only, needed in cycles.items() if only and only <= some) / len(some) for some in sets)


def blocks():
    """The blocks of the kernel in the bench of levels, which has each level once."""
    command = ["cargo", "rustc", "--quiet", "--profile", "bench", "--bench", "levels", "--message-format=json"]
    built = subprocess.run([*command, "--", "--emit", "asm"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    program = re.findall(r'"executable":"([^"]+)"', built.stdout)[-1]
    found, function = [], None
    for line in pathlib.Path(program + ".s").read_text().splitlines():
        label, code = re.match(r"([\w.$]+):", line), line.strip()
        if label:
            function = function if label[1].startswith(".L") else label[1]
            found.append(Block(function, label[1]))
        elif function and code and not code.startswith((".", "#")):
            found[-1].lines.append(code)
            if re.match(r"j\w+\b", code):
                found.append(Block(function, found[-1].label))
    return [block for block in found if block.lines]


def lanes(blocks, level, width):
    """The blocks of a level with lanes: how often each runs for one symbol, under one key and under eight."""
    rounds, expand, ends = [], [], []
    for block in blocks:
        if f"5lanes{len(level)}{level}" not in block.function:
            continue
        if "6rounds" in block.function and block.count("vp|vmov"):
            rounds.append((block, 2 * (3 if block.loops() else 1)))
        elif block.count("vpsrld") >= 8:
            expand.append((block, 2 if block.loops() else 1))
        elif block.count("vpunpck") >= 4 and not block.count("vpinsr"):
            ends.append((block, 1))
    loops = [block.loops() for block, _ in rounds]
    if loops.count(True) != 1 or len(expand) != 4:
        sys.exit(f"{level}: the compiler's output has another form")
    # The block of the message comes first.
    inner, per_key = expand[:2], expand[2:] + rounds + ends
    return [
        [(block, times / width / keys) for block, times in inner] + [(block, times / width) for block, times in per_key]
        for keys in (1, KEYS)
    ]


def sha(blocks):
    """The cycles for a symbol with the SHA extensions, under one key and under eight, by one instruction's count."""
    counts = [(block, block.count("sha256rnds2")) for block in blocks if "6sha_ni" in block.function]
    # Four messages are handled together, with 32 instructions in each block of a message.
    four = [(block, count) for block, count in counts if count == 4 * 32]
    outer = [count for block, count in four if "7outside" in block.function]
    inside = [(block, count) for block, count in four if "7outside" not in block.function]
    inner = [[count for block, count in inside if bool(block.count("sha256msg1")) == one] for one in (True, False)]
    if [len(outer), len(inner[0]), len(inner[1])] != [1, 1, 1]:
        sys.exit("sha_ni: the compiler's output has another form")
    return [(outer[0] + count[0]) / 4 * SHA256RNDS2 for count in inner]


def main():
    found = blocks()
    print("| level | keys | " + " | ".join(PROCESSORS) + " |")
    print("|---|---:|" + "---:|" * len(PROCESSORS))
    for keys, cycles in zip((1, KEYS), sha(found)):
        print(f"| sha-ni | {keys} |" + f" {cycles:.0f} |" * len(PROCESSORS))
    for level, width in (("avx512", 16), ("avx2", 8)):
        for keys, path in zip((1, KEYS), lanes(found, level, width)):
            limits = [
                "–"
                if level == "avx512" and processor in WITHOUT_AVX512
                else f"{limit(path, processor):.0f}"
                for processor in PROCESSORS
            ]
            print(f"| {level} | {keys} | " + " | ".join(limits) + " |")


if __name__ == "__main__":
    main()
