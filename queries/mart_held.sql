-- mart_held: money that is held for others, by channel: what came in, what was used of it and what is outstanding.
--
-- grain  channel, kind, currency
-- reads  fact_held, fact_held_payments, fact_never_left, fact_settle_orders, calendar, run
-- unit   amounts in `currency`, over the whole history; month_received and month_used in the month of the run's day;
--        untold_orders in orders
-- note   no income and no cost; outstanding lacks what was sold or used before the history begins
-- note   a gift card beside another method paid what the order comes to less what settlements say was paid; where none
--        tells that, the order counts in untold_orders alone
with settled_sums as (
    select f.channel as channel, f.order_id as order_id, f.currency as currency, sum(f.paid) as paid
    from fact_settle_orders as f
    cross join run as r
    where f.posted_day <= r.as_of
    group by f.channel, f.order_id, f.currency
),
card_payments as (
    select
        h.channel as channel,
        h.order_day as order_day,
        h.currency as currency,
        case
            when h.beside = 0 then h.total
            when s.paid > 0 and s.paid <= h.total then h.total - s.paid
            else null
        end as used
    from fact_held_payments as h
    left join fact_never_left as x on x.channel = h.channel and x.order_id = h.order_id
    left join settled_sums as s on s.channel = h.channel and s.order_id = h.order_id and s.currency = h.currency
    where x.order_id is null
),
held as (
    select
        channel as channel,
        kind as kind,
        order_day as order_day,
        currency as currency,
        received as received,
        used as used,
        0 as is_untold
    from fact_held
    union all
    select
        channel as channel,
        'gift_card' as kind,
        order_day as order_day,
        currency as currency,
        cast(0 as decimal(18, 4)) as received,
        coalesce(used, 0) as used,
        case when used is null then 1 else 0 end as is_untold
    from card_payments
),
dated as (
    select
        f.channel as channel,
        f.kind as kind,
        f.currency as currency,
        f.order_day as order_day,
        f.received as received,
        f.used as used,
        f.is_untold as is_untold,
        case when c.month = t.month then f.received else null end as month_received,
        case when c.month = t.month then f.used else null end as month_used
    from held as f
    inner join calendar as c on c.day = f.order_day
    cross join run as r
    inner join calendar as t on t.day = r.as_of
    where f.order_day <= r.as_of
)
select
    channel as channel,
    kind as kind,
    currency as currency,
    coalesce(sum(month_received), 0) as month_received,
    coalesce(sum(month_used), 0) as month_used,
    sum(received) as received,
    sum(used) as used,
    sum(received) - sum(used) as outstanding,
    sum(cast(is_untold as bigint)) as untold_orders,
    min(order_day) as first_day
from dated
group by channel, kind, currency
order by channel, kind, currency
