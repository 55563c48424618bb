"""What people and programs type that nobody meant."""

HOSTILE: dict[str, str | bytes] = {
    "nothing": "",
    "only spaces": " \t\r\n\u00a0",
    "a NUL": "a\0b",
    "not UTF-8": b"\xff\xfe\xc3(\xed\xa0\x80",
    "right to left": "\u202emoc.live\u2066\u2067 שלום",
    "zero width": "\u200b\u200d\u2060\ufeff",
    "emoji": "👩🏽\u200d🚀" * 40,
    "marks upon marks": "a" + "\u0301" * 400,
    "no characters": "\ufffe\uffff\U0010ffff\ud7ff",
    "a number too large": "9" * 400,
    "a negative number": "-1",
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "a query": "' OR 1=1; DROP TABLE member; --",
    "a template": "{{ 7 * 7 }}{% include '/etc/passwd' %}${7*7}",
    "line ends": "a\r\nX-Evil: 1\r\rb",
    "nested markdown": ">" * 3000 + "[" * 3000,
    "far too much": "wort " * 60_000,
}
