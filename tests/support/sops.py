"""SOPs of other offices, made as long and as wide as a test needs."""

from collections.abc import Sequence

from app.domain.sop import Sop
from app.domain.sop_toml import parse_sop

PERFORMERS = (
    "Tamu",
    "Satpam",
    "Resepsionis",
    "Kasubbag UMPAR",
    "Sekretaris",
    "Kepala Dinas",
    "Ajudan",
    "Kepala Bidang",
)
WORDS = (
    "menerima tamu dan mencatat keperluan serta menyerahkan dokumen kepada petugas yang "
    "bertanggung jawab sesuai dengan prosedur yang berlaku"
)


def sop_text(
    columns: Sequence[int],
    *,
    performers: Sequence[str] = PERFORMERS,
    words: str = "",
    status: str = "Berlaku",
    identity: str = 'name = "PENERIMAAN TAMU"',
) -> str:
    """An SOP file whose steps are done by the performers of those indices."""
    parts = [f'code = "lain"\nstatus = "{status}"\n[identity]\n{identity}']
    parts += [
        f'[[performers]]\ncode = "p{at}"\nname = "{name}"' for at, name in enumerate(performers)
    ]
    last = len(columns) - 1
    for at, column in enumerate(columns):
        effect = {0: '"issues_badge"', last: '"returns_badge"'}.get(at, "")
        parts.append(
            f'[[steps]]\nkey = "s{at}"\nperformer = "p{column}"\n'
            f'activity = "Kegiatan {at + 1} {words}"\nrequirement = "Syarat {at + 1}"\n'
            f'standard = "5 menit"\nlimit_s = 300\noutput = "Hasil {at + 1}"\neffects = [{effect}]'
        )
    return "\n\n".join(parts)


def sop_of(columns: Sequence[int], **options: object) -> Sop:
    """The same, read."""
    return parse_sop(sop_text(columns, **options))
