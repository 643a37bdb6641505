"""qlinical convert ecg: what was read of an electrocardiogram, as a table."""

from pathlib import Path
from typing import Annotated

import typer

from qcore.cli.console import check_writable, complain, out
from qcore.errors import InvalidValue, MissingAsset, UnreadableInput

app = typer.Typer(help="Files of one format as files of another.", no_args_is_help=True)


@app.callback()
def convert() -> None:
    """Files of one format as files of another."""


@app.command("ecg")
def convert_ecg(
    file: Annotated[Path, typer.Argument(help="A recording in any format; of a WFDB record, its header.")],
    to: Annotated[Path, typer.Option("--out", help="CSV file to write.", dir_okay=False)],
    rate_hz: Annotated[float | None, typer.Option("--rate-hz", help="Of a table that does not state it.")] = None,
    unit: Annotated[str, typer.Option("--unit", help="µV, mV or V, of a table that does not state it.")] = "",
    lead: Annotated[
        list[str] | None, typer.Option("--lead", help="COLUMN=LEAD of a table whose columns are not named so.")
    ] = None,
) -> None:
    """Write the voltages of FILE in µV, a column a lead, beside a column of seconds, time_s; gaps are empty cells.

    Exit status: 0 if it was read, 2 if not, with the reason.
    """
    from qcore.io.ecg.export.table import write_csv
    from qcore.io.ecg.formats.table import CsvReading
    from qcore.io.ecg.upload import read_paths

    if not file.exists() and not file.with_name(f"{file.name}.hea").exists():
        raise MissingAsset(f"There is nothing at {file}.")
    check_writable(to)
    pairs = []
    for text in lead or []:
        column, equals, name = text.partition("=")
        if not equals or not column or not name:
            raise InvalidValue(
                f"--lead {text}: write the column's name, an equals sign and the lead, such as 'ch1=II'."
            )
        pairs.append((column, name))
    records = list(read_paths([file], CsvReading(rate_hz, unit, tuple(pairs))))
    read = [record for record in records if record.ecg is not None]
    if len(read) > 1:
        raise InvalidValue(f"{file} holds {len(read)} recordings: give one of them.")
    if not read or read[0].ecg is None:
        raise UnreadableInput(records[0].refusal if records else f"There is no recording in {file}.")
    for note in read[0].ecg.notes:
        complain(note)
    write_csv(read[0].ecg, to)
    out.print(f"{read[0].ecg}. Written to {to}.", highlight=False, markup=False, soft_wrap=True)
