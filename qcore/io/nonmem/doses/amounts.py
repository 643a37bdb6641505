"""How much each line of a PK/PD data file gives: a dose of its own, one that all lines repeat, or one said apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qcore.decimals import alike
from qcore.io.delimited import shortened
from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.counts import counted
from qcore.io.nonmem.covariates import Covariates
from qcore.io.nonmem.events import Events
from qcore.io.nonmem.faults import Fault
from qcore.io.nonmem.occasions import Span, covered
from qcore.io.nonmem.options import Options
from qcore.io.nonmem.sentences import ColumnFor, Option, Text, request, sentence, where
from qcore.study import Array, Flags

_NO_DOSE = (
    "The file holds no dose. If a column holds the amounts, say which",
    where(ColumnFor(Role.AMOUNT)),
    "; also where it holds one dose at time 0 that every line repeats",
    where(ColumnFor(Role.DOSE)),
    ". If every subject was given the same amount once, at time 0, say how much and by which route",
    where(Option.SINGLE_DOSE, Option.ROUTE),
    ".",
)


@dataclass(frozen=True, eq=False)
class Amounts:
    """What lines give; every array is ``(n_rows,)``.

    Attributes:
        dosed: the line gives a dose.
        amount: as in the file; 0 where none is given.
        time: when it is given.
        scale: what turns the amount into the study's unit of dose: the body weight where it is per kg, else 1.
    """

    dosed: Flags
    amount: Array
    time: Array
    scale: Array


def amounts(
    events: Events, spans: Sequence[Span], described: Covariates, options: Options
) -> tuple[Amounts, list[str]]:
    """Find what each line gives.

    A dose that is said for a subject and not for a time is given at time 0 and stands in the subject's first line; if
    it differs between the subject's lines, that is a fault of the file.

    Args:
        events: the lines of the file, in order of subject and time.
        spans: the lines of each subject.
        described: covariates, for doses per kg.
        options: a dose that is not in the file, and whether doses are per kg.

    Returns:
        The amounts, and what is to be known about them.

    Raises:
        UnreadableInput: there is no dose at all, or one in the file and one said; or doses are per kg and the weight is
            not known.
    """
    time, amount = events.numbers[Role.TIME], np.nan_to_num(events.numbers[Role.AMOUNT])
    notes = []
    if options.dose is not None or Role.DOSE in events.columns.roles:
        events.faults.add(_changing(events, spans))
        repeated = _repeated(events, spans, options)
        amount, time = np.zeros_like(time), time.copy()
        rows = [span.rows.start for span in spans]
        amount[rows], time[rows] = repeated, 0.0
        dosed = amount > 0
        given = counted(int(np.count_nonzero(repeated)), "subject")
        notes.append(f"One dose at time 0 in {given}: no line of the file gives one of its own.")
    else:
        dosed = events.dosed
    dosed = dosed & covered(spans, len(dosed))
    if not dosed.any():
        events.faults.refuse(*_NO_DOSE)
    scale, on_scale = _scale(events, spans, described, options)
    return Amounts(dosed, amount, time, scale), [*notes, *on_scale]


def _repeated(events: Events, spans: Sequence[Span], options: Options) -> Array:
    if options.dose is None:
        doses = events.numbers[Role.DOSE]
        return np.array([np.nan_to_num(doses[span.rows.start : span.rows.stop]).max() for span in spans])
    column = next(
        (events.columns.roles[role] for role in (Role.AMOUNT, Role.DOSE) if role in events.columns.roles), None
    )
    if column is not None and (events.dosed.any() or np.nan_to_num(events.numbers[Role.DOSE]).any()):
        events.faults.refuse(
            f"The file gives doses in the column {shortened(column)} and another dose was said. Leave one of them out."
        )
    return np.full(len(spans), options.dose)


def _changing(events: Events, spans: Sequence[Span]) -> Iterator[Fault]:
    doses = events.numbers[Role.DOSE]
    for span in spans:
        rows = np.arange(span.rows.start, span.rows.stop)[~np.isnan(doses[span.rows.start : span.rows.stop])]
        for row in rows[doses[rows] != doses[rows[:1]]].tolist():
            yield events.fault(
                row,
                Role.DOSE,
                sentence(
                    f"The dose {doses[row]:g} of the subject was {doses[rows[0]]:g} before. If doses stand in the "
                    "lines in which they were given, ",
                    request(Role.AMOUNT, events.name(Role.DOSE)),
                    ".",
                ),
            )


def _per_kg(events: Events, options: Options) -> bool:
    unit = events.columns.unit(Role.AMOUNT, Role.DOSE) or ""
    return unit.endswith("/kg") if options.dose_per_kg is None else options.dose_per_kg


def _scale(events: Events, spans: Sequence[Span], described: Covariates, options: Options) -> tuple[Array, list[str]]:
    scale = np.ones(len(events.line))
    if not _per_kg(events, options):
        return scale, []
    if described.weight is None:
        events.faults.refuse(
            "Doses are per kg and the body weight of all subjects is not known: ", request(Role.WEIGHT), "."
        )
    for span, weight in zip(spans, described.values[described.weight], strict=True):
        scale[span.rows.start : span.rows.stop] = weight
    return scale, [f"Doses are per kg: they are multiplied by {described.weight}, its first value in each subject."]


def doubtful(
    events: Events, spans: Sequence[Span], described: Covariates, dosing: Amounts, options: Options
) -> list[Text]:
    """Point out doses that look as if they were per kg: times the weight they are much more alike.

    Args:
        events: the lines of the file, in order of subject and time.
        spans: the lines of each subject.
        described: covariates of each subject, the body weight among them if it is known.
        dosing: how much each line gives, and when.
        options: whether doses were said to be per kg.
    """
    if Role.DOSE not in events.columns.roles or described.weight is None or options.dose_per_kg is not None:
        return []
    dose = dosing.amount[[span.rows.start for span in spans]]
    whole = dose * described.values[described.weight]
    given = dose > 0
    if _per_kg(events, options) or _spread(dose[given]) <= 2 * _spread(whole[given]):
        return []
    low, high = alike(whole[given].min(), whole[given].max(), digits=4)
    return [
        sentence(
            f"Multiplied by body weight, the doses are nearly the same in all subjects ({low} to {high}), so they may "
            "be per kg; every dose here would then be per kg too. The file cannot tell. If they are, say so",
            where(Option.PER_KG),
            ".",
        )
    ]


def _spread(values: Array) -> float:
    return float(values.std() / values.mean())
