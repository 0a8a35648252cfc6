"""Sources of digits: all forms of names, and the errors."""

import numpy as np
import pytest

from core.data import idx, mnist, source_loaders, sources, unipen
from core.data.dataset import Dataset
from core.digits import NOT_A_DIGIT
from core.errors import DataError
from core.preprocessing import ink

SHAPES = [[[0, 0], [50, 100]], [[0, 0], [80, 0], [10, 90]]]


def pen_text(writers, per_writer=5):
    """Return a pen file in which every writer writes the same few digits, shifted."""
    lines = [".VERSION 1.0", ".HIERARCHY PAGE TEXT WORD"]
    for writer in writers:
        for i in range(per_writer):
            label = (writer + i) % 10
            lines += [f'.SEGMENT DIGIT 0 ? "{label}"', f".COMMENT {label} {writer} {i}", ".PEN_DOWN"]
            lines += [f"{x + writer + i} {y + i * y}" for x, y in SHAPES[label % 2]]
            lines += [".PEN_UP", ".DT 100"]
    return "\n".join(lines) + "\n"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch, no_data):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pens(here):
    (here / "pens").write_text(pen_text(range(1, 31)))
    return here / "pens"


def write_idx(folder, n_train=20, n_test=5, suffix=""):
    rng = np.random.default_rng(n_train)
    folder.mkdir(parents=True, exist_ok=True)
    for part, n in (("train", n_train), ("t10k", n_test)):
        idx.write(folder / f"{part}-images-idx3-ubyte{suffix}", rng.integers(256, size=(n, 28, 28), dtype=np.uint8))
        idx.write(folder / f"{part}-labels-idx1-ubyte{suffix}", rng.integers(10, size=n, dtype=np.uint8))
    return folder


@pytest.fixture
def fake_mnist(here, monkeypatch):
    """Small files in $DIGITPAD_DATA that the program accepts as MNIST."""
    folder = write_idx(here / "data" / "mnist", 24, 6)
    monkeypatch.setattr(mnist, "SHA256", {name: idx.sha256((folder / name).read_bytes()) for name in mnist.SHA256})
    monkeypatch.setenv("DIGITPAD_DATA", str(here / "data"))
    return folder


def writers(data):
    return sorted(set(data.writers.tolist()))


# -- mnist and idx ---


def test_mnist(fake_mnist):
    source = sources.load("mnist")
    assert (source.name, len(source.train), len(source.test)) == ("mnist", 24, 6)
    assert source.evaluation is source.test
    assert source.credits == (mnist.CREDIT,)


def test_default_is_mnist_where_it_is_present_else_synthetic(here, monkeypatch):
    assert sources.default() == "synthetic"
    write_idx(here / "data" / "mnist")
    monkeypatch.setenv("DIGITPAD_DATA", str(here / "data"))
    assert sources.default() == "mnist"


def test_damaged_mnist_is_an_error_and_not_replaced_by_synthetic(fake_mnist):
    (fake_mnist / "train-labels-idx1-ubyte").write_bytes(b"damaged")
    assert sources.default() == "mnist"
    with pytest.raises(DataError, match="train-labels-idx1-ubyte is damaged"):
        sources.load("mnist")


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx(here, suffix):
    write_idx(here / "mine", suffix=suffix)
    source = sources.load("idx:mine")
    assert (source.name, len(source.train), len(source.test)) == ("idx:mine", 20, 5)
    assert source.evaluation is source.test
    assert source.credits == ()
    np.testing.assert_array_equal(source.test.labels, idx.read(here / "mine" / f"t10k-labels-idx1-ubyte{suffix}"))


def test_errors_name_the_idx_files(here):
    folder = write_idx(here / "mine")
    idx.write(folder / "train-labels-idx1-ubyte", np.zeros(19, np.uint8))
    with pytest.raises(
        DataError, match=r"train-images-idx3-ubyte holds 20 images, but .*train-labels-idx1-ubyte holds 19"
    ):
        sources.load("idx:mine")
    (folder / "t10k-images-idx3-ubyte").unlink()
    write_idx(folder, 20, 5)
    (folder / "t10k-images-idx3-ubyte").unlink()
    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte cannot be read: No such file"):
        sources.load("idx:mine")


