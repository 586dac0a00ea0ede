"""The made-up office itself: its destinations, its people with their accounts, its badges."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from app.domain.permissions import ADMIN
from app.extensions import db
from app.operations.badges import make_badges, note_print
from app.operations.office import change_office, save_emblem
from app.operations.officer import Officer
from app.operations.people import NewPerson, OfficeSetup, add_person, set_up_office
from app.operations.units import UnitData, save_unit
from app.qr import new_code
from app.queries.badges import printed_badges
from app.sample.emblem import sample_emblem

HOST = "host"
DESKS = (
    ("Adi", ADMIN),
    ("Fitri", "front_desk"),
    ("Kasim", "general_affairs"),
    ("Sekar", "secretary"),
    ("Hadi", HOST),
)
MORE_HOSTS = ("Rahmat", "Yuliana")
DEFAULT_UNIT = "Kepala Dinas"
UNITS = {
    "Bidang Kelembagaan dan Pengawasan": ("Kepala Bidang", "Rahmat"),
    "Bidang Pemberdayaan Koperasi": ("Kepala Bidang", "Yuliana"),
    "Bidang Pemberdayaan Usaha Kecil": ("Plt. Kepala Bidang", "Yuliana"),
    "UPTD Balai Pelatihan": ("Kepala", None),  # guests go to the default destination's host
}
LETTERHEAD = {
    "government": "Pemerintah Provinsi Kalimantan Barat",
    "city": "Pontianak",
    "signer_name": "Sekar Contoh, S.E.",
    "signer_nip": "000000000000000000",  # nobody's
    "signer_rank": "Pembina Tingkat I (IV/b)",
    "signer_post": "Sekretaris",
    "signer_capacity": "an",
    "signer_for": "Kepala Dinas",
}


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in."""

    name: str
    username: str
    password: str
    role: str


def make_office(
    *, new_password: Callable[[], str], badges: int, at: datetime
) -> tuple[Account, ...]:
    """Set up the office in an empty database; returns its accounts.

    For the roles of the product's own SOP.
    """
    desks = [_account(name, role, new_password()) for name, role in DESKS]
    hosts = [_account(name, HOST, new_password()) for name in MORE_HOSTS]
    admin = set_up_office(
        OfficeSetup(
            office_name="Dinas Koperasi, Usaha Kecil dan Menengah Provinsi Kalimantan Barat",
            unit="Sub Bagian Umum dan Aparatur",
            address="Jl. Sutan Syahrir, Pontianak",
            timezone="Asia/Pontianak",
            destination=DEFAULT_UNIT,
            people=[_new_person(account) for account in desks],
            host_role=HOST,
        ),
        at=at,
    )
    change_office(LETTERHEAD)
    save_emblem(sample_emblem(), at=at)
    ids = {account.name: add_person(_new_person(account), at=at).id for account in hosts}
    for unit, (post, host) in UNITS.items():
        save_unit(None, _unit(unit, post, ids[host] if host else None))
    officer = Officer(admin.id, admin.name, frozenset({ADMIN}))
    make_badges(1, badges, new_code=new_code, officer=officer, at=at)
    note_all_printed(badges, at)
    return (*desks, *hosts)


def note_all_printed(last: int, at: datetime) -> None:
    """Take the badges from 1 on as printed, each with the address that the office has now."""
    codes = [badge.code for badge in printed_badges(db.session(), 1, last)]
    note_print(codes, public_url=current_app.config["PUBLIC_URL"], at=at)


def _account(name: str, role: str, password: str) -> Account:
    return Account(name, name.lower(), password, role)


def _new_person(account: Account) -> NewPerson:
    return NewPerson(account.name, account.username, account.password, frozenset({account.role}))


def _unit(name: str, post: str, host_id: int | None) -> UnitData:
    return UnitData(
        name=name,
        post=f"{post} {name.removeprefix('Bidang ').removeprefix('UPTD ')}",
        active=True,
        is_default=False,
        host_ids=frozenset({host_id} if host_id else ()),
        assistant_ids=frozenset(),
        host_role=HOST,
    )
