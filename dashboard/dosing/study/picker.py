"""Choose the study a dose rests on."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.dosing.study.drug import with_drug_file
from dashboard.dosing.study.fit import fitted_model
from dashboard.dosing.study.source import Source, challenge
from dashboard.dosing.study.upload import uploaded_study
from dashboard.shared.foreign import literal
from dashboard.shared.kept_file import kept_file
from dashboard.shared.session_cache import remembered
from qcore.tasks.dosing.dose_groups import studied_in
from qcore.tasks.dosing.drug.without_file import drug_of

TRIAL, OWN = "Challenge trial", "Your own study"


def pick_source(below: DeltaGenerator) -> Source | None:
    """Show the ways to a study and to a drug's file in the sidebar and return both; None while there is none yet.

    Args:
        below: where the user says what a file does not.
    """
    study = _study(below)
    return None if study is None else with_drug_file(study)


def _study(below: DeltaGenerator) -> Source | None:
    with st.sidebar:
        way = st.selectbox(
            "Study",
            [TRIAL, OWN],
            key="dosing_way",
            persist_state="session",
            help="The data a dose is worked out from.",
        )
        if way == TRIAL:
            st.caption("A simulated phase 1 trial: 48 people, three doses once daily and placebo.")
            return challenge()
        file = kept_file("CSV with one line a dose or measurement", ("csv", "tsv", "txt", "dat"), "dosing_file")
        st.caption(
            "As NONMEM, nlmixr2 and R have them: subject, time, dose and measurement. It stays in this session: "
            "nothing of it is kept."
        )
    if file is None:
        st.info("Choose a file at the left: concentrations of one drug, with or without a response to it.")
        return None
    upload = uploaded_study(file, below)
    model = fitted_model(upload) if upload else None
    if upload is None or model is None:
        return None
    read = upload.read
    drug = remembered("dosing_drug", (upload.key, upload.title), lambda: drug_of(upload.title, read.study, model))
    return Source(
        literal(upload.title), drug, model, read.study, studied_in(read.study), None, read.notes, False, read.doubts
    )
