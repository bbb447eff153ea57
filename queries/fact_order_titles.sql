-- fact_order_titles: which SKUs of an order a title names: a settlement may name an article by its title alone.
--
-- grain  channel, order_id, title, sku
-- reads  order_lines, settlement_lines, sku_map
-- note   only of orders that a settlement names with a title; they may have been settled months later
-- note   case and blanks around a title count for nothing
with titled_orders as (
    select distinct channel as channel, order_id as order_id
    from settlement_lines
    where title is not null and order_id is not null
)
select
    l.channel as channel,
    l.order_id as order_id,
    lower(trim(l.title)) as title,
    coalesce(m.sku, l.sku, l.channel_sku) as sku
from order_lines as l
inner join titled_orders as t on t.channel = l.channel and t.order_id = l.order_id
left join sku_map as m on m.channel = l.channel and m.channel_sku = coalesce(l.channel_sku, l.sku)
where l.title is not null and coalesce(m.sku, l.sku, l.channel_sku) is not null
    and l.status not in ('cancelled', 'unpaid') and l.fulfilment <> 'other_channel'
    -- the product that the number stood for on the order's day
    and (m.channel is null or (l.order_day >= m.from_day and l.order_day <= m.until_day))
group by l.channel, l.order_id, lower(trim(l.title)), coalesce(m.sku, l.sku, l.channel_sku)
order by channel, order_id, title, sku
