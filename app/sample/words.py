"""The words of made-up guests: names, where they come from, what they want, what is answered."""

from dataclasses import dataclass

FIRST_NAMES = (
    "Abang", "Agus", "Ahmad", "Aisyah", "Andreas", "Anjani", "Antonius", "Asih", "Bambang",
    "Benediktus", "Bonifasius", "Budi", "Citra", "Dayang", "Dedi", "Dewi", "Dian", "Dominikus",
    "Eka", "Elisabet", "Endang", "Fransiska", "Gusti", "Hamdan", "Hartono", "Hasanah", "Hendri",
    "Herlina", "Heru", "Ida", "Imanuel", "Indah", "Iskandar", "Joko", "Juliana", "Kornelius",
    "Kristina", "Lestari", "Lidia", "Lukas", "Mahmud", "Maria", "Marsel", "Mega", "Mulyadi",
    "Nurhayati", "Nurul", "Oktavia", "Paulus", "Petrus", "Puspita", "Ratna", "Ridwan", "Rini",
    "Rosmawati", "Rudi", "Sabinus", "Saleh", "Sari", "Siti", "Slamet", "Sri", "Stefanus",
    "Sulastri", "Suparman", "Susanti", "Syarif", "Teguh", "Theresia", "Tini", "Uray", "Utin",
    "Veronika", "Wahyu", "Wati", "Yakobus", "Yohana", "Yosef", "Yudi", "Zainal",
)  # fmt: skip
LAST_NAMES = (
    "Abdullah", "Alamsyah", "Anggraini", "Arifin", "Aryani", "Azhari", "Basuki", "Bong",
    "Chandra", "Darmawan", "Djafar", "Effendi", "Fadillah", "Firdaus", "Gunawan", "Hakim",
    "Halim", "Handayani", "Hardiansyah", "Hasan", "Hidayat", "Ibrahim", "Irawan", "Ismail",
    "Jamil", "Kartika", "Kurniawan", "Kusuma", "Lim", "Maharani", "Mulyani", "Nugroho",
    "Nuraini", "Oktaviani", "Pangestu", "Permata", "Pranata", "Prasetyo", "Purnomo", "Putra",
    "Rahayu", "Rahman", "Ramadhan", "Safitri", "Saputra", "Setiawan", "Sihombing",
    "Simanjuntak", "Sinaga", "Siregar", "Sudirman", "Sukardi", "Sulaiman", "Suryani", "Susilo",
    "Sutanto", "Syahputra", "Tan", "Tjia", "Usman", "Utami", "Wibowo", "Widodo", "Wijaya",
    "Wulandari", "Yulianti", "Yusuf", "Zulkarnain",
)  # fmt: skip


@dataclass(frozen=True)
class Circle:
    """Guests of one kind: how often they come (of 100), from where, as what, and for what."""

    weight: int
    origins: tuple[str, ...]
    positions: tuple[str, ...]
    purposes: tuple[str, ...]


REGENCIES = (
    "Kota Pontianak", "Kota Singkawang", "Kab. Bengkayang", "Kab. Kapuas Hulu",
    "Kab. Kayong Utara", "Kab. Ketapang", "Kab. Kubu Raya", "Kab. Landak", "Kab. Melawi",
    "Kab. Mempawah", "Kab. Sambas", "Kab. Sanggau", "Kab. Sekadau", "Kab. Sintang",
)  # fmt: skip
PRODUCTS = ("Amplang", "Keripik Keladi", "Kopi Liberika", "Lidah Buaya", "Madu Hutan", "Manik",
            "Songket", "Tenun Ikat")  # fmt: skip
COOPERATIVES = ("Bina Usaha", "Harapan Bersama", "Karya Tani", "Maju Sejahtera", "Mitra Nelayan",
                "Rimba Lestari", "Sinar Kapuas", "Tekad Mandiri")  # fmt: skip

