"""The training panel, the session with its worker thread, and the controllers of runs, recipes and MNIST.

May import from ``gui.recognition``, ``gui.curves`` and everything below them.
"""
