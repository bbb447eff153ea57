-- mart_held: money that is held for others, by channel: what came in, what was used of it and what is outstanding.
--
-- grain  channel, kind, currency
-- reads  fact_held, calendar, run
-- unit   amounts in `currency`, over the whole history; month_received and month_used in the month of the run's day;
--        untold_orders in orders
-- note   no income and no cost; outstanding lacks what was sold or used before the history begins
with dated as (
    select
        f.channel as channel,
        f.kind as kind,
        f.currency as currency,
        f.order_day as order_day,
        f.received as received,
        f.used as used,
        f.untold_orders as untold_orders,
        case when c.month = t.month then f.received else null end as month_received,
        case when c.month = t.month then f.used else null end as month_used
    from fact_held as f
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
    sum(cast(untold_orders as bigint)) as untold_orders,
    min(order_day) as first_day
from dated
group by channel, kind, currency
order by channel, kind, currency
