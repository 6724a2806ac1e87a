"""Queries in the dress of Nexis, Factiva, ProQuest and Westlaw, with what they are read as."""

from datetime import UTC, datetime

import pytest

from search.query.parsed import QueryError
from search.query.parser import parse

NOW = datetime(2025, 6, 3, 12, tzinfo=UTC)

# A query and its canonical text, for queries that are read without a note.
NEXIS = [
    ("DATE AFT 1/1/2014", "date:>2014-01-01"),
    ("DATE BEF 14/02/2014", "date:<2014-02-14"),
    ("DATE IS 2014", "date:2014"),
    ("DATE(AFT January 1, 2014)", "date:>2014-01-01"),
    ("date(geq (1/1/2014) and leq (12/31/2015))", "date:>=2014-01-01 AND date:<=2015-12-31"),
    ("date(geq 2014 and leq 2015)", "date:>=2014 AND date:<=2015"),
    ("DATE > 2014-05", "date:>2014-05"),
    ("flood! and DATE AFT 1/1/2014", "flood* AND date:>2014-01-01"),
    ("(war or peace) w/3 talks", "(war OR peace) w/3 talks"),
    ("(war OR peace) and not (date bef 2014)", "(war OR peace) AND NOT date:<2014"),
    ('"peace talks" or "truce talks"', '"peace talks" OR "truce talks"'),
    ("headline(peace) and publication(Lindwick Post)", "headline:peace AND source:Lindwick AND source:Post"),
    ("PUBLICATION(Washington Times)", "source:Washington AND source:Times"),
    ("hlead(flood!) and byline(rolland)", "hlead(flood*) AND byline:rolland"),
    ("atl5(flood) AND language(en)", "atleast5(flood) AND lang:en"),
    ("headline:(war or peace)", "headline:war OR headline:peace"),
    ("subject(floods or storms)", "topic:floods OR topic:storms"),
    ("harbour pre/3 (mayor or council)", "harbour pre/3 (mayor OR council)"),
    ("BODY(harbour W/10 dredg!)", "text:harbour w/10 text:dredg*"),
    ("CAPS(us)", '"US"'),
    ("ALLCAPS(us or un) w/5 talks", '("US" OR "UN") w/5 talks'),
    ("headline(caps(who)) and CAPS(u.s.)", 'headline:"WHO" AND "U.S."'),
    ("atleast3(caps(us)) and not allcaps(it)", 'atleast3("US") AND NOT "IT"'),
    ("caps (us and un)", '"US" AND "UN"'),
    ("peace AND NOT W/5 war", "peace NOT w/5 war"),
    ("peace and not w/s war", "peace NOT w/s war"),
    ("peace w/ 5 talks", "peace w/5 talks"),
    ("peace W /5 talks", "peace w/5 talks"),
    ("DATE(2014 to 2015)", "date:>=2014 AND date:<=2015"),
    ("date between 1/1/2014 and 14/2/2014", "date:>=2014-01-01 AND date:<=2014-02-14"),
    # Without that word, AND is the operator.
    ("date:2014 AND 2015", "date:2014 AND 2015"),
    ("date:2014-06 and *", "date:2014-06 AND *"),
    ("atleast3(ferry) and not (boat or ship)", "atleast3(ferry) AND NOT (boat OR ship)"),
]
FACTIVA = [
    ("hd=peace and la=en", "headline:peace AND lang:en"),
    ("hlp=(peace or truce)", "hlead(peace) OR hlead(truce)"),
    ("au=rolland", "byline:rolland"),
    ("by=rolland and not hd=obituary", "byline:rolland AND NOT headline:obituary"),
    ("date from 20140101 to 20140630", "date:>=2014-01-01 AND date:<=2014-06-30"),
    ("date after 20140101", "date:>2014-01-01"),
    ("date before 20140101", "date:<2014-01-01"),
    ("date=20140101", "date:2014-01-01"),
    ("peace within/5 talks", "peace w/5 talks"),
    ("peace near5 talks", "peace w/5 talks"),
    ("peace adj3 talks", "peace pre/3 talks"),
    ("peace w/10 (talks or truce)", "peace w/10 (talks OR truce)"),
    ("peace /N5/ talks", "peace w/5 talks"),
    ("peace /F5/ talks", "peace pre/5 talks"),
    ("atleast3 flood and la=en", "atleast3(flood) AND lang:en"),
    ('atleast3 "peace talks"', 'atleast3("peace talks")'),
    ("hd=(flood* or storm*)", "headline:flood* OR headline:storm*"),
]
PROQUEST = [
    ("ti(peace) AND pd(20140101-20150101)", "headline:peace AND date:2014-01-01..2015-01-01"),
    ("yr(2014-2015)", "date:2014..2015"),
    ("yr(2014)", "date:2014"),
    ("pd(>20140101)", "date:>2014-01-01"),
    ("pub(Lindwick Post) AND la(en)", "source:Lindwick AND source:Post AND lang:en"),
    ('au("Max Rolland")', 'byline:"Max Rolland"'),
    ("ti(flood* OR storm*) NOT ti(obituary)", "(headline:flood* OR headline:storm*) AND NOT headline:obituary"),
    ("peace NEAR/3 talks", "peace w/3 talks"),
    ("peace N/3 talks", "peace w/3 talks"),
    ("peace P/3 talks", "peace pre/3 talks"),
    ("(war N/3 peace) AND (talks or truce)", "war w/3 peace AND (talks OR truce)"),
    ("title(flood) and subject(floods)", "headline:flood AND topic:floods"),
    ("dt=20140101", "date:2014-01-01"),
    ("pubdate<2014", "date:<2014"),
    ("wom?n and (safety or harm)", "wom?n AND (safety OR harm)"),
]
WESTLAW = [
    ("da(aft 1-1-2014 & bef 1-1-2015)", "date:>2014-01-01 AND date:<2015-01-01"),
    ("DA(AFT 2013 & BEF 2015)", "date:>2013 AND date:<2015"),
    ("date(after 2014)", "date:>2014"),
    ("peace /5 talks & date(>2014)", "peace w/5 talks AND date:>2014"),
    ("peace +5 talks", "peace pre/5 talks"),
    ("peace /s talks /p mayor", "(peace w/s talks) w/p mayor"),
    ("ti(flood!) % obituary", "headline:flood* AND NOT obituary"),
    ('"peace talks" & mayor', '"peace talks" AND mayor'),
    ("atleast5(flood) & au(rolland)", "atleast5(flood) AND byline:rolland"),
    ("peace SAME talks", "peace w/p talks"),
    ("peace BUT NOT talks", "peace AND NOT talks"),
]
DATES = [
    ('date:"February 2014"', "date:2014-02"),
    ('date:"Feb. 2014"', "date:2014-02"),
    ('date:"2 June 2025"', "date:2025-06-02"),
    ('date:"June 2nd, 2025"', "date:2025-06-02"),
    ('date:"2014 May"', "date:2014-05"),
    ("date:14/02/2014", "date:2014-02-14"),
    ("date:02/14/2014", "date:2014-02-14"),
    ("date:14.2.2014", "date:2014-02-14"),
    ("date:2014/02/14", "date:2014-02-14"),
    ("date:02/2014", "date:2014-02"),
    ("date:20140214", "date:2014-02-14"),
    ("date:14/02/2014..20/02/2014", "date:2014-02-14..2014-02-20"),
    ("date:>=14/02/2014", "date:>=2014-02-14"),
    ("date:>= 14/02/2014", "date:>=2014-02-14"),
    ('date:"last 7 days"', "date:last-7-days"),
    ('date:"past 2 weeks"', "date:last-2-weeks"),
    ("date:last-month", "date:last-month"),
    ("date:this-year", "date:this-year"),
    ('captured:"March 2025"', "captured:2025-03"),
    ("date:2014 to 2015", "date:>=2014 AND date:<=2015"),
    ("date:[2014 TO *]", "date:>=2014"),
    ("flood year:[2014 TO 2015]", "flood AND date:>=2014 AND date:<=2015"),
    # Day and month are the same.
    ("date:3/3/2014", "date:2014-03-03"),
]

