"""python -m fugo [--version]: what is installed, how it derives on this processor, where its documentation is."""

import argparse

import fugo


def main() -> None:
    description = "Says what is installed. To convert files, use the tool fugo."
    parser = argparse.ArgumentParser(prog="python -m fugo", description=description)
    parser.add_argument("--version", action="version", version=f"fugo {fugo.__version__}")
    parser.parse_args()
    print(f"fugo {fugo.__version__}")
    print(f"level: {fugo.level()}")
    print(f"package: {fugo.__path__[0]}")
    print("documentation: python -m pydoc fugo.SymbolKey; crates/python/README.md and docs/ in the project's sources")


if __name__ == "__main__":
    main()
