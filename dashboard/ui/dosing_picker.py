"""Choose the study a dose rests on."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.ui.dosing_drug import with_drug_file
from dashboard.ui.dosing_fit import fitted_model
from dashboard.ui.dosing_source import Source, challenge
from dashboard.ui.dosing_upload import uploaded_study
from dashboard.ui.foreign import literal
from dashboard.ui.kept_file import kept_file
from dashboard.ui.session_cache import remembered
from qcore.tasks.dosing.groups import studied_in
from qcore.tasks.dosing.plain import drug_of

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
    upload = uploaded_study(file.name, file.data, below)
    model = fitted_model(upload) if upload else None
    if upload is None or model is None:
        return None
    read = upload.read
    drug = remembered("dosing_drug", (upload.key, upload.title), lambda: drug_of(upload.title, read.study, model))
    return Source(
        literal(upload.title), drug, model, read.study, studied_in(read.study), None, read.notes, False, read.doubts
    )
