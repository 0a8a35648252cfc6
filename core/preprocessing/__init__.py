"""From strokes or a picture to a network's input: a 28×28 image in MNIST's geometry.

May import from ``core.files`` and the modules directly in ``core``.
"""
