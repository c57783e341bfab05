"""The mistakes that an official makes, and what they read then: one line, the one cause, what to write instead, no English."""

from datetime import date

import pytest

from flows.checks.check import check
from flows.definition.loading import load
from flows.definition.yaml_source import ContentError, Problem
from tests.library import ASKED, CAT, COMMUNE, HOUSE, PROVINCE, SHARED, bot_yaml, files

TODAY = date(2026, 11, 23)
GOOD = {
    "asked": ("procedures/lam-nha.questions.yaml", ASKED),
    "house": ("procedures/lam-nha.yaml", HOUSE),
    "cat": ("procedures/nuoi-meo.yaml", CAT),
    "shared": ("shared/nop.yaml", SHARED),
    "province": ("provinces/thu.yaml", PROVINCE),
    "commune": ("communes/ban-moi.yaml", COMMUNE),
    "sources": ("sources.yaml", "so-tay: {title: Sổ tay, date: 2026-10-01}\n"),
    "bot": ("bot.yaml", bot_yaml()),
    "menu": ("menu.yaml", "nha: {title: Nhà cửa, procedures: [lam-nha, nuoi-meo]}\n"),
}

# which file, what stands there, what the official wrote instead; the line, and all that they are told
MISTAKES = {
    "tab": ("house", "    kind: tell", "\tkind: tell", 24, "đầu dòng có phím Tab: xoá đi, gõ bằng dấu cách"),
    "no closing double quote": ("house", "text: Nhà mấy tầng?", "text: \"Nhà mấy tầng?", 37, "ngoặc kép mở mà chưa đóng: viết `text: \"Nhà mấy tầng?\"`"),
    "no closing single quote": ("house", "text: Nhà mấy tầng?", "text: 'Nhà mấy tầng?", 37, "ngoặc kép mở mà chưa đóng: viết `text: 'Nhà mấy tầng?'`"),
    "colon in a sentence": ("house", "text: Bác hỏi bản về đất trước.", "text: Bác nhớ: hỏi bản về đất.", 25, "câu có dấu hai chấm thì đặt cả câu trong ngoặc kép: viết `text: \"Bác nhớ: hỏi bản về đất.\"`"),
    "comma in braces": ("house", "{text: Dựng nhà, source", "{text: Dựng nhà, sửa nhà, source", 7, "dấu phẩy trong {…} cắt câu làm hai: đặt cả câu trong ngoặc kép, `text: \"Dựng nhà, sửa nhà\"`"),
    "comma in braces, colon": ("cat", "text: Bác cho mèo ăn.}", "text: Bác cho mèo ăn, uống.}", 14, "dấu phẩy trong {…} cắt câu làm hai: đặt cả câu trong ngoặc kép, `text: \"Bác cho mèo ăn, uống.\"`"),
    "word quotes": ("house", "text: Bác hỏi bản về đất trước.", "text: “Bác nhớ: hỏi bản”", 25, "ngoặc kép cong của Word không giữ được câu có dấu hai chấm: viết `text: \"Bác nhớ: hỏi bản\"`"),
    "word quotes in braces": ("house", "{text: Dựng nhà, source", "{text: “Dựng nhà, sửa nhà”, source", 7, "dấu phẩy trong {…} cắt câu làm hai: đặt cả câu trong ngoặc kép, `text: \"Dựng nhà, sửa nhà\"`"),
    "no space after colon": ("house", "title: Làm nhà", "title:Làm nhà", 3, "thiếu dấu cách sau dấu hai chấm: viết `title: Làm nhà`"),
    "no space after dash": ("house", "  - id: di-muon", "  -id: di-muon", 23, "thiếu dấu cách sau gạch đầu dòng: viết `- id: di-muon`"),
    "a space too few": ("house", "    kind: tell\n", "   kind: tell\n", 24, "thụt dòng lệch: đầu dòng đang có 3 dấu cách, để 4 cho thẳng với dòng cùng mức ở trên"),
    "a space too many": ("house", "    kind: tell\n", "     kind: tell\n", 24, "thụt dòng lệch: đầu dòng đang có 5 dấu cách, để 4 cho thẳng với dòng cùng mức ở trên"),
    "no closing brace": ("house", "{id: co, label: Có rồi, spoken: yes, says: [đất có rồi]}", "{id: co, label: Có rồi, spoken: yes, says: [đất có rồi]", 21, "thiếu dấu đóng }: viết `- {id: co, label: Có rồi, spoken: yes, says: [đất có rồi]}`"),
    "no closing bracket": ("house", "says: [làm nhà, xây nhà, muốn dựng cái nhà]", "says: [làm nhà, xây nhà, muốn dựng cái nhà", 5, "thiếu dấu đóng ]: viết `says: [làm nhà, xây nhà, muốn dựng cái nhà]`"),
    "begins with star": ("house", "text: Bác hỏi bản về đất trước.", "text: *Chú ý* bác hỏi bản.", 25, "câu bắt đầu bằng “*” thì đặt cả câu trong ngoặc kép: viết `text: \"*Chú ý* bác hỏi bản.\"`"),
    "begins with percent": ("house", "text: Bác hỏi bản về đất trước.", "text: %50 bác hỏi bản.", 25, "câu bắt đầu bằng “%” thì đặt cả câu trong ngoặc kép: viết `text: \"%50 bác hỏi bản.\"`"),
    "begins with at": ("house", "text: Bác hỏi bản về đất trước.", "text: @bác hỏi bản.", 25, "câu bắt đầu bằng “@” thì đặt cả câu trong ngoặc kép: viết `text: \"@bác hỏi bản.\"`"),
    "begins with place": ("house", "text: Bác hỏi bản về đất trước.", "text: {commune.name} có bản đồ.", 25, "câu bắt đầu bằng chỗ điền {…} thì đặt cả câu trong ngoặc kép: viết `text: \"{commune.name} có bản đồ.\"`"),
    "begins with dash": ("house", "text: Bác hỏi bản về đất trước.", "text: - Bác hỏi bản.", 25, "câu bắt đầu bằng “-” thì đặt cả câu trong ngoặc kép: viết `text: \"- Bác hỏi bản.\"`"),
    "begins with bracket": ("house", "text: Bác hỏi bản về đất trước.", "text: [Mới] Bác hỏi bản.", 25, "câu bắt đầu bằng “[” thì đặt cả câu trong ngoặc kép: viết `text: \"[Mới] Bác hỏi bản.\"`"),
    "begins with brace": ("house", "text: Bác hỏi bản về đất trước.", "text: {Mới} Bác hỏi bản.", 25, "câu bắt đầu bằng “{” thì đặt cả câu trong ngoặc kép: viết `text: \"{Mới} Bác hỏi bản.\"`"),
    "quotes within": ("house", "text: Bác hỏi bản về đất trước.", "text: \"Bác hỏi \"bản\" về đất.\"", 25, "ngoặc kép đóng giữa câu: trong câu thì dùng “…”: viết `text: \"Bác hỏi “bản” về đất.\"`"),
    "no dash": ("shared", "  - {id: nop-don", "  - {id: xem, kind: tell, text: Xem.}\n  xem lại\n  - {id: nop-don", 5, "thiếu gạch đầu dòng: viết `- xem lại`"),
    "no space, alone": ("house", "fee: {certainty: unconfirmed}", "fee:\n    certainty:unconfirmed", 13, "thiếu dấu cách sau dấu hai chấm: viết `certainty: unconfirmed`"),
    "runs on": ("house", "text: Bác hỏi bản về đất trước.", "text: Bác hỏi bản.\n      Nhớ mang theo: giấy cũ.", 26, "câu xuống dòng giữa chừng: ghi `text: |-` ở dòng trên, rồi viết cả câu ở các dòng dưới, thụt vào như dòng này"),
    "out of the block": ("house", "text: Bác hỏi bản về đất trước.", "text: |-\n      Bác hỏi bản.\n    Nhớ mang theo: giấy cũ.", 27, "“Nhớ mang theo…” không phải tên mục: lời nói tiếp thì thụt vào cho thẳng với dòng trên, câu riêng thì đặt trong ngoặc kép"),
    "place left open": ("house", "{commune.address}\"", "{commune.address\"", 8, "chỗ điền {…} thiếu một dấu: viết đủ cả hai, như {commune.name}"),
    "tag": ("house", "text: Bác hỏi bản về đất trước.", "text: Bác <b>hỏi</b> bản về đất.", 25, "<b> là chữ của trang web, bà con sẽ đọc thấy nó: xoá đi"),
    "draft": ("house", "text: Bác hỏi bản về đất trước.", "text: Bác hỏi ......", 25, "“......” là chữ viết nháp: viết nốt, hoặc ghi certainty: unconfirmed"),
    "only marks": ("house", "text: Bác hỏi bản về đất trước.", "text: –", 25, "“–” chưa nói gì: viết nội dung, hoặc xoá dòng này"),
    "other site": ("house", "text: Bác hỏi bản về đất trước.", "text: Bác xem dichvucong-gov.vn trước.", 25, "“dichvucong-gov.vn” không phải trang của nhà nước (đuôi .gov.vn): xem lại, hoặc bỏ đi"),
    "site": ("sources", "date: 2026-10-01}", "date: 2026-10-01, url: dichvucong.gov.vn}", 1, "`url` là địa chỉ trang, bắt đầu bằng https://: “dichvucong.gov.vn” không đúng"),
    "cut by #": ("house", "text: Nhà mấy tầng?", "text: Nhà số #5 mấy tầng?", 37, "chữ từ dấu # trở đi bị cắt mất: đặt cả câu trong ngoặc kép \"…\"; lời ghi chú thì viết ở dòng riêng"),
    "misspelt key": ("house", "title: Làm nhà", "tittle: Làm nhà", 3, "không biết mục `tittle`: viết `title`"),
    "capital key": ("house", "title: Làm nhà", "Title: Làm nhà", 3, "không biết mục `Title`: viết `title`"),
    "vn key": ("house", "why: Không", "vi-sao: Không", 19, "không biết mục `vi-sao`: xoá đi hoặc sửa chính tả"),
    "dmy": ("cat", "checked: 2026-11-01", "checked: 23/11/2026", 7, "`checked` viết năm trước, tháng, rồi ngày: 2026-11-23"),
    "d-m-y": ("cat", "checked: 2026-11-01", "checked: 23-11-2026", 7, "`checked` viết năm trước, tháng, rồi ngày: 2026-11-23"),
    "month": ("house", "review_by: 2027-02-20", "review_by: tháng 12", 14, "`review_by` phải là một ngày, viết như 2026-11-23"),
    "no such day": ("cat", "checked: 2026-11-01", "checked: 2026-02-30", 7, "`checked`: trong lịch không có ngày 2026-02-30, viết năm trước, tháng, rồi ngày"),
    "no zero": ("cat", "checked: 2026-11-01", "checked: 2026-11-1", 7, "`checked` thiếu số 0: viết 2026-11-01"),
    "day to come": ("cat", "checked: 2026-11-01", "checked: 2027-11-01", 7, "ngày kiểm tra 2027-11-01 chưa tới: sửa `checked` thành ngày đã xem"),
    "key twice": ("house", "title: Làm nhà", "title: Làm nhà\ntitle: Xây", 4, "`title` viết hai lần: giữ lại một"),
    "empty": ("house", "text: Bác làm nhà gì?", "text:", 29, "`text` đang để trống: viết nội dung, hoặc xoá dòng này"),
    "empty source": ("cat", "name: {text: Nuôi mèo, source: so-tay,", "name: {text: Nuôi mèo, source: ,", 7, "source và checked đi cùng nhau: ghi cả nguồn lẫn ngày kiểm tra"),
    "unknown source": ("cat", "source: so-tay", "source: so-tai", 7, "không có nguồn `so-tai` trong sources.yaml: thêm nguồn hoặc sửa tên (hay là `so-tay`?)"),
    "no checked": ("cat", ", checked: 2026-11-01", "", 7, "source và checked đi cùng nhau: ghi cả nguồn lẫn ngày kiểm tra"),
    "no source": ("cat", ", source: so-tay, checked: 2026-11-01", "", 7, "thiếu source và checked: ghi nguồn, hoặc ghi certainty: unconfirmed"),
    "certainty": ("house", "certainty: single", "certainty: chắc", 13, "`certainty` đang là `chắc`, phải là một trong confirmed, single, unconfirmed"),
    "kind": ("house", "kind: tell", "kind: hoi", 23, "kind phải là ask, tell, papers, do hoặc done (hay dùng use)"),
    "no kind": ("house", "    kind: tell\n", "", 23, "thiếu kind: ghi ask, tell, papers, do hoặc done (hay dùng use)"),
    "id accents": ("house", "id: tang\n", "id: tầng\n", 35, "`id` là mã, chỉ gồm chữ thường không dấu, số và gạch nối: viết tang"),
    "id space": ("house", "id: tang\n", "id: so tang\n", 35, "`id` là mã, chỉ gồm chữ thường không dấu, số và gạch nối: viết so-tang"),
    "id long": ("house", "id: tang\n", "id: so-tang-cua-ngoi-nha-ma-bac-xay\n", 35, "`id` dài quá 24 ký tự: viết ngắn lại"),
    "label long": ("house", "label: Một tầng", "label: Nhà một tầng không kể tầng hầm và không kể gác xép ở phía trên", 40, "`label` dài quá 60 ký tự: viết ngắn lại"),
    "one option": ("house", "      - {id: hai, label: Hai tầng}\n", "", 35, "câu hỏi cần từ 2 đến 6 lựa chọn"),
    "alike": ("house", "label: Hai tầng", "label: một tang", 41, "“một tang” đọc không dấu thì giống lựa chọn `mot`: đổi cách nói"),
    "when nothing": ("house", "when: {co-dat: chua}", "when: {co-nha: chua}", 26, "`co-nha` không phải câu hỏi nào ở phía trên: sửa tên, hoặc đưa câu hỏi lên trên"),
    "when no option": ("house", "when: {co-dat: chua}", "when: {co-dat: khong}", 26, "câu hỏi `co-dat` không có lựa chọn `khong`: dùng chua, co"),
    "when later": ("house", "when: {co-dat: co}", "when: {tang: hai}", 30, "`tang` không phải câu hỏi nào ở phía trên: sửa tên, hoặc đưa câu hỏi lên trên"),
    "use": ("house", "use: nop", "use: nop-don", 57, "không có shared/nop-don.yaml: sửa tên sau `use` (hay là `nop`?)"),
    "no done": ("cat", "  - {id: xong-meo, kind: done, text: Bác chơi với mèo.}\n", "", 14, "bước cuối phải là kind: done và không có when, để ai cũng đi được tới cuối"),
    "file name": ("cat", "id: nuoi-meo", "id: nuoi-cho", 1, "id là `nuoi-cho`, tên tệp phải là procedures/nuoi-cho.yaml: sửa id, hoặc đổi tên tệp"),
    "commune id": ("commune", "id: ban-moi", "id: ban-cu", 1, "id là `ban-cu`, tên tệp phải là communes/ban-cu.yaml: sửa id, hoặc đổi tên tệp"),
    "menu missing": ("menu", "lam-nha, nuoi-meo", "lam-nha", 1, "thủ tục `nuoi-meo` chưa có trong nhóm nào: thêm mã vào một nhóm, ở mục procedures"),
    "menu twice": ("menu", "lam-nha, nuoi-meo", "lam-nha, nuoi-meo, nuoi-meo", 1, "thủ tục `nuoi-meo` nằm trong hai nhóm: bỏ ở một nhóm, ở mục procedures"),
    "menu unknown": ("menu", "nuoi-meo]", "nuoi-meo, nuoi-cho]", 1, "không có thủ tục `nuoi-cho`: sửa tên, hoặc bỏ đi (hay là `nuoi-meo`?)"),
    "unknown place": ("house", "{fact.time}", "{thoi-gian}", 60, "không biết chỗ điền {thoi-gian}: dùng {commune.…}, {fact.…}, {procedure.…}, {value.…} có sẵn"),
    "misspelt place": ("house", "{commune.address}\"", "{commune.adress}\"", 8, "không biết chỗ điền {commune.adress}: dùng {commune.…}, {fact.…}, {procedure.…}, {value.…} có sẵn (hay là `commune.address`?)"),
    "source twice": ("sources", "so-tay: {title: Sổ tay, date: 2026-10-01}\n", "so-tay: {title: Sổ tay, date: 2026-10-01}\nso-tay: {title: Sổ tay, date: 2026-10-01}\n", 2, "`so-tay` viết hai lần: giữ lại một"),
    "province": ("commune", "province: thu", "province: tỉnh Thử", 3, "`province` là mã, chỉ gồm chữ thường không dấu, số và gạch nối: viết tinh-thu"),
    "province 2": ("commune", "province: thu", "province: thai-nguyen", 3, "không có provinces/thai-nguyen.yaml: thêm tệp ấy, hoặc dùng một trong thu"),
    "hours": ("commune", "values:", "team: {hours: {t2: [7h30 đến 11h30]}}\nvalues:", 8, "giờ viết dạng 7:30-11:30"),
    "weekday": ("commune", "values:", "team: {hours: {thứ 2: [7:30-11:30]}}\nvalues:", 8, "không có mục `thứ 2` ở đây: phải là một trong t2, t3, t4, t5, t6, t7, cn"),
    "go": ("house", "    text: Bác hỏi bản về đất trước.", "    go: nuoi-cho\n    text: Bác hỏi.", 25, "không có việc `nuoi-cho`: ghi mã một thủ tục, hay một mã trong events.yaml (hay là `nuoi-meo`?)"),
    "bool": ("house", "{id: anh, name: Ảnh, certainty: unconfirmed}", "{id: anh, name: Ảnh, certainty: unconfirmed, optional: có}", 48, "`optional` chỉ ghi true (có) hoặc false (không)"),
    "says text": ("cat", "says: [nuôi mèo, xin con mèo]", "says: nuôi mèo", 5, "`says` phải là danh sách, mỗi dòng bắt đầu bằng dấu gạch, hay viết [một, hai]"),
    "two phrases": ("cat", "[nuôi mèo, xin con mèo]", "[nuôi mèo, lam nha]", 5, "câu “lam nha” cũng là của `lam-nha`: bỏ ở một nơi"),
    "one ask": ("asked", "[mượn thợ ở đâu, tho o dau gioi]", "[mượn thợ ở đâu]", 2, "`asks` cần ít nhất 2 mục"),
    "both": ("asked", "place: time", "place: time, text: mai", 1, "ghi đúng một trong ba: place, text hay decided_by"),
    "past": ("house", "review_by: 2027-02-20", "review_by: 2026-11-01", 14, "facts.result quá hạn xem lại 2026-11-01: kiểm tra rồi sửa checked và review_by"),
    "nobody": ("house", "Bác hỏi bản về", "Bác hỏi lại xã về", 25, "“hỏi lại xã” là ai: ghi rõ, ví dụ hỏi cán bộ hộ tịch xã"),
    "nobody told": ("house", "Bác hỏi bản về", "Bác báo xã sớm về", 25, "“báo xã” là ai: ghi rõ, ví dụ hỏi cán bộ hộ tịch xã"),
    "outlives": ("house", "Bác hỏi bản về đất trước.", "Đến hết 28/02/2027 không mất tiền.", 25, "câu này chỉ đúng “Đến hết 28/02/2027”: ghi review_by: 2027-02-28"),
    "no such last day": ("house", "Bác hỏi bản về đất trước.", "Đến 31/02/2027 không mất tiền.", 25, "trong lịch không có ngày “Đến 31/02/2027”: xem lại"),
    "file_at": ("house", "officer: ông trưởng bản\n", "officer: ông trưởng bản\nfile_at: xã\n", 3, "`file_at` đang là `xã`, phải là một trong commune, police, province, insurance, school"),
    "search code": ("house", "officer: ông trưởng bản\n", "officer: ông trưởng bản\nsearch_code: 1.00123\n", 3, "`code` là mã thủ tục, viết một số, dấu chấm, sáu số, như 1.001193: “1.00123” không đúng"),
    "percent comma": ("commune", "{percent: 12.7, source: so-tay, checked: 2026-11-01}", "{percent: \"12,7\", source: so-tay, checked: 2026-11-01}", 7, "`percent` phải là số, dùng dấu chấm, không kèm chữ: 12.7"),
    "population": ("commune", "source: so-tay\n", "population: 3.512 người\nsource: so-tay\n", 5, "`population` phải là số viết liền, không chấm, không kèm chữ: 3512"),
    "conflict": ("house", "title: Làm nhà", "<<<<<<< HEAD\ntitle: Làm nhà\n=======\ntitle: Xây\n>>>>>>> b", 3, "dòng do máy ghép hai bản sửa để lại: chọn giữ một bản, rồi xoá các dòng <<<<<<<, =======, >>>>>>>"),
    "two docs": ("cat", "title: Nuôi mèo", "---\ntitle: Nuôi mèo", 3, "dòng --- tách tệp làm hai: xoá dòng này"),
    "steps no dash": ("shared", "  - {id: nop-don", "  {id: nop-don", 3, "`steps` phải là danh sách, mỗi dòng bắt đầu bằng dấu gạch, hay viết [một, hai]"),
    "step item text": ("cat", "  - {id: cho-an, kind: do, text: Bác cho mèo ăn.}", "  - Bác cho mèo ăn.", 14, "mỗi bước cần các mục con: `- id: …`, rồi `kind`, `text` thụt vào ở dưới"),
    "address text": ("commune", "  address: {text: nhà sàn giữa bản, source: so-tay, checked: 2026-11-01}", "  address: nhà sàn giữa bản", 9, "`address` cần kèm nguồn, viết trong ngoặc nhọn: {text: \"…\", source: mã-nguồn, checked: 2026-11-23}"),
    "fact text": ("cat", "  time: {text: một buổi, source: so-tay, checked: 2026-11-01}", "  time: một buổi", 9, "`time` cần kèm nguồn, viết trong ngoặc nhọn: {text: \"…\", source: mã-nguồn, checked: 2026-11-23}"),
    "unknown value": ("commune", "  address:", "  dia-chi:", 9, "không có mục `dia-chi` ở đây: phải là một trong address, hours, phone, team_hours, school, school_plan, local_fee, insurance, land_office, area"),
    "fact name": ("cat", "  fee:", "  le-phi:", 10, "không có mục `le-phi` ở đây: phải là một trong name, code, where, time, fee, benefit, who, result, law"),
    "no facts": ("cat", "  who: {text: ai cũng được, source: so-tay, checked: 2026-11-01}\n", "", 6, "thiếu facts.who: ghi vào, hoặc ghi certainty: unconfirmed"),
    "from dmy": ("house", "from: 2027-03-01", "from: 1/3/2027", 11, "`from` viết năm trước, tháng, rồi ngày: 2027-03-01"),
    "takes": ("house", "takes: 2 ngày", "takes: hai hôm", 51, "thời gian viết như 15 ngày hoặc 20 ngày làm việc"),
    "range": ("house", "{id: mot, label: Một tầng}", "{id: mot, label: Một tầng, age: 6-13}", 40, "khoảng số viết như 6..13, ..60, 2.. hoặc 2021"),
    "when not map": ("house", "when: {co-dat: chua}", "when: chua", 26, "`when` viết như {mã-câu-hỏi: mã-lựa-chọn}"),
    "semicolon": ("house", "title: Làm nhà", "title; Làm nhà", 3, "sau tên mục phải là dấu hai chấm: viết `title: Làm nhà`"),
    "equal": ("house", "title: Làm nhà", "title = Làm nhà", 3, "sau tên mục phải là dấu hai chấm: viết `title: Làm nhà`"),
    "fullwidth colon": ("house", "title: Làm nhà", "title：Làm nhà", 3, "sau tên mục phải là dấu hai chấm: viết `title: Làm nhà`"),
    "smart dash": ("house", "  - id: di-muon", "  – id: di-muon", 23, "đầu dòng là “–”, không phải dấu gạch thường: viết `- id: di-muon`"),
    "two keys on a line": ("cat", "title: Nuôi mèo", "title: Nuôi mèo summary: Nuôi một con", 3, "hai mục trên một dòng: xuống dòng trước `summary:`, cho thẳng với mục đứng trước"),
    "no colon": ("house", "title: Làm nhà", "title Làm nhà", 3, "thiếu dấu hai chấm sau `title`: viết `title: Làm nhà`"),
    "no colon in a step": ("house", "    kind: tell\n", "    kind tell\n", 24, "thiếu dấu hai chấm sau `kind`: viết `kind: tell`"),
    "no space in braces": ("house", "when: {co-dat: chua}", "when: {co-dat:chua}", 26, "thiếu dấu cách sau dấu hai chấm: viết `co-dat: chua`"),
    "colon in a list": ("cat", "says: [nuôi mèo,", "says: [nuôi mèo: xin,", 5, "câu có dấu hai chấm thì đặt cả câu trong ngoặc kép: viết `\"nuôi mèo: xin\"`"),
    "block not indented": ("house", "text: Bác hỏi bản về đất trước.", "text: |-\nBác hỏi bản về đất trước.", 26, "dưới `text: |-` thì dòng nào cũng thụt vào: để 6 dấu cách ở đầu dòng này"),
    "one line out of step": ("house", "    kind: tell\n", "kind: tell\n", 24, "thụt dòng lệch: đầu dòng đang có 0 dấu cách, để 4 cho thẳng với dòng cùng mức ở trên"),
    "address as source": ("cat", "source: so-tay", "source: https://dichvucong.gov.vn", 7, "`source` là mã một nguồn trong sources.yaml, không phải địa chỉ: thêm nguồn ở đó, rồi ghi mã của nó"),
    "y/m/d": ("cat", "checked: 2026-11-01", "checked: 2026/11/01", 7, "`checked` viết với gạch nối: 2026-11-01"),
    "day in words": ("cat", "checked: 2026-11-01", "checked: ngày 1 tháng 11 năm 2026", 7, "`checked` viết năm trước, tháng, rồi ngày: 2026-11-01"),
    "no day": ("house", "review_by: 2027-02-20", "review_by: 02/2027", 14, "`review_by` thiếu ngày: viết đủ năm, tháng, ngày, như 2026-11-23"),
    "two ways": ("house", "    text: Bác hỏi bản về đất trước.", "    go: nuoi-meo, lam-nha\n    text: Bác hỏi.", 25, "`go` có nhiều mã thì viết trong ngoặc vuông: [nuoi-meo, lam-nha]"),
    "begun code": ("menu", "nuoi-meo]", "nuoi-meo, nuoi]", 1, "không có thủ tục `nuoi`: sửa tên, hoặc bỏ đi (hay là `nuoi-meo`?)"),
    "answer id accents": ("asked", "muon-tho:", "mượn thợ:", 2, "`mượn thợ` là mã, chỉ gồm chữ thường không dấu, số và gạch nối: viết muon-tho"),
    "place of another sentence": ("bot", "'[heard] {answer}'", "'[heard] {tra loi}'", 74, "không biết chỗ điền {tra loi}: ở câu này dùng {answer}"),
    "option text": ("house", "{id: mot, label: Một tầng}", "Một tầng", 40, "mỗi lựa chọn viết trong ngoặc nhọn: `- {id: mot-tang, label: \"Một tầng\"}`"),
    "paper text": ("house", "{id: anh, name: Ảnh, certainty: unconfirmed}", "Ảnh 3x4", 48, "mỗi giấy tờ viết trong ngoặc nhọn, kèm nguồn: `- {id: anh-3x4, name: \"Ảnh 3x4\", source: mã-nguồn}`"),
    "another part's name": ("house", "{id: mot, label: Một tầng}", "{id: mot, text: Một tầng}", 40, "không biết mục `text`: viết `label`"),
    "papers to do": ("house", "kind: papers", "kind: do", 45, "`papers` chỉ dùng ở kind: papers, bước này là kind: do: sửa kind, hoặc chuyển mục này đi"),
    "several answers": ("house", "when: {co-dat: chua}", "when: {co-dat: chua, co}", 26, "nhiều câu, nhiều mã thì viết trong ngoặc vuông: `co-dat: [chua, co]`"),
    "several conditions": ("house", "when: {co-dat: chua}", "when: [{co-dat: chua}, {co-dat: co}]", 26, "nhiều điều kiện thì viết `when: {any: […]}` (một trong các điều) hoặc `when: {all: […]}` (đủ cả)"),
    "several words": ("house", "says: [nhà xây]", "says: nhà xây, nhà ngói", 33, "nhiều câu, nhiều mã thì viết trong ngoặc vuông: `says: [nhà xây, nhà ngói]`"),
    "defaults": ("house", "id: lam-nha\n", "defaults: {checked: 29/11}\nid: lam-nha\n", 1, "`checked` phải là một ngày, viết như 2026-11-23"),
    "source not indented": ("sources", "so-tay: {title: Sổ tay, date: 2026-10-01}\n", "so-tay: {title: Sổ tay, date: 2026-10-01}\ncong-van:\ntitle: Công văn\ndate: 2026-10-01\n", 3, "`title` là mục con của `cong-van`: thụt vào hai dấu cách, các dòng dưới nó cũng vậy"),
    "use with its ending": ("house", "use: nop", "use: nop.yaml", 57, "`use` là mã, chỉ gồm chữ thường không dấu, số và gạch nối: viết nop"),
    "used twice": ("cat", "  - {id: xong-meo", "  - use: nop\n  - use: nop\n  - {id: xong-meo", 16, "`use: nop` viết hai lần: bỏ một dòng, một `when` gộp được cả hai trường hợp"),
    "behind the end": ("cat", "text: Bác chơi với mèo.}\n", "text: Bác chơi với mèo.}\n  - {id: them, kind: tell, text: Mèo kêu.}\n", 15, "bước `xong-meo` (kind: done) phải đứng cuối: chuyển nó xuống dưới bước `them`"),
    "no name of the list": ("cat", "steps:\n", "", 13, "gạch đầu dòng này chưa thuộc mục nào: thêm dòng tên mục ở trên, như `steps:`"),
    "two values at once": ("cat", "time: {text: một buổi, source: so-tay, checked: 2026-11-01}", "time:\n    - {text: một buổi, source: so-tay, checked: 2026-11-01}\n    - {text: hai buổi, source: so-tay, checked: 2026-11-01}", 9, "hai giá trị cùng một lúc: bỏ một, hoặc ghi from, ngày giá trị sau bắt đầu dùng"),
    "closed by Word": ("house", "text: Nhà mấy tầng?", "text: \"Nhà mấy tầng?”", 37, "ngoặc kép mở mà chưa đóng: viết `text: \"Nhà mấy tầng?\"`"),
    "quotes at the beginning": ("house", "text: Nhà mấy tầng?", "text: \"Nhà\" mấy tầng?", 37, "ngoặc kép đóng giữa câu: trong câu thì dùng “…”: viết `text: \"“Nhà” mấy tầng?\"`"),
    "range turned": ("house", "{id: mot, label: Một tầng}", "{id: mot, label: Một tầng, age: 13..6}", 40, "khoảng số viết số nhỏ trước: 6..13"),
    "colon in braces": ("commune", "{text: nhà sàn giữa bản,", "{text: Nhà sàn: giữa bản,", 9, "câu có dấu hai chấm thì đặt cả câu trong ngoặc kép: viết `text: \"Nhà sàn: giữa bản\"`"),
    "value outside": ("commune", "values:\n", "phone: {text: gõ mõ, source: so-tay, checked: 2026-11-01}\nvalues:\n", 8, "`phone` là mục con của `values`: viết xuống dưới `values:`, thụt vào hai dấu cách"),
    "fact outside": ("cat", "facts:\n", "fee: {certainty: unconfirmed}\nfacts:\n", 6, "`fee` là mục con của `facts`: viết xuống dưới `facts:`, thụt vào hai dấu cách"),
    "accents in a name": ("house", "title: Làm nhà", "títle: Làm nhà", 3, "không biết mục `títle`: viết `title`"),
    "dash out of step": ("house", "      - {id: hai, label: Hai tầng}", "       - {id: hai, label: Hai tầng}", 41, "thụt dòng lệch: đầu dòng đang có 7 dấu cách, để 6 cho thẳng với dòng cùng mức ở trên"),
    "capital kind": ("house", "    kind: tell\n", "    Kind: tell\n", 23, "không biết mục `Kind`: viết `kind`"),
    "bracket open in braces": ("house", "{id: co, label: Có rồi, spoken: yes, says: [đất có rồi]}", "{id: co, label: Có rồi, spoken: yes, says: [đất có rồi}", 21, "thiếu dấu đóng ]: viết `- {id: co, label: Có rồi, spoken: yes, says: [đất có rồi]}`"),
    "two brackets open": ("house", "{id: co, label: Có rồi, spoken: yes, says: [đất có rồi]}", "{id: co, label: Có rồi, spoken: yes, says: [đất có rồi", 21, "thiếu dấu đóng ]: viết `- {id: co, label: Có rồi, spoken: yes, says: [đất có rồi]}`"),
    "slashes": ("house", "steps:\n", "// các bước\nsteps:\n", 15, "lời ghi chú bắt đầu bằng dấu #: viết `# các bước`"),
    "numbered": ("cat", "  - {id: cho-an, kind: do, text: Bác cho mèo ăn.}", "  1. {id: cho-an, kind: do, text: Bác cho mèo ăn.}", 14, "danh sách dùng dấu gạch, không đánh số: viết `- {id: cho-an, kind: do, text: Bác cho mèo ăn.}`"),
    "place in two pairs": ("house", "{fact.time}", "{{fact.time}}", 60, "chỗ điền chỉ có một cặp ngoặc, như {commune.name}: bỏ cặp thừa"),
    "one reason": ("cat", "facts:\n", "returned: [{id: thieu, label: Thiếu giấy}]\nfacts:\n", 6, "`returned` cần ít nhất 2 mục"),
    "sentence not indented": ("house", "text: Bác hỏi bản về đất trước.", "text:\n    Bác hỏi bản về đất trước.", 26, "dòng này không có tên mục: là lời của `text` thì ghi `text: |-` ở trên, rồi để 6 dấu cách ở đầu dòng này"),
    "quote open in braces": ("cat", "{text: một buổi, source", "{text: \"một buổi, source", 9, "ngoặc kép mở mà chưa đóng: viết `text: \"một buổi\"`"),
    "step out of step": ("house", "  - id: tang\n", "   - id: tang\n", 35, "thụt dòng lệch: đầu dòng đang có 3 dấu cách, để 2 cho thẳng với dòng cùng mức ở trên"),
    "default outside": ("cat", "id: nuoi-meo\n", "id: nuoi-meo\nchecked: 2026-11-01\n", 2, "`checked` là mục con của `defaults`: viết xuống dưới `defaults:`, thụt vào hai dấu cách"),
    "question renamed": ("house", "  - id: co-dat\n", "  - id: co-dat-chua\n", 26, "`co-dat` không phải câu hỏi nào ở phía trên: sửa tên, hoặc đưa câu hỏi lên trên (hay là `co-dat-chua`?), cả 1 chỗ nữa ở dưới"),
    "question of another's name": ("house", "  - id: tang\n", "  - id: co-dat\n", 35, "có hai bước cùng id `co-dat`: đổi tên một bước"),
    "quotes and a colon": ("house", "text: Nhà mấy tầng?", "text: Em hỏi: \"Nhà mấy tầng?\"", 37, "câu có dấu hai chấm thì đặt cả câu trong ngoặc kép: viết `text: \"Em hỏi: “Nhà mấy tầng?”\"`"),
    "a place in a source": ("sources", "title: Sổ tay,", "title: Sổ tay của tỉnh Thử,", 1, "“Thử” chỉ là nơi của một số bà con, mà ai hỏi nguồn cũng nghe tên này: bỏ tên nơi ấy"),
    "no such operator": ("house", "when: {co-dat: chua}", "when: {khong: {co-dat: co}}", 26, "trong when không có `khong`: dùng not, any, all, hoặc mã một câu hỏi"),
    "spoken twice": ("house", "spoken: not_yet", "spoken: yes", 16, "hai lựa chọn cùng `spoken: yes`: giữ một"),
    "odd bracket": ("house", "title: Làm nhà", "title: Làm nhà]", 3, "dấu [ ] bị lẻ: thêm dấu còn thiếu, hoặc xoá dấu thừa"),
    "wrong digit": ("house", "text: Bác hỏi bản về đất trước.", "text: Bác xem mã 1.999999 trước.", 25, "mã 1.999999 không có trong danh mục: xem lại từng số, hoặc ghi vào covers"),
    "two commas": ("house", "says: [làm nhà, xây nhà,", "says: [làm nhà,, xây nhà,", 5, "hai dấu phẩy liền nhau: viết `says: [làm nhà, xây nhà, muốn dựng cái nhà]`"),
    "apostrophe": ("house", "says: [đất có rồi]", "says: ['đất có rồi]", 21, "dấu ' mở mà chưa đóng: xoá dấu ấy, viết `- {id: co, label: Có rồi, spoken: yes, says: [đất có rồi]}`"),
    "condition without braces": ("house", "when: {co-dat: chua}", "when: co-dat: chua", 26, "điều kiện viết trong ngoặc nhọn: viết `when: {co-dat: chua}`"),
    "source with a dash": ("sources", "so-tay: {title: Sổ tay, date: 2026-10-01}\n", "so-tay: {title: Sổ tay, date: 2026-10-01}\n- cong-van:\n  title: Công văn\n", 2, "thừa dấu gạch: viết `cong-van:`"),
    "name with a dash": ("menu", "nha: {title: Nhà cửa, procedures: [lam-nha, nuoi-meo]}\n", "nha:\n  - title: Nhà cửa\n  procedures: [lam-nha, nuoi-meo]\n", 2, "thừa dấu gạch: viết `title: Nhà cửa`"),
    "year alone": ("sources", "date: 2026-10-01", "date: 2026", 1, "`date` thiếu ngày: viết đủ năm, tháng, ngày, như 2026-11-23"),
    "hours of no day": ("commune", "values:", "team: {hours: 7:30-11:30}\nvalues:", 8, "`hours` viết theo từng thứ, trong ngoặc nhọn: {t2: [7:30-11:30, 13:30-17:00]}"),
    "block turned": ("house", "text: Bác hỏi bản về đất trước.", "text: -|\n      Bác hỏi bản.", 25, "dấu mở đoạn dài viết là `|-`, rồi xuống dòng: sửa lại"),
    "block on its line": ("house", "text: Bác hỏi bản về đất trước.", "text: |- Bác hỏi bản.", 25, "sau `|-` thì xuống dòng: lời viết ở các dòng dưới, thụt vào hai dấu cách"),
    "fullwidth semicolon": ("house", "title: Làm nhà", "title； Làm nhà", 3, "sau tên mục phải là dấu hai chấm: viết `title: Làm nhà`"),
    "use without a colon": ("house", "use: nop", "use nop", 57, "thiếu dấu hai chấm sau `use`: viết `- use: nop`"),
    "quote swallows": ("house", "text: Bác hỏi bản về đất trước.", "text: \"Bác hỏi bản về đất trước.", 25, "ngoặc kép mở mà chưa đóng: viết `text: \"Bác hỏi bản về đất trước.\"`"),
    "list on its line": ("cat", "says: [nuôi mèo, xin con mèo]", "says: - nuôi mèo", 5, "danh sách thì xuống dòng trước gạch đầu tiên: dòng này chỉ ghi `says:`, mỗi gạch một dòng ở dưới"),
    "values not indented": ("commune", "  address: {", "address: {", 9, "`address` là mục con của `values`: viết xuống dưới `values:`, thụt vào hai dấu cách"),
    "place in other brackets": ("house", "{fact.time}", "[fact.time]", 60, "chỗ điền viết trong ngoặc nhọn: {fact.time}"),
    "stops at a comma": ("asked", "decided_by: ông trưởng bản", "decided_by: \"ông trưởng bản,\"", 2, "câu dừng ở dấu “,”: viết nốt, hoặc xoá dấu ấy"),
    "said twice": ("cat", "[nuôi mèo, xin con mèo]", "[nuôi mèo, Nuôi mèo]", 5, "“nuôi mèo” viết hai lần: bỏ một câu"),
}  # fmt: skip


