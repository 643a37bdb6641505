"""What leaves the page: a picture that says what it is, DICOM that others can read, one page of paper."""

import io

import numpy as np
import pydicom
import pytest
from PIL import Image

from qcore.io.image.export import dicom, page, picture
from qcore.tasks.tumor.answer import Answer
from qcore.tasks.tumor.structured_report import structured_report

ANSWER = Answer(
    {"no tumour": 0.1, "glioma": 0.2, "meningioma": 0.6, "pituitary tumour": 0.1},
    np.array([[0.1, 0.2, 0.6, 0.1]]),
    0,
    ("glioma", "meningioma"),
    "noisy:fez:3",
)


@pytest.fixture
def drawn() -> picture.Colours:
    rng = np.random.default_rng(0)
    attention = np.zeros((60, 50), np.float32)
    attention[10:20, 10:20] = 1
    return picture.drawn(rng.normal(500, 100, (60, 50)), attention)


def test_attention_has_a_colour_and_what_is_without_stays_grey(drawn: picture.Colours) -> None:
    grey = drawn.max(axis=2) == drawn.min(axis=2)
    assert grey[30:, :].all()
    assert not grey[12:18, 12:18].any()


def test_a_picture_is_enlarged_by_whole_pixels_with_text_beneath(drawn: picture.Colours) -> None:
    whole = picture.captioned(drawn, ["slice 3 of 9"])
    assert whole.shape[1] == 11 * drawn.shape[1]
    assert (whole[: 11 * 60 : 11, ::11] == drawn).all()
    beneath = whole[11 * 60 :]
    assert beneath.max() > 200, "there is text"
    opened = Image.open(io.BytesIO(picture.as_png(whole)))
    assert opened.size == (whole.shape[1], whole.shape[0])


def test_the_secondary_capture_is_read_as_it_was_drawn_and_names_nobody(drawn: picture.Colours) -> None:
    read = pydicom.dcmread(io.BytesIO(dicom.secondary_capture(drawn)))
    assert (read.pixel_array == drawn).all()
    assert read.PatientID == "RESEARCH"
    assert not read.PatientName
    assert read.BurnedInAnnotation == "YES"


def test_the_report_holds_every_probability_and_refers_to_the_capture(drawn: picture.Colours) -> None:
    capture = pydicom.dcmread(io.BytesIO(dicom.secondary_capture(drawn)))
    read = pydicom.dcmread(io.BytesIO(structured_report(drawn, ANSWER, "tumor", "0123abcd")))
    assert read.Modality == "SR"
    assert read.StudyInstanceUID == capture.StudyInstanceUID
    text = str(read)
    assert all(f"Probability of {label}" in text for label in ANSWER.probabilities)
    assert "Research only, not for clinical use" in text
    assert "noisy:fez:3" in text
    assert "0123abcd" in text
    evidence = read.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0]
    assert evidence.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == capture.SOPInstanceUID


def test_one_page_of_paper(drawn: picture.Colours) -> None:
    written = page.one_page_pdf(
        page.Written(
            "Tumour on MRI of the brain", "head.png, uploaded", ANSWER.probabilities, ANSWER.possible, ANSWER.backend,
            ["Lesion ≥ 3 mm: " + "x" * 300],
        ),
        drawn,
    )  # fmt: skip

    assert written.startswith(b"%PDF")
    assert written.count(b"/Type /Page\n") == 1
