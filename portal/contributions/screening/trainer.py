"""Training of the spam score, in a process of its own: JSON examples on standard input, plain numbers on the output.

The only module that knows scikit-learn, so that no web process ever loads it.
"""

import json
import sys
from collections import Counter
from typing import Any

from portal.contributions.screening.features import SIZE, parts, vector

FOLDS = 5
STRENGTH = 30.0
"""How freely weights may grow (C of the regression); of little weight itself between 10 and 100 on two public sets."""
MARKED = 40
"""Words that are kept to explain the model, of each side."""


def train(texts: "list[str]", spam: "list[bool]", false_holds: float) -> dict[str, Any]:
    """Learn from examples. Returns bias, weights by place, and the words that weigh most.

    A logistic regression over counts scaled by how much likelier they are in spam (Wang and Manning 2012,
    "Baselines and Bigrams"). The bias is set so that a score of 0.5 lies where, in cross-validation, at most
    the share `false_holds` of the fair examples came out above it.
    """
    import numpy
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    vectors = [vector(text) for text in texts]
    rows = [row for row, (places, _) in enumerate(vectors) for _ in places]
    values = [value for places, value in vectors for _ in places]
    seen = csr_matrix((values, (rows, [p for places, _ in vectors for p in places])), shape=(len(texts), SIZE))
    answers = numpy.array(spam)

    def learn(x: Any, y: Any) -> tuple[Any, float]:
        there = (x > 0).astype(float)
        in_spam, in_fair = (numpy.asarray(there[of].sum(axis=0))[0] + 1 for of in (y, ~y))
        likelier = numpy.log((in_spam / in_spam.sum()) / (in_fair / in_fair.sum()))
        model = LogisticRegression(
            C=STRENGTH, solver="liblinear", dual=True, class_weight="balanced", random_state=1, max_iter=1000
        ).fit(x.multiply(likelier).tocsr(), y)
        return model.coef_[0] * likelier, float(model.intercept_[0])

    held_out = numpy.zeros(len(texts))
    folds = StratifiedKFold(min(FOLDS, int(answers.sum()), int((~answers).sum())), shuffle=True, random_state=1)
    for learned, asked in folds.split(seen, answers):
        weights, bias = learn(seen[learned], answers[learned])
        held_out[asked] = seen[asked] @ weights + bias
    fair, unfair = numpy.sort(held_out[~answers])[::-1], held_out[answers]
    # So many fair ones may lie above; with few examples none, and the highest keeps its distance.
    above = int(false_holds * len(fair))
    threshold = float(fair[above]) + 1e-6
    weights, bias = learn(seen, answers)
    return {
        "bits": SIZE.bit_length() - 1,
        "bias": round(bias - threshold, 5),
        "weights": [round(float(w), 3) or 0 for w in weights],
        "recall": round(float((unfair > threshold).mean()), 4),
        "words": _telling(texts, weights),
    }


def _telling(texts: "list[str]", weights: Any) -> "dict[str, list[list[Any]]]":
    """The words in three texts or more that weigh most for and against spam."""
    in_texts: Counter[str] = Counter()
    places: dict[str, tuple[int, ...]] = {}
    for text in texts:
        for part, of_part in parts(text):
            in_texts[part] += 1
            places[part] = of_part
    weighed = sorted(
        (round(float(sum(weights[p] for p in places[part])), 2), part) for part, n in in_texts.items() if n >= 3
    )
    return {
        "for": [[part, w] for w, part in reversed(weighed[-MARKED:]) if w > 0],
        "against": [[part, w] for w, part in weighed[:MARKED] if w < 0],
    }


def main() -> None:
    """Read `{"texts": […], "spam": […], "false_holds": 0.005}`; write the model."""
    given = json.load(sys.stdin)
    json.dump(train(given["texts"], given["spam"], given["false_holds"]), sys.stdout)


if __name__ == "__main__":
    main()
