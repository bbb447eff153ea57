-- fact_lone_wraps: orders of which only the price of their gift wrapping is told, and none of their goods.
--
-- grain  channel, order_id, order_day
-- reads  order_lines
-- note   what an order's total has beyond its parts is a line `gift_wrap`; without the goods it tells nothing of the sale, and
--        such an order is in no export of orders
-- by month
with wrapped_orders as (
    select distinct channel as channel, order_id as order_id, order_day as order_day
    from order_lines
    where kind = 'gift_wrap' and line_id = 'gift_wrap'
),
told_orders as (
    select distinct l.channel as channel, l.order_id as order_id
    from order_lines as l
    inner join wrapped_orders as w on w.channel = l.channel and w.order_id = l.order_id
    where l.line_id <> 'gift_wrap'
)
select
    w.channel as channel,
    w.order_id as order_id,
    w.order_day as order_day
from wrapped_orders as w
left join told_orders as t on t.channel = w.channel and t.order_id = w.order_id
where t.order_id is null
order by channel, order_id, order_day
