"""Two groups of subjects whose concentrations for the same dose are so far apart that they are in different units."""

import numpy as np

from qcore.study import Study, Subject

APART = 20.0
"""Factor by which the groups differ at least: people differ less, units by a thousand."""
MOST_NAMED = 12


def apart(study: Study) -> str:
    """Name the smaller of two groups with nobody between them, as a clause; "" if there are no such groups."""
    known = [(level, each.name) for each in study.subjects if (level := _level(each)) > 0]
    known.sort(key=lambda each: each[0])
    if len(known) < 2:
        return ""
    gaps = np.diff(np.log([level for level, _ in known]))
    cut = int(gaps.argmax()) + 1
    if gaps[cut - 1] < np.log(APART):
        return ""
    low, high = known[:cut], known[cut:]
    few, side = (low, "lower") if len(low) < len(high) else (high, "higher")
    times = float(np.median([level for level, _ in high]) / np.median([level for level, _ in low]))
    chosen = {name for _, name in few}
    names = [each.name for each in study.subjects if each.name in chosen]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    who = f"subject {names[0]}" if len(names) == 1 else f"subjects {', '.join(names[:MOST_NAMED])}{more}"
    return f"for the same dose the concentrations of {who} are about {times:,.3g} times {side} than those of the others"


def _level(subject: Subject) -> float:
    """Return the highest concentration over the highest dose; 0 where one of them is not known."""
    given = float(subject.doses.amount.max(initial=0.0))
    return float(subject.observations.value[~subject.observations.response].max(initial=0.0)) / given if given else 0.0
