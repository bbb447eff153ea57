-- check_sync_duplicate: updates that reached a channel a second time.
--
-- grain  channel, event_id
-- reads  sync_events
-- unit   quantity in units, the count that was sent again
-- level  warn
select
    channel as channel,
    event_id as event_id,
    sku as sku,
    source_at as source_at,
    reflected_at as reflected_at,
    quantity as quantity
from sync_events
where result = 'duplicate'
order by channel, event_id
