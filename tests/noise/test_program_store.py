"""Compiled programs on disk: read back exactly, never half, never in the way, and never more than their share."""

import io
import os
from dataclasses import fields, is_dataclass
from pathlib import Path

import made_up_devices as made_up
import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from noise_engine import built, path, transpiled

from qcore.noise import store
from qcore.noise.model import CalibratedNoise
from qcore.noise.program import Program
from qcore.parity.random_circuits import mixed
from qcore.settings import settings

NOISE = CalibratedNoise(made_up.device())
KEY = "0" * 64


def some_program(way: str = "register, then matrices", seed: int = 1) -> Program:
    with path(way):
        return built(transpiled(mixed(3, seed), NOISE), NOISE)


def same(first: object, second: object) -> bool:
    """Equal in every part, to the last bit."""
    if is_dataclass(first):
        return type(first) is type(second) and all(
            same(getattr(first, field.name), getattr(second, field.name)) for field in fields(first)
        )
    if isinstance(first, tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, np.ndarray):
        return first.dtype == second.dtype and np.array_equal(first, second)
    return first == second


@pytest.mark.parametrize("way", ["matrices", "register", "register, then matrices"])
def test_a_program_is_read_back_to_the_last_bit(way: str, fresh_engine: Path) -> None:
    program = some_program(way)
    store.write(KEY, program)
    read = store.read(KEY)
    assert same(read, program)
    assert not same(read, some_program(way, seed=2))
    assert [file.name for file in fresh_engine.iterdir()] == [f"{KEY}.npz"], "nothing else is left behind"


@pytest.mark.usefixtures("fresh_engine")
def test_what_was_never_written_is_not_there() -> None:
    assert store.read(KEY) is None


@pytest.fixture
def written(fresh_engine: Path) -> tuple[Program, Path, bytes]:
    """A stored program, its file and what is in it."""
    program = some_program("matrices")
    store.write(KEY, program)
    file = fresh_engine / f"{KEY}.npz"
    return program, file, file.read_bytes()


def damaged(content: bytes, how: str) -> bytes:
    empty_archive = b"PK\x05\x06" + 18 * b"\0"
    array = io.BytesIO()
    np.save(array, np.zeros(3))
    return {
        "empty": b"",
        "cut off": content[: len(content) // 2],
        "its end missing": content[:-1],
        "another file": b"no archive at all",
        "one array alone": array.getvalue(),
        "an archive of nothing": empty_archive,
    }[how]  # fmt: skip


@pytest.mark.parametrize(
    "how", ["empty", "cut off", "its end missing", "another file", "one array alone", "an archive of nothing"]
)
def test_a_damaged_file_is_no_program_and_is_replaced(how: str, written: tuple[Program, Path, bytes]) -> None:
    program, file, content = written
    file.write_bytes(damaged(content, how))
    assert store.read(KEY) is None
    store.write(KEY, program)
    assert same(store.read(KEY), program)


@examples(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_is_never_another_program(place: float, bit: int, written: tuple[Program, Path, bytes]) -> None:
    program, file, content = written
    changed = bytearray(content)
    changed[int(place * len(content))] ^= 1 << bit
    file.write_bytes(bytes(changed))
    read = store.read(KEY)
    assert read is None or same(read, program)


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a file"
    file.write_text("")
    for folder in (file, file / "below"):
        monkeypatch.setenv("QLINICAL_PROGRAMS", str(folder))
        settings.cache_clear()
        store.write(KEY, some_program())
        assert store.read(KEY) is None
    assert file.read_text() == ""


def test_beyond_its_share_the_oldest_go(fresh_engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = some_program()
    store.write("first", program)
    size = (fresh_engine / "first.npz").stat().st_size
    monkeypatch.setattr(store, "MAX_BYTES", int(3.5 * size))
    for age, key in enumerate(("first", "second", "third", "fourth", "fifth")):
        store.write(key, program)
        os.utime(fresh_engine / f"{key}.npz", (1000 + age, 1000 + age))
        other = fresh_engine / "note.txt"
        other.write_text("not ours")
    assert {file.stem for file in fresh_engine.glob("*.npz")} == {"third", "fourth", "fifth"}
    assert other.exists()
