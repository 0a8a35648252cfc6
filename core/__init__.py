"""A small neural-network laboratory in NumPy: digits, drawings, training. It knows nothing of screens."""

__version__ = "0.1.0"
