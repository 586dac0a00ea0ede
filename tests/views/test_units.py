"""Tujuan: the destinations, who receives there, and the one that stands in for the others."""

import pytest

from app.models.person import Person, Unit, UnitMember
from tests.views.reading import count, forms, row, rows, words


def person_id(office, username):
    return row(office, Person, username=username).id


def form_of(page):
    return next(form for form in forms(page) if "is_default" in form.names)


def send(office, url, **fields):
    """Open the form, change something and save, as the admin would."""
    adi = office.desk("adi")
    data = {}
    for name, text in form_of(adi.get(url).text).fields:
        data.setdefault(name, []).append(text)
    data |= fields
    return adi.post(url, {name: text for name, text in data.items() if text is not None})


def members(office, unit_id):
    return {(member.kind, member.person_id) for member in rows(office, UnitMember, unit_id=unit_id)}


def test_the_list_shows_who_receives_where(office):
    asih = office.hire("asih", "host")
    office.unit("Bidang Koperasi", assistant_ids=frozenset({asih}))
    office.unit("Bidang Kosong")
    office.unit("Bidang Lama", active=False)
    shown = words(office.desk("adi").get("/tujuan").text)
    assert "Kepala Dinas utama Kepala Dinas Hadi aktif" in shown
    assert "Bidang Koperasi Kepala Bidang Koperasi Asih (ajudan) aktif" in shown
    assert (
        "Bidang Kosong Kepala Bidang Kosong Belum ada penerima yang aktif tanpa penerima" in shown
    )
    assert "Bidang Lama Kepala Bidang Lama Belum ada penerima yang aktif nonaktif" in shown


