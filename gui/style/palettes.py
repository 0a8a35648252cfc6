"""The light and the dark colour scheme, and the QPalette and style sheet of a scheme."""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

BEHIND = QColor(160, 160, 160)
"""What is painted behind a transparent picture, whose ink may be black or white, in both schemes."""


@dataclass(frozen=True)
class Colours:
    """The named colours of a scheme; each text and curve colour has a contrast of at least 4.5:1 to ``window``."""

    window: QColor
    paper: QColor
    ink: QColor
    text: QColor
    muted: QColor
    line: QColor  # frames and separators
    track: QColor  # the empty part of a bar
    hover: QColor
    accent: QColor
    accent_soft: QColor  # behind a selected tool
    on_accent: QColor
    good: QColor
    warn: QColor
    bad: QColor
    batches: QColor  # a line below the others, contrast at least 3:1
    training: QColor
    validation: QColor
    rate: QColor
    negative: QColor  # the ends of a diverging colormap around paper; distinct also without red or green vision
    positive: QColor
    series: tuple[QColor, ...]  # overlaid runs


LIGHT = Colours(
    window=QColor("#f5f6f8"),
    paper=QColor("#ffffff"),
    ink=QColor("#1c2333"),
    text=QColor("#1f2633"),
    muted=QColor("#5a6474"),
    line=QColor("#d3d8e0"),
    track=QColor("#e4e7ed"),
    hover=QColor("#e6e9ef"),
    accent=QColor("#2b5fd0"),
    accent_soft=QColor("#d9e4fb"),
    on_accent=QColor("#ffffff"),
    good=QColor("#1a7544"),
    warn=QColor("#8a5800"),
    bad=QColor("#b3261e"),
    batches=QColor("#5f86dd"),
    training=QColor("#2b5fd0"),
    validation=QColor("#b8480b"),
    rate=QColor("#0b7268"),
    negative=QColor("#1f55c0"),
    positive=QColor("#b8480b"),
    series=tuple(
        map(
            QColor,
            (
                "#7b1fac",
                "#35771a",
                "#c00d69",
                "#106e89",
                "#504a03",
                "#5d1512",
                "#261f51",
                "#286c52",
                "#860757",
                "#36377d",
            ),
        )
    ),
)
DARK = Colours(
    window=QColor("#1c1f26"),
    paper=QColor("#12141a"),
    ink=QColor("#eef0f5"),
    text=QColor("#e6e9ef"),
    muted=QColor("#a0a8b6"),
    line=QColor("#383e4a"),
    track=QColor("#2b303a"),
    hover=QColor("#2a2f39"),
    accent=QColor("#82aaff"),
    accent_soft=QColor("#2c3d63"),
    on_accent=QColor("#0e1524"),
    good=QColor("#62cd90"),
    warn=QColor("#e9b653"),
    bad=QColor("#ff8d83"),
    batches=QColor("#5b7cc4"),
    training=QColor("#82aaff"),
    validation=QColor("#ffa266"),
    rate=QColor("#5fcabf"),
    negative=QColor("#6fa0ff"),
    positive=QColor("#ff9a55"),
    series=tuple(
        map(
            QColor,
            (
                "#bc7bcf",
                "#cdff64",
                "#feb5cf",
                "#54e1ff",
                "#f3cb34",
                "#c78d58",
                "#8972ff",
                "#72cc97",
                "#e65585",
                "#b8a4c7",
            ),
        )
    ),
)


def palette(c: Colours) -> QPalette:
    """Return the QPalette of a scheme."""
    role = QPalette.ColorRole
    result = QPalette(c.window)  # Qt derives the shades of frames and buttons
    for names, colour in (
        ((role.Window, role.Button), c.window),
        ((role.Base, role.ToolTipBase), c.paper),
        ((role.AlternateBase,), c.hover),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), c.text),
        ((role.PlaceholderText,), c.muted),
        ((role.Link, role.Highlight, role.Accent), c.accent),
        ((role.LinkVisited,), c.rate),
        ((role.HighlightedText,), c.on_accent),
        ((role.BrightText,), c.bad),
        ((role.Mid,), c.line),
    ):
        for name in names:
            result.setColor(name, colour)
    faint = QColor(c.muted)
    faint.setAlphaF(0.6)
    for name in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, name, faint)
    result.setColor(QPalette.ColorGroup.Disabled, role.Highlight, c.line)
    return result


def style_sheet(c: Colours) -> str:
    """Return the style sheet for what QPalette cannot set; a button with the property ``primary`` is filled."""
    # not shown
    return f"""
        QToolButton {{ border: 1px solid transparent; border-radius: 6px; padding: 5px; background: transparent; }}
        QToolButton:hover {{ background: {c.hover.name()}; }}
        QToolButton:pressed, QToolButton:checked {{ background: {c.accent_soft.name()}; }}
        QToolButton:focus {{ border-color: {c.accent.name()}; }}
        QToolButton::menu-indicator {{ image: none; }}
        QCheckBox::indicator:unchecked, QTableView::indicator:unchecked {{ width: 12px; height: 12px;
            border: 1px solid {c.muted.name()}; border-radius: 3px; background: {c.paper.name()}; }}
        QToolTip {{ color: {c.text.name()}; background: {c.paper.name()}; border: 1px solid {c.line.name()};
            padding: 4px; }}
        QPushButton[primary="true"] {{ color: {c.on_accent.name()}; background: {c.accent.name()}; border-radius: 6px;
            border: 1px solid {c.accent.name()}; padding: 5px 14px; font-weight: 600; }}
        QPushButton[primary="true"]:hover {{ background: {c.accent.lighter(112).name()}; }}
        QPushButton[primary="true"]:pressed {{ background: {c.accent.darker(112).name()}; }}
        QPushButton[primary="true"]:focus {{ border-color: {c.text.name()}; }}
        QPushButton[primary="true"]:disabled {{ color: {c.muted.name()}; background: {c.track.name()};
            border-color: {c.track.name()}; }}
    """