# -- synthetic ---


def test_synthetic_holds_a_tenth_out_as_test_part():
    source = sources.load("synthetic:50")
    assert (len(source.train), len(source.test), len(source.evaluation)) == (45, 5, 50)
    assert source.credits == ()
    assert source.train.images.dtype == np.uint8
    assert set(source.evaluation.labels) == set(range(10))


def test_synthetic_is_the_same_each_time():
    first, second = sources.load("synthetic:20"), sources.load("synthetic:20")
    np.testing.assert_array_equal(first.train.images, second.train.images)
    np.testing.assert_array_equal(first.test.labels, second.test.labels)


def test_synthetic_without_a_number(monkeypatch):
    assert source_loaders.N_SYNTHETIC == 20_000
    monkeypatch.setattr(source_loaders, "N_SYNTHETIC", 30)
    source = sources.load("synthetic")
    assert (source.name, len(source.evaluation)) == ("synthetic", 30)


@pytest.mark.parametrize("number", ["9", "0", "-20", "1000001", "1e3", "many", "20.5", "²", "٢٠", " ", "9" * 5000])
def test_invalid_numbers_of_synthetic_digits(number):
    with pytest.raises(DataError, match=r"10 to 1,000,000|no data source"):
        sources.load(f"synthetic:{number}")


# -- pen ---


def test_pen_images_are_those_of_the_strokes(pens):
    source = sources.load("pen:pens")
    digits = unipen.read(pens)
    assert len(source.evaluation) == len(digits) == 150
    images = ink.render_all([digit.drawing for digit in digits]).reshape(150, 784)
    np.testing.assert_array_equal(source.evaluation.images, images)
    np.testing.assert_array_equal(source.evaluation.labels, [digit.label for digit in digits])
    np.testing.assert_array_equal(source.evaluation.writers, [digit.writer for digit in digits])


def test_pen_holds_a_tenth_of_the_writers_out(pens):
    source = sources.load("pen:pens")
    assert writers(source.train) == list(range(1, 28))
    assert writers(source.test) == [28, 29, 30]
    assert (len(source.train), len(source.test)) == (135, 15)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [("25-30", range(25, 31)), ("7", [7]), ("1,2,7", [1, 2, 7]), ("1-3,30,29-30", [1, 2, 3, 29, 30])],
)
def test_pen_of_some_writers(pens, chosen, expected):
    assert writers(sources.load(f"pen:pens@{chosen}").evaluation) == list(expected)


def test_pen_of_one_writer_holds_a_tenth_of_the_rows_out(here):
    (here / "one").write_text(pen_text([7], per_writer=40))
    source = sources.load("pen:one@7")
    assert (len(source.train), len(source.test), len(source.evaluation)) == (36, 4, 40)


@pytest.mark.parametrize("chosen", ["30-25", "1,,2", "1-", "-3", "1-2-3", ",", "-", "99999"])
def test_invalid_writers(pens, chosen):
    with pytest.raises(DataError, match="writers are given like"):
        sources.load(f"pen:pens@{chosen}")


def test_missing_writers(pens):
    with pytest.raises(DataError, match=r"pens has no digits of these writers; its writers are 1 to 30"):
        sources.load("pen:pens@31-40")


@pytest.mark.parametrize("chosen", ["", "all", "1;2", "²"])
def test_an_at_without_writers_is_part_of_the_name(pens, chosen):
    with pytest.raises(DataError, match=f"pens@{chosen} cannot be read: No such file"):
        sources.load(f"pen:pens@{chosen}")


@pytest.mark.parametrize("name", ["a@b.unipen", "a@12", "a+b", "a + b.unipen", "pen:x", "C+pen", "x+mnist.unipen", "+"])
def test_names_with_an_at_or_a_plus_or_a_colon(here, name):
    (here / name).write_text(pen_text([1, 2]))
    assert len(sources.load(f"pen:{name}").evaluation) == 10


