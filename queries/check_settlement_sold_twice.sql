-- check_settlement_sold_twice: orders whose settlements tell the sale twice over: two documents of one payment.
--
-- grain  channel, order_id, currency
-- reads  fact_settle_orders, fact_sales
-- unit   amounts in `currency`; sold is what the order came to with shipping and tax, before discounts
-- note   fees of such an order may count twice as well: take one of the two documents out of the exports
-- level  warn
with settled_orders as (
    select
        channel as channel,
        order_id as order_id,
        currency as currency,
        sum(sold) as settled
    from fact_settle_orders
    group by channel, order_id, currency
),
sold_orders as (
    select
        channel as channel,
        order_id as order_id,
        currency as currency,
        sum(gross) + sum(shipping_charged) + sum(tax) as sold
    from fact_sales
    group by channel, order_id, currency
)
select
    o.channel as channel,
    o.order_id as order_id,
    o.currency as currency,
    o.sold as sold,
    t.settled as settled
from sold_orders as o
inner join settled_orders as t on t.channel = o.channel and t.order_id = o.order_id and t.currency = o.currency
where o.sold > 0 and t.settled >= o.sold + o.sold
order by channel, order_id, currency
