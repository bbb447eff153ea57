-- fact_demand_daily: what customers wanted of each product, per day and channel, bundles taken apart.
--
-- grain  day, channel, sku
-- reads  order_lines, sku_map, bundle_parts
-- unit   units wanted, those cancelled for want of stock included and also in units_cancelled
-- note   orders shipped for another channel are that channel's demand; lines without any number are left out
-- note   what nobody paid for is no demand of the market: carts, replacements, samples, lines discounted whole; nor is what
--        is no article
-- by month
with wanted_lines as (
    select
        l.channel as channel,
        -- the channel's own number finds the product; an export may know only the seller's
        coalesce(l.channel_sku, l.sku) as listed_sku,
        l.sku as stated_sku,
        l.order_day as day,
        cast(l.quantity as bigint) as quantity,
        cast(case when l.status = 'cancelled' then 1 else 0 end as bigint) as cancelled
    from order_lines as l
    where l.fulfilment <> 'other_channel' and l.kind = 'article'
        and (l.status not in ('cancelled', 'unpaid') or l.cancel_reason = 'no_stock')
),
mapped_lines as (
    select
        w.channel as channel,
        -- an unmapped number stands for itself
        coalesce(m.sku, w.stated_sku, w.listed_sku) as sku,
        w.day as day,
        w.quantity as quantity,
        w.cancelled as cancelled
    from wanted_lines as w
    left join sku_map as m on m.channel = w.channel and m.channel_sku = w.listed_sku
    -- the product that the number stood for on that day
    where m.channel is null or (w.day >= m.from_day and w.day <= m.until_day)
),
component_lines as (
    select
        v.channel as channel,
        coalesce(p.sku, v.sku) as sku,
        v.day as day,
        v.quantity * coalesce(p.quantity, 1) as units,
        v.quantity * coalesce(p.quantity, 1) * v.cancelled as cancelled_units
    from mapped_lines as v
    left join bundle_parts as p on p.bundle_sku = v.sku
    where v.sku is not null
        -- the parts that it had on that day
        and (p.bundle_sku is null or (v.day >= p.from_day and v.day <= p.until_day))
)
select
    day as day,
    channel as channel,
    sku as sku,
    sum(cast(units as bigint)) as units,
    sum(cast(cancelled_units as bigint)) as units_cancelled,
    cast(count(*) as bigint) as wanted_in_lines,
    max(units) as largest_line
from component_lines
group by day, channel, sku
order by day, channel, sku
