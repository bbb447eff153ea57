-- fact_settle_totals: what the lines of a settlement add up to, per day.
--
-- grain  channel, settlement_id, currency, posted_day
-- reads  settlement_lines
-- unit   lines_sum in `currency`, as it moves the balance
-- note   a payout is the settlement's own total leaving the account, so it is no part of the sum
-- by month
select
    channel as channel,
    settlement_id as settlement_id,
    currency as currency,
    posted_day as posted_day,
    -- a settlement may hold nothing but its payout
    coalesce(sum(case when kind = 'payout' then null else amount end), 0) as lines_sum
from settlement_lines
group by channel, settlement_id, currency, posted_day
order by channel, settlement_id, currency, posted_day
