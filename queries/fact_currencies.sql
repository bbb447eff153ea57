-- fact_currencies: in which currencies each channel's orders and settlements are, and where its orders went.
--
-- grain  month, document, channel, currency, country
-- reads  order_lines, fact_settle_totals, calendar
-- unit   line_count in order lines, or days of settlements
-- note   document is settlement, orders, or assumed for orders whose file names no currency; country is empty where unknown
-- by month
with told_lines as (
    select
        c.month as month,
        case when l.currency_assumed then 'assumed' else 'orders' end as document,
        l.channel as channel,
        l.currency as currency,
        coalesce(l.country, '') as country
    from order_lines as l
    inner join calendar as c on c.day = l.order_day
    union all
    select
        c.month as month,
        'settlement' as document,
        l.channel as channel,
        l.currency as currency,
        '' as country
    from fact_settle_totals as l
    inner join calendar as c on c.day = l.posted_day
)
select
    month as month,
    document as document,
    channel as channel,
    currency as currency,
    country as country,
    cast(count(*) as bigint) as line_count
from told_lines
group by month, document, channel, currency, country
order by month, document, channel, currency, country
