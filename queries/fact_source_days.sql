-- fact_source_days: the days of which a source has records.
--
-- grain  source, channel, day
-- reads  order_lines, channel_stock, stock, stock_movements, sync_events
-- note   the source of truth has no channel: an empty text
-- by month
with seen as (
    select 'orders' as source, channel as channel, order_day as day
    from order_lines
    group by channel, order_day

    union all

    select 'channel counts' as source, channel as channel, reported_day as day
    from channel_stock
    group by channel, reported_day

    union all

    select 'stock counts' as source, '' as channel, stock_day as day
    from stock
    group by stock_day

    union all

    select 'stock movements' as source, '' as channel, movement_day as day
    from stock_movements
    group by movement_day

    union all

    select 'sync updates' as source, channel as channel, source_day as day
    from sync_events
    group by channel, source_day
)

select
    source as source,
    channel as channel,
    day as day
from seen
order by source, channel, day
