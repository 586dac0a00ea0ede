"""One guest after another with the same badge, each led from device to device."""

import threading
from collections.abc import Mapping

from tools.driving.guests import Guests
from tools.soak.phone import Phone

PATIENCE_S = 90


class Lane(threading.Thread):
    """Hands each form of the way to the device whose turn it is, and waits for its answer."""

    def __init__(self, badge: str, phones: Mapping[str, Phone]) -> None:
        super().__init__(name=f"badge {badge}", daemon=True)
        self.badge, self.phones = badge, phones
        self.guests, self.wrong = 0, ""
        self.is_closing = threading.Event()

    def run(self) -> None:
        """Lead guests until it is closing time; the last one is led to the end."""
        while not self.is_closing.is_set() and not self.wrong:
            self.guests += 1
            for form in Guests(self.badge).visit(f"Tamu {self.guests} kartu {self.badge}"):
                sent = self.phones[form.username].ask(form.path, form.fields)
                if not sent.is_answered.wait(PATIENCE_S):
                    self.wrong = f"{self.name}: no answer to {form}"
                    return
                form.answer = sent.answer
                if form.expected and form.answer != form.expected:
                    self.wrong = f"{self.name}: {form.answer} to {form}"
                    return
