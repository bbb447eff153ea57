-- fact_stock_returns: units that were refunded and are still on their way back.
--
-- grain  channel, refund_id, line_id
-- reads  refund_lines, sku_map
-- unit   units
-- by month
with on_the_way as (
    select
        channel as channel,
        refund_id as refund_id,
        line_id as line_id,
        coalesce(channel_sku, sku) as listed_sku,
        sku as stated_sku,
        order_id as order_id,
        refunded_at as refunded_at,
        refund_day as refund_day,
        cast(quantity as bigint) as units
    from refund_lines
    where disposition = 'in_transit' and quantity is not null
)
select
    w.channel as channel,
    w.refund_id as refund_id,
    w.line_id as line_id,
    coalesce(m.sku, w.stated_sku, w.listed_sku) as sku,
    w.order_id as order_id,
    w.refunded_at as refunded_at,
    w.units as units
from on_the_way as w
left join sku_map as m on m.channel = w.channel and m.channel_sku = w.listed_sku
where m.channel is null or (w.refund_day >= m.from_day and w.refund_day <= m.until_day)
order by channel, refund_id, line_id
