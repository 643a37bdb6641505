"""The other image models on the tumour page: which one answers, what it says of itself, and what it refuses."""

import numpy as np
import pytest
from dashboard_reading import answered_by, everything, is_fault_free, rows_in_trail, sentences
from made_up_images import archive, dicom, nifti, picture
from streamlit.testing.v1 import AppTest

from qcore.tasks.imaging.examples import EXAMPLES
from qcore.tasks.imaging.subjects import SUBJECTS

TITLES = {name: subject.title for name, subject in SUBJECTS.items()}


@pytest.fixture
def tumor(home: AppTest) -> AppTest:
    """The page as it opens: the first example, noiseless."""
    return home.switch_page("tumor/page.py").run()


def upload(page: AppTest, *files: tuple[str, bytes, str]) -> AppTest:
    page.segmented_control(key="tumor_way").set_value("Upload images").run()
    for name, content, kind in files:
        page.file_uploader(key="tumor_files").upload(name, content, kind)
    return page.run()


def grey(key: str) -> np.ndarray:  # type: ignore[type-arg]
    return EXAMPLES[key].series().pixels[0].astype(np.uint8)


def title(page: AppTest) -> str:
    (found,) = sentences(page.title)
    return found


def models(page: AppTest) -> str:
    return next(text for text in sentences(page.html) if "ResNet" in text)


@pytest.mark.parametrize("key", ["ragged", "clear", "thick"])
def test_examples_say_which_model_answers_and_how_good_it_is(tumor: AppTest, key: str) -> None:
    example, before = EXAMPLES[key], rows_in_trail()
    tumor.selectbox(key="tumor_example").set_value(key).run()
    assert is_fault_free(tumor)
    text = everything(tumor)
    assert title(tumor) == TITLES[example.question]
    assert "[Synthetic: no person stands behind it]" in text
    assert f"probability of {SUBJECTS[example.question].asked}" in text
    assert f"Model: {TITLES[example.question]}, trained on" in text
    assert "28 x 28" in text
    assert "Such a list held the right answer for" in text
    assert "No quantum advantage is claimed." in text
    assert "gradient boosting" not in text
    assert "Classical twin" in models(tumor)
    assert rows_in_trail() == before + 1


def test_noise_stands_beside_the_noiseless_answer(tumor: AppTest) -> None:
    tumor.selectbox(key="tumor_example").set_value("oval").run()
    tumor.selectbox(key="backend_kind").set_value("noisy").run()
    assert is_fault_free(tumor)
    assert "the noise moves it by" in everything(tumor)
    assert answered_by().startswith("noisy:")


@pytest.mark.parametrize(
    ("key", "said", "question"),
    [
        ("ragged", {"Modality": "US", "BodyPartExamined": None}, "breast"),
        ("clear", {"Modality": "DX", "BodyPartExamined": "CHEST"}, "pneumonia"),
    ],
)
def test_a_file_that_says_what_it_shows_chooses_its_model(
    tumor: AppTest, key: str, said: dict[str, str], question: str
) -> None:
    upload(tumor, ("image.dcm", dicom(grey(key), **said), "application/dicom"))
    assert is_fault_free(tumor)
    assert tumor.segmented_control(key="tumor_question").value == question
    assert title(tumor) == TITLES[question]
    assert f"probability of {SUBJECTS[question].asked}" in everything(tumor)


def test_another_choice_than_the_files_own_gets_a_sentence_and_no_answer(tumor: AppTest) -> None:
    upload(tumor, ("image.dcm", dicom(grey("ragged"), Modality="US", BodyPartExamined="BREAST"), "application/dicom"))
    choice = tumor.segmented_control(key="tumor_question")
    choice.set_value("pneumonia").run()
    text = everything(tumor)
    assert "This is not a chest X-ray that the model can judge: the file says that it is an ultrasound image." in text
    assert "choose Breast ultrasound above" in text
    assert "probability of" not in text
    choice.set_value("tumor").run()
    text = everything(tumor)
    assert "This is not a brain MRI that the model knows" in text
    assert "choose Breast ultrasound above" in text
    assert "probability of" not in text


def test_a_picture_says_nothing_and_is_taken_for_a_brain_until_somebody_says_otherwise(tumor: AppTest) -> None:
    upload(tumor, ("image.png", picture(grey("clear")), "image/png"))
    choice = tumor.segmented_control(key="tumor_question")
    assert choice.value == "tumor"
    assert "This is not a brain MRI that the model knows" in everything(tumor)
    assert "choose Chest X-ray above" in everything(tumor)
    choice.set_value("pneumonia").run()
    assert is_fault_free(tumor)
    assert "probability of pneumonia" in everything(tumor)
    # What was said of one upload is not taken over to the next.
    tumor.file_uploader(key="tumor_files").upload("other.png", picture(grey("oval")), "image/png").run()
    assert tumor.segmented_control(key="tumor_question").value == "tumor"


def test_a_segmented_gland_is_known_by_its_cube(tumor: AppTest) -> None:
    mask = EXAMPLES["thick"].series().pixels.transpose(2, 1, 0)
    upload(tumor, ("gland.nii", nifti(mask), "application/octet-stream"))
    assert is_fault_free(tumor)
    assert title(tumor) == TITLES["adrenal"]
    assert "probability of hyperplasia" in everything(tumor)


def test_several_images_are_listed_and_one_of_another_kind_is_named(tumor: AppTest) -> None:
    colours = np.random.default_rng(0).integers(0, 255, (90, 90, 3), np.uint8)
    files = [("a.png", picture(grey("oval"))), ("b.png", picture(grey("ragged"))), ("c.png", picture(colours))]
    upload(tumor, ("all.zip", archive(files), "application/zip"))
    tumor.segmented_control(key="tumor_question").set_value("breast").run()
    assert is_fault_free(tumor)
    assert "2 of 3 images or series answered" in everything(tumor)
    table = tumor.dataframe[0].value
    assert list(table["File"]) == ["b.png", "a.png", "c.png"]
    assert "it has colours" in table["Note"].iloc[-1]
