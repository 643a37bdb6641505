"""A page with nothing but the viewer and what tests ask of it: other pictures, a rerun, how often it was run."""

import streamlit as st

from dashboard.shared.style import apply_style
from dashboard.shared.viewer.component import show
from tests.made_up_pictures import PICTURES

st.set_page_config(layout="wide")
apply_style()
chosen = st.session_state.setdefault("picture", st.query_params.get("picture", "anisotropic"))
runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
with st.sidebar:
    name = st.radio("Picture", list(PICTURES), key="picture")
    st.button("Run again")
pictures = st.session_state.setdefault("pictures", {})
if name not in pictures:
    pictures[name] = PICTURES[name]()
asked = show(pictures[name], key="viewer")
if asked is not None:
    st.session_state["asked"] = asked
st.text(f"runs {runs}, asked {st.session_state.get('asked')}")
