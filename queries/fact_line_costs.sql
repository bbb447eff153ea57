-- fact_line_costs: what order lines themselves say that their units cost, as far as they count as sold.
--
-- grain  channel, order_id, sku, order_day, currency
-- reads  order_lines, sku_map, channel_currencies
-- unit   cost in `currency`; units are those of the lines that say a cost
-- by month
with costed_lines as (
    select
        l.channel as channel,
        l.order_id as order_id,
        coalesce(l.channel_sku, l.sku) as listed_sku,
        l.sku as stated_sku,
        l.order_day as order_day,
        -- as in fact_sales: a cost is in the currency of its line's price
        case when l.currency_assumed then coalesce(q.currency, l.currency) else l.currency end as currency,
        cast(l.quantity as bigint) as units,
        l.unit_cost * cast(l.quantity as bigint) as cost
    from order_lines as l
    left join channel_currencies as q on q.channel = l.channel
    where l.unit_cost is not null and l.kind in ('article', 'giveaway')
        and l.status not in ('cancelled', 'unpaid') and l.fulfilment <> 'other_channel'
        -- what has no price counts neither units nor money
        and (l.gross is not null or l.unit_price is not null)
)
select
    c.channel as channel,
    c.order_id as order_id,
    coalesce(m.sku, c.stated_sku, c.listed_sku, '(unallocated)') as sku,
    c.order_day as order_day,
    c.currency as currency,
    sum(c.units) as units,
    sum(c.cost) as cost
from costed_lines as c
left join sku_map as m on m.channel = c.channel and m.channel_sku = c.listed_sku
where m.channel is null or (c.order_day >= m.from_day and c.order_day <= m.until_day)
group by c.channel, c.order_id, coalesce(m.sku, c.stated_sku, c.listed_sku, '(unallocated)'), c.order_day, c.currency
order by channel, order_id, sku, order_day, currency
