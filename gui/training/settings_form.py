"""The settings of a run as a form: one editor a setting, from one table; form <-> TrainConfig."""

import dataclasses
from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from core import threads
from core.errors import ConfigError
from core.nn.limits import MAX_LAYERS, MAX_WIDTH
from core.training.config import TrainConfig
from gui.style import theme

Editor = QLineEdit | QCheckBox | QComboBox | QSpinBox | QDoubleSpinBox


class NumberBox(QDoubleSpinBox):
    """A spin box that shows 0.1 as 0.1 and 1e-05 as 1e-05, and steps by a tenth of what it shows."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        self.setDecimals(10)
        self.setRange(low, high)
        self.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)

    def textFromValue(self, value: float) -> str:
        """Return the shortest text of a number."""
        return f"{value:g}"

    def valueFromText(self, text: str) -> float:
        """Return the number that a text says, 1e-3 included."""
        return float(text.replace(",", "."))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept what can be read as a number within the range; half-typed ones may become it."""
        try:
            value = self.valueFromText(text)
        except ValueError:
            typed = all(character in "0123456789.,eE+-" for character in text)
            state = QValidator.State.Intermediate if typed else QValidator.State.Invalid
            return state, text, position
        inside = self.minimum() <= value <= self.maximum()
        return (QValidator.State.Acceptable if inside else QValidator.State.Intermediate), text, position


