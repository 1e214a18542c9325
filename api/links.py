"""Links of the description: from what makes a record to the operations that take it, made from the register."""

from typing import Any

from rest_framework import serializers

from api.registry import OPERATIONS, PARTS, Operation


def add_links(result: dict[str, Any]) -> None:
    """To each 201, the operations that take what was made; each link stands once, under components."""
    told = {one["operationId"]: one for path in result["paths"].values() for one in path.values()}
    links: dict[str, Any] = {}
    for maker in OPERATIONS:
        if maker.status != 201 or maker.name not in told:
            continue
        for name, link in _links_of(maker):
            links[name] = link
            answer = told[maker.name]["responses"]["201"]
            answer.setdefault("links", {})[link["operationId"]] = {"$ref": f"#/components/links/{name}"}
    result["components"]["links"] = dict(sorted(links.items()))


def _links_of(maker: Operation) -> list[tuple[str, dict[str, Any]]]:
    """(name of the link, link)."""
    found = []
    sent = {PARTS[name].same or name: f"$request.path.{PARTS[name].described_name}" for name in maker.parts}
    for made, pointer in _parts_made(maker):
        known = sent | {made: f"$response.body#/{pointer}"}
        within = "_".join(pointer.split("/")[:-1])
        for taker in OPERATIONS:
            if made in {PARTS[name].same or name for name in taker.parts} and _is_whole(taker, known):
                parameters = {
                    PARTS[name].described_name: value
                    for name in taker.parts
                    if (value := known.get(PARTS[name].same or name))
                }
                name = f"{taker.name}_of_{within}" if within else taker.name
                found.append((name, {"operationId": taker.name, "parameters": parameters}))
    return found


def _is_whole(taker: Operation, known: dict[str, str]) -> bool:
    """Whether all parts of the address are known, but for those that are chosen: words, and what stands elsewhere."""
    return all(
        (PARTS[name].same or name) in known or PARTS[name].choices or PARTS[name].same for name in taker.parts
    )


def _parts_made(maker: Operation) -> list[tuple[str, str]]:
    """(part, where in the answer it stands) for what the operation makes."""
    pointers = {
        name: f"{inner}{part.key}"
        for name, part in PARTS.items()
        if part.shape and (inner := _place(maker, part.shape)) is not None
    }
    own = {name for name in pointers if _is_kept_at(name, maker.path)} or set(pointers)
    return [(name, pointers[name]) for name in pointers if name in own and name not in maker.parts]


def _place(maker: Operation, shape: type[serializers.BaseSerializer]) -> str | None:
    """Before the names of the shape's fields in the answer: nothing, or that of the field that holds it."""
    answer = maker.answer
    assert answer is not None
    if issubclass(answer, shape):
        return ""
    fields = getattr(answer(), "fields", {})
    return next((f"{name}/" for name, field in fields.items() if isinstance(field, shape)), None)


def _is_kept_at(name: str, path: str) -> bool:
    """Whether the list that the part names one of is this address, or one above it.

    So a token made for a service account is not taken for one of the caller.
    """
    piece = f"/{{{name}}}"
    lists = {one.path.split(piece)[0] for one in OPERATIONS if piece in one.path}
    return any(path == one or path.startswith(f"{one}/") for one in lists)