def told(file: str, text: str) -> list[Problem]:
    try:
        found = check(load(files() | dict(GOOD.values()) | {file: text}), TODAY)
    except ContentError as error:
        return error.problems
    return [problem for problem in found if not problem.warning]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_once_where_it_is_with_what_to_write(name: str) -> None:
    part, good, bad, line, sentence = MISTAKES[name]
    file, text = GOOD[part]
    assert good in text, "the mistake would not be made"
    assert told(file, text.replace(good, bad, 1)) == [Problem(file, line, sentence)]


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("", 1, "tệp trống: chép lại nội dung, hoặc xoá tệp"),
        ("Nuôi mèo thế nào", 1, "tệp này chưa có mục nào: mỗi dòng viết tên mục, dấu hai chấm, rồi nội dung, như `name: …`"),
        ("\ufffd\ufffdi\0d\0:\0", 1, "tệp lưu kiểu “Unicode” (UTF-16): mở tệp, chọn Lưu thành (Save as), mục Mã hoá (Encoding) chọn UTF-8"),
        (CAT.replace("Nuôi mèo", "Nu\ufffdi m\ufffdo"), 3, "có chữ hỏng thành “\ufffd” vì tệp không lưu dạng UTF-8: gõ lại chữ ấy, rồi lưu với mã hoá UTF-8"),
    ],
)  # fmt: skip
def test_a_file_of_another_program_is_told_how_to_be_saved(text: str, line: int, sentence: str) -> None:
    assert told("procedures/nuoi-meo.yaml", text) == [Problem("procedures/nuoi-meo.yaml", line, sentence)]


