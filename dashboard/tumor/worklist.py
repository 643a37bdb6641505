"""Several series in one upload: answers from the most suspicious down, a download, and one row to look at."""

import base64
import io
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import streamlit as st
import torch
from PIL import Image

from dashboard.shared.session_cache import remembered
from qcore.backends.protocol import Backend
from qcore.io.image.series import Series
from qcore.io.image.upload import Upload
from qcore.records import audit
from qcore.tasks.classification.model import Model
from qcore.tasks.tumor.answer import ENTRY, Answer, answers, preparation
from qcore.tasks.tumor.known import refusal
from qcore.tasks.tumor.looked import Looked, look_at_all
from qcore.tasks.tumor.question import LABELS, NONE

UPLOADS_KEPT = 2
THUMBNAIL_PX = 64
FORMULA = frozenset("=+-@")
TUMOUR, POSSIBLE, NOTE = "Tumour", "Possible", "Note"


@dataclass(frozen=True, eq=False)
class Seen:
    """A series before any backend has answered.

    Attributes:
        looked: what the models see of it, without the images.
        rejected: why there is no answer, a sentence; empty where there is one.
        thumbnail: its middle slice as a PNG in a data URL.
    """

    looked: Looked
    rejected: str
    thumbnail: str


def chosen_series(digest: str, upload: Upload, model: Model, backend: Backend) -> int:
    """Show what is said of every series of an upload, and return the number of the one that is looked at."""
    seen = remembered("tumor_seen", digest, lambda: _all_seen(upload, model), UPLOADS_KEPT)
    key = (digest, backend.fingerprint)
    found = remembered("tumor_worklist", key, lambda: _all_answered(seen, model, backend), UPLOADS_KEPT)
    table = worklist_table(upload, seen, found)
    chosen = chosen_row(table, f"tumor_table_{digest[:16]}_{backend.fingerprint[:16]}", TUMOUR, TUMOUR)
    st.download_button(
        "Download as CSV",
        lambda: as_csv(table, found, f"{ENTRY.name} {model.digest}"),
        "tumour_worklist.csv",
        "text/csv",
        key="tumor_worklist_csv",
        type="tertiary",
        icon=":material/download:",
        on_click=_record_export,
        args=(len(table),),
    )
    return chosen


def chosen_row(table: pd.DataFrame, key: str, column: str, title: str) -> int:
    """Show a list of images or series, and return the number of the one that is looked at: the first until one is.

    Args:
        table: a row for each, under its number in the upload, with the columns of `worklist_table`.
        key: of the table on the page.
        column: that holds the probabilities, NaN where there is no answer.
        title: of that column on the page.
    """
    n_answered = int(table[column].notna().sum())
    order = ", the most suspicious first" if n_answered > 1 else ""
    st.markdown(f"**{n_answered:,} of {len(table):,} images or series answered**{order}.")
    picked = st.dataframe(
        table,
        hide_index=True,
        height=min((THUMBNAIL_PX + 8) * len(table) + 40, 420),
        row_height=THUMBNAIL_PX + 8,
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        alt="Answers to the images of the upload, the most suspicious first",
        column_config={
            "Image": st.column_config.ImageColumn(width="small"),
            column: st.column_config.ProgressColumn(title, format="percent", min_value=0, max_value=1),
            NOTE: st.column_config.TextColumn(width="large"),
        },
    )
    rows = picked["selection"]["rows"]
    return int(table.index[rows[0]] if rows else table.index[0])


def worklist_table(upload: Upload, seen: list[Seen], answers: list[Answer | None]) -> pd.DataFrame:
    """Return a row for each series, those without an answer last, under its number in the upload."""
    rows = {
        number: {
            "Image": each.thumbnail,
            "File": name,
            "Slices": len(series),
            TUMOUR: np.nan if found is None else found.tumour,
            POSSIBLE: "" if found is None else ", ".join(found.possible),
            NOTE: each.rejected,
        }
        for number, (series, name, each, found) in enumerate(
            zip(upload.series, upload.names, seen, answers, strict=True)
        )
    }
    return pd.DataFrame.from_dict(rows, orient="index").sort_values(TUMOUR, ascending=False, kind="stable")


def as_csv(table: pd.DataFrame, answers: list[Answer | None], model: str) -> str:
    """Return the table without pictures, with the probability of every kind, and what answered where.

    Args:
        table: see `worklist_table`.
        answers: of the series, by their number.
        model: card of the model and digest of its trained numbers.
    """
    written = table.drop(columns="Image").rename(columns={TUMOUR: "probability of a tumour"})
    # A spreadsheet would run the name of a file that begins like a formula.
    written["File"] = [f"'{name}" if name[:1] in FORMULA else name for name in written["File"]]
    for label in LABELS.names:
        if label != NONE:
            values = {
                number: np.nan if found is None else found.probabilities[label] for number, found in enumerate(answers)
            }
            written[f"probability of {label}"] = pd.Series(values)
    written["backend"] = pd.Series({number: found.backend for number, found in enumerate(answers) if found})
    written["model"] = model
    written["use"] = "research only"
    text: str = written.round(4).to_csv(index=False, lineterminator="\n")
    return text


def _all_seen(upload: Upload, model: Model) -> list[Seen]:
    seen, n = [], len(upload.series)
    bar = st.progress(0.0, "Looking at the images")
    looks = look_at_all(upload.series, preparation(model))
    for number, (series, looked) in enumerate(zip(upload.series, looks, strict=True), 1):
        seen.append(Seen(replace(looked, images=torch.empty(0)), refusal(series, looked), thumbnail(series)))
        bar.progress(number / n, f"{number:,} of {n:,} images or series")
    bar.empty()
    return seen


def _all_answered(seen: list[Seen], model: Model, backend: Backend) -> list[Answer | None]:
    found = iter(answers(model, [each.looked for each in seen if not each.rejected], backend))
    return [None if each.rejected else next(found) for each in seen]


def thumbnail(series: Series) -> str:
    """Return the middle slice of a series as a small PNG in a data URL."""
    middle = series.pixels[len(series) // 2].astype(np.float32)
    low, high = np.percentile(middle, [2, 98])
    grey = np.clip((middle - low) / max(float(high - low), 1e-6), 0, 1)
    picture = Image.fromarray(np.rint(255 * grey).astype(np.uint8))
    picture.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    written = io.BytesIO()
    picture.save(written, "PNG")
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}"


def _record_export(n: int) -> None:
    audit.append(audit.Action.EXPORT, "tumor", model_card=ENTRY.name, patients=n, format="csv")
