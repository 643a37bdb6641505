"""What `python -m qcore.cli` runs."""

from qcore.cli import main

if __name__ == "__main__":
    main()
