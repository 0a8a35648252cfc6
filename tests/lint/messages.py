"""Find sentences that reach a user without being templates: python tests/lint/messages.py core gui

A sentence that a user reads is a literal passed to ``tr`` (or ``translatable``, where it is kept as a constant), with
named fields. Three things fail:

1. a literal or f-string with words that is shown: a label, a tooltip, an error, a line of help;
2. a literal or f-string of two words or more anywhere else, unless it is for developers: a docstring, an annotation, a
   log, a ``ValueError`` or similar, or a line that ends with ``# not shown`` or follows a line with that comment alone;
3. an f-string passed to ``tr``, or a field without a name: tools cannot collect it, translators cannot reorder it.
"""

import ast
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path

TRANSLATED = {"tr", "translatable", "translate"}
SHOWN = {
    "print", "error", "exit", "show_message", "show_status", "show_problem", "paint_placeholder", "set_unit",
    "setText", "setToolTip", "setStatusTip", "setWhatsThis", "setWindowTitle", "setTitle", "setAccessibleName",
    "setAccessibleDescription", "setPlaceholderText", "setInformativeText", "setDetailedText", "setLabelText",
    "setSuffix", "setPrefix", "setSpecialValueText", "setTabText", "setTabToolTip", "setItemText", "setNameFilter",
    "setHeaderLabels", "addItem", "addAction", "addMenu", "addTab", "addButton", "addRow", "insertItem", "drawText",
    "getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory", "getText", "getInt", "question",
    "information", "warning", "critical", "about", "QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton",
    "QGroupBox", "QAction", "QMenu", "QMessageBox", "QFileDialog", "QProgressDialog", "QInputDialog", "Message",
    "Parser", "add_parser", "add_argument_group",
}  # fmt: skip
"""Functions, methods and classes that show the strings they are given."""
KEYWORDS = {"help", "title", "description", "epilog", "text", "toolTip", "windowTitle"}
"""Keyword arguments that are shown."""
FOR_DEVELOPERS = {
    "ValueError", "TypeError", "KeyError", "RuntimeError", "AssertionError", "NotImplementedError", "AttributeError",
    "getLogger", "setStyleSheet",
}  # fmt: skip
LOGS = {"log", "logger", "logging", "warnings"}
EXEMPT = "# not shown"
"""The comment on a line with words that no user reads: an identifier, a style sheet, the authors of a data set."""
NAMES = {"digitpad", "digitpad-lab", "MNIST", "ReLU", "SGD", "AdamW", "L2", "JSON", "ONNX", "Qt"}
WORD = re.compile(r"[^\W\d_]{2,}")
WORDS = re.compile(r"[^\W\d_]{2,}[^\w{}]*\s[^\W\d_]{2,}")
IDENTIFIER = re.compile(r"--?[a-z0-9-]+|[a-z0-9_]+|[A-Z0-9_,]+|\*?\.[a-z]+|[a-z-]+\.[a-z]+|[A-Z][a-z]*\+\S+")
"""Words that need no translation: options, commands, keys, file names, shortcuts, placeholders of the usage."""


def name_of(function: ast.expr) -> str:
    """Return the last part of the name of a called function."""
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def is_for_developers(function: ast.expr) -> bool:
    """Return whether a called function writes for developers: a log, or an error that no user sees."""
    match function:
        case ast.Attribute(value=ast.Name(id=owner)) if owner in LOGS:
            return True
    return name_of(function) in FOR_DEVELOPERS


def literals(value: ast.expr) -> Iterator[ast.expr]:
    """Yield the literals that an expression may evaluate to, except those of calls."""
    match value:
        case ast.Constant() | ast.JoinedStr():
            yield value
        case ast.BinOp(left=left, right=right):
            yield from literals(left)
            yield from literals(right)
        case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from literals(part)
        case ast.IfExp(body=body, orelse=orelse):
            yield from literals(body)
            yield from literals(orelse)
        case ast.Call(func=ast.Attribute(value=text, attr="format" | "join")):
            yield from literals(text)


def pieces(value: ast.expr) -> list[str]:
    """Return the fixed text of a literal: for an f-string, the parts between the fields."""
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def is_language(value: ast.expr) -> bool:
    """Return whether a literal contains a word that is not a name or identifier."""
    whole = isinstance(value, ast.Constant)
    return any(
        WORD.search(text) and text.strip(" :") not in NAMES and not (whole and IDENTIFIER.fullmatch(text))
        for text in pieces(value)
    )


def shown(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions that a node shows to users."""
    match node:
        case ast.Raise(exc=ast.Call(func=function, args=arguments)) if name_of(function).endswith(("Error", "Exit")):
            if not is_for_developers(function):
                yield from arguments
        case ast.Call(func=function, args=arguments, keywords=keywords) if not is_for_developers(function):
            if name_of(function) in SHOWN:
                yield from arguments
            yield from (keyword.value for keyword in keywords if keyword.arg in KEYWORDS)


def bad_templates(node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Yield the arguments of ``tr`` that tools cannot collect or translators cannot reorder, with the reason."""
    match node:
        case ast.Call(func=function, args=[template, *_]) if name_of(function) in TRANSLATED:
            if isinstance(template, ast.JoinedStr):
                yield template, "an f-string is passed to tr: use named fields"
            elif isinstance(template, ast.Constant) and isinstance(template.value, str):
                try:
                    fields = [field for _, field, _, _ in string.Formatter().parse(template.value) if field is not None]
                except ValueError:
                    yield template, "the template has a brace that is not a field"
                else:
                    if any(not re.match(r"[a-z_]", field) for field in fields):
                        yield template, "the template has a field without a name"


def exempt_nodes(tree: ast.AST) -> set[int]:
    """Return the ids of nodes with words for developers, or in templates."""
    exempt: set[int] = set()

    def leave_out(part: ast.AST | None) -> None:
        if part is not None:
            exempt.update(id(inner) for inner in ast.walk(part))

    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as docstring):
                leave_out(docstring)
            case ast.Call(func=function) if name_of(function) in TRANSLATED or is_for_developers(function):
                leave_out(node)
            case ast.AnnAssign(annotation=annotation) | ast.arg(annotation=annotation):
                leave_out(annotation)
            case ast.FunctionDef(returns=annotation):
                leave_out(annotation)
    return exempt


def faults(source: str) -> list[tuple[int, str]]:
    """Return the line and the reason for each sentence in a module that is not a template."""
    tree, lines = ast.parse(source), source.splitlines()
    exempt, found = exempt_nodes(tree), set()
    for node in ast.walk(tree):
        for value in (literal for expression in shown(node) for literal in literals(expression)):
            if is_language(value):
                found.add((value.lineno, "this reaches a user without tr"))
        is_literal = isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in exempt
        if is_literal and any(map(WORDS.search, pieces(node))):
            found.add((node.lineno, "these words are not a template"))
        found.update((template.lineno, reason) for template, reason in bad_templates(node))
    return sorted(
        (line, reason)
        for line, reason in found
        if not lines[line - 1].endswith(EXEMPT) and lines[max(line - 2, 0)].strip() != EXEMPT
    )


def modules(name: str) -> Iterator[Path]:
    """Yield the modules below a folder, or a file itself."""
    path = Path(name)
    yield from [path] if path.is_file() else path.rglob("*.py")


def main(names: list[str]) -> int:
    """Print the faults of files, and of all modules below folders; return 1 if there are any."""
    count = 0
    for path in sorted(path for name in names for path in modules(name)):
        for line, reason in faults(path.read_text(encoding="utf-8")):
            print(f"{path}:{line}: {reason}")
            count += 1
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
