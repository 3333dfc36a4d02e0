"""Texts that would make a careless parser slow: one piece over and over."""

LONG = 1_000_000
"""How many characters may be pasted, about."""

HOSTILE = {
    "commas": ",",
    "brackets": "[",
    "round brackets": "(",
    "closed brackets": "(()",
    "one word": "a",
    "figures": "1 ",
    "votes and a bracket": "1 votes (",
    "announcements": "Adopted by 93 votes to 18, with 65 abstentions. ",
    "headings": "In favour:",
    "headings on lines": "\nIn favour\n",
    "names": "Albania, Andorra, ",
    "names on lines": "Albania\n",
    "unknown names": "Atlantis, ",
    "and": " and ",
    "full stops": ". ",
    "unanimous": "adopted unanimously ",
    "delegations": "the delegation of ",
    "intents": "the delegation of X informed the Secretariat that it had intended to abstain. ",
    "intents of nobody": "the Secretariat had intended to ",
    "page feet": "18/34 25-04567\n",
    "page feet and text": "18\na\n",
    "dates": "24/02/2025 a ",
    "line ends": "\n",
    "hyphens": "a-\n",
    "soft hyphens": "a\u00ad",
    "spaces": "\u00a0",
    "symbols": "draft resolution A/",
    "many drafts": "draft resolution A/79/L.5 ",
    "half characters": "\ud800",
    "addresses": "\nhttps://",
}


def hostile(unit: str, length: int) -> str:
    """Return a list of ``length`` characters, ``unit`` over and over."""
    return f"In favour: {unit * (length // len(unit))}"
