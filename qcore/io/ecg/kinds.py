"""What a file is, from its bytes: names and endings are no evidence."""

from enum import StrEnum

from qcore.errors import UnreadableInput
from qcore.io.ecg.formats.wfdb.header import is_header

UNDEFINED_DICOM = (b"\x02\x00", b"\x08\x00")


class FileKind(StrEnum):
    """A kind of file that can be opened; samples without a header are none of their own."""

    DICOM = "DICOM"
    EDF = "EDF or BDF"
    ISHNE = "ISHNE"
    SCP = "SCP-ECG"
    XML = "XML"
    WFDB_HEADER = "WFDB header"
    TEXT = "text"


OTHERS = (
    (b"%PDF", "a PDF; the voltages behind its curves are not in it"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
    (b"\x89HDF", "an HDF5 file"),
    (b"MATLAB 5.0", "a MATLAB file without the header (.hea) that belongs to it"),
)
KNOWN = "WFDB, EDF, BDF, DICOM, HL7 aECG, MUSE XML, Philips XML, SCP-ECG, ISHNE, CSV and ZIP archives can be opened."


def kind_of(data: bytes) -> FileKind:
    """Return what a file is.

    Raises:
        UnreadableInput: it is empty, or nothing that can be opened.
    """
    if not data:
        raise UnreadableInput("The file is empty.")
    if data[128:132] == b"DICM" or (data[:2] in UNDEFINED_DICOM and len(data) > 8 and data[3] == 0):
        return FileKind.DICOM
    if data[:8] == b"ISHNE1.0":
        return FileKind.ISHNE
    if data[:8] in (b"\xffBIOSEMI", b"0       "):
        return FileKind.EDF
    if data[16:22] == b"SCPECG" or (len(data) > 32 and data[8:10] == b"\0\0" and data[22:24] == b"\0\0" and
                                    int.from_bytes(data[28:32], "little") == 7):  # fmt: skip
        return FileKind.SCP
    if _starts_as_xml(data):
        return FileKind.XML
    known = next((name for magic, name in OTHERS if data.startswith(magic)), "")
    if known:
        raise UnreadableInput(f"This is {known}. {KNOWN}")
    if is_header(data):
        return FileKind.WFDB_HEADER
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" not in data[:4096]:
        return FileKind.TEXT
    raise UnreadableInput(f"This is no file of electrocardiograms that is known here. {KNOWN}")


def _starts_as_xml(data: bytes) -> bool:
    start = data[:200].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \r\n\t")
    return start.startswith(b"<")
