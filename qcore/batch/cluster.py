"""Where long work runs: processes on this machine, or the workers of a Dask scheduler; everything after is the same.

Workers have one thread each. A process more is faster than a thread more: most of a small circuit is Python.
"""

import logging
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from distributed import Client, LocalCluster, Worker, WorkerPlugin, as_completed

from qcore.errors import InvalidValue

Job = TypeVar("Job")
Answer = TypeVar("Answer")
PATIENCE_S = 30
NO_DASHBOARD = {"dashboard_address": "127.0.0.1:0"}
"""Dask's scheduler answers on a port for its health even without a dashboard: here on any free one, not on 8787."""


class OneThread(WorkerPlugin):
    """Keeps a worker, wherever it runs, from computing on more cores than its own."""

    name = "one-thread"

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 - Dask calls it so
        """Prepare a worker that joins."""
        import torch

        torch.set_num_threads(1)


class PassesOverInterrupts(WorkerPlugin):
    """Lets a worker process pass over Ctrl-C, which a terminal sends to all: whoever started it ends it in order."""

    name = "passes-over-interrupts"

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 - Dask calls it so
        """Prepare a worker that joins."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def workers(scheduler: str | None = None, n_workers: int | None = None) -> Iterator[Client]:
    """Start workers on this machine, or use those of a scheduler; workers started here end with the context.

    Args:
        scheduler: address such as ``tcp://10.0.0.1:8786``, whose workers have this version of Qlinical installed; None
            for processes on this machine.
        n_workers: how many processes; None for one a core.

    Raises:
        InvalidValue: nothing answers at the address, or no worker has joined there.
    """
    if scheduler is None:
        local = LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            scheduler_kwargs=NO_DASHBOARD,
            # A worker that is stopped in the middle of a step complains at length.
            silence_logs=logging.CRITICAL,
        )
        with local, Client(local) as client:
            client.register_plugin(PassesOverInterrupts())
            client.register_plugin(OneThread())
            yield client
        return
    with _connected(scheduler) as client:
        client.register_plugin(OneThread())
        yield client


def _connected(scheduler: str) -> Client:
    try:
        client = Client(scheduler, timeout=PATIENCE_S)
    except (OSError, ValueError) as error:
        raise InvalidValue(
            f"No Dask scheduler answers at {scheduler}. Start one with 'dask scheduler', and workers with "
            f"'dask worker {scheduler} --nthreads 1'."
        ) from error
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError as error:
        client.close()
        raise InvalidValue(
            f"The scheduler {scheduler} has no workers. Start some with 'dask worker {scheduler} --nthreads 1'."
        ) from error
    return client


def answers(
    client: Client, function: Callable[..., Answer], jobs: Sequence[Job], *shared: Any
) -> Iterator[tuple[Job, Answer | Exception]]:
    """Call a function for every job and yield each with its answer, or with what went wrong, as soon as it is there.

    Whoever stops listening, by an exception or Ctrl-C, cancels what has not begun.

    Args:
        client: connection to the Dask workers.
        function: called as ``function(job, *shared)`` in a worker.
        jobs: small descriptions; they go to one worker each.
        shared: sent to every worker once.
    """
    sent = client.scatter(list(shared), broadcast=True, hash=False)
    # Never a result that another run left on a shared scheduler.
    waiting = {client.submit(function, job, *sent, pure=False): job for job in jobs}
    try:
        for future in as_completed(list(waiting)):
            job = waiting.pop(future)
            error = future.exception()
            yield job, error if error is not None else future.result()
            future.release()
    finally:
        client.cancel(list(waiting))
