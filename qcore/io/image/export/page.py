"""The answer on one page of paper."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfgen.canvas import Canvas

from qcore.io.image.export import RESEARCH
from qcore.io.image.export.picture import Colours
from qcore.version import VERSION

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP = 20 * mm, WIDTH - 20 * mm, HEIGHT - 22 * mm
LINE = 6 * mm
LONGEST_TITLE = 90
PICTURE_SIDE = 120 * mm


@dataclass(frozen=True)
class Written:
    """What a page on paper says.

    Attributes:
        heading: which question was asked.
        title: what was looked at.
        probabilities: of every answer, in [0, 1].
        possible: answers of the conformal set.
        backend: where the circuit ran.
        remarks: sentences for below the picture.
    """

    heading: str
    title: str
    probabilities: Mapping[str, float]
    possible: Sequence[str]
    backend: str
    remarks: Sequence[str]


def one_page_pdf(written: Written, picture: Colours) -> bytes:
    """Return a PDF of one A4 page: the probabilities, the picture, and what the answer is worth.

    Args:
        written: what it says.
        picture: ``(height, width, 3)`` a slice with the attention laid over it.
    """
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1)
    canvas.setTitle(f"Qlinical: {written.heading}")
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(LEFT, TOP, written.heading)
    canvas.setFont("Helvetica", 9)
    canvas.drawRightString(RIGHT, TOP, f"Qlinical {VERSION}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    canvas.setFont("Helvetica-Bold", 10)
    canvas.drawString(LEFT, TOP - LINE, RESEARCH)
    place = TOP - 2.2 * LINE
    canvas.setFont("Helvetica", 10)
    canvas.drawString(LEFT, place, _latin(written.title)[:LONGEST_TITLE])
    for label, value in written.probabilities.items():
        place -= LINE
        canvas.drawString(LEFT, place, label.capitalize())
        canvas.rect(LEFT + 45 * mm, place, 80 * mm * value, 3.2 * mm, stroke=0, fill=1)
        canvas.drawRightString(RIGHT, place, f"{100 * value:.1f} %")
    place -= 1.4 * LINE
    canvas.drawString(LEFT, place, f"Possible: {' or '.join(written.possible)}")
    place -= LINE
    canvas.drawString(LEFT, place, f"Circuit ran on: {written.backend}")
    scale = PICTURE_SIDE / max(picture.shape[:2])
    height, width = picture.shape[0] * scale, picture.shape[1] * scale
    place -= height + LINE
    canvas.drawImage(ImageReader(Image.fromarray(picture)), LEFT, place, width, height)
    canvas.setFont("Helvetica", 8)
    for remark in written.remarks:
        for line in simpleSplit(_latin(remark), "Helvetica", 8, RIGHT - LEFT):
            place -= 0.75 * LINE
            canvas.drawString(LEFT, place, line)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _latin(text: str) -> str:
    """Return text in letters that the font has."""
    return text.encode("latin-1", errors="replace").decode("latin-1")
