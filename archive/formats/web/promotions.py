"""Paragraphs that address readers instead of belonging to the article: read also, sign up, follow us.

Recognised by how a short paragraph begins, in English by a long pattern (paragraph precision .926 instead of .909 on
the pages of `article_body`), in other languages by INVITATIONS. Pure; used by `article_body`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# A longer paragraph is the article's, however it begins.
_MAX_PROMOTION_CHARS = 400


@dataclass(frozen=True)
class Invitation:
    """How invitations begin in one language, as regular expressions of words; empty if no beginning is certain.

    A paragraph that begins with one of `phrases` is an invitation unless it is a question ("Lesen Sie auch Romane?"
    is asked in an interview). One that begins with one of `labels` is an invitation only if a colon or another mark
    follows the label, or nothing does.
    """

    phrases: str
    labels: str


# By language code. All are tried on every page: few of these words mean something in another language.
INVITATIONS: Mapping[str, Invitation] = {
    "ar": Invitation(
        "[اإ]قر[أا] ?(?:أيض[اًا]+|المزيد)|طالع أيض[اًا]+", "(?:مواضيع|أخبار|مقالات) (?:ذات صلة|متعلقة)|المزيد"
    ),
    "bg": Invitation("(?:прочетете|вижте) (?:още|също)", "още по темата|свързани новини"),
    "cs": Invitation("(?:pře)?čtěte (?:si )?(?:také|též|i|více)", "související(?: články?)?|více k tématu"),
    "da": Invitation("læs (?:også|mere)", "relaterede artikler|artiklen fortsætter(?: efter annoncen)?"),
    "de": Invitation(
        "lesen sie (?:auch|hier|dazu)|lest? auch|das könnte (?:sie|dich) auch interessieren|"
        "(?:abonnieren|folgen) sie (?:uns|unseren?)",
        "(?:sehen|hören) sie (?:auch|dazu)|mehr (?:zum thema|dazu)|mehr zu(?:m|r)?(?: \\w+){1,3}|zum thema|"
        "auch interessant|lesetipps?|anzeige|werbung|bild(?:quelle)?|fotos?",
    ),
    "el": Invitation("(?:διαβάστε|δείτε) (?:επίσης|ακόμη|ακόμα|περισσότερα)", "σχετικά (?:άρθρα|θέματα)|διαφήμιση"),
    "es": Invitation(
        "(?:también )?(?:te|le) puede interesar|suscríbete|síguenos",
        "(?:lea|lee|leer|mira|vea|ver) (?:también|además|más)|más información|notas? relacionadas?|relacionad[oa]s?|"
        "publicidad|fotos?",
    ),
    "fa": Invitation("(?:بیشتر|همچنین) بخوانید", "بخوانید|مطالب مرتبط|اخبار مرتبط"),
    "fi": Invitation("lue (?:myös|lisää)", "katso myös|juttu jatkuu(?: mainoksen jälkeen)?|mainos"),
    "fr": Invitation(
        "(?:à )?(?:lire|voir|écouter|découvrir) (?:aussi|également)|(?:abonnez|inscrivez|suivez)-(?:vous|nous)",
        "lire (?:la suite|plus)|sur le même (?:sujet|thème)|à (?:lire|voir|écouter)|publicité|crédits?(?: photo)?|"
        "photos?",
    ),
    # The phrase for "read also" is also one for "was also called".
    "he": Invitation("", "(?:קראו|ראו) (?:גם|עוד)|כתבות קשורות|עוד בנושא|צילום"),
    "hi": Invitation("(?:यह|ये) भी (?:पढ़ें|पढ़ें|देखें)", "संबंधित (?:खबरें|ख़बरें|समाचार)"),
    "hu": Invitation(
        "olvas[ds](?:a|d)? el(?: ezt)? is|ez is érdekelheti", "olvasta már|kapcsolódó(?: cikk(?:ek)?)?|hirdetés"
    ),
    "id": Invitation("(?:baca|lihat|simak) juga", "artikel terkait|berita terkait"),
    "it": Invitation(
        "(?:leggi|guarda|vedi) anche|potrebbe interessarti|(?:iscriviti|seguici)",
        "leggi (?:di più|tutto)|per approfondire|approfondiment[io]|articoli correlati|pubblicità|foto",
    ),
    "ja": Invitation("あわせて読みたい|合わせて読みたい|こちらもおすすめ", "関連(?:記事|ニュース)|広告|続きを読む"),
    "ko": Invitation("", "관련 ?기사|(?:이 시각 )?많이 본 (?:기사|뉴스)|광고"),
    "nl": Invitation("lees (?:ook|meer|hier)|bekijk ook", "meer over(?: \\w+){1,3}|gerelateerd|advertentie|foto"),
    "no": Invitation("les (?:også|mer)", "(?:saken|artikkelen) fortsetter(?: under annonsen)?|annonse"),
    "pl": Invitation(
        "(?:czytaj|przeczytaj|zobacz|sprawdź)(?:cie)? (?:też|także|również|więcej)", "polecamy|reklama|fot"
    ),
    "pt": Invitation(
        "(?:leia|veja|confira|ouça) (?:também|mais)|siga-nos|inscreva-se",
        "saiba mais|continua (?:após|depois) (?:d?a )?publicidade|notícias relacionadas|publicidade|fotos?",
    ),
    "ro": Invitation(
        "cite[sșş]te (?:[sșş]i|mai mult)", "vezi [sșş]i|articole similare|pe acela[sșş]i subiect|publicitate"
    ),
    "ru": Invitation(
        "(?:читайте|смотрите|слушайте) (?:также|ещё|еще)|подп(?:ишитесь|исывайтесь)|следите за (?:нами|нашими)",
        "по теме|читать (?:далее|также)|материалы по теме|реклама|фото",
    ),
    "sk": Invitation("(?:pre)?čítajte (?:si )?(?:aj|tiež|viac)", "súvisiace(?: články)?"),
    "sv": Invitation("läs (?:också|även|mer)", "artikeln fortsätter(?: efter annonsen)?|annons|foto"),
    "tr": Invitation(
        "[iİIı]lginizi çekebilir", "(?:ayrıca|bunu da) (?:okuyun|bakın)|[iİIı]lgili haber(?:ler)?|reklam"
    ),
    "uk": Invitation("(?:читайте|дивіться) (?:також|ще)|підп(?:ишіться|исуйтес[ья])", "(?:до|за) теми?|реклама|фото"),
    "vi": Invitation("(?:xem|đọc) thêm|mời (?:quý )?bạn đọc", "tin liên quan"),
    "zh": Invitation(
        "",
        "(?:相关|相關|延伸|推荐|推薦|更多)(?:阅读|閱讀|新闻|新聞|报道|報導|文章)|[责責]任[编編][辑輯]|广告|廣告|原标题|来源",
    ),
}

_ENGLISH = (
    r"(?:please )?(?:sign|log) (?:up|in)\b|subscribe\b|register (?:now|for)|join (?:our|the conversation|thousands)\b"
    r"|(?:also )?(?:read|see|watch|listen)(?: (?:more|also|next|now|here|on))?\s*[:–—-]|(?:read|see) (?:more|also)\W*$"
    r"|more\s*:|related(?: \w+)?\s*:|recommended\b.{0,40}$|click here\b|tap here\b|download (?:our|the) app"
    r"|follow us\b"
    r"|follow \S+(?: \S+){0,3} on (?:twitter|x|facebook|instagram|whatsapp|google|telegram|bluesky|tiktok)\b"
    r"|like (?:us|\S+) on facebook"
    r"|get (?:the )?(?:latest|daily|our|breaking|more)\b.{0,60}(?:inbox|newsletters?|news|app)\b"
    r"|(?:got|have) (?:a|any) (?:story|tip|news)|do you have a story|get in touch\b|contact us\b|email us\b"
    r"|for more (?:stories|news|on|from|like)\b|to (?:read|see|watch) more\b"
    r"|our (?:website is|standards|journalism|community members)\b"
    r"|this article (?:was )?(?:first|originally) (?:appeared|published)"
    r"|(?:we|reviews and recommendations|products) (?:\w+ ){0,4}(?:independently|affiliate|commission)\b"
    r"|advertisement\b|article content\W*$|(?:story|article) continues\b"
    r"|(?:image|photo|picture|video)s?(?: credit)?\s*:|©|copyright\b|all rights reserved|terms (?:of|and) \w+\W*$"
    r"|share (?:this|on|via)\b|comments?\W*$|tags?\s*:"
    r"|already (?:a subscriber|subscribed|registered)\b|unlimited access\b|(?:to )?continue reading\b"
    r"|you(?:['’]ve| have) (?:read|reached|used) (?:all )?(?:of )?your (?:\w+ ){0,2}(?:free|limit)\b"
)

# Arrows and brackets may come first; quotation marks and dashes begin what somebody says.
_OPENING_MARKS = r"[\s>→⇒►▶▸●•★☆✔👉🔴(（\[【［〔]{0,4}"
_AFTER_LABEL = r"\.?\s*(?:[:：|»>→►▶\]】］〕]|[–—-]\s|$)"
_PHRASES = "|".join(row.phrases for row in INVITATIONS.values() if row.phrases)
_LABELS = "|".join(row.labels for row in INVITATIONS.values() if row.labels)
_PROMOTION = re.compile(
    rf"{_OPENING_MARKS}(?:{_ENGLISH}|(?:{_PHRASES})(?!\w)(?![^:|]*[?؟]$)|(?:{_LABELS}){_AFTER_LABEL})", re.IGNORECASE
)


def is_promotion(text: str) -> bool:
    """Whether a paragraph, on one line, addresses readers instead of belonging to the article."""
    return len(text) < _MAX_PROMOTION_CHARS and _PROMOTION.match(text) is not None


# Lines above lists of links to other pages. Their words are too common for other lines.
_LIST_LABEL = re.compile(
    rf"{_OPENING_MARKS}(?:(?:more|read|see|most) \w+.{{0,40}}|(?:related|recommended|latest|trending)\b.{{0,40}}"
    r"|you (?:may|might) (?:also )?(?:like|be interested).{0,20}|don['’]t miss|up next|in case you missed it"
    rf"|(?:{_PHRASES}).{{0,40}}|(?:{_LABELS}))\W*",
    re.IGNORECASE,
)


def is_list_label(text: str) -> bool:
    """Whether a line above a list of links says that the list leads to other pages."""
    return is_promotion(text) or (len(text) < _MAX_PROMOTION_CHARS and _LIST_LABEL.fullmatch(text) is not None)
