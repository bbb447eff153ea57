#!/usr/bin/env python3
"""trueup forecast and statsforecast on the same series, origins and metric code, one after the other in one go.

    cargo build --release
    python3 -m pip install statsforecast==2.1.1 pandas pyarrow scipy
    python3 benches/side_by_side/forecast.py --trueup target/release/trueup
    python3 benches/side_by_side/forecast.py --series FOLDER

Without FOLDER the series are the daily demand of a made-up shop. FOLDER has one folder per set with `series.parquet`
(unique_id, ds, y) and `manifest.json` (freq_label, season_length, h, origins). Known sets have goals and a fixed
sample; a set with `so_hours`, the hours of a step out of stock, is also forecast with and without them.

Both sides get the history before each origin, zeros before the first sale left out; series that never change are left
out. RMSSE, MASE (seasonal lag), sMAPE and WAPE are of the steps. sPL is the pinball loss of the sum over L steps at six
levels, divided by the mean absolute step of the history times the root of L. c95 is the share of sums at or below their
0.95 quantile, b95 the share below it: for counts the level lies between the two where no quantile can hit it; chance is
one standard error if series were independent, which those of one shop are not.
statsforecast has no quantiles of sums: its path is added up and its one-step error widened by the root of L, as a user
would. CPU seconds: statsforecast's are of the call alone; trueup's are of the whole process with one thread, reading
and writing included.
"""

import argparse
import json
import multiprocessing
import os
import pathlib
import re
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
FREQUENCIES = {"daily": "D", "weekly": "W", "monthly": "M", "quarterly": "Q", "yearly": "Y", "hourly": "H"}
# What a known set is held to: sample size, origins, most of each loss.
KNOWN = {
    "online_retail": {"limit": 400, "origins": [28, 56], "goals": {"spl": 0.90, "rmsse": 0.825}},
    "freshretail10k": {"limit": 2000, "origins": [14], "goals": {"spl": 0.385, "rmsse": 0.875}},
    "carparts": {"limit": None, "origins": [6], "goals": {"spl": 0.309}},
    "m4_weekly": {"limit": None, "origins": [13], "goals": {"owa": 0.95}},
}
# Naive2 of the M4 competition's weekly series: sMAPE, MASE.
M4_WEEKLY_NAIVE = (9.161, 2.777)
COVERAGE_GOAL = 0.015
SPEED = [(50_000, 76, 100_000), (11_000, 345, 5_000), (3_000, 1_900, 2_000)]
# Hours a day that so_hours counts within.
OPEN_HOURS = 16


def each_series(frame):
    """Name and rows of each series; a series' rows lie together."""
    names = frame["unique_id"].to_numpy()
    starts = np.flatnonzero(np.r_[True, names[1:] != names[:-1]])
    for start, end in zip(starts, np.r_[starts[1:], len(names)]):
        yield names[start], frame.iloc[start:end]


def load(frame, origin, horizon, limit):
    """Histories, the steps that followed, and the frame that a forecast may see."""
    kept = []
    for name, rows in each_series(frame):
        values = rows["y"].to_numpy(float)
        count = len(values) - origin
        if count < 10 or np.count_nonzero(values[:count]) < 2 or count + horizon > len(values):
            continue
        first = int(np.flatnonzero(values[:count])[0])
        history = values[first:count]
        if len(history) >= 8 and np.any(history != history[0]):
            kept.append((history, values[count : count + horizon], rows.iloc[first:count], rows.iloc[count : count + horizon]))
    if limit and limit < len(kept):
        chosen = np.sort(np.random.default_rng(0).choice(len(kept), limit, replace=False))
        kept = [kept[index] for index in chosen]
    if not kept:
        sys.exit(f"no series has {origin} steps after a history that changes")
    known, actual, seen, ahead = zip(*kept)
    seen = pd.concat(seen).assign(unique_id=lambda rows: rows["unique_id"].astype(str))
    return known, np.array(actual), seen, pd.concat(ahead)


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
            "bias": float(-error.sum() / np.abs(actual).sum()),
        }
    losses, covered, below = [], [], []
    for days, quantile in quantiles.items():
        miss = actual[:, :days].sum(1)[:, None] - quantile
        pinball = np.maximum(LEVELS * miss, (LEVELS - 1) * miss) / (step[:, None] * np.sqrt(days))
        losses.append(pinball.mean())
        covered.append((miss <= 1e-9).mean(0))
        below.append((miss < -1e-9).mean(0))
    covered, below = np.mean(covered, 0), np.mean(below, 0)
    figures |= {"spl": float(np.mean(losses)), "c95": covered[3], "b95": below[3], "c99": covered[5], "b99": below[5]}
    return figures


