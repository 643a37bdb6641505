"""The first page: what this is, in three sentences, and the way on."""

import streamlit as st

st.title("Qlinical")
st.markdown(
    """
Qlinical shows what a hybrid quantum-classical model says about a patient, how sure it is, and why.
Every answer stands beside classical models for the same question, so that you can see what the quantum
circuit is worth. All models were trained on public data; pick a synthetic patient, or bring your own values.
"""
)
with st.container(border=True, width=560):
    st.header(":material/nephrology: AKI risk")
    st.markdown(
        "Will this intensive-care patient develop acute kidney injury in the next 24 hours? Twelve values decide."
    )
    st.page_link("aki/page.py", label="Open the AKI page", icon=":material/arrow_forward:")
with st.container(border=True, width=560):
    st.header(":material/ecg_heart: ECG")
    st.markdown(
        "Which diagnoses does this 12-lead ECG show, and which part of the trace speaks for them? On ECG paper, with "
        "intervals measured; a made-up recording to begin with, or your own file."
    )
    st.page_link("ecg/page.py", label="Open the ECG page", icon=":material/arrow_forward:")
with st.container(border=True, width=560):
    st.header(":material/neurology: Tumour")
    st.markdown(
        "Is there a tumour on this MRI of the brain, of which kind, and where does the model look? Open a series; the "
        "answer and its uncertainty stand beside the images, and move with the noise of a processor."
    )
    st.page_link("tumor/page.py", label="Open the tumour page", icon=":material/arrow_forward:")
with st.container(border=True, width=560):
    st.header(":material/medication: Dose")
    st.markdown(
        "What dose, how often, for whom? From the data of a study, the lowest dose that reaches its aim in enough "
        "people, and how sure that is. A population model answers; a quantum network answers beside it."
    )
    st.page_link("dosing/page.py", label="Open the dose page", icon=":material/arrow_forward:")
