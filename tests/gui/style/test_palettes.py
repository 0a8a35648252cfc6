"""The two schemes of colours: contrast, and colours that all eyes tell apart."""

import dataclasses
import itertools

import numpy as np
import pytest

from gui.style.palettes import DARK, LIGHT, Colours


def luminance(colour):
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_curves_can_be_read(scheme):
    names = ("text", "muted", "accent", "good", "warn", "bad", "training", "validation", "rate", "negative")
    names += ("positive",)
    for ground in (scheme.window, scheme.paper):
        for colour in (*(getattr(scheme, name) for name in names), *scheme.series):
            assert contrast(colour, ground) >= 4.5, colour.name()
        assert contrast(scheme.batches, ground) >= 3  # a line, and no text
    assert contrast(scheme.ink, scheme.paper) >= 12
    assert contrast(scheme.on_accent, scheme.accent) >= 4.5
    assert contrast(scheme.text, scheme.accent_soft) >= 4.5


# Machado, Oliveira and Fernandes (2009), severity 1: on linear RGB.
EYES = {
    "all colours": np.eye(3),
    "no red": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "no green": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
}


def oklab(colour, eye):
    """Return a colour in Oklab (Ottosson, 2020), as an eye sees it."""
    parts = np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]])
    to_lms = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
    to_lab = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])
    return to_lab @ np.cbrt(to_lms @ np.clip(eye @ parts, 0, 1))


@pytest.mark.parametrize("eye", EYES.values(), ids=EYES)
@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_runs_are_told_apart_by_their_colours(scheme, eye):
    places = [oklab(colour, eye) for colour in (scheme.training, scheme.validation, *scheme.series)]
    for one, other in itertools.combinations(places, 2):
        assert np.linalg.norm(one - other) > 0.05


def test_the_two_schemes_name_different_colours():
    for field in dataclasses.fields(Colours):
        assert getattr(LIGHT, field.name) != getattr(DARK, field.name), field.name
