"""Leads come in with a password and a code from their own phone."""

import re
from datetime import timedelta

import httpx
import pyotp
import pytest

from tests.bot.house import PASSWORD, House


def code(house: House, key: str, later: int = 0) -> str:
    return pyotp.TOTP(key).at(house.now + timedelta(seconds=later))


def chosen(house: House, who: httpx.Client) -> str:
    """The key of the second factor that this member chooses."""
    shown = who.get("/console/me/second").text
    (key,) = re.findall(r'name="key" value="(\w+)"', shown)
    assert f"secret={key}" in shown
    assert "<svg" in shown
    told = who.post("/console/me/second", data={"key": key, "code": code(house, key), "password": PASSWORD})
    assert told.url.path in ("/console/team", "/console/me")
    house.now += timedelta(seconds=30)
    return str(key)


def half(page: httpx.Response) -> str:
    (found,) = re.findall(r'name="half" value="([^"]+)"', page.text)
    return str(found)


def comes_in(house: House, client: httpx.Client, typed: str, password: str = PASSWORD) -> httpx.Response:
    asked = house.enter("Lan", password, client)
    return client.post("/console/login/code", data={"half": half(asked), "code": typed})


def test_a_leads_pages_open_once_the_second_factor_is_chosen(house: House) -> None:
    lan = house.newcomer("Lan", "lead")
    for page in ("/console/team", "/console/looks", "/links", "/insight"):
        assert lan.get(page).url.path == "/console/me/second"
    assert lan.get("/console").url.path == "/console"
    chosen(house, lan)
    assert lan.get("/console/team").url.path == "/console/team"


def test_the_password_alone_opens_nothing(house: House) -> None:
    key, client = chosen(house, house.newcomer("Lan", "lead")), house.browser()
    assert "Mã sáu số" in house.enter("Lan", client=client).text
    assert client.get("/console").url.path == "/console/login"
    assert comes_in(house, client, "000000").status_code == 403
    assert comes_in(house, client, code(house, key)).url.path == "/console"


@pytest.mark.parametrize("later", [-30, 30])
def test_a_phones_clock_may_be_half_a_minute_wrong(house: House, later: int) -> None:
    key, client = chosen(house, house.newcomer("Lan", "lead")), house.browser()
    house.now += timedelta(minutes=2)
    assert comes_in(house, client, code(house, key, 3 * later)).status_code == 403
    assert comes_in(house, client, code(house, key, later)).url.path == "/console"


def test_no_code_is_good_twice(house: House) -> None:
    key, client = chosen(house, house.newcomer("Lan", "lead")), house.browser()
    assert comes_in(house, client, code(house, key)).url.path == "/console"
    assert comes_in(house, house.browser(), code(house, key)).status_code == 403
    assert comes_in(house, house.browser(), code(house, key, -30)).status_code == 403
    assert comes_in(house, house.browser(), code(house, key, 30)).url.path == "/console"


@pytest.mark.slow
def test_codes_are_not_guessed_however_often_the_password_is_right(house: House) -> None:
    key, client = chosen(house, house.newcomer("Lan", "lead")), house.browser()
    for _ in range(6):
        assert comes_in(house, client, "000000").status_code == 403
    assert comes_in(house, house.browser(), code(house, key)).status_code == 429
    house.now += timedelta(minutes=11)
    assert comes_in(house, house.browser(), code(house, key)).url.path == "/console"


def test_a_new_code_or_password_needs_it_too(house: House) -> None:
    lan = house.newcomer("Lan", "lead")
    key = chosen(house, lan)
    assert lan.post("/console/me/code", data={"password": PASSWORD}).status_code == 403
    made = lan.post("/console/me/code", data={"password": PASSWORD, "code": code(house, key)}).text
    (invitation,) = set(re.findall(r"TO-\w{5}-\w{5}", made))
    joined = house.browser().post("/console/join", data={"code": invitation, "password": "một con trâu đen thui"})
    assert "Mã sáu số" in joined.text


@pytest.mark.slow
def test_nobody_who_finds_a_page_open_locks_its_owner_out(house: House) -> None:
    lan = house.newcomer("Lan", "lead")
    key = pyotp.random_base32()
    told = lan.post("/console/me/second", data={"key": key, "code": code(house, key), "password": "khác"})
    assert told.status_code == 403
    chosen(house, lan)
    lan.post("/console/me/second", data={"key": key, "code": code(house, key), "password": PASSWORD})
    assert comes_in(house, house.browser(), code(house, key)).status_code == 403


def test_who_lost_their_phone_is_let_in_again_by_who_leads_them(house: House) -> None:
    lan, boss = house.newcomer("Lan", "lead"), house.member("Sếp", "admin")
    chosen(house, lan)
    page = boss.get("/console/team").text
    action, _ = re.findall(r"/console/team/\d+/signout", page)
    assert "lớp khoá thứ hai đã bỏ" in boss.post(action).text
    assert lan.get("/console").url.path == "/console/login"
    assert house.enter("Lan").url.path == "/console"


def test_a_halfway_that_was_made_up_or_posted_from_elsewhere_opens_nothing(house: House) -> None:
    key, client = chosen(house, house.newcomer("Lan", "lead")), house.browser()
    asked, typed = half(house.enter("Lan", client=client)), code(house, key)
    for given, headers in (("x", {}), (asked, {"Sec-Fetch-Site": "cross-site"})):
        answer = client.post("/console/login/code", data={"half": given, "code": typed}, headers=headers)
        assert answer.status_code == 403
    assert client.get("/console").url.path == "/console/login"


def test_a_member_is_asked_for_none_but_may_choose_one(house: House) -> None:
    lan = house.newcomer("Lan")
    assert house.enter("Lan").url.path == "/console"
    chosen(house, lan)
    assert "Mã sáu số" in house.enter("Lan").text
