"""The app for another WSGI server. Such a server migrates nothing: `tamu run` does."""

from app import create_app
from app.models.migrate import schema_is_current
from app.startup import store_office_sops

app = create_app()
if not schema_is_current(app):
    raise SystemExit("Basis data belum diperbarui. Jalankan `tamu run` sekali, lalu ulangi.")
store_office_sops(app)
