-- fact_order_unmapped: numbers in orders that stand for no product, with the units and money behind them.
--
-- grain  month, channel, listed_sku, currency
-- reads  order_lines, sku_map, calendar
-- unit   units and gross of what was sold; gross in `currency`
-- note   cancelled and unpaid lines and those shipped for another channel count in order_lines_count alone
-- by month
with dated_lines as (
    select
        c.month as month,
        l.channel as channel,
        coalesce(l.channel_sku, l.sku, '') as listed_sku,
        l.currency as currency,
        l.order_day as order_day,
        l.title as title,
        case when l.status not in ('cancelled', 'unpaid') and l.fulfilment <> 'other_channel' then 1 else 0 end as sold,
        cast(l.quantity as bigint) as quantity,
        case when l.gross is null then l.unit_price * cast(l.quantity as bigint) else l.gross end as gross
    from order_lines as l
    inner join calendar as c on c.day = l.order_day
    where l.kind in ('article', 'giveaway')
)
select
    d.month as month,
    d.channel as channel,
    d.listed_sku as listed_sku,
    d.currency as currency,
    max(d.title) as title,
    cast(count(*) as bigint) as order_lines_count,
    sum(cast(case when d.sold = 1 then d.quantity else 0 end as bigint)) as units,
    -- a sum over nothing known is no money
    coalesce(sum(case when d.sold = 1 then d.gross else null end), 0) as gross
from dated_lines as d
left join sku_map as m on m.channel = d.channel and m.channel_sku = d.listed_sku
where m.channel is null or (m.sku is null and d.order_day >= m.from_day and d.order_day <= m.until_day)
group by d.month, d.channel, d.listed_sku, d.currency
order by month, channel, listed_sku, currency
