"""The commands that list the data sources and download MNIST."""

import argparse
import sys

from core.data import mends, mnist
from core.messages import tr, translatable

SOURCES = {
    "synthetic": translatable("20,000 generated digits (synthetic:N for N of them)"),
    "pen:FILE": translatable("a UNIPEN pen file; pen:FILE@1-24,30 for these writers of it"),
    "idx:FOLDER": translatable("IDX files with names like MNIST's or EMNIST's, plain or .gz"),
    "csv:FILE": translatable("a table: a label and 784 values a row, the label first or last, .csv or .csv.gz"),
    "images:FOLDER": translatable("pictures in folders 0 to 9"),
    "nondigits": translatable("20,000 generated drawings that are not digits (nondigits:N for N of them)"),
    "omniglot:ZIP": translatable(
        "Omniglot's characters without Latin and Greek, as non-digits; @Korean,Balinese for these alphabets"
    ),
    "A+B": translatable("two sources joined"),
    "3*A": translatable("a source that each epoch uses three times"),
    "turn*A": translatable("idx:, csv: or images: mended; also {names}"),
    "thinned*A": translatable("pen: or omniglot: with every second, third, fourth or sixth point of each stroke"),
    "soft*A": translatable("at most 4,000 images of a source as they are read from pictures of about 8 × 8 pixels"),
}
"""The description of each data source but MNIST."""


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
    folder = mnist.folder()
    if folder:
        mnist_text = tr("60,000 + 10,000 digits: in {folder}", folder=folder)
    else:
        mnist_text = tr('60,000 + 10,000 digits: not found; get it with "digitpad-lab data get mnist"')
    names = ", ".join(f"{name}*" for name in mends.NAMES[1:])
    for name, text in {"mnist": mnist_text, **{name: tr(text, names=names) for name, text in SOURCES.items()}}.items():
        print(f"{name:18} {text}")
    return 0


def get(options: argparse.Namespace) -> int:
    """Download MNIST."""
    if sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(total=mnist.DOWNLOAD_BYTES, unit="B", unit_scale=True) as bar:
            mnist.download(lambda done, total: bar.update(done - bar.n))
    else:
        mnist.download()
    print(tr("MNIST is now in {folder}", folder=mnist.cache()))
    return 0
