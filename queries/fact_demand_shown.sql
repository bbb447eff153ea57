-- fact_demand_shown: the first day of each month on which a channel is known to have shown units of a product.
--
-- grain  month, channel, sku
-- reads  channel_stock, sync_events, sku_map, bundle_parts, calendar
-- note   known from the channel's own counts and from updates that arrived; who shows a bundle shows its parts
-- by month
with counted_numbers as (
    select
        s.channel as channel,
        s.channel_sku as listed_sku,
        s.sku as stated_sku,
        s.reported_day as day
    from channel_stock as s
    where coalesce(s.listed, s.available) > 0
    group by s.channel, s.channel_sku, s.sku, s.reported_day
),
counted_products as (
    select
        c.month as month,
        n.channel as channel,
        -- an unmapped number stands for itself
        coalesce(m.sku, n.stated_sku, n.listed_sku) as sku,
        n.day as day
    from counted_numbers as n
    inner join calendar as c on c.day = n.day
    left join sku_map as m on m.channel = n.channel and m.channel_sku = n.listed_sku
    where m.channel is null or (n.day >= m.from_day and n.day <= m.until_day)
),
updated_products as (
    select
        c.month as month,
        e.channel as channel,
        e.sku as sku,
        min(e.source_day) as day
    from sync_events as e
    inner join calendar as c on c.day = e.source_day
    where e.quantity > 0 and e.reflected_at is not null
    group by c.month, e.channel, e.sku
),
shown_products as (
    select month as month, channel as channel, sku as sku, day as day
    from counted_products
    union all
    select month as month, channel as channel, sku as sku, day as day
    from updated_products
)
select
    s.month as month,
    s.channel as channel,
    coalesce(p.sku, s.sku) as sku,
    min(s.day) as day
from shown_products as s
left join bundle_parts as p on p.bundle_sku = s.sku
-- the parts that it had on that day
where p.bundle_sku is null or (s.day >= p.from_day and s.day <= p.until_day)
group by s.month, s.channel, coalesce(p.sku, s.sku)
order by month, channel, sku
