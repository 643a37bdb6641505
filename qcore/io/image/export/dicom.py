"""A picture as a DICOM object: a secondary capture that names nobody.

Reading keeps no name, no number and no date of the patient, and no identifier of the images, so that the object cannot
be filed under a person by itself: whoever imports it says whose it is.
"""

import io
from collections.abc import Sequence

from highdicom.sc import SCImage
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from qcore.io.image.export.picture import Colours

MAKER = "Qlinical"
PATIENT = "RESEARCH"


def secondary_capture(picture: Colours) -> bytes:
    """Return a picture ``(height, width, 3)`` as a DICOM file."""
    return as_file(capture_of(picture))


def capture_of(picture: Colours) -> SCImage:
    """Return the object of a picture ``(height, width, 3)``; the same picture has the same identifiers."""
    seeds = [picture.tobytes()]
    capture = SCImage(
        pixel_array=picture, photometric_interpretation="RGB", bits_allocated=8, coordinate_system="PATIENT",
        study_instance_uid=_uid(seeds, "study"), series_instance_uid=_uid(seeds, "series"), series_number=1,
        sop_instance_uid=_uid(seeds, "capture"), instance_number=1, manufacturer=MAKER, patient_id=PATIENT,
        patient_orientation=("L", "P"),
    )  # fmt: skip
    # The library asks for an orientation; a picture with a caption beneath has none.
    capture.PatientOrientation = []
    capture.BurnedInAnnotation = "YES"
    return capture


def _uid(seeds: Sequence[bytes], what: str) -> str:
    """Return the same identifier for the same picture, so that report and capture fit whenever they are written."""
    return str(generate_uid(entropy_srcs=[what, *(seed.hex()[:4096] for seed in seeds)]))


def as_file(dataset: Dataset) -> bytes:
    """Return an object as the bytes of a file."""
    written = io.BytesIO()
    dataset.save_as(written)
    return written.getvalue()
