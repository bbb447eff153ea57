#!/usr/bin/env python3
"""The whole night beside what one would otherwise write: DuckDB SQL for ingest and P&L, statsforecast for the forecast.

    cargo build --release
    python3 -m pip install duckdb statsforecast==2.1.1 pandas pyarrow
    python3 benches/side_by_side/night.py --trueup target/release/trueup --folder ../night

Everything runs on the same made-up shop, one after the other, in one go. The DuckDB side reads the same exports of
orders, settlements, payments and stock into typed Parquet and adds up a P&L per month, channel and SKU; it validates
nothing, keeps no history, finds no duplicate, walks no ledger and explains no drift, so the comparison flatters it.
"""

import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import time


def measured(name, command, rows):
    """Runs a command as a process of its own: wall and CPU seconds, and its own peak memory."""
    start = time.time()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.time() - start
    if status != 0:
        sys.exit(f"{name} failed with status {status}")
    cpu = usage.ru_utime + usage.ru_stime
    print(f"{name:<34} {wall:8.1f} s wall {cpu:8.1f} s CPU {usage.ru_maxrss / 1024:8.0f} MB {rows / wall:12,.0f} rows/s")
    return wall, cpu, usage.ru_maxrss


def duckdb_ingest(folder):
    """Typed Parquet from the raw exports, as an analyst would write it."""
    import duckdb

    out = folder / "duckdb"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    exports = folder / "exports"
    sql = duckdb.connect()
    sql.execute("set threads to 2")
    text = "all_varchar = true, union_by_name = true, ignore_errors = false"
    stores = [store for store in ("shopify", "boutique") if (exports / store).exists()]
    for store in stores:
        sql.execute(f"""
            copy (
                select '{store}' as channel, Name as order_id, cast("Created at"[1:19] as timestamp) as ordered_at,
                    "Lineitem sku" as sku, cast("Lineitem quantity" as bigint) as quantity,
                    cast(cast("Lineitem quantity" as bigint) * cast("Lineitem price" as decimal(18, 4)) as decimal(18, 4))
                        as gross,
                    cast(nullif("Discount Amount", '') as decimal(18, 4)) as discount,
                    cast(nullif("Shipping", '') as decimal(18, 4)) as shipping_charged, "Cancelled at" as cancelled
                from read_csv('{exports}/{store}/orders_export_*.csv', {text})
            ) to '{out}/shopify_{store}.parquet' (compression zstd)""")
    sql.execute(f"""
        copy (
            select 'amazon' as channel, "amazon-order-id" as order_id, cast("purchase-date"[1:19] as timestamp) as ordered_at,
                sku, cast(quantity as bigint) as quantity, cast(nullif("item-price", '') as decimal(18, 4)) as gross,
                cast(nullif("item-promotion-discount", '') as decimal(18, 4)) as discount,
                cast(nullif("shipping-price", '') as decimal(18, 4)) as shipping_charged, "order-status" as status
            from read_csv('{exports}/amazon/All_Orders_*.txt', delim = '\t', quote = '', {text})
        ) to '{out}/amazon.parquet' (compression zstd)""")
    sql.execute(f"""
        copy (
            select 'amazon' as channel, "settlement-id" as settlement_id, "order-id" as order_id, sku,
                "amount-type" as kind, "amount-description" as description,
                cast(nullif(amount, '') as decimal(18, 4)) as amount, "posted-date-time" as posted_at
            from read_csv('{exports}/amazon/settlement_2*.txt', delim = '\t', quote = '', {text})
            where amount is not null
        ) to '{out}/settlements.parquet' (compression zstd)""")
    sql.execute(f"""
        copy (
            select 'tiktok' as channel, trim("Order ID", chr(9)) as order_id,
                trim("Seller SKU", chr(9)) as sku, try_cast(trim(Quantity) as bigint) as quantity,
                try_cast("SKU Subtotal Before Discount" as decimal(18, 4)) as gross,
                try_cast("SKU Seller Discount" as decimal(18, 4)) as discount, "Order Status" as status,
                try_strptime(trim("Created Time", chr(9)), '%m/%d/%Y %I:%M:%S %p') as ordered_at
            from read_csv('{exports}/tiktok/All order-*.csv', {text})
            where "Order ID" not like 'Platform%'
        ) to '{out}/tiktok.parquet' (compression zstd)""")
    for table, units in {"stock_[0-9]": "on_hand", "stock_movements": "quantity", "sync_events": "quantity"}.items():
        name = table.removesuffix("_[0-9]")
        sql.execute(f"""
            copy (
                select * replace (cast(nullif({units}, '') as bigint) as {units})
                from read_csv('{exports}/truth/{table}*.csv', {text})
            ) to '{out}/{name}.parquet' (compression zstd)""")
    sql.execute(f"""
        copy (select "Order" as order_id, "Type" as kind, cast(Amount as decimal(18, 4)) as amount,
            cast(Fee as decimal(18, 4)) as fee, cast("Transaction Date"[1:19] as timestamp) as posted_at
        from read_csv('{exports}/shopify/payment_transactions_export_*.csv', {text}))
        to '{out}/payments.parquet' (compression zstd)""")


