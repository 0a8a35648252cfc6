"""TrainConfig: the range of every setting, and the message for a value out of it."""

import dataclasses
import json
import math

import numpy as np
import pytest

from core.errors import ConfigError
from core.nn.limits import MAX_LAYERS, MAX_WEIGHTS, MAX_WIDTH
from core.nn.network import Network, mlp
from core.nn.optimizers import SGD, AdamW
from core.training.config import TrainConfig

SETTINGS = {setting.name: setting for setting in dataclasses.fields(TrainConfig)}
RANGES = {name: setting.metadata["range"] for name, setting in SETTINGS.items() if "range" in setting.metadata}
CHOICES = {name: setting.metadata["choices"] for name, setting in SETTINGS.items() if "choices" in setting.metadata}
SWITCHES = [name for name, setting in SETTINGS.items() if setting.type is bool]
WHOLE = [name for name in RANGES if SETTINGS[name].type is int]


def config(**values):
    return TrainConfig(**values)


def rejection(name, value):
    """Return the message for a value that a setting cannot have."""
    with pytest.raises(ConfigError) as caught:
        config(**{name: value})
    assert str(caught.value).startswith(name)
    return str(caught.value)


def test_every_setting_has_a_range_choices_or_is_a_switch():
    assert {*RANGES, *CHOICES, *SWITCHES, "hidden"} == SETTINGS.keys()
    assert set(WHOLE) == {"decay_steps", "batch_size", "epochs", "evaluations_per_epoch", "seed"}


def test_a_configuration_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        config().seed = 3


def test_replacing_checks_again():
    with pytest.raises(ConfigError, match="epochs"):
        dataclasses.replace(config(), epochs=0)


@pytest.mark.parametrize("name", RANGES)
def test_numbers_at_both_ends_of_their_range(name):
    for end in RANGES[name]:
        assert getattr(config(**{name: end}), name) == end
    assert TrainConfig.limits(name) == RANGES[name]


@pytest.mark.parametrize("name", RANGES)
def test_numbers_beyond_their_range(name):
    low, high = RANGES[name]
    if name in WHOLE:
        beyond, shown = (low - 1, high + 1), f"a whole number from {low:,} to {high:,}"
    else:
        beyond, shown = (math.nextafter(low, -1), math.nextafter(high, 1e9)), f"a number from {low:g} to {high:g}"
    for value in beyond:
        assert rejection(name, value) == f"{name} is {shown}, not {value!r}"


@pytest.mark.parametrize("name", ["learning_rate", "batch_size"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "1", None, True, False, [1], 1j, np.array([1, 2])])
def test_values_that_are_not_numbers(name, value):
    assert "a whole number" in rejection(name, value) or name not in WHOLE


@pytest.mark.parametrize("name", WHOLE)
def test_whole_numbers_are_whole(name):
    assert "a whole number" in rejection(name, 1.0)


def test_a_whole_number_is_a_number():
    assert config(learning_rate=1).learning_rate == 1


@pytest.mark.parametrize("name", CHOICES)
def test_choices(name):
    for value in CHOICES[name]:
        assert getattr(config(**{name: value}), name) == value
    assert TrainConfig.choices(name) == CHOICES[name]
    for value in ("", "SGD ", None, 0, [], CHOICES[name]):
        assert ", ".join(CHOICES[name]) in rejection(name, value)


@pytest.mark.parametrize("name", SWITCHES)
def test_switches(name):
    for value in (True, False):
        assert getattr(config(**{name: value}), name) is value
    for value in (0, 1, "true", None):
        assert "is true or false" in rejection(name, value)


@pytest.mark.parametrize("value", [(), (1,), (MAX_WIDTH,), (1,) * MAX_LAYERS])
def test_hidden_layers(value):
    assert config(hidden=value).hidden == value


@pytest.mark.parametrize(
    "value", [(0,), (-1,), (MAX_WIDTH + 1,), (1,) * (MAX_LAYERS + 1), [256], 256, "256", None, (2.0,), (True,), ("1",)]
)
def test_invalid_hidden_layers(value):
    assert f"at most {MAX_LAYERS} layers of 1 to {MAX_WIDTH} units" in rejection("hidden", value)