class SettingsForm(QWidget):
    """All settings of a run. It is filled from a configuration and read back as one."""

    changed = Signal()
    """The user changed a setting."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editors: dict[str, Editor] = {}
        self._scale = QComboBox()
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, theme.SPACING, 0)
        layout.setVerticalSpacing(theme.SPACING // 2)
        for name, label, tip in self._table():
            editor = self._editor(name)
            self._dress(editor, label, tip + self._range_text(name))
            self._editors[name] = editor
            layout.addRow("" if isinstance(editor, QCheckBox) else label, editor)
        self.threads = QSpinBox()
        self.threads.setRange(1, max(threads.available(), 1))
        self.threads.setValue(threads.default(window=True))
        self._dress(
            self.threads,
            self.tr("Threads"),
            self.tr("Threads of the matrix products. More than the machine has free make a run slower, not faster"),
        )
        layout.addRow(self.tr("Threads"), self.threads)
        self.changed.connect(self._enable_what_counts)
        self.set_config(TrainConfig())

    def _table(self) -> tuple[tuple[str, str, str], ...]:
        """Return name, label and tooltip of each setting, in the order of the form."""
        tr = self.tr
        return (
            ("hidden", tr("Hidden layers"), tr("Units of each hidden layer, from input to output: 256, 128")),
            (
                "initializer",
                tr("Initial weights"),
                tr(
                    "Where the weights start. He's rule keeps signals the same size through layers of ReLU; "
                    "plain normal weights let them grow from layer to layer"
                ),
            ),
            ("sigma", tr("Their σ"), tr("Standard deviation of plain normal weights; the others have their own")),
            (
                "batch_norm",
                tr("Batch normalisation"),
                tr("Normalise each unit over the batch: lets deep networks learn, and at large rates"),
            ),
            (
                "dropout",
                tr("Dropout"),
                tr("The share of units switched off at random in each step, against overfitting"),
            ),
            (
                "optimizer",
                tr("Optimizer"),
                tr("Plain gradient descent, or AdamW, which gives each weight its own step"),
            ),
            ("learning_rate", tr("Learning rate"), tr("How far each step goes. Too small is slow, too large diverges")),
            ("schedule", tr("Schedule"), tr("How the rate changes over the run")),
            ("warmup", tr("Warm-up"), tr("One-cycle only: the share of the run in which the rate climbs")),
            ("decay_factor", tr("Decay factor"), tr("Step decay only: what the rate is multiplied with")),
            ("decay_steps", tr("Decay every"), tr("Step decay only: after how many steps the rate is multiplied")),
            ("momentum", tr("Momentum"), tr("SGD only: how much of the last step goes into the next")),
            ("nesterov", tr("Nesterov momentum"), tr("SGD only: look ahead along the momentum before each step")),
            ("weight_decay", tr("Weight decay"), tr("L2 regularisation λ: keeps weights small, against overfitting")),
            ("label_smoothing", tr("Label smoothing"), tr("How much of each label is spread over all digits")),
            (
                "deformation",
                tr("Deformation"),
                tr(
                    "Each time a digit is learned from it is turned, slanted, bent and thickened a little, so that the "
                    "network meets more ways of writing than there are in the data. 1 is the usual amount, 0 is off"
                ),
            ),
            (
                "deformation_end",
                tr("… at the end"),
                tr(
                    "The share of the deformation that is left at the end of the run. It sinks over the second half: "
                    "what a network learns last is the digits as they are"
                ),
            ),
            ("class_weights", tr("Class weights"), tr("Let digits that are rare in the data count for more")),
            ("batch_size", tr("Batch size"), tr("How many digits each step learns from")),
            ("epochs", tr("Epochs"), tr("How many times the run goes through all digits")),
            (
                "evaluations_per_epoch",
                tr("Evaluations"),
                tr("How many times in an epoch the network is tested on the validation digits"),
            ),
            (
                "validation_share",
                tr("Validation share"),
                tr("The part of the training digits that is held back to choose the best weights by"),
            ),
            (
                "input_scale",
                tr("Pixels"),
                tr("What the network is given: pixels from 0 to 1, or as they are in the file, from 0 to 255"),
            ),
            ("seed", tr("Seed"), tr("The number that all chance of the run comes from: the same seed, the same run")),
        )

    def _editor(self, name: str) -> Editor:
        """Return an editor for a setting, by the kind of its values."""
        setting = next(field for field in dataclasses.fields(TrainConfig) if field.name == name)
        if name == "hidden":
            line = QLineEdit()
            line.textEdited.connect(self.changed)
            return line
        if name == "input_scale":
            self._scale.addItem(self.tr("0 to 1"), 1 / 255)
            self._scale.addItem(self.tr("0 to 255 (unscaled)"), 1.0)
            self._scale.activated.connect(self.changed)
            return self._scale
        if "choices" in setting.metadata:
            box = QComboBox()
            for value in TrainConfig.choices(name):
                box.addItem(self._word(value), value)
            box.activated.connect(self.changed)
            return box
        if setting.type is bool:
            check = QCheckBox()
            check.clicked.connect(self.changed)
            return check
        low, high = TrainConfig.limits(name)
        if setting.type is int:
            whole = QSpinBox()
            whole.setRange(int(low), int(min(high, 2**31 - 1)))
            whole.setGroupSeparatorShown(True)
            whole.valueChanged.connect(self.changed)
            return whole
        number = NumberBox(low, high)
        if name.startswith("deformation"):  # a tenth of what it shows is no step for a setting that is off at 0
            number.setStepType(QAbstractSpinBox.StepType.DefaultStepType)
            number.setSingleStep(0.25)
        number.valueChanged.connect(self.changed)
        return number

    def _word(self, value: str) -> str:
        words = {
            "he_normal": self.tr("He"),
            "xavier": self.tr("Xavier"),
            "normal": self.tr("Plain normal"),
            "sgd": self.tr("SGD"),
            "adamw": self.tr("AdamW"),
            "constant": self.tr("Constant"),
            "step_decay": self.tr("Step decay"),
            "cosine": self.tr("Cosine"),
            "one_cycle": self.tr("One-cycle"),
        }
        return words.get(value, value)

    def _range_text(self, name: str) -> str:
        if name == "hidden":
            return self.tr(". At most {0} layers of 1 to {1} units").format(MAX_LAYERS, MAX_WIDTH)
        setting = next(field for field in dataclasses.fields(TrainConfig) if field.name == name)
        if "range" not in setting.metadata or name == "input_scale":
            return ""
        low, high = TrainConfig.limits(name)
        return self.tr(". From {0} to {1}").format(f"{low:g}", f"{high:,.0f}" if high >= 10 else f"{high:g}")

    def _dress(self, editor: QWidget, label: str, tip: str) -> None:
        editor.setToolTip(tip)
        editor.setAccessibleName(label)
        editor.setMinimumWidth(90)
        editor.installEventFilter(self)
        if isinstance(editor, QCheckBox):
            editor.setText(label)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the wheel scroll the form: over an editor it would change a setting that nobody meant to change."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return False

    def set_config(self, config: TrainConfig) -> None:
        """Show a configuration; silent."""
        for name, editor in self._editors.items():
            blocked = editor.blockSignals(True)
            _show(editor, getattr(config, name))
            editor.blockSignals(blocked)
        self._enable_what_counts()

    def _enable_what_counts(self) -> None:
        """Grey out the settings that have no effect beside the others."""
        initializer, schedule, optimizer = (
            _value(name, self._editors[name]) for name in ("initializer", "schedule", "optimizer")
        )
        for name, counts in (
            ("sigma", initializer == "normal"),
            ("warmup", schedule == "one_cycle"),
            ("decay_factor", schedule == "step_decay"),
            ("decay_steps", schedule == "step_decay"),
            ("momentum", optimizer == "sgd"),
            ("nesterov", optimizer == "sgd"),
            ("deformation_end", _value("deformation", self._editors["deformation"]) > 0),
        ):
            self._editors[name].setEnabled(counts)

    def config(self) -> TrainConfig:
        """Return the configuration that the form shows; raise ConfigError where a setting makes no sense."""
        return TrainConfig(**{name: _value(name, editor) for name, editor in self._editors.items()})

    def editor(self, name: str) -> Editor:
        """Return the editor of a setting."""
        return self._editors[name]


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
    """Return the place of a value in a box; an input scale that is not in the list is added to it."""
    for index in range(box.count()):
        if box.itemData(index) == value:
            return index
    box.addItem(f"× {value:g}", value)
    return box.count() - 1


def _value(name: str, editor: Editor) -> Any:
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
        raise ConfigError(f'hidden layers are whole numbers joined by commas, such as 256, 128; not "{text}"') from None
