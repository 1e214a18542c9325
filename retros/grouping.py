"""A name for a group of learnings, from the words they share."""

from collections import Counter
from collections.abc import Sequence

from core.lexemes import lexemes
from retros.vocabulary import normalised

SHORTEST, MOST_WORDS, LONGEST = 4, 3, 60


def suggested_name(texts: Sequence[str]) -> str:
    """“Runbook, checkout”: the words that most of the texts have, as the first has them; else its beginning."""
    if not texts:
        return ""
    words = [[word for word in normalised(text).split() if len(word) >= SHORTEST] for text in texts]
    known = lexemes(word for each in words for word in each)
    counted = Counter(lexeme for each in words for lexeme in {known[word] for word in each if word in known})
    first: dict[str, str] = {}  # by lexeme the word that the first text has for it
    for word in words[0]:
        if word in known:
            first.setdefault(known[word], word)
    shared = [word for lexeme, word in first.items() if counted[lexeme] > len(texts) / 2]
    if shared and len(texts) > 1:
        name = ", ".join(shared[:MOST_WORDS])
        return name[:1].upper() + name[1:]
    return " ".join(texts[0].split())[:LONGEST].strip()
