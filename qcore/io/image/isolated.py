"""Parsing images in a child process with limits of memory and time."""

from collections.abc import Sequence

from qcore.errors import UnreadableInput
from qcore.io.image import wire
from qcore.io.image.limits import MAX_BYTES, MAX_FILES
from qcore.io.image.upload import Upload
from qcore.io.isolation.child import PATIENCE_S, Child
from qcore.io.isolation.messages import File, from_files


class ImageReader(Child):
    """Reads uploads one after another in one child process, which is replaced after a file that broke it.

    A context manager: the child ends with it.
    """

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        super().__init__("qcore.io.image.child", patience_s)

    def read(self, files: Sequence[File]) -> Upload:
        """Read one upload: files that may belong together.

        Args:
            files: names and bytes.

        Raises:
            UnreadableInput: too much, no image in it, or more than the limits of the child.
        """
        size = sum(len(data) for _, data in files)
        if size > MAX_BYTES or len(files) > MAX_FILES:
            raise UnreadableInput(f"At most {MAX_FILES:,} files and {MAX_BYTES // 1_000_000} MB are read at a time.")
        return wire.to_upload(self.ask(from_files(list(files))))


def read_images(files: Sequence[File]) -> Upload:
    """Read one upload in a child process of its own; see `ImageReader.read`."""
    with ImageReader() as reader:
        return reader.read(files)
