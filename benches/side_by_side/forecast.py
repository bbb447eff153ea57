#!/usr/bin/env python3
"""trueup forecast and statsforecast on the same series, origins and metric code.

    python benches/side_by_side/forecast.py SERIES.parquet --season 7 --freq D --horizon 28 \
        --origins 28,56 --limit 400 --trueup target/release/trueup --methods TSB,IMAPA,AutoETS

SERIES has unique_id, ds, y. Needs pandas, pyarrow, scipy and statsforecast. Both sides get the history
before each origin, with zeros before the first sale left out; series that never change are left out.

RMSSE, MASE (seasonal lag), sMAPE and WAPE are of the steps; sPL is the pinball loss of the sum over L steps
at six levels, divided by the mean absolute step of the history times the root of L. statsforecast has no
quantiles of sums: its path is added up and its one-step error widened by the root of L, as a user would.
CPU seconds: statsforecast's are of the call alone; trueup's are of the whole process, reading and writing
included.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import pandas as pd
from scipy.stats import norm

warnings.filterwarnings("ignore")
LEVELS = np.array([0.5, 0.8, 0.9, 0.95, 0.975, 0.99])
NAMES = ["p50", "p80", "p90", "p95", "p975", "p99"]


def load(path, origin, horizon, limit):
    """Histories, the steps that followed, and each history's last `ds`."""
    frame = pd.read_parquet(path, columns=["unique_id", "ds", "y"])
    ids, known, actual, steps = [], [], [], []
    for name, group in frame.groupby("unique_id", sort=False):
        values = group["y"].to_numpy(float)
        count = len(values) - origin
        if count < 10 or np.count_nonzero(values[:count]) < 2:
            continue
        first = int(np.flatnonzero(values[:count])[0])
        history = values[first:count]
        if len(history) < 8 or np.all(history == history[0]) or count + horizon > len(values):
            continue
        ids.append(str(name))
        known.append(history)
        actual.append(values[count : count + horizon])
        steps.append(group["ds"].to_numpy()[first:count])
    if limit and limit < len(ids):
        keep = np.sort(np.random.default_rng(0).choice(len(ids), limit, replace=False))
        ids, known, actual, steps = ([part[i] for i in keep] for part in (ids, known, actual, steps))
    return ids, known, np.array(actual), steps


def measure(known, actual, mean, quantiles, season):
    """The same figures for either side."""
    error = actual - mean
    square = np.array([np.mean(np.diff(one) ** 2) for one in known])
    step = np.array([np.mean(np.abs(np.diff(one))) for one in known])
    lagged = np.array([np.mean(np.abs(one[season:] - one[:-season])) if len(one) > season else np.nan for one in known])
    finite = lambda values: float(np.mean(values[np.isfinite(values)]))
    with np.errstate(all="ignore"):
        relative = 200 * np.abs(error) / (np.abs(actual) + np.abs(mean))
        figures = {
            "rmsse": finite(np.sqrt(np.mean(error**2, 1) / square)),
            "mase": finite(np.mean(np.abs(error), 1) / lagged),
            "smape": finite(np.where(error == 0, 0, relative).mean(1)),
            "wape": float(np.abs(error).sum() / np.abs(actual).sum()),
        }
    losses, covered = [], []
    for days, quantile in quantiles.items():
        total = actual[:, :days].sum(1)[:, None]
        miss = total - np.maximum(quantile, 0)
        pinball = np.maximum(LEVELS * miss, (LEVELS - 1) * miss) / (step[:, None] * np.sqrt(days))
        losses.append(pinball.mean())
        covered.append((miss <= 1e-9).mean(0))
    figures["spl"] = float(np.mean(losses))
    figures["coverage"] = [round(float(share), 3) for share in np.mean(covered, 0)]
    return figures


