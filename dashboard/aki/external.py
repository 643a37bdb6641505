"""What is known of the model after a transfusion: checks on a few patients of another kind."""

import streamlit as st

from dashboard.shared.numbers import percent
from qcore.evidence.evaluation import LabelEvidence


def external_checks(evidence: LabelEvidence) -> None:
    """Say how the model behaves on transfused patients, with its wide interval."""
    for check in evidence.external:
        auroc, share = check.metrics["auroc"], percent(check.events / check.n)
        st.markdown(
            f"**{check.name}**: {check.n} transfused admissions, {check.events} with AKI ({share}; the model expected "
            f"{percent(check.predicted)}). AUROC {auroc.value:.2f} ({auroc.low:.2f} to {auroc.high:.2f}). {check.note}"
        )
    st.caption(
        "A check on a few patients of another kind, not a result: AKI within 48 hours or 7 days is counted here, the "
        "model predicts 24 hours. Transfusions are not recorded in the data "
        "the model learnt from; in these demos pressure, coma scale and temperature are missing. "
        "Do not rely on it after a transfusion."
    )
