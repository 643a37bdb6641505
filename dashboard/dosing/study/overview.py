"""The study behind a dose: who was given what, what they showed on average, and how the effect lags behind the drug."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard.dosing.figure import layout
from dashboard.dosing.study.source import Source
from dashboard.dosing.study.upload import reading_notes
from dashboard.dosing.wording import amount, covariate
from dashboard.shared.charts import palette
from dashboard.shared.foreign import drawn, in_html
from dashboard.shared.numbers import NBSP
from qcore.decimals import alike
from qcore.study import Study
from qcore.tasks.dosing.dose_groups import Group, groups

COLOURS = (palette.NEUTRAL, palette.LOWERS, palette.BRAND, palette.RAISES, palette.ERRORS[1], palette.ERRORS[2])
HEIGHT_PX = 330
DAYS_FROM_H = 96.0


def study_panel(source: Source) -> None:
    """Show the study; if its measurements are not at hand, show whom the model was fitted to."""
    st.markdown(source.drug.about)
    if source.study is None:
        st.markdown(
            f"The model was fitted to {source.model.n_subjects} people. Their measurements do not come with Qlinical: "
            "set QLINICAL_DATA to a folder in which they lie as lsqi/EstData.csv to see them here."
        )
        return
    dose_groups = groups(source.study)
    st.html(_allocation(source, source.study, dose_groups))
    if len(dose_groups) > len(COLOURS):
        st.caption("Doses differ from person to person, so that there are no groups to take means of.")
    else:
        _means(source, dose_groups)
    if source.notes:
        st.markdown("**How the file was read**")
        reading_notes(source.notes)


def _name(group: Group, source: Source) -> str:
    return amount(group.dose, source.drug) if group.dose else "no drug"


def _allocation(source: Source, study: Study, dose_groups: list[Group]) -> str:
    if len(dose_groups) > len(COLOURS):
        doses = [each.dose for each in dose_groups if each.dose]
        label = f"{amount(min(doses), source.drug)} to {amount(max(doses), source.drug)}" if doses else "no drug"
        rows = [_row(source, label, Group(1.0, None, 0.0, study.subjects))]
    else:
        rows = [_row(source, _name(each, source), each) for each in dose_groups]
    heads = ["Given", "People"]
    heads += [f"Weight, kg{NBSP}(range)"] if study.weight else []
    heads += [f"With {covariate(name)}" for name in source.switches]
    heads += ["Concentrations"] + ([f"{source.drug.effect.capitalize()} values"] if study.has_response else [])
    head = "".join(f"<th class='{'num' if index else ''}'>{in_html(each)}</th>" for index, each in enumerate(heads))
    return f"<table class='q-table'><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _row(source: Source, label: str, group: Group) -> str:
    study = source.study
    cells = [str(len(group.subjects))]
    if study is not None and study.weight:
        weights = [each.covariates[study.weight] for each in group.subjects]
        middle, least, most = alike(float(np.median(weights)), min(weights), max(weights))
        cells.append(f"{middle} ({least} to {most})")
    cells += [f"{sum(each.covariates[name] for each in group.subjects):.0f}" for name in source.switches]
    responses = [each.observations.response for each in group.subjects]
    cells.append(f"{sum(int((~each).sum()) for each in responses):,}")
    if study is not None and study.has_response:
        cells.append(f"{sum(int(each.sum()) for each in responses):,}")
    return f"<tr><td>{in_html(label)}</td>" + "".join(f"<td class='num'>{each}</td>" for each in cells) + "</tr>"


def _means(source: Source, dose_groups: list[Group]) -> None:
    drug, responds = source.drug, source.study is not None and source.study.has_response
    with st.container(key="pair_means"):
        columns = st.columns(2 if responds else 1, gap="large")
    with columns[-1]:
        _mean_curves(source, dose_groups, "Concentration", drug.units.concentration, response=False)
    if not responds:
        return
    with columns[0]:
        _mean_curves(source, dose_groups, drug.effect.capitalize(), drug.units.response, response=True)
    _loop(source, dose_groups)


def _mean_curves(source: Source, dose_groups: list[Group], name: str, unit: str, *, response: bool) -> None:
    means = [(each, colour, *each.means(response)) for each, colour in zip(dose_groups, COLOURS, strict=False)]
    last = max((times[-1] for _, _, times, _ in means if len(times)), default=0.0)
    in_days = source.model.units.time == "h" and last > DAYS_FROM_H
    traces = [
        _trace(times / 24 if in_days else times, values, drawn(_name(group, source)), colour)
        for group, colour, times, values in means
        if len(times)
    ]
    time_unit = "days" if in_days else source.model.units.time
    title = f"{name}, {unit}" if unit else name
    figure = _figure(traces, f"Mean {title[0].lower()}{title[1:]}", f"Time since the first dose ({time_unit})")
    alt = f"Mean {name.lower()} over time by dose: " + ", ".join(str(each["name"]) for each in traces)
    st.plotly_chart(figure, key=f"dosing_means_{response}", config={"displayModeBar": False}, alt=alt)


def _loop(source: Source, dose_groups: list[Group]) -> None:
    """Draw mean response over mean concentration: a loop where the effect lags behind the drug."""
    drug, traces = source.drug, []
    for group, colour in zip(dose_groups, COLOURS, strict=False):
        (at, concentrations), (when, responses) = group.means(response=False), group.means(response=True)
        _, first, second = np.intersect1d(at, when, return_indices=True)
        if len(first):
            traces.append(_trace(concentrations[first], responses[second], drawn(_name(group, source)), colour))
    if not traces:
        return
    unit = f" ({drug.units.response})" if drug.units.response else ""
    across = f"Mean concentration ({drug.units.concentration})"
    figure = _figure(traces, f"Mean {drug.effect}{unit} against mean concentration", across)
    alt = f"Mean {drug.effect} over mean concentration, in order of time, by dose"
    st.plotly_chart(figure, key="dosing_loop", config={"displayModeBar": False}, alt=alt)
    st.caption(
        f"Each line follows a group through time: where it opens into a loop, the {drug.effect} lags behind the "
        "concentration, and the same concentration goes with different values on the way up and on the way down."
    )


def _trace(x: Any, y: Any, name: str, colour: str) -> dict[str, Any]:
    line, marker = {"color": colour, "width": 2}, {"size": 6}
    hover = f"{name}: %{{y:.3~g}}<extra></extra>"
    return {"x": x, "y": y, "mode": "lines+markers", "name": name, "line": line, "marker": marker} | {
        "type": "scatter",
        "hovertemplate": hover,
    }


def _figure(traces: list[dict[str, Any]], title: str, across: str) -> go.Figure:
    return go.Figure(traces, layout(title, HEIGHT_PX, across))
