-- mart_pnl_refunds: what went back of each order, as each document tells it.
--
-- grain  channel, order_id, source, sku, day, currency, tax_included, names
-- reads  fact_fees, fact_refunds, fact_settle_orders, fact_sales, fact_unknown_sales, fact_sales_orders,
--        fact_cancelled_lines, orders, channel_currencies, calendar, run
-- unit   amount in `currency`, positive; order_goods and order_tax in the order's currency: what it came to without tax,
--        and its tax with what is held for others; cancelled_goods and cancelled_tax the same of its cancelled lines
-- note   source is settlement, refund (a document of single refunds) or order (all that went back of it so far): several
--        may tell of the same money, and which amount counts once is worked out from these rows
-- note   shared is 1 where the refund names no SKU and the order has several
-- note   names is what of the order the refund names: sold, cancelled (a SKU of which the order sold nothing, where lines
--        of it were cancelled) or either, where nothing tells; cancelled_paid is 1 where the order's own total holds its
--        cancelled lines
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
known_orders as (
    select
        channel as channel,
        order_id as order_id,
        sum(live_line_count) as live_line_count,
        sum(dropped_line_count) as dropped_line_count,
        sum(comes_to + tax + dropped) as comes_to_uncut
    from fact_sales_orders
    group by channel, order_id
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
        gross - discount + shipping_charged + other_income as goods,
        tax + held as tax,
        priced_lines as priced_lines
    from fact_sales
    union all
    select
        channel as channel,
        order_id as order_id,
        sku as sku,
        order_day as order_day,
        gross - discount + shipping_charged as goods,
        tax as tax,
        priced_lines as priced_lines
    from fact_unknown_sales
),
order_sums as (
    select
        s.channel as channel,
        s.order_id as order_id,
        cast(count(distinct case when s.priced_lines > 0 then s.sku else null end) as bigint) as sku_count,
        min(case when s.priced_lines > 0 then s.sku else null end) as only_sku,
        sum(s.goods) as goods,
        sum(s.tax) as tax
    from all_sales as s
    cross join run as r
    where s.order_day <= r.as_of
    group by s.channel, s.order_id
),
live_articles as (
    select distinct channel as channel, order_id as order_id, sku as sku
    from fact_sales
    where priced_lines > 0 or unpriced_lines > 0
),
cancelled_skus as (
    select distinct channel as channel, order_id as order_id, sku as sku
    from fact_cancelled_lines
),
cancelled_sums as (
    select channel as channel, order_id as order_id, sum(goods) as goods, sum(tax) as tax
    from fact_cancelled_lines
    group by channel, order_id
),
uncut_orders as (
    select k.channel as channel, k.order_id as order_id
    from known_orders as k
    inner join orders as o on o.channel = k.channel and o.order_id = k.order_id
    where o.total_of = 'all' and o.total = k.comes_to_uncut
),
told_refunds as (
    select
        channel as channel,
        order_id as order_id,
        'settlement' as source,
        sku as sku,
        posted_day as day,
        currency as currency,
        tax_included as tax_included,
        -amount as amount,
        cast(0 as bigint) as credit_note,
        cast(0 as bigint) as unknown_rows
    from fact_fees
    where kind = 'refund'
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
        d.amount as amount,
        o.goods as order_goods,
        o.tax as order_tax,
        case
            when d.sku <> '(unallocated)' and a.sku is null and k.dropped_line_count > 0 then 'cancelled'
            when c.channel is null or (d.sku <> '(unallocated)' and b.sku is null) then 'sold'
            else 'either'
        end as names,
        c.goods as cancelled_goods,
        c.tax as cancelled_tax,
        case when u.channel is null then 0 else 1 end as cancelled_paid,
        d.unknown_rows as unknown_rows
    from dated_refunds as d
    left join known_orders as k on k.channel = d.channel and k.order_id = d.order_id
    left join whole_orders as w on w.channel = d.channel and w.order_id = d.order_id
    left join order_sums as o on o.channel = d.channel and o.order_id = d.order_id
    left join live_articles as a on a.channel = d.channel and a.order_id = d.order_id and a.sku = d.sku
    left join cancelled_skus as b on b.channel = d.channel and b.order_id = d.order_id and b.sku = d.sku
    left join cancelled_sums as c on c.channel = d.channel and c.order_id = d.order_id
    left join uncut_orders as u on u.channel = d.channel and u.order_id = d.order_id
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
    min(month) as month,
    cast(max(recent) as bigint) as recent,
    cast(max(shared) as bigint) as shared,
    sum(amount) as amount,
    max(order_goods) as order_goods,
    max(order_tax) as order_tax,
    max(cancelled_goods) as cancelled_goods,
    max(cancelled_tax) as cancelled_tax,
    cast(max(cancelled_paid) as bigint) as cancelled_paid,
    sum(cast(unknown_rows as bigint)) as unknown_rows
from counted_refunds
group by channel, order_id, source, sku, day, currency, tax_included, names
order by channel, order_id, source, sku, day, currency, tax_included, names
