"""The table that the lake holds after `trueup ingest`, written by DuckDB, and whether the two are the same.

The SQL is what a careful user would write. Every cell is read with a check: what cannot be read stops the query, where
trueup puts the row among the rejects and reads on. What the benchmark's exports never hold (refunds, discounts,
cancelled orders, prices with tax in them, other transactions and kinds of amounts, the settlement V1) is left out of
the SQL, and stops it. DuckDB has its own settings but for two threads.

DuckDB does not know on which line of the file a row stands: notes with line breaks move it. `source_line` is here the
row's number and one for the header, so for orders only the sequence of the rows can be compared. `line` of a settlement
holds a digest that every program makes in its own way: what is compared is what stands before and after it, and that
the two sides' digests tell the same lines apart. `run` is not compared.
"""

import datetime
import pathlib
import shutil
import sys
import zoneinfo

ZONE = "America/New_York"

# A value is null where its cell is empty, and nowhere else.
MACROS = r"""
create macro words(t) as case
    when regexp_matches(t, '[[:cntrl:]]') then error('a control character: ' || t) else t end;
create macro needed(value, what) as coalesce(value, error(what || ' is missing'));
create macro amount(t) as case
    when t is null then null
    when regexp_full_match(t, '-?[0-9]{1,14}[.][0-9]{2}') then cast(t as decimal(18, 4))
    else error('not an amount: ' || t) end;
create macro cents(t) as cast(amount(t) * 100 as bigint);
create macro money(cents) as cast(cast(cents as decimal(16, 0)) * 0.01 as decimal(18, 4));
create macro units(t) as case
    when t is null then null
    when regexp_full_match(t, '-?[0-9]{1,9}') then cast(t as bigint)
    else error('not a count: ' || t) end;
create macro currency_code(t) as case
    when t is null or regexp_full_match(t, '[A-Z]{3}') then t else error('not a currency: ' || t) end;
create macro happened(moment) as case
    when moment > getvariable('exported_at') + interval 2 days then error('in the future: ' || moment) else moment end;
create macro local_day(moment) as cast(timezone(getvariable('zone'), moment) as date);
"""

# Amounts are whole cents until they are written: integers divide exactly. `status` is known on an order's first row
# alone.
SHOPIFY_CELLS = r"""
create macro instant(t) as happened(strptime(t, '%Y-%m-%d %H:%M:%S %z'));
create temp table cells as
with typed as (
    select needed(words("Name"), 'Name') as order_id, words("Lineitem sku") as sku, words("Lineitem name") as title,
        needed(instant("Created at"), 'Created at') as ordered_at, instant("Paid at") as paid_at,
        instant("Fulfilled at") as fulfilled_at, needed(units("Lineitem quantity"), 'Lineitem quantity') as quantity,
        needed(cents("Lineitem price"), 'Lineitem price') as price, cents("Subtotal") as subtotal,
        cents("Shipping") as shipping, cents("Taxes") as tax, cents("Total") as total,
        cents("Discount Amount") as discount, cents("Lineitem discount") as line_discount,
        cents("Refunded Amount") as refunded, currency_code("Currency") as currency,
        lower("Financial Status") as financial, lower("Fulfillment Status") is not distinct from 'fulfilled' as sent,
        "Cancelled at" as cancelled_at, coalesce(words("Shipping Country"), words("Billing Country")) as country
    from read_csv('{source}', header = true, all_varchar = true, quote = '"', escape = '"', delim = ',')
)
select * exclude (paid_at, fulfilled_at, subtotal, total, line_discount, refunded, financial, sent, cancelled_at),
    price * quantity as gross, greatest(price * quantity, 0) as weight, coalesce(sku, title, 'line') as article,
    case when cancelled_at is not null or refunded <> 0 or discount <> 0 or line_discount <> 0
            or shipping < 0 or tax < 0 or tax > 0 and total = subtotal + shipping
        then error('not known to this query: order ' || order_id)
        when financial is null then null
        when financial not in ('paid', 'pending', 'authorized', 'partially_paid')
        then error('not known to this query: ' || financial)
        when sent then 'shipped' when financial = 'paid' then 'paid' else 'pending' end as status,
    greatest(ordered_at, paid_at, fulfilled_at)
        + to_microseconds(case when sent then 2 when financial = 'paid' then 1 else 0 end) as updated_at
from typed
"""

