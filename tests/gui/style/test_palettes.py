"""The two colour schemes: contrast, and colours that are distinct with any colour vision."""

import dataclasses
import itertools

import numpy as np
import pytest

from gui.style.palettes import DARK, LIGHT, Colours


def luminance(colour):
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    """Return the contrast ratio (WCAG 2.2)."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_curves_are_legible(scheme):
    names = ("text", "muted", "accent", "good", "warn", "bad", "training", "validation", "rate", "negative")
    names += ("positive",)
    for background in (scheme.window, scheme.paper):
        for colour in (*(getattr(scheme, name) for name in names), *scheme.series):
            assert contrast(colour, background) >= 4.5, colour.name()
        assert contrast(scheme.batches, background) >= 3  # a line, not text
    assert contrast(scheme.ink, scheme.paper) >= 12
    assert contrast(scheme.on_accent, scheme.accent) >= 4.5
    assert contrast(scheme.text, scheme.accent_soft) >= 4.5


# Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB.
VISIONS = {
    "all colours": np.eye(3),
    "no red": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "no green": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
}


def oklab(colour, vision):
    """Return a colour in Oklab (Ottosson, 2020), as seen with a colour vision."""
    parts = np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]])
    to_lms = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
    to_lab = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])
    return to_lab @ np.cbrt(to_lms @ np.clip(vision @ parts, 0, 1))


@pytest.mark.parametrize("vision", VISIONS.values(), ids=VISIONS)
@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_colours_of_runs_are_distinct(scheme, vision):
    points = [oklab(colour, vision) for colour in (scheme.training, scheme.validation, *scheme.series)]
    for one, other in itertools.combinations(points, 2):
        assert np.linalg.norm(one - other) > 0.05


def test_the_two_schemes_differ_in_each_colour():
    for field in dataclasses.fields(Colours):
        assert getattr(LIGHT, field.name) != getattr(DARK, field.name), field.name
