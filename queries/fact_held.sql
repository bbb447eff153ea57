-- fact_held: money that is held for others: gift cards sold and used, donations, deposits, duties.
--
-- grain  channel, kind, order_day, currency
-- reads  order_lines, orders, fact_sales_orders, channel_currencies
-- unit   received and used in `currency`; untold_orders in orders
-- note   a gift card is used where a line below zero pays with it, or where the order's payment method names it; beside
--        another method nobody tells how much it paid, and the order counts in untold_orders alone
-- by month
with held_lines as (
    select
        l.channel as channel,
        l.order_id as order_id,
        l.kind as kind,
        l.order_day as order_day,
        -- a file that names none leaves open in which currency it is
        case when l.currency_assumed then coalesce(q.currency, l.currency) else l.currency end as currency,
        case when l.gross is null then l.unit_price * cast(l.quantity as bigint) else l.gross end
            - coalesce(l.discount, 0) as amount
    from order_lines as l
    left join channel_currencies as q on q.channel = l.channel
    where l.kind in ('gift_card', 'donation', 'deposit', 'duties')
        and l.status not in ('cancelled', 'unpaid') and l.fulfilment <> 'other_channel'
),
paid_lines as (
    select channel as channel, order_id as order_id, cast(count(*) as bigint) as paid_line_count
    from held_lines
    where kind = 'gift_card' and amount < 0
    group by channel, order_id
),
paid_orders as (
    select
        o.channel as channel,
        o.order_day as order_day,
        o.currency as currency,
        case when o.payment_method like '%+%' then null else o.total end as amount
    from orders as o
    inner join fact_sales_orders as s on s.channel = o.channel and s.order_id = o.order_id and s.order_day = o.order_day
    left join paid_lines as p on p.channel = o.channel and p.order_id = o.order_id
    where p.channel is null and s.dropped_line_count < s.order_line_count
        and (o.payment_method like '%ift%card%' or o.payment_method like '%ift%Card%')
),
parts as (
    select
        channel as channel,
        kind as kind,
        order_day as order_day,
        currency as currency,
        case when amount > 0 then amount else null end as received,
        case when amount < 0 then -amount else null end as used,
        0 as is_untold
    from held_lines
    where amount <> 0
    union all
    select
        channel as channel,
        'gift_card' as kind,
        order_day as order_day,
        currency as currency,
        cast(null as decimal(18, 4)) as received,
        amount as used,
        case when amount is null then 1 else 0 end as is_untold
    from paid_orders
)
select
    channel as channel,
    kind as kind,
    order_day as order_day,
    currency as currency,
    coalesce(sum(received), 0) as received,
    coalesce(sum(used), 0) as used,
    sum(cast(is_untold as bigint)) as untold_orders
from parts
group by channel, kind, order_day, currency
order by channel, kind, order_day, currency
