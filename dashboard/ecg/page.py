"""The ECG: which diagnoses does it show, what is measured on it, which part speaks for it, does noise change it?"""

import streamlit as st

from dashboard.ecg.case_picker import pick_case
from dashboard.ecg.diagnoses import diagnoses_card, likeliest
from dashboard.ecg.explanation import explained, waves_table
from dashboard.ecg.measured_table import measured_table, st_table
from dashboard.ecg.resources import ecg_evaluation, ecg_model
from dashboard.ecg.seen import answered, measurements_of, seen_by_model
from dashboard.ecg.trace import trace
from dashboard.shared.execution.backend_selector import backend_selector
from dashboard.shared.execution.noise_in_use import NOISELESS, is_noiseless, simulated_placement
from dashboard.shared.execution.where_it_ran import where_it_ran
from dashboard.shared.foreign import literal
from dashboard.shared.resources import backend_by_name
from qcore.errors import InvalidValue
from qcore.tasks.classification.model import CONTROL, RESNET_1D
from qcore.tasks.ecg.question import IN_WORDS, LABELS

NO_JOBS = (
    "This page sends no jobs to a processor: a recording is hundreds of small circuits. The noiseless simulator "
    "answers; Simulated processor shows what the noise of the processor does."
)

st.title("Diagnoses from an ECG")
chosen = backend_selector()
if chosen.job:
    st.info(NO_JOBS, icon=":material/info:")
backend, noiseless = chosen.backend, backend_by_name(NOISELESS)
model, evaluation = ecg_model(), ecg_evaluation()
case = pick_case()
if case is None:
    st.stop()
found = measurements_of(case)
try:
    seen = seen_by_model(case)
except InvalidValue as sentence:
    st.warning(literal(sentence), icon=":material/block:")
    trace(case, found)
    measured_table(found, case.ecg.stated)
    st.stop()
here = answered(case, model, seen, backend)
exact = answered(case, model, seen, noiseless)
before = None if here is exact else exact
classical = {
    "Classical twin": answered(case, model, seen, noiseless, CONTROL),
    "ResNets": answered(case, model, seen, noiseless, RESNET_1D),
}
diagnoses_card(case, here, before, classical, evaluation)
label = st.segmented_control(
    "Explain",
    LABELS.names,
    format_func=IN_WORDS.__getitem__,
    default=likeliest(exact),
    required=True,
    key=f"ecg_label_{case.key}",
    help="What speaks for it can be laid over the trace: choose it above the paper, below Overlay.",
)
why = explained(case, model, seen, found, label, backend)
trace(case, found, why, label)
with st.container(key="pair_measured"):
    left, right = st.columns([4, 6], gap="large")
    with left:
        st.header("Measured")
        measured_table(found, case.ecg.stated)
    with right:
        st.header(f"What speaks for {IN_WORDS[label]}", anchor="why")
        waves_table(why, label, len(seen.x))
        st.header("ST segment", anchor="st")
        st_table(found)
if not chosen.job and not is_noiseless(backend):
    st.header("Where the circuit ran", anchor="where-the-circuit-ran")
    where_it_ran(simulated_placement(backend, model.entry.n_qubits))
