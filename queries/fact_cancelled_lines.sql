-- fact_cancelled_lines: what cancelled lines of each order would have come to, per SKU.
--
-- grain  channel, order_id, sku, order_day
-- reads  order_lines, sku_map
-- unit   goods and tax in the order's currency: what the buyer was to pay without tax, and the tax on top
-- note   a line without a price comes to nothing
-- by month
with cancelled_lines as (
    select
        channel as channel,
        order_id as order_id,
        coalesce(channel_sku, sku) as listed_sku,
        sku as stated_sku,
        order_day as order_day,
        case when gross is null then unit_price * cast(quantity as bigint) else gross end as gross,
        coalesce(discount, 0) as discount,
        coalesce(shipping_charged, 0) as shipping_charged,
        coalesce(tax, 0) as tax
    from order_lines
    where status = 'cancelled' and fulfilment <> 'other_channel'
)
select
    c.channel as channel,
    c.order_id as order_id,
    coalesce(m.sku, c.stated_sku, c.listed_sku, '(unallocated)') as sku,
    c.order_day as order_day,
    coalesce(sum(c.gross - c.discount + c.shipping_charged), 0) as goods,
    coalesce(sum(case when c.gross is null then null else c.tax end), 0) as tax
from cancelled_lines as c
left join sku_map as m on m.channel = c.channel and m.channel_sku = c.listed_sku
where m.channel is null or (c.order_day >= m.from_day and c.order_day <= m.until_day)
group by c.channel, c.order_id, coalesce(m.sku, c.stated_sku, c.listed_sku, '(unallocated)'), c.order_day
order by channel, order_id, sku, order_day
