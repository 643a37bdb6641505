"""The qlinical command, which `python -m qcore` runs too.

It stands apart from `qcore.cli`, which cannot even be imported where another distribution has overwritten our modules.
"""

import sys

from qcore.distribution import mixture


def main() -> None:
    """Run the command, or say in a sentence that the package is not whole."""
    if sentence := mixture():
        sys.exit(sentence)
    from qcore.cli import main as run

    run()


if __name__ == "__main__":
    main()
