"""Which column of a PK/PD data file is what."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qcore.errors import UnreadableInput
from qcore.io.delimited import shortened
from qcore.io.nonmem.cells import is_missing
from qcore.io.nonmem.columns.contents import by_subject, fits, is_restless
from qcore.io.nonmem.columns.names import (
    CONCENTRATION_NAMES,
    DOUBTFUL_KINDS,
    NAMES,
    NOT_USED,
    NOT_USED_NUMBERED,
    URINE_NAMES,
)
from qcore.io.nonmem.columns.names import Role as Role
from qcore.io.nonmem.units.columns import find_unit_columns
from qcore.io.nonmem.units.headers import folded, unit_in


@dataclass(frozen=True)
class Columns:
    """The columns of a file.

    Attributes:
        roles: name of the column that has a role.
        covariates: columns that describe the subject, the weight among them, in order of the file.
        ignored: columns that are not read.
        units: what a row of units below the header says, by column.
        unit_columns: columns that hold units, of the line or of everything.
        urine: columns that hold a volume of urine, beside what was measured in it.
    """

    roles: Mapping[Role, str]
    covariates: tuple[str, ...]
    ignored: tuple[str, ...]
    units: Mapping[str, str] = field(default_factory=dict)
    unit_columns: tuple[str, ...] = ()
    urine: tuple[str, ...] = ()

    def unit(self, *roles: Role) -> str | None:
        """Return the unit of the first column that has one of these roles, as far as the file says it."""
        name = next((self.roles[role] for role in roles if role in self.roles), "")
        return self.units.get(name) or unit_in(name)

    def states(self, *roles: Role) -> bool:
        """Tell whether the file says the unit of the first column that has one of these roles."""
        return self.unit(*roles) is not None


def parse_roles(texts: Iterable[str]) -> dict[Role, str]:
    """Read what the user says about columns, each as ``role=COLUMN``; ``role=`` says that no column has this role.

    Raises:
        UnreadableInput: not of this form, or no such role.
    """
    chosen = {}
    for text in texts:
        role, sign, column = text.partition("=")
        if not sign or role.strip().lower() not in list(Role):
            raise UnreadableInput(f"{shortened(text)} is not role=COLUMN. The roles are {', '.join(Role)}.")
        chosen[Role(role.strip().lower())] = column.strip()
    return chosen


def detect(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    chosen: Mapping[Role, str] | None = None,
    covariates: Sequence[str] | None = None,
) -> Columns:
    """Find out which column is what.

    Args:
        header: names of columns, as they are written.
        rows: cells, each row as long as the header. They tell a dose that is repeated in every line from one that
            stands where it was given, and a flag from a limit of quantification.
        chosen: what the user says; "" says that no column has the role.
        covariates: what the user wants as covariates; None for all columns that are left.

    Raises:
        UnreadableInput: the user names a column that is not there, or one twice.
    """
    chosen_roles = {role: _written(header, name) if name else "" for role, name in (chosen or {}).items()}
    twice = next((name for name in chosen_roles.values() if name and list(chosen_roles.values()).count(name) > 1), None)
    if twice:
        raise UnreadableInput(f"The column {shortened(twice)} was given two roles: give it one.")
    cells = {name: [row[position] for row in rows] for position, name in enumerate(header) if name}
    unit_columns = find_unit_columns(cells)
    # Units may also tell what was measured: a user who says so has them in both places.
    of_units = tuple(name for name in unit_columns if name not in chosen_roles.values())
    all_cells, cells = cells, {name: column for name, column in cells.items() if name not in of_units}
    roles = dict(chosen_roles)
    for role, names in NAMES.items():
        if role not in roles:
            free = [name for name in cells if name not in roles.values()]
            matching = (name for usual_name in names for name in free if folded(name) == usual_name)
            subjects = cells.get(roles.get(Role.SUBJECT, ""), [])
            column = next((name for name in matching if fits(role, folded(name), cells[name], subjects)), None)
            roles |= {} if column is None else {role: column}
    roles = {role: column for role, column in roles.items() if column}
    roles = _with_dose(roles, chosen_roles, cells)
    if Role.RESPONSE not in chosen_roles and not _is_beside(roles, cells):
        roles.pop(Role.RESPONSE, None)
    described = _covariates(roles, list(cells), covariates, header)
    urine = tuple(name for name in cells if folded(name) in URINE_NAMES and name not in {*roles.values(), *described})
    used = {*roles.values(), *described, *of_units, *urine}
    ignored = tuple(name for name in all_cells if name not in used)
    return Columns(roles, described, ignored, unit_columns=unit_columns, urine=urine)


def _written(header: Sequence[str], name: str) -> str:
    column = next((column for column in header if column.lower() == name.strip().lower()), None)
    if column is None:
        names = ", ".join(shortened(column) for column in header[:20] if column)
        raise UnreadableInput(f"The file has no column {shortened(name)}. Its columns are {names}.")
    return column


def _is_beside(roles: Mapping[Role, str], cells: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether what is named like a response stands beside a concentration, and was measured as that was."""
    if Role.DVID in roles or Role.RESPONSE not in roles:
        return False
    if folded(roles.get(Role.VALUE, "")) in CONCENTRATION_NAMES:
        return True
    return is_restless(by_subject(cells[roles[Role.RESPONSE]], cells.get(roles.get(Role.SUBJECT, ""), [])))


