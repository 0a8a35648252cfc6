"""Recognition of digits with a model: segmentation, prediction, calibration, rejection, metrics and the model file.

May import from ``core.data``, ``core.nn`` and everything below them; never from ``core.training.loop``.
"""
