"""How long a picture or a file can be opened, and by what."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from bot.store.tables import files
from tests.bot.house import House
from tests.conftest import look_after

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 2000


def sent(house: House) -> str:
    """The path under which a citizen's picture opens."""
    hoa = house.citizen("gặp người")
    hoa.post("/chat/file", files={"file": ("a.jpg", JPEG)})
    path: str = re.findall(r'src="(/tep/[^"]+)"', hoa.get("/").text)[0]
    assert hoa.get(path).content == JPEG
    return path


def pictures(house: House, client: httpx.Client, content: bytes = JPEG) -> int:
    """How many stand in a conversation after one more was sent."""
    assert client.post("/chat/file", files={"file": ("a.jpg", content)}).status_code == 200
    return client.get("/").text.count("<img")


def test_nothing_is_taken_before_somebody_of_the_team_is_asked(house: House) -> None:
    hoa = house.citizen()
    assert pictures(house, hoa) == 0
    assert house.service.database.engine.connect().execute(select(func.count()).select_from(files)).scalar() == 0
    hoa.post("/chat", data={"text": "gặp người"})
    assert pictures(house, hoa) == 1


@pytest.mark.parametrize("charset", ["undefined", "idna", "punycode", "unicode_escape", "rot13", "no-such"])
def test_a_form_in_a_charset_that_its_sender_chose_is_no_fault_of_ours(house: House, charset: str) -> None:
    hoa = house.citizen("gặp người")
    told = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    for field in ('name="text"', 'name="file"; filename="\\ud800.png"'):
        form = f"--x\r\nContent-Disposition: form-data; {field}\r\n\r\nxn--\\ud800\r\n--x--\r\n"
        for path in ("/chat", "/chat/file"):
            assert hoa.post(path, content=form, headers=told).status_code < 500
    assert hoa.get("/").status_code == 200


@pytest.mark.parametrize(("name", "saved"), [("a.html", "a.html.jpeg"), ("a.JPG", "a.JPG")])
def test_a_file_is_saved_under_a_name_of_what_it_is(house: House, name: str, saved: str) -> None:
    hoa = house.citizen("gặp người")
    form = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + JPEG
    told = {"Content-Type": "multipart/form-data; boundary=x"}
    hoa.post("/chat/file", content=form + b"\r\n--x--\r\n", headers=told)
    path: str = re.findall(r'src="(/tep/[^"]+)"', hoa.get("/").text)[0]
    assert hoa.get(path).headers["content-disposition"] == f"inline; filename*=UTF-8''{saved}"


def test_all_together_send_no_more_than_the_budget(house: House) -> None:
    house.service.settings.__dict__["upload_budget"] = 15_000
    hoa, lan = house.citizen("gặp người"), house.citizen("gặp người")
    assert [pictures(house, hoa), pictures(house, lan)] == [1, 1]  # a fifth an hour
    assert [pictures(house, hoa), pictures(house, lan)] == [1, 1]
    for _ in range(10):
        house.now += timedelta(hours=1.1)
        pictures(house, hoa)
    assert pictures(house, hoa) == 7  # of 2 kB each: the day is full
    house.now += timedelta(days=1)
    assert pictures(house, hoa) == 8


def test_a_full_disk_stops_uploads_first(house: House) -> None:
    hoa = house.citizen("gặp người")
    house.service.settings.__dict__["disk_floor"] = 2**60
    taken = not house.service.database.is_sqlite  # the disk of a server elsewhere is not ours to measure
    assert pictures(house, hoa) == int(taken)
    assert "xin chào" in hoa.post("/chat", data={"text": "xin chào"}).text


def test_a_link_is_good_for_three_days(house: House) -> None:
    path = sent(house)
    house.now += timedelta(hours=71)
    assert house.browser().get(path).content == JPEG
    house.now += timedelta(hours=2)
    gone = house.browser().get(path)
    assert gone.status_code == 404
    assert "(file_gone)" in gone.text


def test_a_forged_link_opens_nothing(house: House) -> None:
    path, stranger = sent(house), house.browser()
    for odd in ("x", "1", ".", "9" * 3000, "%00", "WzEsOV0.x"):
        for forged in (f"/tep/{odd}", f"/tep/{odd}/anh", path.replace("/tep/", f"/tep/{odd[:9]}")):
            assert (forged, stranger.get(forged).status_code) == (forged, 404)


def test_a_file_goes_with_what_its_citizen_erases(house: House) -> None:
    hoa = house.citizen("gặp người")
    hoa.post("/chat/file", files={"file": ("a.jpg", JPEG)})
    path = re.findall(r'src="(/tep/[^"]+)"', hoa.get("/").text)[0]
    hoa.post("/chat", data={"text": "xoadulieu"})
    token = re.findall(r'value="([^"]+)"[^>]*>&lt;erase&gt;<', hoa.get("/").text)[0]
    hoa.post("/chat", data={"choice": token})
    assert hoa.get(path).status_code == 404


def test_files_go_by_themselves_after_a_month(house: House) -> None:
    path = sent(house)
    house.service.settings.__dict__["link_hours"] = 10_000.0
    lasting = sent(house)
    house.now += timedelta(days=29)
    asyncio.run(look_after(house.service.turns))
    assert house.browser().get(path).status_code == 404
    assert house.browser().get(lasting).content == JPEG
    house.now += timedelta(days=2)
    asyncio.run(look_after(house.service.turns))
    assert house.browser().get(lasting).status_code == 404
