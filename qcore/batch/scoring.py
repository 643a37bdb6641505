"""Score a cohort of any size with the AKI model: a Parquet file in partitions, each read, scored and written in steps.

What a worker holds is one step of patients, however many there are. Partitions become files of one folder, which
``pandas.read_parquet`` reads as one table in the order of the cohort.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from distributed import Client

from qcore.backends.protocol import Backend
from qcore.backends.registry import backend as make_backend
from qcore.backends.specification import parse
from qcore.batch.cluster import answers
from qcore.errors import InvalidValue, UnreadableInput
from qcore.tasks.aki.acceptance import accepted, refusal
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.tasks.aki.model import CARD, DIRECTORY, AkiModel, load
from qcore.tasks.aki.results import ALERT, HIGH, LOW, RISK

PATIENT_ID = "patient_id"
ROWS_A_PARTITION = 2**16
PARTITIONS_A_GROUP = 16
"""Most partitions of one row group: each reads the group from its beginning."""
ROWS_A_STEP = 2**14
READ_BUFFER_BYTES = 2**20
SCORED = "research only, not for clinical use"
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Partition:
    """Consecutive rows of a Parquet file.

    Attributes:
        number: position in the file, from 0.
        groups: the row groups that hold them: first, and the one after the last.
        skip: rows of the first group that belong to earlier partitions.
        rows: number of rows.
    """

    number: int
    groups: tuple[int, int]
    skip: int
    rows: int


@dataclass(frozen=True)
class Scored:
    """What was done with patients.

    Attributes:
        patients: number of patients read.
        refused: of these, not scored, for a value that is missing or impossible.
    """

    patients: int
    refused: int


def partitions(file: Path) -> list[Partition]:
    """Cut a file into partitions of some 65,000 rows, more where a row group is very large.

    Raises:
        UnreadableInput: no Parquet file, or it lacks a column, or a column holds no numbers.
    """
    try:
        metadata, schema = pq.read_metadata(file), pq.read_schema(file)
    except pa.ArrowInvalid as error:
        raise UnreadableInput(f"{file} is no Parquet file.") from error
    absent = [name for name in (PATIENT_ID, *INPUT_NAMES) if name not in schema.names]
    if absent:
        raise UnreadableInput(
            f"{file} has no column {', '.join(absent)}. It needs those of 'qlinical predict aki-template', in the "
            "units of their names."
        )
    for name in INPUT_NAMES:
        kind = schema.field(name).type
        if not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_null(kind)):
            raise UnreadableInput(f"{file}: the column {name} must hold numbers, not {kind}.")
    parts: list[Partition] = []
    first, waiting = 0, 0
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group).num_rows
        if waiting + rows < ROWS_A_PARTITION and group < metadata.num_row_groups - 1:
            waiting += rows
            continue
        if rows <= ROWS_A_PARTITION:
            parts.append(Partition(len(parts), (first, group + 1), 0, waiting + rows))
        else:
            if waiting:
                parts.append(Partition(len(parts), (first, group), 0, waiting))
            step = max(ROWS_A_PARTITION, -(-rows // PARTITIONS_A_GROUP))
            for skip in range(0, rows, step):
                parts.append(Partition(len(parts), (group, group + 1), skip, min(step, rows - skip)))
        first, waiting = group + 1, 0
    return parts


def score_cohort(
    file: Path,
    output: Path,
    backend: str,
    client: Client,
    on_progress: Progress = lambda _done, _all: None,
    models: Path = DIRECTORY,
) -> Scored:
    """Write the AKI risk of every patient of a Parquet file.

    Args:
        file: columns ``patient_id`` and the twelve inputs in canonical units, one row a patient. Workers on other
            machines read and write under the same paths.
        output: folder that is made, only when all is done; columns ``patient_id``, risk and interval in percent,
            alert, threshold, backend, model card and note. A patient with a missing or impossible value has no risk,
            and the note says why.
        backend: specification of an exact backend.
        client: connection to the Dask workers.
        on_progress: is told how many patients of how many are done.
        models: folder of the trained models.

    Raises:
        InvalidValue: the output exists, or the backend is not exact.
        UnreadableInput: the file cannot be read.
    """
    specification = parse(backend)
    if specification.kind not in {"ideal", "noisy"} or specification.shots:
        raise InvalidValue(f"A cohort is scored on an exact backend, ideal or noisy without shots, not on '{backend}'.")
    make_backend(backend)
    if output.exists():
        raise InvalidValue(f"{output} exists already: remove it, or write somewhere else.")
    parts = partitions(file)
    total = sum(part.rows for part in parts)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{output.name}-", dir=output.parent))
    done = refused = 0
    try:
        where = (str(file.resolve()), str(unfinished.resolve()), backend, str(models.resolve()))
        for part, answer in answers(client, score_partition, parts, where):
            if isinstance(answer, Exception):
                raise UnreadableInput(f"{file} could not be scored: {answer}") from answer
            done, refused = done + part.rows, refused + answer.refused
            on_progress(done, total)
        if not parts:
            pq.write_table(_schema(pq.read_schema(file)).empty_table(), unfinished / "part-000000.parquet")
        unfinished.chmod(0o755)
        unfinished.rename(output)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Scored(total, refused)


def score_partition(partition: Partition, where: tuple[str, str, str, str]) -> Scored:
    """Score one partition in this process and write it.

    Args:
        partition: row groups and rows of the file that are scored.
        where: file of the cohort, folder of the results, specification of the backend, folder of the models.
    """
    file, folder, backend, models = where
    model, runs_on = _model(models), _backend(backend)
    refused = 0
    with pq.ParquetFile(file, buffer_size=READ_BUFFER_BYTES, pre_buffer=False) as cohort:
        schema = _schema(cohort.schema_arrow)
        part = Path(folder) / f"part-{partition.number:06d}.parquet"
        with pq.ParquetWriter(part, schema) as writer:
            for rows in _steps(cohort, partition):
                table, missed = _scored(rows, model, runs_on, schema)
                refused += missed
                writer.write_table(table)
    return Scored(partition.rows, refused)


@cache
def _model(directory: str) -> AkiModel:
    return load(Path(directory))


@cache
def _backend(text: str) -> Backend:
    return make_backend(text)


def _schema(cohort: pa.Schema) -> pa.Schema:
    return pa.schema(
        [
            (PATIENT_ID, cohort.field(PATIENT_ID).type),
            *((name, pa.float64()) for name in (RISK, LOW, HIGH)),
            (ALERT, pa.string()),
            ("threshold_percent", pa.float64()),
            *((name, pa.string()) for name in ("backend", "model_card", "note")),
        ]
    )


def _steps(cohort: pq.ParquetFile, partition: Partition) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a partition, a few thousand at a time."""
    skip, left = partition.skip, partition.rows
    columns = [PATIENT_ID, *INPUT_NAMES]
    for batch in cohort.iter_batches(ROWS_A_STEP, row_groups=list(range(*partition.groups)), columns=columns):
        rows = batch.slice(min(skip, len(batch)), left)
        skip -= min(skip, len(batch))
        left -= len(rows)
        if len(rows):
            yield rows
        if not left:
            return


