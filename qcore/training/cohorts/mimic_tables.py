"""Reading MIMIC tables piece by piece: the largest, 300 million rows, must not fill the memory."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from qcore.errors import UnreadableInput

CHUNK_ROWS = 1_000_000
_NUMBERS = frozenset({"amount", "value", "valuenum", "patientweight"})
_CODES = frozenset({"icd_code", "icd9_code"})
_WHOLE = frozenset({"subject_id", "itemid"})


def find_table(folder: Path, name: str) -> Path | None:
    """Return ``name.csv.gz`` or ``name.csv`` in a folder, upper or lower case; None if absent."""
    names = (f"{name}.csv.gz", f"{name}.csv")
    paths = [path for path in sorted(folder.iterdir()) if path.name.lower() in names]
    return paths[0] if paths else None


def require_table(folder: Path, name: str, dataset: str) -> Path:
    """Return the path of a table as ``find_table`` does.

    Raises:
        UnreadableInput: it is not there.
    """
    path = find_table(folder, name)
    if path is None:
        raise UnreadableInput(
            f"{name}.csv.gz (or {name}.csv) is missing in {folder}. Give the folder of {dataset} "
            "as PhysioNet delivers it, with this table downloaded."
        )
    return path


def read_table(
    path: Path, columns: Collection[str], keep: Mapping[str, Collection[object]] | None = None
) -> pd.DataFrame:
    """Read some columns of a table at once; for the arguments and errors see ``pieces``."""
    return join(list(pieces(path, columns, keep or {})))


def join(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the pieces of one table together; the first stands for all when all are empty."""
    filled = [table for table in tables if len(table)]
    return pd.concat(filled or tables[:1], ignore_index=True)


def pieces(path: Path, columns: Collection[str], keep: Mapping[str, Collection[object]]) -> Iterator[pd.DataFrame]:
    """Read a table ``CHUNK_ROWS`` at a time, at least one piece.

    Args:
        path: the table, .csv or .csv.gz.
        columns: those wanted, in lower case (the file may write them in upper case). The ones that
            end in "time", and dob, become timestamps.
        keep: column to accepted values; other rows are dropped.

    Raises:
        UnreadableInput: not a MIMIC table, damaged, or without one of the columns.
    """
    wanted = set(columns)
    spelled = (*wanted, *map(str.upper, wanted))
    dtypes: dict[str, type] = {name: float for name in spelled if name.lower() in _NUMBERS}
    dtypes |= {name: str for name in spelled if name.lower() in _CODES}
    dtypes |= {name: np.int64 for name in spelled if name.lower() in _WHOLE}
    try:
        with pd.read_csv(
            path, usecols=lambda name: name.lower() in wanted, dtype=dtypes, chunksize=CHUNK_ROWS
        ) as reader:
            for piece in reader:
                named = piece.rename(columns=str.lower)
                missing = ", ".join(sorted(wanted - set(named.columns)))
                if missing:
                    raise UnreadableInput(f"{path} has no column {missing}. Use the table as PhysioNet delivers it.")
                chosen = np.ones(len(named), dtype=bool)
                for column, values in keep.items():
                    chosen &= named[column].isin(list(values)).to_numpy()
                yield _parse_times(named[chosen])
    except (ValueError, EOFError, OSError) as error:
        raise UnreadableInput(f"{path} cannot be read as a MIMIC table ({error}). Download it again.") from error


def _parse_times(piece: pd.DataFrame) -> pd.DataFrame:
    times = [name for name in piece.columns if name.endswith("time") or name == "dob"]
    return piece.assign(**{name: pd.to_datetime(piece[name], format="ISO8601") for name in times})
