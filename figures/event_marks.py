"""One mark an event: its shape says what kind it is, hollow that its minute is an estimate."""

from figures.draw import el, number

SHAPES = {  # in a box of 16 × 16 around 0, 0
    "change": "M0 -6.5L6.5 0L0 6.5L-6.5 0Z",
    "alert": "M-6.5 4H6.5L4.5 1.5V-2A4.5 4.5 0 0 0 -4.5 -2V1.5ZM-2 5.2H2A2 2 0 0 1 -2 5.2Z",
    "decision": "M-5.5 -6H1L6.5 0L1 6H-5.5L-2 0Z",
    "mitigation": "M-2 -6.2H2V-2H6.2V2H2V6.2H-2V2H-6.2V-2H-2Z",
    "milestone": "M-4 -7H-2.4V-6H6L3.6 -2.5L6 1H-2.4V7H-4Z",
    "update": "M-6.5 -6H6.5V3.2H-1L-4.5 6.6V3.2H-6.5Z",
    "severity": "M0 -6.5L7 6H-7Z",
}
QUESTION = "M-2 -1.4C-2 -4.2 2.2 -4 2 -1.4C1.8 0 0 -.2 0 1.4"
CALLED = {
    "change": "change",
    "alert": "alert",
    "decision": "decision",
    "mitigation": "mitigation",
    "milestone": "milestone",
    "update": "update",
    "hypothesis": "hypothesis, question",
    "note": "anything else",
}


def event_mark(kind: str, x: float, y: float, *, size: float = 15, is_estimated: bool = False) -> str:
    turn = f"translate({number(float(x))} {number(float(y))})" + (
        f" scale({size / 16:.3g})" if size != 16 else ""
    )
    hollow = " ev-hollow" if is_estimated else ""
    return el("g", _inner(kind), transform=turn, class_=f"ev ev-{kind}{hollow}")


def _inner(kind: str) -> str:
    if kind in SHAPES:
        return el("path", d=SHAPES[kind], class_="m-fill")
    if kind in ("hypothesis", "question"):
        ring = el("circle", r=6, class_="m-frame")
        return ring + el("path", d=QUESTION, class_="m-frame") + el("circle", cy=3.5, r=0.9, class_="m-fill")
    return el("circle", r=5.5, class_="m-frame") + el("circle", r=2.2, class_="m-fill")
