"""What did each channel sell and pay, by its exports alone?

DuckDB over the CSV, TXT and XLSX files of a project, by what the layouts' documents say of their columns,
without trueup and its lake. Prints `month|channel|line|amount` to be held against `pnl_by_channel.csv`.

    python3 raw_files.py PROJECT raw_files.sql
"""

import csv
import glob
import os
import sys
import tomllib
import xml.etree.ElementTree as xml
import zipfile

import duckdb

project, script = sys.argv[1:]
settings = tomllib.load(open(os.path.join(project, "trueup.toml"), "rb"))
exports = os.path.join(project, "exports")
db = duckdb.connect()


def workbook(path):
    """The rows of the first sheet, as text."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    book = zipfile.ZipFile(path)
    words = ["".join(part.itertext()) for part in xml.fromstring(book.read("xl/sharedStrings.xml"))]
    for row in xml.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(main + "row"):
        cells = {}
        for cell in row:
            text = "".join(cell.itertext())
            letters = "".join(letter for letter in cell.get("r") if letter.isalpha())
            cells[letters] = words[int(text)] if cell.get("t") == "s" else text
        yield list(cells.values())


def texts(path):
    """The rows of a text file. A quote opens a cell in the comma-separated ones only, and what it leaves
    open is no row."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        content = file.read()
    first = content.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    if mark == "\t":
        return [line.split("\t") for line in content.splitlines()]
    whole = content if content.count('"') % 2 == 0 else content[: content.rindex('"')].rsplit("\n", 1)[0]
    return list(csv.reader(whole.splitlines(keepends=True), delimiter=mark))


def load(table, wanted, files):
    """A table of text: the wanted columns, empty ones null, beside the channel and the place of the row."""
    names = ["channel", "file", "row"] + [name for name in wanted if name != "channel"]
    columns = {name: [] for name in names}
    for channel, path in files:
        rows = iter(workbook(path) if path.endswith(".xlsx") else texts(path))
        header = [" ".join(cell.split()) for cell in next(rows)]
        for number, row in enumerate(rows):
            cells = {"channel": channel, **dict(zip(header, map(str.strip, row))), "file": path, "row": str(number)}
            for name in names:
                columns[name].append(cells.get(name) or None)
    kinds = ", ".join(f'"{name}" varchar' for name in names)
    db.execute(f"create table {table} ({kinds})")
    db.execute(f"insert into {table} select {', '.join(['unnest(?::varchar[])'] * len(names))}", list(columns.values()))


def files(kind, *patterns):
    """The files of all channels of a kind."""
    channels = [name for name, channel in settings["channel"].items() if channel["kind"] == kind]
    return [(channel, path) for channel in channels for pattern in patterns
            for path in sorted(glob.glob(os.path.join(exports, channel, pattern)))]


load("shopify_orders", ["Name", "Financial Status", "Paid at", "Fulfilled at", "Currency", "Subtotal", "Shipping",
                        "Taxes", "Total", "Discount Amount", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price",
                        "Lineitem sku", "Lineitem taxable", "Cancelled at", "Refunded Amount"],
     files("shopify", "orders_export*.csv"))
load("shopify_payments", ["Transaction Date", "Type", "Order", "Amount", "Fee", "Currency"],
     files("shopify", "payment_transactions_export_?.csv"))
load("amazon_orders", ["amazon-order-id", "purchase-date", "last-updated-date", "order-item-id", "sales-channel", "sku",
                       "item-status", "quantity", "currency", "item-price", "item-tax", "shipping-price", "shipping-tax",
                       "gift-wrap-price", "gift-wrap-tax", "item-promotion-discount", "ship-promotion-discount"],
     files("amazon", "All_Orders*.txt"))
load("amazon_settlements", ["settlement-id", "currency", "transaction-type", "order-id", "amount-type",
                            "amount-description", "amount", "posted-date", "posted-date-time", "sku", "quantity-purchased"],
     files("amazon", "settlement_*.txt"))
load("tiktok_orders", ["Order ID", "Order Status", "Seller SKU", "Quantity", "SKU Subtotal Before Discount",
                       "SKU Seller Discount", "Shipping Fee After Discount", "Taxes",
                       "Order Refund Amount", "Created Time", "Delivered Time"],
     files("tiktok", "All order*.csv"))
load("tiktok_income", ["Order/adjustment ID", "Type", "Order settled time", "Currency", "Total settlement amount",
                       "Refund subtotal after seller discounts", "Transaction fee", "TikTok Shop commission fee", "Seller shipping fee", "Affiliate Commission"],
     files("tiktok", "income*"))
load("portal", ["Order No", "Pos", "Ordered", "Changed", "Item", "Qty", "Amount", "Rebate", "Carriage", "State"],
     files("wholesale", "portal*.csv"))
truth = lambda pattern: [("", path) for path in sorted(glob.glob(os.path.join(exports, "truth", pattern)))]
load("spent", ["channel", "day", "sku", "amount", "currency", "in_settlement"], truth("advertising.csv"))
load("rates", ["day", "currency", "into", "rate"], truth("*exchange_rates.csv"))
shop = settings["shop"]
db.execute("create table shop (home varchar, zone varchar, as_of date)")
db.execute("insert into shop values (?, ?, ?)", [shop["currency"], shop["time-zone"], shop["as-of"]])
db.execute("create table channels (channel varchar, currency varchar, zone varchar, price_tax decimal(9, 6), "
           "dates varchar)")
for name, channel in settings["channel"].items():
    held = channel.get("prices-hold-tax", "0%")
    assert isinstance(held, str), "tax rates by country are not read here"
    db.execute("insert into channels values (?, ?, ?, ?, ?)", [
        name, channel.get("currency", shop["currency"]), channel.get("time-zone", shop["time-zone"]),
        held.rstrip("%"), channel.get("date-order", "mdy")])
for row in db.execute(open(script).read()).fetchall():
    print("|".join(str(cell) for cell in row))
