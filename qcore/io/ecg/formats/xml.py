"""Which of the XML formats a file is, by its root element."""

from qcore.errors import UnreadableInput
from qcore.io.ecg.formats.hl7_aecg import read_aecg
from qcore.io.ecg.formats.muse_xml import read_muse
from qcore.io.ecg.formats.philips import read_philips
from qcore.io.ecg.formats.xml_tree import tree
from qcore.io.ecg.record import Ecg

READERS = {"AnnotatedECG": read_aecg, "RestingECG": read_muse, "restingecgdata": read_philips}


def read_xml(data: bytes) -> Ecg:
    """Return the recording of an XML file.

    Raises:
        UnreadableInput: it is damaged, or of a kind that is not known here.
    """
    root = tree(data)
    if root.tag not in READERS:
        raise UnreadableInput(
            f"This is XML of the kind '{str(root.tag)[:40]}': HL7 aECG, GE MUSE and Philips Sierra XML can be opened."
        )
    return READERS[root.tag](root)
