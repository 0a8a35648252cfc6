"""The command ``digitpad-lab``: train, test and use networks without a window.

Exit codes: 0; 1 for a fault of the program, or if its output cannot be written; 2 for a user's mistake, with one
sentence; 130 after Ctrl-C, with the best weights so far saved. With ``--json``, standard output is one JSON object and
nothing else.
"""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence

import core
from core.cli import output
from core.cli.arguments import Parser
from core.errors import DigitpadError, reason_of
from core.messages import tr, translatable

COMMANDS = {
    "train": translatable("train a network and save it"),
    "compare": translatable("compare recipes, each with several seeds"),
    "runs": translatable("list the kept runs"),
    "evaluate": translatable("test a model on a data source"),
    "predict": translatable("recognise digits in PNG, JPEG or ink JSON files"),
    "export": translatable("export a model as an ONNX file, for other runtimes"),
    "recipes": translatable("list the recipes, or copy one to edit it"),
    "data": translatable("list the data sources, or download MNIST"),
    "model": translatable("show what a model file contains, or calibrate it"),
}
"""The summary of each command; the command is the module of that name in ``core.cli``."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        _repair_streams()
        arguments = sys.argv[1:] if arguments is None else arguments
        options = _parser(arguments).parse_args(arguments)
        code: int = options.run(options)
        print(end="", flush=True)  # a failure to write must show here: at exit it is too late
        return code
    except DigitpadError as error:
        output.warn(str(error))
        return 2
    except KeyboardInterrupt:
        output.warn(tr("interrupted"))
        return 130
    except OSError as error:
        return _end_without_output(error)


def _repair_streams() -> None:
    """Replace closed output streams, and escape the characters that a stream cannot encode."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, io.StringIO())
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _end_without_output(error: OSError) -> int:
    """Return the exit code if standard output cannot be written; warn, unless the other end of a pipe was closed."""
    if error.filename is not None:  # the error is not about the output, but about a file: a fault of the program
        raise error
    if not isinstance(error, BrokenPipeError):
        output.warn(tr("the output cannot be written: {reason}", reason=reason_of(error)))
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # otherwise Python reports the error again at exit
    return 1


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser of all commands, which knows the arguments of the requested command only.

    Only that command's module is imported: with NumPy, ``--help`` would take twice as long.
    """
    parser = Parser(prog="digitpad-lab", description=tr("Train, test and use digitpad's networks without a window."))
    parser.add_argument("--version", action="version", version=f"digitpad-lab {core.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title=tr("commands"))
    parsers = {name: commands.add_parser(name, help=tr(summary)) for name, summary in COMMANDS.items()}
    name = next((argument for argument in arguments if not argument.startswith("-")), None)
    if name in parsers:
        importlib.import_module(f"core.cli.{name}").add_arguments(parsers[name])
    return parser


if __name__ == "__main__":
    sys.exit(main())
