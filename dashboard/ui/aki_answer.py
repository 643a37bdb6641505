"""The answer: the risk as a sentence and a gauge, what the threshold means, whom the model knows."""

import streamlit as st

from dashboard.ui.case import Case
from dashboard.ui.gauge import risk_gauge
from dashboard.ui.numbers import count_in_group, percent
from qcore.backends.protocol import Backend
from qcore.evidence.conformal import GROUP_SIZE
from qcore.evidence.evaluation import Evaluation
from qcore.records import audit
from qcore.tasks.aki import kdigo
from qcore.tasks.aki.model import AkiModel
from qcore.tasks.prediction import Prediction


def answer(case: Case, model: AkiModel, evaluation: Evaluation, backend: Backend) -> Prediction:
    """Predict, write the audit row, show the answer and return it."""
    prediction = model.predict(case.inputs.to_frame().T, backend)
    _record(case, prediction)
    risk = float(prediction.value[0])
    with st.container(border=True, key="pair_answer"):
        sentence, gauge = st.columns([5, 6], gap="large", vertical_alignment="center")
        with sentence:
            st.markdown(f"## {percent(risk)} risk of acute kidney injury in the next 24 hours")
            st.markdown(_outcome(case))
            st.markdown(_interval(prediction, evaluation))
            st.markdown(_decision(prediction, evaluation))
        with gauge:
            risk_gauge(prediction, model.facts.base_rate, key="aki_gauge")
        st.caption(
            f"{case.title} · {case.source}. Learnt from {prediction.population} "
            f"Of these {percent(model.facts.base_rate)} developed AKI; what is known after a transfusion stands below. "
            f"Ran on {prediction.provenance.device} in {prediction.provenance.seconds * 1000:.0f} ms."
        )
    return prediction


def _outcome(case: Case) -> str:
    meaning = f"That is: {kdigo.OUTCOME}."
    if bool(kdigo.risen_on_day_one(case.inputs.to_frame().T).iloc[0]):
        meaning += " **It has risen by this much on the first day already; the risk is of a further rise.**"
    return meaning


def _interval(prediction: Prediction, evaluation: Evaluation) -> str:
    low, high = float(prediction.low[0]), float(prediction.high[0])
    count = count_in_group(low, high, GROUP_SIZE)
    beyond = float(prediction.value[0]) > evaluation.interval.highest_group
    return (
        f"Of {GROUP_SIZE} patients like this one, expect **{count}** to develop it "
        f"({percent(prediction.nominal_coverage)} interval: {percent(low)} to {percent(high)})."
        + (" Too few test patients had a risk this high to check the interval." if beyond else "")
    )


def _decision(prediction: Prediction, evaluation: Evaluation) -> str:
    point = evaluation.operating_point
    threshold = percent(prediction.threshold)
    if prediction.decision[0]:
        verdict = f":orange-badge[:material/notifications_active: Alert] At or above the threshold of {threshold}."
    else:
        verdict = f":green-badge[:material/check: No alert] Below the threshold of {threshold}."
    return (
        f"{verdict} Over all test patients this threshold finds {percent(point.sensitivity)} of those who develop AKI "
        f"(sensitivity), and {percent(point.ppv)} of those with an alert develop it (PPV)."
    )


def _record(case: Case, prediction: Prediction) -> None:
    """Write one audit row a case and backend, not one for every redraw."""
    shown = (case.key, tuple(case.inputs), prediction.provenance.backend)
    if st.session_state.get("aki_recorded") == shown:
        return
    audit.append(
        audit.Action.PREDICTION,
        "aki",
        model_card=prediction.model_card,
        backend=prediction.provenance.backend,
        decision="alert" if prediction.decision[0] else "no alert",
        patients=1,
    )
    st.session_state["aki_recorded"] = shown
