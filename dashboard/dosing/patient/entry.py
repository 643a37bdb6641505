"""Who the patient is, what was given and what was measured; typed in, or filled with an example or a study's person."""

from functools import partial

import numpy as np
import streamlit as st

from dashboard.dosing.covariates import scales, switched
from dashboard.dosing.patient.table import EDITION, fill, typed
from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import amount
from dashboard.shared.foreign import literal
from qcore.errors import InvalidValue
from qcore.study import Doses, Observations, Subject
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.patient.entry import MOST_DOSES, Cell, entered
from qcore.tasks.dosing.patient.example import N_DOSES, example_patient

REGULAR, SINGLE = "one dose, regularly", "one by one"
LEVELS, DOSES = "dosing_patient_levels", "dosing_patient_doses"
FROM = "dosing_patient_from"
"""Session key: where the contents of the tables came from."""
EXAMPLES = "dosing_patient_examples"


def patient_entry(source: Source, question: Question, dose: float) -> Subject | None:
    """Show the fields of a patient and return the patient; say why and return None if they hold no possible patient.

    Args:
        source: the study whose model is asked.
        question: its interval is the first one offered.
        dose: for people like those studied; the first one offered.
    """
    _begin(source, question, dose)
    _fillers(source, question, dose)
    covariates: dict[str, float | None] = {
        each.name: st.number_input(
            each.label,
            step=each.step,
            format="%g",
            key=_key(source, each.name),
            help=f"The people studied: {min(source.model.covariate(each.name)):g} to "
            f"{max(source.model.covariate(each.name)):g}.",
        )
        for each in scales(source)
    }
    covariates |= switched(source, "dosing_patient")
    doses = _doses(source)
    drug, time = source.drug, source.model.units.time
    columns = {"time": f"Time ({time})", "concentration": f"Concentration ({drug.units.concentration})"}
    if source.model.structure.response:
        unit = f" ({drug.units.response})" if drug.units.response else ""
        columns["response"] = f"{drug.effect.capitalize()}{unit}"
    st.markdown(f"**Levels measured**, in {'hours' if time == 'h' else time} since the first dose")
    levels = [
        (row[0], row[1], row[2] if len(row) > 2 else None)
        for row in typed(_key(source, LEVELS), columns, "Levels that were measured")
    ]
    try:
        return entered(source.model, source.drug, covariates, doses, levels)
    except InvalidValue as error:
        st.error(literal(error), icon=":material/error:")
        return None


def _key(source: Source, name: str) -> str:
    name = name if name.startswith("dosing_patient") else f"dosing_patient_{name}"
    return f"{name}_{source.key}"


def _begin(source: Source, question: Question, dose: float) -> None:
    for each in scales(source):
        st.session_state.setdefault(_key(source, each.name), each.middle)
    # Through the session: fields are filled by examples too, and keep what they hold while the answer above changes.
    st.session_state.setdefault(_key(source, "way"), REGULAR)
    st.session_state.setdefault(_key(source, "dose"), dose)
    st.session_state.setdefault(_key(source, "every"), question.regimen.interval_h)
    st.session_state.setdefault(_key(source, "count"), N_DOSES)


def _fillers(source: Source, question: Question, dose: float) -> None:
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        st.button(
            "Another example" if st.session_state.get(EXAMPLES) else "Try an example",
            key="dosing_patient_example",
            on_click=partial(_example, source, question, dose),
        )
    people = (
        {_called(source, each): each for each in source.study.subjects if _can_be_typed(source, each)}
        if source.study
        else {}
    )
    with right:
        if people:
            st.selectbox(
                "Or a person of the study",
                list(people),
                index=None,
                placeholder="choose",
                key=_key(source, "person"),
                on_change=lambda: _person(source, people),
            )


def _called(source: Source, person: Subject) -> str:
    return (
        f"{person.name}: {amount(float(person.doses.amount[0]), source.drug) if len(person.doses.time) else 'no drug'}"
    )


