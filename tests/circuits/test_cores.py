"""Small computations take one core, forward and backward, and leave torch's threads as they were."""

import threading
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from qcore.backends.registry import backend
from qcore.circuits import reuploading
from qcore.circuits.cores import SMALL_FLOPS, on_one_core, one_core


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def seen(values: list[int]) -> Callable[[Tensor], Tensor]:
    def run(x: Tensor) -> Tensor:
        values.append(torch.get_num_threads())
        result = x.square().sum(1)
        if result.requires_grad:
            result.register_hook(lambda _: values.append(torch.get_num_threads()))
        return result

    return run


def test_inside_there_is_one_thread_and_afterwards_as_many_as_before() -> None:
    with one_core(1.0):
        assert torch.get_num_threads() == 1
        with one_core(1.0):
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2


def test_an_error_leaves_the_threads_as_they_were() -> None:
    with pytest.raises(ZeroDivisionError), one_core(1.0):
        raise ZeroDivisionError
    assert torch.get_num_threads() == 2


def test_what_is_large_keeps_its_threads() -> None:
    with one_core(2 * SMALL_FLOPS):
        assert torch.get_num_threads() == 2


def test_other_threads_keep_theirs_even_those_that_begin_meanwhile() -> None:
    found: list[int] = []

    def first_use() -> None:
        torch.rand(200, 200) @ torch.rand(200, 200)
        found.append(torch.get_num_threads())

    with one_core(1.0):
        other = threading.Thread(target=first_use)
        other.start()
        other.join()
    again = threading.Thread(target=first_use)
    again.start()
    again.join()
    assert found == [2, 2]


def test_forward_and_backward_run_on_one_thread_and_nothing_around_them() -> None:
    values: list[int] = []
    around: list[int] = []
    x = torch.rand(3, 4, dtype=torch.float64).requires_grad_()
    result = on_one_core(seen(values), 1.0, 2 * x)
    result.register_hook(lambda _: around.append(torch.get_num_threads()))
    result.sum().backward()
    assert (values, around) == ([1, 1], [2])
    torch.testing.assert_close(x.grad, 8 * x.detach())
    assert torch.get_num_threads() == 2


def test_gradients_are_right_to_second_order_and_twice() -> None:
    x = torch.rand(3, 4, dtype=torch.float64).requires_grad_()
    y = torch.rand(4, dtype=torch.float64).requires_grad_()

    def run(x: Tensor) -> Tensor:
        return on_one_core(lambda a, b: (a**3 * b).sum(1), 1.0, x, y)

    assert torch.autograd.gradcheck(run, (x,))
    assert torch.autograd.gradgradcheck(run, (x,))
    values = run(x).sum()
    twice = [torch.autograd.grad(values, y, retain_graph=True)[0] for _ in range(2)]
    torch.testing.assert_close(twice[0], twice[1])
    torch.testing.assert_close(twice[0], (x**3).sum(0))
    torch.autograd.grad(values, y)
    with pytest.raises(RuntimeError, match="second time"):
        torch.autograd.grad(values, y)


@pytest.mark.parametrize("name", ["ideal", "noisy:fez", "noisy:fez:shots=100", "noisy:fez:zne=linear"])
def test_every_backend_computes_on_one_core_and_gives_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    circuit, place = reuploading(3, 2), backend(name)
    inputs = torch.rand(20, circuit.n_inputs, dtype=torch.float64).requires_grad_()
    weights = torch.rand(circuit.n_weights, dtype=torch.float64).requires_grad_()

    def answered() -> tuple[Tensor, ...]:
        values = place.expectations(circuit, inputs, weights).values
        return values, *torch.autograd.grad(values.square().sum(), (inputs, weights))

    answered()
    threads: list[int] = []
    for operation in ("addmm", "stack"):
        original = getattr(torch, operation)

        def counted(*args: object, original: Callable[..., Tensor] = original, **kwargs: object) -> Tensor:
            threads.append(torch.get_num_threads())
            return original(*args, **kwargs)

        monkeypatch.setattr(torch, operation, counted)
    several = answered()
    assert threads.count(1) > 0
    if name == "noisy:fez":
        assert set(threads) == {1}
    torch.set_num_threads(1)
    torch.testing.assert_close(several, answered())
