-- fact_cancelled_lines: what lines of each order that were cancelled or never paid would have come to, per SKU.
--
-- grain  channel, order_id, sku, order_day, currency
-- reads  order_lines, sku_map, channel_currencies
-- unit   goods and tax in `currency`: what the buyer was to pay without tax, and the tax on top
-- note   a line without a price comes to nothing
-- by month
with cancelled_lines as (
    select
        l.channel as channel,
        l.order_id as order_id,
        coalesce(l.channel_sku, l.sku) as listed_sku,
        l.sku as stated_sku,
        l.order_day as order_day,
        -- a file that names none leaves open in which currency it is
        case when l.currency_assumed then coalesce(q.currency, l.currency) else l.currency end as currency,
        case when l.gross is null then l.unit_price * cast(l.quantity as bigint) else l.gross end as gross,
        coalesce(l.discount, 0) as discount,
        coalesce(l.shipping_charged, 0) as shipping_charged,
        coalesce(l.tax, 0) as tax
    from order_lines as l
    left join channel_currencies as q on q.channel = l.channel
    where l.status in ('cancelled', 'unpaid') and l.fulfilment <> 'other_channel'
)
select
    c.channel as channel,
    c.order_id as order_id,
    coalesce(m.sku, c.stated_sku, c.listed_sku, '(unallocated)') as sku,
    c.order_day as order_day,
    c.currency as currency,
    coalesce(sum(c.gross - c.discount + c.shipping_charged), 0) as goods,
    coalesce(sum(case when c.gross is null then null else c.tax end), 0) as tax
from cancelled_lines as c
left join sku_map as m on m.channel = c.channel and m.channel_sku = c.listed_sku
where m.channel is null or (c.order_day >= m.from_day and c.order_day <= m.until_day)
group by c.channel, c.order_id, coalesce(m.sku, c.stated_sku, c.listed_sku, '(unallocated)'), c.order_day, c.currency
order by channel, order_id, sku, order_day, currency
