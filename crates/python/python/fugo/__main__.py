"""python -m fugo [--version]: which version is installed, how it derives on this processor, where its documentation is."""

import argparse

import fugo


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m fugo", description="What is installed. Files are the work of the tool fugo.")
    parser.add_argument("--version", action="version", version=f"fugo {fugo.__version__}")
    parser.parse_args()
    print(f"fugo {fugo.__version__}")
    print(f"level: {fugo.level()}")
    print(f"package: {fugo.__path__[0]}")
    print("documentation: python -m pydoc fugo.SymbolKey; crates/python/README.md and docs/ in the project's sources")


if __name__ == "__main__":
    main()
