"""A page with nothing but the ECG paper and what tests ask of it: other recordings, a rerun, how often it was run."""

import streamlit as st

from dashboard.shared.ecg_paper.component import show
from dashboard.shared.style import apply_style
from tests.made_up_ecgs import PAPERS

st.set_page_config(layout="wide")
apply_style()
st.session_state.setdefault("recording", st.query_params.get("recording", "marked"))
runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
with st.sidebar:
    name = st.radio("Recording", list(PAPERS), key="recording")
    st.button("Run again")
papers = st.session_state.setdefault("papers", {})
if name not in papers:
    papers[name] = PAPERS[name]()
show(papers[name], key="paper")
st.text(f"runs {runs}")
