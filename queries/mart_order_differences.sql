-- mart_order_differences: orders whose lines do not come to what their own document or their settlement says.
--
-- grain  channel, order_id, against, currency
-- reads  fact_order_totals, fact_sales_orders, fact_settle_orders, orders, run
-- unit   total, lines_sum, tax and discount in `currency`; tax and discount are those of the lines
-- note   against is document (the order's own total), settlement (the sale that was settled: a marketplace's the goods,
--        a processor's all that was paid) or settlement_without_tax (the same where both come to as much with their tax, and
--        the settlement tells how much that is); a payment in several ways is settled in part and not held against it, nor
--        is an order of which articles were settled in the last 21 days; mart_order_totals counts those of which it cannot
--        be told
with settled_orders as (
    select
        f.channel as channel,
        f.order_id as order_id,
        f.currency as currency,
        sum(f.sold) as settled,
        sum(f.paid) as paid,
        -- the tax that went back with a refund is none of the sale's
        case when sum(f.refunds) > 0 then sum(f.paid) - sum(f.tax_off) else sum(f.paid) end as paid_first,
        sum(f.net) as net,
        sum(f.tax_told) as tax_told,
        max(f.posted_day) as last_posted,
        sum(cast(f.articles as bigint)) as articles
    from fact_settle_orders as f
    cross join run as r
    where f.posted_day <= r.as_of
    group by f.channel, f.order_id, f.currency
    having sum(f.sold) <> 0
),
sold_orders as (
    select
        s.channel as channel,
        s.order_id as order_id,
        s.currency as currency,
        sum(s.comes_to) as comes_to,
        sum(s.goods) as goods,
        sum(s.gross) as gross,
        sum(s.tax) as tax,
        sum(cast(s.unpriced_line_count as bigint)) as unpriced_line_count,
        sum(cast(s.dropped_line_count as bigint)) as dropped_line_count
    from fact_sales_orders as s
    cross join run as r
    where s.order_day <= r.as_of
    group by s.channel, s.order_id, s.currency
),
settled_otherwise as (
    select
        s.channel as channel,
        s.order_id as order_id,
        'settlement' as against,
        s.currency as currency,
        t.paid_first as total,
        s.comes_to + s.tax as lines_sum,
        s.tax as tax,
        s.gross - s.goods as discount
    from sold_orders as s
    inner join settled_orders as t on t.channel = s.channel and t.order_id = s.order_id and t.currency = s.currency
    left join orders as o on o.channel = s.channel and o.order_id = s.order_id
    cross join run as r
    where s.unpriced_line_count = 0 and s.dropped_line_count = 0
        -- each channel settles one of these
        and t.settled <> s.gross and t.settled <> s.gross + s.tax
        and t.settled <> s.goods and t.settled <> s.goods + s.tax
        and t.settled <> s.comes_to and t.settled <> s.comes_to + s.tax
        and t.paid <> s.comes_to and t.paid <> s.comes_to + s.tax
        and t.paid_first <> s.comes_to and t.paid_first <> s.comes_to + s.tax
        -- who settles article by article may still settle the rest
        and (t.paid_first > s.comes_to + s.tax or t.articles = 0 or t.last_posted < r.as_of - interval '21 days')
        and (o.payment_method is null or o.payment_method not like '%+%')
),
taxed_otherwise as (
    select
        s.channel as channel,
        s.order_id as order_id,
        'settlement_without_tax' as against,
        s.currency as currency,
        t.net as total,
        s.comes_to as lines_sum,
        s.tax as tax,
        s.gross - s.goods as discount
    from sold_orders as s
    inner join settled_orders as t on t.channel = s.channel and t.order_id = s.order_id and t.currency = s.currency
    left join orders as o on o.channel = s.channel and o.order_id = s.order_id
    where s.unpriced_line_count = 0 and s.dropped_line_count = 0
        and s.tax <> 0 and t.tax_told <> 0 and t.net <> s.comes_to
        and (t.paid = s.comes_to + s.tax or t.paid_first = s.comes_to + s.tax)
        and (o.payment_method is null or o.payment_method not like '%+%')
),
stated_otherwise as (
    select
        f.channel as channel,
        f.order_id as order_id,
        'document' as against,
        f.currency as currency,
        sum(f.total) as total,
        sum(f.lines_sum) as lines_sum,
        max(s.tax) as tax,
        max(s.gross - s.goods) as discount
    from fact_order_totals as f
    inner join sold_orders as s on s.channel = f.channel and s.order_id = f.order_id and s.currency = f.currency
    where f.state = 'differs'
    group by f.channel, f.order_id, f.currency
)
select
    channel as channel,
    order_id as order_id,
    against as against,
    currency as currency,
    total as total,
    lines_sum as lines_sum,
    tax as tax,
    discount as discount
from stated_otherwise
union all
select
    channel as channel,
    order_id as order_id,
    against as against,
    currency as currency,
    total as total,
    lines_sum as lines_sum,
    tax as tax,
    discount as discount
from taxed_otherwise
union all
select
    channel as channel,
    order_id as order_id,
    against as against,
    currency as currency,
    total as total,
    lines_sum as lines_sum,
    tax as tax,
    discount as discount
from settled_otherwise
order by channel, order_id, against, currency
