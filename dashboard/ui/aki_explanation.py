"""Why: exact Shapley values of the twelve inputs, computed once a patient and session."""

import streamlit as st

from dashboard.ui.case import Case
from dashboard.ui.numbers import percent
from dashboard.ui.waterfall import waterfall
from qcore.backends.protocol import Backend
from qcore.explain.explanation import Explanation
from qcore.tasks.aki.inputs import INPUTS, format_value
from qcore.tasks.aki.model import AkiModel
from qcore.units import UnitSystem, unit_in


def explanation(case: Case, model: AkiModel, backend: Backend, system: UnitSystem) -> None:
    """Show how the inputs add up from the typical patient's risk to this patient's."""
    why = _explained(case, model, backend)
    labels = {
        item.name: f"{item.label} {format_value(item, float(case.inputs[item.name]), unit_in(system, item.units))}"
        for item in INPUTS
    }
    waterfall(why, labels, key="aki_waterfall")
    st.caption(
        f"Percentage points each value adds (orange) or takes away (blue), starting from a patient with the typical "
        f"value of every input ({percent(why.base_value)}). {why.method}; what the bars do not explain: "
        f"{abs(why.efficiency_residual) * 100:.4f} points. They explain the model, not the disease: inputs share "
        "information, so a single bar can run against physiology."
    )


def _explained(case: Case, model: AkiModel, backend: Backend) -> Explanation:
    # In the session, because a cache shared between sessions must hold no patient.
    key = (case.key, tuple(case.inputs), backend.name)
    if st.session_state.get("aki_explained_key") != key:
        st.session_state["aki_explained"] = model.explain(case.inputs, backend)
        st.session_state["aki_explained_key"] = key
    result: Explanation = st.session_state["aki_explained"]
    return result
