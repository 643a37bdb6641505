"""Tumours on MRI of the brain, and other images: what is there, where does the model look, does noise change it?"""

import streamlit as st

from dashboard.shared.execution.backend_selector import backend_selector
from dashboard.shared.execution.noise_in_use import NOISELESS, is_noiseless, simulated_placement
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
from dashboard.tumor.resources import tumor_evaluation, tumor_model
from dashboard.tumor.seen import answered, looked_at
from dashboard.tumor.what_moved import what_moved
from qcore.tasks.classification.model import CONTROL
from qcore.tasks.tumor.known import refusal

title = st.empty()
chosen = backend_selector()
backend, noiseless = chosen.backend, backend_by_name(NOISELESS)
if chosen.job:
    st.info(
        "This page sends no jobs to a processor yet: a slice is some thousand small circuits. The noiseless simulator "
        "answers; Simulated processor shows what the noise of the processor does.",
        icon=":material/info:",
    )
model, evaluation = tumor_model(), tumor_evaluation()
case = pick_case(model, backend)
title.title(TITLES[case.question] if case and case.question != BRAIN else "Tumour on MRI of the brain")
if case is None:
    st.stop()
if case.question != BRAIN:
    other_question(case, backend, noiseless)
    st.stop()

looked = looked_at(case, model)
if sentence := refusal(case.series, looked):
    st.warning(literal(sentence + other_choice(case.series, BRAIN)), icon=":material/block:")
    without_answer(case)
    st.stop()
found = answered(case, model, looked, backend)
before = None if is_noiseless(backend) else answered(case, model, looked, noiseless)
twin = answered(case, model, looked, noiseless, CONTROL)
answer_card(case, found, before, twin, evaluation, len(looked.slices))
images(case, model, looked, found, backend, noiseless)
downloads(case, model, looked, found, backend)
# Only the open section is computed, because every rerun of the page would compute it again.
with st.expander("Other families on this slice", key="tumor_other_families", on_change="rerun") as opened:
    if opened.open:
        released = released_row(model, evaluation, found, before, twin)
        families_on_slice(case, looked, found.place, released, backend, noiseless)
if not is_noiseless(backend):
    st.header("Where the circuit ran", anchor="where-the-circuit-ran")
    where_it_ran(simulated_placement(backend, 2))
    what_moved(case, model, looked, found, backend, noiseless)
