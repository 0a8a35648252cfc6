"""Tensors and facts in one safetensors file: never code, read within a size limit, and checked by SHA-256.

The common format of model files and run states. The facts are a JSON object in the metadata. safetensors does not
detect a flipped byte, so the file contains a SHA-256 of its tensors and one of its facts.
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
from core.messages import tr

Tensors = Mapping[str, NDArray[Any]]

MAX_HEADER_BYTES = 2**20
_CHECKSUM = "sha256"


@dataclass(frozen=True)
class FileKind:
    """A kind of file: the key of its facts in the metadata, its name in messages, its size limit, and its error."""

    key: str
    what: str
    max_bytes: int
    error: type[DigitpadError]


def save(path: Path, kind: FileKind, tensors: Tensors, facts: Mapping[str, Any]) -> None:
    """Write tensors and facts atomically; if that fails, raise the kind's error and leave the old file unchanged."""
    from safetensors.numpy import save as to_bytes

    # safetensors 0.8.0 writes wrong values for arrays that are not C-contiguous.
    whole = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    text = json.dumps(dict(facts) | {_CHECKSUM: digest(whole)})
    content = to_bytes(whole, metadata={kind.key: text, _CHECKSUM: _sha256(text)})
    if problem := atomic.problem(path):
        raise kind.error(problem)
    atomic.write(path, content, kind.error)


@dataclass(frozen=True, eq=False)
class Content:
    """The bytes of a file whose facts are checked, and its tensors not yet."""

    data: bytes
    kind: FileKind
    facts: dict[str, Any]

    def __len__(self) -> int:
        return len(self.data)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return the tensors; raise the kind's error, without the file's name, if they are damaged."""
        from safetensors import SafetensorError
        from safetensors.numpy import load as from_bytes

        try:
            tensors: dict[str, NDArray[Any]] = from_bytes(self.data)
        except (SafetensorError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise self.kind.error(tr("is damaged: {reason}", reason=error)) from None
        return tensors

    def check(self, tensors: Tensors) -> None:
        """Raise the kind's error, without the file's name, if the tensors do not match their SHA-256."""
        if digest(tensors) != self.facts.get(_CHECKSUM):
            raise self.kind.error(tr("is damaged or was tampered with: its tensors do not match their SHA-256"))


@contextmanager
def reading(path: Path, kind: FileKind, versions: Mapping[str, int]) -> Iterator[tuple[dict[str, Any], Tensors]]:
    """Read a file and yield its facts and tensors, both checked.

    Every fault of the file becomes the kind's error, which names the file; also a fault that the block finds, such as
    a missing name or an invalid value.
    """
    data = bounded.read(path, kind.max_bytes, kind.error)
    try:
        content = parse(data, kind, versions)
        tensors = content.tensors()
        content.check(tensors)
        yield content.facts, tensors
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as error:
        reason = str(error)[:100]
        raise kind.error(tr("{path} is damaged, or of another network: {reason}", path=path, reason=reason)) from None
    except kind.error as error:
        raise kind.error(f"{path} {error}") from None


def parse(content: bytes, kind: FileKind, versions: Mapping[str, int]) -> Content:
    """Check the facts of a file's bytes.

    Parameters
    ----------
    versions
        Names of version numbers among the facts, and the newest one that this program knows of each.

    Raises
    ------
    kind.error
        The file is not of this kind, damaged or newer. The caller puts the file's name before the message.
    """
    what = tr(kind.what)
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or content[8:9] != b"{" or length > MAX_HEADER_BYTES:
        raise kind.error(tr("is not a {what}: it is not a safetensors file", what=what))
    if length > len(content) - 8:
        raise kind.error(tr("is damaged: it ends early"))
    try:
        metadata = strictjson.loads(content[8 : 8 + length])["__metadata__"]
        text, checksum = metadata[kind.key], metadata.get(_CHECKSUM)
        facts = strictjson.loads(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise kind.error(tr("is not a {what} written by digitpad: it has no valid metadata", what=what)) from None
    if not isinstance(facts, dict):
        raise kind.error(tr("is not a {what} written by digitpad: its metadata makes no sense", what=what))
    for name, ours in versions.items():
        version = facts.get(name)
        if type(version) is not int or version < 1:
            raise kind.error(tr("is not a {what} written by digitpad: its {name} makes no sense", what=what, name=name))
        if version > ours:
            sentence = tr(
                "is of a newer kind ({name} {version}; this program knows {ours}): update digitpad",
                name=name,
                version=version,
                ours=ours,
            )
            raise kind.error(sentence)
    if checksum != _sha256(text):
        raise kind.error(tr("is damaged or was tampered with: its metadata does not match its SHA-256"))
    return Content(content, kind, facts)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def digest(tensors: Tensors) -> str:
    """Return the SHA-256 of the names, types, shapes and bytes of tensors, sorted by name."""
    found = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name]
        found.update(f"{name} {tensor.dtype.str} {tensor.shape}\n".encode())
        found.update(np.ascontiguousarray(tensor).reshape(-1).view(np.uint8).data)
    return found.hexdigest()
