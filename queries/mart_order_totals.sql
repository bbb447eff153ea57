-- mart_order_totals: how many orders of each file come to the total that it states of them.
--
-- grain  channel, source_file, currency
-- reads  fact_order_totals, fact_sales_orders, fact_settle_orders, orders, run
-- unit   orders; difference in `currency`: what documents say less what their lines come to
-- note   untold is an order of which the file states no total, or a line no price
-- note   settlement_untold is an order of which a sale was settled that nothing can be held against: a line has no price or
--        was cancelled, it was paid in several ways, or it was settled in another currency
with settled_elsewhere as (
    select distinct s.channel as channel, s.order_id as order_id
    from fact_sales_orders as s
    inner join fact_settle_orders as f on f.channel = s.channel and f.order_id = s.order_id
    where f.currency <> s.currency
),
doubtful_orders as (
    select s.channel as channel, s.order_id as order_id
    from fact_sales_orders as s
    left join orders as o on o.channel = s.channel and o.order_id = s.order_id
    where s.currency_count > 1 or s.unpriced_line_count > 0 or s.dropped_line_count > 0 or o.payment_method like '%+%'
    union
    select channel as channel, order_id as order_id
    from settled_elsewhere
),
settled_orders as (
    select
        f.channel as channel,
        f.order_id as order_id,
        f.currency as currency
    from fact_settle_orders as f
    inner join doubtful_orders as d on d.channel = f.channel and d.order_id = f.order_id
    cross join run as r
    where f.posted_day <= r.as_of
    group by f.channel, f.order_id, f.currency
    having sum(f.sold) <> 0
),
settled_names as (
    select distinct channel as channel, order_id as order_id
    from settled_orders
),
unheld_orders as (
    select
        s.channel as channel,
        s.source_file as source_file,
        s.currency as currency,
        cast(count(distinct s.order_id) as bigint) as order_count
    from fact_sales_orders as s
    inner join settled_names as n on n.channel = s.channel and n.order_id = s.order_id
    left join settled_orders as t on t.channel = s.channel and t.order_id = s.order_id and t.currency = s.currency
    left join orders as o on o.channel = s.channel and o.order_id = s.order_id
    cross join run as r
    where s.order_day <= r.as_of and s.dropped_line_count < s.order_line_count
        and (t.channel is null or s.currency_count > 1 or s.unpriced_line_count > 0 or s.dropped_line_count > 0
            or o.payment_method like '%+%')
    group by s.channel, s.source_file, s.currency
),
stated_orders as (
    select
        channel as channel,
        source_file as source_file,
        currency as currency,
        sum(cast(case when state = 'tied' then order_count else 0 end as bigint)) as tied,
        sum(cast(case when state = 'differs' then order_count else 0 end as bigint)) as differing,
        sum(cast(case when state = 'untold' then order_count else 0 end as bigint)) as untold,
        coalesce(sum(case when state = 'differs' then total - lines_sum else null end), 0) as difference
    from fact_order_totals
    group by channel, source_file, currency
)
select
    s.channel as channel,
    s.source_file as source_file,
    s.currency as currency,
    s.tied as tied,
    s.differing as differing,
    s.untold as untold,
    coalesce(u.order_count, 0) as settlement_untold,
    s.difference as difference
from stated_orders as s
left join unheld_orders as u on u.channel = s.channel and u.source_file = s.source_file and u.currency = s.currency
order by channel, source_file, currency