def test_an_at_in_the_name_and_writers_after_it(here):
    (here / "a@b").write_text(pen_text([1, 2]))
    assert writers(sources.load("pen:a@b@2").evaluation) == [2]


def test_the_known_pen_file_has_a_credit(here):
    for name in ("pen-train.unipen", "mine.unipen"):
        (here / name).write_text(pen_text([1, 2]))
    assert "UCI (CC BY 4.0)" in sources.load("pen:pen-train.unipen").credits[0]
    assert sources.load("pen:mine.unipen").credits == ()


# -- paths ---


def test_digitpad_data_comes_first(here, monkeypatch):
    (here / "data").mkdir()
    (here / "data" / "pens").write_text(pen_text([5]))
    (here / "pens").write_text(pen_text([6]))
    assert writers(sources.load("pen:pens").evaluation) == [6]
    monkeypatch.setenv("DIGITPAD_DATA", str(here / "data"))
    assert writers(sources.load("pen:pens").evaluation) == [5]
    (here / "data" / "pens").unlink()
    assert writers(sources.load("pen:pens").evaluation) == [6]
    assert writers(sources.load(f"pen:{here / 'pens'}").evaluation) == [6]


def test_a_tilde_is_expanded(here, monkeypatch):
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setenv("USERPROFILE", str(here))
    (here / "mine").write_text(pen_text([4]))
    assert writers(sources.load("pen:~/mine").evaluation) == [4]


# -- A+B ---


def test_joined_sources(pens, here):
    write_idx(here / "mine")
    name = "idx:mine+pen:pens@1-4+synthetic:30"
    source = sources.load(name)
    parts = [sources.load(part) for part in ("idx:mine", "pen:pens@1-4", "synthetic:30")]
    assert source.name == name
    for field in ("train", "test", "evaluation"):
        joined, apart = getattr(source, field), [getattr(part, field) for part in parts]
        np.testing.assert_array_equal(joined.images, np.concatenate([part.images for part in apart]))
        np.testing.assert_array_equal(joined.labels, np.concatenate([part.labels for part in apart]))
        np.testing.assert_array_equal(joined.writers, np.concatenate([part.writers for part in apart]))


def test_each_credit_appears_once(fake_mnist, here):
    (here / "pen-train.unipen").write_text(pen_text([1, 2]))
    credits = sources.load("mnist+pen:pen-train.unipen@1+pen:pen-train.unipen@2+mnist").credits
    assert credits == (mnist.CREDIT, source_loaders.PEN_CREDIT)


@pytest.mark.parametrize(
    "name", ["synthetic:20+synthetic:30", "synthetic:20 + synthetic:30", " synthetic:20+ synthetic:30 "]
)
def test_spaces_around_a_plus_do_not_matter(name):
    assert len(sources.load(name).evaluation) == 50


@pytest.mark.parametrize(
    "name",
    [
        " ",
        "+",
        "emnist",
        "MNIST",
        "mnist:",
        "mnist:x",
        "pen",
        "pen:",
        "idx",
        "idx:",
        "synthetic:",
        "synthetics",
        "pens",
        "penguin:x",
        "mnist+",
        "+mnist",
        "mnist+emnist",
        "mnist++synthetic",
        "synthetic:20+",
        "idx+mnist",
        "pen+mnist",
    ],
)
def test_invalid_names(fake_mnist, name):
    with pytest.raises(DataError, match=r"there is no data source .*a source is mnist, synthetic|10 to 1,000,000"):
        sources.load(name)


@pytest.mark.parametrize("times", ["0", "100", "-1", "2.5", "000003"])
def test_invalid_repetitions(fake_mnist, times):
    with pytest.raises(DataError, match=r"from 1 to 99 times"):
        sources.load(f"{times}*mnist")


