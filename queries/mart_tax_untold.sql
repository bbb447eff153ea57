-- mart_tax_untold: sales of which no file tells the tax, so that they may hold it.
--
-- grain  channel, currency
-- reads  fact_tax_untold, fact_unknown_lines, run
-- unit   amount in `currency`
-- note   an order that only settlements know is one of them where they tell it whole and no line of its tax
with told_orders as (
    select distinct channel as channel, order_id as order_id
    from fact_unknown_lines
    where is_whole = 1 and tells_tax = 1
),
untold_sales as (
    select channel as channel, currency as currency, order_day as day, amount as amount
    from fact_tax_untold
    union all
    select l.channel as channel, l.currency as currency, l.posted_day as day, l.amount as amount
    from fact_unknown_lines as l
    left join told_orders as t on t.channel = l.channel and t.order_id = l.order_id
    where t.order_id is null and l.is_whole = 1 and l.kind in ('sale', 'discount', 'shipping_charged')
)
select
    s.channel as channel,
    s.currency as currency,
    -- lines without a price are told elsewhere
    coalesce(sum(s.amount), 0) as amount
from untold_sales as s
cross join run as r
where s.day <= r.as_of
group by s.channel, s.currency
order by channel, currency
