"""What editors and phones write beside EXIF: keywords in XMP and IPTC, and burst identifiers.

Sources of the layouts: XMP specification part 1; IPTC IIM 4.2; Photoshop's file formats.
"""

from collections.abc import Iterator
from itertools import islice
from xml.parsers import expat

_MOST = 1000  # values; nobody has more keywords
_LI = "http://www.w3.org/1999/02/22-rdf-syntax-ns# li"
_PROPERTIES = {
    "http://purl.org/dc/elements/1.1/ subject": "XMP subject",
    "http://ns.adobe.com/lightroom/1.0/ hierarchicalSubject": "XMP hierarchicalSubject",
    "http://ns.google.com/photos/1.0/camera/ BurstID": "XMP BurstID",
}
_WORDS = (b"ubject", b"BurstID")
_IPTC_RESOURCE = 0x0404
_KEYWORDS = (2, 25)


def xmp_values(packet: bytes, doubts: list[str]) -> dict[str, list[str]]:
    """Keywords and burst identifier of an XMP packet: `XMP subject` and so on, absent ones not.

    The packet is read as a stream, up to its end or to the first fault, which is added to
    `doubts`. Document types, which entity bombs declare, are such a fault: no editor writes them.
    """
    if not any(word in packet for word in _WORDS):
        return {}
    found = _Properties()
    try:
        found.parser.Parse(packet.strip(b"\x00 \t\r\n"), True)
    except (expat.ExpatError, _DocumentType) as error:
        doubts.append(f"keywords: XMP is broken ({error})")
    return found.values


class _DocumentType(ValueError):
    """XMP has none."""


class _Properties:
    """Collects the texts of the wanted properties, single or in lists."""

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self._property: str | None = None
        self._text: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._text.clear()
        self._property = _PROPERTIES.get(name, self._property)
        for attribute, value in attributes.items():
            if attribute in _PROPERTIES:
                self._add(_PROPERTIES[attribute], value)

    def _end(self, name: str) -> None:
        if self._property and (name == _LI or name in _PROPERTIES):
            self._add(self._property, "".join(self._text))
        self._text.clear()
        if name in _PROPERTIES:
            self._property = None

    def _characters(self, text: str) -> None:
        if self._property:
            self._text.append(text)

    def _add(self, name: str, text: str) -> None:
        if text.strip() and len(self.values.get(name, ())) < _MOST:
            self.values.setdefault(name, []).append(text.strip())

    def _doctype(self, *_: object) -> None:
        raise _DocumentType("it declares a document type")


def iptc_keywords(records: bytes) -> list[str]:
    """The keywords (2:25) of IIM records, in UTF-8 or, where they are none, in Latin-1."""
    found = (value for dataset, value in _records(records) if dataset == _KEYWORDS)
    return [word for value in islice(found, _MOST) if (word := _decoded(value))]


def iptc_records(resources: bytes) -> bytes:
    """The IIM records among Photoshop's image resources; empty where there are none."""
    at = 0
    while resources[at : at + 4] == b"8BIM":
        number = int.from_bytes(resources[at + 4 : at + 6], "big")
        name = resources[at + 6 : at + 7]
        at += 6 + (1 + int.from_bytes(name, "big") + 1) // 2 * 2
        size = int.from_bytes(resources[at : at + 4], "big")
        if number == _IPTC_RESOURCE:
            return resources[at + 4 : at + 4 + size]
        at += 4 + size + size % 2
    return b""


def _records(records: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    at = 0
    while len(head := records[at : at + 5]) == 5 and head[0] == 0x1C:
        size = int.from_bytes(head[3:], "big")
        at += 5
        if size & 0x8000:  # the size itself has this many bytes
            width = size & 0x7FFF
            size = int.from_bytes(records[at : at + min(width, 8)], "big")
            at += width
        yield (head[1], head[2]), records[at : at + size]
        at += size


def _decoded(value: bytes) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    return text.replace("\x00", " ").strip()
