-- fact_settle_orders: which orders a settlement names, and whether it holds their shipping label.
--
-- grain  channel, settlement_id, order_id, posted_day
-- reads  settlement_lines
-- unit   labels in settlement lines
-- by month
select
    channel as channel,
    settlement_id as settlement_id,
    order_id as order_id,
    posted_day as posted_day,
    sum(cast(case when kind = 'shipping_label' then 1 else 0 end as bigint)) as labels
from settlement_lines
where order_id is not null
group by channel, settlement_id, order_id, posted_day
order by channel, settlement_id, order_id, posted_day
