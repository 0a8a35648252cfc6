"""The linter that finds sentences which are not templates."""

import pytest
from messages import faults, main


@pytest.mark.parametrize(
    "source",
    [
        'label.setText("Ready")',
        'label.setText(f"{n} digits")',
        'button = QPushButton("Start" if idle else "Stop")',
        'raise ModelError(f"{path} is damaged")',
        'raise SystemExit("no display")',
        'parser.add_argument("--data", help="where it is")',
        'reason = "the disk is full"',
        'return f"{path} cannot be written: {why}"',
        'tr(f"{path} is damaged")',
        'tr("{} is damaged")',
        'tr("{0} is damaged", path)',
        'tr("a brace } too many")',
        'self.tr("{0} of {1}").format(a, b)',
    ],
)
def test_a_sentence_that_cannot_be_translated_is_found(source):
    assert {line for line, _ in faults(source)} == {1}


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring is for developers."""',
        'label.setText(tr("Ready"))',
        'label.setText(self.tr("{n} digits").format(n=n))',
        'raise ModelError(tr("{path} is damaged", path=path))',
        'raise ValueError(f"{n} images, but {m} labels")',
        'log.warning("%s cannot be read", path)',
        'parser.add_argument("--data", metavar="SOURCE", help=tr("where it is"))',
        'TITLE = translatable("The report\'s best")',
        'label.setText("digitpad")',
        'label.setText("–")',
        'label.setText(f"{share:.1%}")',
        'CREDIT = "LeCun, Cortes, Burges"  # not shown',
        '# not shown\nSTYLE = f"""QToolButton {{ border: none; color: {colour} }} is a style sheet"""',
        'def f(x: "Path | None or so") -> "Path | None or so": ...',
    ],
)
def test_a_template_or_a_string_without_a_sentence_passes(source):
    assert faults(source) == []


def test_files_and_folders_are_checked(tmp_path, capsys):
    (tmp_path / "good.py").write_text('x = tr("two words")')
    (tmp_path / "bad.py").write_text('x = "two words"')
    assert main([str(tmp_path / "good.py")]) == 0
    assert main([str(tmp_path / "bad.py")]) == main([str(tmp_path)]) == 1
    assert capsys.readouterr().out == 2 * f"{tmp_path / 'bad.py'}:1: these words are not a template\n"
