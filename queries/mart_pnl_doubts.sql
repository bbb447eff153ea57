-- mart_pnl_doubts: amounts that documents tell and of which something is missing to count them.
--
-- grain  doubt, channel, currency
-- reads  fact_liquidations, fact_unsold_charges, fact_kept_charges, fact_sold, fact_settle_orders, mart_kept_money, orders,
--        fact_sales_orders, fact_unknown_sales, run
-- unit   amount in `currency`, positive but for charges that were given back; row_count in rows of the facts
-- note   doubt is liquidated (units that a liquidator took are not told, so their cost is left out), unsold_charge (a list
--        of orders tells a charge of a line that was not sold: left out), kept (what was paid for an order that was
--        cancelled stayed, and nothing tells why: left out), kept_charge (what settlements took for those orders: left out
--        with it), unlisted (a list of orders tells what an order came to and no document its lines: left out) or postage
--        (an order that the seller sent has no label, as none
--        of its channel has: its amount is what was sold)
with labelled_channels as (
    select f.channel as channel
    from fact_settle_orders as f
    cross join run as r
    where f.labels > 0 and f.posted_day <= r.as_of
    group by f.channel
),
sent_orders as (
    select
        s.channel as channel,
        s.order_id as order_id,
        s.currency as currency,
        min(s.order_day) as day,
        sum(s.gross) - sum(s.discount) as amount
    from fact_sold as s
    left join labelled_channels as n on n.channel = s.channel
    where n.channel is null and s.seller_lines > 0
    group by s.channel, s.order_id, s.currency
),
unlisted_orders as (
    select
        o.channel as channel,
        o.currency as currency,
        o.order_day as day,
        o.total as amount
    from orders as o
    left join fact_sales_orders as s on s.channel = o.channel and s.order_id = o.order_id
    left join fact_unknown_sales as u on u.channel = o.channel and u.order_id = o.order_id
    where s.order_id is null and u.order_id is null and (o.status is null or o.status not in ('cancelled', 'unpaid'))
),
doubts as (
    select
        'liquidated' as doubt,
        channel as channel,
        currency as currency,
        posted_day as day,
        amount as amount
    from fact_liquidations
    where amount > 0 and (units <= 0 or sku = '(unallocated)')
    union all
    select
        'unsold_charge' as doubt,
        channel as channel,
        currency as currency,
        posted_day as day,
        -amount as amount
    from fact_unsold_charges
    union all
    select
        'kept' as doubt,
        k.channel as channel,
        k.currency as currency,
        r.as_of as day,
        k.amount as amount
    from mart_kept_money as k
    cross join run as r
    union all
    select
        'unlisted' as doubt,
        channel as channel,
        currency as currency,
        day as day,
        amount as amount
    from unlisted_orders
    union all
    select
        'kept_charge' as doubt,
        channel as channel,
        currency as currency,
        posted_day as day,
        -amount as amount
    from fact_kept_charges
    union all
    select
        'postage' as doubt,
        channel as channel,
        currency as currency,
        day as day,
        amount as amount
    from sent_orders
)
select
    d.doubt as doubt,
    d.channel as channel,
    d.currency as currency,
    cast(count(*) as bigint) as row_count,
    sum(d.amount) as amount
from doubts as d
cross join run as r
where d.day <= r.as_of
group by d.doubt, d.channel, d.currency
order by doubt, channel, currency
