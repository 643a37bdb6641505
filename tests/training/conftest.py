"""What tests of training share: a scheduler whose two workers are threads, which start at once, and few resamples."""

from collections.abc import Iterator

import pytest
from distributed import Client, LocalCluster

from qcore.batch import cluster
from qcore.evidence import metrics


@pytest.fixture
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw forty bootstrap samples for an interval, not a thousand."""
    for function in (metrics.estimate, metrics.paired_difference):
        monkeypatch.setattr(function, "__defaults__", (40,))


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Address of a scheduler."""
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        protocol="tcp://",
        dashboard_address=None,
        scheduler_kwargs=cluster.NO_DASHBOARD,
    ) as local:
        yield local.scheduler_address


@pytest.fixture
def client(scheduler: str) -> Iterator[Client]:
    """Client of its workers."""
    with cluster.workers(scheduler) as client:
        yield client
