"""Twelve people from their first words to what they came for: how many turns it takes them, how much they read, how often they
are not understood. The bounds are what was reached, with a little to spare for a reworded sentence; they never go up."""

from dataclasses import dataclass, field

from flows.messages import Choice, Message, Missed, OpenTicket
from flows.text.address import address
from tests.content import LIBRARY
from tests.flows.chat import Chat

LONGEST = 120  # words of one screen
_ENDLESS = 15  # turns
PAPERS = "Giấy của nhà mình:"
ASKED_FOR_PERSON = "Em đã báo cho tổ công nghệ số"


@dataclass
class Journey(Chat):
    """One person's way. `read`: the words of each answer; `missed`: what they said that was not understood."""

    read: list[int] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def send(self, message: Message) -> str:
        before = len(self.effects)
        text = address(super().send(message), self.state.called)
        self.read.append(len(text.split()))
        if self.heard.kind == "unclear" and any(isinstance(effect, Missed) for effect in self.effects[before:]):
            self.missed.append(message.text)
        return text

    def come_by(self, link: str) -> str:
        return self.send(Message(start=link))

    def say(self, *texts: str) -> str:
        return [self.send(Message(text=text)) for text in texts][-1]

    def tap(self, *labels: str) -> str:
        return [self.send(Message(choice=self.choice(label).token)) for label in labels][-1]

    def choice(self, label: str) -> Choice:
        """Find a button by how its label begins: the rest tells numbers that hang on the content."""
        return next(one for one in (*self.reply.choices, *self.reply.nav) if one.label.startswith(label))

    def answer(self, text: str, meant: str) -> str:
        """Answer in one's own words; who is asked back picks what was meant."""
        told = self.say(text)
        return self.tap(meant) if self.heard.kind == "ask_back" else told

    def read_papers(self) -> str:
        """Pick the first answer to whatever is still asked before the papers of one's own household."""
        while PAPERS not in self.reply.text:
            assert len(self.read) < _ENDLESS
            self.first()
        return self.reply.text

    @property
    def reasons(self) -> list[str]:
        return [effect.reason for effect in self.effects if isinstance(effect, OpenTicket)]

    def took(self, *, turns: int, words: int, misses: int = 0) -> None:
        """Check that it took them no more than this."""
        assert len(self.read) <= turns
        assert sum(self.read) <= words
        assert max(self.read) <= LONGEST
        assert len(self.missed) <= misses, self.missed


def test_a_mother_without_registration_asks_for_grade_1_on_the_web() -> None:
    mother = Journey(LIBRARY)
    assert mother.say("chị muốn xin cho con vào lớp 1").endswith("Chị xem gì ạ?")
    told = mother.say("con chị chưa đăng ký tạm trú thì trường có nhận không")
    assert "để cháu nghỉ học" in told
    mother.tap("Nhờ tổ hỏi giúp")
    assert mother.reasons == ["question"]
    mother.tap("Nhà tôi cần giấy gì")
    mother.answer("cháu có đi mẫu giáo", "Có học")
    mother.answer("nhà chị không phải hộ nghèo", "Không")
    assert "Giấy hộ nghèo" not in mother.read_papers()
    mother.took(turns=8, words=500)


def test_an_old_man_asks_for_papers_for_forest_land_on_the_official_account() -> None:
    man = Journey(LIBRARY)
    man.come_by("na-ri")
    assert "Làm sổ đỏ lần đầu" in man.say("tôi có mảnh đất rừng khai phá từ năm 1990, chưa có sổ")
    man.say("1", "chưa có sổ đỏ")
    man.answer("không có giấy gì cả", "Không có")
    man.say("một người", "1", "tôi tự đi")
    assert "Đơn đăng ký đất đai" in man.read_papers()
    man.took(turns=10, words=430)


def test_a_grandmother_gets_there_by_digits_alone_on_zalo_bot() -> None:
    grandmother = Journey(LIBRARY)
    grandmother.come_by("na-ri")
    assert "Tiền tuổi già" in grandmother.say("5", "4")
    asked = grandmother.say("1")
    assert grandmother.say("1", "9").endswith(asked.partition("\n")[2]), "9 is back"
    while PAPERS not in grandmother.reply.text:
        grandmother.say("1")
    assert ASKED_FOR_PERSON in grandmother.say("0"), "0 is a person"
    assert grandmother.reasons == ["asked"]
    grandmother.took(turns=11, words=430)


def test_an_id_card_is_walked_through_by_buttons_on_telegram() -> None:
    man = Journey(LIBRARY)
    man.come_by("na-ri_can-cuoc")
    man.tap("Đi từng bước", "Người từ 14 tuổi", "Hết hạn", "Tiếp tục", "Có đủ cả rồi")
    assert "công an xã Na Rì" in man.tap("Ra công an xã")
    assert man.tap("Xong rồi").endswith("Bác đã nộp được chưa ạ?")
    assert "nộp được rồi" in man.tap("Rồi, nộp tại xã")
    man.took(turns=10, words=450)


def test_who_forgot_the_passcode_of_vneid_is_told_what_to_press_and_where_to_go() -> None:
    woman = Journey(LIBRARY)
    woman.say("tôi quên mật khẩu vneid rồi không vào được")
    assert "“Quên passcode”" in woman.tap("Đi từng bước")
    assert "ra công an xã" in woman.say("làm rồi mà vẫn không vào được")
    woman.say("thôi cho tôi gặp người")
    assert woman.reasons == ["asked"]
    woman.took(turns=6, words=350)


