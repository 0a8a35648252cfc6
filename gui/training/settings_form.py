"""The form of a run's settings: one editor for each field of ``TrainConfig``, from one table."""

import dataclasses
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QWidget

from core import threads
from core.errors import ConfigError
from core.messages import tr, translatable
from core.nn.limits import MAX_LAYERS, MAX_WIDTH
from core.training.config import TrainConfig
from gui.style import theme
from gui.training.number_box import NumberBox

Editor = QLineEdit | QCheckBox | QComboBox | NumberBox

_TABLE = (
    (
        "hidden",
        translatable("Hidden layers"),
        translatable("Units of each hidden layer, from input to output: 256, 128"),
    ),
    (
        "initializer",
        translatable("Initialisation"),
        translatable(
            "Distribution of the first weights. He's keeps activations the same size through layers of ReLU; with a "
            "plain normal one they grow from layer to layer"
        ),
    ),
    (
        "sigma",
        translatable("Weights' σ"),
        translatable(
            "Plain normal only: standard deviation of the first weights; the other distributions set their own"
        ),
    ),
    (
        "batch_norm",
        translatable("Batch normalisation"),
        translatable("Normalise each unit over the batch: deep networks learn, also at high rates"),
    ),
    (
        "dropout",
        translatable("Dropout"),
        translatable("Share of the units that are set to 0 at random in each step, against overfitting"),
    ),
    (
        "optimizer",
        translatable("Optimizer"),
        translatable("Plain gradient descent (SGD), or AdamW, which adapts the step of each weight"),
    ),
    (
        "learning_rate",
        translatable("Learning rate"),
        translatable("Size of each step. Too small is slow, too large diverges"),
    ),
    ("schedule", translatable("Schedule"), translatable("How the learning rate changes over the run")),
    ("warmup", translatable("Warm-up"), translatable("One-cycle only: share of the run in which the rate rises")),
    ("decay_factor", translatable("Decay factor"), translatable("Step decay only: factor of the rate at each decay")),
    ("decay_steps", translatable("Decay every"), translatable("Step decay only: steps between two decays")),
    ("momentum", translatable("Momentum"), translatable("SGD only: share of the last step that is added to the next")),
    (
        "nesterov",
        translatable("Nesterov momentum"),
        translatable("SGD only: look ahead along the momentum before each step"),
    ),
    (
        "weight_decay",
        translatable("Weight decay"),
        translatable("L2 regularisation λ: keeps weights small, against overfitting"),
    ),
    (
        "label_smoothing",
        translatable("Label smoothing"),
        translatable("Share of each label that is spread evenly over all classes"),
    ),
    (
        "deformation",
        translatable("Deformation"),
        translatable(
            "Rotate, shear, bend and thicken each training digit at random each time it is used, so that the network "
            "meets more ways of writing than there are in the data. 1 is the usual amount, 0 is off"
        ),
    ),
    (
        "deformation_end",
        translatable("… at the end"),
        translatable(
            "Share of the deformation that is left at the end of the run. It falls over the second half, so that the "
            "network trains on undeformed digits last"
        ),
    ),
    ("class_weights", translatable("Class weights"), translatable("Give rare classes more weight in the loss")),
    ("batch_size", translatable("Batch size"), translatable("Number of digits in each step")),
    ("epochs", translatable("Epochs"), translatable("How many times the run goes through all training digits")),
    (
        "evaluations_per_epoch",
        translatable("Evaluations"),
        translatable("Number of evaluations on the validation digits in each epoch"),
    ),
    (
        "validation_share",
        translatable("Validation share"),
        translatable("Share of the training digits that is held out to choose the best weights"),
    ),
    (
        "input_scale",
        translatable("Pixels"),
        translatable("Input of the network: pixels scaled to 0 to 1, or from 0 to 255 as in the file"),
    ),
    ("seed", translatable("Seed"), translatable("Seed of all random numbers: the same seed gives the same run")),
)
"""Name, label and tooltip of each setting, in the order of the form."""
_VALUES = {
    "he_normal": translatable("He"),
    "xavier": translatable("Xavier"),
    "normal": translatable("Plain normal"),
    "sgd": translatable("SGD"),
    "adamw": translatable("AdamW"),
    "constant": translatable("Constant"),
    "step_decay": translatable("Step decay"),
    "cosine": translatable("Cosine"),
    "one_cycle": translatable("One-cycle"),
}
"""The texts of values that are words."""


