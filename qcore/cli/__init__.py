"""The qlinical command: train, sweep, evaluate, predict, build cohorts, check devices, backends, the installation."""

import os
import sys

import typer

from qcore.cli import audit, cohort, device, doctor, drug, ecg, evaluate, families, parity, predict, study, sweep, train
from qcore.cli.console import complain
from qcore.cli.dose import command
from qcore.errors import QlinicalError

app = typer.Typer(
    help="Hybrid quantum-classical clinical decision support. Research only, not for clinical use.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for name, group in (
    ("train", train),
    ("evaluate", evaluate),
    ("predict", predict),
    ("cohort", cohort),
    ("device", device),
    ("drug", drug),
    ("convert", ecg),
    ("study", study),
    ("audit", audit),
):
    app.add_typer(group.app, name=name)
app.command()(doctor.doctor)
app.command()(parity.parity)
app.command()(sweep.sweep)
app.command()(families.families)
app.command()(command.dose)


def main() -> None:
    """Run the command; an expected error, or a file that cannot be used, becomes one sentence and exit status 2."""
    # Two cores are shared with whatever else runs; torch's thread pool makes small circuits slower, not faster.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        app()
    except QlinicalError as error:
        complain(str(error), style="red")
        sys.exit(2)
    except OSError as error:
        if error.filename is None:
            raise
        complain(f"{error.filename}: {error.strerror}. Choose a place that can be read and written.", style="red")
        sys.exit(2)
