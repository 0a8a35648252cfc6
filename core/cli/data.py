"""The commands that list and download data."""

import argparse
import sys

from core.data import mnist
from core.messages import tr


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the two commands to the parser."""
    commands = parser.add_subparsers(required=True, metavar="list|get")
    command = commands.add_parser("list", help=tr("list the data sources"))
    command.set_defaults(run=list_sources)
    command = commands.add_parser("get", help=tr("download MNIST (11 MB)"))
    command.add_argument("name", choices=["mnist"])
    command.set_defaults(run=get)


def list_sources(options: argparse.Namespace) -> int:
    """List the data sources."""
    where = mnist.folder()
    here = f"in {where}" if where else 'not here; get it with "digitpad-lab data get mnist"'
    print(f"mnist              60,000 + 10,000 digits: {here}")
    print("synthetic          20,000 digits drawn by the program (synthetic:N for N of them)")
    print("pen:FILE           a UNIPEN pen file; pen:FILE@1-24,30 for these writers of it")
    print("idx:FOLDER         four IDX files named like MNIST's")
    print("nondigits          20,000 drawings that are no digits (nondigits:N for N of them), made by the program")
    print("omniglot:ZIP       Omniglot's characters, but Latin and Greek, as no digits; @Korean,Balinese for some")
    print("A+B                two sources joined")
    print("3*A                a source that each epoch goes through three times")
    return 0


def get(options: argparse.Namespace) -> int:
    """Download MNIST."""
    if sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(total=mnist.DOWNLOAD_BYTES, unit="B", unit_scale=True) as bar:
            mnist.download(lambda done, total: bar.update(done - bar.n))
    else:
        mnist.download()
    print(f"MNIST is now in {mnist.cache()}")
    return 0
