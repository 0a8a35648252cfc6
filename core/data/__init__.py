"""Labelled digit images for training and tests: file formats, MNIST, named sources, batches and augmentation.

May import from ``core.synthetic``, ``core.preprocessing`` and everything below them.
"""