def test_an_error_in_one_part_is_raised(pens):
    with pytest.raises(DataError, match="nowhere"):
        sources.load("pen:pens+pen:nowhere")


@pytest.mark.parametrize("name", ["pen:.", "idx:pens", "pen:" + "x" * 300, "idx:" + "x" * 300, "pen:~nobody-there/x"])
def test_paths_without_files(pens, name):
    with pytest.raises(DataError, match="cannot be read"):
        sources.load(name)


def test_an_empty_test_part(here):
    write_idx(here / "mine", 3, 0)
    assert isinstance(sources.load("idx:mine").test, Dataset)
    assert len(sources.load("idx:mine").test) == 0


@pytest.mark.real_data
def test_the_real_pen_digits(pen_file, monkeypatch):
    monkeypatch.setenv("DIGITPAD_DATA", str(pen_file.parent.parent))
    source = sources.load("pen:pen/pen-train.unipen@25-30")
    assert writers(source.evaluation) == list(range(25, 31))
    assert 1_000 < len(source.evaluation) < 2_000
    assert writers(source.test) == [30]
    assert source.credits


# -- repetitions, tests on another source, non-digits ---


def test_repeated_sources(pens):
    once, thrice = sources.load(f"pen:{pens}"), sources.load(f"3*pen:{pens}")
    assert set(thrice.train.times) == {3}
    assert set(thrice.everything.times) == {3}
    assert set(thrice.evaluation.times) == {1}
    np.testing.assert_array_equal(thrice.train.images, once.train.images)
    both = sources.load(f"2*pen:{pens}+synthetic:50+4*synthetic:60")
    assert sorted(set(both.train.times)) == [1, 2, 4]
    assert both.name == f"2*pen:{pens}+synthetic:50+4*synthetic:60"


@pytest.mark.parametrize("name", ["2*", "2*2*synthetic", "*synthetic", "2*nonsense"])
def test_repetitions_without_a_source(name):
    with pytest.raises(DataError, match="there is no data source"):
        sources.load(name)


def test_repeated_mnist_uses_mnist():
    assert sources.uses_mnist("2*mnist+synthetic")
    assert not sources.uses_mnist("2*synthetic")


def test_with_another_test_source_nothing_is_held_out(pens, fake_mnist):
    pen, mnist_ = sources.load(f"pen:{pens}"), sources.load("mnist")
    whole = pen.tested_on(mnist_)
    assert len(whole.train) == len(pen.evaluation) > len(pen.train)
    assert whole.test is mnist_.evaluation
    # A source's own test part is never used for training.
    np.testing.assert_array_equal(mnist_.tested_on(pen).train.images, mnist_.train.images)


def test_nondigits_have_their_own_label():
    source = sources.load("nondigits:100")
    assert set(source.evaluation.labels) == {NOT_A_DIGIT}
    assert (len(source.train), len(source.test)) == (90, 10)


def test_drawings_are_available_if_all_parts_have_strokes(pens):
    source = sources.load(f"pen:{pens}")
    assert len(source.drawings) == len(source.evaluation)
    np.testing.assert_array_equal(ink.render_all(source.drawings).reshape(-1, 784), source.evaluation.images)
    assert len(sources.load(f"pen:{pens}+pen:{pens}@1").drawings) > len(source.drawings)
    assert sources.load(f"pen:{pens}+synthetic:50").drawings == ()


@pytest.mark.real_data
def test_omniglot_has_non_digits(real_data, monkeypatch):
    monkeypatch.setenv("DIGITPAD_DATA", str(real_data))
    name = "omniglot:omniglot/strokes_background_small1.zip"
    korean, both = sources.load(f"{name}@Korean"), sources.load(f"{name}@Korean,Balinese")
    assert len(korean.drawings) == 800
    assert len(both.drawings) == 1280
    assert set(both.evaluation.labels) == {NOT_A_DIGIT}
    assert "Omniglot" in both.credits[0]
    with pytest.raises(DataError, match="Klingon"):
        sources.load(f"{name}@Klingon")
