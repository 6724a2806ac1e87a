"""archive/formats/web/promotions.py: paragraphs that address readers."""

import pytest

from archive.formats.web.promotions import INVITATIONS, is_promotion


@pytest.mark.parametrize(
    "text",
    [
        "Read more: Ferry runs again",
        "[Related: Ferry runs again]",
        "Already a subscriber? Log in",
        "You’ve reached your limit of pages",
        "Continue reading with a subscription",
        "Lesen Sie auch: Fähre fährt wieder",
        "Lesen Sie hier mehr über die Fähre",
        "Lesen Sie auch: Fährt die Fähre wieder?",
        "Mehr zur Fähre: Was der Rat beschloss",
        "Mehr zum Thema",
        "À lire aussi : Le bac repart",
        "► Lire aussi | Le bac repart",
        "Lea también: Vuelve la barca",
        "Te puede interesar: Vuelve la barca",
        "Leia também: A balsa voltou",
        "(Leggi anche: Il traghetto riparte)",
        "Lees ook: Veer vaart weer",
        "Läs också: Färjan går igen",
        "Læs også: Færgen sejler igen",
        "Les også: Fergen går igjen",
        "Lue myös: Lautta kulkee taas",
        "Czytaj też: Prom znów pływa",
        "Čtěte také: Přívoz zase jezdí",
        "Olvasd el ezt is: Újra jár a komp",
        "Citește și: Bacul merge din nou",
        "Читайте также: Паром снова ходит",
        "По теме: Паром снова ходит",
        "Читайте також: Пором знову ходить",
        "Διαβάστε επίσης: Το φέρι ξαναξεκίνησε",
        "İlginizi çekebilir: Vapur yeniden çalışıyor",
        "اقرأ أيضا: العبّارة تعود",
        "קראו גם: המעבורת חזרה",
        "यह भी पढ़ें: नौका फिर चली",
        "Baca juga: Feri berlayar lagi",
        "Xem thêm: Phà chạy lại",
        "相关阅读：渡轮复航",
        "（责任编辑：甲乙）",
        "【関連記事】渡船が再開",
        "[관련기사] 나룻배 다시 운항",
    ],
)
def test_invitations_are_recognised_in_any_language(text: str) -> None:
    assert is_promotion(text)


@pytest.mark.parametrize(
    "text",
    [
        "Reading the harbour’s log took her a winter.",
        "“Sign up or drown,” the mate told them.",
        "Lesen Sie auch Romane?",
        "Lesen Sie, sagte der Lehrer, und sie lasen.",
        "Mehr zum Thema sagte der Rat nicht.",
        "Photos de la tempête, il n’en a gardé aucune.",
        "Lea también ganó la regata.",
        "Leggi e decreti non bastano, dice il sindaco.",
        "Foto ricordo del traghetto non ne restano.",
        "Абонент временно недоступен, сказали ей.",
        "Реклама парома обошлась городу дорого.",
        "קראו גם לקברניט, אמרה.",
        "相关报道称渡轮将复航。",
        "関連記事の写真を見て、船長は笑った。",
        "Read more: " + "the ferry runs again, and " * 20,
    ],
)
def test_paragraphs_of_an_article_are_no_invitations(text: str) -> None:
    assert not is_promotion(text)


def test_every_language_has_a_phrase_or_a_label() -> None:
    assert all(row.phrases or row.labels for row in INVITATIONS.values())