class SettingsForm(QWidget):
    """Editors for all settings of a run; it is filled from a configuration, and read as one.

    Attributes
    ----------
    threads : NumberBox
        The number of threads, which is no part of the configuration.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editors: dict[str, Editor] = {}
        self._problems: dict[QWidget, QLabel] = {}
        self._layout = layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, theme.SPACING, 0)
        layout.setVerticalSpacing(theme.SPACING // 2)
        for name, label, tip in _TABLE:
            editor = self._make_editor(name)
            self._describe(editor, tr(label), _with_range(name, tr(tip)))
            self._editors[name] = editor
            layout.addRow("" if isinstance(editor, QCheckBox) else tr(label), editor)
        self.threads = NumberBox(1, max(threads.available(), 1), whole=True)
        self.threads.setValue(threads.default(window=True))
        tip = self.tr("Threads of the matrix products. More threads than free cores make a run slower, not faster")
        self._describe(self.threads, self.tr("Threads"), tip)
        layout.addRow(self.tr("Threads"), self.threads)
        self.set_config(TrainConfig())

    def _make_editor(self, name: str) -> Editor:
        """Return an editor for a setting, by the type of its values."""
        setting = _field(name)
        if name == "hidden":
            return QLineEdit()
        if name == "input_scale":
            return self._make_box({1 / 255: self.tr("0 to 1"), 1.0: self.tr("0 to 255 (unscaled)")})
        if "choices" in setting.metadata:
            return self._make_box({value: tr(_VALUES.get(value, value)) for value in TrainConfig.choices(name)})
        if setting.type is bool:
            return QCheckBox()
        low, high = TrainConfig.limits(name)
        if setting.type is int:
            return NumberBox(int(low), int(high), whole=True)
        is_deformation = name.startswith("deformation")
        number = NumberBox(low, high, step=0.25 if is_deformation else None)
        if is_deformation:
            number.valueChanged.connect(self._enable_effective)
        return number

    def _make_box(self, texts: dict[Any, str]) -> QComboBox:
        box = QComboBox()
        for value, text in texts.items():
            box.addItem(text, value)
        box.activated.connect(self._enable_effective)
        return box

    def _describe(self, editor: QWidget, label: str, tip: str) -> None:
        editor.setToolTip(tip)
        editor.setAccessibleName(label)
        editor.setMinimumWidth(90)
        editor.installEventFilter(self)
        if isinstance(editor, QCheckBox):
            editor.setText(label)
        elif isinstance(editor, NumberBox):
            editor.problemChanged.connect(partial(self._drop_problem, editor))
            editor.editingFinished.connect(partial(self._show_problem, editor))
        elif isinstance(editor, QLineEdit):
            editor.textChanged.connect(partial(self._drop_problem, editor))
            editor.editingFinished.connect(partial(self._show_problem, editor))

    def _show_problem(self, editor: NumberBox | QLineEdit) -> None:
        """Say below an editor what is wrong with its text, or nothing."""
        if problem := _problem(editor):
            if editor not in self._problems:
                self._problems[editor] = label = QLabel()
                label.setWordWrap(True)
                label.setForegroundRole(QPalette.ColorRole.BrightText)
                position: Any = self._layout.getWidgetPosition(editor)
                self._layout.insertRow(position[0] + 1, "", label)
            self._problems[editor].setText(problem)
        else:
            self._remove_problem(editor)

    def _drop_problem(self, editor: NumberBox | QLineEdit, text: str) -> None:
        """Say no more below an editor as soon as its text is right."""
        if editor in self._problems:
            self._show_problem(editor)

    def _remove_problem(self, editor: QWidget) -> None:
        if (label := self._problems.pop(editor, None)) is not None:
            self._layout.removeRow(label)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ignore the wheel over an editor, so that it scrolls the form and does not change a setting by accident."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return False

    def set_config(self, config: TrainConfig) -> None:
        """Show a configuration. Silent."""
        for name, editor in self._editors.items():
            blocked = editor.blockSignals(True)
            _show(editor, getattr(config, name))
            editor.blockSignals(blocked)
            self._remove_problem(editor)
        self._enable_effective()

    def _enable_effective(self) -> None:
        """Disable the settings that have no effect with the others."""
        initializer, schedule, optimizer = (
            _value(self._editors[name]) for name in ("initializer", "schedule", "optimizer")
        )
        deformation = self._editors["deformation"]
        assert isinstance(deformation, NumberBox)
        for name, has_effect in (
            ("sigma", initializer == "normal"),
            ("warmup", schedule == "one_cycle"),
            ("decay_factor", schedule == "step_decay"),
            ("decay_steps", schedule == "step_decay"),
            ("momentum", optimizer == "sgd"),
            ("nesterov", optimizer == "sgd"),
            ("deformation_end", deformation.last() > 0),
        ):
            editor = self._editors[name]
            editor.setEnabled(has_effect)
            if not has_effect and isinstance(editor, NumberBox) and editor.problem():
                editor.setValue(editor.last())  # nobody could mend it, and it would keep a run from starting
                self._remove_problem(editor)

    def config(self) -> TrainConfig:
        """Return the configuration in the form; raise ConfigError if a setting is invalid."""
        return TrainConfig(**{name: _value(editor) for name, editor in self._editors.items()})

    def editor(self, name: str) -> Editor:
        """Return the editor of a setting."""
        return self._editors[name]


def _field(name: str) -> "dataclasses.Field[Any]":
    return next(field for field in dataclasses.fields(TrainConfig) if field.name == name)


def _with_range(name: str, tip: str) -> str:
    """Return a tooltip with the range of the setting, if it has one."""
    if name == "hidden":
        return tr("{tip}. At most {layers} layers of 1 to {width} units", tip=tip, layers=MAX_LAYERS, width=MAX_WIDTH)
    if "range" not in _field(name).metadata or name == "input_scale":
        return tip
    low, high = TrainConfig.limits(name)
    highest = f"{high:,.0f}" if high >= 10 else f"{high:g}"
    return tr("{tip}. From {low:g} to {high}", tip=tip, low=low, high=highest)


def _problem(editor: NumberBox | QLineEdit) -> str:
    """Return what is wrong with the text of an editor, as a sentence; nothing if it is right."""
    if isinstance(editor, NumberBox):
        return editor.problem()
    try:
        TrainConfig(hidden=_widths(editor.text()))
    except ConfigError as error:
        return str(error)
    return ""


def _show(editor: Editor, value: Any) -> None:
    if isinstance(editor, QLineEdit):
        editor.setText(", ".join(map(str, value)))
    elif isinstance(editor, QCheckBox):
        editor.setChecked(value)
    elif isinstance(editor, QComboBox):
        editor.setCurrentIndex(_index_of(editor, value))
    else:
        editor.setValue(value)


def _index_of(box: QComboBox, value: Any) -> int:
    """Return the index of a value in a box; an input scale that is missing is added."""
    for index in range(box.count()):
        if box.itemData(index) == value:
            return index
    box.addItem(f"× {value:g}", value)
    return box.count() - 1


def _value(editor: Editor) -> Any:
    if isinstance(editor, QLineEdit):
        return _widths(editor.text())
    if isinstance(editor, QCheckBox):
        return editor.isChecked()
    if isinstance(editor, QComboBox):
        return editor.currentData()
    return editor.value()


def _widths(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    try:
        return tuple(int(part) for part in parts)
    except ValueError:
        raise ConfigError(
            tr('hidden layers are whole numbers separated by commas, such as 256, 128; not "{text}"', text=text)
        ) from None
