"""Acts that are done whole or not at all, in one transaction, however many articles they touch.

Where these are many, nobody waits for a page: the act is begun, and the process that follows the record carries it
out, as it does the batches of `bulk_acts`. A process that is killed leaves nothing of it, and the next one does it.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils import timezone

from ..models import Operation
from ..sight import User
from .kinds import Kind
from .recording import Act, last_capture


class WholeAct(ABC):
    """One kind of act. Its parameters are JSON, since they outlive the request.

    `name` is stored; the user needs the permission again when it is carried out.
    """

    name: ClassVar[str]
    kind: ClassVar[Kind]

    def permission_for(self, parameters: Mapping[str, Any]) -> str:
        """Returns the permission that its user needs with these parameters."""
        return self.kind.permission

    @abstractmethod
    def carry_out(self, parameters: Mapping[str, Any], act: Act) -> None:
        """Does it, in an operation, and says by `act.label` what was done. Raises ArchiveError if it cannot be."""


def begin_whole(
    act: WholeAct,
    parameters: Mapping[str, Any],
    *,
    label: str,
    total: int,
    user: User,
    undoes: Operation | None = None,
) -> Operation:
    """Begins an act that touches `total` articles, and returns its operation, which waits to be carried out.

    Others may read the label before the operation has rows: it must name nothing that may be hidden.
    """
    return Operation.objects.create(
        kind=act.kind.name,
        label=label,
        user_name=user.get_username(),
        at=timezone.now(),
        capture_to=last_capture(),
        state=Operation.State.WAITING,
        plan={"act": act.name, "parameters": dict(parameters), "ids": []},
        total=total,
        undoes=undoes,
    )