def test_a_land_book_that_burnt_is_no_fire_any_more() -> None:
    man = Journey(LIBRARY)
    man.come_by("na-ri")
    told = man.say("nhà bị cháy, sổ đỏ cháy mất rồi, giờ làm lại thế nào")
    assert "Làm lại sổ đỏ bị mất" in told
    assert "114" not in told
    man.tap("Nhà tôi cần giấy gì")
    man.say("mất cả quyển")
    man.answer("tên tôi và vợ tôi", "Tên tôi")
    assert "Đơn đăng ký biến động" in man.read_papers()
    assert man.reasons == []
    man.took(turns=8, words=270)


def test_a_poor_house_is_reviewed_without_having_to_say_why() -> None:
    woman = Journey(LIBRARY)
    woman.come_by("na-ri")
    assert "Hộ nghèo, hộ cận nghèo" in woman.say("nhà tôi khổ quá, muốn xin xét hộ nghèo thì làm thế nào")
    woman.tap("Nhà tôi cần giấy gì")
    woman.answer("xin xét vào hộ nghèo", "Xin xét")
    assert "Giấy đề nghị rà soát hộ nghèo" in woman.read_papers()
    woman.took(turns=5, words=305)


def test_who_only_speaks_is_heard_by_a_person_and_never_told_to_type() -> None:
    man = Journey(LIBRARY)
    man.come_by("na-ri")
    for _ in range(3):
        told = man.send(Message(attachment="voice"))
        assert "người của tổ nghe rồi trả lời bác" in told
        assert "gõ chữ" not in told
        assert "đã trả lời" not in told, "nothing was answered yet"
        assert "Bác muốn làm việc gì" not in told, "who does not write has little to read"
    assert man.reasons == ["attachment"] * 3, "each recording calls them"
    man.took(turns=4, words=250)


def test_a_long_story_is_one_question_back() -> None:
    man = Journey(LIBRARY)
    man.come_by("na-ri")
    told = man.say(
        "Chào cán bộ, chuyện là nhà tôi có mảnh đất ông nội để lại, ông mất năm 2010, bố tôi cũng mất rồi, giờ mấy anh em"
        " muốn chia ra mỗi người một phần mà sổ đỏ vẫn đứng tên ông nội, bà con bảo phải làm thừa kế, tôi không biết bắt"
        " đầu từ đâu"
    )
    assert told == "Bác cần việc nào ạ?"
    assert man.labels[0] == "Nhận thừa kế đất đai"
    man.tap("Nhận thừa kế")
    told = man.say(
        "Sổ vẫn đứng tên ông nội tôi, có năm anh em, một người ở Bình Dương không về được, thế có làm được không hả cán bộ"
    )
    assert "Người ở xa ra uỷ ban xã nơi họ đang ở" in told
    man.tap("Nhờ tổ hỏi giúp")
    (asked,) = [effect for effect in man.effects if isinstance(effect, OpenTicket)]
    assert "Bình Dương" in asked.question
    man.took(turns=5, words=395)


def test_who_answers_nothing_is_offered_a_person_before_they_go() -> None:
    man = Journey(LIBRARY)
    man.come_by("na-ri_khai-sinh")
    man.send(Message(attachment="sticker"))
    man.tap("Nhà tôi cần giấy gì")
    man.say("", "ừ")
    assert "Em nhờ người của tổ công nghệ số giúp bác" in man.say("ừ")
    assert ASKED_FOR_PERSON in man.tap("Gặp người")
    assert man.reasons == ["misses"]
    man.took(turns=7, words=280, misses=2)


def test_a_helper_of_three_keeps_each_apart() -> None:
    helper = Journey(LIBRARY)
    helper.come_by("na-ri")
    helper.say("làm hộ bà hàng xóm")
    helper.tap("Đúng rồi")
    helper.say("tiền tuổi già")
    helper.tap("Nhà tôi cần giấy gì", "Xin lần đầu", "Đủ 75 tuổi")
    helper.read_papers()
    hers = dict(helper.state.answers)
    assert "cho ông cậu" in helper.say("xong rồi, giờ làm cho ông cậu")
    helper.say("ông mất căn cước")
    helper.tap("Nhà tôi cần giấy gì", "Người từ 14 tuổi")
    assert "Số định danh" in helper.tap("Mất thẻ")
    helper.say("giờ làm cho chị Mến")
    assert "Cho con vào lớp 1" in helper.say("xin cho con vào lớp 1")
    again = helper.say("quay lại việc của bà hàng xóm")
    assert "bà hàng xóm" in again
    assert (helper.state.procedure, dict(helper.state.answers)) == ("huu-tri-xa-hoi", hers)
    assert "lớp 1" not in again
    assert "Làm thẻ căn cước" not in again
    helper.took(turns=17, words=800)


def test_who_comes_back_after_three_weeks_goes_on_where_they_stopped() -> None:
    woman = Journey(LIBRARY)
    woman.come_by("na-ri_ho-ngheo")
    woman.tap("Đi từng bước")
    woman.first()
    step = woman.first()
    woman.say("để sau nhé")
    answers = dict(woman.state.answers)
    woman.later(days=21)
    told = woman.say("chào em")
    assert told.startswith("Chào bác quay lại. Mình đang làm dở “Hộ nghèo, hộ cận nghèo”")
    assert told.endswith(step)
    assert woman.state.answers == answers
    assert woman.first() != step
    woman.took(turns=7, words=540)
