"""Frames to series: which belong together, in which order, and what is missing or doubled."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby

import numpy as np

from qcore.io.image.dicom import Frame
from qcore.io.image.limits import check_size
from qcore.io.image.series import Geometry, Series, compact

SAME_MM = 1e-2
"""Positions closer than this are one place."""
GAP = 1.5
"""A step larger than this many usual ones is a gap."""
AXES_DIGITS = 2


def stacked(frames: Sequence[Frame]) -> list[Series]:
    """Return the series that frames make up; those of the most slices first.

    Raises:
        UnreadableInput: a series has too many pixels.
    """
    kinds: dict[object, list[Frame]] = defaultdict(list)
    for frame in frames:
        axes = () if frame.orientation is None else tuple(np.round(frame.orientation, AXES_DIGITS).ravel() + 0.0)
        kinds[frame.series, frame.pixels.shape, axes, frame.modality].append(frame)
    series = [one for kind in kinds.values() for one in _volumes(kind)]
    return sorted(series, key=len, reverse=True)


def _volumes(frames: list[Frame]) -> list[Series]:
    """Return the volumes of one series: places that were measured several times are told apart."""
    frames, n_copies = _without_copies(frames)
    notes = [f"{n_copies} {'slice' if n_copies == 1 else 'slices'} came twice and are shown once."] if n_copies else []
    frames = sorted(frames, key=lambda frame: frame.order)
    axes = frames[0].orientation
    if axes is None or any(frame.position is None for frame in frames):
        return [_series(frames, notes)]
    normal = np.cross(axes[0], axes[1])
    depths = np.round([frame.position @ normal / SAME_MM for frame in frames]).astype(int)
    volumes: dict[int, list[tuple[int, Frame]]] = defaultdict(list)
    seen: dict[int, int] = defaultdict(int)
    for depth, frame in zip(depths, frames, strict=True):
        volumes[seen[depth]].append((depth, frame))
        seen[depth] += 1
    ordered = (sorted(volume, key=lambda pair: pair[0]) for volume in volumes.values())
    return [_series([frame for _, frame in volume], notes) for volume in ordered]


def _without_copies(frames: list[Frame]) -> tuple[list[Frame], int]:
    """Return the frames without those that come twice, under one identifier or with the same pixels at one place."""
    kept: dict[object, Frame] = {}
    for frame in {frame.copy: frame for frame in frames}.values():
        place = None if frame.position is None else tuple(np.round(frame.position, 1))
        same = (place, hashlib.sha256(frame.pixels.tobytes()).digest())
        kept.setdefault(same if place else frame.copy, frame)
    return list(kept.values()), len(frames) - len(kept)


def _series(frames: list[Frame], notes: list[str]) -> Series:
    first = frames[0]
    check_size(len(frames), *first.pixels.shape)
    geometry = _geometry(frames)
    pixels = np.stack([frame.pixels for frame in frames])
    return Series(
        pixels=compact(pixels),
        modality=first.modality,
        body_part=first.body_part,
        geometry=geometry,
        spacing_mm=first.spacing_mm,
        window=first.window,
        colour=any(frame.colour for frame in frames),
        notes=(*notes, *_gaps(geometry)),
    )


def _geometry(frames: list[Frame]) -> Geometry | None:
    first = frames[0]
    if first.orientation is None or first.spacing_mm is None or any(frame.position is None for frame in frames):
        return None
    positions = np.stack([frame.position for frame in frames if frame.position is not None])
    along_row, along_column = first.orientation
    return Geometry(first.spacing_mm, along_row, along_column, positions)


def _gaps(geometry: Geometry | None) -> list[str]:
    if geometry is None or len(geometry.positions) < 3:
        return []
    steps = np.abs(np.diff(geometry.positions @ geometry.normal))
    usual = float(np.median(steps))
    missing = int(np.rint(steps[steps > GAP * usual] / usual - 1).sum())
    runs = [key for key, _ in groupby(steps > GAP * usual)]
    if not missing or len(runs) == 1:
        return []
    return [f"{missing} {'slice seems' if missing == 1 else 'slices seem'} to be missing between others."]
