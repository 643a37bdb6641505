"""Real hardware as far as it goes without an account: what is sent, what comes back, and how every failure reads."""

import re
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from ibm_angles import CIRCUIT, CREDENTIALS, angles
from ibm_service import JOB_ID, Service
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp, Statevector
from qiskit_ibm_runtime.utils import validate_isa_circuits

from qcore.backends import ibm, ibm_processor
from qcore.backends.ibm import IbmBackend
from qcore.backends.ibm_job import JobState
from qcore.backends.ideal import IdealBackend
from qcore.errors import HardwareUnavailable, JobFailed, JobUnfinished
from qcore.noise.device.line import best_line


class TestWhatIsSent:
    def test_the_whole_batch_is_one_job_with_one_parameterised_pub(self, fez: IbmBackend, service: Service) -> None:
        fez.submit(CIRCUIT, *angles(40))
        [(program, inputs, _)] = service.sent
        [(circuit, observables, parameters, precision)] = inputs["pubs"]
        assert program == "estimator"
        assert circuit.num_parameters == CIRCUIT.n_inputs, "weights are bound, inputs are parameters"
        assert parameters.shape == (40, CIRCUIT.n_inputs)
        assert np.shape(observables) == (3, 1)
        assert precision is None

    def test_the_circuit_is_in_the_processors_own_instructions_on_its_best_line(
        self, fez: IbmBackend, service: Service
    ) -> None:
        fez.submit(CIRCUIT, *angles())
        circuit = service.sent[0][1]["pubs"][0][0]
        validate_isa_circuits([circuit], service.backend("ibm_fez").target)
        used = {circuit.find_bit(qubit).index for item in circuit.data for qubit in item.qubits}
        assert used == set(best_line(fez.device, 3))
        assert "delay" not in circuit.count_ops(), "hardware schedules by itself"

    def test_circuit_angles_and_observables_fit_together(self, fez: IbmBackend, service: Service) -> None:
        inputs, weights = angles()
        fez.submit(CIRCUIT, inputs.double(), weights.double())
        circuit, observables, parameters, _ = service.sent[0][1]["pubs"][0]
        used = sorted({circuit.find_bit(qubit).index for item in circuit.data for qubit in item.qubits})
        small = QuantumCircuit(len(used))
        for item in circuit.data:
            small.append(item.operation, [used.index(circuit.find_bit(qubit).index) for qubit in item.qubits])
        # A word names the last qubit first.
        words = ["".join(next(iter(cell[0]))[155 - qubit] for qubit in reversed(used)) for cell in observables]
        found = [
            [Statevector(small.assign_parameters(row)).expectation_value(SparsePauliOp(word)).real for word in words]
            for row in parameters
        ]
        ideal = IdealBackend().expectations(CIRCUIT, inputs.double(), weights.double()).values
        np.testing.assert_allclose(found, ideal, atol=1e-9)

    @pytest.mark.parametrize("level", [0, 1, 2])
    def test_shots_and_mitigation_are_what_was_asked_for(self, fez: IbmBackend, service: Service, level: int) -> None:
        submission = replace(fez, shots=1000, resilience_level=level).submit(CIRCUIT, *angles())
        inputs = service.sent[0][1]
        assert inputs["resilience_level"] == level
        assert inputs["options"] == {"default_shots": 1000}, "and nothing of a simulator"
        assert submission.mitigation == ibm_processor.MITIGATION[level]

    def test_nothing_but_the_circuit_angles_and_settings_leaves(self, fez: IbmBackend, service: Service) -> None:
        fez.submit(CIRCUIT, *angles())
        [(_, inputs, options)] = service.sent
        assert set(inputs) == {"pubs", "options", "version", "support_qiskit", "resilience_level"}
        assert options["job_tags"][:3] == ["qlinical", "resilience-1", "shots-4096"]
        assert all(re.fullmatch("[A-Za-z0-9-]+", tag) for tag in options["job_tags"])

    def test_the_submission_says_what_was_sent(self, fez: IbmBackend) -> None:
        submission = fez.submit(CIRCUIT, *angles())
        assert (submission.job_id, submission.device, submission.is_rehearsal) == (JOB_ID, "ibm_fez", False)
        assert (submission.n_parameter_sets, submission.n_observables, submission.shots) == (5, 3, 4096)
        assert submission.estimated_qpu_s == pytest.approx(2 + 6 * 4096 * 252e-6, rel=0.01)
        assert submission.calibration_time == fez.device.calibration_time

    def test_an_estimate_sends_nothing_and_knows_what_the_account_has_left(
        self, fez: IbmBackend, service: Service
    ) -> None:
        service.account = {"usage_limit_reached": False, "usage_remaining_seconds": 421}
        estimate = fez.estimate(CIRCUIT, *angles())
        assert service.sent == []
        assert estimate.sentence.endswith("for it. The account has 421 s left.")
        assert estimate.sentence.startswith("ibm_fez: one job of 5 parameter sets x 1 basis x 4096 shots;")
        service.account = {"usage_limit_reached": False, "usage_remaining_seconds": 3}
        assert fez.estimate(CIRCUIT, *angles()).sentence.endswith(
            "3 s left. That is not enough: send fewer patients or take fewer shots."
        )


