"""One folder a tracker: its client, and how it is set up there. Libraries are only loaded by workers, on first use."""

from dataclasses import dataclass

from django.utils.module_loading import import_string

from trackers.face import Access, Client, Field

ALL = frozenset(Field)


@dataclass(frozen=True)
class KindFacts:
    """What pages say of a kind of tracker, and the dotted path of its client.

    `address` is where it usually is; "" where everybody has their own. Other packages may add to `KINDS`.
    """

    client: str
    name: str
    initials: str
    words: str
    address: str
    fields: frozenset[Field]
    has_hooks: bool = True
    user_name: str = ""
    token: str = "Token"
    example: str = ""


KINDS: dict[str, KindFacts] = {
    "redmine": KindFacts(
        client="trackers.kinds.redmine.client.Client",
        name="Redmine",
        initials="RM",
        words="Issues of your own server",
        address="",
        fields=ALL,
        has_hooks=False,
        token="API access key",
        example="pay",
    ),
}
"""By kind, those that can be added."""


def client_of(access: Access) -> Client:
    """In a worker only: it brings the tracker's library along."""
    client: Client = import_string(KINDS[access.kind].client)(access)
    return client
