"""Draws docs/images/own-data.png from table.csv and reference.csv: python figure.py. Made with matplotlib 3.11."""
from pathlib import Path

import matplotlib
import pandas as pd

matplotlib.use("Agg")
import matplotlib.pyplot as plt

FOLDER = Path(__file__).parent
LOOKS = {
    "annealing": ("#0a5ca8", "o"),
    "edge-popup (annealing’s sparsity)": ("#c75d0a", "v"),
    "edge-popup (fair)": ("#c75d0a", "^"),
    "backpropagation": ("#2a7d46", "s"),
    "backpropagation (kaiming-normal)": ("#2a7d46", "d"),
    "MLP": ("#57606a", "D"),
    "logistic regression": ("#57606a", "P"),
    "random forest": ("#57606a", "X"),
}

ours = pd.read_csv(FOLDER / "table.csv").set_index(["task", "algorithm"])["testAccuracyMean"]
ours = ours.rename(lambda name: name.removesuffix(".csv.gz"), level="task")
theirs = pd.read_csv(FOLDER / "reference.csv").groupby(["task", "algorithm"])["testAccuracy"].mean()
means = 100 * pd.concat([ours, theirs]).unstack()
means = means.sort_values("random forest")

figure, axes = plt.subplots(figsize=(8, 4.6))
for row, (_, values) in enumerate(means.iterrows()):
    axes.plot([values.min(), values.max()], [row, row], color="#d0d7de", zorder=1)
for name, (color, marker) in LOOKS.items():
    axes.scatter(means[name], range(len(means)), color=color, marker=marker, s=36, alpha=0.85, label=name, zorder=2)
axes.set_yticks(range(len(means)), means.index)
axes.set_xlabel("test accuracy, per cent")
for side in ["top", "right", "left"]:
    axes.spines[side].set_visible(False)
axes.tick_params(axis="y", length=0)
figure.legend(loc="upper center", ncols=4, frameon=False, fontsize=8.5, handletextpad=0.2)
figure.tight_layout(rect=(0, 0, 1, 0.9))
figure.savefig(FOLDER / "../../images/own-data.png", dpi=130)
