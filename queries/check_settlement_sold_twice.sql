-- check_settlement_sold_twice: orders whose settlements tell the sale twice over: two documents of one payment.
--
-- grain  channel, order_id, currency
-- reads  fact_settle_orders, fact_sales_orders
-- unit   amounts in `currency`; sold is what the order came to with all that is on it, before discounts and before what was cancelled
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
        -- a gift card or a tip is settled with the goods, and a cancelled order may have been paid before
        sum(comes_to) + sum(tax) + sum(gross) - sum(goods) + sum(dropped) as sold
    from fact_sales_orders
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
