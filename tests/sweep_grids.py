"""A small specification of a sweep, as text and as a file."""

from pathlib import Path

GRID = """
data = "toy"
cases = 120
epochs = 2
families = ["variational"]
qubits = [2]
layers = [1]
devices = ["ideal", "noisy:fez:3"]
seeds = [0, 1]
"""


def grid(tmp_path: Path, text: str = GRID) -> Path:
    file = tmp_path / "grid.toml"
    file.write_text(text)
    return file
