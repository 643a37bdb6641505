"""What cards of all models are made of: intervals, tables, circuits as text."""

from collections.abc import Mapping

import pennylane as qml
import torch

from qcore.circuits import Circuit
from qcore.circuits.recording import one_thread_at_a_time
from qcore.evidence.circuit_quality import CircuitQuality
from qcore.evidence.metrics import Estimate

METRIC_NAMES = {"auroc": "AUROC", "accuracy": "Accuracy", "auprc": "AUPRC", "ece": "ECE", "brier": "Brier"}
CELLS = 30
"""Length of the longest bar of a text chart, characters."""
FULL = 0.1
"""Share that fills the longest bar, unless a greater one occurs."""


def interval(estimate: Estimate | None, digits: int = 3) -> str:
    """Write a metric with its interval."""
    if estimate is None:
        return "too few events"
    return f"{estimate.value:.{digits}f} ({estimate.low:.{digits}f} to {estimate.high:.{digits}f})"


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown, with a header and a line a row."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def bars(values: Mapping[str, float], full: float = FULL) -> str:
    """Return shares as a chart of text, one line a name; `full` fills a line, or the greatest share if that is more."""
    width, most = max(map(len, values), default=0), max(full, *values.values())
    cells = {name: "█" * round(CELLS * value / most) for name, value in values.items()}
    lines = [f"{name:{width}} {value:6.1%} {cells[name]}".rstrip() for name, value in values.items()]
    return "```\n" + "\n".join(lines) + "\n```"


@one_thread_at_a_time
def circuit_drawing(circuit: Circuit) -> str:
    """Draw a circuit as text; x are inputs, the numbers behind them trained angles."""

    def queue() -> None:
        circuit.queue(torch.zeros(circuit.n_inputs), torch.zeros(circuit.n_weights))
        for observable in circuit.observables:
            qml.expval(observable)

    return str(qml.draw(queue, decimals=None, show_all_wires=True)())


def circuit_numbers(quality: CircuitQuality) -> str:
    """Say what a circuit could do before training."""
    variance = quality.gradient_variance
    slopes = "no trained angles" if variance is None else f"gradient variance {variance:.3f}"
    return (
        f"Expressibility {quality.expressibility:.3f} nats (0 is as expressive as Haar-random states), entangling "
        f"capability {quality.entangling_capability:.3f} (0 to 1), {slopes}."
    )
