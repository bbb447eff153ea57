-- mart_source_days: the days up to the run's on which each source had records: what tells that an export stopped coming.
--
-- grain  source, channel, day
-- reads  fact_source_days, fact_settle_totals, run
-- note   a settlement is one record, on the day of its last line, since its lines come together
with settled as (
    select
        channel as channel,
        settlement_id as settlement_id,
        max(posted_day) as day
    from fact_settle_totals
    group by channel, settlement_id
),

known as (
    select source as source, channel as channel, day as day
    from fact_source_days

    union all

    select 'settlements' as source, channel as channel, day as day
    from settled
)

select distinct
    k.source as source,
    k.channel as channel,
    k.day as day
from known as k
cross join run as r
where k.day <= r.as_of
order by source, channel, day
