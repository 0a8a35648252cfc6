"""SIGINT, SIGTERM and SIGHUP end the program, and nothing is lost."""

import os
import signal
import subprocess
import sys

import pytest

from core.nn.network import Network, mlp
from core.recognition import modelfile
from core.recognition.modelfile import Model
from core.runs.run import Status
from core.runs.run_store import RunStore
from gui import main_window
from gui.shell.termination import TerminationSignals

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

PROGRAM = """
import os, signal
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup would leave it ignored
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from gui import app, main_window
from core.training.config import TrainConfig
from gui.training.events import Progressed

class Window(main_window.MainWindow):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.completed.connect(self.start)

    def start(self):
        {start}

    def report(self, event):
        if isinstance(event, Progressed) and event.records[-1].step > 40:
            print(event.records[-1].step, flush=True)
            self.workbench.session.happened.disconnect(self.report)
            {then}

main_window.MainWindow = Window
raise SystemExit(app.main([]))
"""
RUN = """panel = self.workbench.lab.panel
        panel.set_data("synthetic:600")
        panel.form.set_config(TrainConfig(hidden=(16,), epochs=5000, batch_size=50))
        self.workbench.session.happened.connect(self.report)
        panel.controls.start_button.click()"""
NUMBERS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP] if sys.platform != "win32" else [signal.SIGINT]


def ended(number, cwd, start=RUN, then="pass"):
    """Start the program and send it a signal once it has printed a step; return step, exit code and standard error."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(start=start, then=then)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd,
    ) as process:  # fmt: skip
        step = int(process.stdout.readline())
        process.send_signal(number)
        try:
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()  # one that did not end would be waited for without end
    return step, process.returncode, errors


@pytest.mark.parametrize("number", NUMBERS)
def test_a_run_is_interrupted_and_can_be_resumed(tmp_path, number):
    step, code, errors = ended(number, tmp_path)
    assert code == 128 + number, errors
    assert "Traceback" not in errors
    (run,) = RunStore().runs()
    assert run.status is Status.INTERRUPTED
    assert run.step >= step


@pytest.mark.parametrize("number", NUMBERS[1:])
def test_a_second_signal_cuts_nothing_short(tmp_path, number):
    again = f"self.workbench.session.stateChanged.connect(lambda state: os.kill(os.getpid(), {int(number)}))"
    step, code, errors = ended(number, tmp_path, then=again)
    assert code == 128 + number, errors
    assert RunStore().runs()[0].step >= step


def test_a_paused_run_is_kept_too(tmp_path):
    step, code, _ = ended(signal.SIGTERM, tmp_path, then="self.workbench.session.pause()")
    assert code == 128 + signal.SIGTERM
    assert RunStore().runs()[0].step >= step


def test_an_open_question_does_not_delay_the_end(tmp_path):
    step, code, errors = ended(signal.SIGTERM, tmp_path, then="self.close()")
    assert code == 128 + signal.SIGTERM
    assert "Traceback" not in errors
    (run,) = RunStore().runs()
    assert run.status is Status.INTERRUPTED
    assert run.step >= step


def test_without_a_run_the_program_just_ends(tmp_path):
    code, errors = ended(signal.SIGINT, tmp_path, start="print(0, flush=True)")[1:]
    assert code == 128 + signal.SIGINT
    assert "Traceback" not in errors


def test_an_unsaved_network_is_saved(window, tmp_path, monkeypatch, capfd):
    codes = []
    monkeypatch.setattr(main_window.QApplication, "exit", codes.append)
    monkeypatch.chdir(tmp_path)
    window.active_model.set_own(Model(Network(mlp((784, 8, 10)))), "mine")
    window.workbench.models.note_unsaved()
    window.end_by_signal(signal.SIGTERM)
    assert codes == [128 + signal.SIGTERM]
    assert modelfile.load(tmp_path / "digitpad.safetensors").network.sizes == (784, 8, 10)
    assert "the network is saved as" in capfd.readouterr().err


def test_a_second_ctrl_c_has_the_default_handler(qtbot):
    before = {number: signal.getsignal(number) for number in NUMBERS}
    try:
        signals = TerminationSignals()
        with qtbot.waitSignal(signals.asked) as asked:
            os.kill(os.getpid(), signal.SIGINT)
        assert asked.args == [signal.SIGINT]
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
        signals.end()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_an_ignored_signal_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    rest = {number: signal.getsignal(number) for number in NUMBERS}
    try:
        signals = TerminationSignals()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        signals.end()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        for number, handler in (rest | {signal.SIGHUP: before}).items():
            signal.signal(number, handler)
