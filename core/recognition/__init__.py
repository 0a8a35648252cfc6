"""From a drawing and a model to a reading: segmentation, calibration, rejection, and the model file.

May import from ``core.data``, ``core.nn`` and everything below them; never from ``core.training.loop``.
"""
