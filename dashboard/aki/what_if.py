"""What if: sliders on the twelve inputs and the risk they would give, at once."""

import math

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.aki.case import Case
from dashboard.aki.resources import aki_model
from dashboard.shared.charts.gauge import Ghost, risk_gauge
from dashboard.shared.execution.noise_in_use import is_noiseless
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import percent, points, spread
from qcore.backends.protocol import Backend
from qcore.errors import InvalidValue
from qcore.tasks.aki.inputs import INPUTS, Input, slider_range, slider_value
from qcore.tasks.aki.urine import DAY, LAST, check_rates
from qcore.tasks.prediction import Prediction
from qcore.units import UnitSystem, unit_in

COLUMNS = 4


@st.fragment
def what_if(case: Case, answer: Prediction, backend: Backend, system: UnitSystem) -> None:
    """Show the sliders, set to the patient, and the risk with whatever is moved.

    Args:
        case: the patient, checked and complete.
        answer: the prediction for the patient as they are.
        backend: where the circuit runs.
        system: units of the sliders.
    """
    shown = st.container()
    changed: dict[str, float] = {}
    for start in range(0, len(INPUTS), COLUMNS):
        for item, column in zip(
            INPUTS[start : start + COLUMNS], st.columns(COLUMNS, vertical_alignment="bottom"), strict=True
        ):
            with column:
                changed[item.name] = _slider(item, case, system)
    st.button("Back to the patient", on_click=_reset, args=(case, system), key="aki_what_if_reset", type="tertiary")
    moved = [item.label for item in INPUTS if changed[item.name] != float(case.inputs[item.name])]
    if moved and not _is_possible(changed, shown):
        return
    model = aki_model()
    prediction = model.predict(pd.Series(changed).to_frame().T, backend) if moved else answer
    risk, new = float(answer.value[0]), float(prediction.value[0])
    with shown:
        text, chart = st.columns([2, 3], vertical_alignment="center")
        if moved:
            error = math.hypot(float(answer.standard_error[0]), float(prediction.standard_error[0]))
            scatter = f" ({spread(error)} from the shots, 1 standard error)" if error else ""
            text.markdown(
                f"With the changed values the risk would be **{percent(new)}**, {points(new - risk)} points{scatter}. "
                f"Changed: {', '.join(moved)}."
            )
        else:
            text.markdown("Move a value to see how the model's answer would change. Nothing is changed yet.")
        text.caption(
            "This is what the model would say, not what a treatment would do."
            + ("" if is_noiseless(backend) else " It is computed with the noise chosen at the left.")
        )
        with chart:
            ghost = Ghost("as they are", risk) if moved else None
            risk_gauge(prediction, model.base_rate, key="aki_what_if_gauge", ghost=ghost)


def _is_possible(changed: dict[str, float], box: DeltaGenerator) -> bool:
    """Say so where the values cannot all be true of one patient: the model would answer all the same."""
    try:
        check_rates(changed[DAY], changed[LAST])
    except InvalidValue as error:
        box.warning(f"No risk is shown: no patient can have these values. {literal(error)}", icon=":material/block:")
        return False
    return True


def _key(item: Input, case: Case, system: UnitSystem) -> str:
    # With the value, because another patient may be typed under the same case key.
    return f"aki_if_{item.name}_{case.key}_{system.name}_{case.inputs[item.name]!r}"


def _slider(item: Input, case: Case, system: UnitSystem) -> float:
    original = float(case.inputs[item.name])
    if item.choices:
        names = item.choices
        key = _key(item, case, system)
        st.session_state.setdefault(key, round(original))
        code = st.selectbox(item.label, list(names), format_func=lambda c: names[c], key=key)
        return original if code == round(original) else float(code)
    unit = unit_in(system, item.units)
    low, high, step = slider_range(item, original, unit)
    shown = slider_value(item, original, unit)
    key = _key(item, case, system)
    # Through the session alone: a default beside it would clash with the reset.
    st.session_state.setdefault(key, shown)
    value: float = st.slider(f"{item.label} ({unit.symbol})", low, high, step=step, key=key, format="%g")
    # The slider shows a rounded value: where it was not moved, the patient keeps the exact one.
    return original if value == shown else unit.to_canonical(value)


def _reset(case: Case, system: UnitSystem) -> None:
    for item in INPUTS:
        original = float(case.inputs[item.name])
        shown = round(original) if item.choices else slider_value(item, original, unit_in(system, item.units))
        st.session_state[_key(item, case, system)] = shown
