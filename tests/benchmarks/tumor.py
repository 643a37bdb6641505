"""How long a person waits for answers and explanations of MR images; by hand, on a machine that does nothing else.

``python -m tests.benchmarks.tumor [--turns 3]``. Images are made-up heads, read from bytes as an upload is. The model
is loaded before. Each figure is the median of some turns.
"""

import argparse
import io
import os
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from PIL import Image

from qcore.backends.registry import backend
from qcore.io.image.isolated import ImageReader
from qcore.io.image.series import Series
from qcore.tasks.tumor.answer import answer, load, preparation
from qcore.tasks.tumor.attention import METHODS, Attended
from qcore.tasks.tumor.examples import EXAMPLES
from qcore.tasks.tumor.looked import look
from qcore.tasks.tumor.worklist import from_files

N_SLICES, N_IMAGES, SIDE_PX = 150, 100, 512
LIMITS_S = {"one image": 1.5, f"{N_SLICES} slices": 4.0, "grad-cam": 1.0, "occlusion": 5.0, "occlusion, noisy": 8.0}
LEAST_PER_SECOND = 20.0


def main() -> None:
    parser = argparse.ArgumentParser(description="Answers and explanations of MR images.")
    parser.add_argument("--turns", type=int, default=3)
    turns = parser.parse_args().turns
    print(f"{os.cpu_count()} cores, {torch.get_num_threads()} threads, load {os.getloadavg()[0]:.1f}")
    model, ideal, noisy = load(), backend("ideal"), backend("noisy:fez:1")
    slices = EXAMPLES["ring"].series().pixels
    files = [(f"{number}.png", _png(slices[number % len(slices)])) for number in range(N_IMAGES)]
    volume = Series(slices[np.linspace(0, len(slices) - 1, N_SLICES).astype(int)], spacing_mm=(1.0, 1.0))
    with ImageReader() as reader:
        list(from_files(files[:1], model, ideal, reader))
        one = files[len(slices) // 2 : len(slices) // 2 + 1]
        report("one image", turns, lambda: list(from_files(one, model, ideal, reader)))
        report(f"{N_SLICES} slices", turns, lambda: answer(model, look(volume, preparation(model)), ideal))
        took = median(1, lambda: list(from_files(files, model, ideal, reader)))
        print(f"{'images a second':24} {N_IMAGES / took:6.1f}   asked: {LEAST_PER_SECOND:.0f}")
    looked = look(EXAMPLES["ring"].series(), preparation(model))
    place = len(looked.slices) // 2
    for name, method in METHODS.items():
        report(name, turns, lambda method=method: method(Attended(model, looked, place, ideal)))
    report("occlusion, noisy", turns, lambda: METHODS["occlusion"](Attended(model, looked, place, noisy)))


def _png(pixels: np.ndarray) -> bytes:
    grey = Image.fromarray(np.clip(pixels / 4, 0, 255).astype(np.uint8)).resize((SIDE_PX, SIDE_PX))
    written = io.BytesIO()
    grey.save(written, "PNG")
    return written.getvalue()


def median(turns: int, work: Callable[[], object]) -> float:
    """Return the median of some turns, s."""
    taken = []
    for _ in range(turns):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def report(what: str, turns: int, work: Callable[[], object]) -> None:
    """Time and print it, beside what is asked for."""
    limit = f"   asked: {LIMITS_S[what]:.1f}" if what in LIMITS_S else ""
    print(f"{what:24} {median(turns, work):6.2f} s{limit}", flush=True)


if __name__ == "__main__":
    main()
