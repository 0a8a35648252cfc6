"""MNIST's four files: finds and checks them, downloads them on request, or copies them from a folder of the user.

The SHA-256 is that of the *uncompressed* content: the gzip files differ from mirror to mirror.
(LeCun, Cortes, Burges; CC BY-SA 3.0.)
"""

import gzip
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.data import idx
from core.data.dataset import Dataset
from core.digits import N_CLASSES, SIZE
from core.errors import DataError, MnistError, reason_of
from core.files import atomic, bounded, paths
from core.messages import tr

CREDIT = "MNIST database of handwritten digits, LeCun, Cortes, Burges (CC BY-SA 3.0)"  # not shown
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
_MAX_BYTES = 64 * 2**20  # limit for one uncompressed file: the largest has 47 MB
N_TEST = 10_000
DOUBTFUL_TEST_DIGITS = (947, 1621, 1901, 2130, 2462, 2597, 2654, 3520, 3558, 5937, 6651, 6783, 8527, 9679, 9729)
"""Indexes, from 0, of test digits whose labels are doubtful (Northcutt, Athalye and Mueller, 2021)."""
DOWNLOAD_BYTES = 11_594_722
"""Total size of the four published gzip files."""

Report = Callable[[int, int], None]
"""Called with the bytes downloaded so far and in total. An exception it raises cancels the download."""


def folder() -> Path | None:
    """Return the folder that holds MNIST: ``$DIGITPAD_DATA/mnist`` or else the cache; None where neither does.

    The user's folder counts as soon as one file is there, so that ``load`` names the missing ones. The cache counts
    only when complete: a killed download leaves some of the files.
    """
    data = paths.data()
    if data and any(_find(data / "mnist", name) for name in SHA256):
        return data / "mnist"
    return cache() if all(_find(cache(), name) for name in SHA256) else None


def load(where: Path | None = None) -> tuple[Dataset, Dataset]:
    """Return MNIST's training part (60,000 digits) and test part (10,000).

    Raises
    ------
    DataError
        All files are missing; or a file is missing or damaged: the message names it, and no other folder is tried.
    """
    where = where or _require_folder()
    return _load_part(where, "train"), _load_part(where, "t10k")


def load_test() -> Dataset:
    """Return only MNIST's test part (10,000 digits); raise DataError like ``load``."""
    return _load_part(_require_folder(), "t10k")


def begins_with_test(data: Dataset) -> bool:
    """Return whether a dataset's first rows are MNIST's test part, with its labels.

    By checksum and not by name: a folder may hold other digits under the same names, or MNIST with corrected labels.
    Takes 10 ms where it is MNIST, much less where it is not.
    """
    head = data[:N_TEST]
    if len(head) < N_TEST or head.n_labels != N_CLASSES:
        return False
    labels, images = head.labels.astype(np.uint8), head.images.reshape(-1, SIZE, SIZE)
    return all(
        idx.sha256(idx.dump(array)) == SHA256[f"t10k-{kind}-ubyte"]
        for array, kind in ((labels, "labels-idx1"), (images, "images-idx3"))
    )


def take_over(where: Path) -> None:
    """Check the four files in a folder of the user and copy them into the cache; raise DataError if one is wrong."""
    store({name: _content(where, name) for name in SHA256})


def download(report: Report = lambda done, total: None) -> None:
    """Download MNIST's four files into the cache, each from the first mirror that works; store all of them or none.

    Raises
    ------
    DataError
        No mirror sent the right content for a file. The message says what went wrong at each.
    """
    contents: dict[str, bytes] = {}
    before = furthest = 0

    def report_all(n: int) -> None:
        nonlocal furthest  # a second mirror starts a file from its beginning
        furthest = max(furthest, min(before + n, DOWNLOAD_BYTES))
        report(furthest, DOWNLOAD_BYTES)

    for name in SHA256:
        contents[name], size = _fetch(name, report_all)
        before += size
    store(contents)
    report(DOWNLOAD_BYTES, DOWNLOAD_BYTES)


def _require_folder() -> Path:
    where = folder()
    if where is None:
        raise MnistError(
            tr('MNIST is not here yet: get it with "digitpad-lab data get mnist", or with Get MNIST in the window')
        )
    return where


