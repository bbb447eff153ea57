-- check_order_quantity: order lines that sell nothing, or less than nothing, and were not cancelled.
--
-- grain  channel, order_id, line_id
-- reads  order_lines
-- level  error
select
    channel as channel,
    order_id as order_id,
    line_id as line_id,
    order_day as order_day,
    quantity as quantity
from order_lines
-- some channels write no units on a cancelled line
where quantity <= 0 and status <> 'cancelled'
order by channel, order_id, line_id
