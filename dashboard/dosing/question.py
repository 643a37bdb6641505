"""What is asked for: how often, for how many, for whom, and what is to be reached."""

import math

import streamlit as st

from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import SWITCH_NAMES, covariate, measured
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Regimen
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.virtual_population import Population
from qcore.tasks.dosing.wording import unit_of

OTHER = "other"
ASKED = "asked for"
"""Name of the population that the page's controls describe."""
AS_STUDIED, WITHOUT, WITH = "as studied", "without", "with"
WIDER = (0.6, 1.6)
"""Factors of the lowest and the highest weight studied between which the slider moves."""
LONGEST_H = 24.0 * 28


def question(source: Source) -> Question | None:
    """Show the controls and return the question they ask; None while no limit of the target is set."""
    regimen = _regimen(source)
    share = _share(source)
    population = _population(source)
    target = _target(source)
    return None if target is None else Question(population, regimen, target, share)


def first_question(source: Source) -> Question:
    """Return the question that the controls ask before anybody has changed them."""
    drug = source.drug
    target = drug.aim.target.of(source.model.structure.response)
    return Question(Population(ASKED, source.weight_kg, {}), drug.regimens[0], target, drug.shares[0])


def _key(source: Source, name: str) -> str:
    # With the study, because another one begins with its own settings.
    return f"dosing_{name}_{source.key}"


def _regimen(source: Source) -> Regimen:
    regimens = {each.name: each for each in source.drug.regimens}
    first = next(iter(regimens))
    if len(regimens) > 1:
        chosen = st.segmented_control(
            "How often",
            list(regimens),
            default=first,
            required=True,
            key=_key(source, "regimen"),
            persist_state="session",
        )
        return regimens[chosen]
    usual = regimens[first]
    hours = st.number_input(
        "Hours between doses",
        min_value=min(0.5, usual.interval_h),
        max_value=max(LONGEST_H, usual.interval_h),
        value=float(usual.interval_h),
        format="%g",
        key=_key(source, "hours"),
        persist_state="session",
    )
    if hours == usual.interval_h:
        return usual
    return usual.model_copy(update={"interval_h": hours, "name": f"every {hours:g} h"})


def _share(source: Source) -> float:
    names = {f"{share:.0%}".replace("%", " %"): share for share in source.drug.shares}
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        chosen = st.segmented_control(
            "Share of people who are to reach it",
            [*names, OTHER],
            default=next(iter(names)),
            required=True,
            key=_key(source, "share"),
            persist_state="session",
        )
    if chosen != OTHER:
        return names[chosen]
    with right:
        percentage = st.number_input(
            "Percent", 1, 99, 80, key=_key(source, "percent"), persist_state="session", help="From 1 to 99."
        )
    return percentage / 100


def _population(source: Source) -> Population:
    weight = _weights(source)
    fixed: dict[str, float] = {}
    for name in source.switches:
        called = covariate(name)
        chosen = st.segmented_control(
            called.capitalize() if name in SWITCH_NAMES else called,
            [AS_STUDIED, WITHOUT, WITH],
            default=AS_STUDIED,
            required=True,
            key=_key(source, f"switch_{name}"),
            persist_state="session",
        )
        fixed |= {} if chosen == AS_STUDIED else {name: float(chosen == WITH)}
    return Population(ASKED, weight, fixed)


def _weights(source: Source) -> tuple[float, float] | None:
    if source.model.weight is None:
        return None
    if not source.needs_weight:
        st.caption("Body weight was looked at: in this study it does not change the dose.")
        return None
    seen = source.model.covariate(source.model.weight)
    step = 5.0 if max(seen) > 30 else 10.0 ** math.floor(math.log10(max(seen))) / 10
    start = source.weight_kg or (step * math.floor(min(seen) / step), step * math.ceil(max(seen) / step))
    edges = (
        step * max(1, math.floor(WIDER[0] * min(seen) / step)),
        step * math.ceil(WIDER[1] * max(seen) / step),
    )
    low, high = st.slider(
        "Body weight (kg)",
        *edges,
        value=start,
        step=step,
        format="%g",
        key=_key(source, "weight"),
        persist_state="session",
        help="Weights are spread evenly over this range.",
    )
    if source.weight_kg is None and (low, high) == start:
        return None
    return (low, high) if high > low else (low, low + step / 100)


def _target(source: Source) -> Target | None:
    aim = source.drug.aim
    measures = list(Measure) if source.model.structure.response else [each for each in Measure if each != "response"]
    measure: Measure = st.selectbox(
        "What is to be kept within limits",
        measures,
        index=measures.index(aim.measure),
        format_func=lambda each: measured(each, source.drug).removeprefix("the ").capitalize(),
        key=_key(source, "measure"),
        persist_state="session",
    )
    unit = unit_of(measure, source.drug)
    is_aim = measure == aim.measure
    edges = []
    for column, side, value in zip(st.columns(2), ("Above", "Below"), (aim.low, aim.high), strict=True):
        key = _key(source, f"{side}_{measure}")
        # Through the session: a field with a default could not be emptied.
        st.session_state.setdefault(key, value if is_aim else None)
        with column:
            edges.append(
                st.number_input(
                    f"{side} ({unit})" if unit else side,
                    min_value=0.0,
                    value=None,
                    step=0.1,
                    format="%g",
                    placeholder="no limit",
                    key=key,
                    persist_state="session",
                )
            )
    low, high = (limit if limit else None for limit in edges)
    if low is None and high is None:
        st.info("Set a limit: a number above 0 that it is to stay above or below.")
        return None
    if low is not None and high is not None and low >= high:
        st.info("The lower limit has to be below the upper one.")
        return None
    return Target(measure, low, high).of(source.model.structure.response)
