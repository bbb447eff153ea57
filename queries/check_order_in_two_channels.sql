-- check_order_in_two_channels: one order number, day and SKU in two channels: an order read twice.
--
-- grain  order_id, order_day, listed_sku
-- reads  order_lines
-- note   lines shipped for another channel's order are meant to be there twice
-- level  warn
select
    order_id as order_id,
    order_day as order_day,
    coalesce(sku, channel_sku, '') as listed_sku,
    min(channel) as first_channel,
    max(channel) as last_channel,
    cast(count(distinct channel) as bigint) as channel_count
from order_lines
where fulfilment <> 'other_channel'
group by order_id, order_day, coalesce(sku, channel_sku, '')
having cast(count(distinct channel) as bigint) > 1
order by order_id, order_day, listed_sku
