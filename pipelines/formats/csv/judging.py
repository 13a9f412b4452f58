"""How much sense bytes make in each old encoding: Vietnamese by its syllables, CJK by the characters in daily use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.formats.csv import vietnamese

LEAST = 0.7
"""Of the words with marks, so many must be Vietnamese syllables: names of places and persons fill the rest."""
CLOSE = 0.04
READ = 20_000
_LAST = -0.9
"""The rank of what is believed only where nothing else is left."""
ASCII = 127

_ONSET = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx]"
_NUCLEUS = (
    "oai|oay|oao|oeo|uây|uôi|uya|uyê|uyu|ươi|ươu|iêu|yêu|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|oo|ôi|ơi|ua|uâ|uê|ui|uô|uơ|uy"
    "|ưa|ưi|ươ|ưu|yê|[aăâeêioôơuưy]"
)
_SYLLABLE = re.compile(rf"^({_ONSET})?({_NUCLEUS})(ng|nh|ch|[cmnpt])?$")
_SHORT_WORDS = "qđ nđ đvt đt gđ bđ cđ đh đk hđ hđnd lđ sđt đc tđ đ gcnqsdđ lđtbxh bgdđt tctđ"
_SHORT = frozenset(_SHORT_WORDS.split())
"""Abbreviations of the administration that hold a đ and no vowel."""
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u0323]+[^\W\d_]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An encoding, the share of the text that makes sense in it, and how it ranks among the others."""

    name: str
    share: float
    rank: float
    text: str


def ranked(sample: bytes) -> list[Judged]:
    """Judge a sample of lines in every old encoding; those in which it makes sense, best first."""
    found = [one for name in _JUDGES if (one := _judged(sample, name)) is not None]
    return sorted(found, key=lambda one: -one.rank)


def is_clear(judged: Sequence[Judged]) -> bool:
    """Whether the first is clearly better than the second, or reads the very same text."""
    if len(judged) < 2:  # noqa: PLR2004 - nothing to compare
        return True
    return judged[0].rank - judged[1].rank > CLOSE or judged[0].text == judged[1].text


def _judged(sample: bytes, name: str) -> Judged | None:
    text = _decoded(sample, name)
    if not text:
        return None
    share, bonus = _JUDGES[name](text)
    return Judged(name=name, share=share, rank=share + bonus, text=text) if share > 0 else None


def _decoded(sample: bytes, name: str) -> str:
    if name == "vni":
        try:
            return vietnamese.from_vni(sample.decode("cp1252"), strict=True)
        except UnicodeDecodeError:
            return ""
    if decode := vietnamese.decoder(name):
        return decode(sample, True)
    try:
        return sample.decode(_CODECS[name])
    except UnicodeDecodeError as wrong:
        # A line may be cut within a character; anything else tells against the encoding.
        return sample[: wrong.start].decode(_CODECS[name]) if wrong.start > 0.98 * len(sample) else ""


# --- Vietnamese -------------------------------------------------------------------------------------------------------


_USUAL_WORDS = (
    "và của là có được cho các một những trong với để không người này đã đến khi về từ như thì vào ra trên tại đó "
    "phải nhiều năm hoặc theo số thành phố tỉnh huyện quận phường xã thị trấn đường trường bệnh viện học sở ủy bộ "
    "cục tổng cộng giáo dục đào tạo kế hoạch đầu tư công ty trách nhiệm hữu hạn cổ phần nguyễn thị văn đức trần "
    "lê phạm hoàng hồ đặng bùi đỗ ngô dương hà nội hải phòng đà nẵng cần thơ hồ chí bình địa chỉ điện thoại ngày "
    "tháng mã tên loại đơn vị giá tiền đồng việt quốc gia diện tích dân hộ gia đình hoạt động cấp phép giấy chứng "
    "ghi chú quản lý kinh tế xây dựng nông nghiệp môi tài chính ngân sách dự án thôn ấp tổ khu vực thống kê doanh "
    "thương mại dịch vụ giới tính nam nữ quê quán trạng thái đang hết hiệu lực y tế cơ quan nhà nước cộng hòa xã "
    "hội chủ nghĩa độc lập tự do hạnh phúc bắc đông tây hưng yên thái vĩnh phúc quảng ninh lạng sơn cao bằng hòa "
    "giang lào điện biên nghệ thanh hóa thừa thiên huế đắk lắk lâm cà mau kiên "
)
_USUAL = frozenset(_USUAL_WORDS.split())
"""Syllables that fill tables and texts of the administration; those with marks count."""


