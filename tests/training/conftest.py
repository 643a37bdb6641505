"""A Dask scheduler with two workers that are threads of the tests: starts at once, unlike processes."""

from collections.abc import Iterator

import pytest
from distributed import Client, LocalCluster

from qcore.batch import cluster


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
