-- fact_settle_totals: what the lines of a settlement add up to, per day.
--
-- grain  channel, settlement_id, currency, posted_day
-- reads  settlement_lines, fact_settle_whole, calendar
-- unit   line_count in lines; lines_sum in `currency`, as it moves the balance
-- note   a payout is the settlement's own total leaving the account, so it is no part of the sum
-- note   what a second document tells of a settlement that one tells whole is left out
-- by month
select
    l.channel as channel,
    l.settlement_id as settlement_id,
    l.currency as currency,
    l.posted_day as posted_day,
    -- a settlement may hold nothing but its payout
    coalesce(sum(case when l.kind = 'payout' then null else l.amount end), 0) as lines_sum,
    sum(cast(case when l.kind = 'payout' then 0 else 1 end as bigint)) as line_count
from settlement_lines as l
inner join calendar as c on c.day = l.posted_day
left join fact_settle_whole as w
    on w.channel = l.channel and w.settlement_id = l.settlement_id and w.month = c.month
where w.channel is null or l.whole = true
group by l.channel, l.settlement_id, l.currency, l.posted_day
order by channel, settlement_id, currency, posted_day
