-- fact_stock_orders: what each order line draws on: itself, or of a bundle every component.
--
-- grain  channel, order_id, line_id, sku
-- reads  order_lines, sku_map, bundle_parts
-- unit   units of the component, line_units of the listing; unit_price in `currency`
-- note   lines shipped for another channel's order are left out: that channel has them; so is what is no article
-- by month
with own_lines as (
    select
        channel as channel,
        order_id as order_id,
        line_id as line_id,
        -- the channel's own number finds the product; an export may know only the seller's
        coalesce(channel_sku, sku) as listed_sku,
        sku as stated_sku,
        cast(quantity as bigint) as quantity,
        ordered_at as ordered_at,
        order_day as order_day,
        status as status,
        cancel_reason as cancel_reason,
        unit_price as unit_price,
        currency as currency
    from order_lines
    where fulfilment <> 'other_channel' and kind in ('article', 'giveaway')
),
mapped_lines as (
    select
        l.channel as channel,
        l.order_id as order_id,
        l.line_id as line_id,
        coalesce(m.sku, l.stated_sku, l.listed_sku) as listing_sku,
        l.quantity as quantity,
        l.ordered_at as ordered_at,
        l.order_day as order_day,
        l.status as status,
        l.cancel_reason as cancel_reason,
        l.unit_price as unit_price,
        l.currency as currency
    from own_lines as l
    left join sku_map as m on m.channel = l.channel and m.channel_sku = l.listed_sku
    -- the product that the number stood for on the order's day
    where m.channel is null or (l.order_day >= m.from_day and l.order_day <= m.until_day)
)
select
    l.channel as channel,
    l.order_id as order_id,
    l.line_id as line_id,
    coalesce(b.sku, l.listing_sku) as sku,
    l.listing_sku as listing_sku,
    -- what is no bundle is its own only component
    l.quantity * coalesce(b.quantity, 1) as units,
    l.quantity as line_units,
    l.ordered_at as ordered_at,
    l.status as status,
    l.cancel_reason as cancel_reason,
    l.unit_price as unit_price,
    l.currency as currency
from mapped_lines as l
left join bundle_parts as b on b.bundle_sku = l.listing_sku
where l.listing_sku is not null
    -- the parts that it had on the order's day
    and (b.bundle_sku is null or (l.order_day >= b.from_day and l.order_day <= b.until_day))
order by channel, order_id, line_id, sku
