def test_a_visit_goes_through_all_six_steps(office):
    label = office.open_visit(purpose="Izin usaha")
    office.clock.pass_time(minutes=2)
    fitri, kasim, sekar, hadi = (office.desk(n) for n in ("fitri", "kasim", "sekar", "hadi"))
    assert fitri.scan("12")["outcome"] == "issued"
    office.clock.pass_time(minutes=2)
    assert kasim.scan("12")["outcome"] == "advanced"
    assert sekar.scan("12", direction="Antar", destination="1")["step"] == 4
    office.clock.pass_time(minutes=2)
    assert kasim.scan("12")["step"] == 5
    assert hadi.scan("12")["outcome"] == "started"
    office.clock.pass_time(minutes=20)
    assert hadi.scan("12")["outcome"] == "ended"
    assert fitri.scan("12") == {"outcome": "closed"} | {
        "reason": None, "step": None, "expected_role": None, "visit": label, "badge": "012",
        "message": "Kunjungan selesai. 0 dtk, tepat waktu. Tanda pengenal 012 tersedia lagi. Sampaikan terima kasih atas kunjungan Bapak/Ibu.",
    }
