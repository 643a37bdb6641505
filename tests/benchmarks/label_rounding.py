"""What the rounding of the label does to the test AUROC. Run by hand: python -m tests.benchmarks.label_rounding.

Creatinine is charted in tenths of a mg/dL. In binary floating point 1.4 < 1.1 + 0.3, so a label computed without
care misses rises of exactly 0.3 mg/dL, which KDIGO counts. The shipped models use the exact label; this script shows
all of them under both.
"""

import pandas as pd
from sklearn.metrics import roc_auc_score

from qcore.backends.registry import backend
from qcore.settings import data_dir
from qcore.tasks.aki import kdigo
from qcore.tasks.aki.model import load
from qcore.tasks.aki.reading.physionet_layout import from_physionet
from qcore.tasks.classification.model import HYBRID
from qcore.training.cohorts.physionet2012 import kdigo_outcome, read_cohort


def main() -> None:
    data = data_dir()
    if data is None:
        raise SystemExit("Set QLINICAL_DATA to the folder of the data sets.")
    model, cohort = load(), read_cohort("b", data)
    risks = {HYBRID: model.predict(cohort.inputs, backend("ideal")).value, **model.control_risks(cohort.inputs)}
    charted = pd.read_csv(data / "aki" / "physionet2012" / "set-b_long.csv.gz")
    values = kdigo_outcome(from_physionet(charted)).loc[cohort.inputs.index]
    by_sum = values["highest_next_day"] >= values["last"] + kdigo.RISE_MG_DL
    by_ratio = values["highest_next_day"] >= kdigo.RATIO * values["last"]
    labels = {"exact": cohort.outcome, "floating point": (by_sum | by_ratio).astype(int)}
    for name, outcome in labels.items():
        aurocs = ", ".join(f"{key} {roc_auc_score(outcome, risk):.4f}" for key, risk in risks.items())
        print(f"{name}: {outcome.mean():.2%} AKI; {aurocs}")


if __name__ == "__main__":
    main()
