"""Words of questions: with which a question begins, and which of its words say nothing of its subject. Pure tables.

For English, German, French and Spanish. A form may be in several languages (was, comment), and its neighbours decide.
`questions` uses them.
"""

from dataclasses import dataclass

from ..text import FUNCTION_WORDS, word_forms


def _forms(*lines: str) -> frozenset[str]:
    return frozenset(form for line in lines for form in word_forms(line))


@dataclass(frozen=True)
class QuestionWords:
    """The words of a language, as folded forms.

    `asking` begin a question, `verbs` only one with a question mark. `requests` begin one before `to_whom` (tell me),
    or alone where there is none. `empty` are all words that say nothing of the subject, these included.
    """

    asking: frozenset[str]
    verbs: frozenset[str]
    requests: frozenset[str]
    to_whom: frozenset[str]
    function_words: frozenset[str]

    @property
    def empty(self) -> frozenset[str]:
        return self.asking | self.verbs | self.function_words


QUESTION_WORDS = (
    QuestionWords(
        asking=_forms("what which who whom whose when where why how"),
        verbs=_forms("is are was were do does did has have had can could will would should may might must"),
        requests=_forms("tell show give find"),
        to_whom=_forms("me us"),
        function_words=FUNCTION_WORDS | _forms("please"),
    ),
    QuestionWords(
        asking=_forms(
            "was wer wen wem wessen wann wo woher wohin warum wieso weshalb wie wieviel wieviele welche welcher",
            "welches welchen welchem",
        ),
        verbs=_forms(
            "ist sind war waren hat haben hatte hatten wird werden wurde wurden kann können konnte soll darf gibt"
        ),
        requests=_forms("erzähl erzähle erzählen sag sage sagen zeig zeige zeigen"),
        to_whom=_forms("mir uns"),
        function_words=_forms(
            "der die das den dem des ein eine einen einem einer eines kein keine keinen keiner dieser diese",
            "dieses diesen diesem jede jeder jedes jeden alle allen viel viele vielen wenig wenige mehr ich du er",
            "sie es wir ihr mich mir dich dir sich uns euch ihn ihm ihnen mein meine dein sein seine seinen",
            "seinem seiner ihre ihren ihrem ihrer in im ins an am ans auf aus bei beim mit nach von vom vor zu",
            "zum zur über unter durch für gegen ohne um bis seit während wegen zwischen und oder aber denn als so",
            "dass daß ob wenn weil auch noch nur schon nicht sehr dort hier da man etwas gab sollen sollte will",
            "wollen wollte muss müssen musste worden bitte",
        ),
    ),
    QuestionWords(
        asking=_forms("qui que quoi quel quelle quels quelles quand où pourquoi comment combien qu lequel laquelle"),
        verbs=_forms("est sont était étaient a ont avait fut sera peut peuvent"),
        requests=_forms("parle parlez dis dites raconte racontez montre montrez"),
        to_whom=_forms("moi nous"),
        function_words=_forms(
            "le la les l un une des du de d au aux et ou mais donc ni car dans en sur sous par pour avec sans",
            "chez vers entre contre depuis pendant avant après été être avoir avaient furent seront il elle ils",
            "elles on nous vous je tu j me m te t se s lui leur leurs son sa ses mon ma mes ton ta tes notre nos",
            "votre vos ce cet cette ces c ça cela dont ne n pas plus moins très y si comme tout tous toute toutes",
            "même aussi",
        ),
    ),
    QuestionWords(
        asking=_forms("qué quién quiénes cuál cuáles cuándo dónde adónde cómo cuánto cuánta cuántos cuántas por"),
        verbs=_forms("es son era eran fue fueron está están estaba ha han había hay puede pueden"),
        requests=_forms("dime díganos dígame háblame hábleme cuéntame cuénteme muéstrame"),
        to_whom=frozenset(),
        function_words=_forms(
            "el la los las un una unos unas lo al del de a en con para sin sobre entre hasta desde hacia contra",
            "según y e o u pero ni si ser estar sido se le les me te nos os su sus mi mis tu tus este esta estos",
            "estas ese esa esos esas aquel aquella ya no muy más menos también yo él ella ellos ellas usted",
            "ustedes",
        ),
    ),
)
