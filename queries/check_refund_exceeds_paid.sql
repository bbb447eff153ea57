-- check_refund_exceeds_paid: orders of which documents of refunds tell more money back than was paid.
--
-- grain  channel, order_id, currency
-- reads  fact_refunds, fact_sales_orders, fact_settle_orders, orders, run
-- needs  refund_lines, order_lines
-- unit   amounts in `currency`, with tax: refunded by the document that tells most, paid by the one that tells most
-- note   paid is what the lines come to, cancelled ones too, else the order's own total, else what was settled of it
-- note   an order with a line of no price is left out, and so are refunds in another currency
-- level  warn
with told_refunds as (
    select
        f.channel as channel,
        f.order_id as order_id,
        f.currency as currency,
        f.cumulative as cumulative,
        sum(f.amount) as amount
    from fact_refunds as f
    cross join run as r
    where f.order_id <> '' and f.refund_day <= r.as_of
    group by f.channel, f.order_id, f.currency, f.cumulative
),
refund_sums as (
    select channel as channel, order_id as order_id, currency as currency, max(amount) as refunded
    from told_refunds
    group by channel, order_id, currency
),
sold_orders as (
    select
        s.channel as channel,
        s.order_id as order_id,
        min(s.currency) as currency,
        sum(s.comes_to + s.tax + s.dropped) as amount
    from fact_sales_orders as s
    inner join refund_sums as b on b.channel = s.channel and b.order_id = s.order_id
    group by s.channel, s.order_id
    having min(s.currency) = max(s.currency) and max(s.currency_count) = 1 and max(s.unpriced_line_count) = 0
),
settled_orders as (
    select f.channel as channel, f.order_id as order_id, f.currency as currency, sum(f.paid) as amount
    from fact_settle_orders as f
    inner join refund_sums as b on b.channel = f.channel and b.order_id = f.order_id
    group by f.channel, f.order_id, f.currency
),
compared as (
    select
        b.channel as channel,
        b.order_id as order_id,
        s.currency as currency,
        b.refunded as refunded,
        case
            when t.amount > s.amount and (o.total is null or t.amount > o.total) then t.amount
            when o.total > s.amount then o.total
            else s.amount
        end as paid
    from refund_sums as b
    inner join sold_orders as s on s.channel = b.channel and s.order_id = b.order_id
    left join orders as o on o.channel = s.channel and o.order_id = s.order_id and o.currency = s.currency
    left join settled_orders as t on t.channel = s.channel and t.order_id = s.order_id and t.currency = s.currency
    -- a file of returns without a currency is in the order's
    where b.currency = '' or b.currency = s.currency
)
select
    channel as channel,
    order_id as order_id,
    currency as currency,
    refunded as refunded,
    paid as paid
from compared
-- each line of a document may be rounded its own way
where refunded > paid + cast(0.05 as decimal(18, 4))
order by channel, order_id, currency
