"""From ink or a picture to the 28×28 image that a network sees, in MNIST's geometry.

May import from ``core.files`` and the modules directly in ``core``.
"""
