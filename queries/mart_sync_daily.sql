-- mart_sync_daily: how many updates each channel was sent per day, and how they ended.
--
-- grain  channel, source_day
-- reads  sync_events
-- unit   updates
-- by month
select
    channel as channel,
    source_day as source_day,
    cast(count(*) as bigint) as events,
    sum(cast(case when result = 'failed' then 1 else 0 end as bigint)) as failures,
    sum(cast(case when result = 'duplicate' then 1 else 0 end as bigint)) as duplicates,
    sum(cast(case when result = 'ok' and reflected_at is null then 1 else 0 end as bigint)) as unseen
from sync_events
group by channel, source_day
order by channel, source_day