class TestWhatComesBack:
    values = np.array([[0.1, -0.2], [0.3, 0.4], [0.5, -1.0]])
    errors = np.array([[0.01, 0.02], [0.03, 0.04], [0.05, 0.06]])

    def test_values_errors_and_provenance(self, fez: IbmBackend, service: Service) -> None:
        service.done(self.values, self.errors)
        found = fez.expectations(CIRCUIT, *angles(2))
        np.testing.assert_allclose(found.values, self.values.T, atol=1e-7)
        np.testing.assert_allclose(found.standard_error, self.errors.T, atol=1e-7)
        told = found.provenance
        assert (told.backend, told.device, told.job_id) == ("ibm", "ibm_fez", JOB_ID)
        assert (told.shots, told.seed, told.seconds) == (4096, None, 12.5)
        assert told.calibration_time is not None
        assert datetime.fromisoformat(told.calibration_time) == datetime.fromisoformat(fez.device.calibration_time)
        assert told.mitigation == "IBM's read-out mitigation"

    def test_another_process_collects_it_and_tells_what_the_job_was_not_what_it_would_ask_for_now(
        self, fez: IbmBackend, service: Service
    ) -> None:
        replace(fez, resilience_level=2).submit(CIRCUIT, *angles(2))
        service.done(self.values, self.errors)
        ibm_processor._service.cache_clear()
        later = replace(ibm.connect("ibm_fez", CREDENTIALS), shots=10, resilience_level=0)
        told = later.collect(JOB_ID).provenance
        assert told.shots == 4096
        assert told.mitigation == "IBM's read-out mitigation and zero-noise extrapolation"

    def test_queue_and_run_are_told(self, fez: IbmBackend, service: Service) -> None:
        fez.submit(CIRCUIT, *angles())
        service.metrics = {"position_in_queue": 12}
        waiting = fez.status(JOB_ID)
        assert (waiting.state, waiting.queue_position) == (JobState.QUEUED, 12)
        assert waiting.sentence == "ibm_fez: the job waits in the queue at position 12."
        service.metrics = {}
        assert "waits in the queue." in fez.status(JOB_ID).sentence
        with pytest.raises(JobUnfinished, match="waits in the queue"):
            fez.collect(JOB_ID)
        service.state = {"status": "Running"}
        assert fez.status(JOB_ID).sentence == "ibm_fez: the job is running."
        service.done(self.values, self.errors)
        assert fez.status(JOB_ID).sentence == "ibm_fez: the job is done, and its result can be collected."

    def test_giving_up_waiting_leaves_the_job_and_its_id(self, fez: IbmBackend, service: Service) -> None:
        with pytest.raises(JobUnfinished, match=f"No result after 0 s.*waits in the queue.*its id: {JOB_ID}"):
            replace(fez, timeout_s=0.0).expectations(CIRCUIT, *angles())
        assert service.cancelled == []
        fez.cancel(JOB_ID)
        assert service.cancelled == [JOB_ID]

    @pytest.mark.parametrize(
        ("state", "sentence"),
        [
            (
                {"status": "Failed", "reason": "Qubit 7 is not calibrated", "reason_code": 1517},
                r"ibm_fez: the job failed \(Error code 1517; Qubit 7 is not calibrated\)\. There is no result; send it",
            ),
            ({"status": "Cancelled"}, "ibm_fez: the job was cancelled before it was done"),
            (
                {"status": "Cancelled", "reason": "Ran too long", "reason_code": 1305},
                "the job failed .*ran longer than maximum execution time",
            ),
        ],
    )
    def test_a_job_that_ends_badly_is_told(
        self, fez: IbmBackend, service: Service, state: dict[str, object], sentence: str
    ) -> None:
        service.state = state
        with pytest.raises(JobFailed, match=sentence):
            fez.expectations(CIRCUIT, *angles())

    def test_a_wrong_job_id_is_told(self, fez: IbmBackend) -> None:
        with pytest.raises(HardwareUnavailable, match=r"knows no job abc in this account\. Check the id"):
            fez.status("abc")

    def test_jobs_of_others_are_not_read(self, fez: IbmBackend, service: Service) -> None:
        service.tags = ["someone else"]
        with pytest.raises(HardwareUnavailable, match="was not sent by Qlinical"):
            fez.collect(JOB_ID)
