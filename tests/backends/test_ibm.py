"""The rehearsal: the whole way of a job through the real primitive, on a simulated processor."""

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from qiskit import QuantumCircuit
from qiskit.quantum_info import SuperOp
from qiskit_aer.noise.device import basic_device_readout_errors
from qiskit_ibm_runtime.fake_provider import FakeManilaV2
from torch import Tensor

from qcore.backends import ibm, ibm_estimator, ibm_rehearsal
from qcore.backends.ibm import IbmBackend, estimated_qpu_s
from qcore.backends.ibm_job import JobForgotten, JobState, Submission
from qcore.backends.noisy import NoisyBackend
from qcore.backends.specification import MAX_SHOTS
from qcore.circuits import Circuit, reuploading
from qcore.errors import HardwareUnavailable, JobFailed, JobUnfinished
from qcore.noise.model import CalibratedNoise

CIRCUIT = reuploading(3, 2)
STANDARD_ERRORS = 5


@pytest.fixture(scope="module")
def fez() -> IbmBackend:
    return ibm.rehearsal("fez")


def angles(batch: int = 4, circuit: Circuit = CIRCUIT) -> tuple[Tensor, Tensor]:
    inputs = torch.linspace(-3, 3, batch * circuit.n_inputs).reshape(batch, -1)
    return inputs, torch.linspace(2, -1, circuit.n_weights)


def end(backend: IbmBackend, job_id: str) -> JobState:
    deadline = time.monotonic() + 300
    while not (state := backend.status(job_id).state).is_final:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return state


@pytest.mark.parametrize(("device", "circuit"), [("fez", CIRCUIT), ("sherbrooke", reuploading(2, 2))])
def test_values_are_those_of_the_noisy_backend_within_five_standard_errors(device: str, circuit: Circuit) -> None:
    backend = ibm.rehearsal(device)
    inputs, weights = angles(24, circuit)
    found = backend.expectations(circuit, inputs.double(), weights.double())
    exact = NoisyBackend(CalibratedNoise(backend.device)).expectations(circuit, inputs.double(), weights.double())
    errors = (found.values - exact.values) / found.standard_error
    assert found.values.shape == (24, circuit.n_qubits)
    assert errors.abs().max() < STANDARD_ERRORS
    # As scattered as they say: neither too sure nor too unsure of themselves.
    assert 0.7 < errors.square().mean().sqrt() < 1.4


def test_provenance_says_that_it_was_a_rehearsal_without_mitigation(fez: IbmBackend) -> None:
    inputs, weights = angles()
    found = replace(fez, shots=1000).expectations(CIRCUIT, inputs, weights)
    told = found.provenance
    assert (told.backend, told.device) == ("ibm", "rehearsal on simulated IBM Fez")
    assert told.calibration_time == fez.device.calibration_time
    assert told.mitigation == "none (IBM's error mitigation has no effect in a rehearsal)"
    assert told.job_id is not None
    assert told.seconds > 0
    assert found.values.dtype == inputs.dtype


@pytest.mark.parametrize("shots", [1, 10, 1000, 4096, 10_000])
def test_as_many_shots_are_taken_as_were_asked_for(fez: IbmBackend, shots: int) -> None:
    found = replace(fez, shots=shots).expectations(CIRCUIT, *angles(1))
    assert found.provenance.shots == shots
    # Every mean of so many ±1 is a whole number of steps of 2 / shots.
    steps = (found.values.double() + 1) * shots / 2
    torch.testing.assert_close(steps, steps.round(), atol=1e-2, rtol=0)


def test_no_number_of_shots_is_lost_in_rounding() -> None:
    wanted = [*range(1, 20_000), *range(20_000, MAX_SHOTS, 97), MAX_SHOTS - 1, MAX_SHOTS]
    # As Qiskit's BackendEstimatorV2 counts them.
    assert [math.ceil(1 / ibm_estimator.precision(shots) ** 2) for shots in wanted] == wanted


