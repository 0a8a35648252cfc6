"""The menus of the window, as one table."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from core.messages import tr
from gui.pad.tools import PadTools
from gui.shell.menus import ActionSpec, MenuEntry, choice, fill, toggle
from gui.training.session import RunState


class MenuBar(QObject):
    """Fills the window's menu bar, which has its five titles already.

    Parameters
    ----------
    tools
        The pad's tools: their actions stand in the menus too.
    slots
        What is done, by the name of the action: one for each of ``actions_by_name``.

    Attributes
    ----------
    log_action : QAction
        Whether the loss is shown on a logarithmic axis.
    schemes : QActionGroup
        Which colours are shown: each action's data is a key of ``preferences.SCHEMES``, or "system".
    recent : QMenu
        The models opened or saved last; filled by whoever knows them, before it is shown.
    """

    def __init__(self, window: QMainWindow, tools: PadTools, slots: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(window)
        self._slots = slots
        self.log_action = toggle(tr("&Logarithmic loss"), "Ctrl+L", tr("Show the loss on a logarithmic axis"), self)
        self.schemes = choice({"system": tr("As the &system"), "light": tr("&Light"), "dark": tr("&Dark")}, self)
        appearance = QMenu(tr("&Appearance"), window)
        appearance.addActions(self.schemes.actions())
        self.recent = QMenu(tr("&Recent models"), window)
        self.recent.setToolTipsVisible(True)
        spec = {spec.name: spec for spec in self._specs()}
        menus: tuple[Sequence[MenuEntry], ...] = (
            (spec["open"], spec["save"], self.recent, None,
             tools.open_picture, tools.paste, tools.random_digit, tools.save, None, spec["quit"]),
            (tools.undo, tools.redo, tools.clear, None, tools.copy, tools.copy_number, None,
             tools.pen, tools.eraser, tools.width_menu),
            (spec["start"], spec["pause"], spec["stop"], spec["cancel"], None,
             spec["add_file"], spec["add_folder"], spec["remove_digits"], None,
             spec["open_recipe"], spec["save_recipe"]),
            (self.log_action, appearance),
            (spec["about"],),
        )  # fmt: skip
        titles = [action.text() for action in window.menuBar().actions()]
        window.menuBar().clear()
        self.actions_by_name = fill(window.menuBar(), dict(zip(titles, menus, strict=True)))

    def set_state(self, state: RunState) -> None:
        """Enable what can be done with a run in this state."""
        for name, makes_sense in (
            ("start", state is RunState.IDLE),
            ("pause", state in (RunState.RUNNING, RunState.PAUSED)),
            ("stop", state in (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED)),
            ("cancel", state is not RunState.IDLE),
            ("add_file", state is RunState.IDLE),
            ("add_folder", state is RunState.IDLE),
        ):
            self.actions_by_name[name].setEnabled(makes_sense)

    def _specs(self) -> tuple[ActionSpec, ...]:
        """Return the actions that the pad's tools do not have."""
        key = QKeySequence.StandardKey
        table = (
            ("open", tr("&Open model…"), key.Open, tr("Use a saved network")),
            ("save", tr("&Save model…"), key.Save, tr("Save the network you trained")),
            ("quit", tr("&Quit"), key.Quit, tr("Close the window")),
            ("start", tr("&Start"), "Ctrl+R", tr("Train a network")),
            ("pause", tr("&Pause or resume"), "Ctrl+P", tr("Pause the run, or resume it")),
            ("stop", tr("S&top and keep"), "Ctrl+T", tr("End the run, keep its best weights")),
            ("cancel", tr("&Cancel"), None, tr("End the run and discard it")),
            (
                "add_file",
                tr("Add digits from a &file…"),
                None,
                tr("Train on a table, IDX files or a pen file of yours"),
            ),
            (
                "add_folder",
                tr("Add digits from a fo&lder…"),
                None,
                tr("Train on a folder of IDX files, or of pictures"),
            ),
            ("remove_digits", tr("Re&move digits from the list"), None, tr("Forget the chosen digits; files stay")),
            ("open_recipe", tr("&Open recipe…"), None, tr("Use settings from a file")),
            ("save_recipe", tr("Save as &recipe…"), None, tr("Keep these settings under a name, in a file to share")),
            ("about", tr("&About digitpad"), None, tr("Versions and credits")),
        )
        return tuple(ActionSpec(name, text, self._slots[name], shortcut, tip) for name, text, shortcut, tip in table)
