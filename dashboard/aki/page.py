"""AKI risk: from twelve values of the first day to the risk of the next one, and why."""

import streamlit as st

from dashboard.aki.answer import answer
from dashboard.aki.case_picker import pick_case
from dashboard.aki.explanation import explanation
from dashboard.aki.external import external_checks
from dashboard.aki.input_table import input_table
from dashboard.aki.noise_effect import predicted
from dashboard.aki.resources import aki_evaluation, aki_job, aki_measured, aki_model
from dashboard.aki.trends import trends
from dashboard.aki.what_if import what_if
from dashboard.shared.evidence.comparison import model_comparison
from dashboard.shared.evidence.reliability import reliability_view
from dashboard.shared.execution.backend_selector import backend_selector
from dashboard.shared.execution.circuit_drawing import circuit_view
from dashboard.shared.execution.job import run_of_job
from dashboard.shared.execution.job_history import earlier_jobs
from dashboard.shared.execution.noise_in_use import is_noiseless, job_placement, simulated_placement
from dashboard.shared.execution.what_ran import what_ran
from dashboard.shared.execution.where_it_ran import where_it_ran
from dashboard.shared.numbers import percent
from qcore.tasks.classification.model import HYBRID

st.title("AKI risk in the next 24 hours")
chosen = backend_selector()
backend = chosen.backend
case, system = pick_case(backend)
if case is None:
    st.stop()

model, evaluation = aki_model(), aki_evaluation()
job, measured = aki_job(model), None
if chosen.job:
    angles = model.angles(case.inputs.to_frame().T)
    measured = run_of_job(job, (case.key, tuple(case.inputs)), angles, chosen.job)
prediction = answer(case, model, evaluation, backend, measured)
n_qubits = model.circuit.n_qubits
placement = job_placement(chosen.job, n_qubits) if chosen.job else simulated_placement(backend, n_qubits)
what_ran(prediction.provenance, None if chosen.job and not measured else placement)
risk = float(prediction.value[0])

with st.container(key="pair_inputs"):
    inputs, why = st.columns([5, 6], gap="large")
with inputs:
    st.header("What the model sees")
    input_table(case.inputs, system)
with why:
    st.header("Why this risk")
    if measured:
        st.caption(f"Computed noiselessly, so it ends at the noiseless risk, not at the {percent(risk)} measured.")
    explanation(case, model, backend, system)

st.header("What if?")
if measured:
    st.caption(f"Computed noiselessly: it starts from the noiseless risk, not from the {percent(risk)} measured.")
what_if(case, predicted(case, model, backend), backend, system)

st.header("First day")
trends(case, system)

st.header("Beside the classical models")
risks = {HYBRID: risk, **{name: float(r[0]) for name, r in model.control_risks(case.inputs.to_frame().T).items()}}
noisy_on = "" if is_noiseless(backend) and not measured else prediction.provenance.device
on_test_set = aki_measured(evaluation)
model_comparison(risks, model.facts.n_parameters, on_test_set, noisy_on)
# Only the open section is computed, because every rerun of the page would compute the others again.
trust = "Can the percentages be trusted? Predicted against observed risk"
with st.expander(trust, key="aki_trust", on_change="rerun") as opened:
    if opened.open and evaluation.only.interval:
        reliability_view(on_test_set, evaluation.only.interval, "aki_reliability")
with st.expander("After a transfusion: what is known"):
    external_checks(evaluation.only)
if chosen.job:
    with st.expander("Earlier jobs"):
        earlier_jobs(job, chosen.job)
if chosen.job or not is_noiseless(backend):
    st.header("Where the job runs" if chosen.job else "Where the circuit ran", anchor="where-the-circuit-ran")
    where_it_ran(placement, is_job=chosen.job is not None)
with st.expander("The quantum circuit", key="aki_circuit", on_change="rerun") as opened:
    if opened.open:
        circuit_view(model.circuit, model.facts.n_parameters[HYBRID] - model.circuit.n_weights)
