"""A window on the laboratory: drawing pad, training panel, curves (PySide6, pyqtgraph)."""
