"""One reader, and inputs that are led by the branches of its own code: atheris keeps what reaches a new one.

    python tests/fuzz/guided.py READER N FOLDER

tries N inputs in a process of its own, for libFuzzer ends the one that it runs in. It begins with valid files; what it
finds to reach further is put into FOLDER/corpus, how many were refused and read into FOLDER/outcomes.json. It ends with
0 where nothing but the reader's own error came out; what else an input has brought is printed, and the input kept.
"""

import json
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import atheris

with atheris.instrument_imports(include=["core"]):
    import test_fuzz_data as data
    import test_fuzz_drawings as drawings
    import test_fuzz_facts as facts
    import test_fuzz_models as models

    from core import errors
    from core.data import idx, omniglot, unipen
    from core.preprocessing.ink import Drawing
    from core.recognition import modelfile
    from core.runs import run

MAX_BYTES = 16_384
MAX_MEMORY = 2**31  # beyond that a reader gets a MemoryError, which is not its own
STEP = 100  # inputs from one count to the next: when libFuzzer ends the process, nothing more can be written


class RecognitionController(NamedTuple):
    """How a file is read, the error that may come of it, what is done with what was read, and valid files.

    ``pack`` puts what is tried into a file, where a checksum would otherwise keep all of it out.
    """

    read: Callable[[Path], Any]
    error: type[errors.DigitpadError]
    use: Callable[[Any], Any]
    seeds: list[bytes]
    name: str = "input"
    pack: Callable[[bytes], bytes] = bytes


def _model() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        modelfile.save(models.MODEL, Path(folder, "m"))
        return Path(folder, "m").read_bytes()


def _drawn(found: list[Any]) -> None:
    data.render([each.drawing for each in found])


READERS: dict[str, Callable[[], RecognitionController]] = {
    "idx": lambda: RecognitionController(idx.read, errors.DataError, len, [data.IMAGES, data.LABELS]),
    "unipen": lambda: RecognitionController(unipen.read, errors.DataError, _drawn, [data.PEN]),
    "omniglot": lambda: RecognitionController(
        omniglot.read,
        errors.DataError,
        _drawn,
        [data.STROKES],
        pack=lambda strokes: data.packed([(data.NAMES[0], strokes)]),
    ),
    "ink": lambda: RecognitionController(
        Drawing.load, errors.DrawingError, drawings.use_drawing, [json.dumps(drawings.INK).encode()]
    ),
    "run": lambda: RecognitionController(facts.load_run, errors.RunError, facts.use_run, [facts.RUN_TEXT], run.INFO),
    "recipe": lambda: RecognitionController(
        facts.load_recipe, errors.ConfigError, str, [facts.tomli_w.dumps(facts.TOML).encode()], "mine.toml"
    ),
    "model": lambda: RecognitionController(modelfile.load, errors.ModelError, models.use, [_model()]),
}


def main() -> None:
    """Try a reader; the process ends here."""
    name, n, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    recognition = READERS[name]()
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    corpus, place = folder / "corpus", folder / "place"
    corpus.mkdir()
    place.mkdir()
    for number, seed in enumerate(recognition.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    outcomes = Counter(refused=0, read=0)

    def attempt(content: bytes) -> None:
        path = place / recognition.name
        path.write_bytes(recognition.pack(content))
        try:
            found, sentence = recognition.read(path), ""
        except recognition.error as problem:
            found, sentence = None, str(problem)
        outcomes["refused" if sentence else "read"] += 1
        if found is not None:
            recognition.use(found)
        assert found is not None or 10 < len(sentence) < 2000
        assert [other.name for other in place.iterdir()] == [recognition.name]
        if not outcomes.total() % STEP:
            (folder / "outcomes.json").write_text(json.dumps(outcomes))

    atheris.Setup(
        [
            sys.argv[0],
            f"-runs={n}",
            f"-max_len={MAX_BYTES}",
            "-rss_limit_mb=0",  # it would count what the process had that has started this one
            "-timeout=30",
            f"-artifact_prefix={folder}/",
            "-verbosity=0",
            str(corpus),
        ],
        attempt,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
