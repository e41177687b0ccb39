"""Writes the two data sets of scikit-learn as CSV: python data.py. Made with Python 3.11 and scikit-learn 1.9.1."""
import gzip
from pathlib import Path

from sklearn import datasets

FOLDER = Path(__file__).parent / "data"

for name, bunch in {"wine": datasets.load_wine(), "breast-cancer": datasets.load_breast_cancer()}.items():
    header = [str(feature).replace(" ", "-") for feature in bunch.feature_names]
    rows = [[*map(repr, map(float, x)), str(bunch.target_names[y])] for x, y in zip(bunch.data, bunch.target)]
    text = "".join(",".join(row) + "\n" for row in [[*header, "class"], *rows])
    # Without the time, so that the bytes are the same each time.
    (FOLDER / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
