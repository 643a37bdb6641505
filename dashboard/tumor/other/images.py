"""The image in the viewer, with where the model looks laid over it."""

from dataclasses import replace

import numpy as np

from dashboard.shared.session_cache import remembered
from dashboard.shared.viewer.component import show
from dashboard.shared.viewer.picture import Overlay, Picture
from dashboard.tumor.case import Case
from dashboard.tumor.images import ATTENTION, PICTURES_KEPT
from dashboard.tumor.other.seen import other_attended, other_prepared
from qcore.backends.protocol import Backend
from qcore.io.image.series import Series
from qcore.tasks.classification.labels import Label
from qcore.tasks.imaging.known import is_mask_block

LEAST_FALL = 0.5
"""Log odds that are drawn strongest at least: on a scale of its own, what hardly matters would look important."""


def other_images(case: Case, label: Label, backend: Backend) -> None:
    """Show the viewer.

    Args:
        case: the image.
        label: what is asked for.
        backend: where the circuit runs.
    """
    key = (case.key, case.question, backend.fingerprint)
    picture = remembered("tumor_other_picture", key, lambda: _picture(case, label, backend), PICTURES_KEPT)
    show(picture, key="tumor_other_viewer")


def _picture(case: Case, label: Label, backend: Backend) -> Picture:
    found, prepared = other_attended(case, backend), other_prepared(case)
    placed = prepared.placed(found.values)
    overlay = Overlay.of_numbers(
        "Attention",
        placed,
        f"{ATTENTION}: {found.method}",
        most=max(LEAST_FALL, float(np.abs(found.values).max())),
        signed=True,
        ends=(f"speaks for {label.absent}", f"speaks for {label.name}"),
    )
    return Picture.of(_as_shown(case.series), start=fullest_slice(case.series), overlays=(overlay,))


def fullest_slice(series: Series) -> int:
    """Return the number of the slice with most of the gland, or of the only one."""
    return int(np.abs(series.pixels.astype(np.float32)).sum(axis=(1, 2)).argmax())


def _as_shown(series: Series) -> Series:
    """Return a mask white on black: the usual window of a viewer leaves it grey."""
    if not is_mask_block(series):
        return series
    low, high = float(series.pixels.min()), float(series.pixels.max())
    return replace(series, window=((low + high) / 2, high - low))
