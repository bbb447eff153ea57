-- mart_unmatched: orders in no settlement after 21 days, and settlement lines of orders nobody knows.
--
-- grain  side, channel, order_id, line
-- reads  fact_sold, fact_unknown_lines, fact_settle_orders, fact_settle_totals, run
-- unit   amount in `currency`: what the buyer paid before tax, or the settlement line as it moves the balance
-- note   is_whole is 1 where the settlement tells the order whole, so that it counts with all its lines; left_out is 1
--        where a line does not count, because nobody knows its sale
-- note   was_unpaid is 1 for a line of an order that its export shows as not paid yet
-- note   only channels that have settlements; an order without money has nothing to settle; amount is unknown where an order's lines stand in two currencies
with channel_starts as (
    select channel as channel, min(posted_day) as first_posted
    from fact_settle_totals
    group by channel
),
unsettled_sales as (
    select
        s.channel as channel,
        s.order_id as order_id,
        min(s.order_day) as order_day,
        min(s.currency) as currency,
        case
            when min(s.currency) = max(s.currency)
                then sum(s.gross) - sum(s.discount) + sum(s.shipping_charged) + sum(s.other_income)
            else null
        end as amount
    from fact_sold as s
    left join fact_settle_orders as t on t.channel = s.channel and t.order_id = s.order_id
    where t.order_id is null
    group by s.channel, s.order_id
),
unsettled_orders as (
    select
        'order' as side,
        o.channel as channel,
        o.order_id as order_id,
        '*' as line,
        'sale' as kind,
        o.amount as amount,
        o.currency as currency,
        o.order_day as day,
        c.first_posted as first_posted,
        cast(0 as bigint) as was_unpaid,
        cast(0 as bigint) as is_whole,
        cast(0 as bigint) as left_out
    from unsettled_sales as o
    inner join channel_starts as c on c.channel = o.channel
    cross join run as r
    where (o.amount is null or o.amount <> 0) and o.order_day < r.as_of - interval '21 days'
),
unknown_lines as (
    select
        'settlement' as side,
        l.channel as channel,
        l.order_id as order_id,
        l.settlement_id || '/' || l.line as line,
        l.kind as kind,
        l.amount as amount,
        l.currency as currency,
        l.posted_day as day,
        c.first_posted as first_posted,
        l.was_unpaid as was_unpaid,
        l.is_whole as is_whole,
        l.left_out as left_out
    from fact_unknown_lines as l
    inner join channel_starts as c on c.channel = l.channel
),
both_sides as (
    select side, channel, order_id, line, kind, amount, currency, day, first_posted, was_unpaid, is_whole, left_out from unsettled_orders
    union all
    select side, channel, order_id, line, kind, amount, currency, day, first_posted, was_unpaid, is_whole, left_out from unknown_lines
)
select
    b.side as side,
    b.channel as channel,
    b.order_id as order_id,
    b.line as line,
    b.kind as kind,
    b.amount as amount,
    b.currency as currency,
    b.day as day,
    b.first_posted as first_posted,
    b.was_unpaid as was_unpaid,
    b.is_whole as is_whole,
    b.left_out as left_out,
    r.as_of as as_of
from both_sides as b
cross join run as r
where b.day <= r.as_of
order by side, channel, order_id, line
