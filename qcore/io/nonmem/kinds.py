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
class Seen:
    """What was measured.

    Attributes:
        role: of the column that tells quantities apart.
        column: its name.
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
    found = number(text, decimal_comma=False)
    return text.lower() if found is None else f"{found:.12g}"


def ascending(name: str) -> tuple[float, str]:
    """Return a key that sorts labels: numbers first, in order."""
    found = number(name, decimal_comma=False)
    return (np.inf if found is None else found, name)


def kinds(found: Seen, options: Options, faults: Faults) -> tuple[dict[str, Quantity], list[str]]:
    """Return the quantity of each label that is used, and why.

    Args:
        found: what was measured.
        options: which label the user says is which.
        faults: what is wrong with the file.

    Raises:
        UnreadableInput: it is not clear which is which, or the user names a label that is not there.
    """
    seen, column = found.labels, found.column
    if seen and (options.concentration is not None or options.response is not None):
        return _as_said(seen, column, options, faults), []
    if len(seen) > 2:
        faults.refuse(
            f"The column {shortened(column)} tells {len(seen)} quantities apart: {_quoted(seen)}. "
            "Say which one is the concentration and which one the response",
            where(Option.CONCENTRATION, Option.RESPONSE),
            ".",
        )
    if len(seen) == 2:
        chosen = next(filter(None, (rule(found) for rule in _RULES)), None)
        if chosen is None:
            faults.refuse(
                f"It is not clear which of {' and '.join(map(shortened, seen))} is the concentration. Say which",
                where(Option.CONCENTRATION),
                f", or that {column} does not tell what was measured",
                where(ColumnFor(found.role, "")),
                ".",
            )
        response, why = chosen
        concentration = next(name for name in seen if name != response)
        note = f"Where {column} is {concentration} it is the concentration, where it is {response} the response: {why}."
        return {concentration: Quantity.CONCENTRATION, response: Quantity.RESPONSE}, [note]
    if seen and _drug_likeness(seen[0]) < 0:
        return {seen[0]: Quantity.RESPONSE}, [f"Only a response was measured ({column} is {seen[0]})."]
    return dict.fromkeys(seen, Quantity.CONCENTRATION), ["All measurements are taken as concentrations."]


def _as_said(seen: Sequence[str], column: str, options: Options, faults: Faults) -> dict[str, Quantity]:
    said = {Quantity.CONCENTRATION: options.concentration, Quantity.RESPONSE: options.response}
    if seen == [""] and (options.concentration or options.response):
        faults.refuse("No column tells quantities apart. Say which one does", where(ColumnFor(Role.DVID)), ".")
    named = {quantity: label(text.strip()) for quantity, text in said.items() if text}
    absent = next((name for name in named.values() if name not in seen), None)
    if absent is not None:
        faults.refuse(
            f"No measurement has {shortened(absent)} in the column {shortened(column)}: it holds {_quoted(seen)}."
        )
    kinds = {name: quantity for quantity, name in named.items()}
    if len(kinds) < len(named):
        faults.refuse("Concentration and response cannot have the same DVID or CMT. Say which is which.")
    others = [name for name in seen if name not in kinds]
    unsaid = [quantity for quantity, text in said.items() if text is None]
    if unsaid and len(others) > 1:
        faults.refuse(
            f"The column {shortened(column)} also holds {_quoted(others)}. Say which one is the {unsaid[0]}",
            where(Option(unsaid[0].value)),
            ", or that none is.",
        )
    return kinds | (dict.fromkeys(others, unsaid[0]) if unsaid else {})


def _quoted(labels: Sequence[str]) -> str:
    return listed([shortened(text) for text in labels])


def _by_name(found: Seen) -> tuple[str, str] | None:
    first, second = (_drug_likeness(name) for name in found.labels)
    response = found.labels[0] if first < second else found.labels[1]
    return None if first == second else (response, "their names say so")


def _by_placebo(found: Seen) -> tuple[str, str] | None:
    only = [name for name in found.labels if name in found.undosed]
    return (only[0], "only the response was measured in subjects without a dose") if len(only) == 1 else None


def _by_baseline(found: Seen) -> tuple[str, str] | None:
    only = [name for name in found.labels if name in found.early]
    return (only[0], "only the response is above 0 before the first dose") if len(only) == 1 else None


def _by_order(found: Seen) -> tuple[str, str] | None:
    second = found.labels[1]
    return None if number(second, decimal_comma=False) is None else (second, BY_ORDER)


_RULES: tuple[Callable[[Seen], tuple[str, str] | None], ...] = (_by_name, _by_placebo, _by_baseline, _by_order)


def _drug_likeness(name: str) -> int:
    words = set(re.split(r"[^a-z]+", name))
    drug = bool(words & _CONCENTRATION_WORDS) or _CONCENTRATION_UNIT.search(name) is not None
    return drug - bool(words & _RESPONSE_WORDS)
