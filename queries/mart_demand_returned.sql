-- mart_demand_returned: how many order lines of each product came back, by the days of order and return.
--
-- grain  channel, sku, order_day, refund_day
-- reads  order_lines, refund_lines, fact_stock_orders, run
-- unit   lines of orders, bundles as each of their components
-- note   refund_day is that of the first unit; what was credited on the day of the order is no return
-- note   refunds that name no order or no units are left out: nothing tells which sale they are of
with returned as (
    select
        f.channel as channel,
        f.order_id as order_id,
        coalesce(f.sku, f.channel_sku) as listed_sku,
        min(f.refund_day) as refund_day
    from refund_lines as f
    cross join run as r
    where f.order_id is not null and f.quantity > 0 and f.refund_day <= r.as_of
    group by f.channel, f.order_id, coalesce(f.sku, f.channel_sku)
),
returned_lines as (
    select
        l.channel as channel,
        l.order_id as order_id,
        l.line_id as line_id,
        l.order_day as order_day,
        f.refund_day as refund_day
    from order_lines as l
    inner join returned as f
        on f.channel = l.channel and f.order_id = l.order_id and f.listed_sku = coalesce(l.sku, l.channel_sku)
    where l.kind = 'article' and l.status not in ('cancelled', 'unpaid') and f.refund_day > l.order_day
)
select
    l.channel as channel,
    f.sku as sku,
    l.order_day as order_day,
    l.refund_day as refund_day,
    cast(count(*) as bigint) as lines
from returned_lines as l
inner join fact_stock_orders as f on f.channel = l.channel and f.order_id = l.order_id and f.line_id = l.line_id
group by l.channel, f.sku, l.order_day, l.refund_day
order by channel, sku, order_day, refund_day
