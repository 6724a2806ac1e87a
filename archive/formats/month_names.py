"""The names of months in some thirty languages: whole, abbreviated or inflected.

Kept by hand instead of derived from CLDR, for two reasons. Few other words may begin like a month: "Pro 14" and
"Spain 2" are no dates, although CLDR abbreviates months as `pro` and `spal`. And Babel takes 0.2 s to load the
languages. A test compares the table with CLDR. Pure; every reader may import it.
"""

# For each month the beginnings of its names; of beginnings that match a word the longest counts. Listopad is left out:
# it is October in Croatian and November in Polish and Czech.
_BEGINNINGS = (
    "jan jän ene gen ian jaa tam oca sty led січ янв яну ιαν ינו يناير",
    "feb fév fev helm şub vee lut úno лют фев φεβ פבר فبراير",
    "mar mär mrt maa már bře бер мар μαρ μάρ מרץ مارس",
    "apr avr abr ápr huh nis kwi dub кві апр απρ אפר أبريل ابريل",
    "mai may mag mei maj máj maí tou kvě тра мая май μαΐ μαϊ μάι מאי مايو",
    "juni jun juin jún juu giu iun kes haz cze červen červn чер июн юни ιουν ιούν יוני يونيو",
    "juli jul juil júl juul lug iul hein tem lipi lipc červenc červene лип июл юли ιουλ ιούλ יולי يوليو",
    "aug aoû aou ago agu ağu ágú elo sie srpna srpen сер авг αυγ αύγ אוג أغسطس",
    "sep set sze syys eyl wrz zář вер сен сеп σεπ ספט سبتمبر",
    "okt oct ott out lok eki paź říj жов окт οκτ אוק أكتوبر اكتوبر",
    "nov nóv noi marr kas лис ноя ное νοε νοέ נוב نوفمبر",
    "dez dec déc dic des det jou ara gru pros гру дек δεκ דצמ ديسمبر",
)
_MONTHS = {beginning: number for number, row in enumerate(_BEGINNINGS, start=1) for beginning in row.split()}


def month_number(name: str) -> int:
    """Returns the number of the month that a word names; 0 if it names none."""
    word = name.lower()
    matches = (beginning for beginning in _MONTHS if word.startswith(beginning))
    longest = max(matches, key=len, default="")
    return _MONTHS[longest] if longest else 0
