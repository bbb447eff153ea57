-- fact_settle_whole: settlements of which a document tells every line, so that no other document counts.
--
-- grain  month, channel, settlement_id
-- reads  settlement_lines, calendar
-- note   by month of the posting: a document that tells a settlement whole tells each of its months
-- by month
select distinct
    c.month as month,
    l.channel as channel,
    l.settlement_id as settlement_id
from settlement_lines as l
inner join calendar as c on c.day = l.posted_day
where l.whole = true
order by month, channel, settlement_id
