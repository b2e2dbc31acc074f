"""Bodies of uploads, piece by piece: raw, or one file within multipart/form-data."""

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header


class BadBody(ValueError):
    """The body is not what its headers say; the text is for the sender."""


class RawBody:
    """The whole body is the file."""

    overhead_bytes = 0

    def __init__(self, name: str) -> None:
        self.name = name

    def feed(self, data: bytes) -> bytes:
        """The bytes of the file that ``data`` brought."""
        return data

    def end(self) -> None:
        """The body is complete."""


class MultipartBody:
    """The first part that has a file name is the file; everything else is passed over."""

    overhead_bytes = 65_536  # boundaries, headers and small fields around the file

    def __init__(self, boundary: bytes, name: str) -> None:
        self.name = name
        self._found: list[bytes] = []
        self._field, self._value = b"", b""
        self._is_file = self._was_file = self._is_complete = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_header_field": self._on_field,
                "on_header_value": self._on_value,
                "on_header_end": self._on_header_end,
                "on_part_data": self._on_data,
                "on_part_end": self._on_part_end,
                "on_end": self._on_end,
            },
        )

    def feed(self, data: bytes) -> bytes:
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise BadBody("The body is not multipart/form-data as its headers say.") from error
        found = b"".join(self._found)
        self._found.clear()
        return found

    def end(self) -> None:
        if not self._is_complete:
            raise BadBody("The body ends too early.")
        if not self._was_file:
            raise BadBody("No part of the body is a file.")

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._field.lower() == b"content-disposition" and not self._was_file:
            _, options = parse_options_header(self._value)
            if b"filename" in options:
                self._is_file = self._was_file = True
                self.name = options[b"filename"].decode(errors="replace") or self.name
        self._field = self._value = b""

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._found.append(data[start:end])

    def _on_part_end(self) -> None:
        self._is_file = False

    def _on_end(self) -> None:
        self._is_complete = True


def body_for(content_type: str, name: str) -> RawBody | MultipartBody:
    """The reader that fits the header; ``name`` is what the address says of the file. Raises ``BadBody``."""
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        return RawBody(name)
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= 70:
        raise BadBody("multipart/form-data needs a boundary of at most 70 characters.")
    return MultipartBody(boundary, name)