# A part of an order's shipping or tax, rounded down; then a cent more for the lines with the largest remainders.
PART = "order_{0} * weight // all_weight as {0}_part, order_{0} * weight % all_weight as {0}_rest"
SHARE = """money({0}_part + (row_number() over (partition by order_id order by {0}_rest desc, row)
            <= order_{0} - sum({0}_part) over (partition by order_id))::int)"""

# An order that is there twice has two first rows; one whose first row lies elsewhere has none, or a hole.
SHOPIFY_LINES = f"""
create temp table order_lines as
with carried as (
    select rowid as row, order_id, article, sku, title, ordered_at, quantity, price, gross, weight,
        sum(weight) over one_order as all_weight, count(*) over one_order as rows,
        count(status) over one_order as heads, max(rowid) over one_order - min(rowid) over one_order + 1 as stretch,
        {", ".join(f"first_value({column}) over one_order as order_{column}" for column in
                   ("status", "currency", "updated_at", "country", "discount", "shipping", "tax"))}
    from cells
    window one_order as (
        partition by order_id order by rowid rows between unbounded preceding and unbounded following)
),
weighed as (
    select * exclude (weight, all_weight), case when all_weight = 0 then 1 else weight end as weight,
        case when all_weight = 0 then rows else cast(all_weight as bigint) end as all_weight
    from carried
),
parts as (select *, {PART.format("shipping")}, {PART.format("tax")} from weighed)
select 'shopify' as channel, order_id,
    article || '#' || row_number() over (partition by order_id, article order by price, quantity, row) as line_id,
    ordered_at, local_day(ordered_at) as order_day, order_updated_at as updated_at,
    case when order_updated_at <= getvariable('exported_at') then getvariable('exported_at') end as exported_at,
    sku, coalesce(sku, title) as channel_sku, title, quantity, money(price) as unit_price, money(gross) as gross,
    money(order_discount) as discount, {SHARE.format("shipping")} as shipping_charged, {SHARE.format("tax")} as tax,
    needed(order_currency, 'Currency') as currency,
    case when heads <> 1 or order_status is null then error('an order twice, or without its first row: ' || order_id)
        when stretch <> rows then error('rows of an order that lie apart: ' || order_id)
        else order_status end as status,
    null::varchar as cancel_reason, 'seller' as fulfilment, 'main' as location, order_country as country,
    'shopify/{{file}}' as source_file, row + 2 as source_line, 'run-000001' as run
from parts
"""