def test_the_same_order_repeats_and_any_other_has_its_own_samples(fez: IbmBackend) -> None:
    inputs, weights = angles(1)
    same_patient_twice = inputs.repeat(2, 1)
    first = fez.expectations(CIRCUIT, same_patient_twice, weights)
    again = fez.expectations(CIRCUIT, same_patient_twice, weights)
    assert torch.equal(first.values, again.values)
    assert not torch.equal(first.values[0], first.values[1]), "patients of a batch must not share their samples"
    seeds = {
        backend.expectations(CIRCUIT, inputs + shift, weights + turn).provenance.seed
        for backend in (fez, ibm.rehearsal("fez", seed=1))
        for shift, turn in ((0.0, 0.0), (0.1, 0.0), (0.0, 0.1))
    }
    assert len(seeds) == 6


def test_the_page_can_be_closed_and_the_result_collected_by_its_id(fez: IbmBackend) -> None:
    inputs, weights = angles()
    submission = fez.submit(CIRCUIT, inputs, weights)
    opened_later = ibm.rehearsal("fez")
    assert end(opened_later, submission.job_id) is JobState.DONE
    found = opened_later.collect(submission.job_id)
    assert torch.equal(found.values, fez.expectations(CIRCUIT, inputs, weights).values.double())
    assert found.provenance.job_id == submission.job_id
    assert (submission.n_parameter_sets, submission.n_observables) == found.values.shape
    assert submission.is_rehearsal
    assert submission.device == found.provenance.device


def test_the_primitive_gets_one_pub_with_the_whole_batch(fez: IbmBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    run = ibm_estimator.EstimatorV2.run

    def recorded(primitive: Any, pubs: list[Any], **options: float) -> Any:
        sent.append(pubs)
        return run(primitive, pubs, **options)

    monkeypatch.setattr(ibm_estimator.EstimatorV2, "run", recorded)
    inputs, weights = angles(7)
    fez.expectations(CIRCUIT, inputs, weights)
    [[(circuit, observables, parameters)]] = sent
    assert (circuit.num_qubits, parameters.shape) == (156, (7, CIRCUIT.n_inputs))
    assert len(observables) == 3


def test_an_estimate_shows_what_would_be_sent(fez: IbmBackend) -> None:
    inputs, weights = angles(10)
    estimate = fez.estimate(CIRCUIT, inputs, weights)
    assert len(set(estimate.line)) == 3
    assert (estimate.parameter_sets, estimate.bases, estimate.shots, estimate.two_qubit_gates) == (10, 1, 4096, 2)
    assert estimate.depth >= 6
    assert all(f"q_{qubit}" in estimate.drawing for qubit in estimate.line)
    assert "s[0]" in estimate.drawing
    # 10 x 4096 executions and 4096 to learn the read-out, some 252 µs each, and 2 s for the job.
    assert estimate.qpu_s == pytest.approx(2 + 11 * 4096 * 252e-6, rel=0.01)
    assert "10 parameter sets x 1 basis x 4096 shots; a processor needs an estimated 13 s" in estimate.sentence


def test_processor_time_follows_ibms_formula() -> None:
    once = estimated_qpu_s(1000, 0, (1,), rep_delay_s=250e-6, circuit_s=10e-6, readout_s=2e-6)
    assert once == pytest.approx(2 + 1000 * 262e-6)
    folded = estimated_qpu_s(1000, 100, (1, 3, 5), rep_delay_s=250e-6, circuit_s=10e-6, readout_s=2e-6)
    assert folded == pytest.approx(2 + 1000 * (3 * 252e-6 + 9 * 10e-6) + 100 * 252e-6)


def test_wrong_shapes_are_refused_before_anything_is_sent(fez: IbmBackend) -> None:
    inputs, weights = angles()
    with pytest.raises(ValueError, match="takes inputs"):
        fez.submit(CIRCUIT, inputs[:, 1:], weights)
    with pytest.raises(ValueError, match="weights"):
        fez.submit(CIRCUIT, inputs, weights[1:])


def test_an_unknown_device_is_told() -> None:
    with pytest.raises(HardwareUnavailable, match="no simulated processor 'atlantis'"):
        ibm_rehearsal.fake_backend("atlantis")


def test_an_unknown_job_is_told(fez: IbmBackend) -> None:
    with pytest.raises(JobForgotten, match="rehearsal abc is not known any more"):
        fez.status("abc")
    with pytest.raises(JobForgotten, match="Rehearse again"):
        fez.collect("abc")


def test_old_rehearsals_make_room_for_new_ones(fez: IbmBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ibm_rehearsal, "MAX_JOBS", 2)
    inputs, weights = angles(1)
    jobs = [fez.submit(CIRCUIT, inputs, weights) for _ in range(3)]
    with pytest.raises(HardwareUnavailable, match="its last 2 are kept"):
        fez.status(jobs[0].job_id)
    assert end(fez, jobs[2].job_id) is JobState.DONE


class Held:
    """A primitive that runs only when it is let go, and then fails."""

    def __init__(self) -> None:
        self.held = True

    def run(self, _: object, **__: float) -> "Held":
        return self

    def result(self) -> list[object]:
        deadline = time.monotonic() + 300
        while self.held and time.monotonic() < deadline:
            time.sleep(0.005)
        raise MemoryError("not enough memory")


@pytest.fixture
def held(fez: IbmBackend, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Held, Submission]]:
    primitive = Held()
    with monkeypatch.context() as patch:
        patch.setattr(ibm_rehearsal, "estimator", lambda *_, **__: primitive)
        submission = fez.submit(CIRCUIT, *angles())
    yield primitive, submission
    primitive.held = False


