"""DICOM files to series: order, geometry, doubles, gaps, values, and that nobody's name comes along."""

import numpy as np
import pytest
from made_up_images import NAME, dicom, slices
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid

from qcore.errors import UnreadableInput
from qcore.io.image.upload import read_upload
from qcore.io.image.wire import from_upload, to_upload


def test_slices_in_any_order_are_put_in_the_order_of_space() -> None:
    files = slices(7)
    (series,) = read_upload([files[k] for k in (4, 0, 6, 2, 1, 5, 3)]).series
    assert series.pixels[:, 0, 0].tolist() == list(range(7))
    assert series.geometry is not None
    assert series.geometry.slice_spacing_mm == pytest.approx(3)
    assert (series.modality, series.body_part, series.spacing_mm) == ("MR", "BRAIN", (0.5, 0.5))
    assert not series.notes


def test_space_counts_and_not_the_number_of_the_image() -> None:
    files = [(name, dicom(np.full((4, 6), k, np.int16), InstanceNumber=9 - k, ImagePositionPatient=[0, 0, k]))
             for k, (name, _) in enumerate(slices(5))]  # fmt: skip
    (series,) = read_upload(files).series
    assert series.pixels[:, 0, 0].tolist() == list(range(5))


def test_an_oblique_series_keeps_its_axes() -> None:
    angle = np.deg2rad(25)
    axes = [1, 0, 0, 0, np.cos(angle), np.sin(angle)]
    normal = np.cross(axes[:3], axes[3:])
    files = [(f"{k}", dicom(np.full((4, 6), k, np.int16), ImageOrientationPatient=axes,
                            ImagePositionPatient=list(4 * k * normal))) for k in (2, 0, 1)]  # fmt: skip
    (series,) = read_upload(files).series
    assert series.geometry is not None
    np.testing.assert_allclose(series.geometry.normal, normal, atol=1e-9)
    assert series.geometry.slice_spacing_mm == pytest.approx(4)
    assert series.pixels[:, 0, 0].tolist() == [0, 1, 2]


def test_missing_and_doubled_slices_are_told() -> None:
    files = slices(8)
    (series,) = read_upload([*files[:4], *files[5:], files[0]]).series
    assert len(series) == 7
    assert "1 slice came twice" in series.notes[0]
    assert "1 slice seems to be missing" in series.notes[1]


def test_two_series_in_one_folder_are_two_to_choose_from() -> None:
    other = slices(3, SeriesInstanceUID=generate_uid(), Modality="CT")
    found = read_upload([*other, *slices(5)])
    assert [(len(series), series.modality) for series in found.series] == [(5, "MR"), (3, "CT")]


def test_a_place_measured_twice_is_two_volumes() -> None:
    """As of two echoes, or of a magnitude and a phase, under one series."""
    second = [
        (
            f"b{k}",
            dicom(np.full((4, 6), 100 + k, np.int16), InstanceNumber=50 + k, ImagePositionPatient=[0, 0, 3.0 * k]),
        )
        for k in range(4)
    ]
    first, then = read_upload([*slices(4), *second]).series
    assert first.pixels[:, 0, 0].tolist() == [0, 1, 2, 3]
    assert then.pixels[:, 0, 0].tolist() == [100, 101, 102, 103]