def trueup(program, frame, days, horizon, season, freq):
    """The program as a user runs it: a file in, tables out."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = os.path.join(folder, "series.csv"), os.path.join(folder, "out")
        frame.to_csv(source, index=False)
        command = [program, "forecast", source, "--horizon", str(horizon), "--season", str(season), "--freq", freq]
        command += ["--lead-times", ",".join(map(str, days)), "--out", out]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        text = {"unique_id": str}
        mean = pd.read_csv(os.path.join(out, "forecast.csv"), dtype=text)
        sums = pd.read_csv(os.path.join(out, "lead_time_demand.csv"), dtype=text)
    order = {name: index for index, name in enumerate(dict.fromkeys(frame["unique_id"]))}
    by_series = lambda table: table.assign(order=table["unique_id"].map(order)).sort_values("order", kind="stable")
    mean = by_series(mean)["mean"].to_numpy().reshape(len(order), horizon)
    quantiles = {one: by_series(sums[sums["steps"] == one])[NAMES].to_numpy() for one in days}
    return mean, quantiles, cpu


def statsforecast(method, known, days, horizon, season):
    """One method with the error of its fitted values; windows have none and take the history's spread."""
    from statsforecast import StatsForecast
    from statsforecast import models

    arguments = {
        "TSB": {"alpha_d": 0.2, "alpha_p": 0.2},
        "AutoETS": {"season_length": season},
        "SeasonalNaive": {"season_length": season},
        "DynamicOptimizedTheta": {"season_length": season},
    }
    model = getattr(models, method)(**arguments.get(method, {}))
    length = [len(one) for one in known]
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(len(known)), length),
            "ds": np.concatenate([np.arange(count) for count in length]),
            "y": np.concatenate(known),
        }
    )
    engine = StatsForecast(models=[model], freq=1, n_jobs=1)
    start = time.process_time()
    answer = engine.forecast(df=frame, h=horizon, fitted=True)
    cpu = time.process_time() - start
    column = [name for name in answer.columns if name not in ("unique_id", "ds")][0]
    mean = np.nan_to_num(answer[column].to_numpy(float)).reshape(len(known), horizon)
    fitted = engine.forecast_fitted_values()
    squares = (fitted["y"] - fitted[column]) ** 2
    spread = np.sqrt(squares.groupby(fitted["unique_id"]).mean().to_numpy())
    z = norm.ppf(LEVELS)
    quantiles = {one: mean[:, :one].sum(1)[:, None] + z * (spread * np.sqrt(one))[:, None] for one in days}
    return mean, quantiles, cpu


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("series")
    parser.add_argument("--trueup", default="target/release/trueup")
    parser.add_argument("--methods", default="TSB,IMAPA,AutoETS", help="names in statsforecast.models; none: empty")
    parser.add_argument("--season", type=int, default=7)
    parser.add_argument("--freq", default="D")
    parser.add_argument("--horizon", type=int, default=28)
    parser.add_argument("--days", help="sums over so many steps; 7,14,28 up to the horizon")
    parser.add_argument("--origins", default="28", help="steps held out at the end")
    parser.add_argument("--limit", type=int, help="a fixed sample of so many series")
    options = parser.parse_args()
    days = [int(one) for one in options.days.split(",")] if options.days else []
    days = days or [one for one in (7, 14, 28) if one <= options.horizon] or [options.horizon]
    results = {}
    for origin in map(int, options.origins.split(",")):
        ids, known, actual, steps = load(options.series, origin, options.horizon, options.limit)
        if not ids:
            sys.exit(f"no series has {origin} steps after a history that changes")
        frame = pd.DataFrame(
            {
                "unique_id": np.repeat(ids, [len(one) for one in known]),
                "ds": np.concatenate(steps),
                "y": np.concatenate(known),
            }
        )
        sides = {"trueup": lambda: trueup(options.trueup, frame, days, options.horizon, options.season, options.freq)}
        for method in filter(None, options.methods.split(",")):
            sides[method] = lambda method=method: statsforecast(method, known, days, options.horizon, options.season)
        signed = any((one < 0).any() for one in known)
        for name, side in sides.items():
            mean, quantiles, cpu = side()
            mean = mean if signed else np.maximum(mean, 0)
            figures = measure(known, actual, mean, quantiles, options.season)
            results.setdefault(name, []).append({**figures, "series": len(ids), "cpu": cpu})
    for name, rows in results.items():
        average = {key: round(float(np.mean([row[key] for row in rows])), 4) for key in ("spl", "rmsse", "mase", "smape", "wape")}
        average["coverage"] = [round(float(one), 3) for one in np.mean([row["coverage"] for row in rows], 0)]
        cpu = sum(row["cpu"] for row in rows)
        average["series_per_cpu_second"] = round(sum(row["series"] for row in rows) / max(cpu, 1e-9), 1)
        print(json.dumps({"side": name, **average}))


if __name__ == "__main__":
    main()
