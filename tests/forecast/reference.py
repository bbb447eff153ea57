#!/usr/bin/env python3
"""Reference values of the classical models, by code that is not ours.

    python3 -m pip install statsforecast==2.1.1 statsmodels==0.15.0 numpy
    python3 tests/forecast/reference.py

Writes `histories.csv` and `reference.csv` beside itself: five steps ahead per history and model. Exponential smoothing,
Croston, SBA, TSB, means of windows, naive and seasonal naive are statsforecast's. Holt's damped trend is statsmodels',
started with the first value and no trend, as ours is. Theta is worked out from its definition: half the least-squares
line carried on, half statsforecast's exponential smoothing of the line with twice the curvature (Assimakopoulos &
Nikolopoulos 2000). A tie with ours is at most 1e-9 of the value, which is rounding.
"""

import csv
import pathlib

import numpy as np
import statsforecast.models as models
from statsmodels.tsa.holtwinters import Holt

STEPS = 5
SMOOTHING = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 1.0]


def histories():
    """Counts with gaps, a rise, a weekly shape, an end of sale, one bulk order, amounts, a late start."""
    days = np.arange(140)
    # A fixed generator of its own, so that no library decides what the histories are.
    state, noise = 1, []
    for _ in days:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        noise.append((state >> 40) / 2**24)
    noise = np.array(noise)
    weekly = np.round(6 * (1 + 0.6 * (days % 7 > 4)) * noise)
    gapped = np.where(noise > 0.7, np.round(9 * noise), 0.0)
    return {
        "gapped": gapped,
        "rising": np.round(10 + 0.4 * days + 8 * noise),
        "weekly": weekly,
        "ending": np.where(days < 100, weekly, 0.0),
        "bulk": np.where(days == 90, 400.0, gapped),
        "amounts": np.round(0.05 + 3.7 * noise**3, 3),
        "late": np.where(days < 30, 0.0, weekly),
        "short": weekly[:9] + 1,
    }


def ahead(model, values):
    return model.fit(values).predict(h=STEPS)["mean"]


def holt(values, alpha, beta, damping):
    fitted = Holt(values[1:], damped_trend=True, initialization_method="known", initial_level=values[0], initial_trend=0.0).fit(
        smoothing_level=alpha, smoothing_trend=beta, damping_trend=damping, optimized=False
    )
    return fitted.forecast(STEPS)


def theta(values, alpha):
    count = len(values)
    slope, start = np.polyfit(np.arange(count), values, 1)
    curved = 2 * values - (start + slope * np.arange(count))
    level = ahead(models.SimpleExponentialSmoothing(alpha=alpha), curved)
    line = start + slope * np.arange(count, count + STEPS)
    return (line + level) / 2


def references(values):
    """Model as our tests name it, and its steps ahead."""
    for alpha in SMOOTHING:
        yield f"ses {alpha:g}", ahead(models.SimpleExponentialSmoothing(alpha=alpha), values)
    for size, chance in [(0.05, 0.05), (0.05, 0.2), (0.2, 0.1)]:
        yield f"tsb {size:g} {chance:g}", ahead(models.TSB(alpha_d=size, alpha_p=chance), values)
    yield "croston 0.1", ahead(models.CrostonClassic(), values)
    yield "sba 0.1", ahead(models.CrostonSBA(), values)
    for days in (7, 28, 112):
        if days <= len(values):
            yield f"window {days}", ahead(models.WindowAverage(window_size=days), values)
    yield "naive", ahead(models.Naive(), values)
    yield "seasonal naive 7", ahead(models.SeasonalNaive(season_length=7), values)
    for alpha, beta, damping in [(0.1, 0.05, 0.95), (0.8, 0.2, 0.9), (0.3, 0.1, 0.98)]:
        yield f"holt {alpha:g} {beta:g} {damping:g}", holt(values, alpha, beta, damping)
    for alpha in (0.1, 0.4):
        yield f"theta {alpha:g}", theta(values, alpha)


def main():
    folder = pathlib.Path(__file__).parent
    with open(folder / "histories.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["history", "day", "units"])
        for name, values in histories().items():
            rows.writerows([name, day, repr(float(units))] for day, units in enumerate(values))
    with open(folder / "reference.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["history", "model", *(f"step_{step}" for step in range(1, STEPS + 1))])
        for name, values in histories().items():
            for model, steps in references(values):
                rows.writerow([name, model, *(repr(float(step)) for step in steps)])


if __name__ == "__main__":
    main()
