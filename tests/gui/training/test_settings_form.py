"""The settings form: it shows a configuration, returns it unchanged, and rejects what is invalid."""

import dataclasses

import pytest
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit

from core.errors import ConfigError
from core.training import recipes
from core.training.config import TrainConfig
from gui.training.settings_form import SettingsForm


@pytest.fixture
def form(qtbot):
    form = SettingsForm()
    qtbot.addWidget(form)
    return form


@pytest.mark.parametrize("recipe", recipes.RECIPES.values(), ids=lambda recipe: recipe.name)
def test_the_form_returns_every_recipe_unchanged(form, recipe):
    form.set_config(recipe.config)
    assert form.config() == recipe.config


def test_the_form_returns_unusual_settings_unchanged(form):
    config = TrainConfig(
        hidden=(300, 20, 10), initializer="normal", sigma=0.37, batch_norm=True, dropout=0.15, class_weights=True,
        label_smoothing=0.1, optimizer="adamw", momentum=0.95, nesterov=True, weight_decay=1e-5, learning_rate=3e-5,
        schedule="step_decay", decay_factor=0.93, decay_steps=50_000, warmup=0.1, batch_size=77, epochs=200,
        deformation=1.7, input_scale=1.0, validation_share=0.2, evaluations_per_epoch=4, seed=123_456,
    )  # fmt: skip
    form.set_config(config)
    assert form.config() == config


def test_an_unusual_scale_is_kept(form):
    config = TrainConfig(input_scale=0.5)
    form.set_config(config)
    assert form.config() == config


def test_the_form_has_an_editor_for_every_setting_with_name_and_tooltip(form):
    for setting in dataclasses.fields(TrainConfig):
        editor = form.editor(setting.name)
        assert editor.toolTip(), setting.name
        assert editor.accessibleName(), setting.name
        if not isinstance(editor, QComboBox | QCheckBox | QLineEdit):
            low, high = TrainConfig.limits(setting.name)
            assert editor.minimum() == pytest.approx(low)
            assert editor.maximum() == pytest.approx(min(high, 2**31 - 1))
            assert f"{low:g}" in editor.toolTip()


def test_one_step_turns_the_deformation_on(form):
    form.set_config(TrainConfig(deformation=0))
    box = form.editor("deformation")
    assert not form.editor("deformation_end").isEnabled()
    box.stepUp()
    assert 0.1 <= form.config().deformation <= 0.5
    assert form.editor("deformation_end").isEnabled()
    assert "Rotate, shear, bend" in box.toolTip()


def test_the_form_can_be_edited_after_it_was_filled(qtbot, form):
    form.set_config(TrainConfig(hidden=(16,)))
    qtbot.keyClicks(form.editor("hidden"), "7")
    assert form.config().hidden == (167,)


@pytest.mark.parametrize("text", ["256, abc", "1.5", "0", "-3", "5000", ", ".join(["10"] * 21)])
def test_invalid_hidden_layers_are_an_error(form, text):
    form.editor("hidden").setText(text)
    with pytest.raises(ConfigError, match="hidden"):
        form.config()


def test_no_hidden_layer_is_a_linear_classifier(form):
    form.editor("hidden").setText("")
    assert form.config().hidden == ()


def test_settings_without_effect_are_disabled(qtbot, form):
    form.set_config(TrainConfig(optimizer="adamw", schedule="cosine"))
    assert not form.editor("momentum").isEnabled()
    assert not form.editor("decay_steps").isEnabled()
    form.set_config(TrainConfig(optimizer="sgd", schedule="step_decay", initializer="normal"))
    for name in ("momentum", "decay_steps", "decay_factor", "sigma"):
        assert form.editor(name).isEnabled()
    assert not form.editor("warmup").isEnabled()
    qtbot.keyClick(form.editor("schedule"), Qt.Key.Key_End)  # as a user does, to "One-cycle"
    assert form.editor("warmup").isEnabled()
    assert not form.editor("decay_steps").isEnabled()


def test_the_wheel_scrolls_the_form_and_changes_nothing(qtbot, form):
    for name in ("optimizer", "learning_rate", "epochs"):
        editor = form.editor(name)
        before = form.config()
        position = QPointF(5, 5)
        event = QWheelEvent(
            position, QPointF(editor.mapToGlobal(position)), QPoint(0, 0), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(editor, event)
        assert not event.isAccepted()
        assert form.config() == before


def type_in(form, name, text):
    edit = form.editor(name) if name == "hidden" else form.editor(name).lineEdit()
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def said(form):
    return [label.text() for label in form.findChildren(QLabel) if label.isVisibleTo(form) and "not" in label.text()]


@pytest.mark.parametrize("language", ["en_US", "de_DE", "ar_EG"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("validation_share", "0.95"),
        ("learning_rate", "5000"),
        ("batch_size", "3.5"),
        ("epochs", "0,05"),
        ("epochs", "10,000"),
        ("hidden", "5000"),
    ],
)
def test_a_number_out_of_range_is_said_and_never_becomes_another_one(form, language, name, text):
    before = QLocale()
    QLocale.setDefault(QLocale(language))
    try:
        type_in(form, name, text)
        (sentence,) = said(form)
        assert text in sentence
        assert "from" in sentence or "layers of" in sentence
        with pytest.raises(ConfigError) as raised:
            form.config()
        assert str(raised.value) == sentence
        type_in(form, name, "0.25" if name in ("validation_share", "learning_rate") else "7")
        assert said(form) == []
        assert getattr(form.config(), name) in (0.25, 7, (7,))
    finally:
        QLocale.setDefault(before)


def test_a_comma_is_a_point_in_a_field_of_decimals(form):
    type_in(form, "learning_rate", "0,05")
    assert form.config().learning_rate == 0.05
    assert form.editor("learning_rate").text() == "0.05"


def test_the_sentence_goes_when_a_configuration_is_shown(form):
    type_in(form, "batch_size", "3.5")
    assert said(form)
    form.set_config(TrainConfig())
    assert said(form) == []
    assert form.config() == TrainConfig()


def test_a_setting_without_effect_keeps_no_run_from_starting(qtbot, form):
    form.set_config(TrainConfig(initializer="normal", sigma=0.3))
    type_in(form, "sigma", "99")
    with pytest.raises(ConfigError, match="σ"):
        form.config()
    qtbot.keyClick(form.editor("initializer"), Qt.Key.Key_Home)
    assert not form.editor("sigma").isEnabled()
    assert form.config().sigma == 0.3
    assert said(form) == []