AMAZON_CELLS = r"""
create macro moment(t) as strptime(t, '%Y-%m-%d %H:%M:%S UTC') at time zone 'UTC';
create temp table cells as
select needed(words("settlement-id"), 'settlement-id') as settlement_id, moment("settlement-start-date") as "start",
    moment("settlement-end-date") as "end", cast(moment("deposit-date") at time zone 'UTC' as date) as deposited_on,
    amount("total-amount") as total, needed(currency_code("currency"), 'currency') as currency,
    words("transaction-type") as transaction, words("order-id") as order_id, words(sku) as sku,
    words("amount-type") as type, words("amount-description") as what, amount("amount") as amount,
    happened(moment("posted-date-time")) as posted_at, words("order-item-code") as item,
    units("quantity-purchased") as quantity
from read_csv('{source}', header = true, all_varchar = true, quote = '', escape = '', delim = '\t')
"""
AMAZON_HEADS = """
create temp table settlements as
select 'amazon' as channel, settlement_id, "start", "end", deposited_on, needed(total, 'total-amount') as total,
    currency, 'amazon/{file}' as source_file, rowid + 2 as source_line, 'run-000001' as run
from cells where transaction is null
"""
# Lines that say the same are numbered by their order in the file, so no key can be there twice.
AMAZON_LINES = """
create temp table settlement_lines as
with named as (
    select *, rowid as row, coalesce(order_id, '') || '.' || format('{{:016x}}', hash(settlement_id, posted_at, amount,
        item, sku, transaction, order_id, type, what)) || '-' as name
    from cells where transaction is not null
)
select 'amazon' as channel, settlement_id, name || row_number() over (partition by name order by row) as line,
    needed(posted_at, 'posted-date-time') as posted_at, local_day(posted_at) as posted_day, order_id, sku,
    sku as channel_sku, case when type = 'ItemPrice' and what = 'Principal' then quantity end as quantity,
    case when transaction <> 'Order' then error('not known to this query: ' || transaction)
        when type = 'ItemWithheldTax' then 'tax_withheld'
        when type = 'ItemPrice' and contains(what, 'Tax') then 'tax_collected'
        when type = 'ItemPrice' and what = 'Principal' then 'sale'
        when type = 'ItemPrice' and what = 'Shipping' then 'shipping_charged'
        when type = 'ItemFees' and what = 'Commission' then 'referral_fee'
        when type = 'ItemFees' and starts_with(what, 'FBA') then 'fulfilment_fee'
        else error('not known to this query: ' || concat_ws(' ', type, what)) end as kind,
    coalesce(what, transaction) as description, needed(amount, 'amount') as amount, currency,
    null::boolean as tax_included, true as whole, 'amazon/{file}' as source_file, row + 2 as source_line,
    'run-000001' as run
from named
"""
# The key once, and the control total.
AMAZON_CHECKS = """
select coalesce(heads.settlement_id, lines.settlement_id), total, come_to
from (select settlement_id, max(total) as total, count(*) as rows from settlements group by all) heads
full join (select settlement_id, sum(amount) as come_to from settlement_lines group by all) lines using (settlement_id)
where total is distinct from coalesce(come_to, 0) or rows <> 1
"""

STEPS = {"shopify": [SHOPIFY_CELLS, SHOPIFY_LINES], "amazon": [AMAZON_CELLS, AMAZON_HEADS, AMAZON_LINES]}
# Each table with its key and the day by whose month it lies in files.
TABLES = {
    "shopify": {"order_lines": ("channel, order_id, line_id", "order_day")},
    "amazon": {"settlement_lines": ("channel, settlement_id, line", "posted_day"),
               "settlements": ("channel, settlement_id", None)},
}
# What of a table can be compared.
COMPARED = {
    "order_lines": "* exclude (source_line, run), row_number() over (order by source_line) as place",
    "settlement_lines": "* exclude (run) replace (regexp_replace(line, '[.][0-9a-f]{16}-', '.-') as line)",
    "settlements": "* exclude (run)",
}


def connected():
    import duckdb

    sql = duckdb.connect()
    sql.execute("set threads to 2")
    sql.execute("set TimeZone to 'UTC'")
    return sql


def end_of_day_of_writing(source):
    """What trueup takes for the time of an export whose name does not tell it."""
    zone = zoneinfo.ZoneInfo(ZONE)
    day = datetime.datetime.fromtimestamp(source.stat().st_mtime, zone).date() + datetime.timedelta(days=1)
    return datetime.datetime.combine(day, datetime.time(), zone) - datetime.timedelta(seconds=1)


def make(name, source, target):
    """Writes the tables of an export, sorted by key, one file per month, as Parquet with zstd at level 1."""
    source, target = pathlib.Path(source), pathlib.Path(target)
    sql = connected()
    sql.execute("set variable exported_at = cast(? as timestamptz)", [end_of_day_of_writing(source).isoformat()])
    sql.execute("set variable zone = ?", [ZONE])
    sql.execute(MACROS)
    for step in STEPS[name]:
        sql.execute(step.format(source=source, file=source.name))
    if name == "amazon" and (wrong := sql.execute(AMAZON_CHECKS).fetchall()):
        sys.exit(f"settlements that do not come to their total, or are there twice: {wrong}")
    shutil.rmtree(target, ignore_errors=True)
    for table, (key, day) in TABLES[name].items():
        (target / table).mkdir(parents=True)
        write(sql, table, key, day, target / table)


