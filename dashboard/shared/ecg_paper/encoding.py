r"""A paper as bytes for the browser.

======================  ==============================================================================================
bytes                   what
======================  ==============================================================================================
as `packing.head`       header: JSON as `_header` makes it
samples                 int16 ``(n_leads, n_samples)`` µV, `GAP` where nothing was recorded
beats                   int32 ``(n_beats,)`` samples
fiducials               int32, lead by lead and name by name as the header counts them: samples
median beat             int16 ``(n_leads, n)`` µV, `GAP` where there is none
overlays                one after the other: uint8 ``(n_leads, n_samples)``, then of the median beat if it has that
======================  ==============================================================================================

All numbers are little endian; each part, and each array of an overlay, is filled up with zeros to a multiple of 4.
In the header, ``signal`` is a digest of the samples and of their clock: while it is the same, the browser keeps how
they are looked at. ``digest`` is one of everything.
"""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.shared.browser.packing import MAX_BYTES, digest, head, little_endian, padded
from dashboard.shared.ecg_paper.paper import POINTS, MedianBeat, Overlay, Paper
from dashboard.shared.foreign import plain

GAP = -32768
LARGEST_UV = 32767
"""What lies beyond is drawn there: 33 mV, which no heart reaches."""


def encode(paper: Paper) -> bytes:
    """Return a paper as bytes.

    Raises:
        ValueError: shapes that do not agree, marks outside the recording, or more bytes than can be sent.
    """
    _check(paper)
    ecg, median = paper.ecg, paper.median_beat
    marks = [np.asarray([] if paper.beats is None else paper.beats, np.int32)]
    marks += [np.asarray(places, np.int32) for _, _, places in _marked(paper)]
    arrays: list[NDArray[Any]] = [] if median is None else [_sixteen_bits(median.uv)]
    for overlay in paper.overlays:
        arrays += [overlay.values] if overlay.median_values is None else [overlay.values, overlay.median_values]
    size = 2 * ecg.uv.size + sum(array.nbytes for array in (*marks, *arrays))
    if size > MAX_BYTES:
        raise ValueError(f"a recording and its overlays have at most {MAX_BYTES} bytes, these {size}")
    samples = little_endian(_sixteen_bits(ecg.uv))
    others = [little_endian(np.concatenate(marks)), *(little_endian(array) for array in arrays)]
    header = _header(paper)
    header["signal"] = digest(json.dumps([ecg.leads, ecg.rate_hz, ecg.uv.shape]).encode(), samples)
    header["digest"] = digest(json.dumps(header).encode(), *others)
    return b"".join([head(header), padded(samples), *(padded(part) for part in others)])


def same(one: Paper, other: Paper) -> bool:
    """Tell whether two papers hold the same arrays, not merely equal ones, and agree in all that is said of them."""
    arrays, others = (
        [paper.ecg.uv, paper.ecg.median, paper.beats, paper.median]
        + [values for overlay in paper.overlays for values in (overlay.values, overlay.median_values)]
        for paper in (one, other)
    )
    same_arrays = len(arrays) == len(others) and all(a is b for a, b in zip(arrays, others, strict=True))
    return same_arrays and one.fiducials is other.fiducials and _header(one) == _header(other)


def _header(paper: Paper) -> dict[str, Any]:
    ecg, median = paper.ecg, paper.median_beat
    counts: dict[str, dict[str, int]] = {}
    for lead, name, places in _marked(paper):
        counts.setdefault(lead, {})[name] = len(places)
    return {
        "leads": ecg.leads,
        "shown_leads": [plain(lead) for lead in ecg.leads],
        "derived": [lead for lead in ecg.leads if lead in ecg.derived],
        "samples": ecg.uv.shape[1],
        "rate_hz": ecg.rate_hz,
        "calibrated": ecg.calibrated,
        "beats": None if paper.beats is None else len(paper.beats),
        "fiducials": counts,
        "median": median and _median(median),
        "overlays": [_overlay(overlay) for overlay in paper.overlays],
        "caption": plain(paper.caption),
        "description": plain(paper.description),
    }


def _median(median: MedianBeat) -> dict[str, Any]:
    fiducials = {
        lead: {name: round(float(place), 2) for name, place in points.items() if np.isfinite(place)}
        for lead, points in median.fiducials.items()
    }
    return {"samples": median.uv.shape[1], "rate_hz": median.rate_hz, "fiducials": fiducials}


def _overlay(overlay: Overlay) -> dict[str, Any]:
    return {
        "name": plain(overlay.name),
        "title": plain(overlay.title),
        "caption": plain(overlay.caption),
        "ends": [plain(end) for end in overlay.ends],
        "signed": overlay.signed,
        "of_median": overlay.median_values is not None,
    }


def _marked(paper: Paper) -> Iterable[tuple[str, str, NDArray[np.int64]]]:
    """Return lead, name and the samples that were found, in the order in which they are sent."""
    for lead in paper.ecg.leads:
        points = paper.fiducials.get(lead, {})
        for name in POINTS:
            places = np.asarray(points.get(name, ()), np.float64)
            if places.size:
                yield lead, name, np.rint(places[np.isfinite(places)]).astype(np.int64)


def _sixteen_bits(uv: NDArray[np.floating]) -> NDArray[np.int16]:
    gaps = ~np.isfinite(uv)
    whole: NDArray[np.int16] = np.rint(np.clip(np.where(gaps, 0, uv), -LARGEST_UV, LARGEST_UV)).astype(np.int16)
    whole[gaps] = GAP
    return np.asarray(whole)


def _check(paper: Paper) -> None:
    ecg, median = paper.ecg, paper.median_beat
    if not ecg.uv.size:
        raise ValueError("a paper needs at least one lead and one sample")
    if median is not None and (median.uv.ndim != 2 or len(median.uv) != len(ecg.leads) or not median.uv.size):
        raise ValueError(f"a median beat is one row for each of {len(ecg.leads)} leads, not {median.uv.shape}")
    if median is not None and not median.rate_hz > 0:
        raise ValueError(f"the rate of the median beat must be positive, not {median.rate_hz} Hz")
    for lead, points in paper.fiducials.items():
        if lead not in ecg.leads or not set(points) <= set(POINTS):
            raise ValueError(f"fiducials are of leads that are there, and named as in {', '.join(POINTS)}: {lead}")
    for places in ([] if paper.beats is None else paper.beats, *(places for _, _, places in _marked(paper))):
        if len(places) and not (min(places) >= 0 and max(places) < ecg.uv.shape[1]):
            raise ValueError(f"marks must lie in the {ecg.uv.shape[1]} samples of the recording")
    for overlay in paper.overlays:
        _check_overlay(overlay, ecg.uv.shape, None if median is None else median.uv.shape)


def _check_overlay(overlay: Overlay, shape: tuple[int, ...], of_median: tuple[int, ...] | None) -> None:
    pairs = [(overlay.values, shape)]
    if overlay.median_values is not None:
        pairs.append((overlay.median_values, of_median or (0,)))
    for values, expected in pairs:
        if values.dtype != np.uint8 or values.shape != expected:
            raise ValueError(f"overlay {overlay.name!r} must be uint8 {expected}, not {values.dtype} {values.shape}")
