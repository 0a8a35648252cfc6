"""MNIST's files: found, checked and downloaded. Small fake files and a local server replace the real ones."""

import contextlib
import errno
import gzip
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pooch
import pytest

from core.data import idx, mnist, sources
from core.data.dataset import Dataset, concatenate
from core.digits import NOT_A_DIGIT
from core.errors import DataError, MnistError
from core.files import paths

SHA256, DOWNLOAD_BYTES = mnist.SHA256, mnist.DOWNLOAD_BYTES
NAMES = tuple(SHA256)
LABELS = "t10k-labels-idx1-ubyte"
SIZES = {"train": 30, "t10k": 12}


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch, no_data):
    """The contents of four small files, which the program accepts as MNIST."""
    folder = tmp_path / "original"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for part, n in SIZES.items():
        idx.write(folder / f"{part}-images-idx3-ubyte", rng.integers(256, size=(n, 28, 28), dtype=np.uint8))
        idx.write(folder / f"{part}-labels-idx1-ubyte", rng.integers(10, size=n, dtype=np.uint8))
    contents = {name: (folder / name).read_bytes() for name in NAMES}
    monkeypatch.setattr(mnist, "SHA256", {name: idx.sha256(content) for name, content in contents.items()})
    monkeypatch.setattr(mnist, "DOWNLOAD_BYTES", sum(len(gzip.compress(content)) for content in contents.values()))
    return contents


def write_files(folder, files, suffix=""):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}{suffix}").write_bytes(gzip.compress(content) if suffix else content)
    return folder


def cached():
    """Return the contents of the files in the cache, by name."""
    folder = paths.cache() / "mnist"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


