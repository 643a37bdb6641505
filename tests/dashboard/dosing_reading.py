"""What a test reads off the dose page, and a small study to bring to it."""

import re

import torch
from dashboard_reading import sentences
from streamlit.testing.v1 import AppTest

from dashboard.dosing.networks.asking import NetworkAnswer, NetworkQuestion
from dashboard.dosing.study.source import challenge
from qcore.backends.protocol import Provenance
from qcore.tasks.dosing.dose_finding import Curves, grid

DOSE = re.compile(r"^## (?:(\d+(?:\.\d+)?) mg|No dose up to \d+ mg) (.+)$")
CURVE = ((0.5, 4.1), (1, 6.2), (2, 6.0), (4, 4.4), (8, 2.1), (12, 1.1))
OWN = "Your own study"
DOSES = {"quantum": 7.0, "classical": 7.5, "quantum on mechanistic": 6.0, "classical on mechanistic": 6.5}
"""What networks say in tests, mg."""
NOISY_MG = 1.0
"""By so much noise moves the quantum models in tests."""


def said(wanted: NetworkQuestion) -> NetworkAnswer:
    """What a network answers in tests."""
    doses = grid(wanted.question.regimen)
    line = wanted.line or None
    at = DOSES[wanted.model] + (NOISY_MG if line not in {None, "ideal"} else 0.0)
    curves = [(doses >= at + shift).double() for shift in (-1.0, 0.0, 1.0)]
    ran = Provenance(line, f"device of {line}", None, None, None, "none", None, 0.1) if line else None
    return NetworkAnswer(Curves(doses, curves[1], torch.stack(curves), wanted.model, line), ran, 43_008 if line else 0)


def dose(page: AppTest) -> float | None:
    """The dose of the answer; None where no dose does it."""
    (match,) = (found for text in sentences(page.markdown) if (found := DOSE.match(text)))
    return float(match[1]) if match[1] else None


def is_answered(page: AppTest) -> bool:
    return any(DOSE.match(text) for text in sentences(page.markdown))


def key(name: str) -> str:
    """The key of a control of the challenge's trial."""
    return f"dosing_{name}_{challenge().key}"


def study_file(people: int = 6, header: str = "ID,TIME,AMT,DV,WT") -> bytes:
    """A study of one dose, as NONMEM has it."""
    lines = [header]
    for person in range(1, people + 1):
        lines.append(f"{person},0,100,.,{60 + person}")
        lines += [f"{person},{time},.,{value * (1 + person / 20):.4g},{60 + person}" for time, value in CURVE]
    return "\n".join(lines).encode()
