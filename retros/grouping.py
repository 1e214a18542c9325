"""A name for a group of learnings, from the words they share."""

from collections import Counter
from collections.abc import Sequence

from retros.vocabulary import normalised

SHORTEST, MOST_WORDS, LONGEST = 4, 3, 60
COMMON = frozenset(
    [
        "about",
        "after",
        "again",
        "also",
        "been",
        "before",
        "being",
        "could",
        "didn",
        "does",
        "down",
        "during",
        "each",
        "even",
        "ever",
        "every",
        "from",
        "have",
        "having",
        "into",
        "just",
        "like",
        "made",
        "make",
        "many",
        "more",
        "most",
        "much",
        "need",
        "never",
        "only",
        "other",
        "ours",
        "over",
        "really",
        "same",
        "should",
        "since",
        "some",
        "still",
        "such",
        "than",
        "that",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "time",
        "under",
        "until",
        "very",
        "want",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "with",
        "without",
        "would",
        "your",
    ]
)


def suggested_name(texts: Sequence[str]) -> str:
    """“Runbook, checkout”: the words that most of the texts have, in the order of the first; else its beginning."""
    words = [[word for word in normalised(text).split() if _says_something(word)] for text in texts]
    counted = Counter(word for each in words for word in set(each))
    shared = [word for word in dict.fromkeys(words[0] if words else []) if counted[word] > len(texts) / 2]
    if shared and len(texts) > 1:
        name = ", ".join(shared[:MOST_WORDS])
        return name[:1].upper() + name[1:]
    return " ".join(texts[0].split())[:LONGEST].strip() if texts else ""


def _says_something(word: str) -> bool:
    return len(word) >= SHORTEST and word not in COMMON
