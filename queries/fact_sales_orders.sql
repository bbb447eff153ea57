-- fact_sales_orders: every order the exports know, how many of its lines are goods that were sold, and what they come to.
--
-- grain  channel, order_id, order_day
-- reads  order_lines, fact_lone_wraps
-- unit   counts of order lines; amounts in `currency`, the first of the order's where it has several
-- note   comes_to is all that the buyer is to pay before tax, of every kind of line; goods is articles less their discounts,
--        gross the same before discounts
-- note   lines that were cancelled or never paid count in dropped alone, with their tax; unpaid_line_count is the latter
-- note   unshipped_line_count is those of the live lines of which their document says that they have not left; told_day
--        the day on which it said so, where that is known
-- by month
with priced_lines as (
    select
        l.channel as channel,
        l.order_id as order_id,
        l.order_day as order_day,
        l.currency as currency,
        l.source_file as source_file,
        case when l.gross is null then l.unit_price * cast(l.quantity as bigint) else l.gross end as gross,
        coalesce(l.discount, 0) as discount,
        coalesce(l.shipping_charged, 0) as shipping_charged,
        coalesce(l.tax, 0) as tax,
        l.exported_at as exported_at,
        case when l.status in ('cancelled', 'unpaid') then 1 else 0 end as is_dropped,
        case when l.status = 'unpaid' then 1 else 0 end as is_unpaid,
        case when l.status = 'unshipped' then 1 else 0 end as is_unshipped,
        case when l.kind in ('article', 'giveaway') then 1 else 0 end as is_goods,
        case when l.fulfilment = 'other_channel' then 1 else 0 end as is_elsewhere
    from order_lines as l
    left join fact_lone_wraps as w on w.channel = l.channel and w.order_id = l.order_id
    where w.order_id is null
)
select
    channel as channel,
    order_id as order_id,
    order_day as order_day,
    cast(count(*) as bigint) as order_line_count,
    sum(cast(case when is_dropped = 0 and is_goods = 1 and is_elsewhere = 0 then 1 else 0 end as bigint)) as live_line_count,
    sum(
        cast(case when is_unshipped = 1 and is_goods = 1 and is_elsewhere = 0 then 1 else 0 end as bigint)
    ) as unshipped_line_count,
    cast(max(exported_at) as date) as told_day,
    sum(cast(is_dropped as bigint)) as dropped_line_count,
    sum(cast(is_unpaid as bigint)) as unpaid_line_count,
    sum(cast(case when gross is null then 1 else 0 end as bigint)) as unpriced_line_count,
    min(currency) as currency,
    cast(count(distinct currency) as bigint) as currency_count,
    min(source_file) as source_file,
    coalesce(sum(case when is_dropped = 0 then gross - discount + shipping_charged else null end), 0) as comes_to,
    coalesce(sum(case when is_dropped = 0 and is_goods = 1 then gross - discount else null end), 0) as goods,
    coalesce(sum(case when is_dropped = 0 and is_goods = 1 then gross else null end), 0) as gross,
    coalesce(sum(case when is_dropped = 0 and gross is not null then tax else null end), 0) as tax,
    coalesce(sum(case when is_dropped = 1 then gross - discount + shipping_charged + tax else null end), 0) as dropped
from priced_lines
group by channel, order_id, order_day
order by channel, order_id, order_day
