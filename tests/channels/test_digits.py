"""Digits where there are no buttons: 0 is a person, 9 goes back."""

from tests.channels.conftest import Platform


def test_nought_is_a_person_and_nine_goes_back_everywhere(zalo_bot: Platform) -> None:
    hoa = zalo_bot.emulator.user()
    for said in ("làm nhà", "bản mới", "<walk>"):
        zalo_bot.hears(hoa.text(said))
    assert zalo_bot.hears(hoa.text("có rồi")).text.endswith("9 “<back>” · 0 “<human>”")
    assert "Bác có đất chưa?" in zalo_bot.hears(hoa.text("9")).text
    assert "[ticket_opened]" in zalo_bot.hears(hoa.text("0")).text


def test_nine_after_mending_an_answer_goes_back_to_where_one_stood(zalo_bot: Platform) -> None:
    hoa = zalo_bot.emulator.user()
    for said in ("làm nhà", "bản mới", "<walk>", "có rồi"):
        stood = zalo_bot.hears(hoa.text(said)).text
    question = stood.partition("\n\n")[2] or stood
    assert "[change]" in zalo_bot.hears(hoa.text("sửa")).text
    assert zalo_bot.hears(hoa.text("9")).text.endswith(question)
    zalo_bot.hears(hoa.text("sửa"))
    assert "[redo]" in zalo_bot.hears(hoa.text("1")).text
    assert zalo_bot.hears(hoa.text("9")).text.endswith(question), "what was to be mended stays as it was"


def test_a_number_that_no_choice_has_is_said_to_be_too_high(zalo_bot: Platform) -> None:
    hoa = zalo_bot.emulator.user()
    for said in ("làm nhà", "bản mới", "<walk>"):
        zalo_bot.hears(hoa.text(said))
    assert "[no_such_number] 2" in zalo_bot.hears(hoa.text("4")).text
