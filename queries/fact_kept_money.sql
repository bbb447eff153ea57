-- fact_kept_money: what buyers paid for orders that their documents show as cancelled or never paid, and did not get back.
--
-- grain  channel, order_id, currency
-- reads  order_lines, fact_sales_orders, fact_cancelled_lines, fact_never_left, fact_settle_orders, fact_fees, fact_refunds,
--        channel_currencies, run
-- unit   amount in `currency`, with tax
-- note   was_unpaid is 1 where nothing of the order was cancelled: its document waits for a payment that came
-- note   settlements tell what was paid; where none names the order, its own document may (a line of what was kept that
--        is cancelled itself)
-- note   only money of one currency is subtracted; where another than the paid one tells that the order went back whole,
--        nothing stayed
-- note   an order that says what was kept of it, so that this is income, is none of them
with partly_dropped as (
    select distinct channel as channel, order_id as order_id
    from fact_sales_orders
    where dropped_line_count > 0
),
dead_orders as (
    select
        s.channel as channel,
        s.order_id as order_id,
        case when sum(s.unpaid_line_count) = sum(s.order_line_count) then 1 else 0 end as was_unpaid
    from fact_sales_orders as s
    inner join partly_dropped as p on p.channel = s.channel and p.order_id = s.order_id
    group by s.channel, s.order_id
    having sum(s.live_line_count) = 0 and sum(s.comes_to) = 0
    union
    select channel as channel, order_id as order_id, 0 as was_unpaid
    from fact_never_left
),
settled_sums as (
    select
        f.channel as channel,
        f.order_id as order_id,
        f.currency as currency,
        sum(f.paid) as amount
    from fact_settle_orders as f
    inner join dead_orders as d on d.channel = f.channel and d.order_id = f.order_id
    cross join run as r
    where f.posted_day <= r.as_of
    group by f.channel, f.order_id, f.currency
    having sum(f.paid) <> 0
),
stated_sums as (
    select
        l.channel as channel,
        l.order_id as order_id,
        case when l.currency_assumed then coalesce(q.currency, l.currency) else l.currency end as currency,
        l.gross + coalesce(l.tax, 0) as amount
    from order_lines as l
    cross join run as r
    left join channel_currencies as q on q.channel = l.channel
    left join settled_sums as t on t.channel = l.channel and t.order_id = l.order_id
    where l.kind = 'kept' and l.status = 'cancelled' and l.order_day <= r.as_of and t.order_id is null
),
paid_sums as (
    select channel as channel, order_id as order_id, currency as currency, amount as amount
    from settled_sums
    union all
    select channel as channel, order_id as order_id, currency as currency, amount as amount
    from stated_sums
),
settled_back as (
    select f.channel as channel, f.order_id as order_id, f.currency as currency, -sum(f.amount) as amount
    from fact_fees as f
    inner join dead_orders as d on d.channel = f.channel and d.order_id = f.order_id
    cross join run as r
    where f.kind in ('refund', 'chargeback') and f.posted_day <= r.as_of
    group by f.channel, f.order_id, f.currency
),
dated_back as (
    select
        f.channel as channel,
        f.order_id as order_id,
        -- a return file without currencies is in its channel's
        case when f.currency = '' then coalesce(q.currency, r.currency) else f.currency end as currency,
        f.cumulative as cumulative,
        f.amount as amount
    from fact_refunds as f
    left join channel_currencies as q on q.channel = f.channel
    cross join run as r
    where f.refund_day <= r.as_of
),
told_back as (
    select
        channel as channel,
        order_id as order_id,
        currency as currency,
        coalesce(sum(case when cumulative = 0 then amount else null end), 0) as single,
        coalesce(sum(case when cumulative = 1 then amount else null end), 0) as total
    from dated_back
    group by channel, order_id, currency
),
dropped_sums as (
    select channel as channel, order_id as order_id, currency as currency, sum(goods + tax) as amount
    from fact_cancelled_lines
    group by channel, order_id, currency
),
whole_back as (
    select b.channel as channel, b.order_id as order_id, b.currency as currency
    from told_back as b
    inner join dropped_sums as d on d.channel = b.channel and d.order_id = b.order_id and d.currency = b.currency
    where b.single >= d.amount or b.total >= d.amount
),
foreign_back as (
    select distinct p.channel as channel, p.order_id as order_id
    from paid_sums as p
    inner join whole_back as w on w.channel = p.channel and w.order_id = p.order_id
    where w.currency <> p.currency
),
stayed as (
    select
        p.channel as channel,
        p.order_id as order_id,
        p.currency as currency,
        d.was_unpaid as was_unpaid,
        p.amount - coalesce(s.amount, 0) as by_settlement,
        p.amount - coalesce(b.single, 0) as by_single,
        p.amount - coalesce(b.total, 0) as by_total
    from paid_sums as p
    inner join dead_orders as d on d.channel = p.channel and d.order_id = p.order_id
    left join settled_back as s on s.channel = p.channel and s.order_id = p.order_id and s.currency = p.currency
    left join told_back as b on b.channel = p.channel and b.order_id = p.order_id and b.currency = p.currency
    left join foreign_back as f on f.channel = p.channel and f.order_id = p.order_id
    where f.channel is null
)
select
    channel as channel,
    order_id as order_id,
    currency as currency,
    cast(was_unpaid as bigint) as was_unpaid,
    case
        when by_settlement <= by_single and by_settlement <= by_total then by_settlement
        when by_single <= by_total then by_single
        else by_total
    end as amount
from stayed
where by_settlement > 0 and by_single > 0 and by_total > 0
order by channel, order_id, currency
