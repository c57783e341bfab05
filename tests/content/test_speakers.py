"""How people name the languages that members may speak, with and without accents."""

from tests.content import LIBRARY


def test_the_languages_of_our_content_are_heard_with_and_without_accents() -> None:
    frames = LIBRARY.language_frames
    heard = {
        "tay": ["xin nói tiếng Tày", "noi tieng tay di", "phuối Tày đảy bấu"],
        "nung": ["cần cán bộ người Nùng", "nguoi nung"],
        "dao": ["bà chỉ nói được tiếng Dao", "tieng dao"],
        "mong": ["tiếng H'Mông", "noi tieng mong"],
        "san-chi": ["người Sán Chay", "tieng san chi"],
        "giay": ["tiếng Giáy"],
        "hoa": ["tiếng Hoa"],
    }
    assert {id_: [{one.id for one in frames.find(said)} for said in all_] for id_, all_ in heard.items()} == {
        id_: [{id_}] * len(all_) for id_, all_ in heard.items()
    }
    assert [frames.find(said) for said in ("nói tiếng dân tộc", "tay run không bấm được", "con dao")] == [()] * 3
