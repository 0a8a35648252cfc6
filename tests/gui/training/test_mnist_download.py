"""MNIST in the window: it is downloaded from a mirror, or copied from a folder, and checked."""

import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PySide6.QtCore import QThread

from core.data import mnist
from core.files import paths


def panel(window):
    return window.workbench.lab.panel


def bar(window):
    return window.workbench.lab.message_bar


class Server:
    """A mirror: ``answers`` maps the names of files to their contents; for other names it answers 404."""

    def __init__(self):
        self.answers, self.hold = {}, threading.Event()
        self.hold.set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                content = server.answers.get(self.path.rsplit("/", 1)[-1])
                self.send_response(404 if content is None else 200)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                half = len(content or b"") // 2
                self.wfile.write((content or b"")[:half])
                self.wfile.flush()
                server.hold.wait(30)
                self.wfile.write((content or b"")[half:])

            def log_message(self, *arguments):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self.hold.set()
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def mirror(monkeypatch, no_data):
    server = Server()
    monkeypatch.setattr(mnist, "MIRRORS", (server.url + "a/", server.url + "b/"))
    yield server
    server.close()


def finished(qtbot, window):
    qtbot.waitUntil(lambda: not window.workbench.mnist_download.is_busy, timeout=60_000)


def test_damaged_mnist_is_reported_with_its_file(qtbot, window, small_run, conclude, tmp_path, monkeypatch):
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03")
    monkeypatch.setenv("DIGITPAD_DATA", str(tmp_path))
    small_run(data="mnist")
    conclude()
    assert "train-images-idx3-ubyte" in bar(window).text
    assert panel(window).mnist_bar.isVisible()  # to get it again


def test_without_mnist_the_panel_offers_to_get_it_and_synthetic_digits_are_chosen(mirror, window):
    assert panel(window).mnist_bar.isVisible()
    assert panel(window).data == "synthetic"


def test_mnist_is_fetched_with_progress(qtbot, mirror, window, real_data):
    mirror.answers = {path.name: path.read_bytes() for path in (real_data / "mnist").glob("*.gz")}
    seen = []
    panel(window).mnist_bar.progress_bar.valueChanged.connect(seen.append)  # in the GUI thread
    panel(window).mnist_bar.get_button.click()
    finished(qtbot, window)
    assert mnist.folder() == paths.cache() / "mnist"
    assert seen == sorted(seen)
    assert len(seen) > 10
    assert not panel(window).mnist_bar.isVisible()
    assert panel(window).data == "mnist"


def test_a_download_that_fails_on_both_mirrors_is_reported(qtbot, mirror, window):
    panel(window).mnist_bar.get_button.click()
    finished(qtbot, window)
    assert "404" in bar(window).text
    assert panel(window).mnist_bar.get_button.isVisible()
    assert mnist.folder() is None


def test_wrong_content_is_rejected(qtbot, mirror, window):
    mirror.answers = dict.fromkeys((f"{name}.gz" for name in mnist.SHA256), b"something else")
    panel(window).mnist_bar.get_button.click()
    finished(qtbot, window)
    assert "something else than MNIST" in bar(window).text
    assert mnist.folder() is None


def test_a_download_can_be_cancelled(qtbot, mirror, window):
    mirror.answers = dict.fromkeys((f"{name}.gz" for name in mnist.SHA256), bytes(10**6))
    mirror.hold.clear()
    panel(window).mnist_bar.get_button.click()
    with qtbot.waitSignal(panel(window).mnist_bar.progress_bar.valueChanged, timeout=60_000):
        pass
    panel(window).mnist_bar.cancel_button.click()
    mirror.hold.set()
    finished(qtbot, window)
    assert "cancelled" in bar(window).text
    assert mnist.folder() is None


def test_closing_during_a_download_leaves_no_thread(qtbot, mirror, window):
    mirror.answers = dict.fromkeys((f"{name}.gz" for name in mnist.SHA256), bytes(10**6))
    mirror.hold.clear()
    panel(window).mnist_bar.get_button.click()
    fetch = window.workbench.mnist_download.findChild(QThread)
    with qtbot.waitSignal(panel(window).mnist_bar.progress_bar.valueChanged, timeout=60_000):
        pass
    mirror.hold.set()
    window.close()
    assert fetch.isFinished()


def test_mnist_is_copied_from_a_folder_of_the_user(qtbot, mirror, window, real_data, tmp_path):
    shutil.copytree(real_data / "mnist", tmp_path / "mine")
    window.workbench.mnist_download.take_from(tmp_path / "mine")
    finished(qtbot, window)
    assert mnist.folder() == paths.cache() / "mnist"
    assert panel(window).data == "mnist"


def test_a_folder_without_mnist_is_reported(qtbot, mirror, window, tmp_path):
    window.workbench.mnist_download.take_from(tmp_path)
    finished(qtbot, window)
    assert "train-images-idx3-ubyte" in bar(window).text
