"""Judgement: what is said of a drawing. By itself, so that a window can be built before NumPy is there."""

import enum


class Judgement(enum.Enum):
    """What is said of a drawing."""

    DIGIT = "digit"
    TWO_CANDIDATES = "two candidates"
    NOT_A_DIGIT = "not a digit"
