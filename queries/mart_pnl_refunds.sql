-- mart_pnl_refunds: what went back of each order, as each document tells it.
--
-- grain  channel, order_id, source, sku, day, currency, tax_included, names, by_name
-- reads  fact_fees, fact_tax_apart, fact_refunds, fact_settle_orders, fact_sold, fact_unknown_sales, fact_sales_orders,
--        fact_never_left, fact_cancelled_lines, orders, channel_currencies, calendar, run
-- unit   amount in `currency`, positive; order_goods and order_tax in the order's currency: what it came to without tax,
--        and its tax with what is held for others; sku_goods and sku_tax the same of the SKU that the refund names;
--        cancelled_goods and cancelled_tax in `currency`: the same of its cancelled lines, unknown in another currency
-- note   source is settlement, refund (a document of single refunds) or order (all that went back of it so far): several
--        may tell of the same money, and which amount counts once is worked out from these rows
-- note   of an order whose settlement tells the channel's tax apart, a settled refund holds the tax that was given back with
--        it and no other
-- note   shared is 1 where the refund names no SKU and the order has several
-- note   names is what of the order the refund names: cancelled (a SKU of cancelled lines of which the order sold nothing),
--        either (nothing, or a SKU of which a part was cancelled) or sold; a SKU that the order does not have is sold, since
--        no cancelled line is named by it
-- note   by_name is 1 where the refund names its SKU, and 0 where the order lends it one or has several
-- note   paid_for is what the buyer of an order with cancelled lines paid for: sold (what was settled comes to the lines
--        that were sold), all (what was settled, or else the order's own total, holds the cancelled ones too),
--        sold_by_total (the total alone says so, and an edit after the payment may have lowered it) or untold
-- note   cancelled_alike is 1 where an article that was sold, a unit of it or all of them come to as much as the cancelled
--        lines, and where a part of an article was cancelled
-- note   cancelled_foreign is 1 where the cancelled lines stand in another currency than the refund
-- note   refunds of orders of which nothing was sold, or that nobody knows, count no more than the sale does; a credit
--        note under a number of its own is such an order's own document and counts
with settling_channels as (
    -- fees alone may stand in a list of orders
    select f.channel as channel
    from fact_settle_orders as f
    cross join run as r
    where f.posted_day <= r.as_of and f.paid <> 0
    union
    select f.channel as channel
    from fact_fees as f
    cross join run as r
    where f.posted_day <= r.as_of and f.kind = 'refund'
),
apart_orders as (
    select distinct t.channel as channel, t.order_id as order_id
    from fact_tax_apart as t
    cross join run as r
    where t.posted_day <= r.as_of
),
settled_refunds as (
    select
        f.channel as channel,
        f.order_id as order_id,
        f.sku as sku,
        f.posted_day as day,
        f.currency as currency,
        case when a.order_id is null then f.tax_included else 0 end as tax_included,
        -f.amount as amount
    from fact_fees as f
    left join apart_orders as a on a.channel = f.channel and a.order_id = f.order_id
    where f.kind = 'refund'
),
settled_back as (
    select distinct b.channel as channel, b.order_id as order_id, b.currency as currency
    from settled_refunds as b
    cross join run as r
    where b.day <= r.as_of
),
told_refunds as (
    select
        channel as channel,
        order_id as order_id,
        'settlement' as source,
        sku as sku,
        day as day,
        currency as currency,
        tax_included as tax_included,
        amount as amount,
        cast(0 as bigint) as credit_note,
        cast(0 as bigint) as unknown_rows
    from settled_refunds
    union all
    select
        t.channel as channel,
        t.order_id as order_id,
        'settlement' as source,
        '(unallocated)' as sku,
        t.posted_day as day,
        t.currency as currency,
        0 as tax_included,
        -t.given_back as amount,
        cast(0 as bigint) as credit_note,
        cast(0 as bigint) as unknown_rows
    from fact_tax_apart as t
    inner join settled_back as b on b.channel = t.channel and b.order_id = t.order_id and b.currency = t.currency
    where t.given_back <> 0
    union all
    select
        f.channel as channel,
        f.order_id as order_id,
        case when f.cumulative = 1 then 'order' else 'refund' end as source,
        f.sku as sku,
        f.refund_day as day,
        f.currency as currency,
        f.tax_included as tax_included,
        f.amount as amount,
        f.credit_note as credit_note,
        -- what a settling channel's return file leaves open, a settlement tells
        case when c.channel is null then f.unknown_rows else 0 end as unknown_rows
    from fact_refunds as f
    left join settling_channels as c on c.channel = f.channel
    -- without its order nobody can tell whether a settlement holds it too
    where c.channel is null or f.order_id <> ''
),
dated_refunds as (
    select
        c.month as month,
        case when t.day > r.as_of - interval '90 days' then 1 else 0 end as recent,
        t.channel as channel,
        t.order_id as order_id,
        t.source as source,
        t.sku as sku,
        t.day as day,
        -- a return file without currencies is in its channel's
        case when t.currency = '' then coalesce(q.currency, r.currency) else t.currency end as currency,
        t.tax_included as tax_included,
        t.amount as amount,
        t.credit_note as credit_note,
        t.unknown_rows as unknown_rows
    from told_refunds as t
    inner join calendar as c on c.day = t.day
    left join channel_currencies as q on q.channel = t.channel
    cross join run as r
    where t.day <= r.as_of
),
refunded_orders as (
    select distinct channel as channel, order_id as order_id
    from dated_refunds
),
known_orders as (
    select
        s.channel as channel,
        s.order_id as order_id,
        sum(cast(case when x.order_id is null then s.live_line_count else 0 end as bigint)) as live_line_count
    from fact_sales_orders as s
    inner join refunded_orders as b on b.channel = s.channel and b.order_id = s.order_id
    left join fact_never_left as x on x.channel = s.channel and x.order_id = s.order_id
    group by s.channel, s.order_id
),
whole_orders as (
    select distinct channel as channel, order_id as order_id
    from fact_unknown_sales
),
all_sales as (
    select
        channel as channel,
        order_id as order_id,
        sku as sku,
        order_day as order_day,
        units as units,
        gross - discount + shipping_charged + other_income as goods,
        tax + held as tax,
        priced_lines as priced_lines
    from fact_sold
    union all
    select
        channel as channel,
        order_id as order_id,
        sku as sku,
        order_day as order_day,
        units as units,
        gross - discount + shipping_charged as goods,
        tax as tax,
        priced_lines as priced_lines
    from fact_unknown_sales
),
sku_sums as (
    select
        s.channel as channel,
        s.order_id as order_id,
        s.sku as sku,
        sum(s.priced_lines) as priced_lines,
        sum(cast(s.units as bigint)) as units,
        sum(s.goods) as goods,
        sum(s.tax) as tax
    from all_sales as s
    inner join refunded_orders as b on b.channel = s.channel and b.order_id = s.order_id
    cross join run as r
    where s.order_day <= r.as_of
    group by s.channel, s.order_id, s.sku
),
order_sums as (
    select
        channel as channel,
        order_id as order_id,
        cast(count(distinct case when priced_lines > 0 then sku else null end) as bigint) as sku_count,
        min(case when priced_lines > 0 then sku else null end) as only_sku,
        sum(goods) as goods,
        sum(tax) as tax
    from sku_sums
    group by channel, order_id
),
live_articles as (
    select distinct s.channel as channel, s.order_id as order_id, s.sku as sku
    from fact_sold as s
    inner join refunded_orders as b on b.channel = s.channel and b.order_id = s.order_id
    where s.priced_lines > 0 or s.unpriced_lines > 0
),
cancelled_lines as (
    select
        c.channel as channel,
        c.order_id as order_id,
        c.sku as sku,
        c.currency as currency,
        c.goods as goods,
        c.tax as tax
    from fact_cancelled_lines as c
    left join whole_orders as w on w.channel = c.channel and w.order_id = c.order_id
    -- what its document waits to be paid for, a settlement tells as sold
    where w.order_id is null
),
cancelled_orders as (
    select distinct channel as channel, order_id as order_id
    from cancelled_lines
),
cancelled_skus as (
    select distinct channel as channel, order_id as order_id, sku as sku
    from cancelled_lines
),
cancelled_sums as (
    select channel as channel, order_id as order_id, currency as currency, sum(goods) as goods, sum(tax) as tax
    from cancelled_lines
    group by channel, order_id, currency
),
settled_sums as (
    select f.channel as channel, f.order_id as order_id, f.currency as currency, sum(f.paid) as paid
    from fact_settle_orders as f
    inner join cancelled_orders as x on x.channel = f.channel and x.order_id = f.order_id
    cross join run as r
    where f.posted_day <= r.as_of
    group by f.channel, f.order_id, f.currency
    having sum(f.paid) <> 0
),
stated_totals as (
    select channel as channel, order_id as order_id, total as total
    from orders
    where total_of = 'all'
),
cancelled_parts as (
    select
        c.channel as channel,
        c.order_id as order_id,
        c.currency as currency,
        case
            -- some settle what was paid without its tax
            when t.paid = o.goods + o.tax or t.paid = o.goods then 'sold'
            when t.paid = o.goods + o.tax + c.goods + c.tax or t.paid = o.goods + c.goods then 'all'
            when d.total = o.goods + o.tax + c.goods + c.tax then 'all'
            when d.total = o.goods + o.tax then 'sold_by_total'
            else 'untold'
        end as paid_for,
        case when o.goods = c.goods or o.goods + o.tax = c.goods + c.tax then 1 else 0 end as like_all
    from cancelled_sums as c
    inner join order_sums as o on o.channel = c.channel and o.order_id = c.order_id
    left join settled_sums as t on t.channel = c.channel and t.order_id = c.order_id and t.currency = c.currency
    left join stated_totals as d on d.channel = c.channel and d.order_id = c.order_id
),
alike_orders as (
    select distinct c.channel as channel, c.order_id as order_id, c.currency as currency
    from cancelled_sums as c
    inner join sku_sums as s on s.channel = c.channel and s.order_id = c.order_id
    where s.units > 0 and (s.goods = c.goods * s.units or s.goods + s.tax = (c.goods + c.tax) * s.units
        or s.goods = c.goods or s.goods + s.tax = c.goods + c.tax)
    union
    -- of an article of which only a part was cancelled nothing tells which part went back
    select c.channel as channel, c.order_id as order_id, c.currency as currency
    from cancelled_lines as c
    inner join sku_sums as s on s.channel = c.channel and s.order_id = c.order_id and s.sku = c.sku
    where s.units > 0
),
counted_refunds as (
    select
        d.month as month,
        d.recent as recent,
        d.channel as channel,
        d.order_id as order_id,
        d.source as source,
        case when d.sku = '(unallocated)' and o.sku_count = 1 then o.only_sku else d.sku end as sku,
        case when d.sku = '(unallocated)' and o.sku_count > 1 then 1 else 0 end as shared,
        d.day as day,
        d.currency as currency,
        d.tax_included as tax_included,
        case when d.sku = '(unallocated)' then 0 else 1 end as by_name,
        d.amount as amount,
        o.goods as order_goods,
        o.tax as order_tax,
        case when d.sku = '(unallocated)' then null else u.goods end as sku_goods,
        case when d.sku = '(unallocated)' then null else u.tax end as sku_tax,
        case
            when x.channel is null or (d.sku <> '(unallocated)' and b.sku is null) then 'sold'
            when d.sku <> '(unallocated)' and a.sku is null then 'cancelled'
            else 'either'
        end as names,
        c.goods as cancelled_goods,
        c.tax as cancelled_tax,
        case when x.channel is null or c.channel is not null then 0 else 1 end as cancelled_foreign,
        case when l.channel is null and coalesce(p.like_all, 0) = 0 then 0 else 1 end as cancelled_alike,
        coalesce(p.paid_for, 'untold') as paid_for,
        d.unknown_rows as unknown_rows
    from dated_refunds as d
    left join known_orders as k on k.channel = d.channel and k.order_id = d.order_id
    left join whole_orders as w on w.channel = d.channel and w.order_id = d.order_id
    left join order_sums as o on o.channel = d.channel and o.order_id = d.order_id
    left join sku_sums as u on u.channel = d.channel and u.order_id = d.order_id and u.sku = d.sku
    left join live_articles as a on a.channel = d.channel and a.order_id = d.order_id and a.sku = d.sku
    left join cancelled_orders as x on x.channel = d.channel and x.order_id = d.order_id
    left join cancelled_skus as b on b.channel = d.channel and b.order_id = d.order_id and b.sku = d.sku
    left join cancelled_sums as c on c.channel = d.channel and c.order_id = d.order_id and c.currency = d.currency
    left join cancelled_parts as p on p.channel = d.channel and p.order_id = d.order_id and p.currency = d.currency
    left join alike_orders as l on l.channel = d.channel and l.order_id = d.order_id and l.currency = d.currency
    where d.order_id = '' or w.order_id is not null or k.live_line_count > 0
        -- a credit note under a number of its own takes off what an order that nobody names has sold
        or (d.credit_note = 1 and k.order_id is null)
)
select
    channel as channel,
    order_id as order_id,
    source as source,
    sku as sku,
    day as day,
    currency as currency,
    cast(tax_included as bigint) as tax_included,
    names as names,
    cast(by_name as bigint) as by_name,
    min(month) as month,
    cast(max(recent) as bigint) as recent,
    cast(max(shared) as bigint) as shared,
    sum(amount) as amount,
    max(order_goods) as order_goods,
    max(order_tax) as order_tax,
    max(sku_goods) as sku_goods,
    max(sku_tax) as sku_tax,
    max(cancelled_goods) as cancelled_goods,
    max(cancelled_tax) as cancelled_tax,
    cast(max(cancelled_foreign) as bigint) as cancelled_foreign,
    cast(max(cancelled_alike) as bigint) as cancelled_alike,
    max(paid_for) as paid_for,
    sum(cast(unknown_rows as bigint)) as unknown_rows
from counted_refunds
group by channel, order_id, source, sku, day, currency, tax_included, names, by_name
order by channel, order_id, source, sku, day, currency, tax_included, names, by_name
