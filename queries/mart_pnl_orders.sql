-- mart_pnl_orders: orders per month and channel, each counted once however many SKUs it has.
--
-- grain  month, channel
-- reads  fact_sales, calendar, run
-- unit   orders
select
    c.month as month,
    s.channel as channel,
    cast(count(distinct s.order_id) as bigint) as orders
from fact_sales as s
inner join calendar as c on c.day = s.order_day
cross join run as r
where s.order_day <= r.as_of and s.priced_lines > 0
group by c.month, s.channel
order by month, channel
