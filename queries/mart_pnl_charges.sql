-- mart_pnl_charges: fees and advertising per month, channel and SKU.
--
-- grain  month, recent, channel, order_id, sku, kind, currency, rate_day
-- reads  fact_fees, fact_sold, fact_unknown_sales, fact_unknown_lines, fact_unsold_charges, fact_kept_charges,
--        advertising, sku_map, calendar, run
-- unit   amount in `currency` as it moves the balance: fees negative
-- note   an order's charge without a SKU goes to its only SKU; only an order of several keeps its order_id, to be shared
-- note   fees of an order that nobody knows whole are left out, as are those of one whose money stayed and counts nowhere,
--        and what a list of orders tells of lines not sold
with advertised as (
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
        amount as amount
    from fact_fees
    where kind <> 'refund'
    union all
    -- what presupposes a sale that nobody knows is taken out again
    select
        channel as channel,
        '' as order_id,
        sku as sku,
        kind as kind,
        posted_day as day,
        currency as currency,
        -amount as amount
    from fact_unknown_lines
    where left_out = 1
        and kind not in (
            'sale', 'refund', 'discount', 'shipping_charged', 'tax_collected', 'tax_withheld', 'balance', 'reserve',
            'payout'
        )
    union all
    select
        channel as channel,
        case when sku = '(unallocated)' then order_id else '' end as order_id,
        sku as sku,
        kind as kind,
        posted_day as day,
        currency as currency,
        -amount as amount
    from fact_unsold_charges
    union all
    select
        channel as channel,
        case when sku = '(unallocated)' then order_id else '' end as order_id,
        sku as sku,
        kind as kind,
        posted_day as day,
        currency as currency,
        -amount as amount
    from fact_kept_charges
    union all
    select
        channel as channel,
        '' as order_id,
        sku as sku,
        'advertising' as kind,
        day as day,
        currency as currency,
        -amount as amount
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
        g.currency as currency,
        g.amount as amount
    from charges as g
    inner join calendar as c on c.day = g.day
    cross join run as r
    where g.day <= r.as_of
),
shared_orders as (
    select distinct channel as channel, order_id as order_id
    from dated_charges
    where sku = '(unallocated)' and order_id <> ''
),
sold_skus as (
    select s.channel as channel, s.order_id as order_id, s.sku as sku, s.order_day as order_day
    from fact_sold as s
    inner join shared_orders as o on o.channel = s.channel and o.order_id = s.order_id
    where s.priced_lines > 0
    union all
    select channel as channel, order_id as order_id, sku as sku, order_day as order_day
    from fact_unknown_sales
    where priced_lines > 0
),
order_skus as (
    select
        s.channel as channel,
        s.order_id as order_id,
        min(s.sku) as first_sku,
        max(s.sku) as last_sku
    from sold_skus as s
    cross join run as r
    where s.order_day <= r.as_of
    group by s.channel, s.order_id
),
landed_charges as (
    select
        d.month as month,
        d.recent as recent,
        d.channel as channel,
        case when d.sku = '(unallocated)' and o.first_sku <> o.last_sku then d.order_id else '' end as order_id,
        case when d.sku = '(unallocated)' and o.first_sku = o.last_sku then o.first_sku else d.sku end as sku,
        d.kind as kind,
        d.currency as currency,
        -- what an order shares is shared day by day, whatever the currency
        case
            when d.sku = '(unallocated)' and o.first_sku <> o.last_sku then d.day
            when d.currency = d.home then d.as_of
            else d.day
        end as rate_day,
        d.amount as amount
    from dated_charges as d
    left join order_skus as o on o.channel = d.channel and o.order_id = d.order_id
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
    sum(amount) as amount
from landed_charges
group by month, recent, channel, order_id, sku, kind, currency, rate_day
order by month, recent, channel, order_id, sku, kind, currency, rate_day
