"""digitpad-lab data."""

from commands import assert_mistake

from core.data import mnist


def test_data_list(lab, no_data):
    code, out, err = lab("data", "list")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == [
        *("mnist", "synthetic", "pen:FILE", "idx:FOLDER", "csv:FILE", "images:FOLDER", "nondigits", "omniglot:ZIP"),
        *("A+B", "3*A", "turn*A", "thinned*A", "soft*A"),
    ]
    assert "digitpad-lab data get mnist" in out


def test_data_list_shows_the_folder_of_mnist(lab, here, monkeypatch):
    (here / "mnist").mkdir()
    (here / "mnist" / "t10k-labels-idx1-ubyte.gz").touch()
    monkeypatch.setenv("DIGITPAD_DATA", str(here))
    assert str(here / "mnist") in lab("data", "list")[1].splitlines()[0]


def test_data_get(lab, home, no_data, monkeypatch):
    monkeypatch.setattr(mnist, "download", lambda *arguments: (home / "got").touch())
    code, out, _ = lab("data", "get", "mnist")
    assert code == 0
    assert (home / "got").exists()
    assert "MNIST is now in" in out


def test_data_get_when_no_mirror_answers(lab, monkeypatch):
    monkeypatch.setattr(mnist, "MIRRORS", ("http://127.0.0.1:9/",))
    monkeypatch.setenv("NO_PROXY", "*")
    assert_mistake(lab("data", "get", "mnist"), "could not be downloaded", "127.0.0.1:9")


def test_mistakes_in_data(lab):
    assert_mistake(lab("data"), "list|get")
    assert_mistake(lab("data", "get"), "name")
    assert_mistake(lab("data", "get", "cifar"), "cifar")
    assert_mistake(lab("data", "put"), "put")
