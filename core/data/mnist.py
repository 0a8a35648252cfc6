"""MNIST's four files: found, checked, downloaded when the user asks, taken over from a folder of the user's.

What is checked is the SHA-256 of the *uncompressed* content: the gzip wrapping differs from mirror to mirror.
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
from core.errors import DataError, MnistError
from core.files import atomic, bounded, paths

CREDIT = "MNIST database of handwritten digits, LeCun, Cortes, Burges (CC BY-SA 3.0)"
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
_MAX_BYTES = 64 * 2**20  # of one file, uncompressed: the largest has 47 MB
N_TEST = 10_000
DOUBTFUL_TEST_DIGITS = (947, 1621, 1901, 2130, 2462, 2597, 2654, 3520, 3558, 5937, 6651, 6783, 8527, 9679, 9729)
"""Indexes, from 0, of test digits whose labels are doubtful (Northcutt, Athalye and Mueller, 2021)."""
DOWNLOAD_BYTES = 11_594_722
"""Total size of the four published gzip files."""

Report = Callable[[int, int], None]
"""Called with the bytes fetched so far and in all; an exception that it raises ends the download."""


def folder() -> Path | None:
    """Return the folder that holds MNIST: ``$DIGITPAD_DATA/mnist``, else the cache; None where neither does.

    A part of MNIST in the user's folder is spoken of; in the cache it is what a killed download has left: not MNIST.
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
        No file is there; or some are missing, or damaged: then the file is named, and nothing else is tried.
    """
    where = where or _present()
    return _load_part(where, "train"), _load_part(where, "t10k")


def load_test() -> Dataset:
    """Return MNIST's test part alone (10,000 digits); raise DataError like ``load``."""
    return _load_part(_present(), "t10k")


def begins_with_test(data: Dataset) -> bool:
    """Return whether a dataset's first rows are MNIST's test part, with its labels.

    By their checksum, and not by a name: a folder may hold MNIST's files, or other digits under the same names, or the
    same digits with labels that somebody has mended. (10 ms where it is, and next to nothing where it is not.)
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
    """Check the four files in a folder of the user's and copy them into the cache; raise DataError if one is wrong."""
    _keep({name: _content(where, name) for name in SHA256})


def download(report: Report = lambda done, total: None) -> None:
    """Fetch MNIST's four files into the cache, from one mirror after the other; nothing is kept unless all is right.

    Raises
    ------
    DataError
        No mirror gave a file with the right content; what each said is told.
    """
    contents: dict[str, bytes] = {}
    before = furthest = 0

    def report_all(n: int) -> None:
        nonlocal furthest  # a second mirror begins a file anew
        furthest = max(furthest, min(before + n, DOWNLOAD_BYTES))
        report(furthest, DOWNLOAD_BYTES)

    for name in SHA256:
        contents[name], size = _fetch(name, report_all)
        before += size
    _keep(contents)
    report(DOWNLOAD_BYTES, DOWNLOAD_BYTES)


def _present() -> Path:
    where = folder()
    if where is None:
        raise MnistError('MNIST is not here yet: get it with "digitpad-lab data get mnist", or Get MNIST in the window')
    return where


def _load_part(where: Path, prefix: str) -> Dataset:
    images, labels = (_content(where, f"{prefix}-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1"))
    return Dataset.of(idx.parse(images, f"{prefix} images"), idx.parse(labels, f"{prefix} labels"))


def cache() -> Path:
    """Return the folder into which a download goes."""
    return paths.cache() / "mnist"


def _find(where: Path, name: str) -> Path | None:
    """Return the file of that name in a folder, under the spellings in which it goes about, or None."""
    spellings = [name, name.replace("-idx", ".idx")]
    candidates = [where / (spelling + suffix) for spelling in spellings for suffix in ("", ".gz")]
    return next((path for path in candidates if bounded.exists(path)), None)


def _content(where: Path, name: str) -> bytes:
    path = _find(where, name)
    if path is None:
        raise MnistError(f"{where} lacks MNIST's file {name} (or {name}.gz)")
    try:
        content = idx.read_bytes(path, _MAX_BYTES)
    except DataError as error:
        raise MnistError(str(error)) from None
    if idx.sha256(content) != SHA256[name]:
        mend = "get MNIST anew" if where == cache() else "replace or delete it"
        raise MnistError(f"{path} is damaged: its content is not MNIST's {name}; {mend}")
    return content


def _keep(contents: dict[str, bytes]) -> None:
    new = [cache() / f"{name}.gz" for name in contents if not _find(cache(), name)]
    try:
        cache().mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            atomic.write(cache() / f"{name}.gz", gzip.compress(content, compresslevel=1, mtime=0))
            (cache() / name).unlink(missing_ok=True)  # an older plain copy would be found first
    except BaseException as error:  # also Ctrl-C: a part of MNIST would pass for a damaged whole
        if bounded.exists(cache()):
            for path in new:
                path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise DataError(f"MNIST cannot be kept in {cache()}: {error.strerror or error}") from None
        raise


def _fetch(name: str, report: Callable[[int], None]) -> tuple[bytes, int]:
    """Return a file's checked content, uncompressed, and the size of what was fetched for it."""
    refusals = []
    for mirror in MIRRORS:
        with tempfile.TemporaryDirectory(prefix="digitpad-") as scratch:
            path = Path(scratch) / f"{name}.gz"
            report(0)  # the user may have cancelled while another mirror was waited for
            try:
                _fetch_url(f"{mirror}{name}.gz", path, report)
                return _content(path.parent, name), path.stat().st_size
            except (OSError, DataError) as error:
                if getattr(error, "errno", None) is not None:  # of this machine, and not of the network
                    raise DataError(f"MNIST cannot be stored: {error}") from None
                refusals.append(f"{mirror} ({_reason(error)})")
    raise DataError(f"MNIST could not be downloaded: {'; '.join(refusals)}; files that you have will do as well")


def _reason(error: Exception) -> str:
    if isinstance(error, DataError):
        return "it sent something else than MNIST"
    response = getattr(error, "response", None)
    return f"HTTP status {response.status_code}" if response is not None else "no answer"


def _fetch_url(url: str, path: Path, report: Callable[[int], None]) -> None:
    import pooch  # 68 ms that only a download needs

    pooch.HTTPDownloader(progressbar=_Bar(report), chunk_size=2**15, timeout=10)(url, str(path), None)


class _Bar:
    """What pooch takes for a progress bar: passes bytes on, and ends a download that is far too long."""

    total = 0

    def __init__(self, report: Callable[[int], None]) -> None:
        self._report, self._done = report, 0

    def update(self, n: int) -> None:
        self._done += n
        if self._done > 4 * DOWNLOAD_BYTES:
            raise DataError("far more than MNIST was sent")
        self._report(self._done)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        pass
