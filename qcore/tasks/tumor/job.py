"""A slice on a processor: the few cells that its answer rests on, measured in one job, the others noiseless.

A slice is some 2,000 small circuits, most of which say of black background and healthy tissue that nothing is there.
The evidence of the image is a mean of its cells that the most suspicious ones make up, so those are measured. Beside
them go typical angles, on which the mean scale and shift of the processor's noise are read, as on every noisy backend.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from qcore.backends.protocol import Expectations, Provenance
from qcore.backends.registry import backend
from qcore.circuits import Circuit
from qcore.models.images.cells import CellExperts, image_logits
from qcore.tasks.classification.model import HYBRID, Model
from qcore.tasks.tumor.answer import Answer, answer_of_slices, calibration
from qcore.tasks.tumor.evidence import of_cells
from qcore.tasks.tumor.looked import Looked

N_CELLS_SENT = 8
"""Of a slice."""
N_TYPICAL_SENT = 16
"""Of each member: its noise is the same in every slice."""


@dataclass(frozen=True, eq=False)
class CellsJob:
    """What of a slice is measured on a processor.

    Attributes:
        circuit: of the cells; the trained angles of the members are inputs too, so that all go in one job.
        inputs: ``(n_members * (n_cells * n_experts + N_TYPICAL_SENT), n_inputs)`` rad.
        cells: ``(n_cells,)`` which cells are measured, by number in their rows.
        share: of the answer that rests on them.
        place: of the slice among those judged.
    """

    circuit: Circuit
    inputs: Tensor
    cells: Tensor
    share: float
    place: int


@dataclass(frozen=True, eq=False)
class Measured:
    """What a processor measured.

    Attributes:
        answer: of the series, with the slice as it was measured.
        tumour: probability that the slice shows a tumour.
        standard_error: of it, from shots, to first order; observables of a circuit count as independent.
        provenance: device, shots and job.
    """

    answer: Answer
    tumour: float
    standard_error: float
    provenance: Provenance


@torch.no_grad()
def cells_job(model: Model, looked: Looked, place: int) -> CellsJob:
    """Return what is to be sent for a slice.

    Args:
        model: trained.
        looked: the series, as the model sees it.
        place: of the slice among those judged.
    """
    members, x = _members(model), looked.x[place : place + 1]
    evidence = of_cells([member.cells(x, backend("ideal")) for member in members])[0].flatten()
    weight, cells = evidence.softmax(0).topk(min(N_CELLS_SENT, len(evidence)))
    rows = []
    for member in members:
        angles = member.rotations(x)[0].flatten(0, 1)[cells].flatten(0, 1)
        both = torch.cat([angles, member.quantum.typical_angles(N_TYPICAL_SENT)])
        rows.append(torch.cat([both, member.quantum.weights.expand(len(both), -1)], dim=1))
    circuit = _with_weights_as_inputs(members[0].quantum.circuit)
    return CellsJob(circuit, torch.cat(rows), cells, float(weight.sum()), place)


def read_job(model: Model, looked: Looked, job: CellsJob, run: Expectations) -> Measured:
    """Return what was measured of a slice.

    Args:
        model: trained.
        looked: the series, as the model sees it.
        job: what was sent.
        run: what came back.
    """
    ideal, members, of_slice = backend("ideal"), _members(model), looked.x[job.place : job.place + 1]
    slopes, offsets = calibration(model, HYBRID)
    expected, size = run.values.detach().requires_grad_(), len(run.values) // len(members)
    logits = []
    for member, values, errors in zip(members, expected.split(size), run.standard_error.split(size), strict=True):
        n = [size - N_TYPICAL_SENT, N_TYPICAL_SENT]
        (here, typical), (_, error_of_typical) = values.split(n), errors.split(n)
        read = member.quantum.read(here, typical, error_of_typical).unflatten(0, (len(job.cells), member.n_experts))
        logits.append(image_logits(_with_measured(member, of_slice, job.cells, read))[0].double())
    calibrated = torch.stack(logits).mean(0) * torch.from_numpy(slopes) + torch.from_numpy(offsets)
    tumour = 1 - calibrated.softmax(0)[0]
    # Whatever was measured scatters by itself; also the typical angles, by which all cells are corrected alike.
    (slope,) = torch.autograd.grad(tumour, expected)
    error = float((slope * run.standard_error).square().sum().sqrt())
    of_all = model.logits_of_prepared(HYBRID, looked.x, ideal).mean(0) * slopes + offsets
    of_all[job.place] = calibrated.detach().numpy()
    answer = answer_of_slices(model, looked, of_all, run.provenance.backend)
    return Measured(answer, float(tumour.detach()), error, run.provenance)


def _with_measured(member: CellExperts, x: Tensor, cells: Tensor, measured: Tensor) -> Tensor:
    """Return what a member says of the cells of a slice, with some of them as they were measured."""
    with torch.no_grad():
        noiseless, _ = member.measured(x, backend("ideal"))
    flat = noiseless.flatten(1, 2).clone()
    flat[0, cells] = measured.to(flat.dtype)
    return member.read(flat.view_as(noiseless))


def _with_weights_as_inputs(circuit: Circuit) -> Circuit:
    n = circuit.n_inputs

    def queue(inputs: Tensor, _weights: Tensor) -> None:
        circuit.queue(inputs[..., :n], inputs[..., n:].movedim(-1, 0))

    return replace(
        circuit,
        name=f"{circuit.name}-members",
        n_inputs=n + circuit.n_weights,
        n_weights=0,
        queue=queue,
        shortcut=None,
    )


def _members(model: Model) -> Sequence[CellExperts]:
    members = model.members[HYBRID]
    if not all(isinstance(member, CellExperts) for member in members):
        raise TypeError(f"'{model.entry.name}' does not judge the cells of an image.")
    return members  # type: ignore[return-value]