CATALOGUE = "code,name,field,level,online,postal,direct,fee,decision,snapshot\n1.000014,Làm nhà,Nhà,Cấp Xã,,,,,1/QĐ,2026-07-18\n"
NO_EXCEL = "đừng sửa tệp này bằng Excel, chạy lại `motcua catalogue import`"
COLUMNS = "code,name,field,level,online,postal,direct,fee,decision,snapshot"


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        (CATALOGUE.replace(",", ";"), 1, f"dòng đầu phải là {COLUMNS}, cách nhau bằng dấu phẩy: {NO_EXCEL}"),
        (CATALOGUE.partition("\n")[2], 1, f"dòng đầu phải là {COLUMNS}, cách nhau bằng dấu phẩy: {NO_EXCEL}"),
        (CATALOGUE.replace("1.000014", "1.14E-4"), 2, f"dòng này sai ở code “1.14E-4”: {NO_EXCEL}"),
        (CATALOGUE.replace("2026-07-18", "18/07/2026"), 2, f"dòng này sai ở snapshot “18/07/2026”: {NO_EXCEL}"),
        (CATALOGUE + CATALOGUE.partition("\n")[2], 3, f"mã 1.000014 đã có ở dòng trên: {NO_EXCEL}"),
    ],
)
def test_a_catalogue_that_excel_has_changed_is_made_anew(text: str, line: int, sentence: str) -> None:
    assert told("catalogue.csv", text) == [Problem("catalogue.csv", line, sentence)]


def test_a_source_that_many_name_is_missed_once_a_file() -> None:
    (problem,) = told("procedures/nuoi-meo.yaml", CAT.replace("source: so-tay", "source: so-tai"))
    assert problem.text.endswith("chỗ nữa ở dưới")


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + CAT,
        CAT.replace("title: ", "title:\u00a0").replace("  - ", "\u00a0\u00a0-\u00a0"),
        CAT.replace("title", "tit\u200ble").replace("mèo", "me\u0300o"),
        CAT.replace("\n", "\r\n"),
    ],
)
def test_what_nobody_can_see_is_no_mistake(text: str) -> None:
    assert told("procedures/nuoi-meo.yaml", text) == []
    assert load(files() | {"procedures/nuoi-meo.yaml": text}).procedures["nuoi-meo"].title == "Nuôi mèo"
