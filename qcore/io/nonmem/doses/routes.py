"""Whether a dose is absorbed or goes straight into the blood, as far as a PK/PD data file tells."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from qcore.io.delimited import shortened
from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.counts import tallied
from qcore.io.nonmem.doses.amounts import Amounts
from qcore.io.nonmem.events import Events
from qcore.io.nonmem.faults import Fault
from qcore.io.nonmem.kinds import label
from qcore.io.nonmem.options import Route
from qcore.study import Array, Flags

_WORDS: Mapping[str, Route] = {
    **dict.fromkeys(("oral", "po", "peroral"), Route.ORAL),
    **dict.fromkeys(("sc", "sq", "subcutaneous", "im", "intramuscular"), Route.SUBCUTANEOUS),
    **dict.fromkeys(("iv", "intravenous", "bolus", "infusion", "ivbolus", "ivinfusion"), Route.INTRAVENOUS),
}
_DEPOTS = frozenset({"depot", "gut", "abs", "absorption"})
_BLOODS = frozenset({"central", "centr", "cent", "blood", "plasma"})
# AMT, RATE and duration of an infusion are rounded each for itself.
_ROUNDING = 0.02


@dataclass(frozen=True, eq=False)
class Routes:
    """How doses go in; every array is ``(n_rows,)`` of the file and means something only where there is a dose.

    Attributes:
        duration: of the infusion; 0 where there is none.
        absorbed: True where it is absorbed, and where the file does not tell.
        known: the file or the user tells.
    """

    duration: Array
    absorbed: Flags
    known: Flags


def routes(events: Events, amounts: Amounts, sampled: Collection[str], route: Route | None) -> tuple[Routes, list[str]]:
    """Find out how each dose goes in.

    What runs over a time goes into the blood. For other doses the user's word counts, else the column of routes, else
    the compartment: a dose into the one where concentrations are measured is not absorbed, into another it is. An
    infusion that is said to be absorbed, one whose rate and duration differ, and a word that is no route are faults of
    the file.

    Args:
        events: the lines of the file, in order of subject and time.
        amounts: how much each line gives, and when.
        sampled: compartments in which concentrations were measured.
        route: of doses that are no infusions, as the user says.

    Returns:
        The routes, and how they were found out.
    """
    duration = _durations(events, amounts)
    running = duration > 0
    words = _by_word(events, amounts.dosed)
    events.faults.add(_absorbed_infusions(events, amounts.dosed & running, words, route))
    compartment = _by_compartment(events, sampled)
    chosen = np.full(len(running), np.nan if route is None else float(route.absorbed))
    absorbed = np.where(np.isnan(chosen), np.where(np.isnan(words), compartment, words), chosen)
    absorbed[running] = 0.0
    ways = Routes(duration, np.nan_to_num(absorbed, nan=1.0) > 0, ~np.isnan(absorbed))
    return ways, _notes(events, amounts.dosed, ways, route)


def _durations(events: Events, amounts: Amounts) -> Array:
    rate, given = (np.nan_to_num(events.numbers[role]) for role in (Role.RATE, Role.DURATION))
    from_rate = np.divide(amounts.amount, rate, out=np.zeros_like(rate), where=rate > 0)
    duration = np.where(rate > 0, from_rate, given)
    differing = amounts.dosed & (rate > 0) & (given > 0) & (np.abs(from_rate - given) > _ROUNDING * given)
    events.faults.add(
        events.fault(
            row, Role.DURATION, f"The rate says {from_rate[row]:g}, the duration {given[row]:g}. Correct one of them."
        )
        for row in np.flatnonzero(differing).tolist()
    )
    return duration


def _by_word(events: Events, dosed: Flags) -> Array:
    """1 where the column of routes says absorbed, 0 where it says into the blood, NaN where it says nothing."""
    texts = events.texts[Role.ROUTE]
    known = {text: _WORDS.get("".join(filter(str.isalpha, text.lower()))) for text in set(texts)}
    unknown = (row for row in np.flatnonzero(dosed).tolist() if texts[row] and known[texts[row]] is None)
    events.faults.add(
        events.fault(row, Role.ROUTE, f"{shortened(texts[row])} is no route that is known. Write oral, sc or iv.")
        for row in unknown
    )
    value = {text: np.nan if way is None else float(way.absorbed) for text, way in known.items()}
    return np.array([value[text] for text in texts], dtype=np.float64)


def _by_compartment(events: Events, sampled: Collection[str]) -> Array:
    """1 where the compartment says absorbed, 0 where it says into the blood, NaN where it says nothing."""
    if Role.AMOUNT not in events.columns.roles:
        # The line of a dose that was said apart is one of a measurement.
        return np.full(len(events.line), np.nan)
    named = dict.fromkeys(_DEPOTS, 1.0) | dict.fromkeys(_BLOODS, 0.0)
    labels = [label(text) for text in events.texts[Role.CMT]]
    if set(labels) - {"", "0"} == {"1"}:
        # Where nothing has another, 1 is what people write who mean no compartment by it.
        return np.full(len(labels), np.nan)
    by_label = {each: float(each not in sampled) for each in set(labels) if sampled and each not in ("", "0")} | named
    return np.array([by_label.get(each, np.nan) for each in labels], dtype=np.float64)


def _absorbed_infusions(events: Events, running: Flags, words: Array, route: Route | None) -> Iterator[Fault]:
    all_absorbed = route is not None and route.absorbed
    for row in np.flatnonzero(running & (all_absorbed | (words == 1))).tolist():
        role = Role.DURATION if Role.RATE not in events.columns.roles else Role.RATE
        yield events.fault(
            row, role, "The dose runs as an infusion and is said to be absorbed. Correct one of the two."
        )


def _notes(events: Events, dosed: Flags, ways: Routes, route: Route | None) -> list[str]:
    running = ways.duration > 0
    plain = dosed & ~running
    sources = [events.name(role) for role in (Role.ROUTE, Role.CMT) if role in events.columns.roles]
    why = "as was said" if route else f"as {' and '.join(sources)} tell" + ("s" if len(sources) == 1 else "")
    rows = {
        "Infused into the blood": dosed & running,
        f"Absorbed, {why}": plain & ways.known & ways.absorbed,
        f"At once into the blood, {why}": plain & ways.known & ~ways.absorbed,
        "Absorbed or at once into the blood, which the file does not tell": plain & ~ways.known,
    }
    return tallied({text: int(flags.sum()) for text, flags in rows.items()}, "dose")