def test_states_are_told_in_sentences(fez: IbmBackend, held: tuple[Held, Submission]) -> None:
    primitive, running = held
    waiting = fez.submit(CIRCUIT, *angles())
    assert fez.status(waiting.job_id).state is JobState.QUEUED
    assert "waits in the queue." in fez.status(waiting.job_id).sentence
    with pytest.raises(JobUnfinished, match="waits in the queue"):
        fez.collect(waiting.job_id)
    while fez.status(running.job_id).state is not JobState.RUNNING:
        time.sleep(0.005)
    with pytest.raises(JobUnfinished, match="rehearsal on simulated IBM Fez: the job is running"):
        fez.collect(running.job_id)
    fez.cancel(waiting.job_id)
    with pytest.raises(JobFailed, match="cancelled before it was done"):
        fez.collect(waiting.job_id)
    primitive.held = False
    assert end(fez, running.job_id) is JobState.FAILED
    with pytest.raises(JobFailed, match=r"the job failed \(not enough memory\)"):
        fez.collect(running.job_id)


@pytest.mark.usefixtures("held")
def test_waiting_ends_after_the_time_out_with_the_id_to_collect_by(fez: IbmBackend) -> None:
    with pytest.raises(JobUnfinished, match=r"No result after 0 s\. .*Collect it later by its id: rehearsal-"):
        replace(fez, timeout_s=0.0).expectations(CIRCUIT, *angles())


def test_noise_of_the_qubits_in_use_is_that_of_the_whole_device(monkeypatch: pytest.MonkeyPatch) -> None:
    line = (1, 2, 3)
    whole = FakeManilaV2()
    monkeypatch.setattr(ibm_rehearsal, "fake_backend", lambda _: FakeManilaV2())
    kept = ibm_rehearsal.simulated("manila", line).options.noise_model._local_quantum_errors
    whole.run(QuantumCircuit(1, 1))  # makes the noise of the whole device
    for gate, errors in whole.options.noise_model._local_quantum_errors.items():
        inside = {qubits: error for qubits, error in errors.items() if set(qubits) <= set(line)}
        if gate == "reset":
            continue  # not a unitary gate; no circuit here resets
        assert set(kept[gate]) == set(inside)
        for qubits, error in inside.items():
            np.testing.assert_allclose(SuperOp(kept[gate][qubits]).data, SuperOp(error).data, atol=1e-9)


def test_asymmetric_readout_is_kept() -> None:
    line = (0, 1, 2)
    noise = ibm_rehearsal.simulated("fez", line).options.noise_model
    wanted = {
        qubits[0]: error.probabilities
        for qubits, error in basic_device_readout_errors(ibm_rehearsal.fake_backend("fez").properties())
    }
    kept = {qubits[0]: error.probabilities for qubits, error in noise._local_readout_errors.items()}
    assert sorted(kept) == list(line)
    for qubit in line:
        np.testing.assert_array_equal(kept[qubit], wanted[qubit])
