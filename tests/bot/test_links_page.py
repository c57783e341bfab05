"""The pages around shared links over HTTP: where they lead, and where leads make them."""

import asyncio
import re

import httpx
import pytest

from bot.sharing import links
from bot.sharing.links import Link
from tests.bot.house import House, is_sign_in

PHONE = {"user-agent": "Mozilla/5.0 (Linux; Android 5.1) Chrome/60 Mobile Zalo android/220901"}
SOURCE = "Nhóm thôn Pò"


def make(client: httpx.Client, commune: str = "ban-moi", procedure: str = "nuoi-meo", source: str = SOURCE) -> str:
    """The page after a link was made there."""
    return client.post("/links", data={"commune": commune, "procedure": procedure, "source": source}).text


def counted(house: House) -> dict[str, tuple[str, str, int, int]]:
    """code -> (source, procedure, visits, conversations)"""
    found = asyncio.run(house.service.database.read(links.list_links))
    return {c.link.code: (c.link.source, c.link.procedure, c.visits, c.conversations) for c in found}


def link(house: House, procedure: str = "nuoi-meo") -> Link:
    return asyncio.run(house.service.database.write(lambda c: links.make_link(c, "ban-moi", procedure, SOURCE, "Lan")))


# --- landing pages ---


def test_a_page_answers_before_it_asks(house: House) -> None:
    page = house.browser().get("/g/ban-moi/lam-nha").text
    for told in ("Làm nhà", "Xã Bản Mới, tỉnh Thử", "mười ngày", "Nộp ở nhà sàn giữa bản", "Đơn", "Bản vẽ"):
        assert told in page
    fee = page.partition("Tốn bao nhiêu tiền")[2].partition("</section>")[0]
    assert "chưa xác nhận được" in fee
    assert 'href="http://localhost:8000/?start=ban-moi_lam-nha_BMLN22"' in page
    assert "Zalo" not in page
    assert "Telegram" not in page


def test_a_page_previews_well(house: House) -> None:
    browser = house.browser()
    page = browser.get("/g/ban-moi/lam-nha?ma=x").text
    told = dict(re.findall(r'<meta property="(og:[a-z:_]+)" content="([^"]*)">', page))
    assert told["og:title"] == "Làm nhà – xã Bản Mới"
    assert told["og:description"] == "Dựng một ngôi nhà."
    assert told["og:url"] == "http://localhost:8000/g/ban-moi/lam-nha"
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    picture = browser.get(told["og:image"].replace("http://localhost:8000", ""))
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert browser.get("/g/ban-moi/anh.png").content.startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_commune_lists_all_that_it_does_and_keeps_the_source(house: House) -> None:
    code = link(house, "").code
    browser = house.browser()
    page = browser.get(f"/g/ban-moi?ma={code}").text
    onward = re.findall(r'href="(/g/ban-moi/[^"]+)"', page)
    assert [address.partition("?")[0] for address in onward] == ["/g/ban-moi/lam-nha", "/g/ban-moi/nuoi-meo"]
    page = browser.get(onward[1]).text
    assert "BMNM22" in page
    assert counted(house) == {code: (SOURCE, "", 1, 0), "BMNM22": (SOURCE, "nuoi-meo", 1, 0)}


def test_a_retired_link_still_leads_and_makes_no_new_ones(house: House) -> None:
    made, browser = link(house, ""), house.browser()
    asyncio.run(house.service.database.write(lambda c: links.retire_link(c, made)))
    assert f"?start=ban-moi_{made.code}" in browser.get(f"/g/ban-moi?ma={made.code}").text
    assert "Nuôi mèo" in browser.get(f"/g/ban-moi/nuoi-meo?ma={made.code}").text
    assert counted(house) == {}


def test_what_nobody_knows_is_nowhere(house: House) -> None:
    browser = house.browser()
    for path in ("/g/khong-co", "/g/ban-moi/khong-co", "/g/khong-co/anh.png", "/g/ban-moi/x/anh.png"):
        answer = browser.get(path)
        assert (path, answer.status_code) == (path, 404)
        assert path.endswith(".png") or "Hỏi ngay tại đây" in answer.text


def test_a_page_that_was_come_to_by_no_link_of_ours_is_counted_as_such(house: House) -> None:
    for code in ("", "khong-co", "BMLN99", "<script>", "x" * 5000):
        answer = house.browser().get("/g/ban-moi/lam-nha", params={"ma": code})
        assert (code, answer.status_code) == (code, 200)
        assert "<script>" not in answer.text
    assert counted(house) == {}


