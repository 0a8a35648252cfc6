"""Plots of loss, accuracy and learning rate: of the live run, and of overlaid ones.

May import from ``gui.style``.
"""
