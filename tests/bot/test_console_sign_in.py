"""Signing in to the console: codes, passwords, sessions, and whoever guesses, forges or fills the line."""

import asyncio
import os
import threading
from datetime import timedelta

import pytest
from starlette.requests import Request

from bot.console.auth import Auth, NotNow
from bot.console.hashing import Hashing
from bot.handoff import agents
from tests import patient
from tests.bot.house import OTHER, PASSWORD, House, is_sign_in
from tests.conftest import PASSWORD_MEMORY, MakeSettings, invited, running


def test_a_stranger_sees_the_sign_in_and_nothing_else(house: House) -> None:
    hoa = house.citizen("gặp người")
    for path in ("/console", "/console/1", "/console/me", "/console/team", "/console/looks"):
        assert is_sign_in(house.browser().get(path))
    for path in ("/console/1/answer", "/console/1/resolve", "/console/me/code", "/console/team/add", "/console/logout"):
        assert is_sign_in(house.browser().post(path, data={"text": "x", "name": "Ma"}))
    assert house.browser().get("/console/events").status_code == 204
    assert "person_says" not in hoa.get("/").text


def test_a_member_comes_in_with_a_code_once_and_with_a_password_from_then_on(house: House) -> None:
    code, first, second = invited(house.service, "Lan"), house.browser(), house.browser()
    assert house.enter("Lan", "").status_code == 403
    short = first.post("/console/join", data={"code": code, "password": "ngắn"})
    assert short.status_code == 422
    assert code in short.text
    assert first.post("/console/join", data={"code": code, "password": PASSWORD}).url.path == "/console"
    assert second.post("/console/join", data={"code": code, "password": "của kẻ khác"}).status_code == 403
    assert house.enter("lan").url.path == "/console"
    assert house.enter("Lan", "của kẻ khác").status_code == 403
    assert house.enter("Ma").status_code == 403


def test_who_stole_the_database_needs_46_mib_for_each_try(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.console.hashing._MEMORY", PASSWORD_MEMORY)
    with running(make_settings()) as (url, service):
        form = {"code": invited(service, "Lan"), "password": PASSWORD}
        assert patient.post(f"{url}/console/join", data=form).status_code == 303
        _, kept = asyncio.run(service.database.read(lambda c: agents.password_of(c, "Lan"))) or (None, None)
    assert kept and kept.startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_a_code_is_good_for_a_week(house: House) -> None:
    code = invited(house.service, "Lan")
    house.now += timedelta(days=7, minutes=1)
    assert house.browser().post("/console/join", data={"code": code, "password": PASSWORD}).status_code == 403


def test_a_session_ends_by_time_by_its_member_and_with_a_new_password(house: House) -> None:
    lan = house.newcomer("Lan")
    phone, other = house.browser(), house.browser()
    for client in (phone, other):
        house.enter("Lan", client=client)
    phone.post("/console/logout")
    assert is_sign_in(phone.get("/console"))
    assert not is_sign_in(other.get("/console"))
    lan.post("/console/logout", data={"everywhere": "1"})
    assert is_sign_in(other.get("/console"))
    house.enter("Lan", client=lan)
    assert lan.post("/console/me/code").status_code == 403
    assert lan.post("/console/me/code", data={"password": "sai rồi nhé"}).status_code == 403
    page = lan.post("/console/me/code", data={"password": PASSWORD}).text
    code = page.partition('<p class="code">')[2][:14]
    phone.post("/console/join", data={"code": code, "password": "một mật khẩu khác"})
    assert is_sign_in(lan.get("/console"))
    assert not is_sign_in(phone.get("/console"))
    first = phone.cookies["motcua-team"]
    house.enter("Lan", "một mật khẩu khác", client=phone)
    assert is_sign_in(patient.get(f"{house.url}/console", cookies={"motcua-team": first}, follow_redirects=True))
    house.now += timedelta(days=31)
    assert is_sign_in(phone.get("/console"))


def test_a_refused_code_hides_nothing_of_ones_own_page(house: House) -> None:
    lan, database = house.newcomer("Lan"), house.service.database
    code = asyncio.run(database.write(lambda c: agents.make_invitation(c, agents.find_by_name(c, "Lan"))))
    asyncio.run(database.write(lambda c: agents.join_with_code(c, "telegram", "5", code)))
    assert "Phiếu báo về" in lan.get("/console/me").text
    refused = lan.post("/console/me/code", data={"password": "sai rồi nhé"}).text
    assert "Mật khẩu hoặc sáu số chưa đúng" in refused
    assert "Phiếu báo về" in refused


def test_who_guesses_is_stopped_and_the_member_is_not(house: House) -> None:
    lan, stranger = house.newcomer("Lan"), house.browser()
    lan.post("/console/logout")
    for n in range(6):
        assert house.enter("Lan", f"sai {n}", stranger).status_code == 403
    assert house.enter("Lan", "sai", house.browser()).status_code == 429
    assert house.enter("Lan", PASSWORD, stranger).status_code == 429
    assert house.enter("Lan", client=lan).url.path == "/console"
    house.now += timedelta(minutes=11)
    assert house.enter("Lan", client=stranger).url.path == "/console"


async def test_strangers_who_fill_the_line_keep_out_nobody_who_was_in_before(house: House) -> None:
    lan = await asyncio.to_thread(house.newcomer, "Lan")
    known = f"motcua-known={lan.cookies['motcua-known']}".encode()
    door, goes_on = Auth(house.service.settings, house.service.database), threading.Event()
    door._worker.submit(goes_on.wait)
    strangers = [asyncio.create_task(door.check_password(asked(), f"Ai {n}", "x")) for n in range(20)]
    while door._in_line < len(strangers):
        await asyncio.sleep(0.01)
    with pytest.raises(NotNow):
        await door.check_password(asked(), "Ai", "x")
    owner = asyncio.create_task(door.check_password(asked(known), "Lan", PASSWORD))
    goes_on.set()
    agent = await owner
    assert agent is not None
    assert agent.name == "Lan"
    assert await asyncio.gather(*strangers) == [None] * len(strangers)


def test_passwords_are_hashed_behind_everybody_else_and_the_process_may_die() -> None:
    hashing = Hashing()
    kept = hashing.hash(PASSWORD)
    assert [hashing.matches(kept, word) for word in (PASSWORD, "sai", "\ud800")] == [True, False, False]
    assert not hashing.matches("no hash", PASSWORD)
    process = hashing._process
    assert process
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    process.kill()
    assert hashing.matches(kept, PASSWORD)


def asked(cookie: bytes = b"") -> Request:
    headers = [(b"cookie", cookie)]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "client": ("8.8.8.8", 1)})


