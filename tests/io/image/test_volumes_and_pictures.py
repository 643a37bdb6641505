"""NIfTI volumes, pictures and archives."""

import gzip

import numpy as np
import pytest
from made_up_images import archive, dicom, nifti, picture, slices

from qcore.errors import UnreadableInput
from qcore.io.image.upload import read_upload

RNG = np.random.default_rng(3)
VALUES = np.arange(2 * 3 * 4, dtype=np.int16).reshape(2, 3, 4)


def test_a_slice_of_a_volume_is_as_it_is_stored() -> None:
    (series,) = read_upload([("a.nii", nifti(VALUES))]).series
    assert series.pixels.shape == (4, 3, 2)
    assert series.pixels[1, 2, 0] == VALUES[0, 2, 1]


def test_axes_are_those_of_dicom() -> None:
    """NIfTI's x grows to the right, DICOM's to the left."""
    affine = np.diag([0.5, 0.7, 3, 1.0])
    affine[:3, 3] = [-10, 20, 30]
    (series,) = read_upload([("a.nii.gz", gzip.compress(nifti(VALUES, affine)))]).series
    place = series.geometry
    assert place is not None
    assert place.spacing_mm == pytest.approx((0.7, 0.5))
    np.testing.assert_allclose(place.along_row, [-1, 0, 0])
    np.testing.assert_allclose(place.along_column, [0, -1, 0])
    np.testing.assert_allclose(place.positions[0], [10, -20, 30])
    assert place.slice_spacing_mm == pytest.approx(3)


def test_of_several_volumes_the_first_is_shown_and_told() -> None:
    (series,) = read_upload([("a.nii", nifti(RNG.normal(size=(3, 4, 5, 6)).astype(np.float32)))]).series
    assert series.pixels.shape == (5, 4, 3)
    assert series.notes == ("The file holds 6 volumes; the first is shown.",)


def test_what_is_no_number_is_told() -> None:
    values = RNG.normal(size=(3, 4, 5)).astype(np.float32)
    values[0, 0, 0] = np.nan
    (series,) = read_upload([("a.nii", nifti(values))]).series
    assert series.pixels[0, 0, 0] == 0
    assert "no numbers" in series.notes[0]


def test_a_slanted_volume_has_no_orientation() -> None:
    affine = np.eye(4)
    affine[0, 1] = 0.3
    (series,) = read_upload([("a.nii", nifti(VALUES, affine))]).series
    assert series.geometry is None
    assert "right angles" in series.notes[0]


def test_a_colour_volume_is_shown_in_greys_and_called_coloured() -> None:
    rgba = np.zeros((2, 3, 4), dtype=[("R", "u1"), ("G", "u1"), ("B", "u1"), ("A", "u1")])
    rgba["R"] = 200
    (series,) = read_upload([("a.nii", nifti(rgba))]).series
    assert series.colour
    assert (series.pixels == 60).all()


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_grey_picture_is_grey_in_any_form(form: str, mode: str) -> None:
    values = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (64, 1))
    (series,) = read_upload([("a", picture(values, form, mode))]).series
    assert not series.colour
    assert series.geometry is None
    np.testing.assert_allclose(series.pixels[0], values, atol=3)


def test_a_photo_is_coloured() -> None:
    values = np.zeros((32, 32, 3), np.uint8)
    values[..., 0] = 180
    assert read_upload([("a", picture(values))]).series[0].colour


def test_sixteen_bits_are_kept() -> None:
    values = np.array([[0, 40_000], [65_535, 7]], np.uint16)
    (series,) = read_upload([("a", picture(values))]).series
    np.testing.assert_array_equal(series.pixels[0], values)


def test_what_is_transparent_is_black() -> None:
    values = np.full((4, 4, 4), 255, np.uint8)
    values[..., 3] = 0
    assert read_upload([("a", picture(values))]).series[0].pixels.max() == 0


def test_an_archive_is_read_like_a_folder_and_other_files_are_named() -> None:
    packed = archive(
        [*slices(4), ("report.pdf", b"%PDF-1.7"), ("__MACOSX/._0.dcm", b"x"), ("inner.zip", archive([]) + b"")]
    )
    found = read_upload([("case.zip", packed)])
    assert [len(series) for series in found.series] == [4]
    assert dict(found.unread)["report.pdf"].startswith("This is a PDF.")
    assert "__MACOSX/._0.dcm" not in dict(found.unread)


UNREADABLE = {
    "nothing": (b"", "empty"),
    "text": (b"hello", "no image file that is known"),
    "a broken archive": (b"PK\x03\x04broken", "archive is damaged"),
    "an empty archive": (archive([]), "There is no image in it"),
    "an archive of text": (archive([("a.txt", b"x")]), "no image file that is known"),
    "a PNG's first bytes": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "damaged or cut off"),
    "half a PNG": (picture(RNG.integers(0, 255, (64, 64), np.uint8))[:-200], "damaged or cut off"),
    "a JPEG's first bytes": (b"\xff\xd8\xff\xe0" + b"\0" * 50, "damaged or cut off"),
    "gzip's first bytes": (b"\x1f\x8b" + b"\0" * 50, "damaged or cut off"),
    "half a gzip file": (gzip.compress(nifti(VALUES))[:-9], "damaged or cut off"),
    "compressed text": (gzip.compress(b"text"), "damaged or cut off"),
    "half a NIfTI file": (nifti(VALUES)[:370], "damaged or cut off"),
    "a NIfTI header of ones": (b"\x5c\x01\0\0" + b"\xff" * 400, "damaged or cut off"),
    "a web page": (b"<html>", "web page"),
    "a GIF": (b"GIF89a", "a GIF"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_told_in_a_sentence(name: str) -> None:
    data, sentence = UNREADABLE[name]
    with pytest.raises(UnreadableInput, match=sentence):
        read_upload([("a", data)])


def test_a_file_that_cannot_be_read_does_not_hide_the_others() -> None:
    found = read_upload(
        [("cut.dcm", dicom(np.ones((4, 6), np.int16))[:-9]), ("a.png", picture(np.ones((4, 4), np.uint8)))]
    )
    assert found.names == ("a.png",)
    assert found.unread[0][0] == "cut.dcm"
