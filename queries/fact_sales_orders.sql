-- fact_sales_orders: every order the exports know, and how many of its lines are goods that were sold.
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
    sum(cast(
        case
            when status not in ('cancelled', 'unpaid') and fulfilment <> 'other_channel'
                and kind in ('article', 'giveaway') then 1
            else 0
        end as bigint
    )) as live_line_count
from order_lines
group by channel, order_id, order_day
order by channel, order_id, order_day
