"""AKI risk: from twelve values of the first day to the risk of the next one, and why."""

import streamlit as st

from dashboard.ui.aki_answer import answer
from dashboard.ui.aki_case_picker import pick_case
from dashboard.ui.aki_explanation import explanation
from dashboard.ui.backend_selector import backend_selector
from dashboard.ui.circuit_drawing import circuit_view
from dashboard.ui.comparison import model_comparison
from dashboard.ui.input_table import input_table
from dashboard.ui.reliability import external_checks, reliability_view
from dashboard.ui.resources import aki_evaluation, aki_model
from dashboard.ui.trends import trends
from dashboard.ui.what_if import what_if
from qcore.tasks.aki.model import CIRCUIT, HYBRID

st.title("AKI risk in the next 24 hours")
backend = backend_selector()
case, system = pick_case(backend)
if case is None:
    st.stop()

model, evaluation = aki_model(), aki_evaluation()
prediction = answer(case, model, evaluation, backend)
risk = float(prediction.value[0])

with st.container(key="pair_inputs"):
    inputs, why = st.columns([5, 6], gap="large")
with inputs:
    st.header("What the model sees")
    input_table(case.inputs, system)
with why:
    st.header("Why this risk")
    explanation(case, model, backend, system)

st.header("What if?")
what_if(case, risk, backend, system)

st.header("First day")
trends(case, system)

st.header("Beside the classical models")
risks = {HYBRID: risk, **{name: float(r[0]) for name, r in model.control_risks(case.inputs.to_frame().T).items()}}
model_comparison(risks, model.facts.n_parameters, evaluation)
with st.expander("Can the percentages be trusted? Predicted against observed risk"):
    reliability_view(evaluation)
with st.expander("After a transfusion: what is known"):
    external_checks(evaluation)
with st.expander("The quantum circuit"):
    circuit_view(CIRCUIT, model.facts.n_parameters[HYBRID] - CIRCUIT.n_weights)
