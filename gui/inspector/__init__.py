"""A look inside a network: weights, layers, the scrubber, the confusion matrix.

May import from ``gui.training``, ``gui.recognition`` and everything below them.
"""
