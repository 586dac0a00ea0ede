import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.permissions import Permission, all_roles, host_roles, may, registrar_role
from app.domain.sop_toml import parse_sop
from app.sop_files import BUNDLED

BODY = (BUNDLED / "pelayanan-tamu.toml").read_text(encoding="utf-8")
SOP = parse_sop(BODY)
SOP_ROLES = ("front_desk", "general_affairs", "secretary", "host")
WORK, REGISTER, OVERSEE, KEEP_BADGES, SUPERVISE, ADMINISTER = Permission

HELD = {
    "front_desk": {WORK, REGISTER, OVERSEE, KEEP_BADGES},
    "general_affairs": {WORK, OVERSEE, SUPERVISE},
    "secretary": {WORK, OVERSEE, SUPERVISE},
    "host": {WORK},
    "admin": {WORK, OVERSEE, KEEP_BADGES, SUPERVISE, ADMINISTER},
    "guard": {WORK},  # a role of an earlier SOP, whose visits are still inside
}


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", HELD)
def test_each_role_opens_its_doors_and_no_other(role, permission):
    assert may(permission, frozenset({role}), SOP) == (permission in HELD[role])


@pytest.mark.parametrize("permission", Permission)
def test_nobody_opens_anything_without_a_role(permission):
    assert not may(permission, frozenset(), SOP)


@settings(deadline=None)
@given(st.frozensets(st.sampled_from(list(HELD))), st.sampled_from(Permission))
def test_several_roles_open_what_each_of_them_opens(roles, permission):
    expected = any(permission in HELD[role] for role in roles)

    assert may(permission, roles, SOP) == expected


def test_the_roles_that_can_be_given_are_those_of_the_sop_and_the_admin():
    assert all_roles(SOP) == (*SOP_ROLES, "admin")


def test_who_issues_the_badge_keeps_the_guest_book():
    assert registrar_role(SOP) == "front_desk"
    assert registrar_role(with_escort_by("host")) == "front_desk"


def with_escort_by(role: str):
    """The office's SOP with another performer at step 4."""
    head, escort = BODY.split('key = "escort"')
    return parse_sop(head + 'key = "escort"' + escort.replace('"general_affairs"', f'"{role}"', 1))


def test_a_host_who_does_another_step_too_is_no_mere_host():
    assert host_roles(SOP) == {"host"}
    assert host_roles(with_escort_by("host")) == frozenset()
    assert may(Permission.OVERSEE, frozenset({"host"}), with_escort_by("host"))