def share_of_syllables(text: str) -> float:
    """Give the share of words with marks that are possible Vietnamese syllables (0 when there are no such words)."""
    words = _marked(text)
    return sum(1 for word in words if _is_syllable(word)) / len(words) if words else 0.0


def _marked(text: str) -> list[str]:
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    return [word for word in words if not word.isascii() and (len(word) > 1 or word in "Đđ")]


def _is_syllable(word: str) -> bool:
    if word.lower() in _SHORT:
        return True
    if not (word[1:].islower() or word.isupper()):
        return False
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [one for one in parts if one in _TONES]
    bare = unicodedata.normalize("NFC", "".join(one for one in parts if one not in _TONES))
    return len(tones) <= 1 and bool(_SYLLABLE.match(bare))


def _vietnamese(text: str) -> tuple[float, float]:
    foreign = [one for one in text if ord(one) > ASCII]
    strange = sum(1 for one in foreign if "\x80" <= one <= "\x9f" or one == vietnamese.STRANGE)
    if strange > 0.01 * len(foreign):
        return 0.0, 0.0
    share = share_of_syllables(text)
    words = _marked(text)
    usual = sum(1 for word in words if word.lower() in _USUAL or word.lower() in _SHORT) / max(len(words), 1)
    if share <= LEAST:
        return 0.0, 0.0
    # Two words or one that nobody uses daily may be chance: no better than Windows-1252.
    return share, (0.5 + usual if usual or len(words) > 2 else _LAST)  # noqa: PLR2004


# --- Chinese, Japanese, Korean ----------------------------------------------------------------------------------------

_KANA = (range(0x3041, 0x30FF), range(0xFF01, 0xFF5F), range(0x3000, 0x3020))
_HANGUL = range(0xAC00, 0xD7A4)


def _double_byte(codec: str, leads: range, least: float) -> Callable[[str], tuple[float, float]]:
    """Judge by the share of characters in daily use: those in the first plane of the language's own set."""

    def common(one: str) -> bool:
        data = one.encode(codec, "ignore")
        return len(data) == 2 and data[0] in leads  # noqa: PLR2004 - a character of two bytes

    def judge(text: str) -> tuple[float, float]:
        foreign = [one for one in text[:READ] if ord(one) > ASCII]
        if not foreign:
            return 0.0, 0.0
        kana = sum(1 for one in foreign if any(ord(one) in run for run in _KANA[:1])) / len(foreign)
        share = sum(1 for one in foreign if any(ord(one) in run for run in _KANA) or common(one)) / len(foreign)
        if share < least:
            return 0.0, 0.0
        japanese = codec in ("cp932", "euc_jp")
        return share, (kana if japanese else -2 * kana) + _daily(foreign, codec)

    return judge


def _daily(foreign: Sequence[str], codec: str) -> float:
    """Give how much of the text is among the few hundred characters that fill most pages of the language."""
    known = _DAILY[codec]
    return sum(1 for one in foreign if one in known) / len(foreign)


def _korean(text: str) -> tuple[float, float]:
    foreign = [one for one in text[:READ] if ord(one) > ASCII]
    share = sum(1 for one in foreign if ord(one) in _HANGUL) / len(foreign) if foreign else 0.0
    daily = _daily(foreign, "cp949")
    return (share, daily or _LAST) if share > LEAST else (0.0, 0.0)


