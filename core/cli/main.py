"""digitpad-lab: the laboratory without a window.

Exit codes: 0; 2 for a user's mistake, with one sentence; 130 after Ctrl-C, with the best weights so far saved; 1 for a
fault of the program, or where its output cannot be written. With ``--json`` standard output is one JSON object and
nothing else.
"""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import core
from core.cli.arguments import Parser
from core.errors import DigitpadError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        _mend_streams()
        options = _parser().parse_args(arguments)
        # The commands bring NumPy and all else with them: half of the time that --help and --version would take.
        module, function = options.run.split(".")
        code: int = getattr(importlib.import_module(f"core.cli.{module}"), function)(options)
        print(end="", flush=True)  # here, and not at exit, output that cannot be written is noticed in time
        return code
    except DigitpadError as error:
        print(f"digitpad-lab: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("digitpad-lab: interrupted", file=sys.stderr)
        return 130
    except OSError as error:
        return _without_output(error)


def _mend_streams() -> None:
    """Let names be printed that cannot be shown, and everything be printed where a stream is closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, io.StringIO())
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _without_output(error: OSError) -> int:
    """End where standard output cannot be written: silently if its reader has gone, else with a sentence."""
    if error.filename is not None:  # not the output, but a file that no command should have tripped over
        raise error
    if not isinstance(error, BrokenPipeError):
        print(f"digitpad-lab: the output cannot be written: {error.strerror}", file=sys.stderr)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would complain again at exit
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="digitpad-lab", description="digitpad's laboratory without a window")
    parser.add_argument("--version", action="version", version=f"digitpad-lab {core.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")

    command = commands.add_parser("train", help="train a network and save it")
    command.add_argument("--recipe", metavar="NAME", help="see: digitpad-lab recipes; or FILE.toml")
    command.add_argument("--data", metavar="SOURCE", help="see: digitpad-lab data list")
    command.add_argument("--test", metavar="SOURCE", help="test on this, and hold nothing of the data out for it")
    command.add_argument("--epochs", type=int, metavar="N")
    command.add_argument("--batch-size", type=int, metavar="N")
    command.add_argument("--learning-rate", type=float, metavar="X")
    command.add_argument("--hidden", type=_widths, metavar="256,128", help="widths of the hidden layers")
    command.add_argument("--deformation", type=float, metavar="X", help="how far digits are deformed; 1 is usual")
    command.add_argument("--seed", type=int, metavar="N")
    command.add_argument("--float16", action="store_true", help="save half-precision numbers: half the file")
    command.add_argument("--threads", type=int, metavar="N", help="threads of the matrix products")
    command.add_argument(
        "--out", type=Path, metavar="FILE", help="default: model.safetensors, unless it exists; with --keep, the shelf"
    )
    command.add_argument("--keep", action="store_true", help="put the run on the shelf: see digitpad-lab runs")
    command.add_argument(
        "--resume", nargs="?", const=True, metavar="RUN", help="go on with a kept run, or the last interrupted one"
    )
    command.add_argument("--from", dest="parent", metavar="RUN", help="begin where a kept run ended, as it was set")
    command.set_defaults(run="train.train")

    command = commands.add_parser("compare", help="compare recipes, each with several seeds")
    command.add_argument("recipes", nargs="+", metavar="RECIPE", help="names or files; or report, for its experiments")
    command.add_argument("--seeds", type=int, metavar="K", help="runs of each, with seeds 0 to K-1 (default: 3)")
    command.add_argument("--data", metavar="SOURCE", help="default: the first recipe's own, or as with train")
    command.add_argument("--epochs", type=int, metavar="N", help="of the first recipe; the others take as many steps")
    where = command.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=int, metavar="N", help="runs at once, one thread each (default: all cores)")
    where.add_argument("--dask", metavar="ADDRESS", help="do the runs on a Dask cluster, such as tcp://HOST:8786")
    command.add_argument("--out", type=Path, metavar="DIR", help="default: comparison; finished runs are kept there")
    command.set_defaults(run="compare.compare")

    runs = commands.add_parser("runs", help="list the runs that are kept")
    runs.set_defaults(run="list_commands.list_runs")

    command = commands.add_parser("evaluate", help="test a model on a data source")
    command.add_argument("--model", type=Path, metavar="FILE", help="default: the model that comes with the program")
    command.add_argument("--data", required=True, metavar="SOURCE")
    command.add_argument(
        "--placement",
        type=_placement,
        metavar="SIZE,WIDTH",
        help="draw each somewhere on a 280-pixel canvas, this large and with this pen, as shares of its height",
    )
    command.add_argument("--path", choices=["strokes", "bitmap"], default="strokes", help="bitmap: read the canvas")
    command.add_argument("--digits", metavar="SOURCE", help="compare with these: how well scores tell both apart")
    command.set_defaults(run="ask_commands.evaluate")

    command = commands.add_parser("predict", help="read digits from PNG, JPEG or ink JSON files")
    command.add_argument("--model", type=Path, metavar="FILE", help="default: the model that comes with the program")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.set_defaults(run="ask_commands.predict")

    command = commands.add_parser("export", help="write a model as an ONNX file, for other runtimes")
    command.add_argument("model", metavar="MODEL", help='a model\'s file, or "shipped" for the one that comes along')
    command.add_argument("out", type=Path, metavar="OUT", help="a file whose name ends in .onnx")
    command.set_defaults(run="export.export")

    command = commands.add_parser("recipes", help="list the recipes, or copy one to edit it")
    command.add_argument("--copy", nargs=2, metavar=("RECIPE", "NAME"), help="into NAME of your own, or into FILE.toml")
    command.set_defaults(run="list_commands.list_recipes")

    data = commands.add_parser("data", help="list or get data").add_subparsers(required=True, metavar="list|get")
    data.add_parser("list", help="list the data sources").set_defaults(run="list_commands.list_data")
    command = data.add_parser("get", help="download MNIST (11 MB)")
    command.add_argument("name", choices=["mnist"])
    command.set_defaults(run="list_commands.get_data")

    model_command = commands.add_parser("model", help="look into a model file, or calibrate it")
    model = model_command.add_subparsers(required=True, metavar="show|calibrate")
    command = model.add_parser("show", help="print what a model says of itself")
    command.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: the model that comes along")
    command.set_defaults(run="list_commands.show_model")
    command = model.add_parser("calibrate", help="fit how sure a model is, and what it refuses")
    command.add_argument("file", type=Path, metavar="FILE")
    how = command.add_mutually_exclusive_group(required=True)
    how.add_argument("--on", metavar="SOURCE", help="fit both on these digits")
    how.add_argument("--like", type=Path, metavar="FILE", help="take both over from another model")
    command.add_argument("--out", type=Path, metavar="FILE", help="default: the file itself")
    command.set_defaults(run="list_commands.calibrate_model")

    for name in ("train", "compare", "evaluate", "predict", "export", "recipes", "runs"):
        commands.choices[name].add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _placement(text: str) -> tuple[float, float]:
    try:
        size, width = (float(number) for number in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"a size and a pen width joined by a comma, not {text!r}") from None
    if not (0.1 <= size <= 1 and 0 < width <= 0.5 * size):
        raise argparse.ArgumentTypeError(f"a size from 0.1 to 1, and a pen of at most half of it, not {text!r}")
    return size, width


def _widths(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(width) for width in text.split(",") if width.strip())
    except ValueError:
        raise argparse.ArgumentTypeError(f"widths are whole numbers joined by commas, not {text!r}") from None


if __name__ == "__main__":
    sys.exit(main())
