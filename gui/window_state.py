"""What the window remembers from one session to the next."""

import contextlib
import json

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QSplitter

from core.data import mnist, sources
from core.errors import ConfigError
from core.files import paths
from gui.lab_panel import LabPanel
from gui.menu_bar import MenuBar
from gui.pad.pad_autosave import PadAutosave
from gui.pad.pen_width import DEFAULT_PEN_WIDTH
from gui.recognition.models_controller import ModelsController
from gui.recognition.pad_panel import PadPanel
from gui.shell.error_reporting import log
from gui.shell.preferences import Preferences
from gui.training.choices import AddedDigits

_PEN_WIDTHS = (0.005, 0.3)  # of the pad's side


class WindowState:
    """Restores the window's parts from the preferences, and writes them down."""

    def __init__(
        self,
        preferences: Preferences,
        splitter: QSplitter,
        pad_panel: PadPanel,
        lab: LabPanel,
        models: ModelsController,
        menus: MenuBar,
    ) -> None:
        self._preferences, self._splitter = preferences, splitter
        self._pad_panel, self._lab, self._models, self._menus = pad_panel, lab, models, menus
        self._autosave = PadAutosave(pad_panel.pad, paths.settings() / "pad.json", lab)

    @property
    def axis(self) -> str:
        """The axis that the curves were shown along."""
        return self._preferences.text("curves/axis")

    def keep_axis(self, axis: str) -> None:
        """Remember the axis that the curves are shown along."""
        self._preferences.set("curves/axis", axis)

    def restore(self) -> None:
        """Bring back drawing, recipe, data, settings and views."""
        self._autosave.restore()
        preferences, panel = self._preferences, self._lab.panel
        panel.set_recipe(preferences.text("training/recipe"))
        panel.fold_button.setChecked(preferences.flag("training/customise"))
        for digits in map(AddedDigits.from_text, preferences.texts("training/added")):
            if digits is not None:
                panel.choices.add_digits(digits)
        if data := preferences.text("training/data"):
            is_missing = sources.uses_mnist(data) and mnist.folder() is None
            panel.set_data(sources.default() if is_missing else data)
        if (config := preferences.config("training/settings")) is not None:
            panel.form.set_config(config)
        self._menus.log_action.setChecked(preferences.flag("curves/log"))
        self._models.set_recent(preferences.texts("models/recent"))
        width = preferences.number("pad/pen_width", DEFAULT_PEN_WIDTH, limits=_PEN_WIDTHS)
        # Earlier versions wrote the default width, too, where the user had chosen none.
        is_chosen = preferences.flag("pad/pen_chosen", width != DEFAULT_PEN_WIDTH)
        self._pad_panel.tools.set_pen_width(width if is_chosen else None)
        for action in self._menus.schemes.actions():
            if action.data() == preferences.text("window/scheme", "system"):
                action.setChecked(True)

    def remember(self) -> None:
        """Write down how everything is now, and where the window is."""
        self._autosave.keep()
        width = self._pad_panel.pad.chosen_pen_width()
        panel = self._lab.panel
        values: dict[str, str | float | bool | QByteArray] = {
            "window/geometry": self._splitter.window().saveGeometry(),
            "window/splitter": self._splitter.saveState(),
            "training/recipe": panel.recipe,
            "training/data": panel.data,
            "training/added": json.dumps([digits.as_text() for digits in panel.choices.added]),
            "training/customise": panel.fold_button.isChecked(),
            "curves/log": self._menus.log_action.isChecked(),
            "pad/pen_width": DEFAULT_PEN_WIDTH if width is None else width,
            "pad/pen_chosen": width is not None,
            "models/recent": json.dumps(self._models.recent()),
        }
        chosen = self._menus.schemes.checkedAction()
        values["window/scheme"] = str(chosen.data()) if chosen else "system"
        with contextlib.suppress(ConfigError):  # half-typed settings are not remembered
            values["training/settings"] = json.dumps(panel.config().as_dict())
        for name, value in values.items():
            self._preferences.set(name, value)
        if not self._preferences.save():
            log.warning("the settings cannot be written to %s", paths.settings())

    def close(self) -> None:
        """Write down the drawing, and let other windows have its file."""
        self._autosave.close()
