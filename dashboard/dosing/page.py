"""Dose: what dose, how often, for whom, from the data of a study."""

import streamlit as st

from dashboard.dosing.answer import answer
from dashboard.dosing.attainment import attainment_chart
from dashboard.dosing.challenge_questions import five_questions
from dashboard.dosing.course import course_view
from dashboard.dosing.drivers import population_view
from dashboard.dosing.loading_dose import larger_first_dose
from dashboard.dosing.networks.panel import learned_models
from dashboard.dosing.patient.choice import one_patient
from dashboard.dosing.question import question
from dashboard.dosing.schedule import first_weeks
from dashboard.dosing.study.diagnostics import checks_view
from dashboard.dosing.study.fit import tried_models
from dashboard.dosing.study.overview import study_panel
from dashboard.dosing.study.picker import pick_source
from dashboard.dosing.study.population_model import model_view
from dashboard.dosing.work_ahead import give_way
from dashboard.shared.execution.backend_selector import backend_selector

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
        left, right = st.columns([6, 5], gap="large")
    with right:
        asked = question(source)
    if asked is None:
        st.stop()
    with left:
        found_dose = answer(source, asked)
        if found_dose is not None:
            attainment_chart(source, found_dose)
    ask_networks = None
    # Where no dose is named, nothing that would name one is shown either.
    if found_dose is not None:
        chosen = backend_selector()
        ask_networks = learned_models(source, asked, found_dose, chosen)

        with st.expander("What drives this dose", key="dosing_why", on_change="rerun") as opened:
            if opened.open:
                population_view(source, asked)

        st.header("Over time")
        course_view(source, asked, found_dose.dose)
        # Where only a limit is to be kept, nothing is reached sooner by a larger first dose or by a schedule.
        if not asked.target.highest:
            with st.expander("A larger first dose: on target sooner?", key="dosing_first", on_change="rerun") as opened:
                if opened.open:
                    larger_first_dose(source, asked, found_dose.dose)
            with st.expander(WEEKS, key="dosing_weeks", on_change="rerun") as opened:
                if opened.open:
                    first_weeks(source, asked, found_dose.dose, chosen)

        st.header("One patient")
        one_patient(source, asked, found_dose.dose)
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