def _with_dose(
    roles: dict[Role, str], chosen_roles: Mapping[Role, str], cells: Mapping[str, Sequence[str]]
) -> dict[Role, str]:
    """A dose that every line of a subject repeats is said there, not given there."""
    if Role.AMOUNT in chosen_roles or Role.DOSE in chosen_roles:
        return roles
    column = roles.get(Role.AMOUNT) or roles.get(Role.DOSE)
    if column is None:
        return roles
    others = {role: name for role, name in roles.items() if role not in (Role.AMOUNT, Role.DOSE)}
    repeated = Role.EVID not in roles and _is_repeated(cells, column, roles)
    return others | {Role.DOSE if repeated else Role.AMOUNT: column}


def _is_repeated(cells: Mapping[str, Sequence[str]], column: str, roles: Mapping[Role, str]) -> bool:
    grouping = [cells[roles[role]] for role in (Role.SUBJECT, Role.OCCASION) if role in roles]
    doses: dict[tuple[str, ...], str] = {}
    return all(
        not is_missing(dose) and doses.setdefault(group, dose) == dose
        for dose, *group_cells in zip(cells[column], *grouping, strict=True)
        for group in [tuple(group_cells)]
    )


def _covariates(
    roles: Mapping[Role, str],
    columns: Sequence[str],
    chosen: Sequence[str] | None,
    header: Sequence[str],
) -> tuple[str, ...]:
    weight = roles.get(Role.WEIGHT)
    if chosen is not None:
        kept = {_written(header, name) for name in chosen} | {weight}
        return tuple(name for name in columns if name in kept)
    taken = {name for role, name in roles.items() if role is not Role.WEIGHT}
    # A second column for the time or the concentration says nothing of the subject.
    known = NOT_USED.union(*(_unused(role) for role in NAMES))
    return tuple(name for name in columns if name == weight or (name not in taken and not _is_known(name, known)))


def _unused(role: Role) -> tuple[str, ...]:
    """Return names that say nothing of the subject even where another column has the role."""
    doubtful = DOUBTFUL_KINDS if role is Role.DVID else ()
    return () if role is Role.WEIGHT else tuple(name for name in NAMES[role] if name not in doubtful)


def _is_known(name: str, known: Collection[str]) -> bool:
    return folded(name) in known or NOT_USED_NUMBERED.fullmatch(folded(name)) is not None
