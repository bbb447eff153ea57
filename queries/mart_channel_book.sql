-- mart_channel_book: what a store of the seller's own counts, by product: the book where no source of truth keeps one.
--
-- grain  channel, sku
-- reads  channel_stock, channels, sku_map, run
-- unit   units
-- note   the newest count of every number and location in the last 35 days, added up; on hand is what is available, committed and unavailable together
with known as (
    select
        s.channel as channel,
        c.pool as pool,
        s.channel_sku as channel_sku,
        s.location as location,
        s.reported_at as reported_at,
        s.reported_day as reported_day,
        s.sku as stated_sku,
        coalesce(s.available, s.listed) as available,
        coalesce(s.reserved, 0) as reserved,
        coalesce(s.damaged, 0) as damaged,
        coalesce(s.inbound, 0) as inbound
    from channel_stock as s
    inner join channels as c on c.channel = s.channel
    cross join run as r
    where s.reported_day > r.as_of - interval '35 days'
        and s.reported_day <= r.as_of
        and c.fulfilled_by_channel = false
        and c.kind in ('shopify', 'woocommerce', 'bigcommerce')
),
numbered as (
    select
        channel as channel,
        pool as pool,
        channel_sku as channel_sku,
        location as location,
        reported_at as reported_at,
        reported_day as reported_day,
        stated_sku as stated_sku,
        available as available,
        reserved as reserved,
        damaged as damaged,
        inbound as inbound,
        cast(row_number() over (partition by channel, channel_sku, location order by reported_at desc) as bigint) as place
    from known
    where available is not null
),
mapped as (
    select
        n.channel as channel,
        n.pool as pool,
        coalesce(m.sku, n.stated_sku, n.channel_sku) as sku,
        n.reported_at as reported_at,
        n.available as available,
        n.reserved as reserved,
        n.damaged as damaged,
        n.inbound as inbound
    from numbered as n
    left join sku_map as m on m.channel = n.channel and m.channel_sku = n.channel_sku
    -- the product that the number stood for on that day
    where n.place = 1
        and (m.channel is null or (n.reported_day >= m.from_day and n.reported_day <= m.until_day))
)
select
    channel as channel,
    sku as sku,
    pool as pool,
    max(reported_at) as at,
    sum(cast(available + reserved + damaged as bigint)) as on_hand,
    sum(cast(reserved as bigint)) as reserved,
    sum(cast(damaged as bigint)) as damaged,
    sum(cast(inbound as bigint)) as inbound
from mapped
group by channel, sku, pool
order by channel, sku
