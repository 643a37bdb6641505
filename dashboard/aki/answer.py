"""The answer: the risk as a sentence and a gauge, what the threshold means, whom the model knows."""

import streamlit as st

from dashboard.aki.case import Case
from dashboard.aki.noise_effect import flip_line, noise_effect, noiseless_prediction, predicted
from dashboard.shared.charts.gauge import Ghost, risk_gauge
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import count_in_group, percent, percents
from qcore.backends.protocol import Backend
from qcore.evidence.conformal import GROUP_SIZE
from qcore.evidence.evaluation import Evaluation
from qcore.records import audit
from qcore.tasks.aki import kdigo
from qcore.tasks.aki.model import AkiModel
from qcore.tasks.prediction import Prediction


def answer(
    case: Case, model: AkiModel, evaluation: Evaluation, backend: Backend, measured: Prediction | None
) -> Prediction:
    """Predict, write the audit row, show the answer and return it.

    Args:
        case: the patient, checked and complete.
        model: the trained models that answer.
        evaluation: says what the answer is worth.
        backend: where the circuit runs.
        measured: what a processor found, shown instead of the backend's own answer, which stays beside it.
    """
    prediction = measured or predicted(case, model, backend)
    noiseless = predicted(case, model, backend) if measured else noiseless_prediction(case, model, backend)
    _record(case, prediction)
    risk = float(prediction.value[0])
    with st.container(border=True, key="pair_answer"):
        sentence, gauge = st.columns([5, 6], gap="large", vertical_alignment="center")
        with sentence:
            st.markdown(f"## {percent(risk)} risk of acute kidney injury in the next 24 hours")
            st.markdown(_outcome(case))
            st.markdown(_interval(prediction, evaluation, noiseless=noiseless is None))
            st.markdown(_decision(prediction, evaluation, noiseless=noiseless is None))
        with gauge:
            ghost = Ghost("noiseless", float(noiseless.value[0])) if noiseless else None
            risk_gauge(prediction, model.base_rate, key="aki_gauge", ghost=ghost)
            if noiseless:
                noise_effect(prediction, noiseless, backend)
                if not measured:
                    flip_line(backend)
        st.caption(
            f"{literal(case.title)} · {literal(case.source)}. Learnt from {prediction.population} "
            f"Of these {percent(model.base_rate)} developed AKI; what is known after a transfusion stands below. "
            f"Ran: {literal(prediction.provenance.device)}, in {_duration(prediction.provenance.seconds)}."
        )
    return prediction


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.001 else "less than 1 ms"


def _outcome(case: Case) -> str:
    meaning = f"That is: {kdigo.OUTCOME}."
    if bool(kdigo.risen_on_day_one(case.inputs.to_frame().T).iloc[0]):
        meaning += " **It has risen by this much on the first day already; the risk is of a further rise.**"
    return meaning


def _interval(prediction: Prediction, evaluation: Evaluation, *, noiseless: bool) -> str:
    low, high = float(prediction.low[0]), float(prediction.high[0])
    count, (least, most) = count_in_group(low, high, GROUP_SIZE), percents(low, high)
    check = evaluation.only.interval
    beyond = check is not None and float(prediction.value[0]) > check.highest_group
    return (
        f"Of {GROUP_SIZE} patients like this one, expect **{count}** to develop it "
        f"({percent(prediction.nominal_coverage)} interval: {least} to {most})."
        + (" Too few test patients had a risk this high to check the interval." if beyond else "")
        + ("" if noiseless else " The interval was checked on noiseless runs only.")
    )


def _decision(prediction: Prediction, evaluation: Evaluation, *, noiseless: bool) -> str:
    point = evaluation.only.operating_point
    threshold = percent(prediction.threshold)
    measured = "" if noiseless else ", without noise,"
    if prediction.decision[0]:
        verdict = f":orange-badge[:material/notifications_active: Alert] At or above the threshold of {threshold}."
    else:
        verdict = f":green-badge[:material/check: No alert] Below the threshold of {threshold}."
    return (
        f"{verdict} Over all test patients{measured} this threshold finds {percent(point.sensitivity)} of those who "
        f"develop AKI (sensitivity), and {percent(point.ppv)} of those with an alert develop it (PPV)."
    )


def _record(case: Case, prediction: Prediction) -> None:
    """Write one audit row per case and backend, not one every time the page is drawn."""
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
