"""The noise study as Markdown: one line a family, and a bar for what noise takes."""

import numpy as np

from qcore.models.families import FAMILIES
from qcore.training.markdown import bars, table
from qcore.training.noise_study import DEVICES, SCALES, NoiseStudy

HEADLINE_SCALE = 3.0


def card(study: NoiseStudy) -> str:
    """Return the study, the family that loses least first."""
    families = list(dict.fromkeys(row.family for row in study.rows))
    flipped = {family: _mean_flips(study, family) for family in families}
    order = sorted(families, key=flipped.__getitem__)
    parts = [
        "# What noise takes from each family",
        f"Every family trained without noise on {study.n_train:,} patients ({study.data}), measured on "
        f"{study.n_held_out:,} held out, under the calibrated noise of {', '.join(DEVICES)} at several scales, exactly "
        f"(no shots, no mitigation); means of {len({row.seed for row in study.rows})} seeds. Written by "
        "`qlinical study noise`.",
        "Noise scales and shifts what is measured, and AUROC, which knows ranks alone, hardly sees that. What a "
        f"clinician sees is a decision that changes: the share of patients on the other side of the noiseless "
        f"model's median answer at {HEADLINE_SCALE:g} times the noise, mean of the devices.",
        bars({FAMILIES[family].label: flipped[family] for family in order}),
        "## AUROC",
        table(
            [
                "Family",
                "Qubits x layers",
                "Parameters",
                "Noiseless",
                "Twin",
                *(f"change at x {scale:g}" for scale in SCALES),
            ],
            [_line(study, family) for family in order],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _mean_flips(study: NoiseStudy, family: str) -> float:
    points = [point for row in study.rows if row.family == family for point in row.noisy]
    return float(np.mean([point.flips for point in points if point.scale == HEADLINE_SCALE]))


def _line(study: NoiseStudy, family: str) -> list[str]:
    rows = [row for row in study.rows if row.family == family]
    changes = [np.mean([study.change(family, device, scale) for device in DEVICES]) for scale in SCALES]
    return [
        FAMILIES[family].label,
        f"{rows[0].qubits} x {rows[0].layers}",
        f"{rows[0].parameters:,}",
        f"{np.mean([row.noiseless for row in rows]):.3f}",
        f"{np.mean([row.control for row in rows]):.3f}",
        *(f"{value:+.4f}" for value in changes),
    ]
