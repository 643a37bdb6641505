"""Synthetic patients to look at: a story, its first day as a series, and the inputs taken from it."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from qcore.errors import MissingAsset
from qcore.settings import ASSETS
from qcore.tasks.aki.features import SERIES_COLUMNS, first_day_inputs

DIRECTORY = ASSETS / "examples" / "aki"


@dataclass(frozen=True)
class Event:
    """Something that was done, e.g. a transfusion, at hours since the start of the stay."""

    time_h: float
    label: str


@dataclass(frozen=True, eq=False, repr=False)
class Example:
    """One synthetic patient; no person stands behind it.

    Attributes:
        key: name of its file, used as the patient id.
        title: the story in a few words.
        story: the story in a sentence.
        series: long layout, canonical units, the first 24 hours.
        events: in order of time.
        inputs: the twelve inputs of the model, canonical units, no value missing.
    """

    key: str
    title: str
    story: str
    series: pd.DataFrame
    events: tuple[Event, ...]
    inputs: pd.Series

    def __repr__(self) -> str:
        """Return key and title, on one line."""
        return f"Example {self.key}: {self.title}"


@cache
def examples() -> tuple[Example, ...]:
    """Return all examples in order of title, read once. Copy a frame before you change it.

    Raises:
        MissingAsset: the folder of the examples is not there.
    """
    files = sorted(DIRECTORY.glob("*.json"))
    if not files:
        raise MissingAsset("The examples in assets/examples/aki are missing: restore the folder.")
    parsed = (_example(json.loads(file.read_text(encoding="utf-8"))) for file in files)
    return tuple(sorted(parsed, key=lambda example: example.title))


def _example(content: dict[str, Any]) -> Example:
    rows = [
        (content["key"], time_h, parameter, value)
        for parameter, values in content["series"].items()
        for time_h, value in values
    ]
    series = pd.DataFrame(rows, columns=list(SERIES_COLUMNS))
    series = series.astype({"time_h": float, "value": float})
    return Example(
        key=content["key"],
        title=content["title"],
        story=content["story"],
        series=series.sort_values("time_h", kind="stable", ignore_index=True),
        events=tuple(Event(float(event["time_h"]), event["label"]) for event in content["events"]),
        inputs=first_day_inputs(series).loc[content["key"]],
    )
