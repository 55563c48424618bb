"""Any text at all is a query that gets an answer; many more by `python -m tests.bench.search_nonsense`."""

from tests.bench.search_nonsense import ask, nonsense
from tests.search.documents import document, reply


def test_any_text_at_all_is_answered(built) -> None:
    engine = built(
        document(1, title="Chain slips", text="The derailleur FD7 shows E-1042."), reply(2, 1, "It was the cable."),
        document(3, title="日本", text="का ا ب"),
    )  # fmt: skip
    for typed in nonsense(300, ["chain", "derailleur", "cable", "the", "fd7"]):
        ask(engine, typed)
        engine.similar(typed)