def duckdb_profit(folder):
    """A P&L per month, channel and SKU over that Parquet."""
    import duckdb

    out, truth = folder / "duckdb", folder / "exports" / "truth"
    sql = duckdb.connect()
    sql.execute("set threads to 2")
    rows = sql.execute(f"""
        with lines as (
            select channel, order_id, ordered_at, sku, quantity, gross, discount from '{out}/shopify_*.parquet'
            where cancelled is null or cancelled = ''
            union all
            select channel, order_id, ordered_at, sku, quantity, gross, discount from '{out}/amazon.parquet'
            where status <> 'Cancelled'
            union all
            select channel, order_id, ordered_at, sku, quantity, gross, discount from '{out}/tiktok.parquet'
            where status not like 'Cancel%'
        ),
        fees as (
            select date_trunc('month', strptime(posted_at[1:10], '%Y-%m-%d')) as month, channel, sku, sum(amount) as fees
            from '{out}/settlements.parquet' where kind = 'ItemFees' group by all
        ),
        costs as (
            select sku, max(cast(unit_cost as decimal(18, 4))) as unit_cost
            from read_csv('{truth}/costs.csv', all_varchar = true) group by sku
        ),
        sales as (
            select date_trunc('month', ordered_at) as month, channel, sku, sum(quantity) as units, sum(gross) as gross,
                sum(discount) as discount
            from lines group by all
        )
        select s.month, s.channel, s.sku, s.units, s.gross, s.discount, f.fees, s.units * c.unit_cost as cost_of_goods
        from sales s left join fees f using (month, channel, sku) left join costs c using (sku)
        order by all""").fetchall()
    print(f"{len(rows):,} rows of P&L", file=sys.stderr)


def statsforecast_models(folder, count):
    """The cheap methods over every SKU, and AutoETS over a few, with intervals, one process."""
    import duckdb
    from statsforecast import StatsForecast
    from statsforecast.models import SimpleExponentialSmoothingOptimized, TSB

    frame = duckdb.sql(f"""
        with daily as (
            select sku as unique_id, day as ds, sum(units) as y
            from '{folder}/reports/demand_daily.parquet' group by all
        ),
        days as (select distinct ds from daily)
        select unique_id, ds, coalesce(y, 0.0) as y
        from (select distinct unique_id from daily limit {count}) cross join days left join daily using (unique_id, ds)
        order by unique_id, ds""").df()
    models = [TSB(alpha_d=0.1, alpha_p=0.1), SimpleExponentialSmoothingOptimized()]
    StatsForecast(models=models, freq="D", n_jobs=2).forecast(df=frame, h=28)
    print(f"{frame.unique_id.nunique():,} series", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trueup", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--skus", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--channels", type=int, default=5)
    parser.add_argument("--only", choices=["ingest", "profit", "forecast"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only == "ingest":
        return duckdb_ingest(options.folder)
    if options.only == "profit":
        return duckdb_profit(options.folder)
    if options.only == "forecast":
        return statsforecast_models(options.folder, options.skus)
    shop = options.folder
    shutil.rmtree(shop, ignore_errors=True)
    sizes = ["--orders", options.orders, "--skus", options.skus, "--days", options.days, "--channels", options.channels]
    sample = [options.trueup, "sample", shop, "--quiet", "--seed", 7, *sizes]
    measured("trueup sample", list(map(str, sample)), options.orders)
    night = measured("trueup run", [str(options.trueup), "run", "--quiet", "--project", str(shop)], options.orders)
    stages = {step["step"]: step["seconds"] for step in json.loads((shop / "reports/timings.json").read_text())["steps"]}
    rows = json.loads((shop / "reports/run.json").read_text())["rows"]["read"]
    for name, seconds in stages.items():
        print(f"    {name:<30} {seconds:8.1f} s")
    print(f"    {rows:,} rows of exports, {rows / stages['ingest']:,.0f} rows/s into the lake")
    again = measured("trueup run, nothing new", [str(options.trueup), "run", "--quiet", "--project", str(shop)], options.orders)
    own = [sys.executable, __file__, "--trueup", str(options.trueup), "--folder", str(shop), "--skus", str(options.skus), "--only"]
    ingest = measured("DuckDB ingest", [*own, "ingest"], rows)
    profit = measured("DuckDB P&L", [*own, "profit"], options.orders)
    forecast = measured("statsforecast TSB + SES", [*own, "forecast"], options.skus)
    print(f"ingest: trueup takes {stages['ingest'] / ingest[0]:.2f} × DuckDB's wall time, validated, with history and duplicates")
    print(f"P&L: {stages['profit'] / profit[0]:.2f} × DuckDB's, with refunds, allocation, estimates and settlements")
    print(f"demand and forecast: {stages['demand and forecast'] / forecast[0]:.2f} × two cheap methods of statsforecast, with")
    print("    quantiles of sums, backtest, calibration, channels and totals")
    print(f"second night without news: {again[0] / night[0]:.2f} × the first")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
