"""What each sample of a lead belongs to, P, QRS, T or none of them: the packaged network of openecg, run offline.

`openecg` 0.11 (VitalDB, Apache-2.0) ships the weights of its codec v6, 1.16 million parameters quantised to 8 bits,
trained on LUDB, QTDB and ISP. Of LUDB it saw the 159 records that this project has and, by its authors' split,
none of the other 41: what it reaches on the 159 is no evidence of how good it is (tests/benchmarks/delineation.py).
"""

from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

RATE_HZ = 500.0
WINDOW = 5000
"""Samples it takes at once, no fewer and no more: 10 s."""
MARGIN = 1000
"""Near the ends of a window it sees too little around; where windows overlap those 2 s are left to the neighbour."""
CLASSES = ("none", "P", "QRS", "T")


@cache
def _session() -> "InferenceSession":
    """Return the network, loaded once; one thread, so that what it costs does not depend on the machine's cores."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    with as_file(files("openecg") / "models" / "codec_v6_int8.onnx") as path:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _window(uv: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return ``(n, 4)`` probabilities of up to 10 s; the network takes ranks, scaled to -1 to 1, not voltages.

    A shorter piece stands in the middle of a window that repeats it: filled up with zeros instead, the network finds
    .86 of the marks in 2 s of one lead, so .97 (macro-F1, LUDB).
    """
    n = len(uv)
    ranks = 2 * (rankdata(uv) - 1) / max(n - 1, 1) - 1
    start = (WINDOW - n) // 2
    given = ranks[(np.arange(WINDOW) - start) % n].astype(np.float32)
    logits = _session().run(["frame_logits"], {"signal": given[None]})[0][0, start : start + n]
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[np.float32] = odds / odds.sum(axis=1, keepdims=True)
    return shares


def probabilities(uv: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return what each sample is likely to be.

    Args:
        uv: ``(n,)`` of one lead at `RATE_HZ`, without gaps; any unit, any length above zero.

    Returns:
        ``(n, 4)`` probabilities in the order of `CLASSES`.
    """
    n = len(uv)
    if n <= WINDOW:
        return _window(uv)
    whole = np.zeros((n, len(CLASSES)), np.float32)
    starts = [*range(0, n - WINDOW, WINDOW - 2 * MARGIN), n - WINDOW]
    for start in starts:
        skipped = 0 if start == 0 else MARGIN
        whole[start + skipped : start + WINDOW] = _window(uv[start : start + WINDOW])[skipped:]
    return whole
