"""Whether the percentages can be trusted: predicted against observed risk, over all and by group."""

from html import escape

import plotly.graph_objects as go
import streamlit as st

from dashboard.shared.charts import palette
from dashboard.shared.evidence.comparison import Measured
from dashboard.shared.numbers import percent
from qcore.evidence.evaluation import IntervalCheck
from qcore.tasks.classification.model import CONTROL, GRADIENT_BOOSTING, HYBRID, LOGISTIC_REGRESSION

SIDE_PX = 430
COLOURS = {
    HYBRID: palette.BRAND,
    GRADIENT_BOOSTING: palette.RAISES,
    CONTROL: palette.LOWERS,
    LOGISTIC_REGRESSION: palette.NEUTRAL,
}


def reliability_view(measured: Measured, check: IntervalCheck, key: str) -> None:
    """Show the reliability curve beside the subgroup table, both from the test set.

    Args:
        measured: on the test set.
        check: coverage of the conformal interval on the test set.
        key: of the chart, with the prefix of the page.
    """
    with st.container(key="pair_reliability"):
        curve, groups = st.columns([5, 6], gap="large")
    with curve:
        _curve(measured, key)
    with groups:
        _subgroups(measured)
    st.caption(
        f"Each point of the chart is a tenth of the {measured.n:,} test patients; on the dotted line prediction and "
        f"outcome agree. The {percent(check.nominal_coverage)} interval held the observed share in "
        f"{percent(check.coverage)} of {check.n_groups} groups of 50 test patients."
    )


def _curve(measured: Measured, key: str) -> None:
    figure, curves = go.Figure(), measured.evidence.reliability
    top = max(max(p.predicted, p.observed) for points in curves.values() for p in points)
    axis = {
        "ticksuffix": " %",
        "range": [0, top * 105],
        "dtick": 10,
        "fixedrange": True,
        "tickfont": {"size": 13},
    }
    for name, points in curves.items():
        figure.add_trace(
            go.Scatter(
                x=[p.predicted * 100 for p in points],
                y=[p.observed * 100 for p in points],
                name=measured.titles[name],
                mode="lines+markers",
                line={"color": COLOURS[name], "width": 2.5 if name == HYBRID else 1.5},
                hovertemplate="predicted %{x:.1f} %, observed %{y:.1f} %<extra></extra>",
            )
        )
    line = {"color": palette.NEUTRAL, "dash": "dot"}
    figure.add_shape(type="line", x0=0, y0=0, x1=top * 105, y1=top * 105, line=line)
    title_font = {"size": 13}
    figure.update_layout(
        width=SIDE_PX,
        height=SIDE_PX,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={**axis, "title": {"text": "Predicted risk", "font": title_font}},
        yaxis={**axis, "title": {"text": "Observed share", "font": title_font}},
        legend={"x": 0.02, "y": 0.99},
    )
    st.plotly_chart(
        figure,
        key=key,
        width="content",
        config={"displayModeBar": False},
        alt="Predicted against observed risk on the test set",
    )


def _subgroups(measured: Measured) -> None:
    rows = "".join(
        f"<tr><td>{escape(g.group)}</td><td class='num'>{g.n:,}</td><td class='num'>{percent(g.predicted)}</td>"
        f"<td class='num'>{percent(g.observed)}</td><td class='whole'>"
        + (f"{g.auroc.value:.2f} ({g.auroc.low:.2f} to {g.auroc.high:.2f})" if g.auroc else "too few events")
        + "</td></tr>"
        for g in measured.evidence.subgroups
    )
    head = (
        "<tr><th>Group</th><th class='num'>Patients</th><th class='num'>Predicted</th><th class='num'>Observed</th>"
        "<th>AUROC (95 % interval)</th></tr>"
    )
    st.html(f"<table class='q-table'><thead>{head}</thead><tbody>{rows}</tbody></table>")
