-- mart_pnl_orders: orders per month and channel, each counted once however many SKUs it has.
--
-- grain  month, channel
-- reads  fact_sold, fact_unknown_sales, calendar, run
-- unit   orders
with sold_orders as (
    select channel as channel, order_id as order_id, order_day as order_day
    from fact_sold
    where priced_lines > 0
    union all
    select channel as channel, order_id as order_id, order_day as order_day
    from fact_unknown_sales
)
select
    c.month as month,
    s.channel as channel,
    cast(count(distinct s.order_id) as bigint) as orders
from sold_orders as s
inner join calendar as c on c.day = s.order_day
cross join run as r
where s.order_day <= r.as_of
group by c.month, s.channel
order by month, channel
