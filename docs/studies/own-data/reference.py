"""Writes reference.csv: classifiers of scikit-learn on the splits of splits.csv, ten seeds each. python reference.py

scikit-learn's defaults on standardised features, apart from what is set here. Some 8 minutes of one core.
"""
import csv
import gzip
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FOLDER = Path(__file__).parent
SEEDS = 10
CLASSIFIERS = {
    "logistic regression": lambda seed: LogisticRegression(max_iter=2000, random_state=seed),
    "random forest": lambda seed: RandomForestClassifier(n_estimators=500, random_state=seed),
    "MLP": lambda seed: MLPClassifier(hidden_layer_sizes=(100,), random_state=seed),
}


def table(name):
    with gzip.open(FOLDER / "data" / f"{name}.csv.gz", "rt") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([row[:-1] for row in rows], np.float32), np.array([row[-1] for row in rows])


def splits():
    """Name, seed, and x and y of training and test data."""
    with open(FOLDER / "splits.csv", newline="") as file:
        for split in csv.DictReader(file):
            x, y = table(split["task"])
            held = np.zeros(len(y), bool)
            held[[int(row) for row in split["test"].split()]] = True
            yield split["task"], int(split["seed"]), x[~held], y[~held], x[held], y[held]
    for name in ["vowel", "dna", "satellite"]:
        for seed in range(SEEDS):
            yield name, seed, *table(name), *table(f"{name}-test")


packages = ", ".join(f"{name} {version(name)}" for name in ["scikit-learn", "numpy"])
made = f"Python {platform.python_version()}, {packages}"
rows = []
for name, seed, x, y, x_test, y_test in splits():
    for classifier, make in CLASSIFIERS.items():
        model = make_pipeline(StandardScaler(), make(seed)).fit(x, y)
        rows.append([name, classifier, seed, model.score(x_test, y_test), model.score(x, y), made])
order = list(CLASSIFIERS)
rows.sort(key=lambda row: order.index(row[1]))
with open(FOLDER / "reference.csv", "w", newline="") as file:
    head = ["task", "algorithm", "seed", "testAccuracy", "trainAccuracy", "versions"]
    csv.writer(file, lineterminator="\n").writerows([head, *rows])
