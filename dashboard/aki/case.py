"""The patient a page is about."""

from dataclasses import dataclass

import pandas as pd

from qcore.tasks.aki.examples import Event


@dataclass(frozen=True, eq=False)
class Case:
    """One patient, checked and complete.

    Attributes:
        key: identifies the case within the session; never leaves it.
        title: what the page calls the patient.
        source: where the values come from, said on the screen.
        inputs: ``(12,)`` values in the order of `INPUT_NAMES`, in canonical units.
        series: long layout of the first day, None where only the twelve values are known.
        events: what was done, in order of time.
    """

    key: str
    title: str
    source: str
    inputs: pd.Series
    series: pd.DataFrame | None = None
    events: tuple[Event, ...] = ()
