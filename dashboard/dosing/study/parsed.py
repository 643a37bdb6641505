"""A file parsed once for its content and what the user says of it, however often the page is drawn.

What was parsed is kept in the session alone, and only the last of it: it holds patients.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import streamlit as st

from dashboard.shared.kept_file import KeptFile
from qcore.errors import UnreadableInput
from qcore.io.delimited import Delimited
from qcore.io.nonmem.columns.roles import Columns, Role, detect
from qcore.io.nonmem.options import Options
from qcore.io.nonmem.reader import ReadStudy, study_in
from qcore.io.nonmem.table import read_table
from qcore.tasks.dosing.fitting import digest

TABLE, STUDY = "dosing_upload_table", "dosing_upload_study"
Parsed = TypeVar("Parsed")


@dataclass(frozen=True, eq=False)
class Table:
    """The text of a file.

    Attributes:
        cells: the rows of the file, as they are written.
        columns: what its columns are by their names and cells, before the user says otherwise.
    """

    cells: Delimited
    columns: Columns


@dataclass(frozen=True)
class Upload:
    """A file that was read.

    Attributes:
        title: of the study, which is the name of the file.
        data: bytes of the file.
        read: the study, and how it was read.
        roles: columns as the user says.
        options: what else the user says.
    """

    title: str
    data: bytes
    read: ReadStudy
    roles: Mapping[Role, str]
    options: Options

    @cached_property
    def key(self) -> str:
        """SHA-256 of the file and of how it was read."""
        return digest(self.data, self.roles, self.options)


def table_of(file: KeptFile) -> Table:
    """Return the text of a file.

    Args:
        file: as it was brought.

    Raises:
        UnreadableInput: it is no table; found out once too.
    """

    def parse() -> Table:
        cells = read_table(file.name, file.data)
        return Table(cells, detect(cells.header, cells.rows))

    return _once(TABLE, (file.name, file.digest), parse)


def study_of(file: KeptFile, roles: Mapping[Role, str], options: Options) -> Upload:
    """Return the study in a file.

    Args:
        file: as it was brought.
        roles: columns as the user says.
        options: what else the user says.

    Raises:
        UnreadableInput: it cannot be read so; found out once too.
    """

    def parse() -> Upload:
        read = study_in(table_of(file).cells, roles, options)
        return Upload(file.name.rsplit(".", 1)[0], file.data, read, roles, options)

    return _once(STUDY, (file.name, file.digest, tuple(roles.items()), options), parse)


def _once(slot: str, key: Hashable, parse: Callable[[], Parsed]) -> Parsed:
    """Return what is in a slot of the session, parsed where something else is in it."""
    if slot not in st.session_state or st.session_state[slot][0] != key:
        try:
            st.session_state[slot] = (key, parse())
        except UnreadableInput as error:
            st.session_state[slot] = (key, error)
    parsed: Parsed | UnreadableInput = st.session_state[slot][1]
    if isinstance(parsed, UnreadableInput):
        raise parsed.with_traceback(None)
    return parsed
