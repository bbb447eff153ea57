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
held_orders as (
    select
        s.channel as channel,
        s.order_id as order_id,
        s.currency as currency,
        case when t.paid = s.comes_to + s.tax or t.paid_first = s.comes_to + s.tax then 1 else 0 end as ties_with_tax,
        s.comes_to as comes_to,
        s.tax as tax,
        s.goods as goods,
        s.gross as gross,
        t.settled as settled,
        t.paid as paid,
        t.paid_first as paid_first,
        t.net as net,
        t.tax_told as tax_told,
        t.last_posted as last_posted,
        t.articles as articles
    from sold_orders as s
    inner join settled_orders as t on t.channel = s.channel and t.order_id = s.order_id and t.currency = s.currency
    left join orders as o on o.channel = s.channel and o.order_id = s.order_id
    where s.unpriced_line_count = 0 and s.dropped_line_count = 0
        and (o.payment_method is null or o.payment_method not like '%+%')
),
settled_otherwise as (
    select
        h.channel as channel,
        h.order_id as order_id,
        case when h.ties_with_tax = 1 then 'settlement_without_tax' else 'settlement' end as against,
        h.currency as currency,
        case when h.ties_with_tax = 1 then h.net else h.paid_first end as total,
        case when h.ties_with_tax = 1 then h.comes_to else h.comes_to + h.tax end as lines_sum,
        h.tax as tax,
        h.gross - h.goods as discount
    from held_orders as h
    cross join run as r
    where (h.ties_with_tax = 1 and h.tax <> 0 and h.tax_told <> 0 and h.net <> h.comes_to)
        -- each channel settles one of these
        or (h.ties_with_tax = 0
            and h.settled <> h.gross and h.settled <> h.gross + h.tax
            and h.settled <> h.goods and h.settled <> h.goods + h.tax
            and h.settled <> h.comes_to and h.settled <> h.comes_to + h.tax
            and h.paid <> h.comes_to and h.paid_first <> h.comes_to
            -- who settles article by article may still settle the rest
            and (h.paid_first > h.comes_to + h.tax or h.articles = 0 or h.last_posted < r.as_of - interval '21 days'))
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
from settled_otherwise
order by channel, order_id, against, currency