def test_the_largest_network_fits_into_a_model_file():
    from core.files import tensorfile
    from core.recognition import modelfile

    assert 4 * MAX_WEIGHTS + 4 * 5 * MAX_LAYERS * MAX_WIDTH + tensorfile.MAX_HEADER_BYTES < modelfile.MAX_BYTES
    assert config(hidden=(4096, 4096, 4096)).hidden
    assert "at most 50,000,000 weights in all layers together, not 53," in rejection("hidden", (4096,) * 4)


def test_a_long_value_is_shortened_in_the_message():
    assert len(rejection("optimizer", "x" * 10_000)) < 200


# From and to JSON


def test_a_configuration_survives_json():
    for original in (config(), config(hidden=(), batch_norm=True, optimizer="adamw", learning_rate=3, seed=9)):
        assert TrainConfig.from_dict(json.loads(json.dumps(dataclasses.asdict(original)))) == original


def test_missing_settings_have_their_defaults():
    assert TrainConfig.from_dict({"seed": 4}) == config(seed=4)
    assert TrainConfig.from_dict({}) == config()


def test_an_unknown_setting():
    with pytest.raises(ConfigError, match="there is no setting learning_rats"):
        TrainConfig.from_dict({"learning_rats": 3})


@pytest.mark.parametrize("values", [{"hidden": "256"}, {"hidden": [256.0]}, {"hidden": [[1]]}, {"seed": "0"}])
def test_json_values_are_checked(values):
    with pytest.raises(ConfigError, match=next(iter(values))):
        TrainConfig.from_dict(values)


# What follows from a configuration


def test_initial_weights():
    def drawn(**values):
        return config(**values).initial_weights()(np.random.default_rng(0), 400, 600).std()

    assert drawn(initializer="normal", sigma=0.03) == pytest.approx(0.03, rel=0.01)
    assert drawn(initializer="normal", sigma=0) == 0
    assert drawn(initializer="he_normal") == pytest.approx(np.sqrt(2 / 400), rel=0.01)
    assert drawn(initializer="xavier") == pytest.approx(np.sqrt(2 / 1000), rel=0.01)


def test_learning_rates():
    def rates(**values):
        rate = config(learning_rate=0.4, **values).learning_rates(100)
        return [rate(0), rate(50), rate(100)]

    assert rates() == [0.4, 0.4, 0.4]
    assert rates(schedule="step_decay", decay_factor=0.5, decay_steps=50) == pytest.approx([0.4, 0.2, 0.1])
    assert rates(schedule="cosine") == pytest.approx([0.4, 0.2, 0.0], abs=1e-12)
    assert rates(schedule="one_cycle", warmup=0.5) == pytest.approx([0.016, 0.4, 0.00004])


def test_optimizers():
    network = Network(mlp((784, 3, 10)))
    sgd = config(momentum=0.9, nesterov=True, weight_decay=0.01).optimizer_for(network)
    assert isinstance(sgd, SGD)
    assert (sgd.momentum, sgd.nesterov, sgd.weight_decay) == (0.9, True, 0.01)
    assert sgd.parameters is network.parameters
    assert sgd.n_weights == network.n_weights == 784 * 3 + 30
    adamw = config(optimizer="adamw", weight_decay=0.1).optimizer_for(network)
    assert isinstance(adamw, AdamW)
    assert adamw.weight_decay == 0.1


def test_batch_norm_needs_more_than_one_image():
    with pytest.raises(ConfigError, match="batch_size of 2"):
        TrainConfig(batch_norm=True, batch_size=1)


def test_deformation_falls_over_the_second_half():
    config = TrainConfig(deformation=2.0, deformation_end=0.25)
    assert [config.deformation_at(share) for share in (0, 0.3, 0.5, 0.75, 1)] == [2, 2, 2, 1.25, 0.5]
    assert TrainConfig(deformation=2.0).deformation_at(1.0) == 2


def test_a_configuration_survives_its_own_dictionary():
    config = TrainConfig(hidden=(7, 3), deformation=0.5)
    assert TrainConfig.from_dict(config.as_dict()) == config
    assert isinstance(config.as_dict()["hidden"], list)
