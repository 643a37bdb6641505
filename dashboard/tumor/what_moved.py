"""What noise moved: the evidence of the cell that the answer rests on, observable by observable."""

from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared.session_cache import remembered
from dashboard.tumor.case import Case
from qcore.backends.protocol import Backend
from qcore.tasks.classification.model import Model
from qcore.tasks.tumor.answer import Answer
from qcore.tasks.tumor.looked import Looked
from qcore.tasks.tumor.observables import Terms, deciding_cell, terms

Array = NDArray[np.float64]
NAMES = {
    "X": "X of a qubit", "Y": "Y of a qubit", "Z": "Z of a qubit", "ZZ": "ZZ of neighbours",
    "bias": "Bias, not measured", "evidence": "Evidence, log odds",
}  # fmt: skip


def what_moved(case: Case, model: Model, looked: Looked, found: Answer, backend: Backend, noiseless: Backend) -> None:
    """Show what each kind of observable adds to the evidence with noise and without.

    Args:
        case: the series.
        model: trained.
        looked: the series, as the model sees it.
        found: the answer that is shown.
        backend: where the circuit runs.
        noiseless: the simulator without noise, to compare with.
    """

    def work() -> tuple[tuple[int, int], Terms, Terms]:
        cell = deciding_cell(model, looked, found.place, backend)
        before, here = (terms(model, looked, found.place, cell, where) for where in (noiseless, backend))
        return cell, before, here

    cell, before, here = remembered("tumor_moved", (case.key, backend.fingerprint), work)
    st.subheader("What noise moved", anchor="what-noise-moved")
    st.html(_table(before, here))
    n_members, n_experts, _ = here.terms.shape
    number = int(looked.slices[found.place]) + 1
    scattered = bool(here.covariance.any())
    shots = " ± is 1 standard error of the shots." if scattered else ""
    st.caption(
        f"The most suspicious cell of slice {number:d} (row {cell[0] + 1:d}, column {cell[1] + 1:d}). Its evidence, in "
        "log odds of a tumour, is a sum: a bias, and a term for each observable that is measured. Terms are those of "
        f"all qubits and {n_experts:d} circuits, mean of {n_members:d} members, after the correction that takes the "
        f"mean shift and scale of the noise back: what is left is what it could not take back.{shots}"
    )


def _table(before: Terms, here: Terms) -> str:
    # The bias is no measurement, and no noise moves it.
    parts = ((*here.kinds, "bias"), (before.by_kind(), before.bias), (here.by_kind(), here.bias))
    errors = (*here.standard_error(), 0.0, here.standard_error_of_all)
    names = (*parts[0], "evidence")
    was, now = (np.column_stack([kinds, bias, kinds.sum(1) + bias]) for kinds, bias in parts[1:])
    rows = "".join(_row(*row) for row in zip(names, was.T, now.T, errors, strict=True))
    head = "".join(f"<th class='num'>{name}</th>" for name in ("Noiseless", "Here", "Moved", "Moved in each member"))
    return f"<table class='q-table'><thead><tr><th>Measured</th>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(name: str, before: Array, here: Array, error: float) -> str:
    """Write what all members say of one term, ``(n_members,)`` each, and the error of their mean."""
    each = ", ".join(_signed(float(value)) for value in here - before)
    scatter = f" ± {error:.2f}" if error > 0 else ""
    cells = (
        _signed(float(before.mean())), f"{_signed(float(here.mean()))}{scatter}",
        _signed(float((here - before).mean())), each,
    )  # fmt: skip
    strong = " class='strong'" if name == "evidence" else ""
    numbers = "".join(f"<td class='num'>{cell}</td>" for cell in cells)
    return f"<tr><td{strong}>{escape(NAMES.get(name, name))}</td>{numbers}</tr>"


def _signed(value: float) -> str:
    # Adding zero turns a rounded −0.0 into 0.0.
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")
