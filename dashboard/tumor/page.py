"""Tumours on MRI of the brain, and other images: what is there, where does the model look, does noise change it?"""

import streamlit as st

from dashboard.shared.execution.backend_selector import backend_selector
from dashboard.shared.execution.noise_in_use import NOISELESS, is_noiseless, job_placement, simulated_placement
from dashboard.shared.execution.where_it_ran import where_it_ran
from dashboard.shared.foreign import literal
from dashboard.shared.resources import backend_by_name
from dashboard.tumor.answer import answer_card
from dashboard.tumor.case_picker import pick_case
from dashboard.tumor.download import downloads
from dashboard.tumor.images import images, without_answer
from dashboard.tumor.other.page_part import other_question
from dashboard.tumor.other.question import BRAIN, TITLES, other_choice
from dashboard.tumor.other_families import families_on_slice, released_row
from dashboard.tumor.processor import measured_on
from dashboard.tumor.resources import tumor_evaluation, tumor_model
from dashboard.tumor.seen import answered, looked_at
from dashboard.tumor.what_moved import what_moved
from qcore.tasks.classification.model import CONTROL
from qcore.tasks.tumor.known import refusal

NO_JOBS = (
    "These models send no jobs to a processor: their whole image is one circuit in a network of many layers. The "
    "noiseless simulator answers; Simulated processor shows what the noise of the processor does."
)

title = st.empty()
chosen = backend_selector()
backend, noiseless = chosen.backend, backend_by_name(NOISELESS)
model, evaluation = tumor_model(), tumor_evaluation()
case = pick_case(model, backend)
title.title(TITLES[case.question] if case and case.question != BRAIN else "Tumour on MRI of the brain")
if case is None:
    st.stop()
if case.question != BRAIN:
    if chosen.job:
        st.info(NO_JOBS, icon=":material/info:")
    other_question(case, backend, noiseless)
    st.stop()

looked = looked_at(case, model)
if sentence := refusal(case.series, looked):
    st.warning(literal(sentence + other_choice(case.series, BRAIN)), icon=":material/block:")
    without_answer(case)
    st.stop()
found = answered(case, model, looked, backend)
exact = answered(case, model, looked, noiseless)
if chosen.job and (measured := measured_on(chosen.job, case, model, looked, exact)):
    found = measured.answer
before = None if found is exact else exact
twin = answered(case, model, looked, noiseless, CONTROL)
answer_card(case, found, before, twin, evaluation, len(looked.slices))
images(case, model, looked, found, backend, noiseless)
downloads(case, model, looked, found, backend, evaluation)
# Only the open section is computed, because every rerun of the page would compute it again.
number = int(looked.slices[found.place]) + 1
section = f"Other families on slice {number}" if len(case.series) > 1 else "Other families on this image"
with st.expander(section, key="tumor_other_families", on_change="rerun") as opened:
    if opened.open:
        released = released_row(model, evaluation, found, before, twin)
        families_on_slice(case, looked, found.place, released, backend, noiseless)
if chosen.job:
    st.header("Where the circuit runs", anchor="where-the-circuit-ran")
    where_it_ran(job_placement(chosen.job, model.entry.n_qubits), is_job=True)
elif not is_noiseless(backend):
    st.header("Where the circuit ran", anchor="where-the-circuit-ran")
    where_it_ran(simulated_placement(backend, model.entry.n_qubits))
    what_moved(case, model, looked, found, backend, noiseless)
