-- check_sync_silent: channels that showed no update for a day while stock changed.
--
-- grain  channel
-- reads  sync_events, run
-- level  warn
with told as (
    select
        e.channel as channel,
        e.source_at as source_at,
        case when e.result = 'failed' then null else e.reflected_at end as reflected_at
    from sync_events as e
    cross join run as r
    where e.source_at < r.as_of_end
),
newest as (
    select max(source_at) as changed_at from told
),
shown as (
    select
        channel as channel,
        max(source_at) as sent_at,
        max(reflected_at) as shown_at
    from told
    group by channel
)
select
    s.channel as channel,
    s.sent_at as sent_at,
    s.shown_at as shown_at,
    n.changed_at as changed_at
from shown as s
cross join newest as n
where s.shown_at is null or s.shown_at < n.changed_at - interval '1 days'
order by channel
