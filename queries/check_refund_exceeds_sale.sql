-- check_refund_exceeds_sale: orders that were paid back for more units than they had.
--
-- grain  channel, order_id
-- reads  refund_lines, order_lines
-- unit   units
-- level  warn
with sold as (
    select channel as channel, order_id as order_id, sum(cast(quantity as bigint)) as sold_units
    from order_lines
    group by channel, order_id
),
refunded as (
    select channel as channel, order_id as order_id, sum(cast(quantity as bigint)) as refunded_units
    from refund_lines
    where order_id is not null and quantity is not null
    group by channel, order_id
)
select
    s.channel as channel,
    s.order_id as order_id,
    s.sold_units as sold_units,
    f.refunded_units as refunded_units
from sold as s
inner join refunded as f on f.channel = s.channel and f.order_id = s.order_id
where f.refunded_units > s.sold_units
order by channel, order_id
