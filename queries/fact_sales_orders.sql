-- fact_sales_orders: every order the exports know, and how many of its lines are live.
--
-- grain  channel, order_id, order_day
-- reads  order_lines
-- unit   counts of order lines
-- by month
select
    channel as channel,
    order_id as order_id,
    order_day as order_day,
    cast(count(*) as bigint) as order_line_count,
    sum(cast(case when status <> 'cancelled' and fulfilment <> 'other_channel' then 1 else 0 end as bigint)) as live_line_count
from order_lines
group by channel, order_id, order_day
order by channel, order_id, order_day
