"""Workers on this machine and behind a scheduler: one thread each, every job answered, nothing begun after a stop."""

import os
import signal
import socket
from pathlib import Path
from threading import Event

import pytest
import torch
from distributed import Client, Scheduler, Worker
from distributed.utils import LoopRunner

from qcore.batch import cluster
from qcore.errors import InvalidValue

WAIT_S = 600
allowed = Event()
"""Workers of the scheduler of these tests are threads, which share it."""


def divided(job: int, by: dict[str, int], plus: int) -> float:
    return plus + by["n"] / job


def noted(job: int, folder: Path) -> int:
    """Say that a job has begun; all but the first go on once the test allows it."""
    (folder / str(job)).touch()
    assert job == 0 or allowed.wait(WAIT_S)
    return job


def waiting(dask_worker: Worker) -> int:
    return len(dask_worker.state.ready)


def self_portrait(dask_worker: Worker) -> tuple[int, int, int, str, bool]:
    threads = os.environ["OMP_NUM_THREADS"]
    deaf = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    return os.getpid(), dask_worker.state.nthreads, torch.get_num_threads(), threads, deaf


def test_every_job_is_answered_and_an_error_is_an_answer(client: Client) -> None:
    found = dict(cluster.answers(client, divided, [1, 2, 0, 4], {"n": 8}, 100))
    assert {job: found[job] for job in (1, 2, 4)} == {1: 108.0, 2: 104.0, 4: 102.0}
    assert isinstance(found[0], ZeroDivisionError)


def test_the_same_job_is_computed_anew_in_another_run(client: Client) -> None:
    first = dict(cluster.answers(client, divided, [2], {"n": 8}, 0))
    assert dict(cluster.answers(client, divided, [2], {"n": 10}, 0)) != first


def test_whoever_stops_listening_cancels_what_has_not_begun(client: Client, tmp_path: Path) -> None:
    allowed.clear()
    listening = cluster.answers(client, noted, range(60), tmp_path)
    assert next(listening) == (0, 0)
    listening.close()
    # No worker has a job left that waits for its turn: what comes here ends by itself, or never.
    while any(client.run(waiting).values()):
        pass
    allowed.set()
    assert client.submit(int, 5, pure=False).result() == 5
    assert 1 <= len(list(tmp_path.iterdir())) < 20


@pytest.mark.slow
def test_workers_here_are_processes_of_one_thread_that_end_with_the_context() -> None:
    with cluster.workers(n_workers=2) as client:
        found = list(client.run(self_portrait).values())
        pids = {pid for pid, *_ in found}
        assert len(pids) == 2
        assert os.getpid() not in pids
        assert [rest for _, *rest in found] == [[1, 1, "1", True]] * 2
        assert dict(cluster.answers(client, divided, [1], {"n": 8}, 0)) == {1: 8.0}
    for pid in pids:
        assert not Path(f"/proc/{pid}/exe").exists()


def test_a_scheduler_that_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_S", 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for address in (f"tcp://127.0.0.1:{port}", "nonsense://x"):
        with (
            pytest.raises(InvalidValue, match=f"No Dask scheduler answers at {address}"),
            cluster.workers(address),
        ):
            pass


def test_a_scheduler_without_workers_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_S", 1)
    runner = LoopRunner()
    runner.start()

    async def start() -> Scheduler:
        return await Scheduler(host="127.0.0.1", port=0, dashboard=False, **cluster.NO_DASHBOARD)

    lonely = runner.run_sync(start)
    try:
        with pytest.raises(InvalidValue, match="has no workers"), cluster.workers(lonely.address):
            pass
    finally:
        runner.run_sync(lonely.close)
        runner.stop()
