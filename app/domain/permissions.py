"""Who may open what: permissions derived from the roles that the SOP in force names."""

from enum import StrEnum

from app.domain.sop import Effect, Sop

ADMIN = "admin"
DEPUTY_TITLES = {"plh": "Plh.", "plt": "Plt."}  # as they stand before a post, wherever it is named


class Permission(StrEnum):
    """What a page asks of the person who opens it."""

    WORK = "work"
    REGISTER = "register"
    OVERSEE = "oversee"
    KEEP_BADGES = "keep_badges"
    SUPERVISE = "supervise"
    ADMINISTER = "administer"


def registrar_role(sop: Sop) -> str:
    """The role that keeps the guest book and hands out badges."""
    return (sop.step_with(Effect.ISSUES_BADGE) or sop.steps[0]).role


def host_roles(sop: Sop) -> frozenset[str]:
    """Roles that only receive guests: they see their own guests, not the whole guest book."""
    others = {step.role for step in sop.steps if Effect.BY_HOST not in step.effects}
    return frozenset(step.role for step in sop.steps if Effect.BY_HOST in step.effects) - others


def stand_in_roles(sop: Sop) -> frozenset[str]:
    """Who may move a visit on for a post that nobody holds today (domain: no deputy).

    The front desk and the Kasubbag: who keeps the guest book, and who takes the guest over there.
    """
    registrar = registrar_role(sop)
    next_to_it = next(
        (step.role for step in sop.steps if step.role not in {registrar, *host_roles(sop)}),
        registrar,
    )
    return frozenset({registrar, next_to_it})


def all_roles(sop: Sop) -> tuple[str, ...]:
    """Every role that can be given to a person under this SOP, the admin's last."""
    return (*sop.roles, ADMIN)


def may(permission: Permission, roles: frozenset[str], sop: Sop) -> bool:
    """Whether a person with these roles holds the permission."""
    match permission:
        case Permission.WORK:
            return bool(roles)  # a role of an earlier SOP too: its visits are still inside
        case Permission.REGISTER:
            return registrar_role(sop) in roles
        case Permission.OVERSEE:
            return bool(roles & set(all_roles(sop)) - host_roles(sop))
        case Permission.SUPERVISE:
            return bool(roles & set(all_roles(sop)) - host_roles(sop) - {registrar_role(sop)})
        case Permission.KEEP_BADGES:
            return ADMIN in roles or registrar_role(sop) in roles
        case Permission.ADMINISTER:
            return ADMIN in roles
