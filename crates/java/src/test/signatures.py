#!/usr/bin/env python3
"""Compares the methods of Native.java with the types of the Rust functions: signatures.py CRATE

Java finds native functions by name only. If a type differs, its bytes are read as another type. Safe Rust cannot detect
this mistake.
"""

import pathlib
import re
import sys

TYPES = {
    "": "void",
    "jint": "int",
    "jlong": "long",
    "jboolean": "boolean",
    "JByteArray<'local>": "byte[]",
    "JIntArray<'local>": "int[]",
    "JString<'local>": "String",
}


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


EXPORTED = re.compile(
    r'#\[jni_mangle\("fugo\.Native"\)\]\s*pub fn (\w+)<\'local>\(([^)]*)\)(?:\s*->\s*([^{]+?))?\s*\{'
)


def of_rust(text):
    for name, parameters, result in EXPORTED.findall(text):
        types = [part.split(":", 1)[1].strip() for part in parameters.split(",") if part.strip()]
        if types[:2] != ["EnvUnowned<'local>", "JClass<'local>"]:
            sys.exit(f"{name} does not begin with what Java hands to a static method")
        yield f"{TYPES[result]} {camel(name)}({', '.join(TYPES[one] for one in types[2:])})"


def of_java(text):
    for result, name, parameters in re.findall(r"static native ([\w\[\]]+) (\w+)\(([^)]*)\);", text):
        types = [part.split()[0] for part in parameters.split(",") if part.strip()]
        yield f"{result} {name}({', '.join(types)})"


def main():
    crate = pathlib.Path(sys.argv[1])
    rust = "".join(path.read_text() for path in sorted((crate / "src").glob("*.rs")))
    declared = set(of_java((crate / "src/main/java/fugo/Native.java").read_text()))
    if not declared:
        sys.exit("no declaration was found")
    for one in sorted(declared ^ set(of_rust(rust))):
        print(one, "is in one of the two only", file=sys.stderr)
    if declared != set(of_rust(rust)):
        sys.exit(1)
    # Self-test: a change of one type in any function must be detected.
    changes = [
        (r"\bjlong\b", "jint"),
        (r"\bJByteArray\b", "JString"),
        (r"\bjint\b", "jboolean"),
        (r"\bJString\b", "JIntArray"),
    ]
    spoilt = 0
    for function in EXPORTED.finditer(rust):
        change = next((change for change in changes if re.search(change[0], function.group())), None)
        if change:
            other = rust[: function.start()] + re.sub(*change, function.group(), count=1) + rust[function.end() :]
            if set(of_rust(other)) == declared:
                sys.exit(f"a changed type in {function.group(1)} was not found")
            spoilt += 1
    if spoilt < len(declared) - 1:
        sys.exit(f"only {spoilt} of {len(declared)} functions were spoilt")
    print(f"{len(declared)} native methods, each of the same types on both sides")


main()
