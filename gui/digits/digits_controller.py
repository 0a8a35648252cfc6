"""Adds digits of the user to the list of data, and removes them from it."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QWidget

from core.runs.records import RunOutcome
from gui.digits import mend_text
from gui.style.message import Message, Offer, Severity
from gui.training.choices import AddedDigits
from gui.training.events import Prepared, RunEvent
from gui.training.panel import TrainingPanel
from gui.training.session import TrainingSession
from gui.training.training_controller import TrainingController

if TYPE_CHECKING:
    from gui.digits.addition import Addition


class DigitsController(QObject):
    """Asks for files and folders, reads them off the GUI thread, and says what is odd about them, or a run's digits."""

    messageReady = Signal(object)
    """A Message for the user."""
    changed = Signal()
    """The list of added digits is another."""

    def __init__(
        self, panel: TrainingPanel, session: TrainingSession, training: TrainingController, window: QWidget
    ) -> None:
        super().__init__(window)
        self._panel, self._choices, self._window = panel, panel.choices, window
        self._session, self._training = session, training
        self._addition: Addition | None = None
        self._replaces = ""
        session.happened.connect(self._on_event)
        session.concluded.connect(self._on_concluded)

    @property
    def is_busy(self) -> bool:
        """Whether digits are being read."""
        return self._addition is not None

    def set_actions(self, add_file: QAction, add_folder: QAction, remove: QAction) -> None:
        """Put the actions of the menu into the menu of the button beside the list too."""
        for action in (add_file, add_folder, remove):
            self._choices.add_menu.addAction(action)
        self._choices.data_box.currentIndexChanged.connect(lambda: remove.setEnabled(self._choices.is_added))
        remove.setEnabled(self._choices.is_added)

    def choose_file(self) -> None:
        """Ask for a file with digits, and add them."""
        kinds = self.tr("Digits (*.csv *.csv.gz *.txt *.tsv *.gz *ubyte *.unipen *.tra);;All files (*)")
        name, _ = QFileDialog.getOpenFileName(self._window, self.tr("Add digits from a file"), "", kinds)
        if name:
            self.add(Path(name))

    def choose_folder(self) -> None:
        """Ask for a folder with IDX files or pictures, and add its digits."""
        title = self.tr("Add digits from a folder: IDX files, or folders 0 to 9 with pictures")
        if name := QFileDialog.getExistingDirectory(self._window, title):
            self.add(Path(name))

    def add(self, what: Path | str, replaces: str = "") -> None:
        """Read the digits of a file, a folder, or a source by its name, and add them to the list."""
        from gui.digits.addition import Addition

        if self._addition is not None:
            self._tell(self.tr("Other digits are being read: try again in a moment."))
            return
        self._replaces = replaces
        self._addition = Addition(what, self)
        self._addition.finished.connect(self._on_finished)
        name = what.name if isinstance(what, Path) else self._choices.name_of(what)
        self._tell(self.tr("Reading the digits in “{name}”…").format(name=name))
        self._addition.start()

    def remove(self) -> None:
        """Remove the chosen digits from the list; the files stay."""
        removed = self._choices.remove_added(self._choices.data)
        if removed is None:
            self._tell(self.tr("Only digits that you have added can be removed from the list."))
            return
        self.changed.emit()
        text = self.tr("“{name}” is no longer in the list. Its files stay.").format(name=removed.name)
        self._tell(text, offers={self.tr("Undo"): Offer(partial(self._put_back, removed))})

    def shut_down(self) -> None:
        """End the reading, and return when its thread has ended."""
        if self._addition is not None:
            self._addition.cancel()
            self._addition.wait()

    def _put_back(self, removed: AddedDigits) -> None:
        self._choices.add_digits(removed)
        if not self._session.is_active:
            self._choices.set_data(removed.source)
        self.changed.emit()

    def _on_finished(self) -> None:
        addition, self._addition = self._addition, None
        if addition is None:
            return
        addition.wait()
        addition.deleteLater()
        if addition.is_cancelled:
            return
        if addition.error:
            self._tell_error(addition)
            return
        added = AddedDigits(addition.source, addition.n)
        if self._replaces:
            self._choices.remove_added(self._replaces)
        self._choices.add_digits(added)
        if not self._session.is_active:
            self._choices.set_data(added.source)
        self.changed.emit()
        self._tell_added(added, addition)

    def _tell_error(self, addition: "Addition") -> None:
        offers = {}
        if addition.mended:
            text = mend_text.offer_to_mend(addition.source, addition.mended)
            offers[text] = Offer(partial(self.add, addition.mended, self._replaces))
        self._tell(f"{addition.error}." if offers else addition.error, Severity.BAD, addition.details, offers)

    def _tell_added(self, added: AddedDigits, addition: "Addition") -> None:
        from core.training import data_check

        text = self.tr("Added “{name}”: {n:,} digits.").format(name=added.name, n=added.n)
        mended = data_check.mended(added.source, addition.findings)
        offers = {}
        if mended != added.source:
            action = partial(self.add, mended, added.source)
            offers[mend_text.offer_to_mend(added.source, mended)] = Offer(action, partial(self._is_listed, added))
        sentences = " ".join([text, *(finding.text for finding in addition.findings)])
        self._tell(sentences, Severity.BAD if addition.findings else Severity.GOOD, offers=offers)

    # -- the digits of a run -------------------------------------------------------------------------------------------

    def _on_event(self, event: RunEvent) -> None:
        """Say what is odd about the digits of a run that begins; it goes on all the same."""
        if not isinstance(event, Prepared) or not event.facts.findings:
            return
        from core.training import data_check

        findings, data = event.facts.findings, self._panel.data
        mended = data_check.mended(data, findings)
        text = " ".join(finding.text for finding in findings)
        self._tell(text, Severity.BAD, offers=self._restart_offers(data, mended))

    def _on_concluded(self, outcome: RunOutcome) -> None:
        self._choices.look_for_added()
        if outcome.mended:
            self._tell(outcome.error, Severity.BAD, offers=self._restart_offers(self._panel.data, outcome.mended))

    def _restart_offers(self, data: str, mended: str) -> dict[str, Offer]:
        """Return the offer to mend the digits of the newest run and start it again, while it is the newest."""
        if mended == data:
            return {}
        live = self._session.live

        def stands() -> bool:
            return self._session.live is live and self._panel.data == data

        return {mend_text.offer_to_restart(data, mended): Offer(partial(self._restart, data, mended), stands)}

    def _restart(self, data: str, mended: str) -> None:
        if self._session.is_active:
            self._session.cancel()  # it can be restored
        if (added := self._choices.remove_added(data)) is not None:
            self._choices.add_digits(AddedDigits(mended, added.n))
            self.changed.emit()
        self._choices.set_data(mended)
        self._training.start()

    # -- words ---------------------------------------------------------------------------------------------------------

    def _is_listed(self, added: AddedDigits) -> bool:
        return added in self._choices.added

    def _tell(
        self, text: str, severity: Severity = Severity.INFO, details: str = "", offers: dict[str, Offer] | None = None
    ) -> None:
        self.messageReady.emit(Message(text, severity, details, offers or {}))
