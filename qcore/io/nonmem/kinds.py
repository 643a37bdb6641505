"""Which of the quantities that a column tells apart is the concentration, and which the response."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from qcore.io.delimited import shortened
from qcore.io.nonmem.cells import number
from qcore.io.nonmem.columns.names import Role
from qcore.io.nonmem.counts import listed
from qcore.io.nonmem.faults import Faults
from qcore.io.nonmem.options import Options
from qcore.io.nonmem.sentences import ColumnFor, Option, where
from qcore.study import Quantity

_CONCENTRATION_WORDS = frozenset({"cp", "conc", "concentration", "pk", "c", "cc", "plasma", "serum", "drug", "central"})
_RESPONSE_WORDS = frozenset(
    {"pca", "effect", "eff", "pd", "response", "resp", "biomarker", "marker", "score", "activity", "inr", "e"}
)
BY_ORDER = "the concentration usually has the lower number"
_CONCENTRATION_UNIT = re.compile(r"(?:g|mol)\s*/\s*(?:[dcmµu]?l|kg)\b")


@dataclass(frozen=True)
class Distinguished:
    """Quantities that a column tells apart.

    Attributes:
        role: of the column that tells quantities apart.
        column: name of that column in the file.
        labels: as ``label`` gives them, in ascending order.
        undosed: those measured in subjects who never had a dose.
        early: those that are clearly above 0 before the first dose in most subjects.
    """

    role: Role
    column: str
    labels: Sequence[str]
    undosed: Collection[str]
    early: Collection[str]


def label(text: str) -> str:
    """Return a DVID or CMT as it is compared: 1 and 1.0 are the same, and so are cp and CP."""
    value = number(text, decimal_comma=False)
    return text.lower() if value is None else f"{value:.12g}"


def ascending(name: str) -> tuple[float, str]:
    """Return a key that sorts labels: numbers first, in order."""
    value = number(name, decimal_comma=False)
    return (np.inf if value is None else value, name)


def kinds(measured: Distinguished, options: Options, faults: Faults) -> tuple[dict[str, Quantity], list[str]]:
    """Return the quantity of each label that is used, and why.

    Args:
        measured: the quantities that a column tells apart.
        options: which label the user says is which.
        faults: what was found wrong with the file before.

    Raises:
        UnreadableInput: it is not clear which is which, or the user names a label that is not there.
    """
    labels, column = measured.labels, measured.column
    if labels and (options.concentration is not None or options.response is not None):
        return _as_chosen(labels, column, options, faults), []
    if len(labels) > 2:
        faults.refuse(
            f"The column {shortened(column)} tells {len(labels)} quantities apart: {_quoted(labels)}. "
            "Say which one is the concentration and which one the response",
            where(Option.CONCENTRATION, Option.RESPONSE),
            ".",
        )
    if len(labels) == 2:
        chosen = next(filter(None, (rule(measured) for rule in _RULES)), None)
        if chosen is None:
            faults.refuse(
                f"It is not clear which of {' and '.join(map(shortened, labels))} is the concentration. Say which",
                where(Option.CONCENTRATION),
                f", or that {column} does not tell what was measured",
                where(ColumnFor(measured.role, "")),
                ".",
            )
        response, why = chosen
        concentration = next(name for name in labels if name != response)
        note = f"Where {column} is {concentration} it is the concentration, where it is {response} the response: {why}."
        return {concentration: Quantity.CONCENTRATION, response: Quantity.RESPONSE}, [note]
    if labels and _drug_likeness(labels[0]) < 0:
        return {labels[0]: Quantity.RESPONSE}, [f"Only a response was measured ({column} is {labels[0]})."]
    return dict.fromkeys(labels, Quantity.CONCENTRATION), ["All measurements are taken as concentrations."]


def _as_chosen(labels: Sequence[str], column: str, options: Options, faults: Faults) -> dict[str, Quantity]:
    chosen = {Quantity.CONCENTRATION: options.concentration, Quantity.RESPONSE: options.response}
    if labels == [""] and (options.concentration or options.response):
        faults.refuse("No column tells quantities apart. Say which one does", where(ColumnFor(Role.DVID)), ".")
    named = {quantity: label(text.strip()) for quantity, text in chosen.items() if text}
    absent = next((name for name in named.values() if name not in labels), None)
    if absent is not None:
        faults.refuse(
            f"No measurement has {shortened(absent)} in the column {shortened(column)}: it holds {_quoted(labels)}."
        )
    kinds = {name: quantity for quantity, name in named.items()}
    if len(kinds) < len(named):
        faults.refuse("Concentration and response cannot have the same DVID or CMT. Say which is which.")
    others = [name for name in labels if name not in kinds]
    unchosen = [quantity for quantity, text in chosen.items() if text is None]
    if unchosen and len(others) > 1:
        faults.refuse(
            f"The column {shortened(column)} also holds {_quoted(others)}. Say which one is the {unchosen[0]}",
            where(Option(unchosen[0].value)),
            ", or that none is.",
        )
    return kinds | (dict.fromkeys(others, unchosen[0]) if unchosen else {})


def _quoted(labels: Sequence[str]) -> str:
    return listed([shortened(text) for text in labels])


def _by_name(measured: Distinguished) -> tuple[str, str] | None:
    first, second = (_drug_likeness(name) for name in measured.labels)
    response = measured.labels[0] if first < second else measured.labels[1]
    return None if first == second else (response, "their names say so")


def _by_placebo(measured: Distinguished) -> tuple[str, str] | None:
    only = [name for name in measured.labels if name in measured.undosed]
    return (only[0], "only the response was measured in subjects without a dose") if len(only) == 1 else None


def _by_baseline(measured: Distinguished) -> tuple[str, str] | None:
    only = [name for name in measured.labels if name in measured.early]
    return (only[0], "only the response is above 0 before the first dose") if len(only) == 1 else None


def _by_order(measured: Distinguished) -> tuple[str, str] | None:
    second = measured.labels[1]
    return None if number(second, decimal_comma=False) is None else (second, BY_ORDER)


_RULES: tuple[Callable[[Distinguished], tuple[str, str] | None], ...] = (_by_name, _by_placebo, _by_baseline, _by_order)


def _drug_likeness(name: str) -> int:
    words = set(re.split(r"[^a-z]+", name))
    drug = bool(words & _CONCENTRATION_WORDS) or _CONCENTRATION_UNIT.search(name) is not None
    return drug - bool(words & _RESPONSE_WORDS)
