"""Small image files made up for tests: DICOM slices, NIfTI volumes, pictures and archives of them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

NAME = "Doe^Jane"
"""A name that must not leave a file."""
SERIES = generate_uid(entropy_srcs=["made up"])


def dicom(pixels: NDArray[np.generic], **elements: Any) -> bytes:
    """Return a DICOM object of one slice or, of three dimensions, of several frames; None leaves an element out."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = MRImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = generate_uid()
    dataset.PatientName, dataset.PatientID, dataset.InstitutionName = NAME, "12345", "St Elsewhere"
    bits = 8 * pixels.dtype.itemsize
    usual: Mapping[str, Any] = {
        "SeriesInstanceUID": SERIES, "Modality": "MR", "BodyPartExamined": "BRAIN", "InstanceNumber": 1,
        "Rows": pixels.shape[-2], "Columns": pixels.shape[-1], "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2", "BitsAllocated": bits, "BitsStored": bits, "HighBit": bits - 1,
        "PixelRepresentation": int(pixels.dtype.kind == "i"), "PixelSpacing": [0.5, 0.5],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "ImagePositionPatient": [0, 0, 0],
    }  # fmt: skip
    if pixels.ndim == 3:
        usual = {**usual, "NumberOfFrames": len(pixels)}
    for name, value in {**usual, **elements}.items():
        if value is not None:
            setattr(dataset, name, value)
    dataset.add_new("PixelData", "OW" if bits > 8 else "OB", pixels.tobytes() + b"\0" * (pixels.nbytes % 2))
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def slices(n: int, step_mm: float = 3.0, **elements: Any) -> list[tuple[str, bytes]]:
    """Return files of a series; slice k holds k everywhere and lies at k steps along the normal."""
    return [
        (
            f"{k}.dcm",
            dicom(
                np.full((4, 6), k, np.int16),
                InstanceNumber=k + 1,
                **{"ImagePositionPatient": [0, 0, step_mm * k], **elements},
            ),
        )
        for k in range(n)
    ]


def nifti(values: NDArray[np.generic], affine: NDArray[np.float64] | None = None) -> bytes:
    """Return a NIfTI file that says where it lies."""
    image = nibabel.Nifti1Image(values, np.eye(4) if affine is None else affine)
    return bytes(image.to_bytes())


def picture(values: NDArray[np.generic], form: str = "PNG", mode: str | None = None) -> bytes:
    """Return a picture."""
    file = io.BytesIO()
    image = Image.fromarray(values)
    (image.convert(mode) if mode else image).save(file, form)
    return file.getvalue()


def archive(files: Sequence[tuple[str, bytes]]) -> bytes:
    """Return a ZIP archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as writer:
        for name, data in files:
            writer.writestr(name, data)
    return file.getvalue()
