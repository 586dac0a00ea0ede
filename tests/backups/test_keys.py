"""The keys as text for the safe, and back from it."""

import pytest

from app.backups.keys import BadKey, for_the_safe, keep_backup_key, read_key, read_key_file

KEY = bytes(range(32))
LETTERS = KEY.hex()
GROUPED = " ".join(LETTERS[at : at + 4] for at in range(0, 64, 4))


def test_both_keys_have_a_line_each(tmp_path):
    (tmp_path / "secret-key").write_text("rahasia\n")
    assert for_the_safe(tmp_path) == "secret-key: rahasia"
    keep_backup_key(tmp_path, KEY)
    assert for_the_safe(tmp_path) == f"secret-key: rahasia\nbackup-key: {GROUPED}"


def test_a_folder_without_keys_has_nothing_for_the_safe(tmp_path):
    assert for_the_safe(tmp_path) == ""


@pytest.mark.parametrize(
    "text",
    [
        LETTERS,
        f"{LETTERS}\n",
        LETTERS.upper(),
        GROUPED,
        GROUPED.replace(" ", "-"),
        GROUPED[:40] + "\n" + GROUPED[40:],
        f"secret-key: {'ab' * 32}\nbackup-key: {GROUPED}\n",
        f"backup-key: {GROUPED}\nsecret-key: {'ab' * 32}\r\n",
    ],
)
def test_the_backup_key_is_read_as_it_was_printed_or_typed(text):
    assert read_key(text) == KEY


@pytest.mark.parametrize("encoding", ["ascii", "utf-8-sig", "utf-16"])
def test_a_key_file_is_read_as_any_system_writes_it(tmp_path, encoding):
    path = tmp_path / "kunci.txt"
    path.write_bytes(f"backup-key: {GROUPED}\r\n".encode(encoding))
    assert read_key_file(path) == KEY


@pytest.mark.parametrize(
    "text", ["", "kunci", LETTERS[:-1], LETTERS + "0", "g" + LETTERS[1:], "backup-key:", "é" * 64]
)
def test_what_is_no_key_is_said_to_be_none(text):
    with pytest.raises(BadKey, match="64 huruf"):
        read_key(text)
