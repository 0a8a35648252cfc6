"""Views of the inside of a network: weights, layers, earlier snapshots, and the confusion matrix.

May import from ``gui.training``, ``gui.recognition`` and everything below them.
"""
