"""Sessions side by side: what one thread records must not become part of another thread's circuit."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
import torch

from qcore.backends.registry import backend
from qcore.circuits import gates
from qcore.circuits.recording import one_thread_at_a_time
from qcore.circuits.reuploading import layered

JOBS = 48
CIRCUIT = layered(2, 2)


@pytest.fixture
def impatient_threads() -> Iterator[None]:
    """Python switches between threads a thousand times as often as usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


def answer(job: int) -> tuple[torch.Tensor, int]:
    """Build, draw and run a circuit of a width and on a backend that depend on the job."""
    circuit = layered(2 + job % 2, 1)
    generator = torch.Generator().manual_seed(job)
    inputs, weights = (torch.rand(*size, generator=generator) for size in ((3, circuit.n_inputs), (circuit.n_weights,)))
    where = backend(("ideal", "noisy:fez:0", "noisy:fez")[job % 3])
    return where.expectations(circuit, inputs, weights).values, len(gates(circuit))


def side_by_side() -> int:
    """How many jobs fail or say something else than alone."""
    alone = [answer(job) for job in range(JOBS)]
    wrong = 0
    with ThreadPoolExecutor(3) as pool:
        for job, expected in zip([pool.submit(answer, job) for job in range(JOBS)], alone, strict=True):
            try:
                values, count = job.result()
                wrong += count != expected[1] or not torch.equal(values, expected[0])
            except Exception:
                wrong += 1
    return wrong


@pytest.mark.usefixtures("impatient_threads")
def test_threads_side_by_side_say_what_each_says_alone() -> None:
    assert side_by_side() == 0


@pytest.mark.parametrize("use", [lambda: layered(2, 1), lambda: gates(CIRCUIT), lambda: answer(0), lambda: answer(1)])
def test_who_comes_while_another_records_waits_for_the_turn(use: Callable[[], object]) -> None:
    begun, may_end = Event(), Event()

    @one_thread_at_a_time
    def record() -> None:
        begun.set()
        may_end.wait(10)

    with ThreadPoolExecutor(2) as pool:
        recording = pool.submit(record)
        assert begun.wait(10)
        other = pool.submit(use)
        with pytest.raises(TimeoutError):
            other.result(timeout=0.2)
        may_end.set()
        other.result(timeout=30)
        recording.result(timeout=10)


def test_within_a_thread_they_may_call_each_other() -> None:
    assert one_thread_at_a_time(lambda: layered(2, 1))().n_qubits == 2
