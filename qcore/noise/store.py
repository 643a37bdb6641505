"""Compiled programs on disk, one file each, named by the hash of all they were compiled from."""

import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qcore.noise.program import Front, FrontMove, Layer, Program
from qcore.noise.register import Block
from qcore.settings import settings

MAX_BYTES = 200_000_000
UNREADABLE = (OSError, EOFError, ValueError, TypeError, KeyError, NotImplementedError, zipfile.BadZipFile)
"""What NumPy raises for a file that is missing, cut off or damaged: the program is then compiled again."""

Arrays = Mapping[str, NDArray[Any]]


def read(key: str) -> Program | None:
    """Return a stored program, or None where there is none that can be read."""
    try:
        with _file(key).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return _program({name: arrays[name] for name in arrays.files})
    except UNREADABLE:
        return None


def write(key: str, program: Program) -> None:
    """Store a program; where the folder cannot be written, the next process compiles again."""
    folder = settings().programs
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Renamed when complete, so that another process never reads half a file.
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
            np.savez(file, allow_pickle=False, **_arrays(program))
        Path(file.name).replace(_file(key))
        _keep_newest(folder)
    except OSError:
        return


def _file(key: str) -> Path:
    return settings().programs / f"{key}.npz"


def _keep_newest(folder: Path) -> None:
    files = sorted(folder.glob("*.npz"), key=lambda file: file.stat().st_mtime, reverse=True)
    total = 0
    for file in files:
        total += file.stat().st_size
        if total > MAX_BYTES:
            file.unlink(missing_ok=True)


def _arrays(program: Program) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {"start": program.start, "layers": np.array(len(program.layers))}
    arrays["of_template"] = np.array(program.of_template)
    for i, layer in enumerate(program.layers):
        arrays |= {f"layer{i}.{name}": np.asarray(value) for name, value in vars(layer).items()}
    if program.front:
        arrays["moves"] = np.array(len(program.front.moves))
        arrays |= {f"front.{name}": getattr(program.front, name) for name in ("start", "strings", "matrix")}
        for i, move in enumerate(program.front.moves):
            arrays |= {f"move{i}.{name}": getattr(move, name) for name in ("qubits", "offsets", "slot_matrix")}
            arrays[f"move{i}.lowest"] = np.array([block.lowest for block in move.blocks], dtype=np.int64)
            arrays |= {f"move{i}.block{j}": block.matrix for j, block in enumerate(move.blocks)}
    return arrays


def _program(arrays: Arrays) -> Program:
    layers = [
        Layer(
            offsets=arrays[f"layer{i}.offsets"],
            slot_matrix=arrays[f"layer{i}.slot_matrix"],
            patterns=arrays[f"layer{i}.patterns"],
            pattern=arrays[f"layer{i}.pattern"],
            n_real=int(arrays[f"layer{i}.n_real"]),
            matrix=arrays[f"layer{i}.matrix"],
        )
        for i in range(int(arrays["layers"]))
    ]
    front = _front(arrays) if "moves" in arrays else None
    return Program(arrays["start"], front, tuple(layers), bool(arrays["of_template"]))


def _front(arrays: Arrays) -> Front:
    moves = [
        FrontMove(
            qubits=arrays[f"move{i}.qubits"],
            offsets=arrays[f"move{i}.offsets"],
            slot_matrix=arrays[f"move{i}.slot_matrix"],
            blocks=tuple(
                Block(int(lowest), arrays[f"move{i}.block{j}"]) for j, lowest in enumerate(arrays[f"move{i}.lowest"])
            ),
        )
        for i in range(int(arrays["moves"]))
    ]
    return Front(arrays["front.start"], tuple(moves), arrays["front.strings"], arrays["front.matrix"])
