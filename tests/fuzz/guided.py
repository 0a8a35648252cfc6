"""Coverage-guided fuzzing of one parser with atheris, which keeps the inputs that reach new branches.

    python tests/fuzz/guided.py TARGET N FOLDER

tries N inputs, in a process of its own because libFuzzer ends it. Starts from valid files; writes inputs that reach new
code to FOLDER/corpus, and the numbers of rejected and read inputs to FOLDER/outcomes.json. Exits with 0 if the parser
raised only its own error; otherwise prints the other error and keeps the input.
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
    from core.data import csv_digits, idx, omniglot, unipen
    from core.preprocessing.ink import Drawing
    from core.recognition import modelfile
    from core.runs import run

MAX_BYTES = 16_384
MAX_MEMORY = 2**31  # a parser that needs more gets a MemoryError, which is not its own error
STEP = 100  # inputs between two writes of the counts: libFuzzer ends the process without notice


class Target(NamedTuple):
    """A parser, its error, a use of its results, and valid files.

    ``pack`` turns an input into a file where a checksum would otherwise reject every input.
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


def _digits(found: tuple[Any, Any]) -> None:
    data.assert_digits(*found)


TARGETS: dict[str, Callable[[], Target]] = {
    "idx": lambda: Target(idx.read, errors.DataError, len, [data.IMAGES, data.LABELS]),
    "unipen": lambda: Target(unipen.read, errors.DataError, _drawn, [data.PEN]),
    "omniglot": lambda: Target(
        omniglot.read,
        errors.DataError,
        _drawn,
        [data.STROKES],
        pack=lambda strokes: data.packed([(data.NAMES[0], strokes)]),
    ),
    "table": lambda: Target(csv_digits.read, errors.DataError, _digits, [data.TABLE, data.HEADED]),
    "ink": lambda: Target(Drawing.load, errors.DrawingError, drawings.use_drawing, [json.dumps(drawings.INK).encode()]),
    "run": lambda: Target(facts.load_run, errors.RunError, facts.use_run, [facts.RUN_TEXT], run.INFO),
    "recipe": lambda: Target(
        facts.load_recipe, errors.ConfigError, str, [facts.tomli_w.dumps(facts.TOML).encode()], "mine.toml"
    ),
    "model": lambda: Target(modelfile.load, errors.ModelError, models.use, [_model()]),
}


def main() -> None:
    """Fuzz one target; the process ends here."""
    name, n, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    target = TARGETS[name]()
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    corpus, workspace = folder / "corpus", folder / "workspace"
    corpus.mkdir()
    workspace.mkdir()
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    outcomes = Counter(refused=0, read=0)

    def attempt(content: bytes) -> None:
        path = workspace / target.name
        path.write_bytes(target.pack(content))
        try:
            found, message = target.read(path), ""
        except target.error as problem:
            found, message = None, str(problem)
        outcomes["refused" if message else "read"] += 1
        if found is not None:
            target.use(found)
        assert found is not None or 10 < len(message) < 2000
        assert [other.name for other in workspace.iterdir()] == [target.name]
        if not outcomes.total() % STEP:
            (folder / "outcomes.json").write_text(json.dumps(outcomes))

    atheris.Setup(
        [
            sys.argv[0],
            f"-runs={n}",
            f"-max_len={MAX_BYTES}",
            "-rss_limit_mb=0",  # it would include the memory of the parent process
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
