"""Pictures of series for the viewer, and their bytes."""

import json
import re
import struct
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dashboard.shared.viewer.component import MODULES, _slice_of, script
from dashboard.shared.viewer.encoding import digest_of, encode, same
from dashboard.shared.viewer.picture import Marks, Overlay, Picture
from qcore.io.image.series import Geometry, Series
from tests.made_up_pictures import anisotropic, colours, head, nowhere, oblique, one_slice, series

SMALL = head(4, 6, 5)


def header(data: bytes) -> dict[str, Any]:
    (length,) = struct.unpack_from("<I", data)
    found: dict[str, Any] = json.loads(data[4 : 4 + length])
    return found


def body(data: bytes) -> bytes:
    (length,) = struct.unpack_from("<I", data)
    return data[-(-(4 + length) // 4) * 4 :]


def test_pixels_and_overlays_lie_where_the_layout_says() -> None:
    picture = anisotropic(4, 7, 5)
    data = encode(picture)
    pixels = np.frombuffer(body(data), np.int16, 4 * 7 * 5).reshape(4, 7, 5)
    assert (pixels == picture.pixels).all()
    overlays = np.frombuffer(body(data)[pixels.nbytes :], np.uint8).reshape(3, 4, 7, 5)
    assert all((sent == overlay.values).all() for sent, overlay in zip(overlays, picture.overlays, strict=True))
    assert header(data)["marks"]["values"][0] is None


def test_a_series_lies_where_its_file_says() -> None:
    picture = anisotropic()
    assert picture.spacing_mm == (6, 1.5, 2)
    assert picture.planes
    assert picture.axes is not None
    np.testing.assert_allclose(picture.axes, [[0, 0, 1], [0, 1, 0], [1, 0, 0]])
    assert not nowhere().planes
    assert nowhere().axes is None
    assert one_slice().spacing_mm == (None, 0.7, 0.7)
    assert header(encode(oblique()))["window"] == [300, 600]
    assert header(encode(colours()))["type"] == "rgb8"


def test_slices_against_their_normal_are_not_turned_over() -> None:
    usual = series(SMALL, (2.0, 1.0, 1.0)).geometry
    assert usual is not None
    picture = Picture.of(Series(SMALL, geometry=replace(usual, positions=usual.positions[::-1])))
    assert picture.axes is not None
    np.testing.assert_allclose(picture.axes[0], [0, 0, -1], atol=1e-12)
    assert picture.planes


@pytest.mark.parametrize("shift", [(0.0, 0.0, 1.0), (0.0, 0.5, 0.0)], ids=["gap", "tilted gantry"])
def test_no_planes_across_slices_that_are_not_evenly_stacked(shift: tuple[float, float, float]) -> None:
    usual = series(SMALL, (2.0, 1.0, 1.0)).geometry
    assert usual is not None
    moved = usual.positions + np.outer([0, 0, 0, 1], shift)
    picture = Picture.of(Series(SMALL, geometry=replace(usual, positions=moved)))
    assert not picture.planes
    assert picture.spacing_mm == (None, 1.0, 1.0)
    assert header(encode(picture))["axes"] is not None


def test_a_single_slice_has_a_place_but_no_planes() -> None:
    place = Geometry((1.0, 1.0), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), np.zeros((1, 3)))
    assert not Picture.of(Series(SMALL[:1], geometry=place)).planes


def test_numbers_become_overlays() -> None:
    values = np.array([[[-2.0, 0.0, 1.0, 4.0, np.nan]]])
    assert Overlay.of_numbers("a", values, "").values.tolist() == [[[0, 0, 64, 255, 0]]]
    assert Overlay.of_numbers("a", values, "", signed=True, most=2.0).values.tolist() == [[[1, 128, 192, 255, 128]]]
    assert Overlay.of_numbers("a", np.zeros((1, 1, 2)), "", signed=True).values.tolist() == [[[128, 128]]]


def test_what_changes_the_view_and_what_does_not() -> None:
    plain, other = Picture(SMALL), Picture(SMALL, caption="more")
    one, two = header(encode(plain)), header(encode(other))
    assert one["pixels"] == two["pixels"]
    assert one["digest"] != two["digest"]
    moved = header(encode(Picture(SMALL, spacing_mm=(None, 1.0, 2.0))))
    assert moved["pixels"] != one["pixels"]
    assert same(plain, Picture(SMALL))
    assert not same(plain, other)
    assert not same(plain, Picture(SMALL.copy()))


def test_a_window_without_width_is_none() -> None:
    assert header(encode(Picture(SMALL, window=(40.0, 0.0))))["window"] is None
    assert header(encode(Picture(SMALL, start=1)))["start"] == 1


BYTES = np.zeros((4, 6, 5), np.uint8)


@pytest.mark.parametrize(
    "change",
    [
        {"pixels": SMALL[0]},
        {"pixels": SMALL[:0]},
        {"pixels": SMALL.astype(np.float64)},
        {"pixels": BYTES},
        {"pixels": np.zeros((4, 6, 5, 4), np.uint8)},
        {"spacing_mm": (1.0, 0.0, 1.0)},
        {"axes": np.eye(2)},
        {"axes": np.full((3, 3), np.nan)},
        {"origin_mm": np.zeros(2)},
        {"planes": True},
        {"overlays": (Overlay("a", BYTES[1:], ""),)},
        {"overlays": (Overlay("a", BYTES.astype(np.int16), ""),)},
        {"overlays": (Overlay("a", BYTES[:2], "", slices=(1, 1)),)},
        {"overlays": (Overlay("a", BYTES[:1], "", slices=(4,)),)},
        {"marks": Marks(np.zeros(3), "")},
        {"marks": Marks(np.array([0, 0, 0, 1.5]), "")},
    ],
)
def test_shapes_that_do_not_agree_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|are|is|need|names"):
        encode(replace(Picture(SMALL), **change))


def test_more_than_streamlit_sends_is_refused() -> None:
    pixels = np.broadcast_to(np.float32(0), (60, 1000, 1000))
    with pytest.raises(ValueError, match="at most"):
        encode(Picture(pixels))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(3, 3), (4, None), (-1, None), (True, None), ("1", None), (1.0, None), (None, None)],
)
def test_only_a_slice_that_is_there_is_explained(asked: object, expected: int | None) -> None:
    picture = Picture(SMALL)
    data = encode(picture)
    assert _slice_of({"slice": asked, "digest": digest_of(data)}, picture, data) == expected
    assert _slice_of({"slice": 1, "digest": "another picture"}, picture, data) is None
    assert _slice_of(None, picture, data) is None


def test_the_script_is_one_module_that_loads_nothing() -> None:
    text = script()
    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert len(re.findall(r"^export\b", text, re.MULTILINE)) == 1
    assert len(MODULES) == 14
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
