-- check_refund_exceeds_sale: orders of which more units came back or were paid back than they had.
--
-- grain  channel, order_id
-- reads  refund_lines, order_lines
-- unit   units of the whole order; exceeded_sku is a number of which more came back, where the order names it
-- level  warn
with sold_skus as (
    select
        channel as channel,
        order_id as order_id,
        coalesce(sku, channel_sku, '') as listed_sku,
        sum(cast(quantity as bigint)) as sold_units
    from order_lines
    group by channel, order_id, coalesce(sku, channel_sku, '')
),
refunded_skus as (
    select
        channel as channel,
        order_id as order_id,
        coalesce(sku, channel_sku, '') as listed_sku,
        sum(cast(quantity as bigint)) as refunded_units
    from refund_lines
    where order_id is not null and quantity is not null
    group by channel, order_id, coalesce(sku, channel_sku, '')
),
exceeded as (
    select s.channel as channel, s.order_id as order_id, min(s.listed_sku) as exceeded_sku
    from sold_skus as s
    inner join refunded_skus as f
        on f.channel = s.channel and f.order_id = s.order_id and f.listed_sku = s.listed_sku
    where f.refunded_units > s.sold_units
    group by s.channel, s.order_id
),
sold as (
    select channel as channel, order_id as order_id, sum(cast(sold_units as bigint)) as sold_units
    from sold_skus
    group by channel, order_id
),
refunded as (
    select channel as channel, order_id as order_id, sum(cast(refunded_units as bigint)) as refunded_units
    from refunded_skus
    group by channel, order_id
)
select
    s.channel as channel,
    s.order_id as order_id,
    s.sold_units as sold_units,
    f.refunded_units as refunded_units,
    e.exceeded_sku as exceeded_sku
from sold as s
inner join refunded as f on f.channel = s.channel and f.order_id = s.order_id
left join exceeded as e on e.channel = s.channel and e.order_id = s.order_id
where f.refunded_units > s.sold_units or e.order_id is not null
order by channel, order_id
