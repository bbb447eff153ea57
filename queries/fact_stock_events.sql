-- fact_stock_events: every update that was sent to a channel, with the class of its SKU.
--
-- grain  sku, channel, source_at, event_id
-- reads  sync_events, products
-- unit   quantity in units, the count that was sent
-- by month
select
    e.sku as sku,
    e.channel as channel,
    e.source_at as source_at,
    e.event_id as event_id,
    e.reflected_at as reflected_at,
    cast(e.quantity as bigint) as quantity,
    e.result as result,
    e.failure as failure,
    p.class as class
from sync_events as e
left join products as p on p.sku = e.sku
order by sku, channel, source_at, event_id
