"""The doses of the first weeks, searched for by a quantum optimiser, beside the best of all schedules."""

from functools import partial
from itertools import groupby
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard.dosing.cache import kept
from dashboard.dosing.course import DAYS_FROM_H
from dashboard.dosing.figure import layout
from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import DAY_H, WEEK_H, amount
from dashboard.shared.charts import palette
from dashboard.shared.execution.backend_selector import Chosen
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import percent
from qcore.decimals import alike
from qcore.errors import InvalidValue
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.schedule.first_periods import USUAL_SWITCHING, FirstPeriods, first_periods
from qcore.tasks.dosing.schedule.search import DosingSchedule, ScheduleResult, solve
from qcore.tasks.dosing.virtual_population import middle

HEIGHT_PX = 330
N_LAYERS, SAMPLES, SEED = 3, 50, 2025
SWITCHING = {"not at all": 0.0, "a little": USUAL_SWITCHING, "much": 0.2, "very much": 1.0}
SHOWN = 6
"""Number of schedules in the chart of probabilities."""


@st.fragment
def first_weeks(source: Source, question: Question, dose: float, chosen: Chosen) -> None:
    """Show the schedule that was found, the exposure it leads to, and how good the search was.

    Args:
        source: the study whose model is asked.
        question: its regimen and people are looked at.
        dose: that was decided on.
        chosen: where the search's circuit runs.
    """
    st.markdown(
        "A dose for each of the first weeks, for a typical patient: soon at the exposure of "
        f"{amount(dose, source.drug)} {question.regimen.name}, with as few changes as you like, and never above "
        f"{amount(question.regimen.cap, source.drug)}."
    )
    unwelcome = st.select_slider(
        "Changes of the dose are unwelcome", list(SWITCHING), value="a little", key="dosing_switching"
    )
    key = repr((question.population, question.regimen, dose, unwelcome))
    try:
        search = kept(
            source,
            "periods",
            key,
            lambda: first_periods(
                source.model, middle(source.model, question.population), question.regimen, dose, SWITCHING[unwelcome]
            ),
        )
    except InvalidValue as error:
        st.info(literal(error))
        return
    with st.spinner("Searching"):
        result = kept(
            source,
            "schedule",
            (key, chosen.backend.fingerprint),
            partial(solve, search.problem, chosen.backend, N_LAYERS, SAMPLES, SEED),
        )
    st.markdown(f"**{_plan(source, search, result.best_sampled)}** {_beside(source, search, result)}")
    with st.container(key="pair_schedule"):
        left, right = st.columns(2, gap="large")
    with left:
        _exposure(source, search, result, dose)
    with right:
        _probabilities(source, question, search, result)
    st.caption(_search(result, chosen))


def _period(search: FirstPeriods, source: Source) -> str:
    if source.model.units.time == "h" and np.isclose(search.doses_a_period * search.interval, WEEK_H):
        return "week"
    return "interval"


def _plan(source: Source, search: FirstPeriods, schedule: DosingSchedule) -> str:
    """Write a schedule: 12 mg in week 1, then 6 mg."""
    period, parts, start = _period(search, source), [], 1
    runs = [(dose, len(list(same))) for dose, same in groupby(schedule.doses_mg)]
    for index, (dose, length) in enumerate(runs):
        span = f"{start}" if length == 1 else f"{start} to {start + length - 1}"
        plural = "" if length == 1 else "s"
        last = index == len(runs) - 1 and index > 0
        written = amount(dose, source.drug)
        parts.append(f"then {written}" if last else f"{written} in {period}{plural} {span}")
        start += length
    return f"{', '.join(parts)}."


def _beside(source: Source, search: FirstPeriods, result: ScheduleResult) -> str:
    n = len(result.search.values)
    if result.gap == 0:
        return f"It is the best of all {n} possible schedules, which were tried one by one to see."
    return (
        f"Trying all {n} possible schedules, one by one, finds a better one that the search missed: "
        f"{_plan(source, search, result.optimum)} What was found costs {result.gap / result.optimum.cost:.0%} more."
    )


