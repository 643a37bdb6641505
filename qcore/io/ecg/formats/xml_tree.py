"""XML as carts write it, to a tree of elements without namespaces; entities and outside references are refused."""

from typing import Protocol, cast
from xml.etree.ElementTree import Element, ParseError  # the types only: defusedxml parses

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from qcore.errors import UnreadableInput

MAX_XML_BYTES = 100_000_000


class _Parse(Protocol):
    def __call__(self, text: bytes) -> Element: ...


def tree(data: bytes) -> Element:
    """Return the root of an XML file, tags without their namespaces.

    Raises:
        UnreadableInput: it is too large, damaged, or declares entities.
    """
    if len(data) > MAX_XML_BYTES:
        raise UnreadableInput(f"The XML file is larger than {MAX_XML_BYTES // 1_000_000} MB.")
    try:
        # A document type alone is harmless and common; what it could declare is refused.
        root = cast(_Parse, fromstring)(data)
    except DefusedXmlException as error:
        raise UnreadableInput(
            "The XML file declares entities or refers to other files, which can do harm: it is not opened."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableInput("The XML file is damaged or cut off: export it again.") from error
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return root


def text_of(element: Element | None, path: str = ".") -> str:
    """Return the text at a path below an element, without blanks around it; empty where there is none."""
    return (element.findtext(path) or "").strip() if element is not None else ""
