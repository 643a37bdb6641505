"""Choose the patient: a synthetic example, typed or pasted values, or a row of an uploaded table."""

import streamlit as st

from dashboard.aki.case import Case
from dashboard.aki.upload import uploaded_case
from dashboard.aki.value_form import typed_case
from dashboard.shared.unit_toggle import unit_toggle
from qcore.backends.protocol import Backend
from qcore.tasks.aki.examples import examples
from qcore.units import UnitSystem

FIRST_SHOWN = "elderly_chronic_kidney_disease"
EXAMPLE, TYPED, UPLOADED = "Example patient", "Enter or paste values", "Upload a table"


def pick_case(backend: Backend) -> tuple[Case | None, UnitSystem]:
    """Show the ways to a patient and the units; return the chosen patient, None while there is none yet."""
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        way = st.segmented_control(
            "Patient",
            [EXAMPLE, TYPED, UPLOADED],
            default=EXAMPLE,
            required=True,
            key="aki_way",
            persist_state="session",
            label_visibility="collapsed",
        )
        system = unit_toggle()
    if way == TYPED:
        return typed_case(system), system
    if way == UPLOADED:
        return uploaded_case(backend), system
    return _example_case(), system


def _example_case() -> Case:
    by_key = {example.key: example for example in examples()}
    key = st.selectbox(
        "Synthetic patient",
        list(by_key),
        format_func=lambda k: by_key[k].title,
        key="aki_example",
        persist_state="session",
        index=list(by_key).index(FIRST_SHOWN),
        width=420,
    )
    example = by_key[key]
    st.markdown(f"{example.story} :gray-badge[Synthetic: no person stands behind it]")
    return Case(
        key=f"example/{key}",
        title=example.title,
        source="Synthetic example",
        inputs=example.inputs,
        series=example.series,
        events=example.events,
    )
