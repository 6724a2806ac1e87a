"""What is known of copies of articles. All but CopyJudgement follows from the articles that are shown.

The rows have the plain numbers of articles, no foreign keys, as Change has: what belongs to a deleted article is
needed to find whose copy it was. `archive.copies` writes them, and can make them again.
"""

from typing import ClassVar

from django.db import models

from .articles import Article


class ComparedText(models.Model):
    """The words of an article that is shown, as they were last compared with those of others.

    `first` is the first article of its group, itself perhaps; empty if it has no copies. `credited` are the agencies
    that it credits, `agency` those that it or another article of its group credits, separated by line ends.
    """

    article_id = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=32, help_text="Of the words; empty where they are too few, or a live page's.")
    prints = models.BinaryField(help_text="The sample by which copies are found: numbers of eight bytes.")
    credited = models.TextField()
    agency = models.TextField()
    first = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["first"], name="compared_text_first", condition=models.Q(first__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"The words of article {self.article_id}"


class TextPrint(models.Model):
    """A number in the sample of an article: articles with several in common may be copies."""

    pk = models.CompositePrimaryKey("number", "article_id")
    number = models.BigIntegerField()
    article_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"Print {self.number} of article {self.article_id}"


class CopyPair(models.Model):
    """Two articles with much the same words; each pair has two rows, so that both articles find it."""

    pk = models.CompositePrimaryKey("article_id", "other_id")
    article_id = models.BigIntegerField()
    other_id = models.BigIntegerField()
    contained = models.FloatField(help_text="The share of the shorter text that is in the longer, word for word.")
    resemblance = models.FloatField(help_text="The share of the words of both together that both have.")

    def __str__(self) -> str:
        return f"Articles {self.article_id} and {self.other_id}"


class CopyJudgement(models.Model):
    """A curator's judgement that two articles with the same words are two; `article` has the lower number.

    That they are one article is said by `Article.same_as`.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    other = models.ForeignKey(Article, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "proposal to merge"
        verbose_name_plural = "proposals to merge"
        constraints = [models.UniqueConstraint(fields=["article", "other"], name="copy_judged_once")]
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return f"Articles {self.article_id} and {self.other_id} are two articles"
