"""What ends the program in its user's stead: Ctrl-C, a plain kill, a closed terminal. Nothing is lost by it."""

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
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from gui import app, main_window
from core.training.config import TrainConfig
from gui.training.events import Progressed

class Window(main_window.MainWindow):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.completed.connect(self.begin)

    def begin(self):
        {begin}

    def tell(self, event):
        if isinstance(event, Progressed) and event.records[-1].step > 40:
            print(event.records[-1].step, flush=True)
            self.workbench.session.happened.disconnect(self.tell)
            {then}

main_window.MainWindow = Window
raise SystemExit(app.main([]))
"""
RUN = """panel = self.workbench.lab.panel
        panel.set_data("synthetic:600")
        panel.form.set_config(TrainConfig(hidden=(16,), epochs=5000, batch_size=50))
        self.workbench.session.happened.connect(self.tell)
        panel.controls.start_button.click()"""
NUMBERS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP] if sys.platform != "win32" else [signal.SIGINT]


def ended(number, cwd, begin=RUN, then="pass"):
    """Start the program, end it by a signal once it has said a number, and return that, and how it ended."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(begin=begin, then=then)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd,
    ) as process:  # fmt: skip
        said = int(process.stdout.readline())
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    return said, process.returncode, errors


@pytest.mark.parametrize("number", NUMBERS)
def test_a_run_goes_on_another_day(tmp_path, number):
    step, code, errors = ended(number, tmp_path)
    assert code == 128 + number, errors
    assert "Traceback" not in errors
    (run,) = RunStore().runs()
    assert run.status is Status.INTERRUPTED
    assert run.step >= step


@pytest.mark.parametrize("number", NUMBERS[1:])
def test_one_that_comes_twice_cuts_nothing_short(tmp_path, number):
    again = f"self.workbench.session.stateChanged.connect(lambda state: os.kill(os.getpid(), {int(number)}))"
    step, code, errors = ended(number, tmp_path, then=again)
    assert code == 128 + number, errors
    assert RunStore().runs()[0].step >= step


def test_a_run_that_is_paused_too(tmp_path):
    step, code, _ = ended(signal.SIGTERM, tmp_path, then="self.workbench.session.pause()")
    assert code == 128 + signal.SIGTERM
    assert RunStore().runs()[0].step >= step


def test_a_question_that_is_open_holds_nothing_up(tmp_path):
    step, code, errors = ended(signal.SIGTERM, tmp_path, then="self.close()")
    assert code == 128 + signal.SIGTERM
    assert "Traceback" not in errors
    (run,) = RunStore().runs()
    assert run.status is Status.INTERRUPTED
    assert run.step >= step


def test_without_a_run_the_program_just_ends(tmp_path):
    code, errors = ended(signal.SIGINT, tmp_path, begin="print(0, flush=True)")[1:]
    assert code == 128 + signal.SIGINT
    assert "Traceback" not in errors


def test_a_network_that_is_saved_nowhere_is_saved(window, tmp_path, monkeypatch, capfd):
    codes = []
    monkeypatch.setattr(main_window.QApplication, "exit", codes.append)
    monkeypatch.chdir(tmp_path)
    window.active_model.set_own(Model(Network(mlp((784, 8, 10)))), "mine")
    window.workbench.models.note_unsaved()
    window.end_by_signal(signal.SIGTERM)
    assert codes == [128 + signal.SIGTERM]
    assert modelfile.load(tmp_path / "digitpad.safetensors").network.sizes == (784, 8, 10)
    assert "the network is saved as" in capfd.readouterr().err


def test_a_second_ctrl_c_is_the_systems(qtbot):
    before = {number: signal.getsignal(number) for number in NUMBERS}
    try:
        interrupts = TerminationSignals()
        with qtbot.waitSignal(interrupts.asked) as asked:
            os.kill(os.getpid(), signal.SIGINT)
        assert asked.args == [signal.SIGINT]
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
        interrupts.end()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_what_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    rest = {number: signal.getsignal(number) for number in NUMBERS}
    try:
        interrupts = TerminationSignals()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        interrupts.end()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        for number, handler in (rest | {signal.SIGHUP: before}).items():
            signal.signal(number, handler)
