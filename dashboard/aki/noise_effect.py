"""What the noise does to an answer: the noiseless one beside it, and the decisions of the examples that flip."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dashboard.aki.case import Case
from dashboard.aki.resources import aki_model
from dashboard.shared.execution.noise_in_use import NOISELESS, is_noiseless, is_set_by_hand
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import NBSP, points, spread
from dashboard.shared.resources import backend_by_name
from dashboard.shared.session_cache import remembered
from qcore.backends.protocol import Backend
from qcore.explain.explanation import Explanation
from qcore.tasks.aki.examples import examples
from qcore.tasks.aki.model import AkiModel
from qcore.tasks.prediction import Prediction

UNMOVED = 0.0005
"""A smaller difference is written as +0.0 points."""
DECISIONS = {True: "alert", False: "no alert"}


@dataclass(frozen=True)
class Flips:
    """Decisions of the example cohort that differ from the noiseless ones.

    Attributes:
        n: number of patients of the example cohort.
        changed: what changed, one line an example.
    """

    n: int
    changed: tuple[str, ...]


def predicted(case: Case, model: AkiModel, backend: Backend) -> Prediction:
    """Return the prediction of a case, computed once a session and backend."""
    key = (case.key, tuple(case.inputs), backend.fingerprint)
    return remembered("aki_predicted", key, lambda: model.predict(case.inputs.to_frame().T, backend))


def explained(case: Case, model: AkiModel, backend: Backend) -> Explanation:
    """Return the explanation of a case, computed once a session and backend."""
    key = (case.key, tuple(case.inputs), backend.fingerprint)
    return remembered("aki_explained", key, lambda: model.explain(case.inputs, backend))


def noiseless_prediction(case: Case, model: AkiModel, backend: Backend) -> Prediction | None:
    """Return what the noiseless simulator says; None where it is the backend itself."""
    return None if is_noiseless(backend) else predicted(case, model, backend_by_name(NOISELESS))


def noiseless_explanation(case: Case, model: AkiModel, backend: Backend) -> Explanation | None:
    """Return the noiseless explanation; None where the backend is noiseless itself."""
    return None if is_noiseless(backend) else explained(case, model, backend_by_name(NOISELESS))


def flips(backend: Backend) -> Flips:
    """Compare the decisions on all synthetic patients with the noiseless ones."""
    now, before = (_cohort_decisions(where.fingerprint, where) for where in (backend, backend_by_name(NOISELESS)))
    return Flips(
        n=len(now),
        changed=tuple(
            f"{example.title}: {DECISIONS[bool(before[i])]} → {DECISIONS[bool(now[i])]}"
            for i, example in enumerate(examples())
            if now[i] != before[i]
        ),
    )


# Shared by all sessions: no person stands behind the examples.
@st.cache_resource(show_spinner=False, max_entries=256)
def _cohort_decisions(fingerprint: str, _backend: Backend) -> NDArray[np.bool_]:  # noqa: ARG001 - the key
    inputs = pd.DataFrame([example.inputs for example in examples()])
    return aki_model().predict(inputs, _backend).decision


def noise_effect(prediction: Prediction, noiseless: Prediction, backend: Backend) -> None:
    """Say by how much the noise moves the answer."""
    risk, before = float(prediction.value[0]), float(noiseless.value[0])
    # The difference of the risks as written: 13.5 % and 14.1 % are 0.6 points apart.
    moved = round(risk, 3) - round(before, 3)
    shots = prediction.provenance.shots
    move = "move" if shots else "moves"
    shift = f"hardly {move} it" if abs(moved) < UNMOVED else f"{move} it by {points(moved)} points"
    cause = _cause(prediction, backend) + (f" and {shots:,} shots" if shots else "")
    # A decimal more than in the heading: otherwise 14 % moved by −0.1 points could read 13 %.
    sentences = [
        f"**Noiseless: {before * 100:.1f}{NBSP}%, here {risk * 100:.1f}{NBSP}%.** "
        f"{cause} {shift}{_decision(prediction, noiseless)}"
    ]
    if shots:
        error = spread(float(prediction.standard_error[0]))
        # A job reports no covariance of what it measured, so its error is a bound.
        bound = "at most " if prediction.provenance.job_id and error.startswith("±") else ""
        sentences.append(f"The shots alone scatter by {bound}{error} points (1 standard error).")
    st.markdown(" ".join(sentences))


def _cause(prediction: Prediction, backend: Backend) -> str:
    if prediction.provenance.job_id:
        return literal(f"The {prediction.provenance.device}".replace("The ibm_", "IBM ").replace(" (simulated)", ""))
    device = literal(prediction.provenance.device.removesuffix(", simulated"))
    cause = "The noise set by hand" if is_set_by_hand(backend) else f"The {device}"
    return cause if prediction.provenance.mitigation == "none" else f"{cause} (mitigated)"


def _decision(prediction: Prediction, noiseless: Prediction) -> str:
    now, before = bool(prediction.decision[0]), bool(noiseless.decision[0])
    if now == before:
        return "; the decision stays."
    return (
        f". :orange-badge[:material/swap_horiz: The decision changes] from {DECISIONS[before]} to **{DECISIONS[now]}**."
    )


def flip_line(backend: Backend) -> None:
    """Say how many of the examples' decisions flip."""
    cohort_flips = flips(backend)
    if not cohort_flips.changed:
        st.markdown(f"Of the {cohort_flips.n} synthetic patients, **no** decision flips.")
        return
    flipped = "1 decision flips" if len(cohort_flips.changed) == 1 else f"{len(cohort_flips.changed)} decisions flip"
    names = "\n".join(f"- {line}" for line in cohort_flips.changed)
    st.markdown(f"Of the {cohort_flips.n} synthetic patients, **{flipped}**.", help=names)
