"""Digits of the user to train on: added to the list of data, checked, mended and removed again.

May import from ``gui.training`` and everything below it.
"""
