-- fact_source_days: the days of which a source has records.
--
-- grain  source, channel, day
-- reads  order_lines, channel_stock, stock, stock_movements, sync_events
-- note   the source of truth has no channel: an empty text
-- by month
with seen as (
    select 'orders' as source, channel as channel, order_day as day
    from order_lines

    union all

    select 'channel counts' as source, channel as channel, reported_day as day
    from channel_stock

    union all

    select 'stock counts' as source, '' as channel, stock_day as day
    from stock

    union all

    select 'stock movements' as source, '' as channel, movement_day as day
    from stock_movements

    union all

    select 'sync updates' as source, channel as channel, source_day as day
    from sync_events
)

select distinct
    source as source,
    channel as channel,
    day as day
from seen
order by source, channel, day
