"""Each thing that happens in real life (domain, section 3), and the tests that show it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CLAUSES = ROOT / "tests" / "real_life.md"  # section 3 of the domain, word for word
DOMAIN = ROOT.parent / "shared" / "domain.md"
TURNS, ARRIVALS, SCAN = (f"views/test_{name}.py" for name in ("turns", "arrivals", "scan"))
CARDS, VISITS = "views/test_visit_badges.py", "views/test_visits.py"

# A clause as the domain words it, and where it is shown.
REAL_LIFE = {
    "Host absent: deputy, message, reschedule, redirect": [
        (TURNS, "test_a_deputy_of_a_host_receives_under_that_post"),
        (TURNS, "test_a_message_for_a_host_who_is_away_shows_on_their_desk"),
        (
            "operations/test_turns.py",
            "test_a_guest_whose_host_turns_out_to_be_away_is_asked_to_come_again",
        ),
        (TURNS, "test_the_front_desk_asks_a_guest_to_come_again_whose_host_is_away"),
        (TURNS, "test_a_redirect_names_the_reason_and_shows_both_destinations"),
    ],
    "Kasubbag or Sekretaris out: delegation": [
        (TURNS, "test_a_person_who_goes_away_lets_somebody_hold_the_post"),
        (TURNS, "test_a_deputy_sees_the_desk_only_on_the_days_that_were_set"),
    ],
    "no deputy: the front desk moves the visit on with a reason (step recorded as skipped, seen in "
    "the report)": [
        (TURNS, "test_the_front_desk_moves_the_visit_on_for_a_secretary_who_is_away"),
        ("operations/test_turns.py", "test_a_step_that_was_left_out_shows_as_skipped"),
    ],
    "redirect in mid-visit: the earlier destination stays in the record and the clock is not "
    "reset": [
        ("operations/test_turns.py", "test_a_redirect_before_the_reception_moves_no_clock"),
    ],
    "several destinations in one visit: step 5 repeats": [
        (
            "operations/test_turns.py",
            "test_a_guest_who_was_received_goes_on_to_another_destination_in_a_new_round",
        ),
        (TURNS, "test_a_guest_is_received_at_two_destinations_in_one_visit"),
    ],
    "host keeps the guest past closing time: alert, never auto-close": [
        (
            "views/test_after_hours.py",
            "test_from_closing_time_on_the_front_desk_sees_who_is_inside_with_three_decisions",
        ),
        ("views/test_after_hours.py", "test_on_the_next_day_it_has_to_be_decided_anew"),
    ],
    'no ID: "tanpa identitas", the officer vouches': [
        (ARRIVALS, "test_without_identity_the_officer_vouches_by_name"),
    ],
    "foreigner: passport/KITAS": [
        (ARRIVALS, "test_any_other_identity_needs_no_word_of_the_officer"),
    ],
    "VIP: accepted by word, data completed later": [
        (ARRIVALS, "test_the_form_asks_who_goes_first_and_keeps_it"),
        (TURNS, "test_what_was_taken_by_word_is_completed_after_the_visit"),
    ],
    "group (rombongan): one leader, head-count, one or several badges, some leave earlier; count "
    "both *kunjungan* and *orang*": [
        (CARDS, "test_head_count_and_names_are_written_once_each"),
        (CARDS, "test_a_group_gets_several_badges_and_any_of_them_moves_it"),
        (CARDS, "test_a_member_who_leaves_early_takes_nothing_from_the_others"),
    ],
    "same guest again the same day: a new visit, prefilled": [
        (TURNS, "test_a_guest_who_comes_again_the_same_day_is_prefilled_from_the_earlier_visit"),
    ],
    "one-word names are common: never ask for a surname": [
        (VISITS, "test_only_name_and_origin_are_required"),
    ],
    "elderly, illiterate, disabled guest: the officer types": [
        (VISITS, "test_everything_that_was_written_is_stored"),
        (ARRIVALS, "test_a_guest_who_goes_first_stands_above_those_who_came_earlier"),
    ],
    "document drop-off or courier: short path, no badge": [
        (ARRIVALS, "test_documents_are_written_down_without_badge_and_without_steps"),
        (ARRIVALS, "test_documents_have_a_list_of_their_own_and_nobody_is_inside_for_them"),
    ],
    "refused at step 2 or 3: the badge must still come back; polite public reason, private note": [
        (
            "operations/test_turns.py",
            "test_a_guest_is_declined_at_step_2_and_only_the_badge_remains",
        ),
        (TURNS, "test_a_guest_is_declined_with_a_sentence_and_a_private_note"),
    ],
    "guest gives up waiting: batal": [
        (SCAN, "test_an_early_return_asks_the_outcome_and_skips_what_is_missing"),
    ],
    "official traveller: SPPD/SPD to be signed and stamped (visum)": [
        (ARRIVALS, "test_the_receipt_says_that_a_travel_order_was_signed_and_stamped"),
    ],
    'leaves with the badge: "pulang tanpa lapor", estimated exit marked *perkiraan*, badge '
    "*belum kembali*": [
        (CARDS, "test_a_guest_who_has_gone_with_the_badge_is_closed_at_a_guessed_time"),
    ],
    "badge back next day: badge freed, the visit's times unchanged": [
        (CARDS, "test_its_badge_turns_up_and_the_visit_keeps_its_times"),
    ],
    "badge lost or damaged: its code dies at once, a replacement is linked to the same visit": [
        (CARDS, "test_one_action_kills_the_code_and_hands_over_another_badge"),
    ],
    "badges run out, camera or printer fails: the printed number is typed": [
        (
            "views/test_badge_page.py",
            "test_the_front_desk_is_told_in_time_that_few_badges_are_free",
        ),
        (VISITS, "test_the_form_names_the_next_badge_or_says_that_there_is_none"),
        ("e2e/test_scanner.py", "test_a_refused_camera_says_how_to_allow_it_and_typing_goes_on"),
    ],
    "photographed QR: useless without a staff login, dies at return": [
        (
            "attacks/test_badges.py",
            "test_the_page_for_strangers_names_neither_office_nor_guest_nor_badge",
        ),
        (SCAN, "test_a_photo_of_a_badge_that_is_back_leads_to_nobody"),
    ],
    "two officers at once: the first wins, the second is told so": [
        ("operations/test_races.py", "test_one_badge_scanned_for_two_guests_is_handed_to_one"),
    ],
    "power or network cut: numbered paper form, later *entri susulan* with event time, entry time, "
    "who and why, left out of time rates": [
        (
            "operations/test_late_entries.py",
            "test_each_event_has_the_time_on_paper_and_the_time_it_was_typed_in",
        ),
        (
            "operations/test_late_entries.py",
            "test_who_typed_it_in_and_why_and_from_which_slip_is_kept",
        ),
        (
            "operations/test_late_entries.py",
            "test_its_times_are_kept_but_left_out_of_the_time_rates",
        ),
        (
            "test_late_slips.py",
            "test_a_sheet_holds_four_slips_each_with_its_number_and_the_offices_name",
        ),
    ],
    "the host never scans: the returning badge closes the visit (§2)": [
        (SCAN, "test_the_return_without_a_reception_is_confirmed_with_one_button"),
    ],
    "phone clocks are wrong: online, the server's time counts and the phone's is only stored "
    "beside it": [
        (SCAN, "test_the_phones_time_is_kept_beside_and_decides_nothing"),
    ],
    "visit across midnight: belongs to its arrival date (WIB)": [
        (VISITS, "test_a_form_opened_before_midnight_belongs_to_the_old_year"),
    ],
    "SOP revised while visits are open: they keep theirs": [
        ("operations/test_second_sop.py", "test_a_visit_keeps_the_sop_under_which_it_began"),
    ],
    "officer moves on: history keeps post and name": [
        ("views/test_people.py", "test_a_new_name_leaves_the_record_as_it_was"),
    ],
}


@pytest.mark.parametrize("clause", REAL_LIFE)
def test_each_clause_is_shown_by_tests_that_exist(clause: str) -> None:
    missing = [
        f"{path}::{name}"
        for path, name in REAL_LIFE[clause]
        if f"def {name}(" not in (ROOT / "tests" / path).read_text(encoding="utf-8")
    ]
    assert REAL_LIFE[clause]
    assert missing == []


def test_the_table_maps_every_clause_and_no_other() -> None:
    assert list(REAL_LIFE) == clauses_of(CLAUSES.read_text(encoding="utf-8"))


def test_the_clauses_are_those_of_the_domain_where_it_lies_beside_the_project() -> None:
    ours = CLAUSES.read_text(encoding="utf-8")
    theirs = DOMAIN.read_text(encoding="utf-8") if DOMAIN.is_file() else ours
    assert ours.strip() in theirs
    assert clauses_of(theirs) == clauses_of(ours)


def clauses_of(text: str) -> list[str]:
    """The clauses of section 3, in order."""
    section = re.search(r"^## 3\.[^\n]*\n(.*?)(\n\n## 4\.|\s*\Z)", text, re.DOTALL | re.MULTILINE)
    assert section is not None, "the domain has a section 3"
    return section[1].strip().removesuffix(".").split(" · ")
