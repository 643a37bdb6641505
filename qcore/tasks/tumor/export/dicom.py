"""DICOM objects of an answer: a secondary capture of the picture, and a structured report that refers to it.

Reading keeps no name, no number and no date of the patient, and no identifier of the images, so that neither object
can be filed under a person by itself: whoever imports them says whose they are.
"""

import io
from collections.abc import Sequence

from highdicom.sc import SCImage
from highdicom.sr import (
    ComprehensiveSR,
    DeviceObserverIdentifyingAttributes,
    Measurement,
    MeasurementReport,
    MeasurementsAndQualitativeEvaluations,
    ObservationContext,
    ObserverContext,
    QualitativeEvaluation,
    TrackingIdentifier,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import generate_uid

from qcore.tasks.tumor.answer import Answer
from qcore.tasks.tumor.export.picture import Colours
from qcore.version import VERSION

MAKER, MODEL = "Qlinical", "Tumour on MRI of the brain, research only"
PATIENT = "RESEARCH"
OWN = "99QLINICAL"
"""Scheme of the codes that no public scheme has."""
PER_HUNDRED = codes.UCUM.Percent


def secondary_capture(picture: Colours) -> bytes:
    """Return a picture ``(height, width, 3)`` as a DICOM file."""
    return _written(_capture(picture))


def structured_report(picture: Colours, answer: Answer, model_card: str, digest: str) -> bytes:
    """Return what was answered as a DICOM structured report (TID 1500) that refers to the secondary capture.

    Args:
        picture: of the secondary capture, which is its evidence.
        answer: of the model.
        model_card: name of the model's card.
        digest: of its trained numbers.
    """
    capture = _capture(picture)
    device = DeviceObserverIdentifyingAttributes(
        uid=generate_uid(entropy_srcs=[digest]),
        name=f"{MAKER} {VERSION}",
        manufacturer_name=MAKER,
        model_name=f"{model_card} {digest}",
    )
    observer = ObserverContext(codes.DCM.Device, device)
    kinds = [
        Measurement(
            name=Code(f"P{number}", OWN, f"Probability of {label}"), value=round(100 * value, 2), unit=PER_HUNDRED
        )
        for number, (label, value) in enumerate(answer.probabilities.items())
    ]
    sentences = [
        ("Use", "Research only, not for clinical use"),
        ("Possible kinds, conformal set of 90 %", ", ".join(answer.possible)),
        ("Place where the quantum circuit ran", answer.backend),
    ]
    said = [
        QualitativeEvaluation(Code(f"S{number}", OWN, name), Code(f"V{number}", OWN, value[:64]))
        for number, (name, value) in enumerate(sentences)
    ]
    group = MeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(generate_uid(), "series"),
        finding_type=Code("108369006", "SCT", "Neoplasm"),
        measurements=kinds,
        qualitative_evaluations=said,
    )
    report = MeasurementReport(
        observation_context=ObservationContext(observer_device_context=observer),
        procedure_reported=Code("24590-2", "LN", "MR Brain"),
        imaging_measurements=[group],
    )
    return _written(
        ComprehensiveSR(
            evidence=[capture], content=report[0], series_instance_uid=generate_uid(), series_number=2,
            sop_instance_uid=generate_uid(), instance_number=1, manufacturer=MAKER, is_complete=True, is_final=False,
        )
    )  # fmt: skip


def _capture(picture: Colours) -> SCImage:
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


def _written(dataset: Dataset) -> bytes:
    written = io.BytesIO()
    dataset.save_as(written)
    return written.getvalue()
