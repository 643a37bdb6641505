"""The dashboard: page set-up, navigation, and the line that stands on every page."""

import streamlit as st
import structlog

from dashboard.shared.foreign import literal
from dashboard.shared.notice import research_notice
from dashboard.shared.style import apply_style
from dashboard.warm_up import wait_until_loaded, warm_up
from qcore.errors import QlinicalError
from qcore.settings import ASSETS

# Without local variables: a stack trace must not carry a patient into the log.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
log = structlog.get_logger()

st.set_page_config(
    page_title="Qlinical",
    page_icon=str(ASSETS / "logo.svg"),
    layout="wide",
    initial_sidebar_state=272,
)
st.logo(str(ASSETS / "logo.svg"), size="large")

page = st.navigation(
    [
        st.Page("home.py", title="Home", icon=":material/home:", default=True),
        st.Page("aki/page.py", title="AKI risk", icon=":material/nephrology:", url_path="aki"),
        st.Page("ecg/page.py", title="ECG", icon=":material/ecg_heart:", url_path="ecg"),
        st.Page("tumor/page.py", title="Tumour", icon=":material/neurology:", url_path="tumor"),
        st.Page("dosing/page.py", title="Dose", icon=":material/medication:", url_path="dose"),
    ]
)
apply_style()
research_notice()
warm_up()
if page.url_path:
    # The home page needs none of the libraries, and paints at once.
    wait_until_loaded()
try:
    page.run()
except QlinicalError as error:
    st.error(literal(error), icon=":material/error:")
except Exception:
    log.exception("page failed", page=page.title)
    st.error(
        "Something went wrong inside the app; this is not about your data. Reload the page. "
        "If it happens again, send the log of the server to whoever runs it.",
        icon=":material/error:",
    )
