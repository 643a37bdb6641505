"""The hybrid model beside its classical controls: for this patient, and on patients none of them had seen."""

from collections.abc import Mapping
from html import escape

import plotly.graph_objects as go
import streamlit as st

from dashboard.ui import palette
from dashboard.ui.numbers import percent
from qcore.evidence.evaluation import Evaluation
from qcore.evidence.metrics import Estimate
from qcore.tasks.aki.model import CONTROL, GRADIENT_BOOSTING, HYBRID, LABELS

STYLE = """<style>
.q-models {width:100%; border-collapse:collapse; font-size:.95rem; font-variant-numeric:tabular-nums;}
.q-models th {text-align:left; font-weight:600; padding:4px 14px 6px 0; border-bottom:1px solid rgba(123,136,148,.5);}
.q-models td {padding:6px 14px 6px 0; border-bottom:1px solid rgba(123,136,148,.22);}
.q-models tr.first td {font-weight:700;}
.q-models .bar {display:inline-block; height:.7em; margin-right:8px; border-radius:2px; vertical-align:baseline;}
</style>"""
BAR_PX = 140


def model_comparison(risks: Mapping[str, float], sizes: Mapping[str, int], evaluation: Evaluation) -> None:
    """Show one row a model and, first, what the comparison on the test set allows to say."""
    st.markdown(_verdict(evaluation))
    metrics = {HYBRID: evaluation.metrics, **evaluation.controls}
    rows = "".join(_row(name, risks[name], sizes[name], metrics[name]) for name in risks)
    head = (
        "<tr><th>Model</th><th>This patient</th><th>AUROC (95 % interval)</th><th>Calibration error</th>"
        "<th>Parameters</th></tr>"
    )
    st.html(f"{STYLE}<table class='q-models'><thead>{head}</thead><tbody>{rows}</tbody></table>")
    st.caption(
        f"AUROC and calibration error on {evaluation.n:,} patients of {evaluation.split}, which no model was trained "
        f"on. Parameters of gradient boosting are the nodes of its trees."
    )


def _verdict(evaluation: Evaluation) -> str:
    sentences = []
    for name in (GRADIENT_BOOSTING, CONTROL):
        other = LABELS[name].lower()
        difference = evaluation.auroc_difference[name]
        if difference.low > 0:
            sentences.append(f"better than {other}")
        elif difference.high < 0:
            sentences.append(f"worse than {other}")
        else:
            sentences.append(f"no different from {other} that could be shown")
    return f"On unseen patients the hybrid model is {' and '.join(sentences)}. No quantum advantage is claimed."


def _row(name: str, risk: float, size: int, metrics: Mapping[str, Estimate]) -> str:
    auroc, ece = metrics["auroc"], metrics["ece"]
    colour = palette.BRAND if name == HYBRID else palette.NEUTRAL
    bar = f"<span class='bar' style='width:{max(2.0, risk * BAR_PX):.0f}px;background:{colour}'></span>"
    return (
        f"<tr class='{'first' if name == HYBRID else ''}'><td>{escape(LABELS[name])}</td><td>{bar}{percent(risk)}</td>"
        f"<td>{auroc.value:.3f} ({auroc.low:.3f} to {auroc.high:.3f})</td><td>{ece.value * 100:.1f} points</td>"
        f"<td>{size:,}</td></tr>"
    )


def reliability_chart(evaluation: Evaluation) -> None:
    """Draw predicted against observed risk on the test set."""
    figure = go.Figure()
    top = 0.0
    for name, points in evaluation.reliability.items():
        top = max(top, *(max(p.predicted, p.observed) for p in points))
        figure.add_trace(
            go.Scatter(
                x=[p.predicted * 100 for p in points],
                y=[p.observed * 100 for p in points],
                name=LABELS[name],
                mode="lines+markers",
                visible=True if name in (HYBRID, GRADIENT_BOOSTING) else "legendonly",
                hovertemplate="predicted %{x:.1f} %, observed %{y:.1f} %<extra></extra>",
            )
        )
    end = top * 105
    figure.add_shape(type="line", x0=0, y0=0, x1=end, y1=end, line={"color": palette.NEUTRAL, "dash": "dot"})
    figure.update_layout(
        height=340,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={"title": "Predicted risk", "ticksuffix": " %", "range": [0, end]},
        yaxis={"title": "Observed share", "ticksuffix": " %", "range": [0, end]},
        legend={"x": 0.02, "y": 0.98},
    )
    st.plotly_chart(
        figure, key="aki_reliability", config={"displayModeBar": False}, alt="Predicted against observed risk"
    )
