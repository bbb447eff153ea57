#!/usr/bin/env python3
"""A large Shopify orders export and a large Amazon settlement into the lake, beside DuckDB.

    cargo build --release
    python3 -m pip install duckdb
    python3 benches/side_by_side/ingest.py --trueup target/release/trueup --folder ../ingest --gigabytes 1

All sides read the same file on two threads, in turn, `--runs` times; the median counts.

- trueup: `trueup ingest` into an empty lake.
- DuckDB, the columns: copies the columns that the lake keeps, with the lake's types, into Parquet (zstd). It checks
  nothing, finds no duplicate, sorts nothing and splits no months: a floor, not the same work.
- DuckDB, the same table: the SQL in `same_table.py`, which writes what the lake then holds, row for row: checked cells,
  origin, names of lines, shares of an order's shipping and tax to the cent, local days, keys and totals checked, sorted
  by key, one file a month.

Lake and DuckDB's same table are then compared: columns and types, the order of rows in each file, and all rows
both ways (`except all`). It prints `same rows`, or shows some that differ and fails. Files above 0.2 GB are compared
only with `--verify`. So this is also a second, independent reader to hold trueup's against, at any size:

    python3 benches/side_by_side/ingest.py --trueup target/release/trueup --gigabytes 5 --runs 1 --verify

A last part (`--only days` runs it alone) reads two years of exports, then one day more, which must touch what the day
touches.

Peak memory is the process's own maximal resident set.
"""

import argparse
import datetime
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import time

import same_table

SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    "Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,"
    "Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,"
    "Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
    "Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,"
    "Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,"
    "Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,"
    "Payment Terms Name,Next Payment Due At,Payment References"
)
SETTLEMENT = (
    "settlement-id\tsettlement-start-date\tsettlement-end-date\tdeposit-date\ttotal-amount\tcurrency\t"
    "transaction-type\torder-id\tmerchant-order-id\tadjustment-id\tshipment-id\tmarketplace-name\tamount-type\t"
    "amount-description\tamount\tfulfillment-id\tposted-date\tposted-date-time\torder-item-code\t"
    "merchant-order-item-id\tmerchant-adjustment-item-id\tsku\tquantity-purchased\tpromotion-id"
)
SETTINGS = """
[shop]
currency = "USD"
time-zone = "America/New_York"

[channel.shopify]
kind = "shopify"

[channel.amazon]
kind = "amazon"
"""
FIRST_DAY = datetime.datetime(2024, 1, 1)
# Gigabytes up to which the rows are compared unasked.
ALWAYS_COMPARED = 0.2
NOTES = ["", "", "", "", "", "leave at door", '"Gift for ""Mum"", please"', '"Ring twice,\nthen call"']


def money(cents):
    return f"{cents // 100}.{cents % 100:02d}" if cents >= 0 else "-" + money(-cents)


def shopify_orders(file, size, first_number, start, minutes):
    """Orders one after the other, one to three lines each, so many minutes apart, newest last."""
    chance = random.Random(first_number)
    number, written, rows = first_number, file.write(SHOPIFY + "\n"), 0
    while written < size:
        block = []
        for _ in range(2_000):
            at = start + datetime.timedelta(seconds=int(number - first_number) * minutes * 60)
            created = at.strftime("%Y-%m-%d %H:%M:%S -0500")
            paid = (at + datetime.timedelta(seconds=40)).strftime("%Y-%m-%d %H:%M:%S -0500")
            sent = (at + datetime.timedelta(hours=20)).strftime("%Y-%m-%d %H:%M:%S -0500")
            lines = [(chance.randrange(1, 4), chance.randrange(500, 9_000), chance.randrange(20_000)) for _ in
                     range(chance.choice((1, 1, 2, 3)))]
            goods = sum(quantity * price for quantity, price, _ in lines)
            tax, shipping = goods * 7 // 100, 599
            name, street = f"Person {number % 9973}", f"{number % 999} Long Acre Road"
            for place, (quantity, price, sku) in enumerate(lines):
                item = (f"{created},{quantity},Article {sku} - Size {sku % 7},{money(price)},,SKU-{sku:05d},true,true,"
                        "fulfilled")
                if place:
                    block.append(f"#{number}" + "," * 15 + item + "," * 27 + "Maker" + "," * 9 + "0.00" + "," * 19 + "\n")
                    continue
                address = f"{name},{street},{street},,,Springfield,'12345,IL,US,555-0100"
                note = chance.choice(NOTES)
                block.append(
                    f"#{number},p{number}@example.com,paid,{paid},fulfilled,{sent},no,USD,{money(goods)},"
                    f"{money(shipping)},{money(tax)},{money(goods + shipping + tax)},,0.00,Standard,{item},{address},"
                    f"{address},{note},,,Shopify Payments,c{number}.1,0.00,Maker,0.00,,,,{5_000_000 + number},,Low,web,"
                    f"0.00,State tax,{money(tax)},,,,,,,,,555-0100,,,Illinois,Illinois,c{number}.1,,,c{number}.1\n")
            rows += len(lines)
            number += 1
        text = "".join(block)
        written += len(text)
        file.write(text)
    return rows


