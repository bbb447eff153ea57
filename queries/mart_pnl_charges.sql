-- mart_pnl_charges: fees, refunds and advertising per month, channel and SKU.
--
-- grain  month, recent, channel, order_id, sku, kind, currency, rate_day, taxed_order, taxed_day
-- reads  fact_fees, fact_refunds, fact_settle_totals, fact_sales, fact_sales_orders, advertising, sku_map, calendar, run
-- unit   amount in `currency` as it moves the balance: fees and refunds negative
-- unit   order_goods and order_tax in the order's currency: what the order came to without tax, and its tax
-- note   an order's charge without a SKU goes to its only SKU; only an order of several keeps its order_id, to be shared
-- note   an order's refunds come from settlements where they hold one, else from the return files: never from both
-- note   a refund that holds the buyer's tax names its order and day as taxed_order and taxed_day; its part of the tax is
--        taken off where shares are worked out; for everything else taxed_order is empty and taxed_day the run's day
-- note   the refund of an order of which nothing was sold counts no more than its sale does
with settling_channels as (
    select distinct f.channel as channel
    from fact_settle_totals as f
    cross join run as r
    where f.posted_day <= r.as_of
),
refunded_orders as (
    select distinct f.channel as channel, f.order_id as order_id
    from fact_fees as f
    cross join run as r
    where f.kind = 'refund' and f.order_id <> '' and f.posted_day <= r.as_of
),
dead_orders as (
    select channel as channel, order_id as order_id
    from fact_sales_orders
    group by channel, order_id
    having sum(live_line_count) = 0
),
order_skus as (
    select
        s.channel as channel,
        s.order_id as order_id,
        cast(count(distinct s.sku) as bigint) as sku_count,
        min(s.sku) as only_sku
    from fact_sales as s
    cross join run as r
    where s.order_day <= r.as_of and s.priced_lines > 0
    group by s.channel, s.order_id
),
order_taxes as (
    select
        s.channel as channel,
        s.order_id as order_id,
        sum(s.gross) - sum(s.discount) + sum(s.shipping_charged) as goods,
        sum(s.tax) as tax
    from fact_sales as s
    cross join run as r
    where s.order_day <= r.as_of and s.priced_lines > 0
    group by s.channel, s.order_id
),
returned as (
    select
        f.channel as channel,
        f.order_id as order_id,
        f.sku as sku,
        f.refund_day as day,
        f.currency as currency,
        f.amount as amount,
        f.tax_included as tax_included,
        -- what a settling channel's return file leaves open, a settlement tells
        case when c.channel is null then f.unknown_rows else 0 end as unknown_rows
    from fact_refunds as f
    left join settling_channels as c on c.channel = f.channel
    left join refunded_orders as o on o.channel = f.channel and o.order_id = f.order_id
    -- without its order nobody can tell whether a settlement holds it too
    where o.order_id is null and (c.channel is null or f.order_id <> '')
),
advertised as (
    select
        a.channel as channel,
        -- spend for the whole channel names no SKU
        case when a.sku = '' then '(unallocated)' else coalesce(m.sku, a.sku) end as sku,
        a.day as day,
        a.currency as currency,
        a.amount as amount
    from advertising as a
    left join sku_map as m on m.channel = a.channel and m.channel_sku = a.sku
    -- a row that does not say so stands in no settlement
    where coalesce(a.in_settlement, false) = false
        and (m.channel is null or (a.day >= m.from_day and a.day <= m.until_day))
),
charges as (
    select
        channel as channel,
        order_id as order_id,
        sku as sku,
        kind as kind,
        posted_day as day,
        currency as currency,
        amount as amount,
        tax_included as tax_included,
        cast(0 as bigint) as unknown_rows
    from fact_fees
    union all
    select
        channel as channel,
        order_id as order_id,
        sku as sku,
        'refund' as kind,
        day as day,
        currency as currency,
        -amount as amount,
        tax_included as tax_included,
        unknown_rows as unknown_rows
    from returned
    union all
    select
        channel as channel,
        '' as order_id,
        sku as sku,
        'advertising' as kind,
        day as day,
        currency as currency,
        -amount as amount,
        cast(0 as bigint) as tax_included,
        cast(0 as bigint) as unknown_rows
    from advertised
),
dated_charges as (
    select
        c.month as month,
        case when g.day > r.as_of - interval '90 days' then 1 else 0 end as recent,
        g.channel as channel,
        g.order_id as order_id,
        g.sku as sku,
        g.kind as kind,
        g.day as day,
        r.as_of as as_of,
        r.currency as home,
        -- a return file without currencies is in the shop's
        case when g.currency = '' then r.currency else g.currency end as currency,
        g.amount as amount,
        g.tax_included as tax_included,
        g.unknown_rows as unknown_rows
    from charges as g
    inner join calendar as c on c.day = g.day
    cross join run as r
    where g.day <= r.as_of
),
landed_charges as (
    select
        d.month as month,
        d.recent as recent,
        d.channel as channel,
        case when d.sku = '(unallocated)' and o.sku_count > 1 then d.order_id else '' end as order_id,
        case when d.sku = '(unallocated)' and o.sku_count = 1 then o.only_sku else d.sku end as sku,
        d.kind as kind,
        d.currency as currency,
        -- what an order shares is shared day by day, whatever the currency
        case
            when d.sku = '(unallocated)' and o.sku_count > 1 then d.day
            when d.currency = d.home then d.as_of
            else d.day
        end as rate_day,
        case when d.tax_included = 1 and t.tax > 0 then d.order_id else '' end as taxed_order,
        case when d.tax_included = 1 and t.tax > 0 then d.day else d.as_of end as taxed_day,
        t.goods as order_goods,
        t.tax as order_tax,
        d.amount as amount,
        d.unknown_rows as unknown_rows
    from dated_charges as d
    left join order_skus as o on o.channel = d.channel and o.order_id = d.order_id
    left join order_taxes as t on t.channel = d.channel and t.order_id = d.order_id
    left join dead_orders as x on x.channel = d.channel and x.order_id = d.order_id
    where d.kind <> 'refund' or x.order_id is null
)
select
    month as month,
    cast(recent as bigint) as recent,
    channel as channel,
    order_id as order_id,
    sku as sku,
    kind as kind,
    currency as currency,
    rate_day as rate_day,
    taxed_order as taxed_order,
    taxed_day as taxed_day,
    max(case when taxed_order <> '' then order_goods else null end) as order_goods,
    max(case when taxed_order <> '' then order_tax else null end) as order_tax,
    sum(amount) as amount,
    sum(cast(unknown_rows as bigint)) as unknown_rows
from landed_charges
group by month, recent, channel, order_id, sku, kind, currency, rate_day, taxed_order, taxed_day
order by month, recent, channel, order_id, sku, kind, currency, rate_day, taxed_order, taxed_day
