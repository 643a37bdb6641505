"""DICOM's codes of how an image was made, as a person calls them."""

from collections.abc import Mapping

MODALITIES: Mapping[str, str] = {
    "CT": "a CT", "PT": "a PET", "CR": "an X-ray", "DX": "an X-ray", "RF": "an X-ray", "XA": "an angiogram",
    "MG": "a mammogram", "US": "an ultrasound image", "NM": "a scintigram", "OP": "a photograph of an eye",
    "XC": "a photograph", "ES": "an endoscopic image", "SM": "a microscopic image", "GM": "a microscopic image",
    "OPT": "a tomogram of an eye", "IO": "an X-ray of teeth", "PX": "an X-ray of teeth", "SEG": "a segmentation",
    "RTDOSE": "a radiation dose", "MR": "an MRI",
}  # fmt: skip
"""Other codes say nothing about what an image shows."""
