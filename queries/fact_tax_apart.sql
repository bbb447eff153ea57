-- fact_tax_apart: orders whose settlement tells the tax that the channel keeps apart from what was paid and went back.
--
-- grain  channel, order_id, posted_day, currency
-- reads  settlement_lines, fact_settle_whole, calendar
-- unit   given_back in `currency`, positive: tax in what went back to the buyer, which the channel bore
-- by month
select
    l.channel as channel,
    l.order_id as order_id,
    l.posted_day as posted_day,
    l.currency as currency,
    coalesce(sum(case when l.amount > 0 then l.amount else null end), 0) as given_back
from settlement_lines as l
inner join calendar as c on c.day = l.posted_day
left join fact_settle_whole as w
    on w.channel = l.channel and w.settlement_id = l.settlement_id and w.month = c.month
where l.kind = 'tax_withheld' and l.tax_included = false and l.order_id is not null
    and (w.channel is null or l.whole = true)
group by l.channel, l.order_id, l.posted_day, l.currency
order by channel, order_id, posted_day, currency
