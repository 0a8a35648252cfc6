"""A cache of results: one file per finished job, so that an interrupted comparison loses nothing."""

import hashlib
import json
from pathlib import Path
from typing import Any

from core.comparison.job import Job, Result
from core.errors import DigitpadError, reason_of
from core.files import atomic, bounded, strictjson
from core.messages import tr

MAX_BYTES = 16 * 2**20


def path(folder: Path, job: Job) -> Path:
    """Return the file of a job's result, named after the recipe, the seed and the job's digest."""
    return folder / f"{job.recipe}-{job.config.seed}-{job.digest[:16]}.json"


def save(folder: Path, job: Job, result: Result) -> None:
    """Write a result with its checksum, atomically; raise DigitpadError if that fails."""
    content = {"digest": job.digest, "job": job.as_dict(), "result": result}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        atomic.write(path(folder, job), json.dumps(content | {"sha256": _checksum(content)}, allow_nan=False).encode())
    except OSError as error:
        sentence = tr("{path} cannot be written: {reason}", path=path(folder, job), reason=reason_of(error))
        raise DigitpadError(sentence) from None


def load(folder: Path, job: Job) -> Result | None:
    """Return a job's cached result; None if there is none, or its file is damaged or belongs to another job."""
    if not bounded.exists(path(folder, job)):
        return None
    try:
        content = strictjson.loads(bounded.read(path(folder, job), MAX_BYTES, DigitpadError))
        is_valid = content.pop("sha256") == _checksum(content) and content["digest"] == job.digest
        result: Result = content["result"]
    except (DigitpadError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return result if is_valid else None


def _checksum(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
