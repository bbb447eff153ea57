-- mart_settlement_unknown: settlement lines whose kind no table knows, or only a word in their name tells.
--
-- grain  channel, description, kind, currency
-- reads  settlement_lines, fact_settle_whole, calendar, run
-- unit   amount in `currency` as it moves the balance; line_count in lines
-- note   what a second document tells of a settlement that one tells whole is left out
select
    l.channel as channel,
    coalesce(l.description, '') as description,
    l.kind as kind,
    l.currency as currency,
    cast(count(*) as bigint) as line_count,
    sum(l.amount) as amount
from settlement_lines as l
inner join calendar as c on c.day = l.posted_day
cross join run as r
left join fact_settle_whole as w
    on w.channel = l.channel and w.settlement_id = l.settlement_id and w.month = c.month
where l.posted_day <= r.as_of and (w.channel is null or l.whole = true)
    and (l.kind = 'other' or l.kind_assumed = true)
group by l.channel, coalesce(l.description, ''), l.kind, l.currency
order by channel, description, kind, currency
