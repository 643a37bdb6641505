"""Twelve leads on one page of paper to scale: 25 mm are a second, 10 mm a millivolt."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from qcore.io.ecg.export import RESEARCH
from qcore.io.ecg.leads import STANDARD
from qcore.io.ecg.record import Ecg
from qcore.version import VERSION

WIDTH, HEIGHT = landscape(A4)
SPEED_MM_S, GAIN_MM_MV = 25, 10
SECONDS = 10
LEFT, GRID_WIDTH = 16 * mm, 270 * mm
"""The grid: 10 s and the calibration pulse before them, in whole squares."""
GRID_BOTTOM, GRID_HEIGHT = 17 * mm, 140 * mm
ORIGIN = LEFT + 15 * mm
"""Where the first second begins."""
FINE, STRONG, BLACK = HexColor("#f6cfca"), HexColor("#e79c94"), HexColor("#000000")
FONT, BOLD, SIZE = "Helvetica", "Helvetica-Bold", 9
LINE = 4.1 * mm
MOST_LINES = 6
"""Of measurements, and of answers: more does not fit above the grid."""


@dataclass(frozen=True)
class Printed:
    """What the page says beside the trace.

    Attributes:
        title: which recording it is.
        measurements: a line each, on the left.
        answers: a line each, on the right: what models say, and how sure.
        filters: of the trace that is drawn, such as ``0.5-40 Hz``.
        rhythm: lead of the strip below the others.
        start_s: of the recording, where the page begins.
    """

    title: str
    measurements: Sequence[str] = ()
    answers: Sequence[str] = ()
    filters: str = "unfiltered"
    rhythm: str = "II"
    start_s: float = 0.0


def paper_pdf(ecg: Ecg, printed: Printed) -> bytes:
    """Return a PDF of one A4 page, landscape: 3 x 4 leads and a rhythm strip; of fewer leads, a row for each.

    Args:
        ecg: of which ten seconds are drawn; gaps stay gaps. More than five leads that are not the twelve: the first.
        printed: what is written beside it. Lines that do not fit are left out, and the last that fits says so.

    Returns:
        The file. Printed at 100 %, a second is 25.0 mm wide and a millivolt 10.0 mm high.
    """
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), pageCompression=1)
    canvas.setTitle("Qlinical: electrocardiogram")
    _heading(canvas, printed)
    _grid(canvas)
    rows = _rows(ecg, printed.rhythm)
    canvas.saveState()
    frame = canvas.beginPath()
    frame.rect(LEFT, GRID_BOTTOM, GRID_WIDTH, GRID_HEIGHT)
    canvas.clipPath(frame, stroke=0, fill=0)
    for number, row in enumerate(rows):
        baseline = GRID_BOTTOM + GRID_HEIGHT - _whole_mm((number + 0.55) * GRID_HEIGHT / len(rows))
        _pulse(canvas, baseline, calibrated=ecg.calibrated)
        _row(canvas, ecg, row, baseline, printed.start_s)
    canvas.restoreState()
    _foot(canvas, ecg, printed)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _rows(ecg: Ecg, rhythm: str) -> list[tuple[str, ...]]:
    if not ecg.is_twelve_lead:
        return [(lead,) for lead in ecg.leads[:5]]
    return [*(STANDARD[k::3] for k in range(3)), (rhythm if rhythm in ecg.leads else "II",)]


def _heading(canvas: Canvas, printed: Printed) -> None:
    top = HEIGHT - 12 * mm
    canvas.setFont(BOLD, 13)
    canvas.drawString(LEFT, top, simpleSplit(_latin(printed.title) or "Electrocardiogram", BOLD, 13, 180 * mm)[0])
    canvas.setFont(FONT, 8)
    stamp = f"Qlinical {VERSION}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    canvas.drawRightString(LEFT + GRID_WIDTH, top, stamp)
    canvas.setFont(BOLD, SIZE)
    canvas.drawString(LEFT, top - 1.3 * LINE, RESEARCH)
    canvas.setFont(FONT, SIZE)
    half = GRID_WIDTH / 2
    for lines, left in ((printed.measurements, LEFT), (printed.answers, LEFT + half)):
        broken = [part for line in lines for part in simpleSplit(_latin(line), FONT, SIZE, half - 5 * mm)]
        if len(broken) > MOST_LINES:
            broken = [*broken[: MOST_LINES - 1], f"{len(broken) - MOST_LINES + 1} more lines did not fit."]
        for number, line in enumerate(broken):
            canvas.drawString(left, top - (2.5 + number) * LINE, line)


def _grid(canvas: Canvas) -> None:
    for step_mm, colour, thickness in ((1, FINE, 0.25), (5, STRONG, 0.5)):
        canvas.setStrokeColor(colour)
        canvas.setLineWidth(thickness)
        for x in np.arange(0, GRID_WIDTH + mm / 2, step_mm * mm):
            canvas.line(LEFT + x, GRID_BOTTOM, LEFT + x, GRID_BOTTOM + GRID_HEIGHT)
        for y in np.arange(0, GRID_HEIGHT + mm / 2, step_mm * mm):
            canvas.line(LEFT, GRID_BOTTOM + y, LEFT + GRID_WIDTH, GRID_BOTTOM + y)


def _pulse(canvas: Canvas, baseline: float, *, calibrated: bool) -> None:
    """Draw 1 mV for 0.2 s; dashed where nobody knows what a millivolt is."""
    high, wide = GAIN_MM_MV * mm, 0.2 * SPEED_MM_S * mm
    left = ORIGIN - 5 * mm - wide
    path = canvas.beginPath()
    path.moveTo(left - 2 * mm, baseline)
    for x, y in ((0.0, 0.0), (0.0, high), (wide, high), (wide, 0.0), (wide + 2 * mm, 0.0)):
        path.lineTo(left + x, baseline + y)
    canvas.setStrokeColor(BLACK)
    canvas.setLineWidth(0.7)
    canvas.setDash([] if calibrated else [2, 2])
    canvas.drawPath(path)
    canvas.setDash([])


def _row(canvas: Canvas, ecg: Ecg, leads: Sequence[str], baseline: float, start_s: float) -> None:
    step_s = SECONDS / len(leads)
    # Of a recording that is over before the last column begins, all columns show the same time.
    together = ecg.seconds - start_s < SECONDS - step_s / 2
    for number, lead in enumerate(leads):
        left = ORIGIN + number * step_s * SPEED_MM_S * mm
        begin = start_s if together else start_s + number * step_s
        _trace(canvas, ecg[lead], ecg.rate_hz, begin, step_s, left, baseline)
        canvas.setFillColor(BLACK)
        if number:
            canvas.setLineWidth(0.7)
            canvas.line(left, baseline + 3 * mm, left, baseline + 6 * mm)
            canvas.line(left, baseline - 6 * mm, left, baseline - 3 * mm)
        canvas.setFont(BOLD, SIZE)
        canvas.drawString(left + mm, baseline + 11 * mm, _latin(lead))
        if lead in ecg.derived:
            after = canvas.stringWidth(f"{_latin(lead)} ", BOLD, SIZE)
            canvas.setFont(FONT, 7)
            canvas.drawString(left + mm + after, baseline + 11 * mm, "derived")


def _trace(
    canvas: Canvas,
    uv: NDArray[np.floating],
    rate_hz: float,
    begin_s: float,
    step_s: float,
    left: float,
    baseline: float,
) -> None:
    first = max(0, int(np.ceil(begin_s * rate_hz - 1e-6)))
    last = min(len(uv), int(np.floor((begin_s + step_s) * rate_hz + 1e-6)) + 1)
    path, down = canvas.beginPath(), False
    for sample in range(first, last):
        value = uv[sample]
        if not np.isfinite(value):
            down = False
            continue
        x = left + (sample / rate_hz - begin_s) * SPEED_MM_S * mm
        y = baseline + float(value) / 1000 * GAIN_MM_MV * mm
        if down:
            path.lineTo(x, y)
        else:
            path.moveTo(x, y)
        down = True
    canvas.setStrokeColor(BLACK)
    canvas.setLineWidth(0.6)
    canvas.setLineJoin(1)
    canvas.drawPath(path)


def _foot(canvas: Canvas, ecg: Ecg, printed: Printed) -> None:
    said = [f"{SPEED_MM_S} mm/s", f"{GAIN_MM_MV} mm/mV", printed.filters, f"{ecg.rate_hz:g} Hz"]
    if ecg.seconds > SECONDS:
        said.append(
            f"{printed.start_s:.1f} s to {min(printed.start_s + SECONDS, ecg.seconds):.1f} s of {ecg.seconds:.1f} s"
        )
    if not ecg.calibrated:
        said.append("NOT CALIBRATED: the gain is assumed")
    if not np.isfinite(ecg.uv).all():
        said.append("where there is no trace, nothing was recorded")
    canvas.setFont(BOLD, SIZE)
    canvas.drawString(LEFT, GRID_BOTTOM - 5.5 * mm, _latin("  ·  ".join(said)))
    canvas.setFont(FONT, 7)
    canvas.drawString(LEFT, GRID_BOTTOM - 10 * mm, "To scale when printed at 100 %: a large square is 5 mm.")


def _whole_mm(length: float) -> float:
    """Return a length in whole millimetres, so that baselines lie on the grid."""
    return round(length / mm) * mm


def _latin(text: str) -> str:
    """Return text in letters that the font has."""
    return text.encode("latin-1", errors="replace").decode("latin-1")
