"""Several images in one upload, asked one of the other questions: a table, and one row to look at."""

import numpy as np
import pandas as pd

from dashboard.shared.session_cache import remembered
from dashboard.tumor.other.resources import other_model
from dashboard.tumor.worklist import NOTE, POSSIBLE, UPLOADS_KEPT, chosen_row, thumbnail
from qcore.backends.protocol import Backend
from qcore.io.image.series import Series
from qcore.io.image.upload import Upload
from qcore.tasks.imaging.answer import answer
from qcore.tasks.imaging.known import refusal
from qcore.tasks.imaging.preparation import prepared
from qcore.tasks.imaging.subjects import SUBJECTS

PROBABILITY = "Probability"


def other_chosen(digest: str, upload: Upload, question: str, backend: Backend) -> int:
    """Show what is said of every image of an upload, and return the number of the one that is looked at.

    Args:
        digest: of the upload.
        upload: what was read of it.
        question: name of the question that is asked of all.
        backend: where the circuit runs.
    """
    key = (digest, question, backend.fingerprint)
    table = remembered("tumor_other_worklist", key, lambda: _all_asked(upload, question, backend), UPLOADS_KEPT)
    title = f"Probability of {SUBJECTS[question].asked}"
    return chosen_row(
        table, f"tumor_other_table_{digest[:16]}_{question}_{backend.fingerprint[:16]}", PROBABILITY, title
    )


def _all_asked(upload: Upload, question: str, backend: Backend) -> pd.DataFrame:
    """Return a row for each series, those without an answer last, under its number in the upload."""
    pairs = zip(upload.series, upload.names, strict=True)
    rows = {number: _row(series, name, question, backend) for number, (series, name) in enumerate(pairs)}
    return pd.DataFrame.from_dict(rows, orient="index").sort_values(PROBABILITY, ascending=False, kind="stable")


def _row(series: Series, name: str, question: str, backend: Backend) -> dict[str, object]:
    subject = SUBJECTS[question]
    row = {"Image": thumbnail(series), "File": name, PROBABILITY: np.nan, POSSIBLE: "", NOTE: refusal(series, subject)}
    if not row[NOTE]:
        found = answer(other_model(question), prepared(series, subject), backend)
        row |= {PROBABILITY: found.probability, POSSIBLE: ", ".join(found.possible)}
    return row
