"""An answer as a DICOM structured report (TID 1500) that refers to the secondary capture of its picture."""

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
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import generate_uid

from qcore.io.image.export.dicom import MAKER, as_file, capture_of
from qcore.io.image.export.picture import Colours
from qcore.tasks.tumor.answer import Answer
from qcore.version import VERSION

OWN = "99QLINICAL"
"""Scheme of the codes that no public scheme has."""
PER_HUNDRED = codes.UCUM.Percent


def structured_report(picture: Colours, answer: Answer, model_card: str, digest: str) -> bytes:
    """Return what was answered as a DICOM structured report (TID 1500) that refers to the secondary capture.

    Args:
        picture: of the secondary capture, which is its evidence.
        answer: of the model.
        model_card: name of the model's card.
        digest: of its trained numbers.
    """
    capture = capture_of(picture)
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
        ("Decision", answer.decision),
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
        # What a report names as its finding counts as found.
        finding_type=Code("108369006", "SCT", "Neoplasm") if answer.is_tumour and answer.is_certain else None,
        measurements=kinds,
        qualitative_evaluations=said,
    )
    report = MeasurementReport(
        observation_context=ObservationContext(observer_device_context=observer),
        procedure_reported=Code("24590-2", "LN", "MR Brain"),
        imaging_measurements=[group],
    )
    return as_file(
        ComprehensiveSR(
            evidence=[capture], content=report[0], series_instance_uid=generate_uid(), series_number=2,
            sop_instance_uid=generate_uid(), instance_number=1, manufacturer=MAKER, is_complete=True, is_final=False,
        )
    )  # fmt: skip
