-- check_refund_orphan: refunds of orders that no export has, credit notes under a number of their own apart.
--
-- grain  channel, refund_id, line_id
-- reads  refund_lines, order_lines
-- needs  refund_lines
-- unit   amount in `currency`
-- level  warn
with orders as (
    select channel as channel, order_id as order_id, cast(count(*) as bigint) as line_count
    from order_lines
    group by channel, order_id
)
select
    f.channel as channel,
    f.refund_id as refund_id,
    f.line_id as line_id,
    f.order_id as order_id,
    f.sku as sku,
    f.refund_day as refund_day,
    f.amount as amount,
    f.currency as currency
from refund_lines as f
left join orders as o on o.channel = f.channel and o.order_id = f.order_id
where o.line_count is null and coalesce(f.credit_note, false) = false
order by channel, refund_id, line_id
