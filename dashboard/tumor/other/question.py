"""What the images of an upload show: said by the files, or else by the visitor."""

from collections.abc import Sequence

import streamlit as st

from qcore.io.image.series import Series
from qcore.tasks.imaging.known import may_be, said_by_file
from qcore.tasks.imaging.subjects import SUBJECTS
from qcore.tasks.tumor.question import TUMOR

BRAIN = TUMOR.name
TITLES = {BRAIN: "MRI of the brain", **{name: subject.title for name, subject in SUBJECTS.items()}}
"""Of what images may show, by the name of the question that is then asked."""
FIELD = "tumor_question"
ASKED_OF = "tumor_question_of"
"""The upload that the field was last set for."""


def question_of(upload: str, series: Sequence[Series]) -> str:
    """Show the field that says what the images show, set to what the files say; return the name of the question.

    Args:
        upload: tells it from every other: with each new one the field begins anew, so that no image is asked a question
            that was chosen for another.
        series: what was read of it.
    """
    if st.session_state.get(ASKED_OF) != upload:
        said = {name for each in series if (name := said_by_file(each))}
        st.session_state[FIELD] = said.pop() if len(said) == 1 else BRAIN
        st.session_state[ASKED_OF] = upload
    chosen = st.segmented_control(
        "What does this image show?" if len(series) == 1 else "What do these images show?",
        list(TITLES),
        format_func=TITLES.__getitem__,
        required=True,
        key=FIELD,
        persist_state="session",
        help="Each answer comes from another model. A DICOM file that says what it shows sets this by itself.",
    )
    return str(chosen)


def other_choice(series: Series, chosen: str) -> str:
    """Return a sentence that names another choice of the field that may fit a series; empty where there is none."""
    fitting = [name for name in may_be(series) if name != chosen]
    return "".join(f" If it is {SUBJECTS[name].named}, choose {TITLES[name]} above." for name in fitting)
