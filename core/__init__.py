"""A neural-network laboratory in NumPy: data, preprocessing, training, recognition. It does not know Qt."""

__version__ = "0.1.0"