def test_a_new_destination_has_its_hosts_and_assistants_who_become_hosts(office):
    wati, kasim = person_id(office, "wati"), person_id(office, "kasim")
    answer = send(
        office,
        "/tujuan/baru",
        name="Bidang  Koperasi",
        post="Kepala Bidang Koperasi",
        hosts=[str(wati)],
        assistants=[str(kasim)],
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tujuan")
    assert "Bidang Koperasi disimpan." in words(office.desk("adi").get("/tujuan").text)
    unit = row(office, Unit, name="Bidang Koperasi")
    assert (unit.post, unit.active, unit.is_default) == ("Kepala Bidang Koperasi", True, False)
    assert members(office, unit.id) == {("host", wati), ("assistant", kasim)}
    held = {
        name: {given.role for given in row(office, Person, username=name).roles}
        for name in ("wati", "kasim")
    }
    assert held == {"wati": {"host"}, "kasim": {"general_affairs", "host"}}


def test_without_a_post_the_name_is_the_post(office):
    send(office, "/tujuan/baru", name="Sekretariat")
    assert row(office, Unit, name="Sekretariat").post == "Sekretariat"


def test_who_is_ticked_twice_is_the_host(office):
    wati = str(person_id(office, "wati"))
    send(office, "/tujuan/baru", name="Bidang", hosts=[wati], assistants=[wati])
    assert members(office, row(office, Unit, name="Bidang").id) == {("host", int(wati))}


NO_HOST = "Bidang disimpan. Bidang belum punya penerima yang aktif. Yang akan menerima: Hadi."


def test_a_destination_that_gets_no_host_says_who_receives_instead(office):
    adi, wati = office.desk("adi"), str(person_id(office, "wati"))
    send(office, "/tujuan/baru", name="Bidang")
    assert NO_HOST in words(adi.get("/tujuan").text)
    url = f"/tujuan/{row(office, Unit, name='Bidang').id}"
    for fields in ({"hosts": [wati]}, {"hosts": None, "assistants": [wati]}):
        send(office, url, **fields)
        shown = words(adi.get("/tujuan").text)
        assert "Bidang disimpan." in shown
        assert "belum punya penerima" not in shown.partition("Ke mana tamu")[0]
    send(office, url, assistants=None)
    assert NO_HOST in words(adi.get("/tujuan").text)


def test_who_is_deactivated_keeps_the_place_at_a_destination_until_they_return(office):
    wati, kasim = person_id(office, "wati"), person_id(office, "kasim")
    send(office, "/tujuan/1", hosts=[str(wati)], assistants=[str(kasim)])
    office.desk("adi").post(f"/petugas/{kasim}", {"name": "Kasim", "roles": "general_affairs"})
    send(office, "/tujuan/1", name="Kepala Dinas Baru")
    assert members(office, 1) == {("host", wati), ("assistant", kasim)}
    assert "Kasim" not in words(office.desk("adi").get("/tujuan").text)
    back = {"name": "Kasim", "roles": "general_affairs", "active": "1"}
    office.desk("adi").post(f"/petugas/{kasim}", back)
    form = form_of(office.desk("adi").get("/tujuan/1").text)
    assert [text for name, text in form.fields if name == "assistants"] == [str(kasim)]


def test_hosts_and_assistants_can_be_exchanged(office):
    wati, hadi = person_id(office, "wati"), person_id(office, "hadi")
    send(office, "/tujuan/1", hosts=[str(wati)], assistants=[str(hadi)])
    assert members(office, 1) == {("host", wati), ("assistant", hadi)}
    send(office, "/tujuan/1", hosts=None, assistants=None)
    assert members(office, 1) == set()


def test_the_form_shows_what_is_stored(office):
    hadi = person_id(office, "hadi")
    form = form_of(office.desk("adi").get("/tujuan/1").text)
    assert (form.data["name"], form.data["post"]) == ("Kepala Dinas", "Kepala Dinas")
    assert [text for name, text in form.fields if name == "hosts"] == [str(hadi)]
    assert (form.data["is_default"], form.data["active"]) == ("1", "1")
    new = form_of(office.desk("adi").get("/tujuan/baru").text)
    assert (new.data.get("is_default"), new.data["active"]) == (None, "1")


def test_only_active_people_can_be_chosen(office):
    wati = person_id(office, "wati")
    office.desk("adi").post(f"/petugas/{wati}", {"name": "Wati"})
    page = office.desk("adi").get("/tujuan/baru").text
    assert f'value="{person_id(office, "hadi")}"' in page
    assert f'value="{wati}"' not in page
    answer = send(office, "/tujuan/baru", name="Bidang", hosts=[str(wati)])
    assert answer.status_code == 422
    assert "Pilihan itu sudah tidak ada. Pilih dari yang tampil di sini." in words(answer.text)
    assert count(office, Unit) == 1


DEFAULT = "Harus ada satu tujuan utama yang aktif. Jadikan tujuan lain utama lebih dulu."
WRONG = {
    "no name": ({"name": " "}, "Tulis nama unit atau tujuan, misalnya Bidang Koperasi."),
    "a name that is taken": ({"name": "Bidang"}, "Sudah ada tujuan dengan nama itu."),
    "a name without end": (
        {"name": "a" * 121},
        "Terlalu panjang. Ringkas menjadi paling banyak 120 huruf.",
    ),
    "a post without end": (
        {"post": "a" * 81},
        "Terlalu panjang. Ringkas menjadi paling banyak 80 huruf.",
    ),
    "no default any more": ({"is_default": None}, DEFAULT),
    "an inactive default": ({"active": None}, DEFAULT),
    "a host in words": (
        {"hosts": ["Hadi"]},
        "Pilihan itu sudah tidak ada. Pilih dari yang tampil di sini.",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_says_so_keeps_what_was_typed_and_changes_nothing(office, name):
    fields, sentence = WRONG[name]
    office.unit("Bidang")
    answer = send(office, "/tujuan/1", **fields)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    if "name" in fields:
        assert form_of(answer.text).data["name"] == fields["name"].strip()
    unit = row(office, Unit, id=1)
    assert (unit.name, unit.post, unit.is_default, unit.active) == (
        "Kepala Dinas",
        "Kepala Dinas",
        True,
        True,
    )
    assert members(office, 1) == {("host", person_id(office, "hadi"))}


def test_another_default_takes_the_place_of_the_first(office):
    unit_id = office.unit("Sekretariat")
    send(office, f"/tujuan/{unit_id}", is_default="1")
    assert {unit.id: unit.is_default for unit in rows(office, Unit)} == {1: False, unit_id: True}
    send(office, "/tujuan/1", active=None)
    assert row(office, Unit, id=1).active is False


def test_a_default_is_always_active(office):
    unit_id = office.unit("Sekretariat", active=False)
    send(office, f"/tujuan/{unit_id}", is_default="1")
    assert row(office, Unit, id=unit_id).active is True


def test_an_inactive_destination_is_offered_no_more_but_stays_in_the_record(office):
    unit_id = office.unit("Bidang Lama")
    office.bring_to_step(2, destination_id=unit_id)
    send(office, f"/tujuan/{unit_id}", active=None)
    assert "Bidang Lama" not in office.desk("fitri").get("/buku-tamu/baru").text
    assert "Tujuan Bidang Lama" in words(office.desk("kasim").get("/kunjungan/2026/1").text)
    assert "Bidang Lama" in office.desk("adi").get("/tujuan").text


def test_the_default_destination_without_a_host_names_who_leads_the_guests_there(office):
    send(office, "/tujuan/1", hosts=None)
    assert "Kepala Dinas belum punya penerima yang aktif. Yang akan menerima: Kasim." in words(
        office.desk("adi").get("/tujuan").text
    )
