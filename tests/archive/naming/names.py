"""Names and statements in the texts of an archive, as the rules would find them there."""

from collections.abc import Sequence

from archive.annotate import RULES_VERSION
from archive.models import (
    Annotation,
    AnnotationRule,
    Mention,
    Name,
    NameType,
    SectionVersion,
    Spelling,
    Statement,
    StatementKind,
    annotated_text,
    fold_name,
    follow_spellings,
    make_spelling,
)


def _version(headline: str) -> SectionVersion:
    versions = SectionVersion.objects.filter(section__article__headline__startswith=headline)
    return versions.order_by("section__position", "pk")[0]


def _rule() -> AnnotationRule:
    return AnnotationRule.objects.get_or_create(words="after a title")[0]


def mention(headline: str, text: str, *, label: str = "", kind: NameType = NameType.PERSON, percent: int = 90) -> Name:
    """Mentions a name in the first section of an article, at the place of a text; the label is chosen."""
    chosen = {"label_chosen": bool(label)}
    name, _ = Name.objects.get_or_create(label=label or text, type=kind, merged_into=None, defaults=chosen)
    spelling = _spelling(text, kind) or _spell(text, kind, name)
    version = _version(headline)
    whole = annotated_text(version.heading, version.text)
    start = whole.index(text)
    Mention.objects.create(
        version=version,
        spelling=spelling,
        start=start,
        end=start + len(text),
        in_heading=start < len(version.heading),
        rule=_rule(),
        confidence_percent=percent,
    )
    Annotation.objects.filter(version=version).update(rules=RULES_VERSION)
    follow_spellings({spelling.pk})
    return spelling.name


def _spelling(text: str, kind: NameType) -> Spelling | None:
    return Spelling.objects.filter(folded=fold_name(text), type=kind).first()


def _spell(text: str, kind: NameType, name: Name) -> Spelling:
    spelling = make_spelling(kind, text)
    spelling.name = name
    spelling.save()
    return spelling


def mention_first_word(version: SectionVersion) -> None:
    """Makes the first word of each line of a text a name, and the first line a doubtful statement of the first."""
    whole = annotated_text(version.heading, version.text)
    start = 0
    for line in whole.split("\n"):
        if words := line.split():
            _mention_at(version, start + line.index(words[0]), words[0])
        start += len(line) + 1
    first = version.mentions.order_by("start").first()
    if first:
        _state_at(version, 0, whole.index("\n") if "\n" in whole else len(whole), first.spelling)


def mention_many(version: SectionVersion, texts: Sequence[str]) -> None:
    """Makes the first word of a text a mention of many persons."""
    kind = NameType.PERSON
    persons = Name.objects.bulk_create(Name(type=kind, label=text, own_label=text) for text in texts)
    spellings = [make_spelling(kind, text) for text in texts]
    for name, spelling in zip(persons, spellings, strict=True):
        spelling.name = name
    made = Spelling.objects.bulk_create(spellings)
    Mention.objects.bulk_create(
        Mention(
            version=version, spelling=spelling, start=0, end=1, in_heading=False, rule=_rule(), confidence_percent=9
        )
        for spelling in made
    )
    follow_spellings([spelling.pk for spelling in made])


def _mention_at(version: SectionVersion, start: int, text: str) -> None:
    kind = NameType.PERSON
    spelling = _spelling(text, kind) or _spell(text, kind, Name.objects.create(label=text, type=kind))
    Mention.objects.create(
        version=version,
        spelling=spelling,
        start=start,
        end=start + len(text),
        in_heading=start < len(version.heading),
        rule=_rule(),
        confidence_percent=90,
    )
    follow_spellings({spelling.pk})


def _state_at(version: SectionVersion, start: int, end: int, speaker: Spelling) -> None:
    Statement.objects.create(
        version=version,
        number=version.statements.count() + 1,
        kind=StatementKind.INDIRECT,
        content=[[start, end]],
        speaker=speaker,
        rule=_rule(),
        confidence_percent=55,
    )


def state(headline: str, words: str, *, speaker: str = "", percent: int = 55) -> Statement:
    """Makes words of the first section of an article a statement of whom a spelling names."""
    version = _version(headline)
    whole = annotated_text(version.heading, version.text)
    start = whole.index(words)
    return Statement.objects.create(
        version=version,
        number=version.statements.count() + 1,
        kind=StatementKind.INDIRECT,
        content=[[start, start + len(words)]],
        speaker=Spelling.objects.get(text=speaker) if speaker else None,
        rule=_rule(),
        confidence_percent=percent,
    )
