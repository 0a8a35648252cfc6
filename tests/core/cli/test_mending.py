"""What digitpad-lab says of odd digits, and the option that mends them."""

import numpy as np
import pytest
from commands import QUICK, assert_mistake, strict

from core.data import idx
from core.runs.run_store import RunStore

TRAIN = ("train", *QUICK)


@pytest.fixture
def turned(write_source, drawn_digits):
    """The name of a source whose digits lie on their side, with a test part."""
    images, labels = drawn_digits
    return write_source(images.transpose(0, 2, 1), labels, n_test=40)


def test_a_warning_names_what_is_odd_and_the_option_that_mends_it(lab, turned, tmp_path):
    code, out, err = lab(*TRAIN, "--data", turned, "--out", tmp_path / "m.safetensors", "--json")
    assert code == 0
    assert "lie on their side" in err
    assert "Mend it with --mend turn, or turn* before the source." in err
    (finding,) = strict(out)["findings"]
    assert finding in err


def test_the_option_mends_and_the_model_records_it(lab, turned, tmp_path):
    code, out, err = lab(*TRAIN, "--data", turned, "--mend", "turn", "--out", tmp_path / "m.safetensors", "--json")
    assert (code, err) == (0, "")
    assert strict(out)["data"] == f"turn*{turned}"
    assert "findings" not in strict(out)


def test_evaluate_warns_and_mends(lab, turned):
    code, out, err = lab("evaluate", "--data", turned, "--json")
    assert code == 0
    assert strict(out)["accuracy"] < 0.6
    assert "--mend turn" in err
    code, out, err = lab("evaluate", "--data", turned, "--mend", "turn", "--json")
    assert (code, err) == (0, "")
    assert strict(out)["accuracy"] > 0.9
    assert strict(out)["data"] == f"turn*{turned}"


def test_a_kept_run_records_its_mends(lab, turned):
    code, _, err = lab(*TRAIN, "--data", turned, "--mend", "turn", "--keep")
    assert (code, err) == (0, "")
    (run,) = RunStore().runs()
    assert run.data == f"turn*{turned}"


def test_the_options_add_up(lab, turned, tmp_path):
    code, out, _ = lab("evaluate", "--data", turned, "--mend", "over,turn", "--mend", "scale", "--json")
    assert code == 0
    assert strict(out)["data"] == f"over*turn*scale*{turned}"


def test_mistakes(lab, turned, tmp_path):
    assert_mistake(lab(*TRAIN, "--data", turned, "--mend", "twist"), "a mend is one of turn, left", "twist")
    assert_mistake(lab(*TRAIN, "--data", "synthetic:50", "--mend", "turn"), "cannot be mended")
    assert_mistake(lab("train", "--resume", "--mend", "turn"), "--mend does not go with --resume")


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_labels_from_1_are_an_error_that_names_the_source_that_mends_them(lab, turned, tmp_path, command):
    for part in ("train", "t10k"):
        path = tmp_path / "mine" / f"{part}-labels-idx1-ubyte"
        labels = idx.read(path)
        idx.write(path, np.where(labels == 0, 10, labels).astype(np.uint8))
    assert_mistake(lab(command, "--data", turned), "holds the labels 1 to 10", f"the source ten*{turned} mends that")
    code, _, err = lab("evaluate", "--data", turned, "--mend", "ten,turn")
    assert (code, err) == (0, "")
