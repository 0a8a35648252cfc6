"""Folders 0 to 9 with pictures."""

import numpy as np
import pytest
from PIL import Image

from core.data import picture_folder
from core.errors import DataError
from core.synthetic import synthetic


@pytest.fixture
def digits():
    images, labels = synthetic.draw(30, np.random.default_rng(0))
    return images.reshape(-1, 28, 28), labels


def save(root, images, labels, *, size=28, suffix=".png", invert=False):
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        folder = root / str(label)
        folder.mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(255 - image if invert else image)
        picture.resize((size, size), Image.Resampling.BICUBIC).save(folder / f"{number:03}{suffix}")
    return root


def test_pictures_of_28_pixels_are_taken_as_they_are(tmp_path, digits):
    images, labels = digits
    found = picture_folder.read(save(tmp_path, images, labels))
    order = np.argsort(labels, kind="stable")
    np.testing.assert_array_equal(found.labels, labels[order])
    np.testing.assert_array_equal(found.images, images[order])
    assert found.left_out == ()


def test_larger_pictures_are_read_as_on_the_pad(tmp_path, digits):
    images, labels = digits
    found = picture_folder.read(save(tmp_path, images, labels, size=120, suffix=".jpg", invert=True))
    order = np.argsort(labels, kind="stable")
    difference = np.abs(found.images.astype(float) - images[order]).mean(axis=(1, 2))
    assert np.median(difference) < 20
    assert found.images[:, 0].max() == 0


def test_what_is_no_picture_is_passed_over_and_what_is_damaged_is_told(tmp_path, digits):
    images, labels = digits
    save(tmp_path, images, labels)
    (tmp_path / "3" / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "3" / ".hidden.png").write_bytes(b"x")
    (tmp_path / "notes").mkdir()
    (tmp_path / "3" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    Image.new("L", (60, 60), 255).save(tmp_path / "3" / "white.png")
    found = picture_folder.read(tmp_path)
    assert len(found.labels) == 30
    for name, sentence in zip(("broken.png", "white.png"), found.left_out, strict=True):
        assert str(tmp_path / "3" / name) in sentence


@pytest.mark.parametrize("suffix", [".heic", ".HEIC", ".avif"])
def test_photos_in_a_format_that_is_not_read_are_told_with_the_remedy(tmp_path, digits, suffix):
    brand = suffix[1:].lower().encode()
    (tmp_path / "3").mkdir()
    (tmp_path / "3" / f"photo{suffix}").write_bytes(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1" + brand + bytes(99))
    with pytest.raises(DataError, match="which is not read here: save or export it as JPEG"):
        picture_folder.read(tmp_path)
    (sentence,) = picture_folder.read(save(tmp_path, *digits)).left_out
    assert f"photo{suffix}" in sentence


def test_folders_named_by_their_part(tmp_path, digits):
    save(tmp_path / "training", *digits)
    save(tmp_path / "testing", *digits)
    assert picture_folder.parts(tmp_path) == {"train": tmp_path / "training", "test": tmp_path / "testing"}
    assert picture_folder.parts(tmp_path / "testing") == {"train": tmp_path / "testing"}


def test_no_such_folders(tmp_path):
    with pytest.raises(DataError, match="no folders 0 to 9"):
        picture_folder.parts(tmp_path)
    with pytest.raises(DataError, match="No such file"):
        picture_folder.parts(tmp_path / "none")
    (tmp_path / "3").mkdir()
    with pytest.raises(DataError, match="holds no pictures"):
        picture_folder.read(tmp_path)
    (tmp_path / "3" / "a.png").write_bytes(b"x")
    with pytest.raises(DataError, match=r"holds no picture that can be read: .*a.png"):
        picture_folder.read(tmp_path)


def test_too_many_pictures(tmp_path, digits, monkeypatch):
    save(tmp_path, *digits)
    monkeypatch.setattr(picture_folder, "MAX_PICTURES", 29)
    with pytest.raises(DataError, match="30 pictures; at most 29"):
        picture_folder.read(tmp_path)


def test_too_many_pixels(tmp_path, digits, monkeypatch):
    save(tmp_path, *digits, size=60)
    monkeypatch.setattr(picture_folder, "MAX_PIXELS", 3600 * 29)
    with pytest.raises(DataError, match="more than 104,400 pixels"):
        picture_folder.read(tmp_path)
