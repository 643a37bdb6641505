"""Whether the model describes its study: measurements beside predictions, and made-up studies beside the real one."""

from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard.dosing.cache import kept
from dashboard.dosing.figure import layout
from dashboard.dosing.study.source import Source
from dashboard.shared.charts import palette
from dashboard.shared.numbers import percent
from qcore.study import Array, Quantity, Study
from qcore.tasks.dosing.diagnostics import GoodnessOfFit, Vpc, goodness_of_fit, vpc

SIDE_PX = 400
FILLS = ("rgba(123, 136, 148, 0.30)", "rgba(15, 133, 122, 0.30)", "rgba(123, 136, 148, 0.30)")
NAMES = ("lowest twentieth", "median", "highest twentieth")


def checks_view(source: Source) -> None:
    """Show both checks, for the response first where there is one."""
    study = source.study
    if study is None:
        st.markdown(
            "This takes the study's measurements, which do not come with Qlinical: set QLINICAL_DATA to a folder in "
            "which they lie as lsqi/EstData.csv."
        )
        return
    quantities = [Quantity.RESPONSE, Quantity.CONCENTRATION] if study.has_response else [Quantity.CONCENTRATION]
    predictions = kept(source, "fitness", "", partial(goodness_of_fit, source.model, study))
    for quantity in quantities:
        responds = quantity is Quantity.RESPONSE
        name = source.drug.effect if responds else "concentration"
        unit = source.drug.units.response if responds else source.drug.units.concentration
        with st.container(key=f"pair_checks_{quantity}"):
            left, right = st.columns(2, gap="large")
        with left:
            _observed_predicted(predictions, name, unit, responds)
        with right:
            with st.spinner("Making up studies"):
                check = _check(source, study, quantity)
            _visual(check, name, unit, source.model.units.time)
    st.caption(
        "Measured: every measurement beside what the model says of this very person; on the dotted line they agree. "
        "Quantiles: the points are the lowest twentieth, the median and the highest twentieth of the measurements over "
        "time, the bands where nine in ten studies made up by the model have them; values of all doses are taken "
        "together, each corrected for what is expected of it. The model is looked at on the study it was fitted to: "
        "this shows a poor fit, and cannot prove a good forecast."
    )


def _check(source: Source, study: Study, quantity: Quantity) -> Vpc:
    return kept(source, "visual", str(quantity), partial(vpc, source.model, study, quantity))


def _observed_predicted(predictions: GoodnessOfFit, name: str, unit: str, responds: bool) -> None:
    of_quantity = predictions.response == responds
    observed, predicted = predictions.observed[of_quantity], predictions.individual[of_quantity]
    end = float(max(observed.max(), predicted.max())) * 1.03
    line = {"type": "line", "x0": 0, "x1": end, "y0": 0, "y1": end, "line": {"color": palette.NEUTRAL, "dash": "dot"}}
    axis: dict[str, Any] = {"range": [0, end], "fixedrange": True, "zeroline": False, "nticks": 6}
    tail = f", {unit}" if unit else ""
    chart_layout = layout(f"Measured {name}{tail}", SIDE_PX, "Predicted for the person", legend=False)
    chart_layout |= {"shapes": [line], "xaxis": chart_layout["xaxis"] | axis, "yaxis": axis}
    points = {"type": "scatter", "x": predicted, "y": observed, "mode": "markers", "hoverinfo": "skip"}
    marker = {"size": 4, "color": palette.LOWERS, "opacity": 0.6}
    alt = f"{len(observed)} measurements of the {name} beside their predictions; on the dotted line they agree"
    figure = go.Figure([points | {"marker": marker}], chart_layout)
    st.plotly_chart(figure, key=f"dosing_predicted_{responds}", config={"displayModeBar": False}, alt=alt)


def _visual(check: Vpc, name: str, unit: str, time_unit: str) -> None:
    in_days = time_unit == "h" and check.times[-1] > 96
    at = check.times / 24 if in_days else check.times
    traces = [trace for row in range(len(NAMES)) for trace in _quantile(check, at, row)]
    tail = f", {unit}" if unit else ""
    across = f"Time ({'days' if in_days else time_unit})"
    chart_layout = layout(f"Quantiles of the {name}{tail}", SIDE_PX, across, legend=False)
    alt = f"{percent(check.inside)} of measured quantiles of the {name} lie where nine in ten made-up studies have them"
    st.plotly_chart(
        go.Figure(traces, chart_layout), key=f"dosing_visual_{name}", config={"displayModeBar": False}, alt=alt
    )
    st.caption(f"{percent(check.inside)} of the points lie in their band; about 90 % are expected.")


def _quantile(check: Vpc, at: Array, row: int) -> list[dict[str, Any]]:
    edge = {"type": "scatter", "x": at, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    points = {"type": "scatter", "x": at, "y": check.observed[row], "mode": "markers"}
    return [
        edge | {"y": check.low[row]},
        edge | {"y": check.high[row], "fill": "tonexty", "fillcolor": FILLS[row]},
        points
        | {"marker": {"size": 6, "color": palette.BRAND if row == 1 else palette.NEUTRAL}}
        | {"hovertemplate": f"{NAMES[row]}: %{{y:.3~g}}<extra></extra>"},
    ]