def _search(result: ScheduleResult, chosen: Chosen) -> str:
    search = result.search
    where = literal(result.provenance.device)
    elsewhere = " (a processor is not asked: this page sends it no job)" if chosen.job is not None else ""
    return (
        f"Quantum approximate optimisation (QAOA), {search.n_layers} layers on {int(np.log2(len(search.values)))} "
        f"qubits: {where}{elsewhere}; the best of {search.samples} measured schedules. One measurement shows the best "
        f"schedule with a probability of {percent(result.optimum_probability)}, a guess with "
        f"{percent(search.guessing_probability)}. The cost is the mean squared distance from the exposure wanted, plus "
        "that of changes. With so few schedules a computer simply tries all of them: nothing is gained by the quantum "
        "search, and it is shown for what noise does to it."
    )


def _exposure(source: Source, search: FirstPeriods, result: ScheduleResult, dose: float) -> None:
    constant = np.full(search.problem.n_periods, dose)
    count = len(search.problem.target)
    ends = search.interval * np.arange(count + 1)
    in_days = source.model.units.time == "h" and ends[-1] > DAYS_FROM_H
    at, unit = (ends / DAY_H, "days") if in_days else (ends, source.model.units.time)
    lines = (
        ("same dose from the start", constant, {"color": palette.NEUTRAL, "width": 2, "dash": "dot"}),
        ("the schedule found", np.array(result.best_sampled.doses_mg), {"color": palette.BRAND, "width": 2.5}),
    )
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": at,
            "y": np.append(search.exposure(doses), search.exposure(doses)[-1]),
            "line": line | {"shape": "hv"},
            "hovertemplate": f"%{{x:.1f}} {unit}: %{{y:.3~g}}<extra></extra>",
        }
        for name, doses, line in lines
    ]
    title = f"Average concentration between doses, {source.drug.units.concentration}"
    figure = go.Figure(traces, layout(title, HEIGHT_PX, f"Time since the first dose ({unit})"))
    figure.add_hline(
        search.wanted,
        line={"color": palette.LOWERS, "width": 1.5, "dash": "dash"},
        annotation={"text": "at steady state", "font": {"size": 13}, "yanchor": "bottom"},
        annotation_position="bottom right",
    )
    reached = search.exposure(np.array(result.best_sampled.doses_mg))[-1]
    at_end, wanted = alike(float(reached), search.wanted)
    alt = f"{title}: {at_end} at the end of the schedule, {wanted} wanted"
    st.plotly_chart(figure, key="dosing_schedule_exposure", config={"displayModeBar": False}, alt=alt)


def _probabilities(source: Source, question: Question, search: FirstPeriods, result: ScheduleResult) -> None:
    shown = sorted(result.likeliest[:SHOWN], key=lambda each: each.probability)
    best = result.optimum.cost
    names = [" · ".join(f"{dose:g}" for dose in each.doses_mg) for each in shown]
    bars: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "x": [100 * each.probability for each in shown],
        "y": names,
        "marker": {"color": [palette.BRAND if np.isclose(each.cost, best) else palette.NEUTRAL for each in shown]},
        "hovertemplate": "%{y}: %{x:.1f} %<extra></extra>",
    }
    unit = f"{source.drug.units.dose} {question.regimen.name}"
    title = f"Likeliest measured schedules ({unit}, by {_period(search, source)})"
    figure = go.Figure([bars], layout(title, HEIGHT_PX, "Probability (%)"))
    figure.update_layout(yaxis={"type": "category", "fixedrange": True, "rangemode": None})
    figure.add_vline(
        100 * result.search.guessing_probability,
        line={"color": palette.RAISES, "width": 1.5, "dash": "dash"},
        annotation={"text": "guessing", "font": {"size": 13}, "y": 1, "yanchor": "bottom", "xanchor": "left"},
    )
    alt = f"{title}: {names[-1]} with {shown[-1].probability:.1%}"
    st.plotly_chart(figure, key="dosing_schedule_probabilities", config={"displayModeBar": False}, alt=alt)
