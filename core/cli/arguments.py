"""The command line's manners: a mistake is one sentence, without the usage above it."""

import argparse
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """An argument parser that ends with exit code 2 and one sentence where it does not understand."""

    def error(self, message: str) -> NoReturn:
        """Say what was wrong, and end the program."""
        self.exit(2, f'{self.prog}: {message} (see "{self.prog} --help")\n')
