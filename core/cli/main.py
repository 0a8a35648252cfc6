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

import core
from core.cli.arguments import Parser
from core.errors import DigitpadError
from core.messages import tr, translatable

COMMANDS = {
    "train": translatable("train a network and save it"),
    "compare": translatable("compare recipes, each with several seeds"),
    "runs": translatable("list the runs that are kept"),
    "evaluate": translatable("test a model on a data source"),
    "predict": translatable("read digits from PNG, JPEG or ink JSON files"),
    "export": translatable("write a model as an ONNX file, for other runtimes"),
    "recipes": translatable("list the recipes, or copy one to edit it"),
    "data": translatable("list or get data"),
    "model": translatable("look into a model file, or calibrate it"),
}
"""The summary of each command; the command is the module of that name in ``core.cli``."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        _mend_streams()
        arguments = sys.argv[1:] if arguments is None else arguments
        options = _parser(arguments).parse_args(arguments)
        code: int = options.run(options)
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


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser of all commands, which knows the arguments of the requested command only.

    Only that command's module is imported: with NumPy, ``--help`` would take twice as long.
    """
    parser = Parser(prog="digitpad-lab", description=tr("digitpad's laboratory without a window"))
    parser.add_argument("--version", action="version", version=f"digitpad-lab {core.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title=tr("commands"))
    parsers = {name: commands.add_parser(name, help=tr(summary)) for name, summary in COMMANDS.items()}
    name = next((argument for argument in arguments if not argument.startswith("-")), None)
    if name in parsers:
        importlib.import_module(f"core.cli.{name}").add_arguments(parsers[name])
    return parser


if __name__ == "__main__":
    sys.exit(main())
