"""qlinical predict ecg: diagnoses, haemoglobin, intervals and marks of recordings."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from qcore.cli.console import AsJson, BackendName, err, out
from qcore.errors import InvalidValue, MissingAsset

if TYPE_CHECKING:
    from qcore.backends.protocol import Backend
    from qcore.io.ecg.record import Ecg
    from qcore.io.ecg.uploaded import Record

DIGITS = 4
NONE_ANSWERED = 1
MEASUREMENTS = {
    "rate_bpm": "rate_bpm", "pr_ms": "pr_ms", "qrs_ms": "qrs_ms", "qt_ms": "qt_ms",
    "qtc_fridericia_ms": "qtc_fridericia_ms", "axis_deg": "qrs_axis_deg",
}  # fmt: skip
"""As other programs read them, by our names."""


def predict_ecg(
    paths: Annotated[list[Path], typer.Argument(help="Recordings of any format, ZIP archives, or folders of them.")],
    as_json: AsJson = False,
    backend: BackendName = "ideal",
) -> None:
    """Say of every recording which diagnoses it shows, and what is measured on it.

    A recording without the twelve leads is measured and not diagnosed, and its "rejected" says why. What cannot be read
    is named with the reason. No haemoglobin is given: no model of it that is worth an answer could be trained on open
    waveforms; see `qlinical evaluate hemoglobin`.

    Exit status: 0 if something was read, 1 if nothing was, 2 if nothing lies at a path.
    """
    for path in paths:
        if not path.exists() and not path.with_name(f"{path.name}.hea").exists():
            raise MissingAsset(f"There is nothing at {path}.")
    from qcore.backends.registry import backend as make_backend
    from qcore.io.ecg.upload import read_paths

    where, rows = make_backend(backend), []
    with err.status("reading") as status:
        for record in read_paths(paths):
            rows.append(as_row(record, where))
            status.update(f"{len(rows):,} recordings")
    if as_json:
        print(json.dumps(rows, indent=2))  # noqa: T201 - for other programs
    else:
        out.print(_table(rows))
    if not any(row["leads"] for row in rows):
        raise typer.Exit(NONE_ANSWERED)


def as_row(record: "Record", backend: "Backend") -> dict[str, Any]:
    """Return what is said of a recording, for other programs.

    Args:
        record: what was read, or why it was not.
        backend: where the circuit runs.
    """
    ecg = record.ecg
    row: dict[str, Any] = {
        "file": record.name, "leads": [], "rate_hz": None, "seconds": None, "diagnoses": {}, "hemoglobin_g_dl": None,
        "anemia": None, "measurements": {}, "fiducials": {}, "rejected": record.refusal or None,
    }  # fmt: skip
    if ecg is None:
        return row
    from qcore.tasks.ecg.measure import measure

    found = measure(ecg)
    values = {name: found.measurements[key].value for name, key in MEASUREMENTS.items()}
    diagnoses, refused = _diagnoses(ecg, backend)
    return row | {
        "leads": list(ecg.leads),
        "rate_hz": ecg.rate_hz,
        "seconds": round(ecg.seconds, 3),
        "diagnoses": diagnoses,
        "measurements": {name: None if value is None else round(value, 1) for name, value in values.items()},
        "fiducials": {
            lead: {mark: [int(sample) for sample in samples] for mark, samples in marks.items()}
            for lead, marks in found.fiducials.items()
        },
        "rejected": refused,
        "backend": backend.name,
        "notes": [*ecg.notes, *found.notes],
    }


def _diagnoses(ecg: "Ecg", backend: "Backend") -> tuple[dict[str, float], str | None]:
    """Return the probability of each diagnosis; or none, and why."""
    from qcore.tasks.ecg.answer import answer, load
    from qcore.tasks.ecg.windows import windows

    try:
        found = answer(load(), windows(ecg).x, backend)
    except InvalidValue as why:
        return {}, str(why)
    return {name: round(each.probability, DIGITS) for name, each in found.diagnoses.items()}, None


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table("file", "diagnoses", "rate", "PR", "QRS", "QT")
    for row in rows:
        said = ", ".join(f"{name} {value:.0%}" for name, value in row["diagnoses"].items()) or row["rejected"]
        numbers = [row["measurements"].get(name) for name in ("rate_bpm", "pr_ms", "qrs_ms", "qt_ms")]
        table.add_row(row["file"], said, *("" if value is None else f"{value:.0f}" for value in numbers))
    return table
