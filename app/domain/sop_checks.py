"""What an SOP must fulfil, whatever office it is of, so that the engine can carry it out."""

from app.domain.sop import Effect, Field, Sop, SopError, Step

FEWEST_STEPS = 3
MOST_STEPS = 15
RESERVED_ROLE = "admin"
MOST_WAYS = 3  # what a diamond has corners for, beside the one where the flow comes in


def check_sop(sop: Sop) -> None:
    """Raise SopError naming the key at fault, if there is one."""
    if not FEWEST_STEPS <= len(sop.steps) <= MOST_STEPS:
        raise SopError(f"steps: harus 3 sampai 15 langkah, ada {len(sop.steps)}")
    _check_unique("performers.code", [performer.code for performer in sop.performers])
    _check_unique("steps.key", [step.key for step in sop.steps])
    codes = {performer.code for performer in sop.performers}
    if RESERVED_ROLE in codes:
        raise SopError(f"performers.code: '{RESERVED_ROLE}' adalah peran aplikasi; pakai kode lain")
    _check_recorders(sop)
    keys = {step.key for step in sop.steps}
    for step in sop.steps:
        _check_step(step, codes)
        _check_choices(step, keys)
    _check_badge(sop)
    _check_destination_known_to_host(sop)


def _check_badge(sop: Sop) -> None:
    """Both the handing out and the return of the badge, or neither."""
    counts = [
        sum(effect in step.effects for step in sop.steps)
        for effect in (Effect.ISSUES_BADGE, Effect.RETURNS_BADGE)
    ]
    if counts == [0, 0]:
        return
    for effect, count in zip((Effect.ISSUES_BADGE, Effect.RETURNS_BADGE), counts, strict=True):
        if count != 1:
            raise SopError(f"steps: tepat satu langkah harus ber-effect '{effect}'")
    if not sop.returns_badge:
        raise SopError("steps: 'returns_badge' harus pada langkah terakhir")


def _check_recorders(sop: Sop) -> None:
    for index, performer in enumerate(sop.performers, start=1):
        if performer.recorded_by is not None and performer.recorded_by not in sop.roles:
            raise SopError(
                f"performers[{index}].recorded_by: '{performer.recorded_by}' bukan peran petugas"
            )
    if not sop.roles:
        raise SopError("performers: paling sedikit satu peran petugas")


def _check_choices(step: Step, keys: set[str]) -> None:
    at = f"steps[{step.number}].choices"
    _check_unique(f"{at}.key", [choice.key for choice in step.choices])
    if len({choice.goto or choice.outcome for choice in step.choices}) > MOST_WAYS:
        raise SopError(f"{at}: paling banyak {MOST_WAYS} jalan keluar")
    for choice in step.choices:
        if choice.goto is not None and choice.goto not in keys - {step.key}:
            raise SopError(f"{at}.goto: '{choice.goto}' bukan langkah lain dari SOP ini")


def _check_unique(at: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise SopError(f"{at}: '{name}' ada lebih dari sekali")


def _check_step(step: Step, codes: set[str]) -> None:
    at = f"steps[{step.number}]"
    if step.performer not in codes:
        raise SopError(f"{at}.performer: '{step.performer}' tidak ada di [[performers]]")
    if Effect.OPEN_ENDED in step.effects and step.limit is not None:
        raise SopError(f"{at}.limit_s: langkah 'open_ended' tidak punya mutu baku waktu")
    if step.choices and step.effects & {Effect.ISSUES_BADGE, Effect.RETURNS_BADGE}:
        raise SopError(f"{at}.choices: langkah tanda pengenal tidak memutuskan apa pun")
    badge_effects = step.effects & {Effect.ISSUES_BADGE, Effect.RETURNS_BADGE}
    if badge_effects and (step.effects - badge_effects or step.requires or len(badge_effects) > 1):
        raise SopError(f"{at}: langkah tanda pengenal tidak boleh bersyarat atau ber-effect lain")


def _check_destination_known_to_host(sop: Sop) -> None:
    asked = False
    for step in sop.steps:
        if Effect.BY_HOST in step.effects and not asked:
            raise SopError(
                f"steps[{step.number}]: 'by_host' perlu langkah sebelumnya yang meminta destination"
            )
        asked = asked or Field.DESTINATION in step.requires
