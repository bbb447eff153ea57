-- check_order_unreserved: live orders of more than three days ago that the source of truth never reserved.
--
-- grain  channel, order_id, sku
-- reads  fact_stock_orders, fact_movements, run
-- unit   units
-- note   only SKUs whose orders are recorded as movements at all
-- level  warn
with reserved as (
    select sku as sku, reference as order_id
    from fact_movements
    where kind in ('order', 'shipment') and reference is not null
),
recorded as (
    select sku as sku, min("at") as first_at
    from fact_movements
    where kind = 'order'
    group by sku
),
unreserved as (
    select
        o.channel as channel,
        o.order_id as order_id,
        o.sku as sku,
        o.ordered_at as ordered_at,
        o.units as units
    from fact_stock_orders as o
    left join reserved as v on v.sku = o.sku and v.order_id = o.order_id
    where v.sku is null and o.status not in ('cancelled', 'unpaid')
)
select
    o.channel as channel,
    o.order_id as order_id,
    o.sku as sku,
    min(o.ordered_at) as ordered_at,
    sum(cast(o.units as bigint)) as units
from unreserved as o
inner join recorded as s on s.sku = o.sku and o.ordered_at >= s.first_at
cross join run as r
where o.ordered_at < r.as_of_end - interval '3 days'
group by o.channel, o.order_id, o.sku
order by channel, order_id, sku
