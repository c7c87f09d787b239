"""Compares a bill of materials with `cargo tree`, takes this machine's paths out of it, and writes it.

usage: sbom.py BILL TREE OUT
"""
import json
import pathlib
import re
import sys


def of_tree(text):
    """(name, version) of the crates that `cargo tree` prints."""
    return {(name, version) for name, version in re.findall(r"^(\S+) v(\S+)", text, re.M)}


def of_bill(bill):
    components = {(part["name"], part["version"]) for part in bill["components"]}
    return components | {(bill["metadata"]["component"]["name"], bill["metadata"]["component"]["version"])}


def without_paths(value):
    """Members of the workspace are named by their folder on this machine."""
    if isinstance(value, dict):
        return {key: without_paths(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_paths(inner) for inner in value]
    if isinstance(value, str):
        return re.sub(r"path\+file://[^#]*/([\w.-]+)#", r"path+file:///fugo/\1#", re.sub(r"\?download_url=file://[^#]*", "", value))
    return value


def missing(bill, tree):
    return sorted(of_tree(tree) - of_bill(bill))


def main(bill, tree, out):
    bill = json.loads(pathlib.Path(bill).read_text())
    tree = pathlib.Path(tree).read_text()
    if lacks := missing(bill, tree):
        sys.exit(f"FAILED: the bill lacks {lacks}")
    # A bill without one of its crates must be found.
    spoilt = {**bill, "components": [part for part in bill["components"] if part["name"] != "hmac"]}
    if not missing(spoilt, tree):
        sys.exit("FAILED: a bill without hmac is not found")
    bill = without_paths(bill)
    text = json.dumps(bill, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    if "file:///" in text.replace("file:///fugo/", ""):
        sys.exit("FAILED: the bill has a path of this machine in it")
    pathlib.Path(out).write_text(text)
    print(f"{pathlib.Path(out).name}: {len(bill['components'])} crates; a bill that lacks one is found")


main(*sys.argv[1:])