# A query, its canonical text, a part of the note, and the suggested query.
NOTED = [
    ("date:3/4/2014", "date:2014-04-03", "the day before the month", "date:2014-03-04"),
    ("x date:>= 3/4/2014", "x AND date:>=2014-04-03", "the day before the month", "x date:>=2014-03-04"),
    (
        "DATE AFT 3/4/2014 AND BEF 2015",
        "date:>2014-04-03 AND date:<2015",
        "the day before the month",
        "date:>2014-03-04 AND date:<2015",
    ),
    ("rst=tnyt", "rst=tnyt", "rst is not a field here", ""),
    ("ns>gcrim", "ns>gcrim", "ns is not a field here", ""),
    ("graphic(map)", "graphic AND map", "graphic is not a field here", ""),
    ("su.exact(peace)", "su.exact AND peace", "su.exact is not a field here", ""),
    ("ti,ab(peace)", "ti,ab AND peace", "ti,ab is not a field here", ""),
    ('cx="peace"', 'cx AND "peace"', "cx is not a field here", ""),
    ("LOAD-DATE(2014)", "LOAD-DATE AND 2014", "LOAD-DATE is not a field here", ""),
    ("HEADLINE (peace)", "HEADLINE AND peace", "without a space", "headline:(peace)"),
    ("peace NEAR talks", "peace AND NEAR AND talks", "write w/5", "peace w/5 talks"),
    ("peace ADJ talks", "peace AND ADJ AND talks", "write w/5", "peace pre/1 talks"),
    ("peace WITHIN 9 talks", "peace AND WITHIN AND 9 AND talks", "here it is written w/9", "peace w/9 talks"),
    ("peace ANDNOT talks", "peace AND ANDNOT AND talks", "written NOT", "peace NOT talks"),
    ("peace XOR talks", "peace AND XOR AND talks", "one of two without the other", ""),
    ("atleast 5 peace", "atleast AND 5 AND peace", "write atleast5(x)", "atleast5 peace"),
    ("organi#ation", "organi#ation", "any one letter ?", "organi?ation"),
    ("sanction$", "sanction", "any ending is written *", "sanction*"),
    ('headline:"peace tal*"', 'headline:"peace tal*"', "Ignored the *", "headline:(peace pre/1 tal*)"),
    ('"wom?n"', '"wom?n"', "Ignored the ?", "wom?n"),
    ('"sanction! relief"', '"sanction! relief"', "Ignored the !", "(sanction! pre/1 relief)"),
    ("S1 AND S2", "S1 AND S2", "no numbers here", ""),
    ("#1 AND #2", "1 AND 2", "no numbers here", ""),
    ("peace^2", "peace", "cannot be given more weight", ""),
    ('"no deal" or else', '"no deal" AND or AND else', "written OR", '"no deal" OR else'),
    ("to be or not to be", "to AND be AND or AND not AND to AND be", "“or” and “not”", "to be OR NOT to be"),
    ('not "peace"', 'not AND "peace"', "written NOT", 'NOT "peace"'),
]

