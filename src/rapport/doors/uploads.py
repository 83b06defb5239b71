"""Stop a request that is larger than any file we take, before its body is read."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

_BESIDE_THE_FILE = 1_000_000


class LimitedUpload(FileUploadHandler):
    """Looks at the length of the request and leaves the file to the handlers behind it."""

    def handle_raw_input(self, *_args: object, content_length: int = 0, **_more: object) -> None:
        """Refuse what is too long; Django passes the length by its place."""
        length = int(str(_args[2])) if len(_args) > 2 else content_length  # noqa: PLR2004 - input, META, length
        if length > settings.IMPORT_MOST_BYTES + _BESIDE_THE_FILE:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, _start: int) -> bytes:
        """Pass every piece on."""
        return raw_data

    def file_complete(self, _file_size: int) -> Any:  # noqa: ANN401 - as Django declares it
        """Keep nothing."""
        return None
