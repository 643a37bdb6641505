"""The tumour page: examples, an answer in words, noise beside no noise, uploads that are refused or listed."""

import re

import numpy as np
import pytest
from dashboard_reading import answered_by, everything, is_fault_free, rows_in_trail, sentences
from made_up_images import archive, picture
from streamlit.testing.v1 import AppTest

from qcore.tasks.tumor.examples import EXAMPLES
from qcore.tasks.tumor.families import other_families


@pytest.fixture
def tumor(home: AppTest) -> AppTest:
    """The page as it opens: the first example, noiseless."""
    return home.switch_page("tumor/page.py").run()


def headline(page: AppTest) -> str:
    (found,) = [text for text in sentences(page.markdown) if "probability of a tumour" in text]
    return found


def kinds(page: AppTest) -> str:
    return next(text for text in sentences(page.html) if "Meningioma" in text)


def test_examples_are_answered_in_words_and_marked_as_made_up(tumor: AppTest) -> None:
    said = set()
    for key, example in EXAMPLES.items():
        tumor.selectbox(key="tumor_example").set_value(key).run()
        assert is_fault_free(tumor)
        text = everything(tumor)
        assert "[Synthetic: no person stands behind it]" in text
        assert example.story in text
        said.add(":material/notifications_active: Tumour]" in text)
        assert "On test slices such a list held the right answer in" in text
        assert "Classical twin" in kinds(tumor)
    assert said == {True, False}


def test_noise_stands_beside_the_noiseless_answer(tumor: AppTest) -> None:
    assert "Noiseless" not in kinds(tumor)
    before = rows_in_trail()
    tumor.selectbox(key="backend_kind").set_value("noisy").run()
    assert is_fault_free(tumor)
    assert "Noiseless" in kinds(tumor)
    assert "the noise moves it by" in everything(tumor)
    assert answered_by().startswith("noisy:")
    assert rows_in_trail() == before + 1
    tumor.run()
    assert rows_in_trail() == before + 1


def upload(page: AppTest, *files: tuple[str, bytes, str]) -> AppTest:
    page.segmented_control(key="tumor_way").set_value("Upload images").run()
    for name, content, kind in files:
        page.file_uploader(key="tumor_files").upload(name, content, kind)
    page.run()
    return page


def grey(key: str, slice_number: int) -> bytes:
    pixels = EXAMPLES[key].series().pixels[slice_number]
    return picture(np.clip(pixels / 4, 0, 255).astype(np.uint8))


def test_one_picture_is_answered(tumor: AppTest) -> None:
    upload(tumor, ("head.png", grey("ring", 28), "image/png"))
    assert is_fault_free(tumor)
    assert "head.png" in everything(tumor)
    assert headline(tumor)


def test_an_upload_is_kept_while_another_page_is_looked_at_until_it_is_removed(tumor: AppTest) -> None:
    upload(tumor, ("head.png", grey("ring", 28), "image/png"))
    before = headline(tumor)
    tumor.switch_page("home.py").run()
    tumor.switch_page("tumor/page.py").run()
    assert is_fault_free(tumor)
    assert "In use: head.png" in everything(tumor)
    assert headline(tumor) == before
    tumor.button(key="tumor_files_remove").click().run()
    assert is_fault_free(tumor)
    assert "head.png" not in everything(tumor)


def test_what_is_no_brain_is_refused_in_a_sentence(tumor: AppTest) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (90, 90, 3), np.uint8)
    upload(tumor, ("photo.png", picture(noise), "image/png"))
    assert "This is not a brain MRI that the model knows: it is a picture in colours." in everything(tumor)
    assert "probability of a tumour" not in everything(tumor)


def test_what_is_no_image_is_told(tumor: AppTest) -> None:
    upload(tumor, ("letter.txt", b"Dear colleague", "text/plain"))
    assert "no image file that is known here" in everything(tumor)


def test_an_archive_of_several_becomes_a_worklist(tumor: AppTest) -> None:
    files = [("a.png", grey("none", 28)), ("b.png", grey("ring", 28)), ("c.txt", b"nothing")]
    upload(tumor, ("all.zip", archive(files), "application/zip"))
    assert is_fault_free(tumor)
    assert "2 of 2 images or series answered" in everything(tumor)
    table = tumor.dataframe[0].value
    assert list(table["File"]) == ["b.png", "a.png"]
    assert table["Image"].str.startswith("data:image/png;base64,").all()
    # The most suspicious is looked at.
    assert "b.png" in "\n".join(sentences(tumor.caption))


def families(page: AppTest) -> list[str]:
    """The lines of the table of families, none while its section is closed."""
    found = [text for text in sentences(page.html) if "Tumour AUROC" in text]
    return found[0].split("<tr>")[2:] if found else []


def test_other_families_stand_side_by_side_once_their_section_is_opened(tumor: AppTest) -> None:
    assert families(tumor) == []
    before = rows_in_trail()
    tumor.session_state["tumor_other_families"] = True
    tumor.run()
    assert is_fault_free(tumor)
    lines = families(tumor)
    assert "cell by cell" in lines[0]
    others = other_families()
    for line, name in zip(lines[1:], [*(entry.definition.label for entry in others), "ResNet-18, narrow"], strict=True):
        assert name in line
        assert "32 × 32 pixels" in line
    assert rows_in_trail() == before + len(others)
    assert "No quantum advantage is claimed." in everything(tumor)
    tumor.selectbox(key="backend_kind").set_value("noisy").run()
    assert is_fault_free(tumor)
    assert [line.count("<td") for line in families(tumor)] == [lines[0].count("<td") + 1] * len(lines)
    assert answered_by().startswith("noisy:")


def test_what_noise_moved_adds_up_and_is_shown_under_noise_alone(tumor: AppTest) -> None:
    assert "What noise moved" not in everything(tumor)
    tumor.selectbox(key="backend_kind").set_value("noisy").run()
    assert is_fault_free(tumor)
    table = next(text for text in sentences(tumor.html) if "Bias, not measured" in text)
    numbers = [
        [float(cell.replace("−", "-")) for cell in re.findall(r"class='num'>([+−][\d.]+)</td>", row)[:3]]
        for row in table.split("<tr>")[2:]
    ]
    *terms, evidence = numbers
    assert len(terms) == 5
    # Every number is rounded to two digits.
    assert np.sum(terms, axis=0) == pytest.approx(evidence, abs=0.04)
    assert evidence[2] == pytest.approx(evidence[1] - evidence[0], abs=0.011)
    assert "±" not in table
