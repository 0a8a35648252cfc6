"""The largest network that can be configured, saved and read."""

MAX_LAYERS = 20
MAX_WIDTH = 4096
MAX_WEIGHTS = 50_000_000
"""Of all layers together: 200 MB, which fits into a model file."""