def test_what_is_refused_is_written_down(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.citizen("gặp người")
    minh = house.member("Minh", communes=(OTHER,))
    minh.get("/console/1")
    minh.get("/console/team")
    house.browser().post("/chat", data={"text": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    house.browser().post("/console/login", data={"name": "Nobody", "password": "my own password"})
    house.browser().post("/console/join", data={"code": "AAAAA-AAAAA", "password": "my own password"})
    told = [record.getMessage() for record in caplog.records if record.name.startswith("motcua")]
    assert "console: a password for a name that nobody has" in told
    assert "console: a code that lets nobody in" in told
    assert "my own password" not in caplog.text
    assert "console: Minh asks for ticket 1, which is not theirs to see" in told
    assert "console: Minh asks for what only leads may" in told
    assert "a post of another site is refused" in told


def test_a_forged_cookie_opens_nothing(house: House) -> None:
    lan = house.member("Lan")
    token = lan.cookies["motcua-team"]
    for forged in (token.swapcase(), token + "a", "", "đ", "x" * 5000):
        header = {b"Cookie": f"motcua-team={forged}".encode()}
        assert is_sign_in(patient.get(f"{house.url}/console", headers=header, follow_redirects=True))


def test_another_site_cannot_act_for_a_member(house: House) -> None:
    hoa, lan = house.citizen("gặp người"), house.newcomer("Lan", "admin")
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    for path in ("/console/1/answer", "/console/me/code", "/console/team/add", "/console/logout"):
        lan.post(path, data={"text": "Xấu", "name": "Ma"}, headers=elsewhere)
    assert "Xấu" not in hoa.get("/").text
    assert "Ma" not in lan.get("/console/team").text
    login = {"name": "Lan", "password": PASSWORD}
    assert house.browser().post("/console/login", data=login, headers=elsewhere).status_code == 403


def test_a_password_that_anybody_tries_first_is_refused(house: House) -> None:
    code, lan = invited(house.service, "Lan"), house.browser()
    for weak in ("12345678", "password", "matkhau1", "qwertyui", "11111111", "motcua12"):
        refused = lan.post("/console/join", data={"code": code, "password": weak})
        assert (weak, refused.status_code) == (weak, 422)
        assert "dễ đoán" in refused.text


def test_only_who_has_a_code_learns_whether_a_password_is_weak(house: House) -> None:
    """To find out takes seconds for some: strangers would stop everything with it."""
    refused = house.browser().post("/console/join", data={"code": "TO-AAAAA-AAAAA", "password": "12345678"})
    assert refused.status_code == 403
    assert "dễ đoán" not in refused.text


@pytest.mark.slow
def test_who_is_signed_out_hears_of_nothing_any_more(house: House) -> None:
    lan, hoa = house.member("Lan"), house.citizen("gặp người")
    with lan.stream("GET", "/console/events") as stream:
        lines = stream.iter_lines()
        hoa.post("/chat", data={"text": "một"})
        assert next(lines) == "data: 1"
        lan.post("/console/logout", data={"everywhere": "1"})
        hoa.post("/chat", data={"text": "hai"})
        assert "data: 1" not in [*lines]


@pytest.mark.slow
def test_strangers_elsewhere_lock_no_member_out(house: House) -> None:
    house.newcomer("Lan")
    at = {name: {"X-Forwarded-For": address} for name, address in (("stranger", "8.8.8.8"), ("lan", "9.9.9.9"))}
    wrong, right = {"name": "Lan", "password": "x" * 9}, {"name": "Lan", "password": PASSWORD}
    for _ in range(7):
        last = house.browser().post("/console/login", data=wrong, headers=at["stranger"])
    assert last.status_code == 429
    assert house.browser().post("/console/login", data=right, headers=at["lan"]).url.path == "/console"
