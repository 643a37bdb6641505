"""Images and glands become what MedMNIST made of them, and maps find their way back."""

from pathlib import Path

import numpy as np
import pytest
from made_up_images import dicom, nifti, picture

from qcore.io.image.dicom import frames_of
from qcore.io.image.nifti import read_nifti
from qcore.io.image.raster import read_raster
from qcore.io.image.series import Series
from qcore.io.image.stacks import stacked
from qcore.tasks.imaging.examples import EXAMPLES
from qcore.tasks.imaging.preparation import SIDE, gland, grey, prepared
from qcore.tasks.imaging.subjects import SUBJECTS

BREAST, CHEST, ADRENAL = SUBJECTS.values()
RNG = np.random.default_rng(0)


def test_an_image_of_the_data_set_stays_as_it_is() -> None:
    pixels = RNG.integers(0, 256, (SIDE, SIDE), np.uint8)
    (series,) = read_raster(picture(pixels))
    for subject in (BREAST, CHEST):
        np.testing.assert_array_equal(prepared(series, subject).x[0, 0].numpy(), pixels.astype(np.float32) / 255)


def test_ultrasound_is_resized_whole_and_an_x_ray_cut_to_the_square_in_its_middle() -> None:
    pixels = np.zeros((100, 200), np.int16)
    pixels[:, :50] = 200
    whole, cut = (prepared(Series(pixels[None]), subject) for subject in (BREAST, CHEST))
    assert whole.x.shape == cut.x.shape == (1, 1, SIDE, SIDE)
    # A quarter of the width is bright; of the square in the middle, nothing.
    assert float(whole.x.mean()) == pytest.approx(0.25 * 200 / 255, abs=0.01)
    assert float(cut.x.max()) == 0
    assert cut.box == (0, 50, 100, 100)


def of_dicom(pixels: np.ndarray, **elements: object) -> Series:  # type: ignore[type-arg]
    (series,) = stacked(frames_of(dicom(pixels, Modality="DX", BodyPartExamined="CHEST", **elements)))
    return series


def test_bones_stay_bright_whichever_way_a_file_stores_them() -> None:
    pixels = np.sort(RNG.integers(0, 4096, (60, 60)).astype(np.uint16), axis=1)
    usual = of_dicom(pixels, BitsStored=12, HighBit=11)
    inverted = of_dicom(4095 - pixels, BitsStored=12, HighBit=11, PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_array_equal(grey(usual), grey(inverted))
    assert grey(usual)[:, -1].mean() > 200 > 60 > grey(usual)[:, 0].mean()


def test_the_window_of_a_file_is_used() -> None:
    pixels = np.array([[0, 1000], [1500, 4000]], np.uint16)
    shown = grey(of_dicom(pixels, WindowCenter=1500, WindowWidth=1000))
    np.testing.assert_array_equal(shown, [[0, 0], [128, 255]])


def test_a_map_lies_over_what_the_model_sees() -> None:
    case = prepared(Series(np.zeros((1, 100, 200), np.int16)), CHEST)
    placed = case.placed(np.ones((SIDE, SIDE)))
    assert placed.shape == (1, 100, 200)
    assert (placed[0, :, 50:150] == 1).all()
    assert placed.sum() == 100 * 100


def test_a_block_keeps_the_order_of_its_axes_and_its_map_goes_back() -> None:
    mask = np.zeros((SIDE,) * 3, np.uint8)
    mask[3:9, 10:14, 20:22] = 255
    (series,) = read_nifti(nifti(mask))
    case = prepared(series, ADRENAL)
    np.testing.assert_array_equal(case.x[0, 0].numpy(), mask / 255)
    np.testing.assert_array_equal(case.placed(mask.astype(np.float64)) > 0, series.pixels > 0)


def test_the_map_of_a_larger_block_lies_over_the_gland() -> None:
    series = EXAMPLES["thick"].series()
    case = prepared(series, ADRENAL)
    placed = case.placed(case.x[0, 0].numpy()) > 0.5
    assert placed.shape == series.pixels.shape
    both = (placed & (series.pixels > 0)).sum()
    assert 2 * both / (placed.sum() + (series.pixels > 0).sum()) > 0.9


def test_64_voxels_become_the_28_of_the_data_set(data: Path) -> None:
    folder = data / "medmnist"
    small, large = (folder / f"adrenalmnist3d{which}.npz" for which in ("", "_64"))
    with np.load(small) as few, np.load(large) as many:
        for block, expected in zip(many["test_images"][:12], few["test_images"][:12], strict=True):
            (series,) = read_nifti(nifti(block))
            np.testing.assert_array_equal(gland(series), expected > 0)