def settlement(file, size):
    """One settlement whose lines add up to the total that stands first."""
    header = SETTLEMENT + "\n"
    chance = random.Random(1)
    lines_per_order = [("ItemPrice", "Principal", 1), ("ItemPrice", "Tax", 0), ("ItemWithheldTax",
                       "MarketplaceFacilitatorTax-Principal", 0), ("ItemFees", "Commission", 0),
                       ("ItemFees", "FBAPerUnitFulfillmentFee", 0)]
    start = "2025-01-01 05:00:00 UTC\t2025-12-31 04:59:59 UTC\t2026-01-02 04:59:59 UTC"
    room = f"21800400101\t{start}\t{'0' * 16}\tUSD" + "\t" * 18 + "\n"
    file.write(header + room)
    written, rows, total, number = len(header) + len(room), 0, 0, 0
    while written < size:
        block = []
        for _ in range(2_000):
            at = datetime.datetime(2025, 1, 1, 6) + datetime.timedelta(seconds=number * 30 % (360 * 86_400))
            price = chance.randrange(500, 9_000)
            sku = chance.randrange(20_000)
            tax = price * 7 // 100
            for (group, what, _), amount in zip(lines_per_order, (price, tax, -tax, -price * 15 // 100, -372)):
                total += amount
                block.append(
                    f"21800400101\t\t\t\t\tUSD\tOrder\t112-{number // 10_000_000:07d}-{number % 10_000_000:07d}\t\t\t"
                    f"D{number:08d}\tAmazon.com\t{group}\t{what}\t{money(amount)}\tAFN\t{at:%Y-%m-%d}\t"
                    f"{at:%Y-%m-%d %H:%M:%S} UTC\t{11_000_000_000 + number}\t\t\tSKU-{sku:05d}\t1\t\n")
                rows += 1
            number += 1
        text = "".join(block)
        written += len(text)
        file.write(text)
    file.seek(len(header) + len(f"21800400101\t{start}\t"))
    file.write(f"{money(total):>16}".replace(" ", "0") if total >= 0 else sys.exit("the settlement is below zero"))
    return rows


def measured(command):
    """Wall and CPU seconds and the peak memory in MB of a process."""
    start = time.time()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))} failed with status {status}")
    return time.time() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


DUCKDB = {
    "shopify": """
        copy (select 'shopify' as channel, "Name" as order_id, "Lineitem sku" as sku, "Lineitem name" as title,
            strptime("Created at", '%Y-%m-%d %H:%M:%S %z') as ordered_at,
            strptime("Paid at", '%Y-%m-%d %H:%M:%S %z') as paid_at,
            strptime("Fulfilled at", '%Y-%m-%d %H:%M:%S %z') as fulfilled_at,
            cast("Lineitem quantity" as bigint) as quantity, cast("Lineitem price" as decimal(18, 4)) as unit_price,
            cast("Lineitem quantity" as bigint) * cast("Lineitem price" as decimal(14, 4)) as gross,
            cast("Discount Amount" as decimal(18, 4)) as discount, cast("Shipping" as decimal(18, 4)) as shipping,
            cast("Taxes" as decimal(18, 4)) as tax, cast("Lineitem discount" as decimal(18, 4)) as line_discount,
            cast("Refunded Amount" as decimal(18, 4)) as refunded, "Currency" as currency,
            "Financial Status" as status, "Shipping Country" as country, "Cancelled at" as cancelled_at
        from read_csv('{source}', header = true, all_varchar = true, quote = '"', escape = '"', delim = ','))
        to '{target}' (format parquet, compression zstd)""",
    "amazon": """
        copy (select 'amazon' as channel, "settlement-id" as settlement_id, "order-id" as order_id, sku,
            strptime("posted-date-time", '%Y-%m-%d %H:%M:%S UTC') as posted_at,
            cast("posted-date" as date) as posted_day, "transaction-type" as transaction, "amount-type" as kind,
            "amount-description" as description, "order-item-code" as item,
            cast("quantity-purchased" as bigint) as quantity, cast("amount" as decimal(18, 4)) as amount,
            "currency" as currency
        from read_csv('{source}', header = true, all_varchar = true, quote = '', escape = '', delim = '\t'))
        to '{target}' (format parquet, compression zstd)""",
}


def duckdb_copy(name, source, target):
    import duckdb

    sql = duckdb.connect()
    sql.execute("set threads to 2")
    sql.execute("set preserve_insertion_order to false")
    sql.execute(DUCKDB[name].format(source=source, target=target))