def write(sql, table, key, day, folder):
    # `partition_by` would write all months in one go, but no longer in the order of keys.
    months = [None]
    if day:
        found = sql.execute(f"select distinct date_trunc('month', {day}) from {table} order by all").fetchall()
        months = [month for month, in found]
    for month in months:
        of_month = f"where {day} >= '{month}' and {day} < date '{month}' + interval 1 month" if month else ""
        file = folder / (f"{month:%Y-%m}.parquet" if month else "all.parquet")
        sql.execute(f"copy (select * from {table} {of_month} order by {key}) to '{file}' "
                    "(format parquet, compression zstd, compression_level 1)")


def compare(name, lake, target):
    """Ends the process with a message where DuckDB's tables and the lake's differ."""
    sql = connected()
    for table, (key, day) in TABLES[name].items():
        sides = {"trueup": f"{lake}/{table}/*.parquet", "DuckDB": f"{target}/{table}/*.parquet"}
        compare_columns(sql, table, sides)
        for side, files in sides.items():
            check_order(sql, side, files, key, day)
            sql.execute(f"create view {side}_{table} as select {COMPARED[table]} from read_parquet('{files}')")
        rows = compare_rows(sql, table)
        if table == "settlement_lines":
            compare_digests(sql, *sides.values())
        print(f"  same rows: {table}, {rows:,} on either side")


def compare_columns(sql, table, sides):
    ours, theirs = (sql.execute(f"describe select * from '{files}'").fetchall() for files in sides.values())
    if [column[:2] for column in ours] != [column[:2] for column in theirs]:
        sys.exit(f"{table}: other columns or types\n  trueup {ours}\n  DuckDB {theirs}")


def check_order(sql, side, files, key, day):
    """One month a file, rows by their key, no key twice."""
    months = f"date_trunc('month', {day}) <> first_value(date_trunc('month', {day})) over file" if day else "false"
    wrong, = sql.execute(f"""
        select count(*) from (
            select ({key}) <= lag(({key})) over file as is_late, {months} as is_elsewhere
            from read_parquet('{files}', filename = true, file_row_number = true)
            window file as (partition by filename order by file_row_number)
        ) where is_late or is_elsewhere""").fetchone()
    if wrong:
        sys.exit(f"{side}: {wrong:,} rows are out of order or in another month's file: {files}")


def compare_rows(sql, table):
    counts = {side: sql.execute(f"select count(*) from {side}_{table}").fetchone()[0] for side in ("trueup", "DuckDB")}
    for side, other in (("trueup", "DuckDB"), ("DuckDB", "trueup")):
        sql.execute(f"create or replace temp table lone as from {side}_{table} except all from {other}_{table}")
        lone, = sql.execute("select count(*) from lone").fetchone()
        if lone:
            some = "\n  ".join(map(str, sql.execute("from lone order by all limit 3").fetchall()))
            sys.exit(f"{table}: {counts}, of which {lone:,} rows only {side} has, such as\n  {some}")
    return counts["trueup"]


def compare_digests(sql, ours, theirs):
    """Each name on one side stands for one name on the other."""
    one, other, both = sql.execute(f"""
        select count(distinct one), count(distinct other), count(distinct (one, other)) from (
            select regexp_replace(ours.line, '[0-9]+$', '') as one, regexp_replace(theirs.line, '[0-9]+$', '') as other
            from read_parquet('{ours}') ours join read_parquet('{theirs}') theirs using (source_line)
        )""").fetchone()
    if not one == other == both:
        sys.exit(f"settlement_lines: {one:,} names, DuckDB's {other:,}, and {both:,} pairs of them")
