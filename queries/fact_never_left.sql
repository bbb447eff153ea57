-- fact_never_left: orders that are as good as cancelled: nothing of them has left, and all went back or they were called off.
--
-- grain  channel, order_id
-- reads  fact_sales_orders, fact_settle_orders, fact_fees, fact_refunds, orders, run
-- note   only orders whose document tells that they were not sent; where none tells of sending, a refund in full may be of
--        goods that the buyer has
-- note   what went back after the day on which the document was made tells nothing: the goods may have left by then
with partly_waiting as (
    select distinct channel as channel, order_id as order_id
    from fact_sales_orders
    where unshipped_line_count > 0
),
waiting_orders as (
    select
        s.channel as channel,
        s.order_id as order_id,
        sum(s.comes_to) as goods,
        sum(s.comes_to + s.tax) as with_tax,
        max(s.told_day) as told_day
    from fact_sales_orders as s
    inner join partly_waiting as p on p.channel = s.channel and p.order_id = s.order_id
    group by s.channel, s.order_id
    having sum(s.live_line_count) > 0 and sum(s.live_line_count) = sum(s.unshipped_line_count)
),
told_refunds as (
    select
        channel as channel,
        order_id as order_id,
        'settlement' as source,
        posted_day as day,
        tax_included as tax_included,
        -amount as amount
    from fact_fees
    where kind = 'refund'
    union all
    select
        channel as channel,
        order_id as order_id,
        case when cumulative = 1 then 'order' else 'refund' end as source,
        refund_day as day,
        tax_included as tax_included,
        amount as amount
    from fact_refunds
),
refund_sums as (
    select
        t.channel as channel,
        t.order_id as order_id,
        t.source as source,
        max(w.goods) as goods,
        max(w.with_tax) as with_tax,
        max(t.tax_included) as tax_included,
        sum(t.amount) as amount
    from told_refunds as t
    inner join waiting_orders as w on w.channel = t.channel and w.order_id = t.order_id
    cross join run as r
    where t.day <= r.as_of and (w.told_day is null or t.day <= w.told_day)
    group by t.channel, t.order_id, t.source
),
settled_sums as (
    select f.channel as channel, f.order_id as order_id, sum(f.sold) as sold, sum(f.paid) as paid
    from fact_settle_orders as f
    inner join waiting_orders as w on w.channel = f.channel and w.order_id = f.order_id
    cross join run as r
    where f.posted_day <= r.as_of
    group by f.channel, f.order_id
),
paid_back as (
    select b.channel as channel, b.order_id as order_id
    from refund_sums as b
    left join settled_sums as s on s.channel = b.channel and s.order_id = b.order_id
    where b.amount > 0 and (
        (b.tax_included = 1 and b.amount >= b.with_tax)
        or (b.tax_included = 0 and b.amount >= b.goods)
        -- the settlement's own sale may hold a tax that nobody else tells
        or (b.source = 'settlement' and s.sold > 0 and b.amount >= s.paid)
    )
),
called_off as (
    select w.channel as channel, w.order_id as order_id
    from waiting_orders as w
    inner join orders as o on o.channel = w.channel and o.order_id = w.order_id
    where o.status = 'cancelled'
)
select channel as channel, order_id as order_id
from paid_back
union
select channel as channel, order_id as order_id
from called_off
order by channel, order_id
