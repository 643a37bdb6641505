"""The hybrid model beside classical models: for this patient, and on patients none of them had seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard.shared.charts import palette
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import percent
from qcore.evidence.evaluation import LabelEvidence
from qcore.evidence.metrics import Estimate
from qcore.tasks.classification.model import GRADIENT_BOOSTING, HYBRID

BAR_PX = 110


@dataclass(frozen=True)
class Measured:
    """What was measured of the models for one label, and how the page calls them.

    Attributes:
        evidence: metrics of the models for this label on the test set.
        n: cases of the test set.
        split: what the test set is called.
        titles: of the models, by their names.
        cases: what a page calls the cases, in the plural.
    """

    evidence: LabelEvidence
    n: int
    split: str
    titles: Mapping[str, str]
    cases: str = "patients"


def model_comparison(
    risks: Mapping[str, float], sizes: Mapping[str, int], measured: Measured, noisy_on: str = ""
) -> None:
    """Show one row a model and, first, what the comparison on the test set allows to say.

    Args:
        risks: of the patient, by model.
        sizes: trained numbers, by model.
        measured: on the test set.
        noisy_on: what ran, where the hybrid model's risk for the patient is not noiseless.
    """
    st.markdown(_verdict(measured))
    evidence = measured.evidence
    metrics = {HYBRID: evidence.metrics, **evidence.controls}
    one = measured.cases.removesuffix("s")
    rows = "".join(_row(name, measured.titles[name], risks[name], sizes[name], metrics[name]) for name in risks)
    head = (
        f"<tr><th>Model</th><th>This {one}</th><th>AUROC (95 % interval)</th><th>Calibration error</th>"
        "<th>Parameters</th></tr>"
    )
    st.html(f"<table class='q-table'><thead>{head}</thead><tbody>{rows}</tbody></table>")
    noise = (
        f" All without noise, except the hybrid model's risk for this {one}: {literal(noisy_on)}." if noisy_on else ""
    )
    trees = " Parameters of gradient boosting are the nodes of its trees." if GRADIENT_BOOSTING in sizes else ""
    st.caption(
        f"AUROC and calibration error on {measured.n:,} {measured.cases} of {measured.split}, which no model was "
        f"trained on.{trees}{noise}"
    )


def _verdict(measured: Measured) -> str:
    titles, differences = measured.titles, measured.evidence.differences["auroc"]
    better = [_in_a_sentence(titles[k]) for k, d in differences.items() if d.low > 0]
    worse = [_in_a_sentence(titles[k]) for k, d in differences.items() if d.high < 0]
    level = [_in_a_sentence(titles[k]) for k, d in differences.items() if d.low <= 0 <= d.high]
    parts = [
        f"the hybrid model ranks {measured.cases} {word} {_listed(names)}"
        for word, names in (("better than", better), ("worse than", worse))
        if names
    ]
    if level:
        parts.append(f"no difference in AUROC can be shown between the hybrid model and {_listed(level)}")
    return (
        f"On {measured.n:,} {measured.cases} none of the models had seen, {'; '.join(parts)}. "
        "No quantum advantage is claimed."
    )


def _in_a_sentence(title: str) -> str:
    """Write a model's name inside a sentence: a twin takes an article, a method such as boosting none."""
    name = title if any(character.isupper() for character in title[1:]) else title.lower()
    return f"the {name}" if "twin" in name else name


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _row(name: str, title: str, risk: float, size: int, metrics: Mapping[str, Estimate]) -> str:
    auroc, ece = metrics["auroc"], metrics["ece"]
    colour = palette.BRAND if name == HYBRID else palette.NEUTRAL
    bar = f"<span class='bar' style='width:{max(2.0, risk * BAR_PX):.0f}px;background:{colour}'></span>"
    return (
        f"<tr class='{'strong' if name == HYBRID else ''}'><td>{escape(title)}</td>"
        f"<td class='whole'>{bar}{percent(risk)}</td>"
        f"<td>{auroc.value:.3f} ({auroc.low:.3f} to {auroc.high:.3f})</td><td>{ece.value * 100:.1f} points</td>"
        f"<td>{size:,}</td></tr>"
    )
