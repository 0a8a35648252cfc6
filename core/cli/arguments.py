"""The parser of the command line, and the options that commands share."""

import argparse
from typing import NoReturn

from core.messages import tr


class Parser(argparse.ArgumentParser):
    """An argument parser that ends the program with exit code 2 and one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong, and end the program."""
        self.exit(2, tr('{program}: {message} (see "{program} --help")', program=self.prog, message=message) + "\n")


def add_json(parser: argparse._ActionsContainer) -> None:
    """Add the option that asks for JSON."""
    parser.add_argument("--json", action="store_true", help=tr("print one JSON object"))