def _scored(rows: pa.RecordBatch, model: AkiModel, runs_on: Backend, schema: pa.Schema) -> tuple[pa.Table, int]:
    values = np.stack([rows[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for name in INPUT_NAMES], axis=1)
    fine = accepted(values)
    n = len(values)
    numbers = {name: np.full(n, np.nan) for name in (RISK, LOW, HIGH)}
    alert, note = np.full(n, None, dtype=object), np.full(n, SCORED, dtype=object)
    if fine.any():
        prediction = model.predict(pd.DataFrame(values[fine], columns=list(INPUT_NAMES)), runs_on)
        for name, share in ((RISK, prediction.value), (LOW, prediction.low), (HIGH, prediction.high)):
            numbers[name][fine] = 100 * share
        alert[fine] = np.where(prediction.decision, "yes", "no")
    for row in np.flatnonzero(~fine):
        note[row] = refusal(values[row])
    table = pa.table(
        {
            PATIENT_ID: rows[PATIENT_ID],
            **{name: pa.array(column, from_pandas=True) for name, column in numbers.items()},
            ALERT: pa.array(alert, pa.string()),
            "threshold_percent": pa.repeat(100 * model.threshold, n),
            "backend": pa.repeat(runs_on.name, n),
            "model_card": pa.repeat(CARD, n),
            "note": pa.array(note, pa.string()),
        },
        schema=schema,
    )
    return table, int((~fine).sum())
