"""The pages of a print: what stands at which place, both sides, crop marks, the check line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.badge_print.drawing import HAIRLINE, draw_face
from app.badge_print.faces import Subject, face
from app.badge_print.kinds import KINDS, Kind, kind
from app.badge_print.parts import Face
from app.badge_print.products import PRODUCTS, Product
from app.formatting import badge as three_digits
from app.paper import Paper, printable
from app.qr import modules, payload
from app.queries.badges import PrintedBadge

HEADER_BASELINE, WARNING_BASELINE, HEADER_SIZE = 6.2, 9.4, 8.0
NO_ADDRESS = (
    "Kode ini dibaca oleh halaman Pindai saja: "
    "kamera bawaan ponsel tidak akan membukanya, karena alamat kantor belum diatur."
)
MARK_NEAR, MARK_FAR = 0.8, 3.3  # from the pieces' edge
CHECK_LENGTH, CHECK_RISE, CHECK_TICK = 50.0, 7.0, 1.6
CHECK_WORDS = "Garis ini harus tepat 50 mm."
MOST_PLACES = max(one.places for one in PRODUCTS)

Stroke = tuple[float, float, float, float]


@dataclass(frozen=True)
class Imprint:
    """What all badges of a print share; `mark` stands on every badge, as DEMO."""

    office: str
    public_url: str
    emblem: bytes | None = None
    kinds: tuple[Kind, ...] = KINDS
    mark: str = ""


@dataclass(frozen=True)
class Job:
    """What to print: badges in their order, from which place on, on one side or on both."""

    badges: Sequence[PrintedBadge]
    product: Product
    start: int = 0  # places of the first sheet that are used up already
    is_double: bool = False


@dataclass(frozen=True)
class Page:
    """One side of a sheet: its badges and the corners where they stand."""

    index: int
    is_back: bool
    placed: tuple[tuple[PrintedBadge, tuple[float, float]], ...]


def render(job: Job, imprint: Imprint) -> bytes:
    """The PDF."""
    paper = Paper("Tanda pengenal tamu", job.product.paper)
    for page in pages(job):
        paper.add_page()
        _frame(paper, job, page, imprint)
        for printed, (x, y) in page.placed:
            draw_face(paper, face_of(printed, job.product, imprint), x, y, imprint.emblem)
    return bytes(paper.output())


def pages(job: Job) -> Iterator[Page]:
    """The sides to print, in order: each back follows its front."""
    for index in range(sheet_count(job)):
        for is_back in (False, True) if job.is_double and job.product.sides > 1 else (False,):
            yield _page(job, index, is_back=is_back)


def sheet_count(job: Job) -> int:
    """How many sheets the job takes."""
    return -(-(_start(job) + len(job.badges)) // job.product.places) if job.badges else 0


@lru_cache(maxsize=MOST_PLACES)
def face_of(printed: PrintedBadge, product: Product, imprint: Imprint) -> Face:
    """What that badge shows; a sheet's faces are kept for its other side."""
    office = f"{imprint.mark}: {imprint.office}" if imprint.mark else imprint.office
    subject = Subject(
        number=three_digits(printed.number),
        code=printed.code,
        grid=modules(payload(printed.code, imprint.public_url)),
        kind=kind(printed.kind, imprint.kinds),
        office=printable(office),
        has_emblem=imprint.emblem is not None,
    )
    return face(subject, product)


def header(job: Job, page: Page) -> str:
    """The line above the badges: what this is, and how to print it."""
    first, last = (three_digits(page.placed[at][0].number) for at in (0, -1))
    numbers = first if len(page.placed) == 1 else f"{first}–{last}"
    side = ", sisi belakang" if page.is_back else ""
    return (
        f"Tanda pengenal tamu {numbers}, lembar {page.index + 1} dari {sheet_count(job)}{side}. "
        "Cetak 100 %, kertas doff (tidak mengilap)."
    )


def crop_marks(product: Product) -> Iterator[Stroke]:
    """Where to cut: short lines at the ends of every cut, outside the pieces where there is room.

    On a sheet without an edge they stand on the cuts themselves, where no piece has anything.
    """
    if not product.has_crop_marks:
        return
    (width, height), (page_width, page_height) = product.item, product.paper
    right, bottom = page_width - product.left, page_height - product.top
    for column in range(product.columns + 1):
        x = product.left + column * width
        yield from ((x, a, x, b) for a, b in _ends(product.top, bottom, product))
    for row in range(product.rows + 1):
        y = product.top + row * height
        yield from ((a, y, b, y) for a, b in _ends(product.left, right, product))


def check_line(product: Product) -> tuple[Stroke, ...]:
    """A line to lay a ruler on: a printer that scales makes codes too small to read.

    Without a margin it lies on the cut and its words stand beside the preview: on paper they would
    be on a badge.
    """
    width, height = product.paper
    y = height - CHECK_RISE if product.has_margin else height / 2
    left = width / 2 - (CHECK_LENGTH if product.has_margin else CHECK_LENGTH / 2)
    right = left + CHECK_LENGTH
    ticks = ((x, y - CHECK_TICK, x, y) for x in (left, right))
    return ((left, y, right, y), *ticks)


def _start(job: Job) -> int:
    return job.start % job.product.places


def _page(job: Job, index: int, *, is_back: bool) -> Page:
    per_page, start = job.product.places, _start(job)
    first = index * per_page - start
    badges = job.badges[max(first, 0) : first + per_page]
    skipped = start if index == 0 else 0
    corners = (job.product.corner(place, is_back=is_back) for place in range(skipped, per_page))
    return Page(index, is_back, tuple(zip(badges, corners, strict=False)))


def _ends(low: float, high: float, product: Product) -> tuple[tuple[float, float], ...]:
    """The two pieces of a cut's line that are marked."""
    if min(product.left, product.top) > MARK_FAR:
        return (low - MARK_FAR, low - MARK_NEAR), (high + MARK_NEAR, high + MARK_FAR)
    return (low, low + 2 * MARK_FAR), (high - 2 * MARK_FAR, high)


def _frame(paper: Paper, job: Job, page: Page, imprint: Imprint) -> None:
    """What surrounds the pieces."""
    if not job.product.has_crop_marks:
        return
    paper.set_line_width(HAIRLINE)
    for stroke in (*crop_marks(job.product), *check_line(job.product)):
        paper.line(*stroke)
    if not job.product.has_margin:
        return
    _, _, right, y = check_line(job.product)[0]
    paper.write_line(right + 3, y, CHECK_WORDS, HEADER_SIZE)
    paper.write_centred(HEADER_BASELINE, header(job, page), HEADER_SIZE)
    if not imprint.public_url:
        paper.write_centred(WARNING_BASELINE, NO_ADDRESS, HEADER_SIZE)