def _load_part(where: Path, prefix: str) -> Dataset:
    images, labels = (_content(where, f"{prefix}-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1"))
    return Dataset.of(idx.parse(images, f"{prefix}-images"), idx.parse(labels, f"{prefix}-labels"))


def cache() -> Path:
    """Return the folder for downloaded files."""
    return paths.cache() / "mnist"


def _find(where: Path, name: str) -> Path | None:
    """Return the path of a file of MNIST in a folder, in one of its common spellings, or None."""
    spellings = [name, name.replace("-idx", ".idx")]
    candidates = [where / (spelling + suffix) for spelling in spellings for suffix in ("", ".gz")]
    return next((path for path in candidates if bounded.exists(path)), None)


def _content(where: Path, name: str) -> bytes:
    path = _find(where, name)
    if path is None:
        raise MnistError(tr("{folder} lacks MNIST's file {name} (or {name}.gz)", folder=where, name=name))
    try:
        content = idx.read_bytes(path, _MAX_BYTES)
    except DataError as error:
        raise MnistError(str(error)) from None
    if idx.sha256(content) != SHA256[name]:
        if where == cache():
            message = tr("{path} is damaged: its content is not MNIST's {name}; get MNIST again", path=path, name=name)
        else:
            message = tr(
                "{path} is damaged: its content is not MNIST's {name}; replace or delete it", path=path, name=name
            )
        raise MnistError(message)
    return content


def store(contents: dict[str, bytes]) -> None:
    """Write files of MNIST into the cache; where that fails, remove the new ones again and raise DataError."""
    new = [cache() / f"{name}.gz" for name in contents if not _find(cache(), name)]
    try:
        cache().mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            atomic.write(cache() / f"{name}.gz", gzip.compress(content, compresslevel=1, mtime=0))
            (cache() / name).unlink(missing_ok=True)  # ``_find`` would prefer an older uncompressed copy
    except BaseException as error:  # also Ctrl-C: leave no incomplete MNIST
        if bounded.exists(cache()):
            for path in new:
                path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            sentence = tr("MNIST cannot be stored in {folder}: {reason}", folder=cache(), reason=reason_of(error))
            raise DataError(sentence) from None
        raise


def _fetch(name: str, report: Callable[[int], None]) -> tuple[bytes, int]:
    """Return a file's checked content, uncompressed, and the size of the download."""
    failures = []
    for mirror in MIRRORS:
        with tempfile.TemporaryDirectory(prefix="digitpad-") as scratch:
            path = Path(scratch) / f"{name}.gz"
            report(0)  # the user may have cancelled during the wait for another mirror
            try:
                _fetch_url(f"{mirror}{name}.gz", path, report)
                return _content(path.parent, name), path.stat().st_size
            except (OSError, DataError) as error:
                if getattr(error, "errno", None) is not None:  # an error of this computer, not of the network
                    raise DataError(tr("MNIST cannot be stored: {reason}", reason=error)) from None
                failures.append(_failure(mirror, error))
    raise DataError(
        tr(
            "MNIST could not be downloaded: {failures}; you can also use files that you already have",
            failures="; ".join(failures),
        )
    )


def _failure(mirror: str, error: Exception) -> str:
    if isinstance(error, DataError):
        return tr("{mirror} (it sent something else than MNIST)", mirror=mirror)
    response = getattr(error, "response", None)
    if response is None:
        return tr("{mirror} (no answer)", mirror=mirror)
    return tr("{mirror} (HTTP status {status})", mirror=mirror, status=response.status_code)


def _fetch_url(url: str, path: Path, report: Callable[[int], None]) -> None:
    import pooch  # takes 68 ms, and only a download needs it

    pooch.HTTPDownloader(progressbar=_Bar(report), chunk_size=2**15, timeout=10)(url, str(path), None)


class _Bar:
    """A progress bar for pooch: reports the bytes, and cancels a download that is far too long."""

    total = 0

    def __init__(self, report: Callable[[int], None]) -> None:
        self._report, self._done = report, 0

    def update(self, n: int) -> None:
        self._done += n
        if self._done > 4 * DOWNLOAD_BYTES:
            raise DataError(tr("the server sent far more than MNIST"))
        self._report(self._done)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        pass
