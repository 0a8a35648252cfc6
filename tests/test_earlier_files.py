"""Files of version 0.1.0 can be read: runs, models, recipes, settings and the drawing on the pad.

``tests/cases/version-0.1.0`` is the home folder of that version after two commands and one window.
"""

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.recognition import modelfile
from core.runs.execution import Execution
from core.runs.records import RunRequest
from core.runs.run import Status
from core.runs.run_store import RunStore
from core.training import recipes
from core.training.config import TrainConfig

VERSION_0_1 = Path(__file__).parent / "cases" / "version-0.1.0"


@pytest.fixture
def old_home(home):
    """The home folder of version 0.1.0, used as this program's."""
    shutil.copytree(VERSION_0_1, home, dirs_exist_ok=True)
    return home


def test_runs_are_listed_with_their_curves_and_networks(old_home):
    left, finished = RunStore().runs()
    assert (left.name, left.note, left.status, left.step) == ("left", "a note", Status.INTERRUPTED, 3)
    assert (finished.name, finished.status) == ("quick", Status.FINISHED)
    assert finished.config().hidden == (4,)
    assert finished.history().n_evaluations == 2
    assert finished.model().scores == finished.scores
    assert np.isfinite(finished.model().network.parameters).all()


def test_an_interrupted_run_can_be_resumed(old_home):
    with Execution(RunRequest.to_resume(RunStore().last_interrupted())) as execution:
        steps = [record.step for record in execution.train()]
        outcome = execution.conclude()
    assert steps[0] == 4
    assert outcome.status is Status.FINISHED
    assert RunStore().find("left").step == steps[-1] == execution.experiment.n_steps


def test_a_run_can_be_trained_further(old_home):
    parent = RunStore().find("quick")
    request = RunRequest(parent.recipe, parent.config(), parent.data, 1, store=RunStore(), parent=parent)
    with Execution(request) as execution:
        assert execution.run is not None
        assert execution.run.parent == parent.id


def test_a_model_in_half_precision_is_read(old_home):
    assert modelfile.load(old_home / "half.safetensors").network.sizes == (784, 4, 10)


def test_a_recipe_is_offered(old_home):
    assert recipes.named("mine").config == recipes.RECIPES["quick"].config
    assert recipes.title_of(recipes.named("mine")) == "Mine, with {braces} in its title"


def test_the_window_opens_with_the_earlier_settings_and_drawing(old_home, qtbot):
    from gui.main_window import MainWindow
    from gui.shell.preferences import Preferences

    window = MainWindow(Preferences())
    qtbot.addWidget(window)
    panel = window.workbench.lab.panel
    assert panel.data == "synthetic:600"
    assert panel.config() == TrainConfig(hidden=(8,), epochs=3, learning_rate=0.05)
    assert panel.fold_button.isChecked()
    assert window.workbench.models.recent() == ("/elsewhere/model.safetensors",)
    assert window.pad_panel.pad.drawing().n_points == 3
    assert window.workbench.lab.message_bar.text.startswith("“left” was interrupted at step 3 of")
    window.close()
