"""Our noise engine beside every other simulator: same circuit, same noise, same machine; run by hand.

``pip install -e .[bench] -c constraints.txt``, then ``python -m tests.benchmarks.noise [--json] [--only NAME ...]``.

Every row is one simulator on one shape: first both answers are compared (a benchmark of different answers is
worthless), then both are timed in turns, ours, theirs, ours, theirs, so that what else the machine does hits both.
Times are per patient, of the processor on one core, medians over the turns, in the rival's precision. On one core,
because ours takes one for small batches anyway, and because a second thread, of either, waits its turn where another
process is busy: on two threads with a core busy, the same rows read anything from 0.02 to 6. The circuit is the data
re-uploading one (qubits x layers) with the calibration of FakeFez: gate errors, relaxation and read-out, as Qiskit
Aer's `NoiseModel.from_backend` makes them. "forward + backward" are gradients by all inputs and all weights.

How our cost grows with qubits, layers and batch (``--only scaling``) is plotted and explained in `qcore.noise`.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Container
from dataclasses import asdict

import torch

from tests.benchmarks.noise_costs import Cost, costs, plotted, scaling
from tests.benchmarks.noise_plan import cases
from tests.benchmarks.noise_rows import RIVALS, Row, rows

MINUTES = 7.5
"""After so long no more rows are begun, so that all is over after nine; the costs and the scaling come first."""
SECTIONS = (*RIVALS, "costs", "scaling")


def main() -> None:
    parser = argparse.ArgumentParser(description="Our noise engine beside other simulators.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, help="rivals and sections to run")
    asked = parser.parse_args()
    # Some of these libraries ask the operating system how many cores there are; the others read OpenMP's variable.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    torch.set_num_threads(1)
    until = time.monotonic() + 60 * MINUTES
    with tempfile.TemporaryDirectory() as folder:
        # Everything is compiled anew, and the programs that whoever runs this has already are left alone.
        os.environ["QLINICAL_PROGRAMS"] = folder
        if asked.json:
            print(json.dumps(_measured(asked.only, until), indent=1))
        else:
            _print_tables(asked.only, until)


def _measured(only: Container[str], until: float) -> dict[str, list[dict[str, object]]]:
    return {
        "costs": [asdict(cost) for cost in costs()] if "costs" in only else [],
        "scaling": [asdict(scale) for scale in scaling()] if "scaling" in only else [],
        "rows": [asdict(row) for row in rows((case for case in cases() if case.rival in only), until)],
    }


def _print_tables(only: Container[str], until: float) -> None:
    print(f"load {os.getloadavg()[0]:.1f}; times per patient in µs")
    if "costs" in only:
        for cost in costs():
            print(_cost_line(cost), flush=True)
        print()
    if "scaling" in only:
        print(plotted(scaling()))
        print()
    print(f"{'rival':28}{'q x l':>6}{'batch':>6} {'mode':19}{'ours':>9}{'theirs':>13}{'ratio':>10}{'goal':>6}")
    for row in rows((case for case in cases() if case.rival in only), until):
        print(_line(row), flush=True)


def _line(row: Row) -> str:
    mode = row.mode.replace("_", " + ")
    head = f"{RIVALS[row.rival].title:28}{f'{row.qubits} x {row.layers}':>6}{row.batch:6d} {mode:19}"
    if row.ours_us is None or row.rival_us is None or row.ratio is None:
        return head + row.note
    goal = "" if row.goal is None else f"{row.goal:g}"
    missed = "" if row.goal is None or row.ratio >= row.goal else "  missed"
    first = "" if row.first_call_s is None else f"  first call {row.first_call_s:.1f} s"
    agreement = "" if row.difference is None else f"  differ by {row.difference:.0e}"
    return f"{head}{row.ours_us:9.2f}{row.rival_us:13.2f}{row.ratio:10.2f}{goal:>6}{missed}{agreement}{first}"


def _cost_line(cost: Cost) -> str:
    limit = "" if cost.limit is None else f"(at most {cost.limit:g}{'' if cost.value <= cost.limit else ': missed'})"
    return f"{cost.name:64}{cost.value:9.3f} {cost.unit} {limit}"


if __name__ == "__main__":
    main()
