"""What the AKI page says of a job on a processor: sending one, waiting for it, and what is then shown."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from dashboard_reading import everything, figure, gauge_risk, is_fault_free
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from qcore.backends.ibm_job import JobState
from qcore.backends.registry import backend
from qcore.records import audit, database, jobs
from qcore.tasks.aki.examples import examples
from qcore.tasks.aki.model import load
from qcore.tasks.prediction import Prediction

WAIT_S = 300
OFFER, RESULT = "Not rehearsed yet: the answer below is the noiseless one", "Measured: "
SHOTS = 1_000
SPECIFICATION = f"rehearsal:fez:shots={SHOTS}"


def shown(page: AppTest) -> AppTest:
    assert is_fault_free(page), everything(page)
    return page


def send(page: AppTest, until: str) -> AppTest:
    page.button(key="aki_send").click().run()
    return wait(page, lambda: until in everything(page))


def wait(page: AppTest, is_over: Callable[[], bool]) -> AppTest:
    deadline = time.monotonic() + WAIT_S
    while not is_over():
        assert time.monotonic() < deadline, everything(page)
        time.sleep(0.05)
        page.run()
    return shown(page)


def predicted(page: AppTest, where: str) -> Prediction:
    patient = next(e for e in examples() if e.key == page.selectbox(key="aki_example").value)
    return load().predict(patient.inputs.to_frame().T, backend(where))


def percent_of(page: AppTest, where: str) -> float:
    return float(predicted(page, where).value[0]) * 100


def ghosts(page: AppTest) -> list[float]:
    return [x for t in figure(page, "aki_gauge")["data"] if t["marker"]["symbol"] == "diamond" for x in t["x"]]


def is_noiseless(page: AppTest) -> bool:
    return gauge_risk(page) == pytest.approx(percent_of(page, "ideal")) and not ghosts(page)


def buttons(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def states() -> list[JobState]:
    return [job.state for job in jobs.recent()]


def job_table(page: AppTest) -> Any:
    return next(table.value for table in page.dataframe if "Where" in table.value)


def hardware_rows() -> list[dict[str, object]]:
    rows = select(audit.AuditEvent.details).where(audit.AuditEvent.action == audit.Action.HARDWARE_JOB)
    with database.session(write=False) as session:
        return [json.loads(details) for details in session.scalars(rows)]
