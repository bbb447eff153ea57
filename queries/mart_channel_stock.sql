-- mart_channel_stock: what every channel reported in the last 35 days, by product.
--
-- grain  channel, channel_sku, location, reported_at
-- reads  channel_stock, sku_map, run
-- unit   units
-- note   listed is what buyers can be sold; a channel that tells only what is available lists that
with recent as (
    select
        s.channel as channel,
        s.channel_sku as channel_sku,
        s.location as location,
        s.reported_at as reported_at,
        s.reported_day as reported_day,
        s.sku as stated_sku,
        coalesce(s.listed, s.available) as listed
    from channel_stock as s
    cross join run as r
    where s.reported_day > r.as_of - interval '35 days' and s.reported_day <= r.as_of
)
select
    s.channel as channel,
    s.channel_sku as channel_sku,
    s.location as location,
    s.reported_at as reported_at,
    coalesce(m.sku, s.stated_sku, s.channel_sku) as sku,
    s.listed as listed
from recent as s
left join sku_map as m on m.channel = s.channel and m.channel_sku = s.channel_sku
where m.channel is null or (s.reported_day >= m.from_day and s.reported_day <= m.until_day)
order by channel, channel_sku, location, reported_at
