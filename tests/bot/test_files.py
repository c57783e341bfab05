"""How long a picture or a file can be opened, and by what."""

import asyncio
import re
from datetime import timedelta

import pytest

from tests.bot.house import House
from tests.conftest import look_after

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 2000


def sent(house: House) -> str:
    """The path under which a citizen's picture opens."""
    hoa = house.citizen()
    hoa.post("/chat/file", files={"file": ("a.jpg", JPEG)})
    path: str = re.findall(r'src="(/tep/[^"]+)"', hoa.get("/").text)[0]
    assert hoa.get(path).content == JPEG
    return path


def test_a_link_is_good_for_three_days(house: House) -> None:
    path = sent(house)
    house.now += timedelta(hours=71)
    assert house.browser().get(path).content == JPEG
    house.now += timedelta(hours=2)
    gone = house.browser().get(path)
    assert gone.status_code == 404
    assert "(file_gone)" in gone.text


@pytest.mark.parametrize("odd", ["x", "1", ".", "9" * 3000, "%00", "WzEsOV0.x"])
def test_a_forged_link_opens_nothing(house: House, odd: str) -> None:
    path = sent(house)
    for forged in (f"/tep/{odd}", f"/tep/{odd}/anh", path.replace("/tep/", f"/tep/{odd[:9]}")):
        assert house.browser().get(forged).status_code == 404


def test_a_file_goes_with_what_its_citizen_erases(house: House) -> None:
    hoa = house.citizen()
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
