"""Why: exact Shapley values of the twelve inputs, with the noiseless ones beside them where the circuit is noisy."""

import streamlit as st

from dashboard.aki.case import Case
from dashboard.aki.noise_effect import explained, noiseless_explanation
from dashboard.shared.charts.waterfall import waterfall
from dashboard.shared.numbers import percent
from qcore.backends.protocol import Backend
from qcore.tasks.aki.inputs import INPUTS, format_value
from qcore.tasks.aki.model import AkiModel
from qcore.units import UnitSystem, unit_in


def explanation(case: Case, model: AkiModel, backend: Backend, system: UnitSystem) -> None:
    """Show how the inputs add up from the typical patient's risk to this patient's."""
    why = explained(case, model, backend)
    noiseless = noiseless_explanation(case, model, backend)
    labels = {
        item.name: f"{item.label} {format_value(item, float(case.inputs[item.name]), unit_in(system, item.units))}"
        for item in INPUTS
    }
    waterfall(why, labels, key="aki_waterfall", noiseless=noiseless)
    marks = "Diamonds: where each bar would end without noise. " if noiseless else ""
    if why.standard_error.any():
        marks += "Thin lines: 95 % interval that shots leave. "
    st.caption(
        f"Percentage points each value adds (orange) or takes away (blue), starting from a patient with the typical "
        f"value of every input ({percent(why.base_value)}). {marks}{why.method}; what the bars do not explain: "
        f"{abs(why.efficiency_residual) * 100:.4f} points. They explain the model, not the disease: inputs share "
        "information, so a single bar can run against physiology."
    )