# What runs in a process of its own.
PARTS = {"copy": duckdb_copy, "same": same_table.make, "compare": same_table.compare}


def project(folder):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "exports" / "shopify").mkdir(parents=True)
    (folder / "exports" / "amazon").mkdir()
    (folder / "trueup.toml").write_text(SETTINGS)
    return folder


def large_file(name, arguments, folder):
    at = project(folder / name)
    source = at / "exports" / name / ("orders_export_1.csv" if name == "shopify" else "settlement_1.txt")
    size = int(arguments.gigabytes * (1 << 30))
    cached = folder / f"{name}-{size}"
    if not cached.exists():
        with open(cached, "w", newline="") as file:
            rows = (shopify_orders(file, size, 1_001, FIRST_DAY, 0.5 / max(1, arguments.gigabytes)) if name == "shopify"
                    else settlement(file, size))
        (folder / f"{name}-{size}.rows").write_text(str(rows))
    rows = int((folder / f"{name}-{size}.rows").read_text())
    os.link(cached, source)
    copied, same = folder / f"{name}.parquet", folder / f"{name}-same"
    ingest = [arguments.trueup, "ingest", "--project", at]
    this = [sys.executable, __file__]
    sides = {"trueup": ingest}
    if not arguments.alone:
        sides["DuckDB, the columns"] = [*this, "--copy", name, source, copied]
        sides["DuckDB, the same table"] = [*this, "--same", name, source, same]
    runs = {side: [] for side in sides}
    for _ in range(arguments.runs):
        shutil.rmtree(at / "lake", ignore_errors=True)
        for side, command in sides.items():
            runs[side].append(measured(command))
    print(f"\n{name}: {source.stat().st_size / (1 << 30):.2f} GB, {rows:,} rows", flush=True)
    show(runs, rows)
    if not arguments.alone and (arguments.verify or arguments.gigabytes <= ALWAYS_COMPARED):
        # In a process of its own: a child's peak memory begins with its parent's.
        status = subprocess.run([*this, "--compare", name, at / "lake", same]).returncode
        if status:
            sys.exit(status)


def show(runs, rows):
    middle = {side: [statistics.median(column) for column in zip(*each)] for side, each in runs.items()}
    for side, (wall, cpu, peak) in middle.items():
        print(f"  {side:<22} {wall:7.1f} s wall {cpu:7.1f} s CPU {peak:7.0f} MB {rows / wall:11,.0f} rows/s")
    our_wall, our_cpu, _ = middle.pop("trueup")
    for side, (wall, cpu, _) in middle.items():
        print(f"  trueup's speed against {side}: {wall / our_wall:.2f} by wall, {cpu / our_cpu:.2f} by CPU")
    sys.stdout.flush()


def one_day_more(arguments, folder):
    at = project(folder / "days")
    orders = at / "exports" / "shopify"
    number, start = 1_001, FIRST_DAY
    for month in range(24):
        with open(orders / f"orders_export_{month:02d}.csv", "w", newline="") as file:
            shopify_orders(file, 8 << 20, number, start, 1.5)
        number, start = number + 1_000_000, start + datetime.timedelta(days=30)
    full = measured([arguments.trueup, "ingest", "--project", at])
    with open(orders / "orders_export_day.csv", "w", newline="") as file:
        shopify_orders(file, 8 << 20 >> 5, number, start, 1.5)
    more = measured([arguments.trueup, "ingest", "--project", at])
    again = measured([arguments.trueup, "ingest", "--project", at])
    print("\ntwo years, then one day more")
    for what, (wall, cpu, peak) in (("two years", full), ("one day more", more), ("nothing new", again)):
        print(f"  {what:<13} {wall:8.2f} s wall {cpu:8.2f} s CPU {peak:8.0f} MB {wall / full[0]:8.3f} of the whole")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trueup", default="target/release/trueup", type=pathlib.Path)
    parser.add_argument("--folder", default="../ingest", type=pathlib.Path)
    parser.add_argument("--gigabytes", default=1.0, type=float)
    parser.add_argument("--runs", default=3, type=int)
    parser.add_argument("--only", choices=["shopify", "amazon", "days"])
    parser.add_argument("--alone", action="store_true", help="without DuckDB")
    parser.add_argument("--verify", action="store_true", help="compare the rows of large files too")
    for part in PARTS:
        parser.add_argument(f"--{part}", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    for part, run in PARTS.items():
        if getattr(arguments, part):
            return run(*getattr(arguments, part))
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name in ("shopify", "amazon"):
        if arguments.only in (None, name):
            large_file(name, arguments, arguments.folder)
    if arguments.only in (None, "days"):
        one_day_more(arguments, arguments.folder)


if __name__ == "__main__":
    main()
