-- check_stock_double_reservation: orders for which more units were reserved than were ordered.
--
-- grain  channel, order_id, sku
-- reads  fact_stock_orders, fact_movements
-- unit   units
-- level  warn
with ordered as (
    select
        channel as channel,
        order_id as order_id,
        sku as sku,
        sum(cast(units as bigint)) as ordered_units
    from fact_stock_orders
    group by channel, order_id, sku
),
reserved as (
    select
        owner as channel,
        reference as order_id,
        sku as sku,
        cast(count(*) as bigint) as promises,
        sum(cast(quantity as bigint)) as reserved_units
    from fact_movements
    where kind = 'order'
    group by owner, reference, sku
)
select
    o.channel as channel,
    o.order_id as order_id,
    o.sku as sku,
    o.ordered_units as ordered_units,
    v.reserved_units as reserved_units,
    v.promises as promises
from ordered as o
inner join reserved as v on v.channel = o.channel and v.order_id = o.order_id and v.sku = o.sku
where v.reserved_units > o.ordered_units and v.promises > 1
order by channel, order_id, sku
