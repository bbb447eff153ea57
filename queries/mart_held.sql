-- mart_held: money that is held for others, by channel: what came in, what was used of it and what is outstanding.
--
-- grain  channel, kind, currency
-- reads  fact_held, fact_held_payments, fact_never_left, fact_settle_orders, fact_sales_orders, fact_fees, fact_refunds,
--        calendar, run
-- unit   amounts in `currency`, over the whole history; month_received and month_used in the month of the run's day;
--        untold_orders in orders
-- note   no income and no cost; outstanding lacks what was sold or used before the history begins
-- note   of an order that went back whole nothing was received or used; where a part went back that names no article,
--        nothing tells whether it is of what is held, and the order counts in untold_orders alone
-- note   used and outstanding are unknown where an order counts in untold_orders
-- note   a gift card beside another method paid what the order comes to less what settlements say was paid; where none
--        tells that, the order counts in untold_orders alone
with holding_orders as (
    select channel as channel, order_id as order_id
    from fact_held
    union
    select channel as channel, order_id as order_id
    from fact_held_payments
),
told_refunds as (
    select
        channel as channel,
        order_id as order_id,
        'settlement' as source,
        posted_day as day,
        sku as sku,
        -amount as amount
    from fact_fees
    where kind = 'refund' and order_id <> ''
    union all
    select
        channel as channel,
        order_id as order_id,
        case when cumulative = 1 then 'order' else 'refund' end as source,
        refund_day as day,
        sku as sku,
        amount as amount
    from fact_refunds
    where order_id <> ''
),
refund_sums as (
    select
        t.channel as channel,
        t.order_id as order_id,
        t.source as source,
        sum(t.amount) as amount,
        coalesce(sum(case when t.sku = '(unallocated)' then t.amount else null end), 0) as unnamed
    from told_refunds as t
    inner join holding_orders as h on h.channel = t.channel and h.order_id = t.order_id
    cross join run as r
    where t.day <= r.as_of
    group by t.channel, t.order_id, t.source
),
order_sums as (
    select s.channel as channel, s.order_id as order_id, sum(s.comes_to + s.tax) as comes_to
    from fact_sales_orders as s
    inner join holding_orders as h on h.channel = s.channel and h.order_id = s.order_id
    group by s.channel, s.order_id
),
returned_orders as (
    select
        b.channel as channel,
        b.order_id as order_id,
        max(case when b.amount >= o.comes_to then 1 else 0 end) as is_whole,
        max(case when b.unnamed > 0 then 1 else 0 end) as is_open
    from refund_sums as b
    inner join order_sums as o on o.channel = b.channel and o.order_id = b.order_id
    where b.amount > 0
    group by b.channel, b.order_id
),
settled_sums as (
    select f.channel as channel, f.order_id as order_id, f.currency as currency, sum(f.paid) as paid
    from fact_settle_orders as f
    inner join holding_orders as h on h.channel = f.channel and h.order_id = f.order_id
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
            when b.is_open = 1 then null
            when h.beside = 0 then h.total
            when s.paid > 0 and s.paid <= h.total then h.total - s.paid
            else null
        end as used
    from fact_held_payments as h
    left join fact_never_left as x on x.channel = h.channel and x.order_id = h.order_id
    left join settled_sums as s on s.channel = h.channel and s.order_id = h.order_id and s.currency = h.currency
    left join returned_orders as b on b.channel = h.channel and b.order_id = h.order_id
    where x.order_id is null and coalesce(b.is_whole, 0) = 0
),
held as (
    select
        h.channel as channel,
        h.kind as kind,
        h.order_day as order_day,
        h.currency as currency,
        h.received as received,
        h.used as used,
        coalesce(b.is_open, 0) as is_untold
    from fact_held as h
    left join returned_orders as b on b.channel = h.channel and b.order_id = h.order_id
    where coalesce(b.is_whole, 0) = 0
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
        case when c.month = t.month then f.used else null end as month_used,
        case when c.month = t.month then f.is_untold else 0 end as month_untold
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
    case when sum(cast(month_untold as bigint)) > 0 then null else coalesce(sum(month_used), 0) end as month_used,
    sum(received) as received,
    case when sum(cast(is_untold as bigint)) > 0 then null else sum(used) end as used,
    case when sum(cast(is_untold as bigint)) > 0 then null else sum(received) - sum(used) end as outstanding,
    sum(cast(is_untold as bigint)) as untold_orders,
    min(order_day) as first_day
from dated
group by channel, kind, currency
order by channel, kind, currency