CIRCLES = {
    "pelaku_umkm": Circle(
        24,
        tuple(f"UMKM {name} {place}" for name in PRODUCTS for place in REGENCIES[:6]),
        ("Pemilik", "Pemilik", "Staf pemasaran"),
        (
            "Konsultasi izin usaha", "Pendampingan sertifikasi halal", "Mendaftar pelatihan",
            "Menanyakan bantuan permodalan", "Izin edar produk", "Mengikuti kurasi produk",
        ),
    ),
    "pengurus_koperasi": Circle(
        20,
        tuple(f"Koperasi {name} {place}" for name in COOPERATIVES for place in REGENCIES),
        ("Ketua", "Sekretaris", "Bendahara", "Manajer", "Pengawas"),
        (
            "Konsultasi rapat anggota tahunan", "Menyerahkan laporan tahunan",
            "Perubahan anggaran dasar", "Penilaian kesehatan koperasi", "Pembentukan koperasi baru",
        ),
    ),
    "dinas_kabkota": Circle(
        16,
        tuple(f"Dinas Koperasi dan UKM {place}" for place in REGENCIES),
        ("Kepala Dinas", "Kepala Bidang", "Staf"),
        ("Koordinasi program kerja", "Rapat koordinasi", "Sinkronisasi data", "Perjalanan dinas"),
    ),
    "umum": Circle(
        14,
        ("perorangan",),
        (),
        ("Mengantar surat", "Menanyakan lowongan magang", "Bertemu pegawai", "Meminta informasi"),
    ),
    "instansi_vertikal": Circle(
        7,
        ("BPS Provinsi Kalimantan Barat", "Kanwil DJP Kalimantan Barat", "BPOM Pontianak"),
        ("Kepala Seksi", "Analis", "Staf"),
        ("Koordinasi data", "Sosialisasi", "Audiensi"),
    ),
    "akademisi": Circle(
        6,
        ("Universitas Tanjungpura", "Politeknik Negeri Pontianak", "IAIN Pontianak"),
        ("Mahasiswa", "Mahasiswa", "Dosen"),
        ("Pengajuan PKL", "Penelitian skripsi", "Kerja sama pengabdian"),
    ),
    "penyedia": Circle(
        4,
        ("CV Karya Abadi", "CV Khatulistiwa Jaya", "PT Borneo Teknik"),
        ("Direktur", "Staf"),
        ("Menyerahkan penawaran", "Mengurus pembayaran", "Serah terima barang"),
    ),
    "perbankan": Circle(
        3,
        ("Bank Kalbar", "BRI Cabang Pontianak", "LPDB-KUMKM"),
        ("Kepala Cabang", "Staf kredit"),
        ("Sosialisasi kredit usaha rakyat", "Koordinasi penyaluran dana"),
    ),
    "pers_lsm": Circle(
        3,
        ("Harian Khatulistiwa", "LSM Mitra Rakyat"),
        ("Wartawan", "Ketua"),
        ("Wawancara", "Permohonan informasi publik"),
    ),
    "notaris": Circle(
        2,
        ("Kantor Notaris Wijaya", "Kantor Notaris Handayani"),
        ("Notaris", "Staf"),
        ("Pengesahan akta koperasi", "Konsultasi akta"),
    ),
    "dprd": Circle(
        1,
        ("DPRD Provinsi Kalimantan Barat", "DPRD Kab. Kubu Raya"),
        ("Anggota", "Staf sekretariat"),
        ("Kunjungan kerja", "Rapat dengar pendapat"),
    ),
}  # fmt: skip

DIRECTIONS = (
    "Antar ke tujuan.", "Silakan diterima.", "Antar, dampingi sampai selesai.",
    "Diterima di ruang rapat.", "Terima sesuai keperluan.", "Antar setelah rapat selesai.",
)  # fmt: skip
GAVE_UP = ("Tamu tidak dapat menunggu lebih lama.", "Tamu ada keperluan mendadak.",
           "Tamu akan datang lagi besok.")  # fmt: skip
DECLINED = ("Pejabat yang dituju sedang dinas luar.", "Berkas belum lengkap.",
            "Keperluan di luar kewenangan dinas.")  # fmt: skip
CUT_SHORT = ("Keperluan selesai di front desk.", "Berkas sudah diterima petugas.",
             "Tamu langsung bertemu di lobi.")  # fmt: skip
NO_BADGE_WANTED = ("Salah tulis.", "Tamu salah alamat.", "Tamu pulang sebelum dilayani.")
NO_BADGE_LEFT = "Tanda pengenal habis; tamu akan datang lagi."
