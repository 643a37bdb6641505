"""qlinical device: calibration snapshots of processors."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table

from qcore.cli.console import AsJson, out

app = typer.Typer(help="Calibration snapshots of processors.", no_args_is_help=True)


@app.command("list")
def list_devices(as_json: AsJson = False) -> None:
    """List the processors whose calibration is here.

    Errors in %: medians of the two-qubit gate, of SX and of read-out (mean of both directions), and under the best line
    of four neighbours those of its gates. T1 and T2 in µs.
    """
    from qcore.noise.device.calibration import load, shipped
    from qcore.noise.device.summary import summary

    rows = [summary(load(name)) for name in shipped()]
    if as_json:
        print(json.dumps({"devices": rows}, indent=2))  # noqa: T201 - for other programs
        return
    # Fits a terminal of 80 columns: a line of qubits that is cut off would be of no use.
    table = Table("name", "processor", "n", "date", "2q", "sx", "read", "T1", "T2", "best line", box=SIMPLE, padding=0)
    for row in rows:
        head = [str(row[key]) for key in ("name", "processor", "qubits", "calibrated")]
        errors = [_percent(row[key]) for key in ("error_2q", "error_sx", "error_readout")]
        times = [f"{row[key]:.0f}" for key in ("t1_us", "t2_us")]
        gates = " ".join(f"{100 * error:.2f}" for error in row["best_line_errors_2q"])
        table.add_row(*head, *errors, *times, f"{row['best_line_of_4']}\n{gates}")
    out.print(table)
    out.print("2q, sx, read, and under the line its 2q: errors in %. T1, T2: µs. Medians.", highlight=False)


def _percent(error: float) -> str:
    return f"{100 * error:.2g}"


@app.command()
def snapshot(
    name: Annotated[str, typer.Argument(help="Processor, such as fez.")],
    live: Annotated[
        bool, typer.Option("--live", help="Ask IBM for today's calibration; needs QISKIT_IBM_TOKEN and _INSTANCE.")
    ] = False,
    directory: Annotated[Path | None, typer.Option(help="Where to write; default assets/devices.")] = None,
) -> None:
    """Write the calibration of a processor to a file, from which the noise of its gates is made."""
    from qcore.backends.ibm import connect
    from qcore.backends.ibm_account import from_environment
    from qcore.noise.device import calibration

    device = connect(name, from_environment()).device if live else calibration.fake_device(name)
    file = calibration.save(device, directory or calibration.DIRECTORY)
    out.print(f"Calibration of {device.label} from {device.calibration_time} written to {file}.", soft_wrap=True)
