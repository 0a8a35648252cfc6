"""Settings that the window keeps between sessions: in a file of its own, never in the system's registry."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings

from core.errors import ConfigError
from core.files import paths

if TYPE_CHECKING:
    from core.training.config import TrainConfig

SCHEMES = {"light": False, "dark": True}
"""Whether a colour scheme is dark, by its name; any other name follows the system."""


class Preferences:
    """Settings by name. A missing or damaged file gives the defaults."""

    def __init__(self) -> None:
        self._settings = QSettings(str(paths.settings() / "digitpad.ini"), QSettings.Format.IniFormat)

    def text(self, name: str, default: str = "") -> str:
        """Return a string."""
        value = self._settings.value(name)
        return value if isinstance(value, str) else default

    def texts(self, name: str) -> list[str]:
        """Return a list of strings; empty if there is no valid one."""
        import json  # not before the first frame

        try:
            values = json.loads(self.text(name) or "[]")
        except (ValueError, RecursionError):
            return []
        return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []

    def number(self, name: str, default: float, limits: tuple[float, float]) -> float:
        """Return a number within inclusive limits; the default if there is no valid one."""
        try:
            value = float(self.text(name))
        except ValueError:
            return default
        return value if limits[0] <= value <= limits[1] else default

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a truth value."""
        return {"true": True, "false": False}.get(self.text(name), default)

    def config(self, name: str) -> "TrainConfig | None":
        """Return the settings of a run; None if there are no valid ones."""
        import json

        from core.training.config import TrainConfig  # it imports NumPy: not before the first frame

        try:
            values = json.loads(self.text(name) or "null")
            return TrainConfig.from_dict(values) if isinstance(values, dict) else None
        except (ValueError, TypeError, RecursionError, ConfigError):
            return None

    def bytes(self, name: str) -> QByteArray:
        """Return the state of a window or splitter; empty if there is none."""
        value = self._settings.value(name)
        return value if isinstance(value, QByteArray) else QByteArray()

    def set(self, name: str, value: str | float | bool | QByteArray) -> None:
        """Set a value."""
        if isinstance(value, bool):
            value = "true" if value else "false"
        self._settings.setValue(name, value if isinstance(value, QByteArray) else str(value))

    def save(self) -> bool:
        """Write the file; return whether that succeeded."""
        try:
            paths.settings().mkdir(parents=True, exist_ok=True)
        except OSError:
            return False
        self._settings.sync()
        return self._settings.status() == QSettings.Status.NoError