def test_enhanced_multiframe_takes_each_frames_own_place_and_scale() -> None:
    def group(**elements: object) -> Sequence:
        inner = Dataset()
        for name, value in elements.items():
            setattr(inner, name, value)
        return Sequence([inner])

    frames = []
    for depth in (2, 0, 1):
        frame = Dataset()
        frame.PlanePositionSequence = group(ImagePositionPatient=[0, 0, 5.0 * depth])
        frame.PixelValueTransformationSequence = group(RescaleSlope=2, RescaleIntercept=10 * depth)
        frames.append(frame)
    shared = Dataset()
    shared.PlaneOrientationSequence = group(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    shared.PixelMeasuresSequence = group(PixelSpacing=[0.9, 0.7])
    data = dicom(
        np.stack([np.full((4, 6), depth, np.int16) for depth in (2, 0, 1)]),
        PixelSpacing=None, ImageOrientationPatient=None, ImagePositionPatient=None,
        SharedFunctionalGroupsSequence=Sequence([shared]), PerFrameFunctionalGroupsSequence=Sequence(frames),
    )  # fmt: skip
    (series,) = read_upload([("enhanced", data)]).series
    assert series.pixels[:, 0, 0].tolist() == [0, 12, 24]
    assert series.spacing_mm == (0.9, 0.7)
    assert series.geometry is not None
    assert series.geometry.slice_spacing_mm == pytest.approx(5)


@pytest.mark.parametrize("signed", [False, True])
def test_of_inverted_greys_the_brighter_is_larger(signed: bool) -> None:
    stored = np.array([[0, 1], [2, 100]], np.int16 if signed else np.uint16)
    data = dicom(stored, PhotometricInterpretation="MONOCHROME1", BitsStored=12, HighBit=11, RescaleSlope=2,
                 RescaleIntercept=-5, WindowCenter=40, WindowWidth=80)  # fmt: skip
    (series,) = read_upload([("x", data)]).series
    whole = 2 * (-1 if signed else 4095) - 10
    np.testing.assert_array_equal(series.pixels[0], whole - (2 * stored.astype(int) - 5))
    assert series.window == (whole - 40, 80)


def test_units_of_a_ct_are_hounsfields() -> None:
    data = dicom(np.array([[0, 1024]], np.uint16), RescaleSlope=1, RescaleIntercept=-1024, Modality="CT")
    (series,) = read_upload([("ct", data)]).series
    assert series.pixels.tolist() == [[[-1024, 0]]]


@pytest.mark.parametrize(
    "elements",
    [
        {"ImagePositionPatient": None},
        {"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]},
        {"ImageOrientationPatient": None},
        {"ImageOrientationPatient": [0, 0, 0, 0, 0, 0]},
        {"PixelSpacing": None},
    ],
)
def test_without_a_full_geometry_there_is_none(elements: dict[str, object]) -> None:
    (series,) = read_upload([("x", dicom(np.ones((4, 6), np.int16), **elements))]).series
    assert series.geometry is None
    assert series.spacing_mm == (None if "PixelSpacing" in elements else (0.5, 0.5))


def test_nothing_says_whose_images_they_are() -> None:
    sent = b"".join(bytes(part) for part in from_upload(read_upload(slices(3))))
    assert NAME.encode() not in sent
    assert b"12345" not in sent
    assert b"Elsewhere" not in sent
    assert b"1.2.826" not in sent, "identifiers stay with the file"


def test_what_a_process_sends_is_what_it_read() -> None:
    upload = read_upload([*slices(3), ("notes.txt", b"hello")])
    again = to_upload(from_upload(upload))
    assert (again.names, again.unread) == (upload.names, upload.unread)
    for one, other in zip(again.series, upload.series, strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)
        assert one.geometry is not None
        assert other.geometry is not None
        np.testing.assert_array_equal(one.geometry.positions, other.geometry.positions)
        assert (one.spacing_mm, one.window, one.notes) == (other.spacing_mm, other.window, other.notes)


@pytest.mark.parametrize(
    ("elements", "sentence"),
    [
        ({"Rows": 0}, "size of zero"),
        ({"Rows": 65535, "Columns": 65535}, "too large"),
        ({"NumberOfFrames": 2_000_000_000}, "too large"),
        ({"Rows": 4000}, "damaged or cut off"),
        ({"SamplesPerPixel": 7}, "damaged"),
        ({"PhotometricInterpretation": "NONSENSE", "SamplesPerPixel": 3}, "damaged"),
        ({"BitsAllocated": 13}, "damaged"),
    ],
)
def test_a_header_that_cannot_be_is_told(elements: dict[str, object], sentence: str) -> None:
    with pytest.raises(UnreadableInput, match=sentence):
        read_upload([("x", dicom(np.ones((4, 6), np.int16), **elements))])


def test_however_a_file_is_cut_it_is_read_or_told() -> None:
    data = dicom(np.arange(24, dtype=np.int16).reshape(4, 6))
    for end in range(1, len(data), 37):
        with pytest.raises(UnreadableInput, match=r"\.$"):
            read_upload([("cut", data[:end])])
