"""archive/bylines.py: whom a byline names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.byline_names import without_by
from archive.bylines import authors_in, join_names, names_in, read_byline


@pytest.mark.parametrize(
    "byline",
    [
        "By Ada Quill and Bo Reed",
        "BY: Ada Quill & Bo Reed",
        "Ada Quill, Bo Reed",
        "Von Ada Quill und Bo Reed",
        "Par Ada Quill et Bo Reed",
        "Por Ada Quill y Bo Reed",
        "Di Ada Quill e Bo Reed",
        "Av Ada Quill och Bo Reed",
        "Av Ada Quill og Bo Reed",
        "Door Ada Quill en Bo Reed",
        "Ada Quill ja Bo Reed",
        "Ada Quill i Bo Reed",
        "Ada Quill / Bo Reed",
        "Ada Quill/Bo Reed",
        "Ada Quill; Bo Reed",
        "Ada Quill in Kyiv and Bo Reed in the Hague",
        "Ada Quill in Kyiv, Ukraine, and Bo Reed",
        "Ada Quill, Berlin; Bo Reed, Moscow",
        "Ada Quill and Bo Reed in Lima and Quito",
        "Ada Quill, Harbour Correspondent, and Bo Reed, Chief Political Editor",
        "Foreign correspondent Ada Quill, Bo Reed",
        "Analysis by the Courier's Ada Quill and Bo Reed",
        "Ada Quill (ada@courier.example) and Bo Reed @boreed",
        "Written by Ada Quill and Bo Reed.",
        "Ada Quill with Bo Reed",
        "Reporting by Ada Quill and Bo Reed",
        "Opinion by Ada Quill and Bo Reed",
        "Ada Quill, Bo Reed et al.",
        "Ada Quill, 45, and Bo Reed",
        "By Ada Quill By Bo Reed",
        "Por Ada Quill, corresponsal en Madrid, y Bo Reed",
        "Av Ada Quill, Oslo, og Bo Reed",
        "Reporting by Ada Quill; Writing by Bo Reed",
        "Ada Quill, Arts and Culture Reporter, and Bo Reed",
        "Ada Quill, Health & Science Editor, Bo Reed",
    ],
)
def test_every_person_is_a_name_of_its_own(byline: str) -> None:
    assert names_in(byline) == authors_in(byline) == ("Ada Quill", "Bo Reed")


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Ada Quill, Bo Reed and Cy Roe in Kyiv", ["Ada Quill", "Bo Reed", "Cy Roe"]),
        ("BY ADA QUILL AND BO REED IN BERLIN", ["ADA QUILL", "BO REED"]),
        ("MARÍA QUILL Y JUAN REED", ["MARÍA QUILL", "JUAN REED"]),
        ("Иван Петров и Мария Иванова", ["Иван Петров", "Мария Иванова"]),
        ("سلمى كاتبة، كريم سعيد", ["سلمى كاتبة", "كريم سعيد"]),
        ("سلمى كاتبة وكريم سعيد", ["سلمى كاتبة", "كريم سعيد"]),
        ("سلمى وليد سعيد", ["سلمى وليد سعيد"]),
        ("דנה כהן ויוסי לוי", ["דנה כהן", "יוסי לוי"]),
        ("王小明、李雷", ["王小明", "李雷"]),
        ("記者 王小明", ["王小明"]),
        ("山田 太郎", ["山田 太郎"]),
        ("김철수 기자, 이영희 기자", ["김철수", "이영희"]),
        ("عمر و زيد", ["عمر", "زيد"]),
        ("本报记者张三", ["张三"]),
        ("记者 王小明 李华", ["王小明", "李华"]),
        ("Satish, Mohan, Ravi", ["Satish", "Mohan", "Ravi"]),
    ],
)
def test_names_stay_as_they_are_printed_in_every_script(byline: str, names: list[str]) -> None:
    assert list(names_in(byline)) == names


@pytest.mark.parametrize(
    "name",
    [
        "José Ortega y Gasset",
        "Peter van der Berg",
        "van der Berg, Peter",
        "De la Cruz, María José",
        "Ursula von der Leyen",
        "Von der Leyen, Ursula",
        "Di Stefano",
        "Quill, Ada",
        "Martin Quill Jr.",
        "Martin Quill, Jr.",
        "R. D'Arcy Tyrrell",
        "Abd el-Sayed al-Masri",
        "Dr. Ada Quill",
        "The Rev. Ada Quill",
        "Lord Quill of Marbeck",
        "Ada Quill, MP",
        "Rep. Ada M. O’Quill-Reed",
        "Richard (R.J.) Quill",
        "KIM IN SUNG",
        "Ada",
        "bell quill",
    ],
)
def test_a_name_is_not_taken_apart(name: str) -> None:
    assert authors_in(name) == (name,)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Quill, Ada; Reed, Bo", ["Quill, Ada", "Reed, Bo"]),
        ("Quill, Ada and Reed, Bo", ["Quill, Ada", "Reed, Bo"]),
        ("Martin Quill, Jr., and Bo Reed", ["Martin Quill, Jr.", "Bo Reed"]),
        ("Martin Quill, Jr. and Bo Reed, PhD", ["Martin Quill, Jr.", "Bo Reed, PhD"]),
        ("Ben Quill, Bo Reed", ["Ben Quill", "Bo Reed"]),
        ("de Vries, Jan en Jansen, Piet", ["de Vries, Jan", "Jansen, Piet"]),
        ("Quill, A., Reed, B.-J. & Roe, C. D.", ["Quill, A.", "Reed, B.-J.", "Roe, C. D."]),
        ("Quill, A., Reed, B.", ["Quill, A.", "Reed, B."]),
    ],
)
def test_a_comma_inside_a_name_does_not_part_it(byline: str, names: list[str]) -> None:
    assert list(names_in(byline)) == names


@pytest.mark.parametrize(
    "byline",
    [
        "Agence France-Presse",
        "Guardian staff and agencies",
        "Editorial board",
        "The Editorial Board",
        "Reuters and AP",
        "AFP/Reuters",
        "Associated Press",
        "Staff",
        "Staff reporter",
        "Our Foreign Correspondent",
        "Die Redaktion",
        "Special to the Courier",
        "newsdesk@courier.example",
        "By",
    ],
)
def test_a_byline_without_a_person_stays_as_it_is(byline: str) -> None:
    assert [(credit.name, credit.kind) for credit in read_byline(byline)] == [(byline, "other")]


@pytest.mark.parametrize(
    ("byline", "authors", "others"),
    [
        ("BO REED, AP", ["BO REED"], ["AP"]),
        ("Ada Quill et Bo Reed, AFP", ["Ada Quill", "Bo Reed"], ["AFP"]),
        ("Ada Quill, Reuters; Ben O'Neil", ["Ada Quill", "Ben O'Neil"], ["Reuters"]),
        ("Ada Quill (Reuters)", ["Ada Quill"], ["Reuters"]),
        ("Ada Quill and agencies", ["Ada Quill"], ["agencies"]),
        ("Ada Quill y agencias", ["Ada Quill"], ["agencias"]),
        ("Ada Quill in Kyiv and agencies", ["Ada Quill"], ["agencies"]),
        ("By BO REED Associated Press", ["BO REED"], ["Associated Press"]),
        ("Ada Quill avec AFP", ["Ada Quill"], ["AFP"]),
        ("By ADA QUILL of The Associated Press", ["ADA QUILL"], ["The Associated Press"]),
        ("Ada Quill, Reuters and AP", ["Ada Quill"], ["Reuters and AP"]),
        ("Ada Quill - BBC News", ["Ada Quill"], ["BBC News"]),
        ("Ada Quill, Brackenford", ["Ada Quill"], ["Brackenford"]),
    ],
)
def test_agencies_and_the_like_are_no_authors(byline: str, authors: list[str], others: list[str]) -> None:
    assert list(authors_in(byline)) == authors
    assert [credit.name for credit in read_byline(byline) if credit.kind == "other"] == others


@pytest.mark.parametrize(
    "name",
    [
        "Quill & Reed",
        "Quill and Reed",
        "Quill und Reed",
        "Quill and Sons Ltd",
        "Quill & Co.",
        "Quill and Reed LLP",
        "Quill & Reed, Inc.",
        "Quill & Reed AG",
        "Ada and Bo Quill Foundation",
        "Ministry of Ships and Harbours",
        "Ministerium für Hafen und Fisch",
        "Department for Ships, Fish and Coastal Affairs",
        "Centre for Naval and Coastal Studies",
        "Quill & Reed Photography",
        "Arts and Culture Desk",
        "Food & Drink Team",
        "Q&R",
    ],
)
def test_and_within_the_name_of_a_firm_or_body_parts_nothing(name: str) -> None:
    assert names_in(name) == (name,)
    assert names_in(f"Bo Roe, {name}")[0] == "Bo Roe"
    assert names_in(f"Bo Roe; {name}") == ("Bo Roe", name)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Ada Quill, Bo Reed and Marks & Roe", ["Ada Quill", "Bo Reed", "Marks & Roe"]),
        ("ADA QUILL AND MARKS & ROE", ["ADA QUILL", "MARKS & ROE"]),
        ("Ada Quill of Marks & Roe", ["Ada Quill", "Marks & Roe"]),
        ("Ada Quill, chief executive of Marks & Roe", ["Ada Quill"]),
        ("Ada Quill and Bo Reed & Sons", ["Ada Quill", "Bo Reed & Sons"]),
        ("Banksy and Reuters", ["Banksy", "Reuters"]),
        ("Q.A. and R.B.", ["Q.A.", "R.B."]),
        ("50 Quill", ["50 Quill"]),
        ("Ada Quill and Banksy", ["Ada Quill", "Banksy"]),
        ("Satish, Mohan & Ravi", ["Satish", "Mohan", "Ravi"]),
        ("Ada Quill and Acme Ltd", ["Ada Quill", "Acme Ltd"]),
        ("Land Office and Ada Quill", ["Land Office", "Ada Quill"]),
        ("Mario Co and Bo Brothers", ["Mario Co", "Bo Brothers"]),
    ],
)
def test_persons_beside_firms_are_names_of_their_own(byline: str, names: list[str]) -> None:
    assert list(names_in(byline)) == names


@pytest.mark.parametrize(
    "line",
    [
        "Ada Quill, Published June 2, 2025",
        "Ada Quill Updated 5:30 pm",
        "Ada Quill | Last updated on 2 June",
        "Ada Quill • 2 min read",
        "Ada Quill, in Kyiv",
        "Ada Quill, em Lisboa",
        "Ada Quill, from the Hague",
        "Ada Quill is a reporter based in Lima.",
        "Ada Quill, health and science editor",
        "Health and Science Editor Ada Quill",
        "Von unserem Korrespondenten Ada Quill",
    ],
)
def test_times_places_and_jobs_beside_a_name_are_left_out(line: str) -> None:
    assert names_in(line) == ("Ada Quill",)


@pytest.mark.parametrize(
    ("byline", "kind"),
    [
        ("Ada Quill, with additional reporting by Bo Reed", "contributor"),
        ("Ada Quill. Additional reporting by Bo Reed", "contributor"),
        ("Ada Quill, Bo Reed contributed to this report.", "contributor"),
        ("Ada Quill, unter Mitarbeit von Bo Reed", "contributor"),
        ("Reporting by Ada Quill; Editing by Bo Reed", "production"),
        ("Texte : Ada Quill / Photos : Bo Reed", "production"),
    ],
)
def test_those_who_helped_are_named_and_no_authors(byline: str, kind: str) -> None:
    assert names_in(byline) == ("Ada Quill", "Bo Reed")
    assert authors_in(byline) == ("Ada Quill",)
    assert read_byline(byline)[1].kind == kind


@pytest.mark.parametrize("byline", ["", " ", "—", "admin", "x" * 81, "x" * 2001, "<>"])
def test_what_is_no_name_gives_none(byline: str) -> None:
    assert names_in(byline) == ()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ada Quill", "Ada Quill"),
        ("von: Ada Quill", "Ada Quill"),
        ("Di Ada Quill", "Ada Quill"),
        ("Von Hagen", "Von Hagen"),
        ("Von der Leyen, Ursula", "Von der Leyen, Ursula"),
        ("Par AFP", "AFP"),
        ("Analysis by the BBC's Ada Quill", "Ada Quill"),
        ("From our Courier's desk", "From our Courier's desk"),
        ("Byron Quill", "Byron Quill"),
    ],
)
def test_the_word_by_is_removed_in_any_language(line: str, names: str) -> None:
    assert without_by(line) == names


def test_names_are_joined_once_each_and_without_empty_ones() -> None:
    assert join_names(["Ada Quill", "", "Bo Reed", "Ada Quill"]) == "Ada Quill, Bo Reed"
    assert join_names(["Quill, Ada", "Reed, Bo"]) == "Quill, Ada; Reed, Bo"
    assert join_names([]) == ""


_NAMES = st.sampled_from(
    ["Ada Quill", "Bo van der Reed", "Quill, Ada", "李雷", "Kit Osmond Jr.", "José Ortega y Gasset"]
)


@given(st.lists(_NAMES, unique=True, max_size=5))
def test_joined_names_are_read_again(names: list[str]) -> None:
    assert list(names_in(join_names(names))) == names


_PIECES = st.sampled_from(
    [
        *"By von and et & y , ; / | - – ( ) . in AP Reuters staff editor Ada Quill BO jr. van der Smith's".split(),
        *("@x", "2025", "\n", "李", "و", "with", "", " "),
    ]
)


@given(st.text(max_size=60) | st.lists(_PIECES, max_size=30).map(" ".join))
def test_any_line_is_read_and_no_name_is_invented(line: str) -> None:
    for credit in read_byline(line):
        assert credit.name.strip() == credit.name != ""
        assert all(word.strip(",") in line for word in credit.name.split())
