"""Results that are kept: a file for each finished job, so that an interrupted comparison loses nothing."""

import hashlib
import json
from pathlib import Path
from typing import Any

from core.comparison.job import Job, Result
from core.errors import DigitpadError
from core.files import atomic, bounded, strictjson

MAX_BYTES = 16 * 2**20


def path(folder: Path, job: Job) -> Path:
    """Return where a job's result is kept: the name says recipe and seed, and its digest all that decides it."""
    return folder / f"{job.recipe}-{job.config.seed}-{job.digest[:16]}.json"


def save(folder: Path, job: Job, result: Result) -> None:
    """Keep a result, atomically, with its checksum; raise DigitpadError where that fails."""
    content = {"digest": job.digest, "job": job.as_dict(), "result": result}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        atomic.write(path(folder, job), json.dumps(content | {"sha256": _checksum(content)}, allow_nan=False).encode())
    except OSError as error:
        raise DigitpadError(f"{path(folder, job)} cannot be written: {error.strerror or error}") from None


def load(folder: Path, job: Job) -> Result | None:
    """Return a job's result; None where none is kept, or its file is damaged or of another job."""
    if not bounded.exists(path(folder, job)):
        return None
    try:
        content = strictjson.loads(bounded.read(path(folder, job), MAX_BYTES, DigitpadError))
        sound = content.pop("sha256") == _checksum(content) and content["digest"] == job.digest
        result: Result = content["result"]
    except (DigitpadError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return result if sound else None


def _checksum(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
