"""What a browser meets: a certificate it trusts, and headers that let it use the camera."""

import re
import ssl
from collections.abc import Callable
from http import HTTPStatus

from flask import Flask

from app.doctor.asking import Answer, NoAnswer, ask, trusts
from app.doctor.case import Case
from app.doctor.finding import Finding, Subject, fault, ok, warn
from app.doctor.installation import throwaway_app
from app.extensions import db
from app.formatting import DEFAULT_ZONE
from app.models.office import Office

SIGN_IN, WORKER, SET_UP = "/masuk", "/pindai/pembaca.js", "/penyiapan"
CAMERA = re.compile(r"camera=(\([^)]*\)|[^,\s]*)")
MEND_PROXY = (
    "Bila ada proxy di depan server, jangan ubah header ini di sana; bila tidak, pasang ulang."
)

IF_USED_HERE = (
    "Bila browser di komputer ini dipakai: buka alamat Percayai yang dicetak tamu run --lan"
)


def trust(case: Case) -> Finding | None:
    """Whether the server proves who it is, and whether this computer believes it."""
    if case.address is None or not case.is_secure:
        return None
    try:
        return _trust(case, case.address)
    except NoAnswer:
        return None  # told of the ports


def camera(case: Case) -> Finding | None:
    """Whether the pages allow the camera, and the decoder's worker its WebAssembly."""
    if case.settings is None:
        return None
    if case.address is None:
        return _camera_of_the_app()
    address = case.address
    try:
        return camera_by(lambda path: ask(address, path), is_secure=case.is_secure)
    except NoAnswer:
        return None  # told of the ports


def camera_by(get: Callable[[str], Answer], *, is_secure: bool) -> Finding:
    """The same, from the answers to the sign-in page and to the worker."""
    shown, worker = get(SIGN_IN), get(WORKER)
    missing = [*_missing_of_page(shown, is_secure=is_secure), *_missing_of_worker(worker)]
    if missing:
        return fault(Subject.CAMERA, f"tidak ada atau keliru: {'; '.join(missing)}", MEND_PROXY)
    if is_secure:
        return ok(Subject.CAMERA, "header halaman dan pembaca kode benar")
    return ok(Subject.CAMERA, "header benar; tanpa HTTPS kamera hanya jalan di komputer ini")


def _trust(case: Case, address: str) -> Finding:
    stranger = trusts(address, ssl.create_default_context())
    if case.ca is not None:
        own = trusts(address, ssl.create_default_context(cafile=str(case.ca)))
        if own and stranger:
            said = f"sertifikat di {address} tidak cocok dengan CA kantor ({own})"
            advice = "Mulai ulang server; bila tetap, percayai lagi CA kantor (/percaya)."
            return fault(Subject.TRUST, said, advice)
    elif stranger:
        advice = "Pasang sertifikat yang sah di proxy itu, atau pakai tamu run --lan."
        return fault(Subject.TRUST, f"sertifikat di {address} ditolak ({stranger})", advice)
    if stranger:
        said = "sertifikat cocok dengan CA kantor, tetapi komputer ini belum percaya"
        return warn(Subject.TRUST, said, f"{IF_USED_HERE} (juga di {address}/percaya).")
    return ok(Subject.TRUST, "sertifikat sah, dan komputer ini percaya")


def _camera_of_the_app() -> Finding:
    with throwaway_app() as app:
        _set_up(app)
        client = app.test_client()

        def get(path: str) -> Answer:
            answer = client.get(path, base_url="https://localhost")
            return Answer(answer.status_code, tuple(answer.headers.items()))

        return camera_by(get, is_secure=True)


def _set_up(app: Flask) -> None:
    """Give the app an office, or every page would lead to the set-up."""
    with app.app_context():
        db.create_all()
        db.session.add(Office(name="", unit="", address="", timezone=DEFAULT_ZONE))
        db.session.commit()
        db.session.remove()


def _missing_of_page(page: Answer, *, is_secure: bool) -> list[str]:
    allowed = CAMERA.findall(page.header("Permissions-Policy"))
    missing = [] if allowed and set(allowed) == {"(self)"} else ["Permissions-Policy camera=(self)"]
    if "default-src 'self'" not in page.header("Content-Security-Policy"):
        missing.append("Content-Security-Policy")
    if is_secure and "max-age=" not in page.header("Strict-Transport-Security"):
        missing.append("Strict-Transport-Security")
    return missing


def _missing_of_worker(worker: Answer) -> list[str]:
    if SET_UP in worker.header("Location"):
        return []  # nobody scans before the set-up
    if worker.status != HTTPStatus.OK:
        return [f"{WORKER} ({worker.status})"]
    policy = worker.header("Content-Security-Policy")
    return [] if "'wasm-unsafe-eval'" in policy else [f"wasm-unsafe-eval di {WORKER}"]
