"""qlinical families: which model families there are, for which kinds of case, and which are trained."""

import json

from rich.table import Table

from qcore.cli.console import AsJson, out


def families(as_json: AsJson = False) -> None:
    """List every family with the kinds of case it takes and the trained models of it in assets/models."""
    from qcore.models.families import FAMILIES, Kind

    trained = _trained()
    rows = [
        (family.name, family.label, kind.value, trained.get((family.name, kind), []))
        for family in FAMILIES.values()
        for kind in Kind
        if kind in family.kinds and not family.variant_of
    ]
    if as_json:
        named = [dict(zip(("family", "label", "kind", "weights"), row, strict=True)) for row in rows]
        print(json.dumps({"families": named}, indent=2))  # noqa: T201 - for other programs
        return
    table = Table()
    for title in ("family", "what it is", "case", "weights"):
        # Names are to be copied whole.
        table.add_column(title, overflow="fold")
    for *texts, weights in rows:
        table.add_row(*map(str, texts), ", ".join(weights) or "–")
    out.print(table)


def _trained() -> "dict[tuple[str, str], list[str]]":
    """Return names of the trained models of each family and kind of case."""
    from qcore.tasks.classification import store
    from qcore.tasks.questions import entries

    names: dict[tuple[str, str], list[str]] = {}
    for entry in entries():
        if store.is_trained(entry):
            names.setdefault((entry.family, entry.shape.kind), []).append(entry.name)
    return names
