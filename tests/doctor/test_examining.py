"""All checks together: in order, each on its own."""

import pytest

from app.doctor.examining import CHECKS, examine
from app.doctor.finding import Finding, State, Subject, ok, warn


def fails(case):
    raise FileNotFoundError(2, "No such file\nor directory", str(case.folder / "apa"))


def test_a_check_that_fails_is_a_finding_and_the_others_still_run(case):
    well, told = ok(Subject.DISK, "sisa"), warn(Subject.BADGES, "lama", "Cetak.")
    found = examine(
        case,
        [
            (Subject.DISK, lambda _: well),
            (Subject.CLOCK, fails),
            (Subject.TRUST, lambda _: None),
            (Subject.BADGES, lambda _: told),
        ],
    )
    path = case.folder / "apa"
    assert found == [
        well,
        Finding(
            Subject.CLOCK,
            State.FAULT,
            "tidak dapat diperiksa (FileNotFoundError: [Errno 2] No such file or directory: "
            f"'{path}')",
            "Ulangi dengan akun yang menjalankan server; bila tetap, laporkan kalimat ini.",
        ),
        told,
    ]


def test_a_person_who_ends_it_is_heeded(case):
    def ended(_case):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examine(case, [(Subject.DISK, ended)])


def test_every_subject_is_looked_at_once_and_told_as_its_own(case):
    subjects = [subject for subject, _ in CHECKS]
    assert sorted(subjects) == sorted(Subject)
    for subject, check in CHECKS:
        found = check(case)
        assert found is None or found.subject is subject
        assert found is None or bool(found.advice) is (found.state is not State.OK)