class Server(ThreadingHTTPServer):
    """Serves ``pages``, each the bytes of a file or a status; truncates those in ``cut``; records the requests."""

    def __init__(self):
        self.pages, self.requests, self.cut = {}, [], set()
        super().__init__(("127.0.0.1", 0), Handler)

    def mirror(self, name, files):
        self.pages |= {f"/{name}/{file}.gz": gzip.compress(content) for file, content in files.items()}
        return f"http://127.0.0.1:{self.server_port}/{name}/"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append(self.path)
        page = self.server.pages.get(self.path, 404)
        if isinstance(page, int):
            self.send_error(page)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(page[: len(page) // 2] if self.path in self.server.cut else page)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def mirrors(server, files, monkeypatch):
    """Two mirrors with all four files."""
    addresses = (server.mirror("a", files), server.mirror("b", files))
    monkeypatch.setattr(mnist, "MIRRORS", addresses)
    return addresses


# -- finding MNIST ---


def test_mnist_is_missing():
    assert mnist.folder() is None
    with pytest.raises(DataError, match="digitpad-lab data get mnist"):
        mnist.load()


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_digitpad_data_comes_first(tmp_path, monkeypatch, files, suffix):
    write_files(paths.cache() / "mnist", files)
    mine = write_files(tmp_path / "mine" / "mnist", files, suffix)
    assert mnist.folder() == paths.cache() / "mnist"
    monkeypatch.setenv("DIGITPAD_DATA", str(tmp_path / "mine"))
    assert mnist.folder() == mine


def test_the_cache_comes_second(tmp_path, monkeypatch, files):
    monkeypatch.setenv("DIGITPAD_DATA", str(tmp_path))
    assert mnist.folder() is None
    cache = write_files(paths.cache() / "mnist", files, ".gz")
    assert mnist.folder() == cache


def test_both_parts_are_read(tmp_path, files):
    train, test = mnist.load(write_files(tmp_path / "m", files, ".gz"))
    assert (len(train), len(test)) == (30, 12)
    np.testing.assert_array_equal(train.images.reshape(-1), np.frombuffer(files[NAMES[0]], np.uint8)[16:])
    np.testing.assert_array_equal(test.labels, np.frombuffer(files[LABELS], np.uint8)[8:])
    np.testing.assert_array_equal(train.writers, 0)


def test_the_spelling_with_a_dot(tmp_path, files):
    write_files(tmp_path / "m", {name.replace("-idx", ".idx"): content for name, content in files.items()})
    assert len(mnist.load(tmp_path / "m")[0]) == 30


def test_the_gzip_level_does_not_matter(tmp_path, files):
    folder = write_files(tmp_path / "m", files)
    for name, content in files.items():
        (folder / name).unlink()
        (folder / f"{name}.gz").write_bytes(gzip.compress(content, compresslevel=1, mtime=12345))
    assert len(mnist.load(folder)[0]) == 30


@pytest.mark.parametrize("damaged", NAMES)
def test_a_damaged_file_is_named_and_nothing_else_is_tried(tmp_path, monkeypatch, files, damaged):
    write_files(paths.cache() / "mnist", files)
    content = bytearray(files[damaged])
    content[-1] ^= 1
    mine = write_files(tmp_path / "mine" / "mnist", files | {damaged: bytes(content)})
    monkeypatch.setenv("DIGITPAD_DATA", str(tmp_path / "mine"))
    with pytest.raises(DataError) as caught:
        mnist.load()
    assert str(caught.value).startswith(f"{mine / damaged} is damaged")


@pytest.mark.parametrize("missing", NAMES)
def test_a_missing_file_is_named_and_nothing_else_is_tried(tmp_path, monkeypatch, files, missing):
    write_files(paths.cache() / "mnist", files)
    mine = write_files(tmp_path / "mine" / "mnist", files)
    (mine / missing).unlink()
    monkeypatch.setenv("DIGITPAD_DATA", str(tmp_path / "mine"))
    with pytest.raises(DataError, match=f"mine/mnist lacks MNIST's file {missing}"):
        mnist.load()


def test_truncated_gzip_is_named(tmp_path, files):
    folder = write_files(tmp_path / "m", files, ".gz")
    path = folder / f"{LABELS}.gz"
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(DataError, match=f"{LABELS}.gz is damaged: its compressed content"):
        mnist.load(folder)


def test_a_folder_instead_of_a_file(tmp_path, files):
    folder = write_files(tmp_path / "m", files)
    (folder / LABELS).unlink()
    (folder / LABELS).mkdir()
    with pytest.raises(DataError, match=f"{LABELS} cannot be read: Is a directory"):
        mnist.load(folder)


# -- downloading ---


def test_all_files_come_from_the_first_mirror(server, mirrors, files):
    mnist.download()
    assert server.requests == [f"/a/{name}.gz" for name in NAMES]
    assert {name: gzip.decompress(content) for name, content in cached().items()} == {
        f"{name}.gz": content for name, content in files.items()
    }
    assert mnist.folder() == paths.cache() / "mnist"
    assert len(mnist.load()[0]) == 30


def test_progress_never_decreases_and_ends_at_the_total(mirrors):
    reports = []
    mnist.download(lambda done, total: reports.append((done, total)))
    assert {total for _, total in reports} == {mnist.DOWNLOAD_BYTES}
    done = [done for done, _ in reports]
    assert done == sorted(done)
    assert done[-1] == mnist.DOWNLOAD_BYTES
    assert len(done) >= 4


def test_progress_never_decreases_when_a_mirror_breaks_off(server, mirrors):
    server.cut.add(f"/a/{NAMES[0]}.gz")
    reports = []
    mnist.download(lambda done, total: reports.append(done))
    assert reports == sorted(reports)
    assert reports[-1] == mnist.DOWNLOAD_BYTES


def test_progress_ends_at_the_total_when_files_are_smaller(mirrors, monkeypatch):
    monkeypatch.setattr(mnist, "DOWNLOAD_BYTES", 10 * mnist.DOWNLOAD_BYTES)
    reports = []
    mnist.download(lambda done, total: reports.append(done))
    assert reports[-1] == mnist.DOWNLOAD_BYTES
    assert reports[0] < reports[-1]


@pytest.mark.parametrize("fault", [404, 500, b"<html>no such thing</html>", b"", "cut", "other"])
def test_when_the_first_mirror_fails_the_second_is_used(server, mirrors, files, fault):
    path = f"/a/{NAMES[1]}.gz"
    if fault == "cut":
        server.cut.add(path)
    else:
        server.pages[path] = server.pages[f"/a/{NAMES[0]}.gz"] if fault == "other" else fault
    mnist.download()
    assert server.requests == [f"/a/{NAMES[0]}.gz", path, f"/b/{NAMES[1]}.gz", *(f"/a/{name}.gz" for name in NAMES[2:])]
    assert len(cached()) == 4


def test_a_mirror_that_does_not_answer(server, files, monkeypatch):
    monkeypatch.setattr(mnist, "MIRRORS", ("http://127.0.0.1:9/", server.mirror("b", files)))
    mnist.download()
    assert len(cached()) == 4


def test_both_mirrors_fail_for_different_reasons(server, mirrors):
    server.pages[f"/a/{LABELS}.gz"] = 503
    server.pages[f"/b/{LABELS}.gz"] = gzip.compress(b"something else")
    with pytest.raises(DataError, match="MNIST could not be downloaded") as caught:
        mnist.download()
    assert f"{mirrors[0]} (HTTP status 503)" in str(caught.value)
    assert f"{mirrors[1]} (it sent something else than MNIST)" in str(caught.value)
    assert cached() == {}
    assert mnist.folder() is None


def test_a_failure_leaves_the_cache_as_it_was(server, mirrors, files):
    write_files(paths.cache() / "mnist", files)
    before = cached()
    server.pages.clear()
    with pytest.raises(DataError):
        mnist.download()
    assert cached() == before


def test_a_download_that_is_far_too_long_is_cancelled(server, mirrors, monkeypatch):
    monkeypatch.setattr(mnist, "DOWNLOAD_BYTES", 20_000)
    for mirror in "ab":
        server.pages[f"/{mirror}/{NAMES[0]}.gz"] = bytes(10**6)
    reports = []
    with pytest.raises(DataError, match="something else than MNIST"):
        mnist.download(lambda done, total: reports.append(done))
    assert max(reports) <= 20_000
    assert len(reports) <= 2 * (4 * 20_000 // 2**15 + 1)
    assert cached() == {}


class CancelledError(Exception):
    pass


@pytest.mark.parametrize("error", [CancelledError, KeyboardInterrupt])
def test_an_exception_from_the_report_cancels_the_download(server, mirrors, error):
    def report(done, total):
        if len(server.requests) == 2:
            raise error

    with pytest.raises(error):
        mnist.download(report)
    assert len(server.requests) == 2
    assert cached() == {}


def test_a_damaged_cache_is_replaced(mirrors, files):
    write_files(paths.cache() / "mnist", {name: content[:-1] for name, content in files.items()})
    with pytest.raises(DataError, match="damaged"):
        mnist.load()
    mnist.download()
    assert len(mnist.load()[0]) == 30


def test_a_cache_folder_that_cannot_be_created(home, mirrors):
    (home / "cache").write_text("a file where a folder should be")
    with pytest.raises(DataError, match=r"cannot be stored in .*mnist: (Not a directory|File exists)"):
        mnist.download()
    assert (home / "cache").read_text() == "a file where a folder should be"


def full_disk_after(monkeypatch, n_files):
    sound, calls = os.fsync, []

    def fsync(descriptor):
        calls.append(descriptor)
        if len(calls) > n_files:
            raise OSError(errno.ENOSPC, "No space left on device")
        sound(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)


def test_a_full_disk_leaves_no_incomplete_mnist(mirrors, monkeypatch):
    full_disk_after(monkeypatch, 2)
    with pytest.raises(DataError, match=r"cannot be stored in .* No space left"):
        mnist.download()
    assert cached() == {}
    assert mnist.folder() is None


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_full_disk_leaves_existing_files(mirrors, monkeypatch, files, suffix):
    write_files(paths.cache() / "mnist", files, suffix)
    full_disk_after(monkeypatch, 2)
    with pytest.raises(DataError, match="cannot be stored"):
        mnist.download()
    assert len(mnist.load()[0]) == 30


# -- copying the user's files ---


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_the_users_files_are_copied(tmp_path, files, suffix):
    mnist.take_over(write_files(tmp_path / "mine", files, suffix))
    assert len(cached()) == 4
    assert len(mnist.load()[0]) == 30
    assert len(list((tmp_path / "mine").iterdir())) == 4


def test_plain_and_compressed_files_together(tmp_path, files):
    write_files(tmp_path / "mine", dict(list(files.items())[:2]))
    write_files(tmp_path / "mine", dict(list(files.items())[2:]), ".gz")
    mnist.take_over(tmp_path / "mine")
    assert len(mnist.load()[1]) == 12


def test_copied_files_replace_older_uncompressed_ones(tmp_path, files):
    write_files(paths.cache() / "mnist", dict.fromkeys(files, b"old and damaged"))
    mnist.take_over(write_files(tmp_path / "mine", files))
    assert len(mnist.load()[0]) == 30


def test_the_cache_can_be_copied_onto_itself(files):
    mnist.take_over(write_files(paths.cache() / "mnist", files))
    assert len(mnist.load()[0]) == 30


def test_nothing_is_copied_unless_all_files_are_right(tmp_path, files):
    folder = write_files(tmp_path / "mine", files | {LABELS: b"wrong"})
    with pytest.raises(DataError, match=f"{LABELS} is damaged"):
        mnist.take_over(folder)
    assert cached() == {}
    (folder / LABELS).unlink()
    with pytest.raises(DataError, match=f"mine lacks MNIST's file {LABELS}"):
        mnist.take_over(folder)
    with pytest.raises(DataError, match="nowhere lacks"):
        mnist.take_over(tmp_path / "nowhere")
    assert cached() == {}


# -- the real MNIST ---


@pytest.mark.real_data
def test_the_real_mnist(real_data, monkeypatch):
    monkeypatch.setattr(mnist, "SHA256", SHA256)
    train, test = mnist.load(real_data / "mnist")
    assert train.images.shape == (60_000, 784)
    assert np.bincount(train.labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert len(test) == 10_000


def test_the_size_of_the_download_is_that_of_the_published_files():
    assert DOWNLOAD_BYTES == 9_912_422 + 28_881 + 1_648_877 + 4_542


def test_ctrl_c_while_storing_leaves_no_incomplete_mnist(mirrors, monkeypatch):
    write, calls = mnist.atomic.write, []

    def interrupted(path, content):
        calls.append(path)
        if len(calls) == 3:
            raise KeyboardInterrupt
        write(path, content)

    monkeypatch.setattr(mnist.atomic, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        mnist.download()
    assert cached() == {}
    assert mnist.folder() is None


def test_a_full_disk_is_not_reported_as_a_failure_of_the_mirror(mirrors, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", full)
    with pytest.raises(DataError, match=r"cannot be stored: .*No space left"):
        mnist.download()


def test_a_cancellation_takes_effect_before_each_mirror(server, files, monkeypatch):
    monkeypatch.setattr(mnist, "MIRRORS", (server.mirror("none", {}), server.mirror("b", files)))

    def cancel(done, total):
        if server.requests:
            raise RuntimeError("cancelled")

    with pytest.raises(RuntimeError, match="cancelled"):
        mnist.download(cancel)
    assert all("/b/" not in path for path in server.requests)
    assert cached() == {}


def test_a_path_that_is_too_long_has_no_mnist(monkeypatch):
    monkeypatch.setenv("DIGITPAD_DATA", "x" * 300)
    assert mnist.folder() is None


def test_errors_that_a_new_download_fixes_have_their_own_class(files):
    with pytest.raises(MnistError, match="not here yet"):
        mnist.load()
    folder = write_files(mnist.cache(), files, ".gz")
    path = folder / f"{LABELS}.gz"
    for damaged in (path.read_bytes()[:-9], gzip.compress(b"something else")):
        path.write_bytes(damaged)
        with pytest.raises(MnistError, match=LABELS):
            mnist.load()


def test_the_rest_of_a_killed_download_does_not_count_as_mnist(files):
    folder = write_files(mnist.cache(), files, ".gz")
    (folder / f"{LABELS}.gz").unlink()
    assert mnist.folder() is None
    assert sources.default() == "synthetic"
    with pytest.raises(MnistError, match="not here yet"):
        mnist.load()


def test_the_test_part_is_recognised_by_content(tmp_path, files, monkeypatch):
    monkeypatch.setattr(mnist, "N_TEST", SIZES["t10k"])
    train, test = mnist.load(write_files(tmp_path / "mnist", files))
    assert mnist.begins_with_test(test)
    assert mnist.begins_with_test(concatenate([test, train]))
    assert not mnist.begins_with_test(concatenate([train, test]))
    assert not mnist.begins_with_test(test[:-1])
    assert not mnist.begins_with_test(Dataset.of(test.images, (test.labels + 1) % 10))
    assert not mnist.begins_with_test(Dataset.of(test.images, np.full(len(test), NOT_A_DIGIT)))


def test_the_doubtful_labels_are_fifteen_of_the_test_digits():
    assert len(set(mnist.DOUBTFUL_TEST_DIGITS)) == 15
    assert 0 <= min(mnist.DOUBTFUL_TEST_DIGITS) <= max(mnist.DOUBTFUL_TEST_DIGITS) < mnist.N_TEST
