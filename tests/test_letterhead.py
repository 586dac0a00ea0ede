from app.letterhead import BLANK, SHORT_BLANK, Signer, letterhead_of
from app.models.office import Emblem, Office

NIP = "197501012000031002"
WORDS = (
    "government city phone email unit address "
    "signer_name signer_nip signer_rank signer_post signer_capacity signer_for"
)
EMPTY = dict.fromkeys(WORDS.split(), "")
NAMED = {"signer_name": "Kasim, S.E.", "signer_nip": NIP, "signer_rank": "Pembina (IV/a)"}


def head(emblem=None, **columns):
    return letterhead_of(
        Office(**{"name": "Dinas Koperasi", "paper": "A4", **EMPTY, **columns}), emblem
    )


def signer(**columns):
    return head(**columns).signer


def test_an_office_that_has_filled_in_nothing_prints_its_name_alone():
    bare = head()
    assert (bare.government, bare.office, bare.unit) == ("", "DINAS KOPERASI", "")
    assert (bare.address_line, bare.contact_line, bare.emblem, bare.paper) == ("", "", None, "A4")


def test_government_and_office_are_in_capitals_and_the_rest_as_it_was_typed():
    full = head(
        Emblem(id=1, png=b"png", width=1, height=1),
        government="Pemerintah Provinsi Kalimantan Barat",
        unit="Sub Bagian Umum",
        address="Jl. Sutan Syahrir No. 5",
        city="Pontianak",
        phone="(0561) 736541",
        email="dinas@kalbarprov.go.id",
        paper="F4",
    )
    assert full.government == "PEMERINTAH PROVINSI KALIMANTAN BARAT"
    assert (full.unit, full.city) == ("Sub Bagian Umum", "Pontianak")
    assert full.address_line == "Jl. Sutan Syahrir No. 5, Pontianak"
    assert full.contact_line == "Telepon (0561) 736541, Pos-el dinas@kalbarprov.go.id"
    assert (full.emblem, full.paper) == (b"png", "F4")


def test_the_city_stands_once_in_the_address_line():
    assert head(address="Jl. Ahmad Yani, PONTIANAK 78116", city="Pontianak").address_line == (
        "Jl. Ahmad Yani, PONTIANAK 78116"
    )
    assert head(city="Pontianak").address_line == "Pontianak"
    assert head(address="Jl. Ahmad Yani").address_line == "Jl. Ahmad Yani"


def test_one_way_to_reach_the_office_stands_alone():
    assert head(phone="0561").contact_line == "Telepon 0561"
    assert head(email="a@b.id").contact_line == "Pos-el a@b.id"


def test_a_letter_is_dated_with_the_city_or_with_room_for_it():
    assert head(city="Pontianak").dated("24 November 2026") == "Pontianak, 24 November 2026"
    assert head().dated("24 November 2026") == f"{SHORT_BLANK}, 24 November 2026"


def test_the_holder_of_a_post_signs_with_the_post_alone():
    assert signer(signer_post="Kepala Dinas", **NAMED) == Signer(
        titles=("Kepala Dinas,",),
        name="Kasim, S.E.",
        below=("Pembina (IV/a)", "NIP. 19750101 200003 1 002"),
        is_named=True,
    )


def test_who_signs_for_somebody_names_their_post_first():
    signing = {"signer_post": "Sekretaris", "signer_capacity": "an"}
    assert signer(**signing, signer_for="KEPALA DINAS").titles == (
        "a.n. KEPALA DINAS",
        "Sekretaris,",
    )
    assert signer(**signing).titles == (f"a.n. {BLANK}", "Sekretaris,")


def test_deputies_sign_with_their_capacity_and_never_for_somebody():
    signing = {"signer_post": "Kepala Dinas", "signer_for": "GUBERNUR"}
    assert signer(signer_capacity="plt", **signing).titles == ("Plt. Kepala Dinas,",)
    assert signer(signer_capacity="plh", **signing).titles == ("Plh. Kepala Dinas,",)
    assert signer(signer_capacity="", **signing).titles == ("Kepala Dinas,",)


def test_without_a_signer_there_are_dots_to_fill_in_by_pen():
    assert signer() == Signer((BLANK,), BLANK, (f"NIP. {SHORT_BLANK}",), is_named=False)
    assert signer(signer_post="Kepala Dinas").titles == ("Kepala Dinas,",)
    assert signer(signer_capacity="plh").titles == (f"Plh. {BLANK}",)


def test_a_signer_without_rank_or_nip_has_no_empty_lines():
    assert signer(signer_name="Kasim").below == ()
    assert signer(signer_name="Kasim", signer_rank="Pembina").below == ("Pembina",)
    assert signer(signer_name="Kasim", signer_nip=NIP).below == ("NIP. 19750101 200003 1 002",)
