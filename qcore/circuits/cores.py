"""Small computations run on one core, whoever calls them and however many threads torch has.

A product of a few microseconds is not made faster by a second thread, and where another process keeps a core busy, the
one waits for the other's turn: 92 ms instead of 0.2 ms a call (measured: 4 qubits, 16 patients, two cores, one busy).
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

SMALL_FLOPS = 1e9
"""Up to here, 0.02 to 0.1 s of work on one core, one core is used; beyond, as many as the caller lets torch use."""

Setter = Callable[[int], int]


@contextmanager
def one_core(flops: float) -> Iterator[None]:
    """Let torch use one core inside, in this thread, where there is little to do; afterwards all is as it was.

    It takes about a microsecond. `torch.set_num_threads` would do it for the whole process: a thread that begins
    meanwhile would keep one core for good.

    Args:
        flops: about how many additions and multiplications there are.
    """
    threads = torch.get_num_threads()
    if threads == 1 or flops > SMALL_FLOPS:
        yield
        return
    openmp, mkl = _settings_of_a_thread()
    openmp(1)
    before = mkl(1)
    try:
        yield
    finally:
        openmp(threads)
        mkl(before)


def on_one_core(run: Callable[..., Tensor], flops: float, *tensors: Tensor) -> Tensor:
    """Return ``run(*tensors)``, computed as by `one_core`, and its gradients later likewise.

    Args:
        run: takes tensors; its result depends on no other tensor that needs a gradient.
        flops: of the forward run.
        tensors: arguments of `run`.
    """
    if torch.get_num_threads() == 1 or flops > SMALL_FLOPS or torch._C._functorch.peek_interpreter_stack():
        return run(*tensors)
    if not (torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors)):
        with one_core(flops):
            return run(*tensors)
    values: Tensor = _OnOneCore.apply(run, flops, *tensors)  # type: ignore[no-untyped-call]
    return values


class _OnOneCore(torch.autograd.Function):
    """A function whose gradients run on one core too: autograd calls `backward` after `one_core` has ended."""

    @staticmethod
    def forward(ctx: Any, run: Callable[..., Tensor], flops: float, *tensors: Tensor) -> Tensor:
        leaves = [tensor.detach().requires_grad_(tensor.requires_grad) for tensor in tensors]
        with torch.enable_grad(), one_core(flops):
            values = run(*leaves)
        ctx.run, ctx.flops, ctx.inner = run, flops, (values, leaves)
        ctx.save_for_backward(*tensors)
        return values.detach()

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor | None, ...]:
        tensors = ctx.saved_tensors
        again = torch.is_grad_enabled()
        with torch.enable_grad(), one_core(ctx.flops):
            # Second derivatives need a graph that reaches back to the tensors that were passed in.
            values, leaves = (ctx.run(*tensors), tensors) if again or ctx.inner is None else ctx.inner
            ctx.inner = None if not again else ctx.inner
            wanted = [leaf for leaf in leaves if leaf.requires_grad]
            gradients = iter(torch.autograd.grad(values, wanted, slopes, create_graph=again, allow_unused=True))
        return None, None, *(next(gradients) if tensor.requires_grad else None for tensor in tensors)


@cache
def _settings_of_a_thread() -> tuple[Setter, Setter]:
    """Return what sets the number of threads of OpenMP and of MKL in the calling thread; MKL's returns the one before.

    They are in the library of torch on Linux. Elsewhere there is torch's own, for the whole process.
    """
    try:
        library = ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"))
        openmp = library.omp_set_num_threads
    except (OSError, AttributeError):

        def whole_process(threads: int) -> int:
            torch.set_num_threads(threads)
            return threads

        return whole_process, lambda threads: threads
    openmp.argtypes, openmp.restype = [ctypes.c_int], ctypes.c_int
    mkl = getattr(library, "MKL_Set_Num_Threads_Local", None)
    if mkl is None:
        return openmp, lambda threads: threads
    mkl.argtypes, mkl.restype = [ctypes.c_int], ctypes.c_int
    return openmp, mkl
