"""What of the archive a user may see. The admin and the pages of search ask here, and nowhere else.

Readers see what is neither withheld nor under embargo. Users with the permission to view articles see everything.
"""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

RIGHT = "archive.view_article"


def may_see_all(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether a user sees what is withheld or under embargo too."""
    return bool(user.has_perm(RIGHT))  # type: ignore[union-attr]
