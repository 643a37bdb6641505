"""Small tables to type into, whose contents are kept while they are out of view."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from qcore.tasks.dosing.patient.entry import Cell

EMPTY_ROWS = 3
EDITION = "dosing_patient_edition"
"""Session key of a counter that grows when tables are filled by the program: a filled table is a new widget."""


def typed(name: str, columns: Mapping[str, str], alt: str) -> list[tuple[Cell, ...]]:
    """Show a table and return its rows, empty ones among them.

    Args:
        name: of the table, for its key in the session.
        columns: heading by column, each of numbers.
        alt: what the table is, for who cannot see it.
    """
    key, start, now = f"{name}_{st.session_state.get(EDITION, 0)}", f"{name}_start", f"{name}_now"
    if key not in st.session_state:
        st.session_state[start] = st.session_state.get(now, _frame([], list(columns)))
    edited = st.data_editor(
        st.session_state[start],
        key=key,
        num_rows="dynamic",
        placeholder="",
        alt=alt,
        hide_index=True,
        width="stretch",
        column_config={
            column: st.column_config.NumberColumn(heading, format="%g") for column, heading in columns.items()
        },
    )
    st.session_state[now] = edited
    return [tuple(row) for row in edited[list(columns)].itertuples(index=False, name=None)]


def fill(name: str, columns: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> None:
    """Put rows into a table; shown from the next run on, once the edition has grown."""
    st.session_state[f"{name}_now"] = _frame(rows, columns)


def _frame(rows: Sequence[tuple[Cell, ...]], columns: Sequence[str]) -> pd.DataFrame:
    padded = [*rows, *[(None,) * len(columns)] * max(0, EMPTY_ROWS - len(rows))]
    return pd.DataFrame(padded, columns=list(columns), dtype="float64")