def _can_be_typed(source: Source, person: Subject) -> bool:
    """Tell whether the tables can hold all of a person's doses: neither infusions nor doses at steady state."""
    doses = person.doses
    plain = not doses.duration.any() and not doses.steady_interval.any()
    return plain and bool((doses.absorbed == source.model.structure.absorbed).all())


def _person(source: Source, people: dict[str, Subject]) -> None:
    chosen = st.session_state.get(_key(source, "person"))
    if chosen in people:
        _fill(source, people[chosen], f"Person {literal(people[chosen].name)} of the study.")


def _example(source: Source, question: Question, dose: float) -> None:
    seed = st.session_state.get(EXAMPLES, 0)
    st.session_state[EXAMPLES] = seed + 1
    covariates = {each.name: each.middle for each in scales(source)} | dict.fromkeys(source.switches, 0.0)
    made = example_patient(source.model, covariates, dose, question.regimen.interval_h, seed)
    _fill(source, made, "A synthetic example: drawn from the model by chance, nobody's data.")


def _fill(source: Source, person: Subject, origin: str) -> None:
    for each in scales(source):
        st.session_state[_key(source, each.name)] = float(person.covariates[each.name])
    for name in source.switches:
        st.session_state[_key(source, name)] = bool(person.covariates[name])
    _fill_doses(source, person.doses)
    columns = ["time", "concentration", "response"][: 3 if source.model.structure.response else 2]
    fill(_key(source, LEVELS), columns, [row[: len(columns)] for row in _rows(person.observations)])
    st.session_state[EDITION] = st.session_state.get(EDITION, 0) + 1
    st.session_state[FROM] = (source.key, origin)


def _fill_doses(source: Source, doses: Doses) -> None:
    apart = np.unique(np.diff(doses.time).round(6))
    regular = len(np.unique(doses.amount)) <= 1 and len(apart) <= 1 and not doses.time[:1].any()
    st.session_state[_key(source, "way")] = REGULAR if regular else SINGLE
    if not regular:
        fill(_key(source, DOSES), ["time", "dose"], list(zip(doses.time.tolist(), doses.amount.tolist(), strict=True)))
        return
    st.session_state[_key(source, "count")] = len(doses.time)
    if len(doses.time):
        st.session_state[_key(source, "dose")] = float(doses.amount[0])
    if len(apart):
        st.session_state[_key(source, "every")] = float(apart[0])


def _rows(seen: Observations) -> list[tuple[Cell, Cell, Cell]]:
    """Return rows of time, concentration and response; those of one time share a row."""
    rows: list[tuple[Cell, Cell, Cell]] = []
    for time in np.unique(seen.time):
        both = [seen.value[(seen.time == time) & (seen.response == kind)].tolist() for kind in (False, True)]
        for index in range(max(map(len, both))):
            first, second = (each[index] if index < len(each) else None for each in both)
            rows.append((float(time), first, second))
    return rows


def _doses(source: Source) -> list[tuple[Cell, Cell]]:
    unit, time = source.drug.units.dose, source.model.units.time
    way = st.segmented_control("Doses given", [REGULAR, SINGLE], required=True, key=_key(source, "way"))
    if way == SINGLE:
        rows = typed(_key(source, DOSES), {"time": f"Time ({time})", "dose": f"Dose ({unit})"}, "Doses that were given")
        return [(row[0], row[1]) for row in rows]
    first, second, third = st.columns(3, vertical_alignment="bottom")
    with first:
        dose = st.number_input(f"Dose ({unit})", format="%g", key=_key(source, "dose"))
    with second:
        every = st.number_input(f"Every ({time})", min_value=0.25, format="%g", key=_key(source, "every"))
    with third:
        count = st.number_input("How many", 0, MOST_DOSES, key=_key(source, "count"))
    return [(every * number, dose) for number in range(count)]
