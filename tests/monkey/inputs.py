"""Inputs for the monkey: valid and invalid files, paths of missing files, pictures and texts."""

import json
import random
import shutil
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QColor, QImage

from core.data import idx
from core.synthetic import synthetic
from core.training import recipefile
from core.training.recipes import RECIPES

ASSETS = Path(__file__).parents[2] / "assets"
TEXTS = (
    "7", "-1", "0.5", "1e-3", "1e999", "nan", "64", "16, 8", "64,,x", "", " ", "wider", "é漢字🙂", "\u202ex", "../../x",
    "/etc/passwd", "%s{0}", "x" * 300, "<b>bold</b>", "a\nb", "&File",
)  # fmt: skip


class Inputs:
    """A folder of files, of which some are valid, and random inputs from it."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.folder, self._rng = folder, rng
        folder.mkdir()
        shutil.copy(ASSETS / "model.safetensors", folder / "model.safetensors")
        model = (folder / "model.safetensors").read_bytes()
        (folder / "cut.safetensors").write_bytes(model[:5000])
        (folder / "corrupted.safetensors").write_bytes(model[:-100] + bytes(100))
        self._make_pictures()
        stroke = [[60, 60, 0], [200, 60, 100], [120, 240, 200]]
        (folder / "seven.json").write_text(json.dumps({"strokes": [stroke]}))
        (folder / "odd.json").write_text('{"strokes": [[[1e999, "x"]]]}')
        recipe = recipefile.Recipe("monkeys", "a small one", RECIPES["quick"].config, "synthetic:300")
        recipefile.save(recipe, folder / "good.toml", {})
        (folder / "bad.toml").write_text("[[[")
        pen = '.SEGMENT DIGIT 0 ? "7"\n.PEN_DOWN\n10 10\n50 10\n30 60\n.PEN_UP\n'
        (folder / "pen.unipen").write_text(pen * 30)
        self._make_digits()
        (folder / "garbage").write_bytes(np.random.default_rng(0).bytes(3000))
        for suffix in ("png", "jpg", "json", "toml", "safetensors", "csv"):
            shutil.copy(folder / "garbage", folder / f"garbage.{suffix}")
            (folder / f"empty.{suffix}").touch()
        (folder / "folder.png").mkdir()
        (folder / "mnist").mkdir()
        (folder / "mnist" / "train-images-idx3-ubyte").write_bytes(b"damaged")

    def _make_digits(self) -> None:
        """Write digits to learn from: a table, IDX files that lie on their side, pictures, and labels from 1."""
        images, labels = synthetic.draw(60, np.random.default_rng(0))
        for name, n in (("table.csv", 0), ("from-1.csv", 1)):
            rows = np.column_stack([labels.astype(int) + n, images.reshape(60, -1)]).tolist()
            (self.folder / name).write_text("\n".join(",".join(map(str, row)) for row in rows))
        squares = images.reshape(-1, 28, 28)
        (self.folder / "turned").mkdir()
        idx.write(self.folder / "turned" / "train-images.idx3-ubyte", np.ascontiguousarray(squares.transpose(0, 2, 1)))
        idx.write(self.folder / "turned" / "train-labels.idx1-ubyte", labels.astype(np.uint8))
        for digit in (3, 7):
            (self.folder / "pictures" / str(digit)).mkdir(parents=True)
            for row in np.flatnonzero(labels == digit):
                Image.fromarray(squares[row]).save(self.folder / "pictures" / str(digit) / f"{row}.png")

    def _make_pictures(self) -> None:
        digit = np.full((90, 90), 255, np.uint8)
        digit[20:28, 20:70] = digit[20:75, 60:68] = 0
        Image.fromarray(digit).save(self.folder / "seven.png")
        Image.fromarray(digit).save(self.folder / "seven.jpg")
        for suffix in ("bmp", "webp", "tif", "gif"):
            Image.fromarray(digit).save(self.folder / f"seven.{suffix}")
            (self.folder / f"cut.{suffix}").write_bytes((self.folder / f"seven.{suffix}").read_bytes()[:60])
        (self.folder / "photo.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
        Image.fromarray(np.full((50, 50), 128, np.uint8)).save(self.folder / "blank.png")
        Image.fromarray(np.zeros((1, 1), np.uint8)).save(self.folder / "dot.png")
        Image.new("RGBA", (2000, 3), (0, 0, 255, 10)).save(self.folder / "thin.png")

    def given(self) -> Path:
        """Return the path of a file, of a missing file, or of a folder."""
        existing = sorted(self.folder.rglob("*"))
        missing = [self.folder / "gone.png", self.folder / "gone" / "gone.safetensors", self.folder / "garbage" / "x"]
        return self._rng.choice([*existing, *missing])

    def save_path(self) -> Path:
        """Return a path to save to: a new file, an existing one, or a path that cannot be written."""
        suffix = self._rng.choice(("", ".csv", ".png", ".svg", ".safetensors", ".toml", ".odd"))
        name = self._rng.choice(("new", "seven", "garbage", "y" * 300)) + suffix
        return self._rng.choice((self.folder, self.folder, self.folder / "gone", self.folder / "garbage")) / name

    def text(self) -> str:
        """Return a text to type."""
        return self._rng.choice(TEXTS)

    def picture(self) -> QImage:
        """Return a picture, which may be empty."""
        kind = self._rng.randrange(4)
        if kind == 0:
            return QImage()
        image = QImage(self._rng.choice((1, 28, 300)), self._rng.choice((1, 28, 300)), QImage.Format.Format_ARGB32)
        image.fill(QColor(self._rng.choice(("white", "black", "transparent"))))
        if kind > 1:
            for i in range(min(image.width(), image.height())):
                image.setPixelColor(i, i, QColor("red"))
        return image

    def data(self) -> QMimeData:
        """Return data for the clipboard, or to drop."""
        data = QMimeData()
        kind = self._rng.randrange(8)
        if kind == 0:
            data.setText(self.text())
        elif kind == 1:
            data.setImageData(self.picture())
        elif kind == 2:
            data.setUrls([QUrl.fromLocalFile(str(self.given()))])
        elif kind == 3:
            data.setUrls([QUrl("https://example.org/7.png"), QUrl.fromLocalFile(str(self.given()))])
        elif kind == 4:
            data.setUrls([QUrl.fromLocalFile(str(path)) for path in self.several()])
        elif kind == 5:
            data.setUrls([self.link()])
        elif kind == 6:
            data.setText(self._rng.choice((self.link(), QUrl.fromLocalFile(str(self.given())))).toString())
        return data

    def several(self) -> tuple[Path, ...]:
        """Return the paths of several files."""
        return tuple(self.given() for _ in range(self._rng.randrange(2, 9)))

    def link(self) -> QUrl:
        """Return a link, which is not a local file's."""
        addresses = "https://example.org/7.png", "data:image/png;base64,iVBORw0KGgo=", "ftp://x/" + "7" * 5000, "blob:x"
        return QUrl(self._rng.choice(addresses))
