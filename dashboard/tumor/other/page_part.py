"""All that the tumour page shows of an image that is no MRI of the brain."""

import streamlit as st

from dashboard.shared.evidence.comparison import model_comparison
from dashboard.shared.execution.noise_in_use import is_noiseless, simulated_placement
from dashboard.shared.execution.where_it_ran import where_it_ran
from dashboard.shared.foreign import literal
from dashboard.tumor.case import Case
from dashboard.tumor.images import without_answer
from dashboard.tumor.other.answer import other_answer_card
from dashboard.tumor.other.download import other_downloads
from dashboard.tumor.other.images import other_images
from dashboard.tumor.other.question import other_choice
from dashboard.tumor.other.resources import other_evaluation, other_measured, other_model
from dashboard.tumor.other.seen import other_answered
from qcore.backends.protocol import Backend
from qcore.tasks.classification.model import HYBRID
from qcore.tasks.imaging.answer import label_of
from qcore.tasks.imaging.known import refusal
from qcore.tasks.imaging.subjects import SUBJECTS


def other_question(case: Case, backend: Backend, noiseless: Backend) -> None:
    """Answer, or say why not.

    Args:
        case: the image, and which question is asked of it.
        backend: where the circuit runs.
        noiseless: the simulator without noise, on which the other models run, too.
    """
    subject = SUBJECTS[case.question]
    if sentence := refusal(case.series, subject):
        st.warning(literal(sentence + other_choice(case.series, case.question)), icon=":material/block:")
        without_answer(case)
        return
    model, evaluation = other_model(case.question), other_evaluation(case.question)
    found = other_answered(case, backend)
    before = None if is_noiseless(backend) else other_answered(case, noiseless)
    other_answer_card(case, subject, label_of(model), found, before, evaluation)
    other_images(case, label_of(model), backend)
    other_downloads(case, subject, label_of(model), model, found, backend, evaluation)
    st.header("Beside the classical models")
    others = [name for name in model.members if name != HYBRID]
    said = {name: other_answered(case, noiseless, name).probability for name in others}
    noisy_on = "" if is_noiseless(backend) else found.backend
    model_comparison(
        {HYBRID: found.probability, **said}, evaluation.parameters, other_measured(case.question), noisy_on
    )
    if not is_noiseless(backend):
        st.header("Where the circuit ran", anchor="where-the-circuit-ran")
        where_it_ran(simulated_placement(backend, model.entry.n_qubits))
