-- mart_listing_unmapped: numbers that a channel lists, counts or sells and that stand for no product.
--
-- grain  channel, listed_sku, currency
-- reads  fact_order_unmapped, listings, channel_stock, sku_map, run
-- unit   units and gross of what was sold; gross in `currency`, the shop's where nothing was sold
with listed_numbers as (
    select channel as channel, channel_sku as listed_sku, title as title
    from listings
    union all
    select channel as channel, channel_sku as listed_sku, cast(null as text) as title
    from channel_stock
),
unmapped_numbers as (
    select l.channel as channel, l.listed_sku as listed_sku, max(l.title) as title
    from listed_numbers as l
    inner join sku_map as m on m.channel = l.channel and m.channel_sku = l.listed_sku
    cross join run as r
    where m.sku is null and r.as_of >= m.from_day and r.as_of <= m.until_day
    group by l.channel, l.listed_sku
),
sold_numbers as (
    select
        channel as channel,
        listed_sku as listed_sku,
        currency as currency,
        max(title) as title,
        sum(cast(units as bigint)) as units,
        sum(gross) as gross
    from fact_order_unmapped
    group by channel, listed_sku, currency
),
every_number as (
    select
        s.channel as channel,
        s.listed_sku as listed_sku,
        s.currency as currency,
        coalesce(u.title, s.title) as title,
        s.units as units,
        s.gross as gross
    from sold_numbers as s
    left join unmapped_numbers as u on u.channel = s.channel and u.listed_sku = s.listed_sku
    union all
    select
        u.channel as channel,
        u.listed_sku as listed_sku,
        r.currency as currency,
        u.title as title,
        cast(0 as bigint) as units,
        -- nothing was sold, which is known
        cast(0 as decimal(18, 4)) as gross
    from unmapped_numbers as u
    left join sold_numbers as s on s.channel = u.channel and s.listed_sku = u.listed_sku
    cross join run as r
    where s.channel is null
)
select
    channel as channel,
    listed_sku as listed_sku,
    currency as currency,
    title as title,
    units as units,
    gross as gross
from every_number
order by channel, listed_sku, currency