# --- the West ---------------------------------------------------------------------------------------------------------


def _western(text: str) -> tuple[float, float]:
    """Believe in Windows-1252 last: where nothing else fits and its letters stand beside letters."""
    foreign = [one for one in text if ord(one) > ASCII]
    letters = sum(1 for one in foreign if one.isalpha() or one in "–—‘’“”…€£§°«»·²³µ®©\xa0")
    share = letters / len(foreign) if foreign else 0.0
    return (share, _LAST) if share > 0.8 else (0.0, 0.0)  # noqa: PLR2004 - signs stand among letters


_DAILY: Mapping[str, frozenset[str]] = {
    "gb2312": frozenset(
        "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三"
        "之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表"
        "间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象"
        "员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据"
        "处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车"
        "市省县镇村街号路局院校医厅委府州沪京粤苏浙津渝川名称地址电话备注邮编企业统信用码范围许可效财政开放"
    ),
    "big5": frozenset(
        "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說產種面而方後多定行學法所民得經十三"
        "之進著等部度家電力裡如水化高自二理起小物現實加量都兩體制機當使點從業本去把性好應開它合還因由其些然前外天政四日那社義事平形相全表"
        "間樣與關各重新線內數正心反你明看原又麼利比或但質氣第向道命此變條只沒結解問意建月公無系軍很情者最立代想已通並提直題黨程展五果料象"
        "員位入常文總次品式活設及管特件長求老頭基資邊流路級少圖山統接知較將組見計別手角期根論運農指幾九區強放決西被任取據處南給色光門即保"
        "市縣鄉鎮村里街號路局院校醫府名稱地址電話備註單位縣別經費營項目負責編臺灣北高雄新竹桃園中南彰化雲林嘉義屏東花蓮館衛生園聯絡度限司"
    ),
    "cp932": frozenset(
        "日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回新場金員九入選立開手米力学問"
        "高代明実円関決子動京全目表戦経通外最言氏現理調体化田当八六約主題下首意法不来作性的要用制治度務強気小七成期公野協取都和統以機平総"
        "加山思家話世受区領多県続進正安設保改数記院女初北午指権心界支第産結百派点教報済書府活原先共得解名交資予川向際査勝面委告軍文反元重"
        "近千考判認画海参売利組知案道信策集在件団別物側任引使求所次水半品昨論計死官増係感特情投示変打男基私各始島直両朝革価式確村提運終挙"
        "町丁目番地館校園局庁福祉医病図書避難号称電話県郡字住民課校庫駐車"
    ),
    "cp949": frozenset(
        "이다는의에을가고하지은를한로도서자기사인나대리어시해그아일수적과정보여부만으전있면라들게원동것오구장공제상스조주안니없무위내성관되거"
        "경신마러비소년선모차까처세물우산국회방교계실미당연행문유용터음화간단생재심학명본치분식업시도군읍면길로번호설치운영기관명소지전화"
    ),
}
_DAILY = {**_DAILY, "euc_jp": _DAILY["cp932"]}

_CODECS: Mapping[str, str] = {
    "windows-1258": "cp1258", "windows-1252": "cp1252", "cp932": "cp932", "euc-jp": "euc_jp", "euc-kr": "cp949",
    "gb18030": "gb18030", "big5": "cp950",
}  # fmt: skip
_JUDGES: Mapping[str, Callable[[str], tuple[float, float]]] = {
    "tcvn3": _vietnamese,
    "windows-1258": _vietnamese,
    "vni": _vietnamese,
    "viscii": _vietnamese,
    "euc-kr": _korean,
    "cp932": _double_byte("cp932", range(0x81, 0x98), 0.7),
    "euc-jp": _double_byte("euc_jp", range(0xA1, 0xD0), 0.7),
    "gb18030": _double_byte("gb2312", range(0xA1, 0xD8), 0.7),
    "big5": _double_byte("big5", range(0xA1, 0xC7), 0.7),
    "windows-1252": _western,
}
