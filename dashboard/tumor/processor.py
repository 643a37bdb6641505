"""The slice that the answer rests on, sent to a processor: its most suspicious cells in one job."""

import hashlib

import torch

from dashboard.shared.execution.job import JobTask, run_of_job
from dashboard.shared.numbers import percent, spread
from dashboard.shared.session_cache import remembered
from dashboard.tumor.case import Case
from qcore.backends.specification import Specification
from qcore.tasks.classification.model import Model
from qcore.tasks.tumor.answer import ENTRY, Answer
from qcore.tasks.tumor.job import CellsJob, Measured, cells_job, read_job
from qcore.tasks.tumor.looked import Looked

DIGEST = 24
"""Letters of the digest by which a job finds its slice again: nobody can get an angle out of it."""


def measured_on(
    specification: Specification, case: Case, model: Model, looked: Looked, noiseless: Answer
) -> Measured | None:
    """Show the job of this slice on this processor and return its result; None while there is none.

    Args:
        specification: processor, shots and resilience level.
        case: the series.
        model: trained.
        looked: the series, as the model sees it.
        noiseless: the answer without noise, which says what slice and cells are sent.
    """
    job: CellsJob = remembered("tumor_job", case.key, lambda: cells_job(model, looked, noiseless.place))
    digest = hashlib.sha256(job.inputs.numpy().tobytes()).hexdigest()[:DIGEST]
    number, n_cells = int(looked.slices[job.place]) + 1, len(job.cells)
    before = 1 - float(noiseless.by_slice[job.place, 0])

    def words(measured: Measured) -> str:
        return (
            f"The {n_cells} most suspicious cells of slice {number}, which carry {percent(job.share)} of its answer, "
            f"are as measured; everything else is noiseless. **Slice {number}: {100 * measured.tumour:.1f} % "
            f"probability of a tumour** ({spread(measured.standard_error)} points by the shots); noiseless "
            f"{100 * before:.1f} %."
        )

    task = JobTask(
        "tumor",
        ENTRY.name,
        job.circuit,
        torch.empty(0),
        lambda run: read_job(model, looked, job, run),
        stays="no image and no name leaves",
        measured=words,
        reference=f"tumor/{digest}",
    )
    return run_of_job(task, (case.key, job.place), job.inputs, specification)
