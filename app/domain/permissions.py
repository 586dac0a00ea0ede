"""Who may open what: permissions derived from the roles that the SOP in force names."""

from enum import StrEnum

from app.domain.sop import Effect, Sop

ADMIN = "admin"


class Permission(StrEnum):
    """What a page asks of the person who opens it."""

    WORK = "work"
    REGISTER = "register"
    OVERSEE = "oversee"
    KEEP_BADGES = "keep_badges"
    ADMINISTER = "administer"


def registrar_role(sop: Sop) -> str:
    """The role that keeps the guest book and hands out badges."""
    step = sop.step_with(Effect.ISSUES_BADGE)
    assert step is not None, "a checked SOP has a step that issues the badge"
    return step.performer


def host_roles(sop: Sop) -> frozenset[str]:
    """Roles that only receive guests: they see their own guests, not the whole guest book."""
    others = {step.performer for step in sop.steps if Effect.BY_HOST not in step.effects}
    return frozenset(
        step.performer for step in sop.steps if Effect.BY_HOST in step.effects
    ) - frozenset(others)


def all_roles(sop: Sop) -> tuple[str, ...]:
    """Every role that can be given to a person under this SOP, the admin's last."""
    return (*(performer.code for performer in sop.performers), ADMIN)


def may(permission: Permission, roles: frozenset[str], sop: Sop) -> bool:
    """Whether a person with these roles holds the permission."""
    match permission:
        case Permission.WORK:
            return bool(roles)  # a role of an earlier SOP too: its visits are still inside
        case Permission.REGISTER:
            return registrar_role(sop) in roles
        case Permission.OVERSEE:
            return bool(roles & set(all_roles(sop)) - host_roles(sop))
        case Permission.KEEP_BADGES:
            return ADMIN in roles or registrar_role(sop) in roles
        case Permission.ADMINISTER:
            return ADMIN in roles
