-- check_settlement_sum: settlements whose lines do not add up to what was paid out.
--
-- grain  channel, settlement_id
-- reads  settlements, fact_settle_totals
-- unit   amounts in `currency`
-- level  error
with lines as (
    select
        channel as channel,
        settlement_id as settlement_id,
        currency as currency,
        sum(lines_sum) as lines_sum,
        sum(cast(line_count as bigint)) as line_count
    from fact_settle_totals
    group by channel, settlement_id, currency
),
compared as (
    select
        s.channel as channel,
        s.settlement_id as settlement_id,
        s.currency as currency,
        s.total as total,
        -- a payout without a line is paid for nothing
        coalesce(l.lines_sum, s.total - s.total) as lines_sum,
        coalesce(l.line_count, 0) as line_count
    from settlements as s
    left join lines as l
        on l.channel = s.channel and l.settlement_id = s.settlement_id and l.currency = s.currency
)
select
    channel as channel,
    settlement_id as settlement_id,
    currency as currency,
    total as total,
    lines_sum as lines_sum,
    lines_sum - total as difference,
    line_count as line_count
from compared
where lines_sum <> total
order by channel, settlement_id