def test_people_are_counted_and_robots_are_not(house: House) -> None:
    made, browser = link(house), house.browser()
    for agent in ("TelegramBot (like TwitterBot)", "facebookexternalhit/1.1", "Googlebot/2.1"):
        browser.get(f"{made.path}?ma={made.code}", headers={"user-agent": agent})
    browser.get(f"{made.path}?ma={made.shown.lower()}", headers=PHONE)
    assert counted(house) == {made.code: (SOURCE, "nuoi-meo", 1, 0)}


def test_a_start_from_the_page_is_counted(house: House) -> None:
    made, browser = link(house), house.browser()
    page = browser.get(f"{made.path}?ma={made.code}").text
    start = re.findall(r"/\?start=([\w-]+)", page)[0]
    assert "Nuôi mèo</button>" in browser.get("/", params={"start": start}).text
    browser.post("/chat", data={"start": start})
    assert "[leaflet_next]" in browser.get("/").text
    browser.post("/chat", data={"text": "tiếp tục"})
    assert "Bác cho mèo ăn." in browser.get("/").text
    assert counted(house) == {made.code: (SOURCE, "nuoi-meo", 1, 1)}


# --- /links ---


def test_a_lead_makes_names_and_retires_a_link(house: House) -> None:
    lead = house.member("Trưởng", "lead", ("ban-moi",))
    page = make(lead)
    assert "[share] Nuôi mèo xã Bản Mới http://localhost:8000/g/ban-moi/nuoi-meo?ma=BMNM22 BM NM 22" in page
    assert "0 lượt xem · 0 cuộc trò chuyện" in page
    assert "Nhóm cả xã" in lead.post("/links/BMNM22/name", data={"source": "Nhóm cả xã"}).text
    assert "Nhóm cả xã" not in lead.post("/links/BMNM22/retire").text
    assert "Nhóm cả xã" in make(lead, source="Nhóm cả xã")


def test_a_form_that_is_not_filled_in_is_said_so(house: House) -> None:
    lead = house.member("Trưởng", "lead")
    assert "Anh chị ghi chỗ sẽ chia sẻ" in make(lead, source=" ")
    assert "chọn lại xã và việc" in make(lead, procedure="khong-co")
    make(lead)
    make(lead, source="Nhóm khác")
    assert "Tên này trống" in lead.post("/links/BMNM23/name", data={"source": SOURCE}).text


def test_links_are_for_leads_and_of_their_communes(house: House) -> None:
    made = link(house)
    assert is_sign_in(house.browser().get("/links"))
    assert is_sign_in(house.browser().get(f"/links/{made.code}/poster-a4.pdf"))
    assert house.member("Lan").get("/links").url.path == "/console"
    other = house.member("Xa", "lead", ("ban-khac",))
    assert SOURCE not in other.get("/links").text
    assert other.get(f"/links/{made.code}/poster-a4.pdf").status_code == 404
    assert "chọn lại xã và việc" in make(other)
    other.post(f"/links/{made.code}/retire")
    assert list(counted(house)) == [made.code]
    elsewhere = {"sec-fetch-site": "cross-site"}
    boss = house.member("Sếp", "admin")
    assert is_sign_in(boss.post(f"/links/{made.code}/retire", headers=elsewhere))
    assert list(counted(house)) == [made.code]


@pytest.mark.parametrize(
    ("file", "begins"),
    [("poster-a4.pdf", b"%PDF"), ("poster-a5.png", b"\x89PNG"), ("cards.pdf", b"%PDF"), ("guide.pdf", b"%PDF")],
)
def test_sheets_are_printed_from_the_page(house: House, file: str, begins: bytes) -> None:
    made, lead = link(house), house.member("Trưởng", "lead")
    assert f"/links/{made.code}/" in lead.get("/links").text
    assert lead.get(f"/links/{made.code}/{file}").content.startswith(begins)


def test_no_other_sheet_is_printed(house: House) -> None:
    made, lead = link(house, ""), house.member("Trưởng", "lead")
    for file in ("poster-a4.exe", "x.pdf", "guide.png", "..%2fposter.typ", "pdf", "guide.pdf"):
        assert (file, lead.get(f"/links/{made.code}/{file}").status_code) == (file, 404)
