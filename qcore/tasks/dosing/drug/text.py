"""A drug as the text of its file, to be changed and read again."""

from qcore.tasks.dosing.drug.file import Drug

HEAD = """\
# A drug as Qlinical reads it. Change what is to be different and upload it again, or check it by
# `qlinical drug check FILE`. A regimen's cap is the highest single dose: nothing above it is ever named.
# The aim's measure is response, trough, peak or average; it stays above low and below high.
"""

Value = str | float | tuple[float, ...]


def written(drug: Drug) -> bytes:
    """Return the text of a drug's file, in UTF-8; `parsed` makes the same drug of it."""
    fields = drug.model_dump(mode="json", exclude_none=True)
    plain = {name: value for name, value in fields.items() if not _is_table(value)}
    lines = [HEAD, *_lines(plain)]
    for name, table in fields.items():
        if isinstance(table, dict):
            lines += ["", f"[{name}]", *_lines(table)]
    for regimen in fields["regimens"]:
        lines += ["", "[[regimens]]", *_lines(regimen)]
    return ("\n".join(lines) + "\n").encode()


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and isinstance(value[0], dict))


def _lines(table: dict[str, Value]) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in table.items()]


def _value(value: Value) -> str:
    if isinstance(value, str):
        return f'"{"".join(map(_sign, value))}"'
    if isinstance(value, int | float):
        return f"{value:.17g}" if float(f"{value:g}") != value else f"{value:g}"
    return f"[{', '.join(map(_value, value))}]"


def _sign(sign: str) -> str:
    """Return a character as a basic string of TOML holds it."""
    if sign in '"\\':
        return f"\\{sign}"
    return sign if sign.isprintable() else f"\\U{ord(sign):08X}"
