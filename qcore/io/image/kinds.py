"""What a file is, from its first bytes: names and endings are no evidence."""

from enum import StrEnum

from qcore.errors import UnreadableInput


class FileKind(StrEnum):
    """A kind of file that can be opened."""

    DICOM = "DICOM"
    NIFTI = "NIfTI"
    RASTER = "picture"


DICOM_GROUPS = (b"\x02\x00", b"\x08\x00")
"""First group of an object without preamble, as old archives have them (little endian)."""
NIFTI_SIZES = {b"\x5c\x01\0\0", b"\0\0\x01\x5c", b"\x1c\x02\0\0", b"\0\0\x02\x1c"}
OTHERS = (
    (b"%PDF", "a PDF"),
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"NRRD", "an NRRD file"),
    (b"\x89HDF", "an HDF5 or MINC file"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"{", "JSON"),
    (b"<", "XML or a web page"),
)


def kind_of(data: bytes) -> FileKind:
    """Return what a file is.

    Raises:
        UnreadableInput: it is empty, or nothing that can be opened.
    """
    if not data:
        raise UnreadableInput("The file is empty.")
    if data[128:132] == b"DICM" or (data[:2] in DICOM_GROUPS and len(data) > 8 and data[3] == 0):
        return FileKind.DICOM
    if data[:8] == b"\x89PNG\r\n\x1a\n" or data[:3] == b"\xff\xd8\xff":
        return FileKind.RASTER
    if data[:4] in NIFTI_SIZES or data[:2] == b"\x1f\x8b":
        return FileKind.NIFTI
    known = next((name for magic, name in OTHERS if data.startswith(magic)), "no image file that is known here")
    raise UnreadableInput(f"This is {known}. DICOM, NIfTI, PNG, JPEG and ZIP archives of these can be opened.")
