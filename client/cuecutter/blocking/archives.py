"""Calls about archives: the results of many datasets as one file, laid out for a trainer."""

from collections.abc import Callable, Iterable
from pathlib import Path

from cuecutter.blocking.connection import Connection
from cuecutter.operations import archives
from cuecutter.values import ArchiveCheck


class Archives(Connection):
    """`ids` are up to 150 datasets, each `<id>` or `<id>@<run>`; `format` is one of `formats()`."""

    def check(
        self,
        ids: Iterable[str],
        format: str,
        *,
        validation: float | None = None,
        skip: Iterable[str] | None = None,
        name: str | None = None,
        language: str | None = None,
    ) -> ArchiveCheck:
        """What the archive of the same parameters would hold, and which clips its trainer would not take, and why.

        Raises: Problem 404, 409 `no-result`, `result-damaged`; several faulty datasets are all in `errors`.

        >>> checked = client.check([ready.id], "piper")
        >>> checked.clips, checked.kept
        (10, 10)
        """
        parameters = archives.parameters(validation, skip, name, language)
        return self._run(archives.check(archives.path_of(archives.CHECK, ids, format, parameters)))

    def download(
        self,
        ids: Iterable[str],
        format: str,
        to: Path,
        *,
        validation: float | None = None,
        skip: Iterable[str] | None = None,
        name: str | None = None,
        language: str | None = None,
        on_progress: Callable[[int, int], object] | None = None,
    ) -> Path:
        """Downloads an archive to the file `to`, which is replaced at the end, once all of it is there and whole.

        Until then it is `<to>.part`, with a note beside it, `<to>.part.json`; the same call continues it, also in
        another process, but not in two at a time. `validation` is the share of clips to set apart, 0 to 0.5; clips with
        a flag in `skip` are left out; `name` is that of the folder in the archive. `on_progress` is called with the
        bytes that are there and those of all.

        Raises: Problem as `check`; DownloadDamaged; Unreachable; OSError, as of a full disk: free some, and call again.

        >>> archive = client.download([ready.id], "ljspeech", folder / "voice.zip", name="voice")
        >>> import zipfile
        >>> zipfile.ZipFile(archive).namelist()[-1]
        'voice/metadata.csv'
        """
        parameters = archives.parameters(validation, skip, name, language)
        path = archives.path_of(archives.ARCHIVE, ids, format, parameters)
        return self._run(archives.download(path, self.url, to, on_progress))
