"""Pairs of a 12-lead recording and a haemoglobin near it in time: MIMIC-IV-ECG with the laboratory of MIMIC-IV.

MIMIC-IV-ECG is described in doi:10.13026/4nqg-sb35, MIMIC-IV in doi:10.1038/s41597-022-01899-x. Both shift the times of
a patient by the same amount, so that they agree.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from qcore.errors import InvalidValue, UnreadableInput
from qcore.tasks.hemoglobin.anemia import FEMALE, MALE, limits_g_dl
from qcore.training.cohorts.mimic_iv import OLDEST_YEARS
from qcore.training.cohorts.mimic_tables import find_table, join, pieces, read_table, require_table

USUAL_ITEM = 51222
ITEMS = {51222: "haematology", 50811: "blood gas", 51640: "chemistry"}
"""Numbers of the haemoglobin in blood, in g/dL. 25 labels contain the word: items are matched by number."""
POSSIBLE_G_DL = (2.0, 25.0)
ADULT_YEARS = 18
UNIT = "g/dl"
SPLITS = (("train", 0.7), ("val", 0.85), ("test", 1.0))
"""Each with the end of its share of the patients."""
DATASET = "MIMIC-IV-ECG"


class Step(NamedTuple):
    """What is left after a step: recordings and the patients they are of."""

    what: str
    records: int
    patients: int


@dataclass(frozen=True, eq=False)
class Cohort:
    """Recordings with a haemoglobin.

    Attributes:
        pairs: one a row: subject_id, study_id, record (path of the recording without its extension), ecg_time,
            hemoglobin_time, hours_from_ecg (negative before it), hemoglobin_g_dl, itemid, age_years, sex, anemic,
            split. A sample can be the nearest one of several recordings.
        attrition: what was left after each step, from all recordings on.
    """

    pairs: pd.DataFrame
    attrition: tuple[Step, ...]


def hemoglobin_cohort(
    ecg: Path,
    hosp: Path,
    window: str = "4h",
    *,
    before_only: bool = False,
    items: Sequence[int] | None = None,
) -> Cohort:
    """Pair every recording with the haemoglobin that was measured nearest in time.

    Args:
        ecg: folder of record_list.csv and of the recordings it names.
        hosp: folder of patients and labevents, or the one above it.
        window: longest time between the two, such as ``4h``; both ends count.
        before_only: only samples drawn before the recording, or in its very minute.
        items: numbers of the laboratory, of `ITEMS`; the usual one if None.

    Raises:
        InvalidValue: the window is no time, or an item is none of haemoglobin.
        UnreadableInput: a folder, table or column is missing, or nothing can be paired.
    """
    span, numbers = _span(window), _numbers(items)
    recordings = _recordings(ecg)
    steps = [_step("recordings listed", recordings)]
    tables = hosp / "hosp" if (hosp / "hosp").is_dir() else hosp
    if not tables.is_dir():
        raise UnreadableInput(f"The folder {hosp} does not exist. Give the folder hosp of MIMIC-IV.")
    paths = {name: require_table(tables, name, "MIMIC-IV") for name in ("patients", "labevents")}
    recordings = _with_person(recordings, paths["patients"])
    steps.append(_step("of patients known to the hospital's tables", recordings))
    recordings = recordings[recordings["age_years"] >= ADULT_YEARS]
    steps.append(_step(f"aged {ADULT_YEARS} or more", recordings))
    samples = _samples(paths["labevents"], set(recordings["subject_id"]), numbers)
    known = recordings[recordings["subject_id"].isin(set(samples["subject_id"]))]
    steps.append(_step("of patients with any such haemoglobin", known))
    pairs = _paired(known, samples, span, before_only, numbers)
    where = "before" if before_only else "around"
    steps.append(_step(f"with one in the {window} {where} the recording", pairs))
    if pairs.empty:
        raise UnreadableInput(
            f"No recording has a haemoglobin within {window}. Check that the tables are of the same release, or widen "
            "the window."
        )
    there = pairs["record"].map(lambda record: Path(f"{record}.hea").is_file()).astype(bool)
    pairs = pairs[there].reset_index(drop=True)
    steps.append(_step("whose waveform is here", pairs))
    if pairs.empty:
        raise UnreadableInput(f"None of the waveforms that record_list.csv names is in {ecg}: download them too.")
    return Cohort(pairs, tuple(steps))


def split_of(subject_id: int) -> str:
    """Return the part a patient belongs to, the same in every cohort: 70 % train, 15 % val, 15 % test."""
    share = int.from_bytes(hashlib.sha256(f"qlinical {subject_id}".encode()).digest()[:8], "big") / 2**64
    return next(name for name, end in SPLITS if share < end)


def _span(window: str) -> pd.Timedelta:
    try:
        span = pd.Timedelta(window)
    except ValueError as error:
        raise InvalidValue(f"The window '{window}' is no time: write it as 4h or 90min.") from error
    if pd.isna(span) or span <= pd.Timedelta(0):
        raise InvalidValue(f"The window must be longer than nothing, such as 4h, not '{window}'.")
    return span


def _numbers(items: Sequence[int] | None) -> tuple[int, ...]:
    numbers = tuple(items or (USUAL_ITEM,))
    for number in numbers:
        if number not in ITEMS:
            known = ", ".join(f"{item} ({what})" for item, what in ITEMS.items())
            raise InvalidValue(f"The lab item {number} is no haemoglobin in blood. Choose from {known}.")
    return numbers


def _recordings(ecg: Path) -> pd.DataFrame:
    if not ecg.is_dir() or find_table(ecg, "record_list") is None:
        raise UnreadableInput(f"There is no record_list.csv in {ecg}. Give the folder of {DATASET} that holds it.")
    table = read_table(
        require_table(ecg, "record_list", DATASET), ["subject_id", "study_id", "file_name", "ecg_time", "path"]
    )
    root = ecg.resolve()
    paths = [str(root / path) for path in table["path"].astype(str)]
    return table.assign(record=paths).dropna(subset=["ecg_time"]).drop(columns=["path", "file_name"])


def _with_person(recordings: pd.DataFrame, patients: Path) -> pd.DataFrame:
    columns = ["subject_id", "gender", "anchor_age", "anchor_year"]
    known = read_table(patients, columns).drop_duplicates("subject_id")
    both = recordings.merge(known, on="subject_id")
    age = both["anchor_age"] + both["ecg_time"].dt.year - both["anchor_year"]
    sex = both["gender"].map({"F": FEMALE, "M": MALE})
    person = both.assign(age_years=age.clip(upper=OLDEST_YEARS).astype("float64"), sex=sex)
    return person.dropna(subset=["sex"]).drop(columns=["gender", "anchor_age", "anchor_year"])


def _samples(labevents: Path, subjects: set[int], numbers: tuple[int, ...]) -> pd.DataFrame:
    columns = ["subject_id", "itemid", "charttime", "valuenum", "valueuom"]
    kept = []
    for piece in pieces(labevents, columns, {"subject_id": subjects, "itemid": numbers}):
        is_unit = piece["valueuom"].astype(str).str.strip().str.lower() == UNIT
        kept.append(piece[is_unit & piece["valuenum"].between(*POSSIBLE_G_DL)].dropna(subset=["charttime"]))
    names = {"charttime": "hemoglobin_time", "valuenum": "hemoglobin_g_dl"}
    return join(kept).drop(columns="valueuom").rename(columns=names)


def _paired(
    recordings: pd.DataFrame,
    samples: pd.DataFrame,
    span: pd.Timedelta,
    before_only: bool,
    numbers: tuple[int, ...],
) -> pd.DataFrame:
    # A table of one resolution of time: pandas refuses to join seconds with nanoseconds.
    left = recordings.astype({"ecg_time": "datetime64[ns]"}).sort_values(["ecg_time", "study_id"], kind="stable")
    right = samples.astype({"hemoglobin_time": "datetime64[ns]"})
    # Of two samples of one minute the item that was asked for first counts, and of one item the lower value.
    right = right.assign(place=right["itemid"].map({number: place for place, number in enumerate(numbers)}))
    right = right.sort_values(["hemoglobin_time", "place", "hemoglobin_g_dl"]).drop(columns="place")
    right = right.drop_duplicates(["subject_id", "hemoglobin_time"])
    pairs = pd.merge_asof(
        left,
        right,
        left_on="ecg_time",
        right_on="hemoglobin_time",
        by="subject_id",
        tolerance=span,
        direction="backward" if before_only else "nearest",
    ).dropna(subset=["hemoglobin_g_dl"])
    hours = (pairs["hemoglobin_time"] - pairs["ecg_time"]).dt.total_seconds() / 3600
    limits = limits_g_dl(pairs["sex"] == FEMALE)
    pairs = pairs.assign(
        hours_from_ecg=hours,
        itemid=pairs["itemid"].astype(int),
        anemic=pairs["hemoglobin_g_dl"] < limits,
        split=pairs["subject_id"].map(split_of),
    )
    return pairs.sort_values(["subject_id", "ecg_time"]).reset_index(drop=True)


def _step(what: str, recordings: pd.DataFrame) -> Step:
    return Step(what, len(recordings), int(recordings["subject_id"].nunique()))
