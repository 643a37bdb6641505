"""IBM's service as far as Qlinical uses it: the library's own backend and job classes before a scripted network."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from qiskit.primitives import DataBin, PrimitiveResult, PubResult
from qiskit.providers import QiskitBackendNotFoundError
from qiskit_ibm_runtime import IBMBackend, RuntimeDecoder, RuntimeEncoder, RuntimeJobNotFound, RuntimeJobV2
from qiskit_ibm_runtime.fake_provider import FakeFez

from qcore.backends import ibm_processor

JOB_ID = "d4q1example"


@dataclass
class Service:
    """Also the API client of its backends and jobs: what the network would answer.

    Attributes:
        sent: (program, inputs after a round trip through IBM's encoding, options) of every job.
        state: of the one job, as the API reports it.
        answer: what the job brings back.
        metrics: of the job.
        availability: of the processor.
        account: usage.
        failing: raised by every call, where set.
    """

    sent: list[tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=lambda: {"status": "Queued"})
    answer: str = ""
    metrics: dict[str, Any] = field(default_factory=dict)
    availability: dict[str, Any] = field(default_factory=lambda: {"operational": True, "status_msg": "active"})
    account: dict[str, Any] = field(default_factory=lambda: {"usage_limit_reached": False})
    tags: list[str] | None = None
    failing: Exception | None = None
    cancelled: list[str] = field(default_factory=list)
    is_local = False

    def backend(self, name: str) -> IBMBackend:
        self._network()
        if name != "ibm_fez":
            raise QiskitBackendNotFoundError("No backend matches the criteria.")
        configuration = FakeFez().configuration()
        configuration.backend_name = name
        return IBMBackend(configuration=configuration, service=self, api_client=self)

    def backends(self) -> list[IBMBackend]:
        return [self.backend("ibm_fez")]

    def job(self, job_id: str) -> RuntimeJobV2:
        self._network()
        if job_id != JOB_ID:
            raise RuntimeJobNotFound(f"Job not found: {job_id}")
        return RuntimeJobV2(
            backend=self.backend("ibm_fez"),
            api_client=self,
            job_id=job_id,
            program_id="estimator",
            service=self,
            tags=self.tags,
        )

    def usage(self) -> dict[str, Any]:
        self._network()
        return self.account

    def _run(self, program_id: str, inputs: dict, options: dict, **_: object) -> RuntimeJobV2:
        self._network()
        travelled = json.loads(json.dumps(inputs, cls=RuntimeEncoder), cls=RuntimeDecoder)
        self.sent.append((program_id, travelled, options))
        self.tags = options["job_tags"]
        return self.job(JOB_ID)

    def done(self, values: np.ndarray, standard_error: np.ndarray) -> None:
        """Let the job end with these, ``(n_observables, batch)``."""
        data = DataBin(evs=values, stds=standard_error, shape=values.shape)
        result = PrimitiveResult([PubResult(data, metadata={"shots": 4096})], metadata={"version": 2})
        self.answer = json.dumps(result, cls=RuntimeEncoder)
        self.state = {"status": "Completed"}
        self.metrics = {"timestamps": {"running": "2026-03-01T10:00:00Z", "finished": "2026-03-01T10:00:12.5Z"}}

    def backend_properties(self, *_: object, **__: object) -> dict[str, Any]:
        fake = FakeFez()
        return fake._load_json(fake.props_filename)

    def backend_status(self, name: str) -> dict[str, Any]:
        self._network()
        return {"backend_name": name, "backend_version": "1", "pending_jobs": 3, **self.availability}

    def job_get(self, job_id: str, **_: object) -> dict[str, Any]:
        return {"id": job_id, "state": self.state}

    def job_results(self, **_: object) -> str:
        return self.answer

    def job_metadata(self, _: str) -> dict[str, Any]:
        return self.metrics

    def job_cancel(self, job_id: str) -> None:
        self.cancelled.append(job_id)

    def _network(self) -> None:
        if self.failing is not None:
            raise self.failing


@contextmanager
def scripted() -> Iterator[Service]:
    """Let every account that is opened be this service."""
    service = Service()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ibm_processor, "QiskitRuntimeService", lambda **_: service)
        patch.setattr(ibm_processor.Processor, "poll_s", 0.001)
        ibm_processor._service.cache_clear()
        yield service
        ibm_processor._service.cache_clear()
