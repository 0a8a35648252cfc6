"""Arrays and facts in one safetensors file: data and never code, read within a size limit, and checked by SHA-256.

What a model's file and a run's state have in common. safetensors itself does not notice a flipped byte; so the file
carries a SHA-256 of its tensors and one of its facts, a JSON object in the metadata.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DigitpadError
from core.files import atomic, bounded, strictjson

Tensors = Mapping[str, NDArray[Any]]

MAX_HEADER_BYTES = 2**20
_CHECKSUM = "sha256"


@dataclass(frozen=True)
class FileKind:
    """A kind of file: the key of its facts in the metadata, what sentences call it, its limit, and its error."""

    key: str
    what: str
    max_bytes: int
    error: type[DigitpadError]


def save(path: Path, kind: FileKind, tensors: Tensors, facts: Mapping[str, Any]) -> None:
    """Write tensors and facts, atomically; raise the kind's error where that fails: what was there is untouched."""
    from safetensors.numpy import save as to_bytes

    # safetensors 0.8.0 writes wrong values for arrays that are not C-contiguous.
    whole = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    text = json.dumps(dict(facts) | {_CHECKSUM: digest(whole)})
    content = to_bytes(whole, metadata={kind.key: text, _CHECKSUM: _sha256(text)})
    if problem := atomic.problem(path):
        raise kind.error(problem)
    try:
        atomic.write(path, content)
    except OSError as error:
        raise kind.error(f"{path} cannot be written: {error.strerror or error}") from None


@dataclass(frozen=True, eq=False)
class Content:
    """A file that was read but whose tensors were not yet looked at: its facts say what they should be."""

    data: bytes
    kind: FileKind
    facts: dict[str, Any]

    def __len__(self) -> int:
        return len(self.data)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return the tensors; raise the kind's error, without the file's name, where they are damaged."""
        from safetensors import SafetensorError
        from safetensors.numpy import load as from_bytes

        try:
            tensors: dict[str, NDArray[Any]] = from_bytes(self.data)
        except (SafetensorError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise self.kind.error(f"is damaged: {error}") from None
        return tensors

    def check(self, tensors: Tensors) -> None:
        """Raise the kind's error, without the file's name, where the tensors are not those that were written."""
        if digest(tensors) != self.facts.get(_CHECKSUM):
            raise self.kind.error("is damaged or was tampered with: its tensors do not fit their SHA-256")


@contextmanager
def reading(path: Path, kind: FileKind, versions: Mapping[str, int]) -> Iterator[tuple[dict[str, Any], Tensors]]:
    """Read a file whose facts need not be known before its tensors; yield both, checked.

    Whatever is wrong with it, also what the block finds (a name that is missing, a value that makes no sense), becomes
    the kind's error, which names the file.
    """
    data = bounded.read(path, kind.max_bytes, kind.error)
    try:
        content = parse(data, kind, versions)
        tensors = content.tensors()
        content.check(tensors)
        yield content.facts, tensors
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise kind.error(f"{path} is damaged, or of another network: {str(error)[:100]}") from None
    except kind.error as error:
        raise kind.error(f"{path} {error}") from None


def parse(content: bytes, kind: FileKind, versions: Mapping[str, int]) -> Content:
    """Check the facts of a file's bytes.

    Parameters
    ----------
    versions
        Names of versions among the facts, and the newest that this program knows of each.

    Raises
    ------
    kind.error
        The file is not of this kind, is damaged or newer. The sentence lacks its name: the caller puts it first.
    """
    what = kind.what
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or content[8:9] != b"{" or length > MAX_HEADER_BYTES:
        raise kind.error(f"is not a {what}: it is not a safetensors file")
    if length > len(content) - 8:
        raise kind.error("is damaged: it ends early")
    try:
        metadata = strictjson.loads(content[8 : 8 + length])["__metadata__"]
        text, checksum = metadata[kind.key], metadata.get(_CHECKSUM)
        facts = strictjson.loads(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise kind.error(f"is not a {what} of digitpad's: it lacks the metadata") from None
    if not isinstance(facts, dict):
        raise kind.error(f"is not a {what} of digitpad's: its metadata make no sense")
    for name, ours in versions.items():
        version = facts.get(name)
        if type(version) is not int or version < 1:
            raise kind.error(f"is not a {what} of digitpad's: its {name} makes no sense")
        if version > ours:
            raise kind.error(f"is of a newer kind ({name} {version}; this program knows {ours}): update digitpad")
    if checksum != _sha256(text):
        raise kind.error("is damaged or was tampered with: what it says of itself does not fit its SHA-256")
    return Content(content, kind, facts)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def digest(tensors: Tensors) -> str:
    """Return the SHA-256 over names, types, shapes and bytes of the tensors, in the order of their names."""
    found = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name]
        found.update(f"{name} {tensor.dtype.str} {tensor.shape}\n".encode())
        found.update(np.ascontiguousarray(tensor).reshape(-1).view(np.uint8).data)
    return found.hexdigest()
