-- fact_held_payments: orders whose payment method names a gift card, and what they come to.
--
-- grain  channel, order_id, order_day, currency
-- reads  order_lines, orders, fact_sales_orders
-- unit   total in `currency`, all that was paid
-- note   beside is 1 where another method paid a part
-- note   orders of which a line below zero tells what the card paid are none of them
-- by month
with paid_lines as (
    select channel as channel, order_id as order_id, cast(count(*) as bigint) as paid_line_count
    from order_lines
    where kind = 'gift_card' and status not in ('cancelled', 'unpaid') and fulfilment <> 'other_channel'
        and case when gross is null then unit_price * cast(quantity as bigint) else gross end - coalesce(discount, 0) < 0
    group by channel, order_id
)
select
    o.channel as channel,
    o.order_id as order_id,
    o.order_day as order_day,
    o.currency as currency,
    o.total as total,
    cast(case when o.payment_method like '%+%' then 1 else 0 end as bigint) as beside
from orders as o
inner join fact_sales_orders as s on s.channel = o.channel and s.order_id = o.order_id and s.order_day = o.order_day
left join paid_lines as p on p.channel = o.channel and p.order_id = o.order_id
where p.channel is null and s.dropped_line_count < s.order_line_count
    and (lower(o.payment_method) like '%gift_card%' or lower(o.payment_method) like '%giftcard%')
order by channel, order_id, order_day, currency
