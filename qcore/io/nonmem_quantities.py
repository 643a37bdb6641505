"""What was measured in each line: the concentration of the drug, or the response of the body."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qcore.errors import UnreadableInput
from qcore.io.delimited import shortened
from qcore.io.nonmem_cells import Fault, number, refuse
from qcore.io.nonmem_columns import Role
from qcore.io.nonmem_events import Events
from qcore.io.nonmem_notes import counted, listed, tallied
from qcore.io.nonmem_options import Options
from qcore.io.study import Array, Flags, Quantity

MAX_LOGARITHM = 20.0
"""A concentration e times as high again and again, 20 times, is none."""
_CONCENTRATION_WORDS = frozenset({"cp", "conc", "concentration", "pk", "c", "cc", "plasma", "serum", "drug", "central"})
_RESPONSE_WORDS = frozenset({"pca", "effect", "eff", "pd", "response", "resp", "biomarker", "marker", "score", "e"})


@dataclass(frozen=True, eq=False)
class Measured:
    """Measurements that are used, in order of the file; every array is ``(n_measurements,)``.

    Attributes:
        row: place of the line.
        value: what was measured.
        response: True where it is the response.
    """

    row: npt.NDArray[np.intp]
    value: Array
    response: Flags


def measurements(events: Events, used: Flags, undosed: Flags, options: Options) -> tuple[Measured, list[str]]:
    """Choose the measurements that are used and tell concentrations from responses.

    Of two quantities the response is the one the user says; else the one whose name says so; else the one that was
    measured in subjects without a dose, if the other was not; else the one with the higher DVID or CMT.

    Args:
        events: the lines.
        used: which lines are, ``(n_rows,)``.
        undosed: which are of subjects who never had a dose, ``(n_rows,)``.
        options: which value of DVID or CMT is which, and whether concentrations below 0 are left out.

    Returns:
        The measurements, and what is to be known about them.

    Raises:
        UnreadableInput: nothing was measured, it is not clear what was, or a concentration is below 0.
    """
    usable = events.measured & used
    if Role.RESPONSE in events.columns.roles:
        found, notes = _side_by_side(events, usable)
    else:
        found, notes = _by_label(events, usable, undosed, options)
    if not len(found.row):
        raise UnreadableInput(
            "The file holds no measurement that can be used: every line is a dose, has no value or is below the limit "
            "of quantification. A dose that every line repeats is of the role dose, as in dose=COLUMN."
        )
    if options.logarithm:
        return _raised(events, found, notes)
    return _without_negative(events, found, notes, options)


def _side_by_side(events: Events, usable: Flags) -> tuple[Measured, list[str]]:
    rows, values, notes = [], [], []
    for role, quantity in ((Role.VALUE, Quantity.CONCENTRATION), (Role.RESPONSE, Quantity.RESPONSE)):
        present, left_out = _present(events, usable & (role in events.columns.roles), role, quantity)
        rows.append(np.flatnonzero(present))
        values.append(events.numbers[role][present])
        notes += left_out
    row = np.concatenate(rows)
    response = np.arange(len(row)) >= len(rows[0])
    order = np.argsort(row, kind="stable")
    return Measured(row[order], np.concatenate(values)[order], response[order]), notes


def _by_label(events: Events, usable: Flags, undosed: Flags, options: Options) -> tuple[Measured, list[str]]:
    present, notes = _present(events, usable, Role.VALUE, "measurement")
    row = np.flatnonzero(present)
    role = Role.DVID if Role.DVID in events.columns.roles else Role.CMT
    labels = [label(text) for text in events.texts[role]]
    seen = sorted({labels[place] for place in row}, key=_ascending)
    if "" in seen and len(seen) > 1:
        unsaid = (place for place in row.tolist() if not labels[place])
        refuse(events.fault(place, role, "The line does not say what was measured. Add it.") for place in unsaid)
    without_dose = {labels[place] for place in row if undosed[place]}
    kinds, why = _kinds(seen, without_dose, events.name(role), options)
    keep = np.array([labels[place] in kinds for place in row], dtype=np.bool_)
    if not keep.all():
        notes += tallied({"Left out as of another quantity": int((~keep).sum())}, "measurement")
    row = row[keep]
    response = np.array([kinds[labels[place]] is Quantity.RESPONSE for place in row], dtype=np.bool_)
    return Measured(row, events.numbers[Role.VALUE][row], response), [*notes, *why]


def _present(events: Events, usable: Flags, role: Role, noun: str) -> tuple[Flags, list[str]]:
    below = usable & events.below[role]
    missing = usable & ~below & np.isnan(events.numbers[role])
    counts = {
        "Left out as below the limit of quantification or censored": int(below.sum()),
        "Left out because the value is missing": int(missing.sum()),
    }
    return usable & ~below & ~missing, tallied(counts, noun)


def label(text: str) -> str:
    """Return a DVID or CMT as it is compared: 1 and 1.0 are the same, and so are cp and CP."""
    found = number(text, decimal_comma=False)
    return text.lower() if found is None else f"{found:.12g}"


def _ascending(name: str) -> tuple[float, str]:
    found = number(name, decimal_comma=False)
    return (np.inf if found is None else found, name)


def _kinds(
    seen: Sequence[str], without_dose: Collection[str], column: str, options: Options
) -> tuple[dict[str, Quantity], list[str]]:
    """Quantity of each label that is used, and why."""
    if seen and (options.concentration is not None or options.response is not None):
        return _as_said(seen, column, options), []
    if len(seen) > 2:
        raise UnreadableInput(
            f"The column {shortened(column)} tells {len(seen)} quantities apart: {_quoted(seen)}. "
            "Say which one is the concentration and which one the response."
        )
    if len(seen) == 2:
        response, why = next(filter(None, (rule(seen, without_dose) for rule in _RULES)))
        concentration = next(name for name in seen if name != response)
        note = f"Where {column} is {concentration} it is the concentration, where it is {response} the response: {why}."
        return {concentration: Quantity.CONCENTRATION, response: Quantity.RESPONSE}, [note]
    if seen and _drug_likeness(seen[0]) < 0:
        return {seen[0]: Quantity.RESPONSE}, [f"Only a response was measured ({column} is {seen[0]})."]
    return dict.fromkeys(seen, Quantity.CONCENTRATION), ["All measurements are taken as concentrations."]


def _as_said(seen: Sequence[str], column: str, options: Options) -> dict[str, Quantity]:
    said = {Quantity.CONCENTRATION: options.concentration, Quantity.RESPONSE: options.response}
    if seen == [""] and (options.concentration or options.response):
        raise UnreadableInput("No column tells quantities apart. Say which one does, as in dvid=COLUMN.")
    named = {quantity: label(text.strip()) for quantity, text in said.items() if text}
    absent = next((name for name in named.values() if name not in seen), None)
    if absent is not None:
        raise UnreadableInput(
            f"No measurement has {shortened(absent)} in the column {shortened(column)}: it holds {_quoted(seen)}."
        )
    kinds = {name: quantity for quantity, name in named.items()}
    if len(kinds) < len(named):
        raise UnreadableInput("Concentration and response cannot have the same DVID or CMT. Say which is which.")
    others = [name for name in seen if name not in kinds]
    unsaid = [quantity for quantity, text in said.items() if text is None]
    if unsaid and len(others) > 1:
        raise UnreadableInput(
            f"The column {shortened(column)} also holds {_quoted(others)}. "
            f"Say which one is the {unsaid[0]}, or that none is."
        )
    return kinds | (dict.fromkeys(others, unsaid[0]) if unsaid else {})


def _quoted(labels: Sequence[str]) -> str:
    return listed([shortened(text) for text in labels])


def _by_name(seen: Sequence[str], without_dose: Collection[str]) -> tuple[str, str] | None:  # noqa: ARG001 - a rule
    first, second = (_drug_likeness(name) for name in seen)
    return None if first == second else (seen[0] if first < second else seen[1], "their names say so")


def _by_placebo(seen: Sequence[str], without_dose: Collection[str]) -> tuple[str, str] | None:
    found = [name for name in seen if name in without_dose]
    return (found[0], "only the response was measured in subjects without a dose") if len(found) == 1 else None


def _by_order(seen: Sequence[str], without_dose: Collection[str]) -> tuple[str, str] | None:  # noqa: ARG001 - a rule
    if number(seen[1], decimal_comma=False) is None:
        raise UnreadableInput(
            f"It is not clear which of {shortened(seen[0])} and {shortened(seen[1])} is the concentration. Say which."
        )
    return seen[1], "the concentration usually has the lower number"


_Rule = Callable[[Sequence[str], Collection[str]], tuple[str, str] | None]
_RULES: tuple[_Rule, ...] = (_by_name, _by_placebo, _by_order)


def _drug_likeness(name: str) -> int:
    words = set(re.split(r"[^a-z]+", name))
    return bool(words & _CONCENTRATION_WORDS) - bool(words & _RESPONSE_WORDS)


def _raised(events: Events, found: Measured, notes: list[str]) -> tuple[Measured, list[str]]:
    high = ~found.response & (found.value > MAX_LOGARITHM)
    refuse(
        events.fault(row, Role.VALUE, f"{value:g} is no logarithm of a concentration: do not say that it is one.")
        for row, value in zip(found.row[high].tolist(), found.value[high].tolist(), strict=True)
    )
    value = np.where(found.response, found.value, np.exp(found.value))
    note = "Concentrations are natural logarithms, as was said: they were raised to e."
    return Measured(found.row, value, found.response), [*notes, note]


def _without_negative(
    events: Events, found: Measured, notes: list[str], options: Options
) -> tuple[Measured, list[str]]:
    negative = ~found.response & (found.value < 0)
    if not negative.any():
        return found, notes
    if not options.leave_out_negative:
        refuse(_negative(events, found, negative))
    lines = listed([str(events.line[row]) for row in found.row[negative].tolist()])
    kept = Measured(found.row[~negative], found.value[~negative], found.response[~negative])
    return kept, [*notes, f"Left out as below 0: {counted(int(negative.sum()), 'concentration')}, on line {lines}."]


def _negative(events: Events, found: Measured, negative: Flags) -> Iterator[Fault]:
    for row, value in zip(found.row[negative].tolist(), found.value[negative].tolist(), strict=True):
        yield events.fault(
            row,
            Role.VALUE,
            f"The concentration {value:g} is below 0. If concentrations are logarithms or this is a response, say so; "
            "noise of the assay can be left out on request; else correct it.",
        )


def compartments(events: Events, found: Measured) -> set[str]:
    """Return the compartments, as texts, in which concentrations were measured; empty where CMT does not say."""
    return {label(events.texts[Role.CMT][row]) for row in found.row[~found.response].tolist()} - {""}
