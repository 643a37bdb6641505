"""What is known of one person before the first dose, as the model needs it."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import SWITCH_NAMES, covariate
from dashboard.shared.foreign import literal

BEYOND = (0.6, 1.6)
"""Factors of the lowest and the highest value studied between which a slider moves."""


@dataclass(frozen=True)
class Scale:
    """A covariate that is a number.

    Attributes:
        name: of the covariate in the model and in the study's file.
        label: of the covariate as the page shows it.
        low: start of a slider.
        high: end of a slider.
        middle: of the people studied.
        step: between two positions of a slider.
    """

    name: str
    label: str
    low: float
    high: float
    middle: float
    step: float


def scales(source: Source) -> list[Scale]:
    """Return the covariates of the model that are numbers."""
    model = source.model
    used = dict.fromkeys(effect.covariate for effect in model.structure.effects)
    return [_scale(source, name) for name in used if name not in source.switches]


def _scale(source: Source, name: str) -> Scale:
    seen = source.model.covariate(name)
    step = 1.0 if max(seen) > 30 else 10.0 ** np.floor(np.log10(max(seen))) / 10
    low, high = step * np.ceil(BEYOND[0] * min(seen) / step), step * np.floor(BEYOND[1] * max(seen) / step)
    middle = step * round(float(np.median(seen)) / step)
    label = "Body weight (kg)" if name == source.model.weight else literal(name)
    return Scale(name, label, float(low), float(high), float(middle), float(step))


def switched(source: Source, prefix: str) -> dict[str, float]:
    """Show a toggle for each covariate that is 0 or 1.

    Args:
        source: the study on the page, whose model has the covariates.
        prefix: of the toggles' keys.
    """
    toggled = {}
    for name in source.switches:
        called = covariate(name)
        label = called.capitalize() if name in SWITCH_NAMES else called
        toggled[name] = float(st.toggle(label, key=f"{prefix}_{name}_{source.key}"))
    return toggled
