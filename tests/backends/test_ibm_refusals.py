"""What goes wrong with real hardware before anything is sent, the account, and the lines of IBM's library."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from ibm_angles import CIRCUIT, CREDENTIALS, angles
from ibm_service import JOB_ID, Service
from qiskit_ibm_runtime import exceptions
from qiskit_ibm_runtime.accounts.exceptions import InvalidAccountError
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from requests import ConnectionError as NoNetwork

from qcore.backends import ibm, ibm_processor
from qcore.backends.ibm import IbmBackend
from qcore.backends.ibm_account import HOW_TO_CONNECT, Credentials
from qcore.errors import HardwareUnavailable
from qcore.noise.device.calibration import load


class TestWhatGoesWrongBefore:
    def test_without_credentials_two_sentences_say_how_to_connect(self) -> None:
        with pytest.raises(HardwareUnavailable) as told:
            ibm.connect("fez", None)
        assert str(told.value) == HOW_TO_CONNECT

    @pytest.mark.usefixtures("service")
    def test_an_unknown_processor_is_told_with_those_there_are(self) -> None:
        with pytest.raises(HardwareUnavailable, match="has no processor ibm_atlantis; it has: ibm_fez"):
            ibm.connect("atlantis", CREDENTIALS)

    @pytest.mark.parametrize(
        ("error", "sentence"),
        [
            (exceptions.IBMNotAuthorizedError("401 Client Error"), "did not accept the credentials"),
            (InvalidAccountError("Invalid `token` value."), "did not accept the credentials"),
            (exceptions.IBMInputValueError("no access to the instance"), "Check QISKIT_IBM_INSTANCE"),
            (RequestsApiError("503 Server Error", 503), r"503 Server Error\)\. Check the network"),
            (NoNetwork("Name or service not known"), "Check the network and try again"),
        ],
    )
    def test_an_account_that_does_not_open_is_told(self, service: Service, error: Exception, sentence: str) -> None:
        service.failing = error
        with pytest.raises(HardwareUnavailable, match=sentence):
            ibm.connect("fez", CREDENTIALS)

    def test_a_network_that_is_lost_while_waiting_is_told(self, fez: IbmBackend, service: Service) -> None:
        fez.submit(CIRCUIT, *angles())
        service.failing = RequestsApiError("Connection\n   reset " + "x" * 400)
        with pytest.raises(HardwareUnavailable, match="Asking IBM Quantum for the job did not work") as told:
            fez.status(JOB_ID)
        assert "Connection reset" in str(told.value)
        assert len(str(told.value)) < 400

    def test_a_processor_under_maintenance_gets_no_job(self, fez: IbmBackend, service: Service) -> None:
        service.availability = {"operational": True, "status_msg": "maintenance"}
        with pytest.raises(HardwareUnavailable, match=r"takes no jobs now \(IBM says: maintenance\). Nothing was sent"):
            fez.submit(CIRCUIT, *angles())
        assert service.sent == []

    def test_an_account_without_processor_time_sends_no_job(self, fez: IbmBackend, service: Service) -> None:
        service.account = {"usage_limit_reached": True}
        with pytest.raises(HardwareUnavailable, match="used up its processor time"):
            fez.submit(CIRCUIT, *angles())
        assert service.sent == []

    def test_a_circuit_that_no_longer_fits_the_processor_is_told(self, fez: IbmBackend, service: Service) -> None:
        outdated = replace(fez, device=load("sherbrooke"))  # ECR instead of CZ, other neighbours
        with pytest.raises(HardwareUnavailable, match=r"did not work .*ecr.* renew its calibration"):
            outdated.submit(CIRCUIT, *angles())
        assert service.sent == []


class TestTheAccount:
    def test_the_token_given_is_used_and_never_shown_or_saved(self, monkeypatch: pytest.MonkeyPatch) -> None:
        opened: list[dict[str, object]] = []

        def open_service(**arguments: object) -> Service:
            opened.append(arguments)
            return Service()

        monkeypatch.setattr(ibm_processor, "QiskitRuntimeService", open_service)
        ibm_processor._service.cache_clear()
        for _ in range(2):
            ibm.connect("fez", CREDENTIALS)
        ibm.connect("fez", Credentials("other-key"))
        ibm_processor._service.cache_clear()
        assert opened == [
            {"channel": "ibm_quantum_platform", "token": "secret-key", "instance": "crn:v1:example"},
            {"channel": "ibm_quantum_platform", "token": "other-key", "instance": "auto"},
        ]
        assert "secret-key" not in repr(CREDENTIALS)


class TestTheLinesOfIbmsLibrary:
    warn = (
        "import logging, qcore.backends.ibm_processor as it; "
        "logging.getLogger(it.LIBRARY + '.accounts').warning('Loading account'); "
        "logging.getLogger('qlinical').warning('our own line')"
    )

    def written(self, **environment: str) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QISKIT_IBM_RUNTIME_LOG")}
        done = subprocess.run(
            [sys.executable, "-c", self.warn], env=kept | environment, capture_output=True, text=True, check=True
        )
        assert not done.stdout
        return done.stderr

    def test_stay_off_the_terminal_where_ours_go_on(self) -> None:
        assert self.written() == "our own line\n"

    def test_go_where_the_user_wants_them(self, tmp_path: Path) -> None:
        assert "Loading account" in self.written(QISKIT_IBM_RUNTIME_LOG_LEVEL="WARNING")
        log = tmp_path / "ibm.log"
        assert self.written(QISKIT_IBM_RUNTIME_LOG_FILE=str(log)) == "our own line\n"
        assert "Loading account" in log.read_text()
