"""What is said in a conversation, in Vietnamese without accents, so that each text is one segment.

It says that answers are confidential, and not that they are anonymous: for 24 hours phone and answer are linked.
"""

from __future__ import annotations

from survey_app.texting.rules.conversation import Say

KEYWORD = "DG"
"""What a reply to a short code begins with: đánh giá."""

INVITATION = (
    "{unit}: Ong/ba cham diem phuc vu ho so 1-5 (5=rat hai long, 1=rat khong hai long). "
    "Soan DG {code} diem gui {number}. Tu choi: soan TC"
)
"""Invitation that is answered by text; 143 septets with "UBND tinh Cao Bang" and 8079."""
INVITATION_BY_LINK = (
    "{unit} moi ong/ba danh gia viec giai quyet ho so: {link} Mien phi, khong hoi mat khau/OTP. "
    "Tu choi: TC gui {number}"
)
INVITATION_BY_LINK_ONLY = (
    "{unit} moi ong/ba danh gia viec giai quyet ho so: {link} Mien phi, khong hoi mat khau/OTP. "
    "Tu choi: soan TC"
)
"""For senders that nobody can answer: the refusal reaches us through the carrier."""
REMINDER = (
    "{unit} mong ong/ba cham diem phuc vu ho so 1-5 (5=rat hai long). Soan DG {code} diem gui {number}. "
    "Nhac mot lan nay. Tu choi: soan TC"
)
REMINDER_BY_LINK = (
    "{unit} mong ong/ba danh gia viec giai quyet ho so: {link} Chi nhac mot lan nay. Tu choi: soan TC"
)
VARIABLES = frozenset({"unit", "code", "link", "number"})

WANTS_ANSWER = "xin tra loi"
"""What somebody texts who wants an answer to what they wrote, as it stands without accents."""

TEXTS = {
    Say.CLARIFY: "Xin tra loi 1 so tu 1 den 5 (5 = rat hai long, 1 = rat khong hai long).",
    Say.WHICH: (
        "Ong/ba co nhieu luot danh gia dang mo. Xin soan DG, ma 8 ky tu trong tin moi, roi diem 1-5, "
        "vi du: DG 7K3F9M2X 5"
    ),
    Say.THANKS: (
        "Cam on ong/ba da danh gia. Cau tra loi duoc bao mat va tach khoi so dien thoai sau 24 gio."
    ),
    Say.CHANGED: "Da ghi nhan diem moi thay diem truoc. Cam on ong/ba.",
    Say.RECEIVED: (
        "Da nhan y kien, se co can bo doc. Neu muon cham diem, xin tra loi 1 so tu 1 den 5 (5 = rat hai long). "
        "Can duoc tra loi: soan XIN TRA LOI"
    ),
    Say.COMPLAINT: (
        "Da nhan, se co can bo doc. Tin nhan nay khong thay don khieu nai, to cao: xin gui don den co quan "
        "co tham quyen. Can duoc tra loi: soan XIN TRA LOI"
    ),
    Say.HELP: (
        "Cham diem phuc vu: soan DG, ma trong tin moi, diem 1-5 (5 = rat hai long). "
        "Khong nhan tin nua: soan TC. Cau tra loi duoc bao mat."
    ),
    Say.WELCOME: "Da ghi nhan: ong/ba dong y nhan tin danh gia. Khong nhan tin nua: soan TC.",
    Say.ALREADY: "Luot nay da co danh gia roi. Cam on ong/ba.",
    Say.OVER: "Luot danh gia nay da ket thuc. Cam on ong/ba.",
}
"""Texts without variables; the others depend on the campaign."""