# A query, the position of the error, and a part of its message.
REFUSED = [
    ("caps(us soldiers)", 0, "caps(soldiers)"),
    ('caps("us aid")', 0, "capitals are kept apart only"),
    ("peace CAPS(aid!)", 6, "capitals are kept apart only"),
    ("caps(sanctions)", 0, "words of 2 to 6 letters"),
    ("NOCAPS(us)", 0, "searching for small letters"),
    ("flood wc>500", 6, "searching by length"),
    ("length:>500", 0, "length: searching by length"),
    ("length > 500", 0, "searching by length"),
    ("LENGTH(>500)", 0, "searching by length"),
    ("wc(>500)", 0, "searching by length"),
    ("word-count>500", 0, "searching by length"),
    ("wc=500", 0, "searching by length"),
    ("date:31/02/2014", 5, "31/02/2014 is not a date"),
    ("date:99/99/2014", 5, "99/99/2014 is not a date"),
    ("date:1/6/25", 5, "1/6/25 is not a date"),
    ("date:february", 5, "february is not a date"),
]

# Words, not commands: nothing that is a date follows them, or they are part of a longer word.
WORDS = [
    ("the date after tomorrow", "the AND date AND after AND tomorrow"),
    ("update aft 2014", "update AND aft AND 2014"),
    ("date aft 2014x", "date AND aft AND 2014x"),
    ("length", "length"),
    ("a date in court", "a AND date AND in AND court"),
    ("talks (peace)", "talks AND peace"),
    ("headline (peace)", "headline AND peace"),
    ("NEAR", "NEAR"),
    ('"Help!"', '"Help!"'),
    ("US$5 A$AP", "US$5 AND A$AP"),
    ("S1 engine", "S1 AND engine"),
]


@pytest.mark.parametrize(("text", "canonical"), [*NEXIS, *FACTIVA, *PROQUEST, *WESTLAW, *DATES, *WORDS])
def test_query_of_another_service_is_read_without_a_note(text: str, canonical: str) -> None:
    parsed = parse(text, now=NOW)
    assert (parsed.canonical, parsed.notes) == (canonical, ())
    assert parse(canonical, now=NOW).tree == parsed.tree


@pytest.mark.parametrize(("text", "canonical", "message", "suggested"), NOTED)
def test_doubtful_reading_is_named(text: str, canonical: str, message: str, suggested: str) -> None:
    parsed = parse(text, now=NOW)
    assert parsed.canonical == canonical
    assert [message in note.message for note in parsed.notes] == [True]
    assert parsed.notes[0].suggested_query == suggested
    if suggested:
        assert not [note for note in parse(suggested, now=NOW).notes if "was read as" in note.message]


@pytest.mark.parametrize(("text", "position", "message"), REFUSED)
def test_what_is_missing_here_is_named(text: str, position: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, now=NOW)
    assert caught.value.position == position
    assert message in caught.value.message
