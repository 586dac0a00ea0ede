"""The certificate is looked after for as long as the server lives, whatever goes wrong."""

import logging
from types import SimpleNamespace

import pytest

from app import serving


def test_a_renewal_that_failed_is_tried_again(monkeypatch, caplog):
    answers = iter([OSError(28, "No space left on device"), False, True])
    reloads, over = [], StopIteration()

    def renew():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def pause(seconds):
        if reloads:
            raise over
        assert seconds == 0.5

    monkeypatch.setattr(serving.time, "sleep", pause)
    server = SimpleNamespace(signal_handler_reload=lambda: reloads.append("reload"))
    with pytest.raises(StopIteration):
        serving._renew_certificate(server, serving.Tls(None, None, renew, serving.Pace(0.5)))
    assert reloads == ["reload"]
    (record,) = caplog.records
    assert (record.levelno, record.exc_info[0]) == (logging.ERROR, OSError)