def run_trueup(program, source, folder, arguments, threads=1):
    """The program as a user runs it: CPU and wall seconds, peak memory, and the seconds its models took."""
    out = folder / "out"
    command = [program, "forecast", source, *map(str, arguments), "--out", out]
    start = time.time()
    with open(folder / "messages", "w+", encoding="utf-8") as messages:
        environment = {**os.environ, "RAYON_NUM_THREADS": str(threads)}
        process = subprocess.Popen(command, stdout=messages, stderr=messages, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        messages.seek(0)
        text = messages.read()
    if status != 0:
        sys.exit(text)
    models = re.search(r"([\d.]+) s of them in models", text)
    spent = {"wall": time.time() - start, "cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024}
    # On a busy machine a process waits; its models waited as much as the rest of it.
    working = min(1.0, spent["cpu"] / spent["wall"] / threads)
    return out, spent | {"models": float(models[1]), "models_cpu": float(models[1]) * working * threads}


def trueup(program, seen, days, horizon, season, freq):
    """Means and quantiles of sums, in the order of the series."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        source = folder / "series.parquet"
        wanted = ["unique_id", "ds", "y", "stockout_hours", "open_hours"]
        seen[[column for column in wanted if column in seen]].to_parquet(source, index=False, compression="zstd")
        arguments = ["--horizon", horizon, "--season", season, "--freq", freq, "--lead-times", ",".join(map(str, days))]
        out, spent = run_trueup(program, source, folder, arguments)
        mean, sums = pd.read_parquet(out / "forecast.parquet"), pd.read_parquet(out / "lead_time_demand.parquet")
    count = len(mean) // horizon
    quantiles = {one: sums[sums["steps"] == one][NAMES].to_numpy(float) for one in days}
    return mean["mean"].to_numpy(float).reshape(count, horizon), quantiles, spent["cpu"]


def statsforecast(method, known, days, horizon, season):
    """One method with the error of its fitted values."""
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
    # A history shorter than a season has no fitted values.
    spread = np.where(np.isfinite(spread), spread, [np.std(one) for one in known])
    if not any((one < 0).any() for one in known):
        mean = np.maximum(mean, 0)
    z = norm.ppf(LEVELS)
    quantiles = {one: mean[:, :one].sum(1)[:, None] + z * (spread * np.sqrt(one))[:, None] for one in days}
    return mean, {one: np.maximum(quantile, 0) for one, quantile in quantiles.items()}, cpu


def verdict(value, goal, met):
    return "" if goal is None else f" [goal {goal}: {'met' if met else 'MISSED'}]"


def show(side, figures, goals, name):
    """One line of a set's table; the goals are held against trueup only."""
    goals = goals if side == "trueup" else {}
    if name == "m4_weekly":
        smape, mase = M4_WEEKLY_NAIVE
        figures["owa"] = (figures["smape"] / smape + figures["mase"] / mase) / 2
    parts = []
    for key in ("spl", "rmsse", "mase", "smape", "wape", "bias", "owa"):
        if key in figures:
            goal = goals.get(key)
            parts.append(f"{key} {figures[key]:.4f}" + verdict(figures[key], goal and f"<= {goal}", goal and figures[key] <= goal))
    for level, key in ((0.95, "95"), (0.99, "99")):
        covered, below = figures[f"c{key}"], figures[f"b{key}"]
        # The nearest that whole numbers allow: between the share below and the share at or below.
        away = max(below - level, level - covered, 0.0)
        goal = f"within {COVERAGE_GOAL * 100:.1f} points" if goals else None
        error = (level * (1 - level) / figures["series"]) ** 0.5
        text = f"c{key} {covered:.3f} (b{key} {below:.3f}, chance ±{error:.3f})"
        parts.append(text + verdict(away, goal, abs(covered - level) <= COVERAGE_GOAL or away == 0.0))
    print(f"  {side:<22} " + "  ".join(parts) + f"  {figures['rate']:,.0f} series/CPU-s", flush=True)


def compare(name, frame, manifest, options):
    """One set: every side at every origin, averaged over origins."""
    known_set = KNOWN.get(name, {})
    horizon, season = manifest["h"], manifest["season_length"]
    freq = FREQUENCIES[manifest["freq_label"]]
    days = [one for one in (7, 14, 28) if one <= horizon] if horizon >= 14 else [max(1, horizon // 2), horizon]
    origins = known_set.get("origins", manifest["origins"])
    goals = known_set.get("goals", {})
    results = {}
    for origin in origins:
        known, actual, seen, _ = load(frame, origin, horizon, known_set.get("limit", options.limit))
        sides = {"trueup": lambda: trueup(options.trueup, seen, days, horizon, season, freq)}
        for method in filter(None, options.methods.split(",")):
            sides[method] = lambda method=method: statsforecast(method, known, days, horizon, season)
        for side, work in sides.items():
            mean, quantiles, cpu = work()
            figures = measure(known, actual, mean, quantiles, season) | {"cpu": cpu, "series": len(known)}
            results.setdefault(side, []).append(figures)
    count = results["trueup"][0]["series"]
    print(f"\n{name}: {count:,} series, origins {origins}, sums over {days}")
    for side, rows in results.items():
        average = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
        average["rate"] = sum(row["series"] for row in rows) / max(sum(row["cpu"] for row in rows), 1e-9)
        show(side, average, goals, name)


def stock_outs(name, frame, manifest, options):
    """Forecasts of sales cut short by stock-outs, scored where nothing was out of stock."""
    horizon, season, origin = manifest["h"], manifest["season_length"], manifest["origins"][0]
    days = [1, 2, 3, 7, 14]
    frame = frame.assign(stockout_hours=frame["so_hours"], open_hours=OPEN_HOURS)
    _, actual, seen, ahead = load(frame, origin, horizon, 4000)
    clean = ahead["so_hours"].to_numpy().reshape(actual.shape) == 0
    print(f"\n{name}, stock-outs: {len(actual):,} series, scored on {clean.mean():.0%} of days that had none")
    for side, columns in (("ignored", ["stockout_hours", "open_hours"]), ("recovered", [])):
        mean, quantiles, _ = trueup(options.trueup, seen.drop(columns=columns), days, horizon, season, "D")
        error = (mean - actual)[clean]
        bias, wape = error.sum() / actual[clean].sum(), np.abs(error).sum() / actual[clean].sum()
        covered = {}
        for one in days:
            whole = clean[:, :one].all(1)
            covered[one] = (actual[whole, :one].sum(1) <= quantiles[one][whole, 3] + 1e-9).mean()
        held = side == "recovered"
        text = f"bias {bias:+.3f}" + verdict(bias, "within 0.03" if held else None, abs(bias) <= 0.03)
        shares = " ".join(f"{one}d {share:.3f}" for one, share in covered.items())
        least = min(covered.values())
        text += f"  wape {wape:.4f}  c95 {shares}" + verdict(least, ">= 0.89" if held else None, least >= 0.89)
        print(f"  {side:<22} {text}", flush=True)


def shop_series(program, folder):
    """Daily demand per SKU of a made-up shop, over all channels."""
    shop = folder / "shop"
    size = ["--orders", "60000", "--skus", "200", "--days", "400"]
    subprocess.run([program, "sample", shop, *size, "--quiet"], check=True)
    subprocess.run([program, "-p", shop, "run", "--quiet"], check=False, stdout=subprocess.DEVNULL)
    demand = pd.read_csv(shop / "reports" / "demand_daily.csv", parse_dates=["day"])
    table = demand.pivot_table(index="day", columns="sku", values="units", aggfunc="sum")
    table = table.reindex(pd.date_range(table.index.min(), table.index.max())).fillna(0.0)
    long = table.T.stack().rename("y").reset_index()
    long.columns = ["unique_id", "ds", "y"]
    return long


def write_made_up(source, count, length):
    """Counts at many levels with a weekly shape; written by a process of its own, which gives its memory back."""
    random = np.random.default_rng(1)
    level = random.gamma(0.6, 3.0, count)
    shape = np.array([0.9, 0.9, 1.0, 1.0, 1.1, 1.2, 0.9])[np.arange(length) % 7]
    names = np.array([f"S{index:06}" for index in range(count)])
    first = np.datetime64("2024-01-01")
    frame = pd.DataFrame(
        {
            "unique_id": pd.Categorical.from_codes(np.repeat(np.arange(count, dtype=np.int32), length), names),
            "ds": np.tile(first + np.arange(length), count).astype("datetime64[s]"),
            "y": random.poisson(level[:, None] * shape).astype(np.float32).ravel(),
        }
    )
    frame.to_parquet(source, index=False, compression="zstd")


def made_up(*arguments):
    process = multiprocessing.get_context("spawn").Process(target=write_made_up, args=arguments)
    process.start()
    process.join()


def speed(options):
    """Series per CPU-second in the models, and what the second core brings."""
    busy = os.getloadavg()[0]
    print(f"\nspeed: six quantiles over 7, 14 and 28 days (7 and 14 at 76), best of three runs, load {busy:.1f} before")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        source = folder / "series.parquet"
        for count, length, goal in SPEED:
            made_up(source, count, length)
            arguments = ["--horizon", 14, "--lead-times", "7,14"] if length < 100 else []
            best = {}
            for threads in (1, 2):
                runs = [run_trueup(options.trueup, source, folder, arguments, threads)[1] for _ in range(3)]
                best[threads] = {key: min(run[key] for run in runs) for key in runs[0]}
            rate = count / max(best[1]["models_cpu"], 0.01)
            gain = best[1]["models"] / max(best[2]["models"], 0.01)
            text = f"{rate:,.0f} series/CPU-s in models" + verdict(rate, f">= {goal:,}", rate >= goal)
            whole = f"with reading and writing {best[2]['wall']:.1f} s wall, {best[2]['cpu']:.1f} s CPU, {best[2]['mb']:,.0f} MB"
            print(f"  {count:>7,} x {length:>5,} days  {text}  two cores x{gain:.2f}  {whole}", flush=True)
        made_up(source, 100_000, 730)
        _, spent = run_trueup(options.trueup, source, folder, [], os.cpu_count())
        met = spent["wall"] < 60 and spent["mb"] < 2000
        goal = verdict(spent["wall"], "< 60 s and < 2,000 MB", met)
        print(f"  100,000 x   730 days  end to end {spent['wall']:.1f} s wall, {spent['cpu']:.1f} s CPU, {spent['mb']:,.0f} MB{goal}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--series", type=pathlib.Path, help="a folder with one folder per set")
    parser.add_argument("--only", help="sets to run, with commas; `sample`, `speed` and names of folders")
    parser.add_argument("--trueup", default="target/release/trueup")
    parser.add_argument("--methods", default="SeasonalNaive,TSB,IMAPA,AutoETS", help="of statsforecast.models; none: empty")
    parser.add_argument("--limit", type=int, default=400, help="most series of a set that has no goal")
    options = parser.parse_args()
    options.trueup = str(pathlib.Path(options.trueup).resolve())
    folders = [path.parent.name for path in options.series.glob("*/series.parquet")] if options.series else []
    unknown = set(options.only.split(",") if options.only else []) - {"sample", "speed", *folders}
    if unknown:
        sys.exit(f"no set is called {', '.join(sorted(unknown))}: there are sample, speed, {', '.join(sorted(folders))}")
    wanted = lambda name: not options.only or name in options.only.split(",")
    # First, while this process is small: a child's peak memory counts from its parent's.
    if wanted("speed"):
        speed(options)
    if wanted("sample"):
        with tempfile.TemporaryDirectory() as folder:
            frame = shop_series(options.trueup, pathlib.Path(folder))
        compare("sample", frame, {"freq_label": "daily", "season_length": 7, "h": 28, "origins": [28, 56]}, options)
    for path in sorted(options.series.glob("*/series.parquet")) if options.series else []:
        name = path.parent.name
        if not wanted(name):
            continue
        manifest = json.loads((path.parent / "manifest.json").read_text(encoding="utf-8"))
        frame = pd.read_parquet(path)
        compare(name, frame, manifest, options)
        if "so_hours" in frame:
            stock_outs(name, frame, manifest, options)


if __name__ == "__main__":
    main()
