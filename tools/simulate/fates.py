"""How a visit goes, and what else befalls it: the chances of each exception, drawn from a seed."""

from enum import StrEnum
from random import Random


class Fate(StrEnum):
    """The one way in which a visit goes."""

    STRAIGHT = "straight"
    DROP_OFF = "drop_off"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    RESCHEDULED = "rescheduled"
    REDIRECTED = "redirected"
    REDIRECTED_IN_MID_RECEPTION = "redirected_in_mid_reception"
    FURTHER_DESTINATION = "further_destination"
    DONE_ON_BEHALF = "done_on_behalf"
    STEP_SKIPPED = "step_skipped"
    GIVES_UP = "gives_up"
    RECEPTION_NOT_SCANNED = "reception_not_scanned"
    ENDED_BY_RETURN = "ended_by_return"
    LEFT_UNREPORTED = "left_unreported"
    STAYS_OVERNIGHT = "stays_overnight"
    RETURN_UNDONE = "return_undone"
    REOPENED = "reopened"


class Trait(StrEnum):
    """What may befall any visit beside its fate."""

    ARRIVAL_UNKNOWN = "arrival_unknown"
    ENTRY_SENT_TWICE = "entry_sent_twice"
    ENTRY_CORRECTED = "entry_corrected"
    GUEST_CORRECTED = "guest_corrected"
    PARTY_CORRECTED = "party_corrected"
    TIME_CORRECTED = "time_corrected"
    SCAN_UNDONE = "scan_undone"
    SCAN_SENT_LATER = "scan_sent_later"
    SCAN_SENT_TWICE = "scan_sent_twice"
    SCAN_OUT_OF_ORDER = "scan_out_of_order"
    SCANNED_AT_WRONG_DESK = "scanned_at_wrong_desk"
    SCANNED_TWICE = "scanned_twice"
    BADGE_LOST = "badge_lost"
    BADGE_BROKEN = "badge_broken"
    BADGE_SWAPPED = "badge_swapped"
    BADGE_CARRIED_OFF = "badge_carried_off"
    MESSAGE_LEFT = "message_left"
    VOUCHED = "vouched"
    PRIORITY = "priority"


FATES = {
    Fate.STRAIGHT: 60,
    Fate.DROP_OFF: 5,
    Fate.CANCELLED: 3,
    Fate.DECLINED: 4,
    Fate.RESCHEDULED: 4,
    Fate.REDIRECTED: 3,
    Fate.REDIRECTED_IN_MID_RECEPTION: 1.5,
    Fate.FURTHER_DESTINATION: 3,
    Fate.DONE_ON_BEHALF: 2,
    Fate.STEP_SKIPPED: 1.5,
    Fate.GIVES_UP: 3,
    Fate.RECEPTION_NOT_SCANNED: 3,
    Fate.ENDED_BY_RETURN: 3,
    Fate.LEFT_UNREPORTED: 1.5,
    Fate.STAYS_OVERNIGHT: 0.3,
    Fate.RETURN_UNDONE: 0.7,
    Fate.REOPENED: 0.7,
}
TRAITS = {
    Trait.ARRIVAL_UNKNOWN: 0.02,
    Trait.ENTRY_SENT_TWICE: 0.01,
    Trait.ENTRY_CORRECTED: 0.01,
    Trait.GUEST_CORRECTED: 0.01,
    Trait.PARTY_CORRECTED: 0.01,
    Trait.TIME_CORRECTED: 0.01,
    Trait.SCAN_UNDONE: 0.01,
    Trait.SCAN_SENT_LATER: 0.03,
    Trait.SCAN_SENT_TWICE: 0.02,
    Trait.SCAN_OUT_OF_ORDER: 0.01,
    Trait.SCANNED_AT_WRONG_DESK: 0.02,
    Trait.SCANNED_TWICE: 0.02,
    Trait.BADGE_LOST: 0.003,
    Trait.BADGE_BROKEN: 0.003,
    Trait.BADGE_SWAPPED: 0.005,
    Trait.BADGE_CARRIED_OFF: 0.1,  # of the groups with more than one
    Trait.MESSAGE_LEFT: 0.01,
    Trait.VOUCHED: 0.03,
    Trait.PRIORITY: 0.05,
}


def draw_fate(chance: Random) -> Fate:
    return chance.choices(list(FATES), weights=list(FATES.values()))[0]


def draw_traits(chance: Random) -> frozenset[Trait]:
    return frozenset(trait for trait, odds in TRAITS.items() if chance.random() < odds)
