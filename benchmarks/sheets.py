"""Our badge sheets beside the same cards drawn with reportlab's QR widget."""

import io
import time
from collections.abc import Iterator

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from app.badge_print.products import PRODUCTS
from app.badge_print.sheets import Imprint, Job, render
from app.qr import new_code
from app.queries.badges import PrintedBadge
from benchmarks.figures import Effort, Figure, ratio_in_turn

OFFICE = "Dinas Koperasi, Usaha Kecil dan Menengah"
URL = "HTTP://TAMU.DINAS.LOCAL:8000"
SHEET = PRODUCTS[0]
COLUMNS, ROWS = SHEET.columns, SHEET.rows
CARD_WIDTH, CARD_HEIGHT = SHEET.item
QR_MM = 34


def measure(*, effort: Effort) -> Iterator[Figure]:
    """CPU of this process, both in turn, with the same codes."""
    numbers = range(1, effort.badges + 1)
    badges = [PrintedBadge(number, new_code(), "available") for number in numbers]

    def ours() -> float:
        start = time.process_time()
        assert render(Job(badges, SHEET), Imprint(OFFICE, URL))
        return time.process_time() - start

    def theirs() -> float:
        start = time.process_time()
        assert _by_reportlab(badges)
        return time.process_time() - start

    ratio, one, other = ratio_in_turn(ours, theirs, effort.pairs)
    detail = f"{one:.2f} s ÷ {other:.2f} s of CPU"
    yield Figure(
        f"{len(badges)} badges as PDF ÷ by reportlab's QR widget", ratio, 0.25, detail=detail
    )


def _by_reportlab(badges: list[PrintedBadge]) -> bytes:
    """On each card a frame, the office, the number, the code in print, the QR code of level M."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    for index, badge in enumerate(badges):
        place = index % (COLUMNS * ROWS)
        if index and not place:
            canvas.showPage()
        row, column = divmod(place, COLUMNS)
        left = (SHEET.left + column * CARD_WIDTH) * mm
        bottom = A4[1] - (SHEET.top + (row + 1) * CARD_HEIGHT) * mm
        _card(canvas, badge, left, bottom)
    canvas.save()
    return file.getvalue()


def _card(canvas: Canvas, badge: PrintedBadge, left: float, bottom: float) -> None:
    canvas.rect(left, bottom, CARD_WIDTH * mm, CARD_HEIGHT * mm)
    canvas.setFont("Helvetica", 7)
    canvas.drawString(left + 4 * mm, bottom + 48 * mm, OFFICE)
    canvas.drawString(left + 4 * mm, bottom + 4 * mm, badge.code)
    canvas.setFont("Helvetica-Bold", 36)
    canvas.drawString(left + 4 * mm, bottom + 20 * mm, f"{badge.number:03}")
    widget = QrCodeWidget(f"{URL}/T/{badge.code}", barLevel="M")
    widget.barWidth = widget.barHeight = QR_MM * mm
    drawing = Drawing(QR_MM * mm, QR_MM * mm)
    drawing.add(widget)
    renderPDF.draw(drawing, canvas, left + 48 * mm, bottom + 10 * mm)
