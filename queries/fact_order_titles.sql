-- fact_order_titles: which SKUs of an order a title names: a settlement may name an article by its title alone.
--
-- grain  channel, order_id, title, sku
-- reads  order_lines, sku_map
-- note   case and blanks around a title count for nothing
-- by month
select
    l.channel as channel,
    l.order_id as order_id,
    lower(trim(l.title)) as title,
    coalesce(m.sku, l.sku, l.channel_sku) as sku
from order_lines as l
left join sku_map as m on m.channel = l.channel and m.channel_sku = coalesce(l.channel_sku, l.sku)
where l.title is not null and coalesce(m.sku, l.sku, l.channel_sku) is not null
    and l.status not in ('cancelled', 'unpaid') and l.fulfilment <> 'other_channel'
    -- the product that the number stood for on the order's day
    and (m.channel is null or (l.order_day >= m.from_day and l.order_day <= m.until_day))
group by l.channel, l.order_id, lower(trim(l.title)), coalesce(m.sku, l.sku, l.channel_sku)
order by channel, order_id, title, sku
