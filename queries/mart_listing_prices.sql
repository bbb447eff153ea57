-- mart_listing_prices: every price a listing ever had, beside the product's anchor price.
--
-- grain  channel, channel_sku, at
-- reads  listings, sku_map, products, channels, run
-- note   the product is the one that the number stands for now: that one's anchor price is compared
-- unit   prices per unit in `currency`, anchor and map_price in anchor_currency
with known as (
    select
        l.channel as channel,
        l.channel_sku as channel_sku,
        l.at as at,
        l.sku as stated_sku,
        l.price as price,
        l.list_price as list_price,
        l.coupon_price as coupon_price,
        l.currency as currency,
        l.status as status,
        r.as_of as as_of
    from listings as l
    cross join run as r
    where l.at < r.as_of_end
),
mapped as (
    select
        k.channel as channel,
        k.channel_sku as channel_sku,
        k.at as at,
        coalesce(m.sku, k.stated_sku, k.channel_sku) as sku,
        k.price as price,
        k.list_price as list_price,
        k.coupon_price as coupon_price,
        k.currency as currency,
        k.status as status
    from known as k
    left join sku_map as m on m.channel = k.channel and m.channel_sku = k.channel_sku
    where m.channel is null or (k.as_of >= m.from_day and k.as_of <= m.until_day)
)
select
    a.channel as channel,
    a.channel_sku as channel_sku,
    a.at as at,
    a.sku as sku,
    a.price as price,
    a.list_price as list_price,
    a.coupon_price as coupon_price,
    a.currency as currency,
    a.status as status,
    c.kind as kind,
    p.price as anchor,
    p.map_price as map_price,
    p.currency as anchor_currency,
    p.updated_at as anchor_updated_at
from mapped as a
left join products as p on p.sku = a.sku
left join channels as c on c.channel = a.channel
order by channel, channel_sku, "at"
