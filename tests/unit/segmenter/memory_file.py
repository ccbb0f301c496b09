"""A recording in memory, as the decoder process sees one."""

import io


class File(io.BytesIO):
    def check(self) -> None:
        pass
