-- check_order_unmapped: numbers in orders that stand for no product, with the units and money behind them.
--
-- grain  channel, listed_sku, currency
-- reads  order_lines, sku_map
-- unit   gross in `currency`
-- level  warn
with lines as (
    select
        channel as channel,
        coalesce(channel_sku, sku, '') as listed_sku,
        currency as currency,
        order_day as order_day,
        cast(quantity as bigint) as quantity,
        gross as gross
    from order_lines
)
select
    l.channel as channel,
    l.listed_sku as listed_sku,
    l.currency as currency,
    cast(count(*) as bigint) as order_lines_count,
    sum(cast(l.quantity as bigint)) as units,
    sum(l.gross) as gross
from lines as l
left join sku_map as m on m.channel = l.channel and m.channel_sku = l.listed_sku
where m.channel is null or (m.sku is null and l.order_day >= m.from_day and l.order_day <= m.until_day)
group by l.channel, l.listed_sku, l.currency
order by channel, listed_sku, currency
