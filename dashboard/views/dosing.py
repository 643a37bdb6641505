"""Dose: what dose, how often, for whom, from the data of a study."""

import streamlit as st

from dashboard.ui.backend_selector import backend_selector
from dashboard.ui.dosing_answer import answer
from dashboard.ui.dosing_attainment import attainment_chart
from dashboard.ui.dosing_checks import checks_view
from dashboard.ui.dosing_controls import question
from dashboard.ui.dosing_course import course_view
from dashboard.ui.dosing_drivers import population_view
from dashboard.ui.dosing_fit import tried_models
from dashboard.ui.dosing_learned import learned_models
from dashboard.ui.dosing_loading import larger_first_dose
from dashboard.ui.dosing_model import model_view
from dashboard.ui.dosing_one import one_patient
from dashboard.ui.dosing_picker import pick_source
from dashboard.ui.dosing_questions import five_questions
from dashboard.ui.dosing_schedule import first_weeks
from dashboard.ui.dosing_study import study_panel
from dashboard.ui.dosing_warm_up import give_way

WEEKS = "A dose for each of the first weeks, by a quantum search"
STUDY = "The study: who was given what, and what they showed"

give_way()
st.title("What dose, how often, for whom")
# How a file is read is asked for below the answer, which comes first as soon as there is one.
page, below = st.container(), st.container()
with page:
    source = pick_source(below)
    if source is None:
        st.stop()
    with st.container(border=True, key="pair_answer"):
        told, asked_for = st.columns([6, 5], gap="large")
    with asked_for:
        asked = question(source)
    if asked is None:
        st.stop()
    with told:
        found = answer(source, asked)
        if found is not None:
            attainment_chart(source, found)
    ask_networks = None
    # Where no dose is named, nothing that would name one is shown either.
    if found is not None:
        chosen = backend_selector()
        ask_networks = learned_models(source, asked, found, chosen)

        with st.expander("What drives this dose", key="dosing_why", on_change="rerun") as opened:
            if opened.open:
                population_view(source, asked)

        st.header("Over time")
        course_view(source, asked, found.dose)
        # Where only a limit is to be kept, nothing is reached sooner by a larger first dose or by a schedule.
        if not asked.target.highest:
            with st.expander("A larger first dose: on target sooner?", key="dosing_first", on_change="rerun") as opened:
                if opened.open:
                    larger_first_dose(source, asked, found.dose)
            with st.expander(WEEKS, key="dosing_weeks", on_change="rerun") as opened:
                if opened.open:
                    first_weeks(source, asked, found.dose, chosen)

        st.header("One patient")
        one_patient(source, asked, found.dose)
        if source.for_all:
            st.header("The challenge's five questions")
            five_questions(source)
    # What is not open is not computed: every rerun would pay for it.
    with st.expander(STUDY, key="dosing_study", on_change="rerun") as opened:
        if opened.open:
            study_panel(source)
    with st.expander("Does the model describe the study?", key="dosing_checks", on_change="rerun") as opened:
        if opened.open:
            checks_view(source)
    with st.expander("The population model in numbers", key="dosing_model", on_change="rerun") as opened:
        if opened.open:
            model_view(source, tried_models(source))
    if ask_networks is not None:
        ask_networks()
