"""Likely khiếu nại and tố cáo are found in what people write, with and without diacritics."""

from __future__ import annotations

import pytest

from survey_app.feedback.rules.diversion import suspected_kind
from survey_app.feedback.rules.kinds import GrievanceKind

DENUNCIATIONS = [
    "Tôi tố cáo ông Trưởng phòng nhận hối lộ 5 triệu đồng để làm sổ đỏ.",
    "toi to cao ong truong phong nhan tien",
    "TÔI TỐ CÁO cán bộ địa chính xã làm khống hồ sơ đền bù.",
    "Đơn tố cáo\nKính gửi: Chủ tịch UBND xã\nTôi tên là Hoàng Văn A",
    "Gia đình tôi xin tố giác việc cán bộ thôn bớt xén tiền hỗ trợ.",
    "Cán bộ này đòi hối lộ mới cho làm thủ tục.",
    "can bo thue an hoi lo cua cac ho kinh doanh",
    "Kế toán xã tham ô tiền hỗ trợ hộ nghèo.",
    "Ông phó chủ tịch biển thủ tiền quỹ vì người nghèo.",
    "Họ rút ruột công trình đường bê tông thôn tôi.",
    "Nhân viên cứ vòi tiền, không đưa thì để hồ sơ cả tháng.",
    "Tôi muốn tố cáo chứ không phải góp ý.",
    "Đề nghị xử lý, nếu không tôi sẽ tố cáo lên tỉnh.",
    "Bà con đã tố cáo nhiều lần mà không ai giải quyết.",
    "Công an xã lấy tiền hối lộ của tôi",
    "Xin gui don to cao can bo tu phap xa",
]
COMPLAINTS = [
    "Tôi khiếu nại quyết định số 12/QĐ-UBND về thu hồi đất của gia đình tôi.",
    "toi khieu nai quyet dinh so 12 ve viec thu hoi dat",
    "ĐƠN KHIẾU NẠI. Kính gửi UBND huyện",
    "Đề nghị hủy quyết định xử phạt hành chính đối với tôi vì không đúng.",
    "Gia đình tôi không đồng ý với quyết định thu hồi đất số 45.",
    "Tôi gửi đơn khiếu nại lần thứ hai về việc cấp giấy chứng nhận.",
    "Chưa giải quyết đơn khiếu nại của tôi từ tháng 3.",
    "Tôi phản đối quyết định cưỡng chế của xã.",
    "Nhà tôi khiếu kiện đã hai năm về ranh giới đất.",
    "Xem xét lại quyết định bồi thường cho hộ tôi, giá thấp quá.",
    "yeu cau huy bo quyet dinh ky luat doi voi toi",
    "Tôi xin khiếu nại cách tính thuế đất của chi cục.",
    "Hỏi cách giải quyết khiếu nại của gia đình tôi đến đâu rồi.",
]
NEITHER = [
    "Đèn đường trước nhà số 12 bị hỏng đã hai tuần.",
    "den duong truoc nha so 12 bi hong",
    "Cán bộ một cửa hướng dẫn rất tận tình, xin cảm ơn.",
    "Chờ ba tiếng mới nộp được hồ sơ, đề nghị thêm quầy.",
    "Đây không phải đơn khiếu nại, tôi chỉ góp ý.",
    "Tôi không tố cáo ai, chỉ mong cán bộ niềm nở hơn.",
    "toi khong khieu nai gi, chi gop y thoi",
    "Cho tôi hỏi thủ tục khiếu nại như thế nào?",
    "Xin hướng dẫn cách viết đơn khiếu nại.",
    "Luật Tố cáo năm 2018 quy định thế nào về bảo vệ người dân?",
    "Đề nghị mở lớp tập huấn về khiếu nại cho cán bộ thôn.",
    "Phòng tiếp công dân giải quyết khiếu nại ở tầng mấy?",
    "Thời hạn giải quyết khiếu nại là bao nhiêu ngày?",
    "Ông cán bộ to cao ngồi quầy 2 rất nhiệt tình.",
    "Anh bảo vệ to cao, da ngăm, giúp tôi gửi xe.",
    "Cột điện to cao quá chắn lối đi.",
    "Quyết định số 15 về mức thu phí khó hiểu, xin giải thích.",
    "Xe rác không đến thôn đã năm ngày.",
    "Thủ tục khai sinh phải đi lại ba lần, đề nghị rút gọn.",
    "Tôi chưa khiếu nại bao giờ, chỉ muốn hỏi giờ làm việc.",
    "Rác thải đổ ra suối, mùi rất hôi.",
    "Khen chị cán bộ tư pháp làm việc nhanh.",
    "Nước máy đục từ sáng thứ hai.",
    "Đường vào thôn lầy lội, xe không đi được.",
    "Hồ sơ trễ hẹn 10 ngày mà không có thư xin lỗi.",
    "Mong thu hồi quyết định dời chợ vì bà con đi xa.",
    "Xin hỏi mẫu đơn tố cáo lấy ở đâu?",
    "Wifi ở bộ phận một cửa không vào được.",
    "Bảng giá lệ phí treo cao quá không đọc được.",
    "Công tác tiếp công dân, giải quyết khiếu nại tố cáo của xã làm tốt.",
    "Chổ nộp hồ sơ nóng, cần thêm quạt.",
    "Không có ai to cao hơn tôi mà ghế thì thấp.",
]


class TestSuspectedKind:
    @pytest.mark.parametrize("text", DENUNCIATIONS)
    def test_finds_a_denunciation(self, text: str) -> None:
        assert suspected_kind(text) is GrievanceKind.DENUNCIATION

    @pytest.mark.parametrize("text", COMPLAINTS)
    def test_finds_a_complaint(self, text: str) -> None:
        assert suspected_kind(text) is GrievanceKind.COMPLAINT

    @pytest.mark.parametrize("text", NEITHER)
    def test_leaves_the_rest_alone(self, text: str) -> None:
        assert suspected_kind(text) is None

    def test_takes_the_longest_text_in_little_time(self) -> None:
        assert suspected_kind("không phải là đơn " * 600 + "khiếu nại") is None
