-- mart_kept_money: what buyers paid for orders that were cancelled or never paid, did not get back, and counts nowhere.
--
-- grain  channel, order_id, currency
-- reads  fact_kept_money, fact_unknown_sales
-- unit   amount in `currency`, with tax
-- note   an order that its document shows as not paid yet was sold where a settlement tells it whole: it counts
with sold_orders as (
    select distinct channel as channel, order_id as order_id
    from fact_unknown_sales
)
select
    k.channel as channel,
    k.order_id as order_id,
    k.currency as currency,
    k.amount as amount
from fact_kept_money as k
left join sold_orders as s on s.channel = k.channel and s.order_id = k.order_id
where s.order_id is null
order by channel, order_id, currency
