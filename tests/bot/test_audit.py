"""Leads read who added, removed, exported and opened what."""

import re

from tests.bot.house import House


def audited(house: House, boss_page: str) -> list[tuple[str, str]]:
    return re.findall(r"<tr><td>([^<]+)</td><td>([^<#]+#?[^<]*)</td>", boss_page.partition("Ai đã làm gì")[2])


def test_what_is_done_to_members_is_kept_with_who_did_it(house: House) -> None:
    boss = house.member("Chủ", "admin")
    boss.post("/console/team/add", data={"name": "Lan", "role": "member", "commune": "ban-moi"})
    for action in ("invite", "signout", "remove"):
        boss.post(f"/console/team/2/{action}")
    assert audited(house, boss.get("/console/looks").text) == [
        ("Chủ", "đưa ra khỏi tổ Lan"),
        ("Chủ", "đăng xuất giúp Lan"),
        ("Chủ", "đưa mã mời cho Lan"),
        ("Chủ", "thêm Lan"),
    ]


def test_numbers_that_leave_and_files_that_are_opened_are_kept(house: House) -> None:
    boss, hoa = house.member("Chủ", "admin"), house.citizen("gặp người")
    hoa.post("/chat/file", files={"file": ("giay.png", b"\x89PNG\r\n\x1a\n", "image/png")})
    (link,) = set(re.findall(r"/tep/[\w.-]+/anh", boss.get("/console/1").text))
    assert hoa.get(link).status_code == 200
    assert boss.get(link).status_code == 200
    assert boss.get("/insight/csv/words").status_code == 200
    assert audited(house, boss.get("/console/looks").text) == [
        ("Chủ", "tải số liệu words"),
        ("Chủ", "mở ảnh, tệp của phiếu #1"),
    ]


def test_a_lead_reads_of_their_own_commune_only(house: House) -> None:
    boss, xa = house.member("Chủ", "admin"), house.member("Xa", "lead", ("ban-khac",))
    boss.post("/console/team/add", data={"name": "Lan", "role": "member", "commune": "ban-moi"})
    assert audited(house, xa.get("/console/looks").text) == []
