"""Does the population fit find the truth? Trials are simulated from the shipped model, fitted, and compared with it.

``python -m tests.benchmarks.recovery [--trials 40] [--json]``: bias, and the share of 90 % intervals that hold the
truth, for every number. About half a minute a trial. Every trial has the doses, times, weights and comedication of the
challenge study, which must be there (QLINICAL_DATA).
"""

import argparse
import json

import numpy as np
import torch
from scipy.stats import norm

from qcore.io.nonmem.reader import read_study
from qcore.population.design import design
from qcore.population.fitting.fit import fit, with_uncertainty
from qcore.population.fitting.foce import Problem
from qcore.population.model import load
from qcore.population.simulate import simulated
from qcore.settings import data_dir
from qcore.tasks.dosing.fitting import SHIPPED

COVERAGE = 0.9
SHIFT = 0.3
"""Fits start this far from the truth: a normal error of the unbounded numbers."""


def main() -> None:
    """Print a line a number."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    folder = data_dir()
    if folder is None:
        raise SystemExit("The challenge study is not there: set QLINICAL_DATA.")
    model = load(next(SHIPPED.glob("*.json")))
    file = folder / "lsqi" / "EstData.csv"
    laid = design(read_study(file.name, file.read_bytes()).study)
    truth, structure = model.vector, model.structure
    found, errors = [], []
    for seed in range(said.trials):
        problem = Problem(structure, simulated(structure, truth, laid, seed))
        shifted = truth + SHIFT * torch.randn(len(truth), generator=torch.Generator().manual_seed(seed))
        start = dict(zip(structure.names, shifted.tolist(), strict=True))
        fitted = with_uncertainty(fit(problem, start))
        found.append(fitted.vector.numpy())
        errors.append(fitted.covariance.diagonal().clamp(min=0).sqrt().numpy() if fitted.covariance is not None else 0)
        if not said.json:
            print(f"{seed + 1} of {said.trials}: -2 log likelihood {fitted.ofv:.1f}", flush=True)
    off = np.array(found) - truth.numpy()
    half = norm.ppf((1 + COVERAGE) / 2) * np.array(errors)
    rows = [
        {
            "number": name,
            "truth": value,
            "bias_percent": round(100 * float(np.expm1(off[:, index]).mean()), 2),
            "bias_standard_error": round(100 * float(np.expm1(off[:, index]).std() / len(off) ** 0.5), 2),
            "covered": round(float((np.abs(off[:, index]) <= half[:, index]).mean()), 3),
        }
        for index, (name, value) in enumerate(model.reported.items())
    ]
    if said.json:
        print(json.dumps({"trials": said.trials, "numbers": rows}, indent=2))
        return
    print(f"{'':36}{'truth':>10}{'bias %':>9}{'+-':>7}{'covered':>9}")
    for row in rows:
        print(
            f"{row['number']:36}{row['truth']:10.4g}{row['bias_percent']:9.1f}{row['bias_standard_error']:7.1f}"
            f"{row['covered']:9.2f}"
        )
    print(f"all numbers: {np.mean([row['covered'] for row in rows]):.3f} of {COVERAGE} covered")


if __name__ == "__main__":
    main()
